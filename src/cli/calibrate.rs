//! `thrombo calibrate`: the population behind the published trials.

use super::calibrate_args::CalibrateArgs;
use super::checkpoints::{Checkpoints, Keeper};
use super::console::Console;
use super::document::Document;
use super::{Answer, Outcome, failures, record};
use std::sync::{Arc, Mutex};
use thrombopoiesis::calibrate::tables::{Content, MadeBy};
use thrombopoiesis::calibrate::variants::Weighed;
use thrombopoiesis::calibrate::{
    CANDIDATE_TOLERANCE, Calibration, Conflicts, Known, Plan, Problem, Sampling, Search, Settings,
    calibrate, conflicts, full_name, information, inputs, larger, larger_fits, most_evaluations,
    outside, tables, variants,
};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::{OutputFolder, Outputs, RunRecord};
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::report::Lettering;
use thrombopoiesis::report::calibration_figures::{
    FORESTS, calibration_figures, calibration_forest,
};
use thrombopoiesis::simulate::population::{Failures, with_threads};
use thrombopoiesis::trial::{Against, Published, PublishedFile};

/// What the checkpoint of the search with more patients is called, after the variant.
const LARGER: &str = "_larger";

pub(super) fn run(args: &CalibrateArgs, typed: &str, console: Console) -> Result<Answer> {
    let plan = args.plan.as_deref().map_or_else(Plan::shipped, Plan::load)?;
    let files = match &args.targets {
        Some(folder) => PublishedFile::folder(folder)?,
        None => PublishedFile::shipped()?,
    };
    let published: Vec<Published> = files.iter().flat_map(|f| f.numbers.clone()).collect();
    let read = [args.plan.as_deref(), args.targets.as_deref()];
    let mut outputs = Outputs::beside(read.into_iter().flatten());
    let mut folder = args.out.as_deref().map(|out| outputs.folder(out, args.force)).transpose()?;
    let inputs = inputs(&plan, &files, &args.variants)?;
    let begun = RunRecord {
        relative_tolerance: CANDIDATE_TOLERANCE,
        ..record::of_many(typed, args.seed, inputs, &Failures::default())
    };
    let results = folder.as_ref().map(OutputFolder::target);
    let checkpoints = Checkpoints::beside(results, args, &begun, console);
    let all =
        Common { args, plan: &plan, published: &published, checkpoints: &checkpoints, console };
    let mut results = Results::new();
    for variant in &args.variants {
        all.calibrate(*variant, &begun, &mut results, folder.as_mut())?;
    }
    let record = RunRecord { integrator: results.failures.integrator(), ..begun.clone() };
    if results.weighed.len() > 1 {
        console.print(&variants::text(&published, &results.weighed))?;
    }
    if let Some(mut folder) = folder {
        results.add(&mut folder, args, &published)?;
        // The calibrated patients find the text of their model beside them.
        let patients = VirtualPatients::load_for(&plan.patients, args.variants[0])?;
        if let Some((name, text)) = patients.text_beside()? {
            folder.add(name, text);
        }
        console.say(&folder.finish(&record.to_toml())?.to_string());
        checkpoints.remove();
    }
    let outcome = results.outcome();
    console.answer(outcome, || {
        let document = with_files(Document::of(&begun), &results.for_programs);
        Ok(document.with("integrator", record.integrator).with("converged", results.converged))
    })
}

/// What came of all variants so far.
struct Results {
    converged: bool,
    /// Whether patients could not be integrated and the results are of the others.
    part: bool,
    failures: Failures,
    /// Files for programs, by name.
    for_programs: Vec<(String, Content)>,
    verdicts: Vec<(String, Vec<Against>)>,
    weighed: Vec<Weighed>,
}

impl Results {
    fn new() -> Self {
        Self {
            converged: true,
            part: false,
            failures: Failures::default(),
            for_programs: Vec::new(),
            verdicts: Vec::new(),
            weighed: Vec::new(),
        }
    }

    /// Adds the files that are about several variants.
    fn add(
        &self,
        folder: &mut OutputFolder,
        args: &CalibrateArgs,
        published: &[Published],
    ) -> Result<()> {
        if !self.verdicts.is_empty() {
            add_forests(folder, args, &self.verdicts)?;
        }
        if self.weighed.len() > 1 {
            for (name, content) in variants::files(published, &self.weighed) {
                folder.add(name, content.into_text());
            }
        }
        Ok(())
    }

    fn outcome(&self) -> Outcome {
        match (self.converged, self.part) {
            (false, _) => Outcome::NotConverged,
            (true, true) => Outcome::OfAPart,
            (true, false) => Outcome::Done,
        }
    }
}

/// What the calibrations of all variants have in common.
struct Common<'a, 'c> {
    args: &'a CalibrateArgs,
    plan: &'a Plan,
    published: &'a [Published],
    checkpoints: &'a Checkpoints<'c>,
    console: Console<'a>,
}

impl Common<'_, '_> {
    /// Calibrates a variant: what comes of it is printed, and goes into the results and the folder.
    fn calibrate(
        &self,
        variant: Variant,
        begun: &RunRecord,
        results: &mut Results,
        folder: Option<&mut OutputFolder>,
    ) -> Result<()> {
        let Self { args, published, checkpoints, console, .. } = *self;
        let problem = self.problem(variant)?;
        let mut notes = notes(args, &problem, console)?;
        let Some((calibration, known)) = one(args, &problem, published, checkpoints, console)?
        else {
            console.say(&format!("variant {variant}: the objective could not be evaluated at any starting point; no result"));
            results.converged = false;
            return Ok(());
        };
        let conflicts = checked(args, &problem, &calibration, known, (checkpoints, console))?;
        notes += "\n";
        notes += &conflicts.as_ref().map_or_else(|| unchecked(&calibration), Conflicts::text);
        results.converged &= calibration.found.converged;
        let Calibration { failed_candidates, failed_in_trials, .. } = &calibration;
        let failures = Failures::sum([failed_candidates, failed_in_trials]);
        results.failures.add(&failures);
        results.part |= failures::judge_all(console, [&failures], || {
            problem.patients_at(&calibration.found.x, "")?.typical_patient(variant)
        })? == Outcome::OfAPart;
        console.print(&(tables::text(&problem, &calibration) + "\n" + &notes + "\n"))?;
        let made_by = (begun.command.as_str(), &begun.inputs);
        if console.json {
            let files = tables::files(&problem, &calibration, &notes, made_by)?;
            results.for_programs.extend(files);
        }
        if let Some(folder) = folder {
            let made = Made { problem: &problem, calibration: &calibration, conflicts, notes };
            made.add(folder, made_by)?;
        }
        results.weighed.extend(Weighed::of(variant, &calibration));
        results.verdicts.push((variant.to_string(), calibration.against));
        Ok(())
    }

    /// The problem of a variant, if its memory suffices for all that is asked.
    fn problem(&self, variant: Variant) -> Result<Problem> {
        let Self { args, plan, published, .. } = *self;
        let size = (args.seed, args.candidates);
        with_threads(args.threads, || {
            let problem = Problem::new(plan, variant, &args.free, published, size)?;
            let more = if args.check_conflicts { larger_fits(&problem) } else { Ok(()) };
            more.map(|()| problem)
        })?
    }
}

/// The files of a variant by name: tables as rows, patients as they are.
fn with_files(document: Document, files: &[(String, Content)]) -> Document {
    files.iter().fold(document, |document, (name, content)| match (name.split_once('.'), content) {
        (Some((name, _)), Content::Table(table)) => document.table(name, table),
        (Some((name, "toml")), Content::Text(text)) => {
            document.with(name, text.parse::<toml::Table>().unwrap_or_default())
        }
        _ => document,
    })
}

/// What came of one variant.
struct Made<'a> {
    problem: &'a Problem,
    calibration: &'a Calibration,
    conflicts: Option<Conflicts>,
    notes: String,
}

impl Made<'_> {
    fn add(self, folder: &mut OutputFolder, made_by: MadeBy<'_>) -> Result<()> {
        let Self { problem, calibration, conflicts, notes } = self;
        for (name, content) in tables::files(problem, calibration, &notes, made_by)? {
            folder.add(name, content.into_text());
        }
        if let Some(conflicts) = conflicts {
            let letter = problem.variant.to_string().to_lowercase();
            folder.add(format!("conflicts_{letter}.csv"), conflicts.table().to_csv());
        }
        for (name, figure) in calibration_figures(problem, calibration, Lettering::Embedded)? {
            folder.add(format!("figures/{name}"), figure);
        }
        Ok(())
    }
}

/// Published against predicted: what was calibrated on and its checks, then what was not used.
fn add_forests(
    folder: &mut OutputFolder,
    args: &CalibrateArgs,
    verdicts: &[(String, Vec<Against>)],
) -> Result<()> {
    let variants: Vec<(String, &[Against])> =
        verdicts.iter().map(|(name, against)| (name.clone(), against.as_slice())).collect();
    let caption = format!(
        "Predicted: 95 % of {} trials of the published size over the posterior, the tick is their \
         median; seed {}. Observed: as published, with its own 95 % interval where one can be formed.",
        args.replicates, args.seed
    );
    for (role, name, title) in FORESTS {
        if variants[0].1.iter().any(|against| against.published.role == role) {
            let words = (title, caption.as_str());
            let figure = calibration_forest(&variants, &[role], words, Lettering::Embedded)?;
            folder.add(format!("figures/{name}.svg"), figure);
        }
    }
    Ok(())
}

/// What the published numbers can tell, said before the search where it is less than it seems.
fn notes(args: &CalibrateArgs, problem: &Problem, console: Console) -> Result<String> {
    let Some(found) = with_threads(args.threads, || information(problem))?? else {
        return Ok(String::new());
    };
    let notes = tables::information(problem, &found);
    if !(found.silent_numbers().is_empty() && found.unseen_parameters().is_empty()) {
        console.say(&format!("variant {}, {notes}", problem.variant));
    }
    Ok(notes)
}

/// Names the conflicts that nobody looked into.
fn unchecked(calibration: &Calibration) -> String {
    let names: Vec<String> = outside(calibration).iter().map(full_name).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(
        "in conflict: {}: outside the posterior prediction interval; --check-conflicts repeats the search \
         to find out whether the model or the search is the cause\n",
        names.join("; ")
    )
}

/// Evaluations that were made, and where they are kept.
type KeptSoFar<'k> = (Vec<Known>, Option<Arc<Keeper<'k>>>);

/// A calibration, and all that was evaluated for it.
fn one<'c>(
    args: &CalibrateArgs,
    problem: &Problem,
    published: &[Published],
    checkpoints: &Checkpoints<'c>,
    console: Console,
) -> Result<Option<(Calibration, KeptSoFar<'c>)>> {
    let variant = problem.variant.to_string();
    let (checkpoint, earlier) = checkpoints.open(&variant, problem)?;
    let settings = Settings {
        search: search_of(args),
        sampling: Sampling { effective: args.effective_size as f64, most: args.draws },
        replicates: args.replicates,
        ..Settings::default()
    };
    let expected = settings.evaluations(problem);
    let progress = console.progress();
    let watch = |stage: &'static str, done: usize, _: f64, _: &[f64]| {
        progress.tell(&format!("variant {variant}: {stage}"), done, expected);
    };
    let known = Mutex::new(earlier.clone());
    let save = |new: &Known| {
        if let Some(checkpoint) = &checkpoint {
            checkpoint.save(new);
        }
        if let Ok(mut known) = known.lock() {
            known.push(new.clone());
        }
    };
    let calibration = with_threads(args.threads, || {
        calibrate(problem, published, &settings, earlier, (&save, &watch))
    })??;
    let known = known.into_inner().unwrap_or_default();
    Ok(calibration.map(|calibration| (calibration, (known, checkpoint))))
}

fn search_of(args: &CalibrateArgs) -> Search {
    Search { screened: args.screened, ..Search::default() }
}

/// The conflicts of a calibration, looked into if that is asked for.
fn checked(
    args: &CalibrateArgs,
    problem: &Problem,
    calibration: &Calibration,
    (known, own): KeptSoFar<'_>,
    (checkpoints, console): (&Checkpoints<'_>, Console),
) -> Result<Option<Conflicts>> {
    if !args.check_conflicts {
        return Ok(None);
    }
    let variant = problem.variant.to_string();
    let large = with_threads(args.threads, || larger(problem))??;
    let (of_large, known_of_large) = checkpoints.open(&format!("{variant}{LARGER}"), &large)?;
    let saved = |checkpoint: &Option<Arc<Keeper<'_>>>, new: &Known| {
        if let Some(checkpoint) = checkpoint {
            checkpoint.save(new);
        }
    };
    let (save, save_large) = (|new: &Known| saved(&own, new), |new: &Known| saved(&of_large, new));
    let progress = console.progress();
    let most = most_evaluations(&search_of(args), problem);
    let watch = |stage: &'static str, done: usize, _: f64, _: &[f64]| {
        progress.tell(&format!("variant {variant}, conflicts: {stage}"), done, most);
    };
    let found = with_threads(args.threads, || {
        conflicts(
            calibration,
            (&search_of(args), args.replicates),
            (problem, known, &save),
            (&large, known_of_large, &save_large),
            &watch,
        )
    })??;
    Ok(Some(found))
}
