//! `thrombo check`: input files of any kind, every problem of each.

use super::console::Console;
use super::document::{Document, problem};
use super::kinds::{self, Kind};
use super::{Answer, Outcome};
use clap::Args as ClapArgs;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use thrombopoiesis::error::{Error, FileProblem, Result};
use thrombopoiesis::files::read_text;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Kinds: model parameters, virtual patients, calibration plans, scenarios, trials, targets of a
fit, published results and exposures (TOML); counts, posteriors and covariates of patients (CSV). The kind
is told by what the file holds; docs/formats.md describes every key. Nothing is run.

Examples:
  thrombo check scenario.toml counts.csv
  thrombo check scenarios/*.toml targets/*.toml parameters/*.toml")]
pub(super) struct CheckArgs {
    /// Files to be read
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
}

/// What was found in one file.
struct Found {
    path: PathBuf,
    kind: Option<Kind>,
    problems: Vec<FileProblem>,
}

pub(super) fn run(args: &CheckArgs, typed: &str, console: Console) -> Result<Answer> {
    let found: Vec<Found> = args.files.iter().map(|path| check(path, console)).collect();
    console.print(&text(&found))?;
    let is_whole = found.iter().all(|found| found.problems.is_empty());
    let outcome = if is_whole { Outcome::Done } else { Outcome::Problems };
    console.answer(outcome, || {
        Ok(Document::new(typed)
            .with("ok", is_whole)
            .with("files", found.iter().map(as_json).collect::<Value>()))
    })
}

fn check(path: &Path, console: Console) -> Found {
    let found = |kind, problems| Found { path: path.to_owned(), kind, problems };
    let text = match read_text(path) {
        Ok(text) => text,
        Err(error) => return found(None, as_problems(path, error)),
    };
    let Some(kind) = Kind::of(path, &text) else {
        return found(None, vec![kinds::unknown(path)]);
    };
    match kind.read(path, &text) {
        Ok(()) => {
            kind.doubts(path, &text).iter().for_each(|text| console.warn(text));
            found(Some(kind), Vec::new())
        }
        Err(error) => found(Some(kind), as_problems(path, error)),
    }
}

/// Every error as problems of the file.
fn as_problems(path: &Path, error: Error) -> Vec<FileProblem> {
    match error {
        Error::Files(problems) => problems,
        Error::Io { source, .. } => vec![whole(path, format!("could not be read: {source}"))],
        other => vec![whole(path, other.to_string())],
    }
}

fn whole(path: &Path, rule: String) -> FileProblem {
    FileProblem { path: path.to_owned(), line: 0, key: String::new(), rule }
}

fn text(found: &[Found]) -> String {
    let mut text = String::new();
    for Found { path, kind, problems, .. } in found {
        if let (Some(kind), true) = (kind, problems.is_empty()) {
            let _ = writeln!(text, "{}: ok (kind: {})", path.display(), kind.name());
        }
        for problem in problems {
            let _ = writeln!(text, "{problem}");
        }
    }
    text
}

fn as_json(found: &Found) -> Value {
    json!({
        "path": found.path.display().to_string(),
        "kind": found.kind.map(Kind::name),
        "ok": found.problems.is_empty(),
        "problems": found.problems.iter().map(problem).collect::<Value>(),
    })
}
