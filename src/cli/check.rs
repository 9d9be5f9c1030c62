//! `thrombo check`: input files of any kind, every problem of each.

use super::console::Console;
use super::document::{Document, problem};
use super::record_args::RecordArgs;
use super::{Answer, Outcome};
use clap::Args as ClapArgs;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;
use thrombopoiesis::check::{Checked, check_file_with};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::FileKind;
use thrombopoiesis::records::Summary;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Kinds: model parameters, virtual patients, calibration plans, scenarios, trials, targets of a
fit, published results and exposures (TOML); counts, posteriors, covariates of patients and
NONMEM records (CSV); records are summarised.
The kind of a file is recognised by its content; docs/formats.md describes every key. No simulation
is run.

Examples:
  thrombo check scenario.toml counts.csv
  thrombo check scenarios/*.toml targets/*.toml parameters/*.toml")]
pub(super) struct CheckArgs {
    /// Files to check
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,

    #[command(flatten)]
    records: RecordArgs,
}

/// What was found in one file.
type Found = (PathBuf, Checked);

pub(super) fn run(args: &CheckArgs, typed: &str, console: Console) -> Result<Answer> {
    let options = args.records.options(&[]);
    let found: Vec<Found> =
        args.files.iter().map(|path| (path.clone(), check_file_with(path, &options))).collect();
    for doubt in found.iter().flat_map(|(_, found)| &found.doubts) {
        console.warn(doubt);
    }
    console.print(&text(&found))?;
    let is_whole = found.iter().all(|(_, found)| found.problems.is_empty());
    let outcome = if is_whole { Outcome::Done } else { Outcome::Problems };
    console.answer(outcome, || {
        Ok(Document::new(typed)
            .with("ok", is_whole)
            .with("files", found.iter().map(as_json).collect::<Value>()))
    })
}

fn text(found: &[Found]) -> String {
    let mut text = String::new();
    for (path, Checked { kind, problems, records, .. }) in found {
        if let (Some(kind), true) = (kind, problems.is_empty()) {
            let _ = writeln!(text, "{}: ok (kind: {})", path.display(), kind.name());
        }
        for (heading, line) in records.iter().flat_map(Summary::lines) {
            let _ = writeln!(text, "  {heading:<18}{line}");
        }
        for problem in problems {
            let _ = writeln!(text, "{problem}");
        }
    }
    text
}

fn as_json((path, found): &Found) -> Value {
    let mut json = json!({
        "path": path.display().to_string(),
        "kind": found.kind.map(FileKind::name),
        "ok": found.problems.is_empty(),
        "problems": found.problems.iter().map(problem).collect::<Value>(),
    });
    if let Some(records) = &found.records {
        json["records"] = serde_json::to_value(records).unwrap_or_default();
    }
    json
}
