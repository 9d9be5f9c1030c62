//! `thrombo simulate`: one patient's course as CSV.

use super::Outcome;
use super::args::{SimulateArgs, time_span};
use super::console::deliver;
use std::fmt::Write;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::RunRecord;
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::{ParameterSet, Status};
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::{Fate, Sample, Simulated, simulate};
use thrombopoiesis::units::Time;

/// Longest simulation, days.
const MAX_DAYS: f64 = 10_000.0;
/// Most samples of one course.
const MAX_SAMPLES: f64 = 1e6;

pub(super) fn run(args: &SimulateArgs) -> Result<Outcome> {
    let set = args.patient.parameters()?;
    let regimen: Regimen = args.regimen.parse()?;
    let until = in_range("days", args.days, "d", MAX_DAYS).map(Time::days)?;
    let every = time_span(&args.every)?;
    in_range("samples", until.in_hours() / every.in_hours(), "samples", MAX_SAMPLES)?;
    let options = args.integrator.options();
    let course = simulate(&set, &regimen, until, options)?;
    let mut csv = record(args, &set, options).to_comments();
    csv += &notes(&*course);
    csv += &header(&*course, args.states);
    let mut index = 0.0;
    loop {
        let time_h = (index * every.in_hours()).min(until.in_hours());
        write_row(&mut csv, &course.sample(Time::hours(time_h))?, args.states);
        if time_h >= until.in_hours() {
            break;
        }
        index += 1.0;
    }
    deliver(&args.out, &csv)?;
    Ok(Outcome::Done)
}

fn in_range(symbol: &str, value: f64, unit: &str, max: f64) -> Result<f64> {
    if value.is_finite() && value > 0.0 && value <= max {
        return Ok(value);
    }
    let (symbol, unit, range) = (symbol.to_owned(), unit.to_owned(), format!("(0, {max}]"));
    Err(Error::OutOfRange { symbol, value, unit, range })
}

fn record(args: &SimulateArgs, set: &ParameterSet, options: Options) -> RunRecord {
    let mut command = format!(
        "thrombo simulate --model {} --population {} --regimen \"{}\" --days {} --every \"{}\"",
        set.model, set.population, args.regimen, args.days, args.every
    );
    if set.variants_apply() {
        let _ = write!(command, " --variant {}", set.variant);
    }
    for entry in set.entries.iter().filter(|entry| entry.status == Status::Set) {
        let _ = write!(command, " --set {}={}", entry.symbol, entry.value.unwrap_or_default());
    }
    RunRecord {
        program: super::program(),
        command,
        seed: None,
        integrator: options.method.to_string(),
        relative_tolerance: options.relative_tolerance,
        absolute_tolerance: options.absolute_tolerance,
        inputs: set.files.iter().cloned().collect(),
    }
}

/// What became of the doses, where it is not what was planned.
fn notes(course: &dyn Simulated) -> String {
    let mut notes = String::new();
    if let Some(time) = course.stopped_at() {
        let count = course.doses().iter().filter(|(_, fate)| *fate == Fate::Stopped).count();
        let day = time.in_days() + 1.0;
        let _ = writeln!(notes, "# stopping rule met on visit day {day}: {count} doses omitted");
    }
    notes
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
    let _ = write!(csv, "{},{},{}", sample.time_h, sample.conc, sample.platelets);
    let states: &[f64] = if states { &sample.states } else { &[] };
    for number in sample.readouts.iter().chain(states) {
        let _ = write!(csv, ",{number}");
    }
    csv.push('\n');
}
