//! `thrombo trial`: a virtual trial, replicated, into tables and figures.

use super::console::Console;
use super::document::Document;
use super::trial_args::{Saved, TrialArgs};
use super::trial_summary::summary;
use super::{Answer, failures, record, trial_shards};
use std::fmt::Write;
use std::path::Path;
use thrombopoiesis::calibrate::sets_of;
use thrombopoiesis::error::Result;
use thrombopoiesis::files::{OutputFolder, Outputs, RunRecord};
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::report::Lettering;
use thrombopoiesis::report::trial_figures::trial_figures;
use thrombopoiesis::simulate::population::{Failures, Settings, with_threads};
use thrombopoiesis::statistics::Level;
use thrombopoiesis::table::Table;
use thrombopoiesis::trial::tables::{self, PatientTables};
use thrombopoiesis::trial::{
    Against, Collector, ComparisonSummary, Design, Outcome as PatientOutcome, Published,
    PublishedFile, Run, Summary,
};
use thrombopoiesis::units::Time;

/// The key of the random numbers that trials with `--same-patients` share.
const SAME_PATIENTS: &str = "same patients";

/// Who plays in a variant's trials.
struct Cast {
    variant: Variant,
    /// The protocol with the practice that was calibrated with the patients.
    design: Design,
    patients: VirtualPatients,
    sets: Vec<(Design, VirtualPatients)>,
}

impl Cast {
    /// The patients called `name`, and the protocol with their practice.
    fn of(
        args: &TrialArgs,
        variant: Variant,
        (design, name): (&Design, &str),
        console: Console,
    ) -> Result<Self> {
        let patients = VirtualPatients::load_for(name, variant)?;
        console.warn_of_patients(&patients, variant)?;
        let design = design.with_practice_of(&patients);
        let sets = sets(args, variant, &design, &patients)?;
        Ok(Self { variant, design, patients, sets })
    }

    /// The trials of this cast that were asked for.
    fn run(&self, args: &TrialArgs) -> Run<'_> {
        Run {
            variant: self.variant,
            seed: args.seed,
            replicates: args.replicates,
            settings: Settings { threads: args.threads, ..Settings::default() },
            sets: &self.sets,
            ..Run::new(&self.design, &self.patients)
        }
    }
}

/// The protocol, with the streams that it was asked to have.
fn protocol(args: &TrialArgs) -> Result<Design> {
    let mut design = Design::load(&args.trial)?;
    if args.same_patients {
        SAME_PATIENTS.clone_into(&mut design.streams);
    }
    Ok(design)
}

/// Protocol and patients of every set of a posterior, if one is given.
fn sets(
    args: &TrialArgs,
    variant: Variant,
    design: &Design,
    patients: &VirtualPatients,
) -> Result<Vec<(Design, VirtualPatients)>> {
    let Some(path) = &args.posterior else { return Ok(Vec::new()) };
    let sets = sets_of(path, variant, args.replicates)?;
    sets.iter().map(|set| set.apply(design, patients, variant)).collect()
}

/// A variant's trials.
pub(super) struct Finished<'a> {
    pub(super) run: Run<'a>,
    collector: Collector<'a>,
    pub(super) summary: Summary,
    first: Vec<PatientOutcome>,
}

pub(super) fn run(args: &TrialArgs, typed: &str, console: Console) -> Result<Answer> {
    record::posterior_of_one((record::POSTERIOR, args.posterior.as_deref()), &args.variants)?;
    let design = protocol(args)?;
    let end = Time::visit_day(design.endpoints.last_day);
    let name = args.patients.as_deref().unwrap_or(&design.patients);
    let cast = |variant: &Variant| Cast::of(args, *variant, (&design, name), console);
    let casts: Vec<Cast> = args.variants.iter().map(cast).collect::<Result<_>>()?;
    if let Some(first) = casts.first() {
        let typical = first.patients.typical_patient(first.variant)?;
        design.arms.iter().for_each(|arm| console.warn_of_doses(&typical, &arm.regimen, end));
    }
    let files = PublishedFile::shipped()?;
    let published: Vec<Published> = files.iter().flat_map(|f| f.numbers.clone()).collect();
    let read = [Some(&*args.trial), Some(Path::new(name)), args.posterior.as_deref()];
    let mut outputs = Outputs::beside(read.into_iter().flatten());
    let out = args.out.as_deref();
    let shard_folder = args.shards.folder(&mut outputs, out, args.force)?;
    let out = out.filter(|_| args.shards.shard.is_none());
    let folder = out.map(|out| outputs.folder(out, args.force)).transpose()?;
    let saved = saved(args);
    if let Some(first) = casts.first() {
        let all = (casts.len(), saved);
        with_threads(args.threads, || Collector::require_all(first.run(args), &published, all))??;
    }
    if args.shards.is_given() {
        let record = run_record(args, typed, &casts, &files, &Failures::default())?;
        let header = args.shards.header(&record, ("replicates", args.replicates))?;
        if let (Some(shard), Some(folder)) = (args.shards.shard, shard_folder) {
            let runs: Vec<Run<'_>> = casts.iter().map(|cast| cast.run(args)).collect();
            let told = (&record, console);
            return trial_shards::write((shard, header), &runs, &published, folder, told);
        }
    }
    let (finished, patient_tables) = simulate(args, &casts, &published, console)?;
    let failed = Failures::sum(finished.iter().map(|f| &f.summary.failures));
    let outcome = failures::judge_all(console, [&failed], || {
        casts[0].patients.typical_patient(casts[0].variant)
    })?;
    console.print(&text(&design, &finished))?;
    let record = run_record(args, typed, &casts, &files, &failed)?;
    if let Some(mut folder) = folder {
        add_files(&mut folder, &design, &finished, patient_tables)?;
        console.say(&folder.finish(&record.to_toml())?.to_string());
    }
    console.answer(outcome, || {
        Ok(Document::of(&record)
            .with_all(summary(&design, &finished))
            .table("endpoints", &endpoints(&finished))
            .table("comparisons", &compared(&finished)))
    })
}

/// Runs the trials of every cast, with the tables of the patients that are saved.
fn simulate<'c>(
    args: &TrialArgs,
    casts: &'c [Cast],
    published: &[Published],
    console: Console,
) -> Result<(Vec<Finished<'c>>, Option<PatientTables>)> {
    let (progress, saved) = (console.progress(), saved(args));
    let (mut finished, mut patient_tables) = (Vec::new(), None);
    for (i, cast) in casts.iter().enumerate() {
        let run = cast.run(args);
        let tables = match &mut patient_tables {
            Some(tables) => tables,
            none => none.insert(PatientTables::new(&run)?),
        };
        let mut save = |number: usize, trial: &[PatientOutcome]| {
            if number < saved {
                tables.add(&run, number, trial);
            }
        };
        let total = args.replicates * args.variants.len();
        let tell = |done| progress.tell("trials", i * args.replicates + done, total);
        let (of, merged) = ((published, saved), args.shards.merged.as_deref());
        let (collector, first) = trial_shards::collect(merged, run, of, &mut save, &tell)?;
        let summary = collector.summary();
        finished.push(Finished { run, collector, summary, first });
    }
    Ok((finished, patient_tables))
}

/// How many replicates are saved patient by patient.
fn saved(args: &TrialArgs) -> usize {
    match args.save_replicates {
        // Without a folder, nobody would see them.
        _ if args.out.is_none() => 0,
        Saved::First(count) => count,
        Saved::All => usize::MAX,
    }
}

/// What `endpoints.csv` holds.
fn endpoints(finished: &[Finished<'_>]) -> Table {
    let trials: Vec<_> = finished.iter().map(|f| (f.run, &f.summary, &f.first[..])).collect();
    tables::endpoints(&trials)
}

/// What `comparisons.csv` holds.
fn compared(finished: &[Finished<'_>]) -> Table {
    let firsts: Vec<_> =
        finished.iter().map(|f| (f.run, &f.summary, f.collector.replicates().first())).collect();
    tables::comparisons(&firsts)
}

fn add_files(
    folder: &mut OutputFolder,
    design: &Design,
    finished: &[Finished<'_>],
    patient_tables: Option<PatientTables>,
) -> Result<()> {
    for (name, content) in patient_tables.into_iter().flat_map(PatientTables::finish) {
        folder.add(name, content);
    }
    let collectors: Vec<_> = finished.iter().map(|f| (f.run, &f.collector)).collect();
    let summaries: Vec<_> = finished.iter().map(|f| (f.run, &f.summary)).collect();
    folder.add("replicates.csv", tables::replicates(design, &collectors).to_csv());
    folder.add("endpoints.csv", endpoints(finished).to_csv());
    folder.add("courses.csv", tables::courses(&summaries).to_csv());
    folder.add("comparisons.csv", compared(finished).to_csv());
    let summary = summary(design, finished);
    folder.add("summary.toml", toml::to_string(&summary).unwrap_or_default());
    for Finished { run, summary, first, .. } in finished {
        let own = if finished.len() > 1 {
            format!("variant_{}/", run.variant.to_string().to_lowercase())
        } else {
            String::new()
        };
        for (name, figure) in trial_figures(run, summary, first, Lettering::Embedded)? {
            folder.add(format!("figures/{own}{name}"), figure);
        }
    }
    Ok(())
}

/// What is printed: published beside simulated, then the comparisons.
fn text(design: &Design, finished: &[Finished<'_>]) -> String {
    let mut text = format!("{}\n", design.title);
    for Finished { run, summary, .. } in finished {
        let _ = writeln!(
            text,
            "\n{}\nvariant {}, seed {}: {} trials of {} patients, {:.0} screened on average; \
             {} patients dropped out, {} could not be integrated",
            run.patients.title,
            run.variant,
            run.seed,
            summary.replicates,
            design.randomised,
            summary.screened,
            summary.dropped_out,
            summary.failed
        );
        if let Some(words) = summary.failures.in_words() {
            let _ = writeln!(text, "  {words} and are excluded from the results below");
        }
        text += &predictions(design, summary);
        text += &comparisons(design, summary);
    }
    text
}

/// Shares are shown in per cent.
fn number(value: f64, unit: &str) -> String {
    if unit == "1" { format!("{:.1} %", 100.0 * value) } else { format!("{value:.1}") }
}

fn predictions(design: &Design, summary: &Summary) -> String {
    let mut text = String::new();
    if summary.at_other_levels > 0 {
        let _ = writeln!(
            text,
            "  {} published results of this trial refer to levels other than those of this design \
             and are left out",
            summary.at_other_levels
        );
    }
    if summary.against.is_empty() {
        text += "  no published results for this trial; proportions of all patients:\n";
    } else {
        text += "  published                                                    simulated, 95 % of trials   distance\n";
    }
    for Against { published, prediction, distance } in &summary.against {
        let unit = published.form.unit();
        let Some(interval) = &prediction.interval else { continue };
        let label = format!("{}, {} ({})", published.arm, published.label, published.subset.name());
        let n = published.n.map_or_else(String::new, |n| format!(" n {n}"));
        let range = format!(
            "{} ({} to {})",
            number(interval.median.value, unit),
            number(interval.lower.value, unit),
            number(interval.upper.value, unit)
        );
        let distance = distance.map_or_else(String::new, |d| format!("{d:+.1} SD"));
        let value = number(published.value, unit);
        let _ = writeln!(text, "  {label:62} {value:>8}{n:7} {range:32} {distance}");
    }
    if summary.against.is_empty() {
        for (i, arm) in design.arms.iter().enumerate() {
            for event in [
                thrombopoiesis::trial::Event::NoTransfusion,
                thrombopoiesis::trial::Event::Responder,
            ] {
                let share = summary.share(i, event).and_then(|p| p.interval.as_ref());
                if let Some(interval) = share {
                    let _ = writeln!(
                        text,
                        "  {:24} {:52} {} ({} to {})",
                        arm.id,
                        event.meaning(&design.endpoints),
                        number(interval.median.value, "1"),
                        number(interval.lower.value, "1"),
                        number(interval.upper.value, "1")
                    );
                }
            }
        }
    }
    text
}

fn comparisons(design: &Design, summary: &Summary) -> String {
    let mut text = String::new();
    if let Some(remark) = thrombopoiesis::trial::remark(design) {
        let _ = writeln!(text, "  {remark}");
    }
    for comparison in &summary.comparisons {
        let of = comparison.comparison;
        let [arm, control] = [of.arm, of.control].map(|arm| &design.arms[arm].id);
        let meaning = of.event.meaning(&design.endpoints);
        let _ = write!(text, "  {arm} minus {control}, {meaning}: ");
        text += &difference(design, comparison);
    }
    text
}

/// The difference of two arms and the power to find it, or why there is none.
fn difference(design: &Design, comparison: &ComparisonSummary) -> String {
    let power = &comparison.power;
    let interval = power.interval(Level::NINETY_FIVE);
    let (Some(crude), Some(share), Some(interval)) = (&comparison.crude, power.value(), interval)
    else {
        return "no comparison: no simulated trial has patients in both arms\n".to_owned();
    };
    let untested = match power.untested {
        0 => String::new(),
        n => format!("; {n} of {} trials without a test", power.rejections.n()),
    };
    let percent = |share: f64| number(share, "1");
    format!(
        "{} ({} to {}); power {} (95 % interval {} to {}; CMH test, {}-sided, alpha {}{untested})\n",
        percent(crude.median.value),
        percent(crude.lower.value),
        percent(crude.upper.value),
        percent(share),
        percent(interval.lower),
        percent(interval.upper),
        design.comparison.sided.name(),
        design.comparison.alpha,
    )
}

fn run_record(
    args: &TrialArgs,
    typed: &str,
    casts: &[Cast],
    files: &[PublishedFile],
    failures: &Failures,
) -> Result<RunRecord> {
    let mut inputs = record::published(files);
    for cast in casts {
        inputs.insert(format!("{}.toml", cast.design.id), cast.design.sha256.clone());
        inputs.extend(record::files_of(&cast.patients, cast.variant));
        inputs.extend(record::posterior(args.posterior.as_deref(), cast.variant)?);
    }
    Ok(record::of_many(typed, args.seed, inputs, failures))
}
