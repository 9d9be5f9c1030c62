//! `thrombo calibrate`: the population behind the published trials.

use super::calibrate_args::CalibrateArgs;
use super::console::Console;
use super::document::Document;
use super::record;
use super::{Answer, Outcome};
use std::path::PathBuf;
use thrombopoiesis::calibrate::{
    Calibration, Checkpoint, Known, Plan, Problem, Search, Settings, calibrate, tables,
};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::{OutputFolder, RunRecord, hash};
use thrombopoiesis::model::Variant;
use thrombopoiesis::report::Lettering;
use thrombopoiesis::report::calibration_figures::{calibration_forest, calibration_profiles};
use thrombopoiesis::simulate::population::with_threads;
use thrombopoiesis::trial::{Against, Published, PublishedFile, Role};

pub(super) fn run(args: &CalibrateArgs, console: Console) -> Result<Answer> {
    let plan = args.plan.as_deref().map_or_else(Plan::shipped, Plan::load)?;
    let files = match &args.targets {
        Some(folder) => PublishedFile::folder(folder)?,
        None => PublishedFile::shipped()?,
    };
    let published: Vec<Published> = files.iter().flat_map(|f| f.numbers.clone()).collect();
    let mut folder =
        args.out.as_deref().map(|out| OutputFolder::prepare(out, args.force)).transpose()?;
    let record = run_record(args, &plan, &files);
    let (mut converged, mut document) = (true, Document::of(&record));
    let mut verdicts: Vec<(String, Vec<Against>)> = Vec::new();
    for variant in &args.variants {
        let problem = Problem::new(
            &plan,
            *variant,
            &args.free,
            &published,
            (args.seed, args.candidates as usize),
        )?;
        let Some(calibration) = one(args, &problem, &published, &record, console)? else {
            console.say(&format!("variant {variant}: nothing can be said anywhere: no result"));
            converged = false;
            continue;
        };
        converged &= calibration.found.converged;
        console.print(&tables::text(&problem, &calibration))?;
        let files = tables::files(&problem, &calibration, &record.command)?;
        if console.json {
            document = with_files(document, &files);
        }
        if let Some(folder) = &mut folder {
            for (name, content) in files {
                folder.add(name, content);
            }
            let profiles = calibration_profiles(&problem, &calibration, Lettering::Embedded)?;
            folder.add(format!("figures/profiles_{}.svg", lower(*variant)), profiles);
        }
        verdicts.push((variant.to_string(), calibration.against));
    }
    if let Some(folder) = folder.as_mut().filter(|_| !verdicts.is_empty()) {
        add_forests(folder, args, &verdicts)?;
    }
    if let (Some(folder), Some(out)) = (folder, &args.out) {
        folder.finish(&record.to_toml())?;
        console.say(&format!("written to {}", out.display()));
        for variant in &args.variants {
            let _ = std::fs::remove_file(checkpoint_path(args, &variant.to_string()));
        }
    }
    let outcome = if converged { Outcome::Done } else { Outcome::NotConverged };
    console.answer(outcome, || Ok(document.with("converged", converged)))
}

fn lower(variant: Variant) -> String {
    variant.to_string().to_lowercase()
}

/// The files of a variant by name: tables as rows, patients as they are.
fn with_files(document: Document, files: &[(String, String)]) -> Document {
    files.iter().fold(document, |document, (name, content)| match name.split_once('.') {
        Some((name, "csv")) => document.table(name, content),
        Some((name, "toml")) => {
            document.with(name, content.parse::<toml::Table>().unwrap_or_default())
        }
        _ => document,
    })
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
    for (name, title, roles) in [
        ("targets", "Calibrated on", &[Role::Calibrate][..]),
        ("checks", "Other numbers of the same patients", &[Role::CheckSamePatients]),
        ("validation", "Patients not used", &[Role::ValidateOtherPatients]),
    ] {
        if variants[0].1.iter().any(|against| roles.contains(&against.published.role)) {
            let words = (title, caption.as_str());
            let figure = calibration_forest(&variants, roles, words, Lettering::Embedded)?;
            folder.add(format!("figures/{name}.svg"), figure);
        }
    }
    Ok(())
}

fn one(
    args: &CalibrateArgs,
    problem: &Problem,
    published: &[Published],
    record: &RunRecord,
    console: Console,
) -> Result<Option<Calibration>> {
    let variant = problem.variant.to_string();
    let inputs = hash(format!("{variant} {}", record.to_toml()).as_bytes());
    let (checkpoint, earlier) = match &args.out {
        Some(_) => {
            let path = checkpoint_path(args, &variant);
            let (checkpoint, earlier) = Checkpoint::open(&path, &inputs, args.resume)?;
            if !earlier.is_empty() {
                console.say(&format!(
                    "variant {variant}: {} evaluations taken from an earlier run",
                    earlier.len()
                ));
            }
            (Some(checkpoint), earlier)
        }
        None => (None, Vec::new()),
    };
    let settings = Settings {
        search: Search { screened: args.screened.max(1), ..Search::default() },
        posterior: args.draws as usize,
        replicates: args.replicates as usize,
        ..Settings::default()
    };
    let expected = settings.evaluations(problem);
    let progress = console.progress();
    let watch = |stage: &'static str, done: usize, best: f64, _: &[f64]| {
        let message = format!("{variant} {stage} {best:.2}");
        progress.tell(message, done.min(expected), expected);
    };
    let save = |known: &Known| {
        if let Some(checkpoint) = &checkpoint {
            checkpoint.save(known);
        }
    };
    with_threads(args.threads, || {
        calibrate(problem, published, &settings, earlier, (&save, &watch))
    })?
}

/// Evaluations beside the results, so that the folder itself appears whole.
fn checkpoint_path(args: &CalibrateArgs, variant: &str) -> PathBuf {
    let out = args.out.clone().unwrap_or_default();
    let name = out.file_name().unwrap_or_default().to_string_lossy().into_owned();
    out.with_file_name(format!(".{name}.{}.checkpoint", variant.to_lowercase()))
}

fn run_record(args: &CalibrateArgs, plan: &Plan, files: &[PublishedFile]) -> RunRecord {
    let variants: Vec<String> = args.variants.iter().map(ToString::to_string).collect();
    let mut words = vec!["thrombo calibrate".to_owned()];
    words.extend(args.targets.iter().map(|folder| format!("--targets {}", folder.display())));
    words.extend(args.plan.iter().map(|file| format!("--plan {}", file.display())));
    words.push(format!("--variants {}", variants.join(",")));
    words.extend(args.free.iter().map(|name| format!("--free {name}")));
    words.push(format!("--seed {} --candidates {}", args.seed, args.candidates));
    words.push(format!("--screened {} --draws {}", args.screened, args.draws));
    words.push(format!("--replicates {}", args.replicates));
    let mut inputs = record::published(files);
    inputs.insert(plan.file.clone(), plan.sha256.clone());
    if let Ok(patients) = thrombopoiesis::population::VirtualPatients::load(&plan.patients) {
        inputs.insert(format!("{}.toml", patients.id), patients.sha256);
    }
    record::of_lanes(words.join(" "), args.seed, inputs)
}
