//! `thrombo simulate`: one patient's course as CSV.

use super::console::Console;
use super::document::Document;
use super::population;
use super::record::integrated;
use super::simulate_args::{FormatArg, SimulateArgs};
use super::sink::Sink;
use super::times::{length, time_span};
use super::{Answer, Outcome};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::export::records::{self, Compartments, Record};
use thrombopoiesis::files::{Comment, Outputs, RunRecord};
use thrombopoiesis::machine::require;
use thrombopoiesis::model::{ParameterSet, Variant, chosen_variant};
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::{Course, Fate, Grid, Scenario, simulate};
use thrombopoiesis::table::Table;
use thrombopoiesis::units::{HOURS_PER_DAY, Time};
use thrombopoiesis::window::THRESHOLD;

/// What is to be simulated.
pub(super) struct Asked {
    pub(super) set: ParameterSet,
    pub(super) regimen: Regimen,
    pub(super) until: Time,
    /// The scenario it comes from, if it does.
    scenario: Option<Scenario>,
}

impl Asked {
    pub(super) fn new(args: &SimulateArgs) -> Result<Self> {
        let Some(path) = &args.scenario else {
            return Ok(Self {
                set: args.patient.parameters()?,
                regimen: args.regimen.as_deref().unwrap_or_default().parse()?,
                until: args.length.end()?,
                scenario: None,
            });
        };
        let scenario = Scenario::load(path)?;
        let mut set = scenario.parameters(Variant::B)?;
        if let Some(letter) = &args.patient.variant {
            set = scenario.parameters(chosen_variant(&set, letter)?)?;
        }
        let regimen = scenario.regimen.clone();
        Ok(Self { set, regimen, until: length(scenario.until)?, scenario: Some(scenario) })
    }
}

pub(super) fn run(args: &SimulateArgs, typed: &str, console: Console) -> Result<Answer> {
    if let Some(data) = &args.data {
        args.shards.require_none("the records of --data")?;
        return super::data::run(args, data, typed, console);
    }
    args.records.require_none()?;
    require_many(args)?;
    let asked = Asked::new(args)?;
    console.warn_of(&asked.set);
    console.warn_of_regimen(&asked.regimen, asked.until);
    if let Some(subjects) = args.subjects {
        return population::run(args, (&asked, subjects), typed, console);
    }
    args.shards.require_none("the simulation of a single patient")?;
    let mut outputs = Outputs::beside(args.reads());
    let out = Sink::open(&mut outputs, &args.out, args.force)?;
    let times_h = sampling(&args.every, asked.until, &asked.regimen)?;
    let options = args.integrator.options();
    let course = simulate(&asked.set, &asked.regimen, asked.until, options)?;
    let width = match args.format {
        FormatArg::Csv => course.columns(args.states).len(),
        FormatArg::Nonmem => COLUMNS_OF_RECORD,
    };
    require_samples(times_h.len(), width, console.json)?;
    let record = RunRecord {
        integrator: options.method.to_string(),
        relative_tolerance: options.relative_tolerance,
        absolute_tolerance: options.absolute_tolerance,
        ..record(typed, &asked)
    };
    let document = Document::of(&record);
    if args.format == FormatArg::Nonmem {
        asked.set.model.require_platelets("records of counts")?;
        let records = data(&asked.set, &course, &times_h)?;
        out.write(&records.to_csv(), Comment::Impossible, console)?;
        return console.answer(Outcome::Done, || Ok(document.table("records", &records)));
    }
    let samples = course.table(&times_h, args.states)?;
    let samples = samples.with_comments(&(record.to_comments() + &notes(&course)?));
    out.write(&samples.to_csv(), Comment::Hash, console)?;
    console.answer(Outcome::Done, || Ok(endpoints(document, &course)?.table("samples", &samples)))
}

/// Refuses what only many patients have.
fn require_many(args: &SimulateArgs) -> Result<()> {
    let given = [(args.engine.is_some(), "--engine"), (args.threads.is_some(), "--threads")];
    match given.into_iter().find(|(is_given, _)| *is_given && args.subjects.is_none()) {
        None => Ok(()),
        Some((_, flag)) => Err(Error::Contradiction {
            first: flag.to_owned(),
            second: "the simulation of a single patient".to_owned(),
            remedy: format!("omit {flag}, or give --subjects"),
        }),
    }
}

/// What a number of a row takes, bytes: 20 as text, which holds up to twice as much while it grows; in
/// a document for programs its row, its name and the text around it too. Measured at 100,000 samples:
/// 20 and 245 bytes a number.
const BYTES_OF_NUMBER: f64 = 45.0;
const BYTES_IN_DOCUMENT: f64 = 340.0;
/// Columns of a record, and what it takes beside its text as so many more.
const COLUMNS_OF_RECORD: usize = 12;

/// Refuses more samples than memory holds as text.
pub(super) fn require_samples(samples: usize, columns: usize, json: bool) -> Result<()> {
    let number = if json { BYTES_IN_DOCUMENT } else { BYTES_OF_NUMBER };
    let bytes = samples as f64 * (32.0 + columns as f64 * number);
    let what = format!("{samples} samples of {columns} columns");
    require(&what, bytes, "lower the number of samples")
}

/// The doses and the counts as records. No comment lines: NONMEM would read them.
fn data(set: &ParameterSet, course: &Course, times_h: &[f64]) -> Result<Table> {
    let route = course.doses.first().map(|(dose, _)| dose.route);
    let Compartments { dose: entry, platelets } = Compartments::of(set, route)?;
    let mut all = Vec::new();
    for (dose, _) in course.doses.iter().filter(|(_, fate)| *fate == Fate::Taken) {
        let amt = set.dose_in_unit(dose.amount, dose.route)?;
        all.push(Record::dose(1, dose.time.in_hours(), amt, entry));
    }
    for time_h in times_h {
        let count = course.sample(Time::hours(*time_h))?.platelets;
        all.push(Record::observation(1, *time_h, platelets, Some(count)));
    }
    records::sort(&mut all);
    Ok(records::table(&all))
}

/// The times of the samples, h; the last is the end.
pub(super) fn sampling(every: &str, until: Time, regimen: &Regimen) -> Result<Vec<f64>> {
    Ok(Grid::new(time_span(every)?, until)?.times_h(regimen))
}

/// The record of the run but for what integrated, and how closely.
pub(super) fn record(typed: &str, asked: &Asked) -> RunRecord {
    let set = &asked.set;
    let mut inputs: BTreeMap<String, String> = set.files.iter().cloned().collect();
    inputs.extend(asked.scenario.iter().map(|s| (format!("{}.toml", s.id), s.sha256.clone())));
    RunRecord {
        program: super::program(),
        command: typed.to_owned(),
        integrated: Some(integrated(set, &asked.regimen)),
        inputs,
        ..RunRecord::default()
    }
}

/// The endpoints of the course, and what became of doses that were not given as planned.
fn notes(course: &Course) -> Result<String> {
    if !course.model.has_platelets() {
        return Ok(String::new());
    }
    let maximum = course.maximum()?;
    let mut notes = format!(
        "# maximum {:.4} 10^9/L at {:.4} elapsed days\n",
        maximum.value,
        maximum.elapsed_days()
    );
    let above = course.at_or_above(THRESHOLD)?;
    let _ =
        write!(notes, "# at or above {THRESHOLD} for {:.4} days", above.total_h() / HOURS_PER_DAY);
    for interval in &above.intervals {
        let (from, to) = (interval.from_h / HOURS_PER_DAY, interval.to_h / HOURS_PER_DAY);
        let _ = write!(notes, ", from elapsed day {from:.4} to {to:.4}");
        notes += if interval.is_cut { ", the end" } else { "" };
    }
    notes += "\n";
    if let Some(time) = course.stopped_at {
        let count = course.doses.iter().filter(|(_, fate)| *fate == Fate::Stopped).count();
        let day = time.in_days() + 1.0;
        let _ = writeln!(notes, "# stopping rule met on visit day {day}: {count} dose(s) omitted");
    }
    Ok(notes)
}

/// The same for programs.
fn endpoints(document: Document, course: &Course) -> Result<Document> {
    if !course.model.has_platelets() {
        return Ok(document);
    }
    let (maximum, above) = (course.maximum()?, course.at_or_above(THRESHOLD)?);
    let intervals = above.intervals.iter().map(|interval| {
        json!({
            "from_day": interval.from_h / HOURS_PER_DAY,
            "to_day": interval.to_h / HOURS_PER_DAY,
            "is_cut": interval.is_cut,
        })
    });
    let omitted = course.doses.iter().filter(|(_, fate)| *fate == Fate::Stopped).count();
    Ok(document
        .with("maximum_1e9_l", maximum.value)
        .with("elapsed_day_of_maximum", maximum.elapsed_days())
        .with("level_1e9_l", THRESHOLD)
        .with("days_at_or_above", above.total_h() / HOURS_PER_DAY)
        .with("intervals", intervals.collect::<Value>())
        .with("stopped_on_visit_day", course.stopped_at.map(|time| time.in_days() + 1.0))
        .with("doses_omitted", omitted))
}
