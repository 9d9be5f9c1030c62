//! `thrombo fit`: parameters from published summaries or counts.

use super::args::{COUNTS_REGIMEN, FitArgs};
use super::console::Console;
use super::document::Document;
use super::record::integrated;
use super::{Answer, Outcome, fit_prior};
use std::collections::BTreeMap;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::{OutputFolder, Outputs, RunRecord, read_text};
use thrombopoiesis::fit::{self, FitResult, FitStatus, Problem, Search, Targets};
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::ParameterSet;
use thrombopoiesis::report::{Lettering, descriptive};

/// The parameters that are estimated by default: from summaries, and from counts, which start at a baseline
/// of their own and rarely determine more.
const FREE_FOR_SUMMARIES: &[&str] = &["kc", "tmk", "tp"];
const FREE_FOR_COUNTS: &[&str] = &["kc", "plt0"];

pub(super) fn run(args: &FitArgs, typed: &str, console: Console) -> Result<Answer> {
    if let (Some(prior), Some(counts)) = (&args.prior, &args.targets) {
        return fit_prior::run(args, (prior, counts), typed, console);
    }
    let problem = problem(args)?;
    console.warn_of(&problem.set);
    problem.targets.notices.iter().for_each(|notice| console.warn(notice));
    console.warn_of_doses(&problem.set, &problem.targets.regimen, problem.targets.until);
    let search = search(args);
    let mut outputs =
        Outputs::beside(args.targets.as_deref().into_iter().chain(args.patient.reads()));
    let folder = args.out.as_deref().map(|out| outputs.folder(out, args.force)).transpose()?;
    let progress = console.progress();
    let result = fit::fit(&problem, &search, &|p| progress.tell(p.stage, p.done, p.total))?;
    drop(progress);
    console.print(&result.summary())?;
    let record = record(typed, &problem, search);
    if let Some(mut folder) = folder {
        add_files(&mut folder, &problem, &result)?;
        console.say(&folder.finish(&record.to_toml())?.to_string());
    }
    let converged = result.status == FitStatus::Converged;
    let outcome = if converged { Outcome::Done } else { Outcome::NotConverged };
    console.answer(outcome, || Ok(Document::of(&record).with_all(&result)))
}

fn problem(args: &FitArgs) -> Result<Problem> {
    let mut set = args.patient.parameters()?;
    let targets = match &args.targets {
        None => Targets::application_note()?,
        Some(path) => Targets::read(path, &read_text(path)?, &args.regimen.parse()?)?,
    };
    if targets.are_summaries && args.regimen != COUNTS_REGIMEN {
        return Err(Error::Contradiction {
            first: format!("--regimen {}", args.regimen),
            second: format!("{}, which specifies its regimen", targets.file),
            remedy: "omit --regimen, or give counts as a CSV file".to_owned(),
        });
    }
    let mut free = free_by_default(&set, &targets);
    for symbol in &args.free {
        set.symbol(symbol)?;
        if !free.contains(symbol) {
            free.push(symbol.clone());
        }
    }
    for fixed in &args.fix {
        let (symbol, value) = match fixed.split_once('=') {
            Some((symbol, value)) => (symbol, Some(number(fixed, value)?)),
            None => (fixed.as_str(), None),
        };
        set.symbol(symbol)?;
        if args.free.iter().any(|other| other == symbol) {
            return Err(Error::contradiction(
                &format!("--fix {symbol}"),
                &format!("--free {symbol}"),
                "omit one of them",
            ));
        }
        free.retain(|other| other != symbol);
        if let Some(value) = value {
            set.set(symbol, value)?;
        }
    }
    for (symbol, value) in &args.start {
        if !free.contains(symbol) {
            let second = format!("not estimating {symbol}");
            return Err(Error::contradiction(
                &format!("--start {symbol}={value}"),
                &second,
                "omit one of them",
            ));
        }
        set.set(symbol, *value)?;
    }
    let free: Vec<&str> = free.iter().map(String::as_str).collect();
    Problem::new(set, &free, targets, Options::default())
}

/// The parameters that are estimated unless `--free` and `--fix` say otherwise: in a text, those that it does not fix.
fn free_by_default(set: &ParameterSet, targets: &Targets) -> Vec<String> {
    let defaults = if targets.are_summaries { FREE_FOR_SUMMARIES } else { FREE_FOR_COUNTS };
    match set.model.text() {
        Some(text) => {
            let own = text.parameters.iter().filter(|own| !own.is_fixed);
            own.map(|own| own.name.clone()).collect()
        }
        None if set.model == "mechanistic" => {
            defaults.iter().map(|symbol| (*symbol).to_owned()).collect()
        }
        None => Vec::new(),
    }
}

fn search(args: &FitArgs) -> Search {
    Search {
        method: args.optimiser.method(),
        starts: args.starts,
        seed: args.seed.unwrap_or(Search::default().seed),
        max_iterations: args.max_iterations,
    }
}

fn number(text: &str, value: &str) -> Result<f64> {
    let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| Error::Syntax {
        text: text.to_owned(),
        expected: "NAME or NAME=VALUE",
        part: value.to_owned(),
        rule: "must be a finite number".to_owned(),
    })
}

fn add_files(folder: &mut OutputFolder, problem: &Problem, result: &FitResult) -> Result<()> {
    folder.add("result.toml", result.to_toml());
    folder.add("result.json", result.to_json());
    folder.add("log.txt", result.summary());
    folder.add("fit.svg", descriptive::fit_figure(problem, result, Lettering::Embedded)?);
    if !result.profiles.is_empty() {
        folder.add("profiles.svg", descriptive::profile_figure(result, Lettering::Embedded)?);
    }
    Ok(())
}

fn record(typed: &str, problem: &Problem, search: Search) -> RunRecord {
    let mut inputs: BTreeMap<_, _> = problem.set.files.iter().cloned().collect();
    inputs.insert(problem.targets.file.clone(), problem.targets.sha256.clone());
    RunRecord {
        program: super::program(),
        command: typed.to_owned(),
        integrated: Some(integrated(&problem.set, &problem.targets.regimen)),
        seed: Some(search.seed),
        integrator: problem.options.method.to_string(),
        relative_tolerance: problem.options.relative_tolerance,
        absolute_tolerance: problem.options.absolute_tolerance,
        inputs,
    }
}
