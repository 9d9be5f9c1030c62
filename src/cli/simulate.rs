//! `thrombo simulate`: one patient's course as CSV.

use super::args::{EngineArg, FormatArg, IntegratorArg, PatientArgs, SimulateArgs, chosen_variant};
use super::console::Console;
use super::document::Document;
use super::population;
use super::sink::Sink;
use super::times::time_span;
use super::{Answer, Outcome};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::export::records::{self, Compartments, Record};
use thrombopoiesis::files::{Comment, Outputs, RunRecord, cell, quoted};
use thrombopoiesis::machine::require;
use thrombopoiesis::model::{ParameterSet, Status, Variant};
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::{Fate, Grid, MAX_DAYS, Sample, Scenario, Simulated, simulate};
use thrombopoiesis::units::{HOURS_PER_DAY, Time};

/// The count at or above which days are counted in the comment lines, 10⁹/L.
const THRESHOLD: f64 = 50.0;

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
                until: length(args.days)?,
                scenario: None,
            });
        };
        let scenario = Scenario::load(path)?;
        let mut set = scenario.parameters(Variant::B)?;
        if let Some(letter) = &args.patient.variant {
            set = scenario.parameters(chosen_variant(&set, letter)?)?;
        }
        let regimen = scenario.regimen.clone();
        Ok(Self {
            set,
            regimen,
            until: length(scenario.until.in_days())?,
            scenario: Some(scenario),
        })
    }
}

pub(super) fn run(args: &SimulateArgs, console: Console) -> Result<Answer> {
    let asked = Asked::new(args)?;
    console.warn_of(&asked.set);
    if let Some(subjects) = args.subjects {
        return population::run(args, &asked, subjects, console);
    }
    let mut outputs = Outputs::beside(args.reads());
    let out = Sink::open(&mut outputs, &args.out, args.force)?;
    let times_h = sampling(&args.every, asked.until, &asked.regimen)?;
    let options = args.integrator.options();
    let course = simulate(&asked.set, &asked.regimen, asked.until, options)?;
    let columns = match args.format {
        FormatArg::Csv => header(&*course, args.states).split(',').count(),
        FormatArg::Nonmem => COLUMNS_OF_RECORD,
    };
    require_samples(times_h.len(), columns, console.json)?;
    let record = record(args, &asked, options.relative_tolerance);
    let document = Document::of(&record);
    if args.format == FormatArg::Nonmem {
        let records = data(&asked.set, &*course, &times_h)?;
        out.write(&records, Comment::Impossible, console)?;
        return console.answer(Outcome::Done, || Ok(document.table("records", &records)));
    }
    let mut csv = record.to_comments();
    csv += &notes(&*course)?;
    csv += &header(&*course, args.states);
    for time_h in times_h {
        write_row(&mut csv, &course.sample(Time::hours(time_h))?, args.states);
    }
    out.write(&csv, Comment::Hash, console)?;
    console.answer(Outcome::Done, || Ok(endpoints(document, &*course)?.table("samples", &csv)))
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
fn data(set: &ParameterSet, course: &dyn Simulated, times_h: &[f64]) -> Result<String> {
    let route = course.doses().first().map(|(dose, _)| dose.route);
    let Compartments { dose: entry, platelets } = Compartments::of(set, route)?;
    let mut all = Vec::new();
    for (dose, _) in course.doses().iter().filter(|(_, fate)| *fate == Fate::Taken) {
        let amt_mg = dose.amount.in_mg(set.value("wt")?);
        all.push(Record::dose(1, dose.time.in_hours(), amt_mg, entry));
    }
    for time_h in times_h {
        let count = course.sample(Time::hours(*time_h))?.platelets;
        all.push(Record::observation(1, *time_h, platelets, Some(count)));
    }
    records::sort(&mut all);
    Ok(records::to_csv(&all))
}

/// Length of a simulation of so many days.
pub(super) fn length(days: f64) -> Result<Time> {
    in_range("days", days, "d", MAX_DAYS).map(Time::written_days)
}

/// The times of the samples, h; the last is the end.
pub(super) fn sampling(every: &str, until: Time, regimen: &Regimen) -> Result<Vec<f64>> {
    Ok(Grid::new(time_span(every)?, until)?.times_h(regimen))
}

fn in_range(symbol: &str, value: f64, unit: &str, max: f64) -> Result<f64> {
    if value.is_finite() && value > 0.0 && value <= max {
        return Ok(value);
    }
    let (symbol, unit, range) = (symbol.to_owned(), unit.to_owned(), format!("(0, {max}]"));
    Err(Error::OutOfRange { symbol, value, unit, range })
}

/// The record of the run at relative tolerance `tolerance`.
pub(super) fn record(args: &SimulateArgs, asked: &Asked, tolerance: f64) -> RunRecord {
    let set = &asked.set;
    let mut inputs: BTreeMap<String, String> = set.files.iter().cloned().collect();
    let mut command = match &asked.scenario {
        Some(scenario) => {
            inputs.insert(format!("{}.toml", scenario.id), scenario.sha256.clone());
            let file = args.scenario.as_deref().and_then(Path::file_name).unwrap_or_default();
            let variant =
                args.patient.variant.as_ref().map_or(String::new(), |v| format!(" --variant {v}"));
            format!(
                "thrombo simulate --scenario {}{variant} --every \"{}\"",
                file.display(),
                args.every
            )
        }
        None => format!(
            "thrombo simulate{} --regimen \"{}\" --days {} --every \"{}\"{}",
            whose(&args.patient, set),
            args.regimen.as_deref().unwrap_or_default(),
            args.days,
            args.every,
            changes(set)
        ),
    };
    if let Some(subjects) = args.subjects {
        let _ = write!(command, " --subjects {subjects} --seed {}", args.seed);
        command += if args.engine == EngineArg::Reference { " --engine reference" } else { "" };
    } else {
        command +=
            if args.integrator == IntegratorArg::Dopri5 { " --integrator dopri5" } else { "" };
        command += if args.states { " --states" } else { "" };
    }
    for (flag, pairs) in [("omega", &args.omega), ("cv", &args.cv)] {
        for (symbol, value) in pairs {
            let _ = write!(command, " --{flag} {symbol}={value}");
        }
    }
    let integrator = match (args.subjects, args.engine) {
        (None, _) => args.integrator.options().method.to_string(),
        (Some(_), EngineArg::Lanes) => "lanes".to_owned(),
        (Some(_), EngineArg::Reference) => "reference".to_owned(),
    };
    RunRecord {
        program: super::program(),
        command,
        seed: args.subjects.map(|_| args.seed),
        integrator,
        relative_tolerance: tolerance,
        absolute_tolerance: tolerance / 100.0,
        inputs,
    }
}

/// Whose parameters these are, as it can be typed again.
pub(super) fn whose(args: &PatientArgs, set: &ParameterSet) -> String {
    match &args.parameters {
        Some(name) => format!(" --parameters {}", quoted(name)),
        None => format!(" --model {} --population {}", set.model, set.population),
    }
}

/// The variant and the values given by the user, as they can be typed again.
pub(super) fn changes(set: &ParameterSet) -> String {
    let mut text = String::new();
    if set.variants_apply() {
        let _ = write!(text, " --variant {}", set.variant);
    }
    for entry in set.entries.iter().filter(|entry| entry.status == Status::Set) {
        let _ = write!(text, " --set {}={}", entry.symbol, entry.value.unwrap_or_default());
    }
    text
}

/// The endpoints of the course, and what became of doses that were not given as planned.
fn notes(course: &dyn Simulated) -> Result<String> {
    let maximum = course.maximum()?;
    let mut notes = format!(
        "# maximum {:.4} 10^9/L at {:.4} elapsed days, visit day {:.4}\n",
        maximum.value,
        maximum.elapsed_days(),
        maximum.visit_day()
    );
    let above = course.at_or_above(THRESHOLD)?;
    let _ =
        write!(notes, "# at or above {THRESHOLD} for {:.4} days", above.total_h() / HOURS_PER_DAY);
    for interval in &above.intervals {
        let (from, to) = (interval.from_h / HOURS_PER_DAY, interval.to_h / HOURS_PER_DAY);
        let _ = write!(notes, ", from day {from:.4} to day {to:.4}");
        notes += if interval.is_cut { ", the end" } else { "" };
    }
    notes += "\n";
    if let Some(time) = course.stopped_at() {
        let count = course.doses().iter().filter(|(_, fate)| *fate == Fate::Stopped).count();
        let day = time.in_days() + 1.0;
        let _ = writeln!(notes, "# stopping rule met on visit day {day}: {count} dose(s) omitted");
    }
    Ok(notes)
}

/// The same for programs.
fn endpoints(document: Document, course: &dyn Simulated) -> Result<Document> {
    let (maximum, above) = (course.maximum()?, course.at_or_above(THRESHOLD)?);
    let intervals = above.intervals.iter().map(|interval| {
        json!({
            "from_day": interval.from_h / HOURS_PER_DAY,
            "to_day": interval.to_h / HOURS_PER_DAY,
            "is_cut": interval.is_cut,
        })
    });
    let omitted = course.doses().iter().filter(|(_, fate)| *fate == Fate::Stopped).count();
    Ok(document
        .with("maximum_1e9_l", maximum.value)
        .with("elapsed_day_of_maximum", maximum.elapsed_days())
        .with("visit_day_of_maximum", maximum.visit_day())
        .with("level_1e9_l", THRESHOLD)
        .with("days_at_or_above", above.total_h() / HOURS_PER_DAY)
        .with("intervals", intervals.collect::<Value>())
        .with("stopped_on_visit_day", course.stopped_at().map(|time| time.in_days() + 1.0))
        .with("doses_omitted", omitted))
}

fn header(course: &dyn Simulated, states: bool) -> String {
    let mut columns = vec!["time_h".to_owned(), "conc_ng_ml".to_owned(), "plt_1e9_l".to_owned()];
    columns.extend(course.readouts().iter().map(|readout| readout.column.to_owned()));
    if states {
        columns
            .extend(course.state_names().into_iter().map(|state| format!("state_{}", state.name)));
    }
    columns.join(",") + "\n"
}

fn write_row(csv: &mut String, sample: &Sample, states: bool) {
    let states: &[f64] = if states { &sample.states } else { &[] };
    let first = [sample.time_h, sample.conc, sample.platelets];
    let numbers = first.iter().chain(&sample.readouts).chain(states);
    *csv += &numbers.map(|number| cell(*number)).collect::<Vec<_>>().join(",");
    csv.push('\n');
}
