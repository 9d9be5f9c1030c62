//! What the figures of a simulated trial say.

use super::*;
use crate::error::Reason;
use crate::population::VirtualPatients;
use crate::report::drawing::testing::{assert_presentable, texts};
use crate::report::words::listed;
use crate::trial::{
    Collector, Event, Form, Levels, Published, PublishedFile, Recruiter, Role, Status, Subset,
};
use std::path::Path;

/// A trial of a few replicates, and what it says.
fn with_trial(
    id: &str,
    replicates: usize,
    check: impl FnOnce(&Run<'_>, &Summary, &[Outcome]) -> Result<()>,
) -> Result<()> {
    with_design(&Design::load(Path::new(id))?, replicates, check)
}

fn with_design(
    design: &Design,
    replicates: usize,
    check: impl FnOnce(&Run<'_>, &Summary, &[Outcome]) -> Result<()>,
) -> Result<()> {
    let patients = VirtualPatients::load("patients_start")?;
    let files = PublishedFile::shipped()?;
    let published: Vec<Published> = files.iter().flat_map(|file| file.numbers.clone()).collect();
    let mut run = Run::new(design, &patients);
    run.replicates = replicates;
    let (collector, first) = Collector::of(run, &published, &mut |_, _| {}, &|_| {})?;
    check(&run, &collector.summary(), &first)
}

fn title(svg: &str) -> String {
    let title = svg.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
    title.unwrap_or_default().replace('\u{a0}', " ")
}

#[test]
fn invariant_figures_of_shipped_trials_are_presentable() -> Result<()> {
    for (id, count) in [("l_plus_2", 6), ("l_plus_1", 6), ("phase_2b", 6), ("label_eu", 5)] {
        with_trial(id, 3, |run, summary, first| {
            let figures = trial_figures(run, summary, first, Lettering::FromPage)?;
            assert_eq!(figures.len(), count, "{id}");
            for (name, svg) in &figures {
                assert!(Path::new(name).extension().is_some_and(|ending| ending == "svg"));
                assert_presentable(svg);
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn invariant_the_flow_of_patients_adds_up() -> Result<()> {
    let mut design = Design::load(Path::new("l_plus_2"))?;
    design.dosing.missed = 0.05;
    for arm in &mut design.arms {
        (arm.practice.dropout, arm.practice.no_procedure) = (0.1, 0.1);
    }
    with_design(&design, 1, |run, summary, first| {
        // One patient more than the program fails at, so that this path is walked too.
        let mut first = first.to_vec();
        first[0].status = Status::Failed(Reason::TooManySteps);
        let flow = flow::figure(run, summary, &first);
        let excluded: Vec<usize> = flow.excluded.iter().map(|(_, count)| *count).collect();
        assert_eq!(flow.screened, excluded.iter().sum::<usize>() + design.randomised);
        assert!(excluded.iter().all(|count| *count > 0), "{excluded:?}");
        let allocated = flow.arms.iter().map(|arm| arm.counts.allocated);
        assert_eq!(allocated.sum::<usize>(), design.randomised);
        for (i, arm) in flow.arms.iter().enumerate() {
            let c = arm.counts;
            assert_eq!(Some(c.allocated), design.arms[i].size);
            assert_eq!(c.allocated, c.completed + c.left + c.failed);
            assert_eq!(c.analysed(), c.all_doses + c.stopped + c.fewer_doses);
            let procedure = c.procedure_untransfused + c.procedure_transfused;
            assert_eq!(c.analysed(), procedure + c.no_procedure);
            assert!(c.left > 0 && c.no_procedure > 0 && c.success <= c.analysed(), "{c:?}");
            let of = |event: Event| {
                let own = first.iter().filter(|patient| patient.arm == i);
                own.filter(|patient| event.of(&design, patient) == Some(true)).count()
            };
            assert_eq!(c.success, of(Event::NoTransfusionNoRescue));
            assert_eq!(c.stopped, of(Event::Stopped));
            assert_eq!(c.completed, of(Event::Completed));
            assert_eq!(procedure, of(Event::Procedure));
        }
        assert!(flow.arms[0].counts.fewer_doses > 0 && flow.arms[0].counts.stopped > 0);
        assert_eq!(flow.arms.iter().map(|arm| arm.counts.failed).sum::<usize>(), 1);
        assert_presentable(&trial_flow(run, summary, &first, Lettering::FromPage)?);
        Ok(())
    })
}

#[test]
fn invariant_every_refusal_has_the_reason_that_is_counted() -> Result<()> {
    with_trial("l_plus_2", 1, |run, summary, _| {
        let recruiter = Recruiter::new(run.design, run.patients, run.variant, run.seed)?;
        let (mut by_count, mut by_thrombosis) = (0, 0);
        for number in 0..summary.first_screening.screened {
            let candidate = recruiter.candidate(0, number);
            let high = candidate.screening >= run.design.entry.count_below;
            let thrombosis = recruiter.generator.covariate(&candidate.patient, "thrombosis");
            by_count += usize::from(high);
            by_thrombosis += usize::from(!high && thrombosis == Some(1.0));
        }
        let screening = summary.first_screening;
        assert_eq!(screening.excluded_by_count, by_count);
        assert_eq!(screening.excluded_by_thrombosis, by_thrombosis);
        Ok(())
    })
}

#[test]
fn invariant_titles_contain_the_numbers_of_the_trial() -> Result<()> {
    with_trial("l_plus_2", 3, |run, summary, first| {
        let rise = run.design.endpoints.rise;
        for (i, name) in ["lusutrombopag 3 mg", "placebo"].into_iter().enumerate() {
            let own = first.iter().filter(|patient| patient.arm == i);
            let changes: Vec<f64> = own.map(|p| p.drug.maximum - p.baseline()).collect();
            let risen = changes.iter().filter(|change| **change >= rise).count();
            let patients = if i == 0 { " patients" } else { "" };
            let expected = format!("{risen} of {}{patients} ({name})", changes.len());
            let title = title(&trial_waterfall(run, first, Lettering::FromPage)?);
            assert!(title.contains(&expected), "{title} has no {expected}");

            let shares = &summary.courses[i].at_least[8..14];
            let [low, high] =
                [f64::min, f64::max].map(|of| 100.0 * shares.iter().copied().reduce(of).unwrap());
            let expected = format!("{low:.0} to {high:.0} % ({name})");
            let title = super::tests::title(&trial_probability(run, summary, Lettering::FromPage)?);
            assert!(title.contains(&expected), "{title} has no {expected}");
        }
        let inside = summary.against.iter().filter(|against| {
            let interval = against.prediction.interval.unwrap().interval();
            against.published.role != Role::Ignore && interval.contains(against.published.value)
        });
        let used = summary.against.iter().filter(|a| a.published.role != Role::Ignore).count();
        let expected = format!("{} of {used} published results", inside.count());
        let title = super::tests::title(&trial_forest(&[(*run, summary)], Lettering::FromPage)?);
        assert!(title.contains(&expected), "{title} has no {expected}");
        Ok(())
    })
}

#[test]
fn invariant_the_forest_hides_no_published_number_and_sets_variants_side_by_side() -> Result<()> {
    with_trial("phase_2b", 3, |run, summary, _| {
        let mut other = *run;
        other.variant = crate::model::Variant::C;
        let runs = [(*run, summary), (other, summary)];
        for runs in [&runs[..1], &runs] {
            let svg = trial_forest(runs, Lettering::FromPage)?;
            assert_presentable(&svg);
            let notes = texts(&svg).into_iter().filter(|text| text.words.contains("n = "));
            assert_eq!(notes.count(), summary.against.len());
        }
        Ok(())
    })
}

#[test]
fn val_observed_intervals_are_those_of_the_statistics() {
    let published = |form, value, n| Published {
        id: String::new(),
        label: String::new(),
        trials: vec!["l_plus_2".to_owned()],
        protocols: vec!["l_plus_2".to_owned()],
        arm: "lusutrombopag".to_owned(),
        subset: Subset::NoTransfusion,
        form,
        levels: Levels::default(),
        value,
        n: Some(n),
        rounding: 0.0,
        role: Role::Calibrate,
        reason: String::new(),
        source: String::new(),
        grade: "A",
    };
    // Source: R 4, binom.test(56, 70), and 86.9 ± qt(0.975, 73) × 27.2/√74.
    let share = published(Form::Proportion(Event::NoTransfusion), 0.8, 70);
    let (low, high) = observed(&share, &[]).interval.unwrap();
    assert!((low - 0.6873).abs() < 1e-3 && (high - 0.8861).abs() < 1e-3, "{low} {high}");
    let quantity = crate::trial::Quantity::Maximum;
    let mean = published(Form::Mean(quantity), 86.9, 74);
    let sd = published(Form::Sd(quantity), 27.2, 74);
    let (low, high) = observed(&mean, &[&mean, &sd]).interval.unwrap();
    assert!((high - 86.9 - 6.3017).abs() < 1e-3 && (low + high - 173.8).abs() < 1e-9);
    assert_eq!(observed(&mean, &[&mean]).interval, None);
    assert_eq!(observed(&sd, &[&mean, &sd]).interval, None);
}

#[test]
fn regress_names_in_sentences() {
    assert_eq!(lower_first("Lusutrombopag 3 mg"), "lusutrombopag 3 mg");
    assert_eq!(lower_first("EU label"), "EU label");
    let names = ["a", "b", "c"].map(str::to_owned);
    assert_eq!(
        [listed(&names[..1]), listed(&names[..2]), listed(&names)],
        ["a", "a and b", "a, b and c"]
    );
}
