//! `thrombo export`: a model for another tool.

use super::Outcome;
use super::args::{ExportArgs, time_span};
use super::console::{deliver, say};
use super::simulate::{changes, length, sampling};
use std::path::{Path, PathBuf};
use thrombopoiesis::error::Result;
use thrombopoiesis::export::{Exported, Request, Tool, export};
use thrombopoiesis::files::write_whole;
use thrombopoiesis::model::ParameterSet;
use thrombopoiesis::regimen::Regimen;

/// The ending of a data file.
const DATA: &str = "csv";

pub(super) fn run(args: &ExportArgs) -> Result<Outcome> {
    let set = args.patient.parameters()?;
    let regimen: Regimen = args.regimen.parse()?;
    let tool = Tool::from(args.to);
    let out = file(args, &set, tool);
    let mut request = Request::new(&set, &regimen);
    request.until = length(args.days)?;
    request.every = time_span(&args.every)?;
    sampling(&args.every, request.until)?;
    if let Some(name) = out.file_stem().filter(|_| out != Path::new("-")) {
        request.name = name.to_string_lossy().into_owned();
    }
    request.heading = heading(args, &set);
    let Exported { text, data } = export(&request, tool)?;
    deliver(&out, &text)?;
    match data {
        Some(_) if out == Path::new("-") => say("the data file is written with --out FILE only"),
        Some(data) => write_whole(&out.with_extension(DATA), data.as_bytes())?,
        None => {}
    }
    Ok(Outcome::Done)
}

/// The file that the model goes to.
fn file(args: &ExportArgs, set: &ParameterSet, tool: Tool) -> PathBuf {
    if args.out.is_dir() {
        args.out.join(set.model).with_extension(tool.ending())
    } else {
        args.out.clone()
    }
}

/// What was exported, as it can be typed again, and from which files.
fn heading(args: &ExportArgs, set: &ParameterSet) -> Vec<String> {
    let command = format!(
        "thrombo export --model {} --population {} --to {} --regimen \"{}\" --days {} --every \"{}\"{}",
        set.model,
        set.population,
        format!("{:?}", args.to).to_lowercase(),
        args.regimen,
        args.days,
        args.every,
        changes(set)
    );
    let mut lines = vec![super::program(), command];
    let files = set.files.iter().map(|(name, sha256)| format!("{name} SHA-256 {sha256}"));
    lines.extend(files);
    lines
}
