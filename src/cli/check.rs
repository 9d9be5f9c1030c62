//! `thrombo check`: input files of any kind, every problem of each.

use super::args::{assignment, typical_patient};
use super::console::Console;
use super::document::{Document, problem};
use super::record_args::RecordArgs;
use super::record_figure::FigureArgs;
use super::{Answer, Outcome};
use clap::Args as ClapArgs;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use thrombopoiesis::check::{Checked, RecordCheck, check_file_with};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::FileKind;
use thrombopoiesis::model::{ParameterSet, chosen_set};
use thrombopoiesis::records::Summary;
use thrombopoiesis::simulate::records::Predictor;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Kinds: model parameters, virtual patients, calibration plans, scenarios, trials, targets of a
fit, published results and exposures (TOML); counts, posteriors, covariates of patients and
NONMEM records (CSV); records are summarised.
The kind of a file is recognised by its content; docs/formats.md describes every key. No simulation
is run.

Examples:
  thrombo check scenario.toml counts.csv
  thrombo check scenarios/*.toml targets/*.toml parameters/*.toml
  thrombo check data.csv --model own.model --set wt=70
  thrombo check data.csv --figure data.svg")]
pub(super) struct CheckArgs {
    /// Files to check
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,

    #[command(flatten)]
    against: AgainstArgs,

    #[command(flatten)]
    records: RecordArgs,

    #[command(flatten)]
    figure: FigureArgs,
}

/// The model that records are to suit.
#[derive(Debug, ClapArgs)]
#[group(skip)]
struct AgainstArgs {
    /// Records: check them against this model, a name of `thrombo models` or a file such as own.model
    #[arg(long, value_name = "NAME", group = "against")]
    model: Option<String>,
    /// Records: the same with the virtual patients of this file or shipped set
    #[arg(long, alias = "patients", value_name = "FILE", group = "against")]
    parameters: Option<String>,
    /// Structural variant of the model
    #[arg(long, value_name = "NAME", requires = "against")]
    variant: Option<String>,
    /// Population that the parameters of the model describe
    #[arg(long, value_name = "NAME", requires = "model")]
    population: Option<String>,
    /// Set the value of a parameter, or of a covariate that the records have no column for; repeatable
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment, requires = "against")]
    set: Vec<(String, f64)>,
}

/// What was found in one file.
pub(super) type Found = (PathBuf, Checked);

pub(super) fn run(args: &CheckArgs, typed: &str, console: Console) -> Result<Answer> {
    let set = args.against.parameters()?;
    if let Some(set) = &set {
        console.warn_of(set);
    }
    let predictor = set.map(|set| predictor(&set, &args.records)).transpose()?;
    let read = args.files.iter().map(PathBuf::as_path).chain(args.against.reads());
    let figure = args.figure.open(read)?;
    let how = RecordCheck {
        options: args.records.options(&args.against.set),
        predictor: predictor.as_ref(),
        keeps: figure.is_some(),
    };
    let found: Vec<Found> =
        args.files.iter().map(|path| (path.clone(), check_file_with(path, &how))).collect();
    let is_records = |(_, found): &&Found| found.kind == Some(FileKind::Records);
    let records: Vec<&Found> = found.iter().filter(is_records).collect();
    if predictor.is_some() && records.is_empty() {
        console.say("no file holds records, so the model is not used");
    }
    for doubt in found.iter().flat_map(|(_, found)| &found.doubts) {
        console.warn(doubt);
    }
    if let Some(figure) = figure {
        figure.draw(&records, &how, console)?;
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

impl AgainstArgs {
    /// The parameters of the model, if one was named.
    fn parameters(&self) -> Result<Option<ParameterSet>> {
        let variant = self.variant.as_deref();
        let mut set = match (&self.model, &self.parameters) {
            (_, Some(name)) => typical_patient(name, variant)?,
            (Some(model), None) => chosen_set(model, self.population.as_deref(), variant)?,
            (None, None) => return Ok(None),
        };
        self.set.iter().try_for_each(|(symbol, value)| set.set(symbol, *value))?;
        Ok(Some(set))
    }

    /// The files that these arguments may name.
    fn reads(&self) -> impl Iterator<Item = &Path> {
        self.model.iter().chain(&self.parameters).map(Path::new)
    }
}

/// The model, ready for records.
fn predictor(set: &ParameterSet, records: &RecordArgs) -> Result<Predictor<f64>> {
    let mut predictor = Predictor::new(set)?;
    if let Some(direction) = records.direction() {
        predictor.set_direction(direction);
    }
    predictor.structure().require_output(records.output.as_deref())?;
    Ok(predictor)
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
