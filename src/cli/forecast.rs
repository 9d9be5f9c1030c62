//! `thrombo forecast`: forecasts for every subject of a data set.

use super::args::PatientArgs;
use super::console::Console;
use super::counts;
use super::data::{patient_inputs, read_records};
use super::data_replicates::for_records;
use super::document::Document;
use super::population::{QUANTILES, patients_of};
use super::record_args::RecordArgs;
use super::shard_args::{ShardArgs, finish};
use super::sink::Sink;
use super::times::{LengthArgs, time_span};
use super::{Answer, Outcome};
use clap::Args as ClapArgs;
use std::path::{Path, PathBuf};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::{Comment, Outputs, RunRecord, read_text};
use thrombopoiesis::forecast::{Forecast, Question, ResidualError};
use thrombopoiesis::machine::{require, with_threads};
use thrombopoiesis::model::ParameterSet;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::records::Subject;
use thrombopoiesis::shards::Whole;
use thrombopoiesis::simulate::records::{Individuals, Predictor};
use thrombopoiesis::table::Table;
use thrombopoiesis::units::COUNT_UNIT;
use thrombopoiesis::window::THRESHOLD;

/// Relative error of an integration step.
const TOLERANCE: f64 = 1e-6;
/// Effective size below which a forecast is warned of as uncertain.
const THIN: f64 = 100.0;
/// Memory of an individual, bytes.
const BYTES_OF_INDIVIDUAL: f64 = 20_000.0;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
For research; not for treating patients.

The individuals of the population are weighted by how well they explain the observations of a subject; the model
needs variability and a residual error. Doses to come are rows of the data set. Columns: id, time_h, quantiles of
the true value, level, the probability that the true value, or a measurement, is at least the level.

Examples:
  thrombo forecast --data counts.csv --parameters calibrated
  thrombo forecast --data counts.csv --model own.model --output plt --level 50 --until \"30 d\"")]
pub(super) struct ForecastArgs {
    #[command(flatten)]
    pub(super) patient: PatientArgs,
    /// Records in the form of NONMEM: observations, and doses given and planned
    #[arg(long, value_name = "FILE")]
    pub(super) data: PathBuf,
    #[command(flatten)]
    pub(super) records: RecordArgs,
    #[command(flatten)]
    pub(super) length: LengthArgs,
    /// Interval between the times of the forecast, such as "1 d"
    #[arg(long, default_value = "1 d", value_name = "TIME", allow_hyphen_values = true)]
    pub(super) every: String,
    /// Level to reach, in the unit of the output [default: 50 for a platelet count]
    #[arg(long, value_name = "NUMBER", value_parser = counts::number, allow_hyphen_values = true)]
    pub(super) level: Option<f64>,
    /// Number of individuals of the population
    #[arg(long, default_value_t = 10_000, value_name = "N", value_parser = counts::subjects, allow_hyphen_values = true)]
    pub(super) individuals: usize,
    /// Seed of the random numbers that define the individuals
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = counts::seed, allow_hyphen_values = true)]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) shards: ShardArgs,
    /// Number of threads; does not affect the result
    #[arg(long, value_name = "N", value_parser = counts::threads)]
    pub(super) threads: Option<usize>,
    /// CSV file to write; - is standard output
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub(super) out: PathBuf,
    /// If a file that thrombo did not write, or that has been modified, is in the way, rename it to NAME.previous
    #[arg(long)]
    pub(super) force: bool,
}

pub(super) fn run(args: &ForecastArgs, typed: &str, console: Console) -> Result<Answer> {
    let set = args.patient.parameters()?;
    console.warn_of(&set);
    let mut outputs = Outputs::beside(args.reads());
    let shard_folder = args.shards.folder(&mut outputs, Some(&args.out), args.force)?;
    let out = Sink::open(&mut outputs, args.shards.file(&args.out), args.force)?;
    let mut predictor = Predictor::new(&set)?;
    if let Some(direction) = args.records.direction() {
        predictor.set_direction(direction);
    }
    let output = output(args, &predictor)?;
    let records = RecordArgs { output: Some(output.clone()), ..args.records.clone() };
    let text = read_text(&args.data)?;
    let (read, findings) =
        read_records((&records, &args.patient.set), &predictor, (&args.data, &text))?;
    findings.warnings.iter().for_each(|own| console.warn(&own.in_file(&args.data)));
    let level = level(args, &predictor, &output)?;
    let patients = for_records(patients_of(&args.patient, &set)?, &set)?;
    let record = RunRecord {
        seed: Some(args.seed),
        integrator: "lanes, Dormand-Prince 5(4)".to_owned(),
        relative_tolerance: TOLERANCE,
        absolute_tolerance: 0.01 * TOLERANCE,
        ..patient_inputs(typed, &set, (&args.data, &text))
    };
    let header = args.shards.header(&record, ("subjects", read.subjects.len()))?;
    let compute = |subjects: &[Subject]| {
        forecasts(args, (&predictor, &set), &patients, subjects, (&output, level), console)
    };
    if let (Some(shard), Some(folder)) = (args.shards.shard, shard_folder) {
        let rows = to_rows(&compute(&read.subjects[shard.range(read.subjects.len())])?);
        return finish((shard, header), rows, folder, &record, console);
    }
    let all = match args.shards.merged.as_deref() {
        Some(whole) => of_rows(whole, read.subjects.len())?,
        None => compute(&read.subjects)?,
    };
    let known = read.subjects.iter().zip(&all);
    let known: Vec<(&Subject, &Forecast)> =
        known.filter_map(|(subject, own)| Some((subject, own.as_ref().ok()?))).collect();
    warn(&all, &read.subjects, args.individuals, console);
    let courses = courses(&known, (&output, level));
    let comments = record.to_comments() + &comments(args, &known);
    out.write(&courses.clone().with_comments(&comments).to_csv(), Comment::Hash, console)?;
    let is_whole = known.len() == all.len();
    console.answer(if is_whole { Outcome::Done } else { Outcome::Problems }, || {
        let document = Document::of(&record)
            .with("data_file", args.data.display().to_string())
            .with("individuals", args.individuals)
            .with("output", &output)
            .with("failed_subjects", all.len() - known.len());
        Ok(document.table("subjects", &subjects(&known)).table("courses", &courses))
    })
}

/// The forecast of a subject, or the reason why there is none.
type Known = std::result::Result<Forecast, String>;

/// A row for each subject.
fn to_rows(all: &[Known]) -> String {
    all.iter().map(|own| serde_json::to_string(own).unwrap_or_default() + "\n").collect()
}

/// The forecasts of all subjects from the rows of shards.
fn of_rows(whole: &Whole, subjects: usize) -> Result<Vec<Known>> {
    let lines = whole.rows.iter().flat_map(|(_, rows)| rows.lines());
    let all: Option<Vec<Known>> = lines.map(|line| serde_json::from_str(line).ok()).collect();
    all.filter(|all| all.len() == subjects).ok_or_else(|| Error::Contradiction {
        first: "the rows of the shards".to_owned(),
        second: format!("{subjects} subjects"),
        remedy: "run the shards again".to_owned(),
    })
}

/// The forecast of each subject.
fn forecasts(
    args: &ForecastArgs,
    (predictor, set): (&Predictor<f64>, &ParameterSet),
    patients: &VirtualPatients,
    subjects: &[Subject],
    (output, level): (&str, f64),
    console: Console,
) -> Result<Vec<Known>> {
    let (errors, times_h) = (errors(predictor, patients), times(args)?);
    let bytes = args.individuals as f64 * (BYTES_OF_INDIVIDUAL + 16.0 * times_h.len() as f64);
    require(&format!("{} individuals", args.individuals), bytes, "lower --individuals")?;
    let generator = patients.generator(set.variant, args.seed)?;
    let individuals = Individuals::none(predictor, TOLERANCE, false)?;
    let individuals = individuals.of(&generator, 0..args.individuals)?;
    let progress = console.progress();
    let one = |(i, subject): (usize, &Subject)| {
        progress.tell("subjects", i, subjects.len());
        let question = Question {
            individuals: &individuals,
            errors: &errors,
            output,
            times_h: to_come(subject, &times_h),
            level,
            quantiles: &QUANTILES,
        };
        question.forecast(subject).map_err(|error| error.to_string())
    };
    with_threads(args.threads, || subjects.iter().enumerate().map(one).collect())
}

/// The output to forecast: the named one, otherwise the only count, otherwise the only output.
fn output(args: &ForecastArgs, predictor: &Predictor<f64>) -> Result<String> {
    let outputs = &predictor.structure().outputs;
    let names = || outputs.iter().map(|own| own.name.clone()).collect::<Vec<_>>();
    if let Some(name) = &args.records.output {
        let position = predictor.structure().output(name);
        let unknown = || Error::Unknown { kind: "output", name: name.clone(), known: names() };
        return position.map(|i| outputs[i].name.clone()).ok_or_else(unknown);
    }
    let only = || outputs.first().filter(|_| outputs.len() == 1);
    let chosen = predictor.structure().count_output().or_else(only);
    chosen.map(|own| own.name.clone()).ok_or_else(|| Error::Contradiction {
        first: "a forecast".to_owned(),
        second: format!("several outputs ({})", names().join(", ")),
        remedy: "give --output".to_owned(),
    })
}

fn level(args: &ForecastArgs, predictor: &Predictor<f64>, output: &str) -> Result<f64> {
    let own = predictor.structure().output(output).map(|i| &predictor.structure().outputs[i]);
    let default = own.filter(|own| own.unit == COUNT_UNIT).map(|_| THRESHOLD);
    args.level.or(default).ok_or_else(|| Error::Contradiction {
        first: format!("a forecast of {output}, which is no platelet count,"),
        second: "a run without a level".to_owned(),
        remedy: "give --level".to_owned(),
    })
}

/// The residual errors: those of the model, and for counts that of the patients if they have one.
fn errors(predictor: &Predictor<f64>, patients: &VirtualPatients) -> Vec<ResidualError> {
    let of_counts = ResidualError::of_counts(&patients.count_error);
    let mut errors = ResidualError::of_model(predictor);
    let outputs = predictor.structure().outputs.iter();
    for (error, output) in errors.iter_mut().zip(outputs) {
        if output.unit == COUNT_UNIT && !of_counts.is_empty() {
            *error = of_counts.clone();
        }
    }
    errors
}

/// The times of the forecast on the clock of the records, h.
fn times(args: &ForecastArgs) -> Result<Vec<f64>> {
    let (until, every) = (args.length.end()?.in_hours(), time_span(&args.every)?.in_hours());
    let steps = (until / every * (1.0 + 1e-12)).floor();
    require(&format!("{steps} times"), steps * 64.0, "lengthen --every")?;
    let mut times: Vec<f64> = Vec::new();
    let mut step = 0.0;
    while step <= steps {
        times.push(step * every);
        step += 1.0;
    }
    Ok(times)
}

/// The times after the last observation.
fn to_come<'t>(subject: &Subject, times_h: &'t [f64]) -> &'t [f64] {
    let observed = subject.rows.iter().filter(|row| row.is_observed());
    let last = observed.map(|row| row.time_h).fold(f64::NEG_INFINITY, f64::max);
    &times_h[times_h.partition_point(|time| *time < last)..]
}

fn warn(all: &[Known], subjects: &[Subject], individuals: usize, console: Console) {
    for (own, subject) in all.iter().zip(subjects) {
        let id = &subject.id;
        match own {
            Err(error) => console.warn(&format!("no forecast for ID {id}: {error}")),
            Ok(own) if own.effective_size < THIN => console.warn(&format!(
                "the observations of ID {id} leave an effective size of {:.0} of {individuals} individuals, so \
                 quantiles and probabilities are uncertain: raise --individuals",
                own.effective_size
            )),
            Ok(_) => {}
        }
    }
}

/// A subject at one time.
type Line<'a> = (&'a Subject, &'a Forecast, usize);

fn courses(known: &[(&Subject, &Forecast)], (output, level): (&str, f64)) -> Table {
    let lines: Vec<Line<'_>> = known
        .iter()
        .flat_map(|(subject, own)| (0..own.times.len()).map(move |i| (*subject, *own, i)))
        .collect();
    let at = |line: &Line<'_>| line.1.times[line.2].clone();
    let mut table = Table::of(&lines).text("id", |(subject, ..)| subject.id.clone()).number(
        "time_h",
        "h",
        |line| at(line).time_h,
    );
    for (i, q) in QUANTILES.iter().enumerate() {
        let name = format!("{output}_q{:02.0}", 100.0 * q);
        table = table.number(name, "", |line| at(line).quantiles[i]);
    }
    // Agresti and Coull: also where all individuals or none are at or above the level.
    let error = |line: &Line<'_>| {
        let n = line.1.effective_size + 4.0;
        let p = (at(line).at_least * line.1.effective_size + 2.0) / n;
        (p * (1.0 - p) / n).sqrt()
    };
    table
        .number("level", "", |_| level)
        .number("p_at_least_level", "1", |line| at(line).at_least)
        .number("mc_error", "1", error)
        .number("p_measured_at_least_level", "1", |line| at(line).measured_at_least)
        .finish()
}

fn subjects(known: &[(&Subject, &Forecast)]) -> Table {
    Table::of(known)
        .text("id", |(subject, _)| subject.id.clone())
        .whole("observations", "1", |(_, own)| own.observations)
        .number("effective_size", "1", |(_, own)| own.effective_size)
        .whole("failed_individuals", "1", |(_, own)| own.failed)
        .finish()
}

fn comments(args: &ForecastArgs, known: &[(&Subject, &Forecast)]) -> String {
    let smallest = known.iter().map(|(_, own)| own.effective_size).fold(f64::INFINITY, f64::min);
    let failed = known.iter().map(|(_, own)| own.failed).max().unwrap_or(0);
    format!(
        "# for research; not for treating patients\n# {} individuals, smallest effective size {smallest:.1}, at most \
         {failed} failed\n# typical values and variances of the population are taken as they are: their own uncertainty \
         is not included\n",
        args.individuals
    )
}

impl ForecastArgs {
    /// The files that these arguments name as inputs.
    pub(super) fn reads(&self) -> impl Iterator<Item = &Path> {
        [self.data.as_path()].into_iter().chain(self.patient.reads())
    }
}
