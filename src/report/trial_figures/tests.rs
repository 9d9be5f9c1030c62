//! What the figures of a simulated trial say.

use super::*;
use crate::population::VirtualPatients;
use crate::report::drawing::testing::{assert_presentable, texts};
use crate::trial::{Collector, Event, Form, Published, PublishedFile, Role, Subset};
use std::path::Path;

/// A trial of a few replicates, and what it says.
fn with_trial(
    id: &str,
    replicates: usize,
    check: impl FnOnce(&Run<'_>, &Summary, &[Outcome]) -> Result<()>,
) -> Result<()> {
    let design = Design::load(Path::new(id))?;
    let patients = VirtualPatients::load("patients_start")?;
    let files = PublishedFile::shipped()?;
    let published: Vec<Published> = files.iter().flat_map(|file| file.numbers.clone()).collect();
    let mut run = Run::new(&design, &patients);
    run.replicates = replicates;
    let mut collector = Collector::new(run, &published);
    let (statistics, comparisons) = (collector.statistics.clone(), collector.comparisons.clone());
    let mut first = Vec::new();
    let mut keep = |replicate: crate::trial::Replicate, trial: Vec<Outcome>| {
        let is_first = replicate.number == 0;
        collector.take(replicate, &trial);
        if is_first {
            first = trial;
        }
    };
    run.replicates(&statistics, &comparisons, &mut keep, &|_| {})?;
    check(&run, &collector.summary(), &first)
}

fn title(svg: &str) -> String {
    let title = svg.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
    title.unwrap_or_default().replace('\u{a0}', " ")
}

#[test]
fn invariant_figures_of_shipped_trials_are_presentable() -> Result<()> {
    for (id, count) in [("l_plus_2", 5), ("l_plus_1", 5), ("phase_2b", 5), ("label_eu", 4)] {
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
        arm: "lusutrombopag".to_owned(),
        subset: Subset::NoTransfusion,
        form,
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
