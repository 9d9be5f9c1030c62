//! `thrombo fit`: parameters from published summaries or counts.

use super::args::FitArgs;
use super::console::Console;
use super::document::Document;
use super::record::not_zero;
use super::simulate::whose;
use super::{Answer, Outcome};
use std::fmt::Write;
use std::path::Path;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::{OutputFolder, RunRecord, read_text};
use thrombopoiesis::fit::{self, FitResult, FitStatus, Problem, Search, Targets};
use thrombopoiesis::integrate::Options;
use thrombopoiesis::report::{Lettering, descriptive};

/// What is estimated unless told otherwise.
const DEFAULT_FREE: [&str; 3] = ["kc", "tmk", "tp"];

pub(super) fn run(args: &FitArgs, console: Console) -> Result<Answer> {
    let problem = problem(args)?;
    let search = search(args)?;
    let folder =
        args.out.as_deref().map(|out| OutputFolder::prepare(out, args.force)).transpose()?;
    let progress = console.progress();
    let result =
        fit::fit(&problem, &search, &|p| progress.tell(p.stage.to_owned(), p.done, p.total))?;
    drop(progress);
    console.print(&result.summary())?;
    let record = record(args, &problem, search);
    if let (Some(mut folder), Some(out)) = (folder, &args.out) {
        add_files(&mut folder, &problem, &result)?;
        folder.finish(&record.to_toml())?;
        console.say(&format!("written to {}", out.display()));
    }
    let converged = result.status == FitStatus::Converged;
    let outcome = if converged { Outcome::Done } else { Outcome::NotConverged };
    console.answer(outcome, || Ok(Document::of(&record).with_all(&result)))
}

fn problem(args: &FitArgs) -> Result<Problem> {
    let mut set = args.patient.parameters()?;
    let mut free: Vec<&str> =
        if set.model == "mechanistic" { DEFAULT_FREE.to_vec() } else { Vec::new() };
    for symbol in &args.free {
        set.symbol(symbol)?;
        if !free.contains(&symbol.as_str()) {
            free.push(symbol);
        }
    }
    for fixed in &args.fix {
        let (symbol, value) = match fixed.split_once('=') {
            Some((symbol, value)) => (symbol, Some(number(fixed, value)?)),
            None => (fixed.as_str(), None),
        };
        set.symbol(symbol)?;
        if args.free.iter().any(|other| other == symbol) {
            return Err(contradiction(&format!("--fix {symbol}"), &format!("--free {symbol}")));
        }
        free.retain(|other| *other != symbol);
        if let Some(value) = value {
            set.set(symbol, value)?;
        }
    }
    for (symbol, value) in &args.start {
        if !free.contains(&symbol.as_str()) {
            let second = format!("not estimating {symbol}");
            return Err(contradiction(&format!("--start {symbol}={value}"), &second));
        }
        set.set(symbol, *value)?;
    }
    let targets = match &args.targets {
        None => Targets::application_note()?,
        Some(path) => Targets::read(path, &read_text(path)?, &args.regimen.parse()?)?,
    };
    Problem::new(set, &free, targets, Options::default())
}

fn search(args: &FitArgs) -> Result<Search> {
    let whole = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    not_zero(&[("starts", args.starts), ("max-iterations", whole(args.max_iterations))])?;
    Ok(Search {
        method: args.method.method(),
        starts: args.starts,
        seed: args.seed,
        max_iterations: args.max_iterations,
    })
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

fn contradiction(first: &str, second: &str) -> Error {
    let remedy = "leave one of them away".to_owned();
    Error::Contradiction { first: first.to_owned(), second: second.to_owned(), remedy }
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

fn record(args: &FitArgs, problem: &Problem, search: Search) -> RunRecord {
    let mut command = format!("thrombo fit{}", whose(&args.patient, &problem.set));
    if problem.set.variants_apply() {
        let _ = write!(command, " --variant {}", problem.set.variant);
    }
    if let Some(targets) = &args.targets {
        let _ = write!(
            command,
            " --targets {}",
            targets.file_name().map_or(targets.as_path(), Path::new).display()
        );
    }
    for (flag, values) in [("fix", &args.fix), ("free", &args.free)] {
        for value in values {
            let _ = write!(command, " --{flag} {value}");
        }
    }
    for (flag, pairs) in [("set", &args.patient.set), ("start", &args.start)] {
        for (symbol, value) in pairs {
            let _ = write!(command, " --{flag} {symbol}={value}");
        }
    }
    let mut inputs: std::collections::BTreeMap<_, _> = problem.set.files.iter().cloned().collect();
    inputs.insert(problem.targets.file.clone(), problem.targets.sha256.clone());
    RunRecord {
        program: super::program(),
        command,
        seed: Some(search.seed),
        integrator: problem.options.method.to_string(),
        relative_tolerance: problem.options.relative_tolerance,
        absolute_tolerance: problem.options.absolute_tolerance,
        inputs,
    }
}
