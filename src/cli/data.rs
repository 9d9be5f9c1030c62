//! `thrombo simulate --data`: predictions at the records of a data set.

use super::console::Console;
use super::data_replicates::replicates;
use super::document::Document;
use super::simulate_args::{EngineArg, SimulateArgs};
use super::sink::Sink;
use super::{Answer, Outcome};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use thrombopoiesis::error::Result;
use thrombopoiesis::files::{
    Comment, CsvTable, Integrated, Outputs, Row as CsvRow, RunRecord, hash, read_text,
};
use thrombopoiesis::machine::{require, with_threads};
use thrombopoiesis::model::ParameterSet;
use thrombopoiesis::records::{Records, Subject};
use thrombopoiesis::simulate::records::{FailedAt, Predicted, Predictor};
use thrombopoiesis::table::{Table, TableOf, shortest};

/// The column that is added.
const PREDICTION: &str = "pred";
/// What a cell of the output takes, bytes: as text, and as it is kept.
const BYTES_OF_CELL: f64 = 80.0;
/// Most failed subjects that are named one by one.
const MOST_NAMED: usize = 20;

pub(super) fn run(
    args: &SimulateArgs,
    data: &Path,
    typed: &str,
    console: Console,
) -> Result<Answer> {
    let set = args.patient.parameters()?;
    console.warn_of(&set);
    let mut outputs = Outputs::beside(args.reads());
    let out = Sink::open(&mut outputs, &args.out, args.force)?;
    let predictor = predictor(args, &set)?;
    let text = read_text(data)?;
    let options = args.records.options(&args.patient.set);
    let (records, findings) = predictor.read((data, &text), &options)?;
    for warning in &findings.warnings {
        console.warn(&warning.in_file(data));
    }
    for note in &findings.notes {
        console.say(note);
    }
    let table = CsvTable::parse_any_names(data, &text, args.records.ignore);
    require_memory(&table)?;
    let output = args.records.output.as_deref();
    let is_beside = args.engine.is_some_and(|own| own != EngineArg::Reference);
    let predicted: Vec<Predicted<f64>> = with_threads(args.threads, || {
        if is_beside && !predictor.is_exact() {
            return predictor.predict_side_by_side(&records.subjects, output);
        }
        let subjects = records.subjects.par_iter();
        Ok(subjects.map(|subject| predictor.predict(subject, output)).collect())
    })??;
    let replicates = replicates(args, &set, &predictor, &records, console)?;
    let failed = failed(&records.subjects, &predicted);
    warn_of_failed(&failed, records.subjects.len(), console);
    let record = RunRecord {
        seed: args.subjects.map(|_| args.seed),
        integrator: method(args, &predictor, &predicted),
        relative_tolerance: predictor.tolerance(),
        absolute_tolerance: 0.01 * predictor.tolerance(),
        ..patient_inputs(typed, &set, (data, &text))
    };
    if table.columns().iter().any(|name| name.eq_ignore_ascii_case(PREDICTION)) {
        console.say(&format!("the column {PREDICTION} of the file is replaced"));
    }
    let comments = record.to_comments() + &failed_in_comments(&failed) + &replicates.comments();
    let cells = cells(&records.subjects, &predicted);
    let written =
        replicates.add(kept_columns(&table).given_text(PREDICTION, cells), false).finish();
    out.write(&written.with_comments(&comments).to_csv(), Comment::Hash, console)?;
    let is_whole = failed.is_empty() && replicates.failed == 0;
    let outcome = if is_whole { Outcome::Done } else { Outcome::Problems };
    console.answer(outcome, || {
        let document = Document::of(&record)
            .with("data_file", data.display().to_string())
            .with("subjects", records.subjects.len())
            .with("failed_subjects", failed.iter().map(Failed::to_json).collect::<Value>());
        let rows = rows(&table, &records, &predicted);
        Ok(replicates.details(document).table("predictions", &replicates.add(rows, true).finish()))
    })
}

/// The model, ready for records.
fn predictor(args: &SimulateArgs, set: &ParameterSet) -> Result<Predictor<f64>> {
    let mut predictor = Predictor::new(set)?;
    if let Some(tolerance) = args.tolerance {
        predictor.set_tolerance(tolerance);
    }
    if let Some(direction) = args.records.direction() {
        predictor.set_direction(direction);
    }
    Ok(predictor)
}

/// What solved the equations.
fn method(args: &SimulateArgs, predictor: &Predictor<f64>, predicted: &[Predicted<f64>]) -> String {
    const LANES: &str = "lanes, Dormand-Prince 5(4)";
    let alone = predicted.iter().filter(|own| own.is_alone).count();
    let own = if alone == predicted.len() {
        predictor.method()
    } else if alone > 0 {
        format!("{LANES}; {alone} subjects alone by {}", predictor.method())
    } else {
        LANES.to_owned()
    };
    let is_beside = args.engine != Some(EngineArg::Reference) && !predictor.is_exact();
    if args.subjects.is_some() && is_beside { format!("{own}; replicates: {LANES}") } else { own }
}

fn require_memory(table: &CsvTable) -> Result<()> {
    let cells = table.rows().len() as f64 * (table.columns().len() + 1) as f64;
    let what = format!("{} records of {} columns", table.rows().len(), table.columns().len());
    require(&what, cells * BYTES_OF_CELL, "divide the data set")
}

/// A subject that failed.
struct Failed<'r> {
    subject: &'r Subject,
    at: &'r FailedAt,
}

impl Failed<'_> {
    fn in_words(&self) -> String {
        let row = &self.subject.rows[self.at.row.min(self.subject.rows.len() - 1)];
        format!("line {}, {}: {}", row.line, self.subject.record(row), self.at.reason)
    }

    fn to_json(&self) -> Value {
        let row = &self.subject.rows[self.at.row.min(self.subject.rows.len() - 1)];
        json!({ "id": self.subject.id, "line": row.line, "reason": self.at.reason })
    }
}

fn failed<'r>(subjects: &'r [Subject], predicted: &'r [Predicted<f64>]) -> Vec<Failed<'r>> {
    let all = subjects.iter().zip(predicted);
    all.filter_map(|(subject, own)| Some(Failed { subject, at: own.failure.as_ref()? })).collect()
}

fn warn_of_failed(failed: &[Failed<'_>], subjects: usize, console: Console) {
    if failed.is_empty() {
        return;
    }
    for own in failed.iter().take(MOST_NAMED) {
        console.warn(&own.in_words());
    }
    let (many, more) = (failed.len(), failed.len().saturating_sub(MOST_NAMED));
    let others = if more > 0 { format!(", {more} of them not named here") } else { String::new() };
    console.warn(&format!(
        "{many} of {subjects} subjects failed{others}; their predictions end where they failed"
    ));
}

fn failed_in_comments(failed: &[Failed<'_>]) -> String {
    let lines = failed.iter().take(MOST_NAMED).map(|own| format!("# failed: {}\n", own.in_words()));
    let more = failed.len().saturating_sub(MOST_NAMED);
    let more = (more > 0).then(|| format!("# and {more} more subjects failed\n"));
    lines.chain(more).collect()
}

/// The record of a run with these parameters and records.
pub(super) fn patient_inputs(
    typed: &str,
    set: &ParameterSet,
    (path, text): (&Path, &str),
) -> RunRecord {
    let mut inputs: BTreeMap<String, String> = set.files.iter().cloned().collect();
    inputs.insert(path.display().to_string(), hash(text.as_bytes()));
    RunRecord {
        program: super::program(),
        command: typed.to_owned(),
        integrated: Some(Integrated {
            model: set.model.to_string(),
            population: set.population.to_string(),
            variant: set.variants_apply().then(|| set.variant.to_string()),
            regimen: format!("records of {}", path.display()),
        }),
        inputs,
        ..RunRecord::default()
    }
}

/// Positions of the columns of the file that are written again.
fn kept(table: &CsvTable) -> impl Iterator<Item = (usize, &String)> {
    let names = table.columns().iter().enumerate();
    names.filter(|(_, name)| !name.eq_ignore_ascii_case(PREDICTION))
}

/// The columns of the file with their text as it is.
fn kept_columns(table: &CsvTable) -> TableOf<'_, CsvRow> {
    let mut new = Table::of(table.rows());
    for (column, name) in kept(table) {
        new = new.text(name.clone(), |row| table.text(row, column).to_owned());
    }
    new
}

/// The predictions as cells; a missing one is empty.
fn cells(subjects: &[Subject], predicted: &[Predicted<f64>]) -> Vec<String> {
    let of_subject = |(subject, own): (&Subject, &Predicted<f64>)| {
        let missing = subject.rows.len().saturating_sub(own.values.len());
        let values: Vec<_> = own.values.iter().map(|value| shortest(*value)).collect();
        values.into_iter().chain(std::iter::repeat_n(String::new(), missing))
    };
    subjects.iter().zip(predicted).flat_map(of_subject).collect()
}

/// The same for programs: what is missing in the file is missing here.
fn rows<'t>(
    table: &'t CsvTable,
    records: &Records,
    predicted: &[Predicted<f64>],
) -> TableOf<'t, CsvRow> {
    let all = records.subjects.iter().zip(predicted);
    let values = all.flat_map(|(subject, own)| {
        (0..subject.rows.len()).map(|i| own.values.get(i).copied().unwrap_or(f64::NAN))
    });
    let mut new = Table::of(table.rows());
    for (column, name) in kept(table) {
        new = new.text(name.clone(), |row| table.cell(row, column).map(str::to_owned));
    }
    new.given_numbers(PREDICTION, "", values.collect())
}
