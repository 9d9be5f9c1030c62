//! `thrombo simulate --subjects N`: many patients, as quantiles over time.

use super::args::PatientArgs;
use super::console::Console;
use super::described::Described;
use super::document::Document;
use super::shard_args::finish;
use super::simulate::{Asked, record, require_samples, sampling};
use super::simulate_args::{EngineArg, SimulateArgs};
use super::sink::{Sink, comment};
use super::{Answer, failures};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;
use thrombopoiesis::error::{Error, Reason, Result};
use thrombopoiesis::files::{Comment, OutputFolder, Outputs, RunRecord};
use thrombopoiesis::machine::require;
use thrombopoiesis::model::ParameterSet;
use thrombopoiesis::population::{CountError, Variability, VirtualPatients};
use thrombopoiesis::report::{Form, population_figure};
use thrombopoiesis::shards::{Shard, Whole};
use thrombopoiesis::simulate::population::{
    Engine, Failures, Measured, Request, Row, Summary, Visits, population,
};
use thrombopoiesis::table::Table;
use thrombopoiesis::units::{COUNT_UNIT, plausible};
use thrombopoiesis::window::{THRESHOLD, TOO_HIGH};

/// Quantiles in the output, as shares.
pub(super) const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// Counts that the output gives the shares of patients at or above for, 10⁹/L.
const LEVELS: [f64; 2] = [THRESHOLD, TOO_HIGH];
/// The columns of each of them: the count itself, and the share at or above it.
const SHARES: [[&str; 2]; 2] =
    [["level", "p_at_least_level"], ["high_level", "p_at_least_high_level"]];
/// What a failed subject takes in a document for programs, bytes: all are named there, and all may fail.
const BYTES_OF_FAILURE: f64 = 700.0;
/// Most failed subjects that the comment lines name one by one.
const MOST_NAMED: usize = 20;

pub(super) fn run(
    args: &SimulateArgs,
    (asked, subjects): (&Asked, usize),
    typed: &str,
    console: Console,
) -> Result<Answer> {
    check(args)?;
    let form = |path: &PathBuf| Form::of(path, args.dpi, args.svg_text);
    let form = args.figure.as_ref().map(form).transpose()?;
    let mut outputs = Outputs::beside(args.reads());
    let shard_folder = args.shards.folder(&mut outputs, Some(&args.out), args.force)?;
    let out = Sink::open(&mut outputs, args.shards.file(&args.out), args.force)?;
    let figure_out = args.figure.as_deref().map(|path| outputs.file(path, args.force));
    let figure_out = figure_out.transpose()?;
    let (variability, patients) = (variability(args)?, patients(args, &asked.set)?);
    doubt(args, asked, &variability, console);
    let generator = patients.as_ref().map(|all| all.generator(asked.set.variant, args.seed));
    let generator = generator.transpose()?;
    let error = patients.as_ref().map(|patients| patients.count_error);
    let visits = Visits::new(error.unwrap_or_default(), &asked.regimen, args.seed);
    let measured =
        |subject: usize, visit: usize, count: f64| visits.measured(subject, visit, count);
    let mut request = request(args, (asked, subjects))?;
    request.patients = generator.as_ref();
    request.measurement = &measured;
    request.variability = if patients.is_some() { Vec::new() } else { variability };
    if console.json {
        require_document(&request)?;
    }
    let shard = (error.filter(|_| args.measured), shard_folder);
    let summary = match summary_or_shard(args, &request, (asked, typed), shard, console)? {
        Either::Whole(summary) => summary,
        Either::Shard(answer) => return Ok(answer),
    };
    let outcome = failures::judge(console, &summary.tally, &asked.set)?;
    if let (Some(file), Some(form)) = (figure_out, form) {
        let figure = population_figure(&request, &summary, form.lettering())?;
        let content = form.file("population", figure)?;
        console.say(&file.write(&content, comment(form))?.to_string());
    }
    let record = record_of((typed, asked), &request, &summary);
    let described = Described {
        patients: patients.as_ref().map(|patients| (patients, asked.set.variant)),
        variability: &request.variability,
        are_measured: args.measured,
    };
    let comments = record.to_comments() + &described.comments() + &comments(&request, &summary);
    let table = table(&summary).with_comments(&comments);
    out.write(&table.to_csv(), Comment::Hash, console)?;
    console.answer(outcome, || {
        let document = details(Document::of(&record), &request, &summary);
        let document = described.details(document).table("samples", &table);
        let has_failed = summary.tally.failed > 0;
        Ok(if has_failed { document.table("bounds", &bounds(&summary)) } else { document })
    })
}

/// The record of a population.
fn record_of(
    (typed, asked): (&str, &Asked),
    request: &Request<'_>,
    summary: &Summary,
) -> RunRecord {
    RunRecord {
        seed: Some(request.seed),
        integrator: summary.tally.integrator(),
        relative_tolerance: request.settings.tolerance,
        absolute_tolerance: 0.01 * request.settings.tolerance,
        ..record(typed, asked)
    }
}

/// Refuses what only a single patient has.
fn check(args: &SimulateArgs) -> Result<()> {
    if args.states {
        return Err(Error::Contradiction {
            first: "--states".to_owned(),
            second: "--subjects, which writes summaries only".to_owned(),
            remedy: "omit one of them".to_owned(),
        });
    }
    Ok(())
}

/// What is asked for, of patients who do not differ yet.
fn request<'a>(args: &SimulateArgs, (asked, subjects): (&'a Asked, usize)) -> Result<Request<'a>> {
    let mut request = Request::new(&asked.set, &asked.regimen);
    request.subjects = subjects;
    request.seed = args.seed;
    request.until = asked.until;
    request.times_h = sampling(&args.every, asked.until, &asked.regimen)?;
    request.settings.threads = args.threads;
    request.settings.engine = match args.engine.unwrap_or(EngineArg::Lanes) {
        EngineArg::Lanes => Engine::Lanes,
        EngineArg::Interpreted => Engine::Interpreted,
        EngineArg::Reference => Engine::Reference,
    };
    Ok(request)
}

/// Refuses a document for programs that memory could not hold.
fn require_document(request: &Request<'_>) -> Result<()> {
    let columns = 1 + QUANTILES.len() + 2 * LEVELS.len();
    require_samples(request.times_h.len(), columns, true)?;
    let subjects = request.subjects;
    let (what, bytes) = (format!("{subjects} subjects"), subjects as f64 * BYTES_OF_FAILURE);
    require(&what, bytes, "lower the number of subjects")
}

/// The summary of all patients, or the end of a command that computed a shard of it.
enum Either {
    Whole(Summary),
    Shard(Answer),
}

/// Simulates the patients or those of a shard, or merges those of all shards.
fn summary_or_shard(
    args: &SimulateArgs,
    request: &Request<'_>,
    (asked, typed): (&Asked, &str),
    (error, folder): (Option<CountError>, Option<OutputFolder>),
    console: Console,
) -> Result<Either> {
    if !args.shards.is_given() {
        return summary(request, (0, request.subjects), error, console).map(Either::Whole);
    }
    let record = RunRecord {
        seed: Some(request.seed),
        relative_tolerance: request.settings.tolerance,
        ..record(typed, asked)
    };
    let header = args.shards.header(&record, ("subjects", request.subjects))?;
    if let (Some(shard), Some(folder)) = (args.shards.shard, folder) {
        let rows = rows(request, shard, error, console)?;
        return finish((shard, header), rows, folder, &record, console).map(Either::Shard);
    }
    merged(request, args.shards.merged.as_deref()).map(Either::Whole)
}

/// The summary of a shard's patients as a line.
fn rows(
    request: &Request<'_>,
    shard: Shard,
    error: Option<CountError>,
    console: Console,
) -> Result<String> {
    let range = shard.range(request.subjects);
    let summary = summary(request, (range.start, range.len()), error, console)?;
    Ok(summary.to_line() + "\n")
}

/// The summary of all patients from those of shards.
fn merged(request: &Request<'_>, whole: Option<&Whole>) -> Result<Summary> {
    let mut summary = Summary::new(request, &QUANTILES, &LEVELS);
    let mut lines = whole.into_iter().flat_map(|of| &of.rows).flat_map(|(_, rows)| rows.lines());
    lines.try_for_each(|line| summary.add_line(line))?;
    Ok(summary)
}

/// Simulates so many of the patients from number `first` on, whose counts are measured with `error` if there is
/// one. How the counts are kept is decided by the number of all patients.
fn summary(
    request: &Request<'_>,
    (first, subjects): (usize, usize),
    error: Option<CountError>,
    console: Console,
) -> Result<Summary> {
    let mut summary = Summary::new(request, &QUANTILES, &LEVELS);
    let request = &Request { first_subject: first, subjects, ..request.clone() };
    let progress = console.progress();
    let tell = |done| progress.tell("patients", done, request.subjects);
    match error {
        Some(error) => {
            population(request, &mut Measured::new(error, request, &mut summary), &tell)?;
        }
        None => population(request, &mut summary, &tell)?,
    }
    drop(progress);
    Ok(summary)
}

/// The patients of the file that is named, or of a model file, changed as asked.
pub(super) fn patients(args: &SimulateArgs, set: &ParameterSet) -> Result<Option<VirtualPatients>> {
    let Some(mut patients) = patients_of(&args.patient, set)? else { return Ok(None) };
    for variability in variability(args)? {
        patients = patients.with_variability(&variability)?;
    }
    Ok(Some(patients))
}

/// The same without variability of the command line.
pub(super) fn patients_of(
    args: &PatientArgs,
    set: &ParameterSet,
) -> Result<Option<VirtualPatients>> {
    let patients = match &args.parameters {
        Some(name) => Some(VirtualPatients::load_for(name, set.variant)?),
        None if set.model.text().is_some() => {
            VirtualPatients::of_model(&args.model, set.population)?
        }
        None => None,
    };
    let Some(mut patients) = patients else { return Ok(None) };
    for (name, size) in &args.size {
        patients = patients.with_size(name, *size)?;
    }
    for (symbol, value) in &args.set {
        patients = patients.with_typical(symbol, *value)?;
    }
    Ok(Some(patients))
}

/// Says which variability changes nothing, or can hardly be meant.
fn doubt(args: &SimulateArgs, asked: &Asked, variability: &[Variability], console: Console) {
    let omegas =
        args.omega.iter().map(|(symbol, omega)| ("omega", plausible::OMEGA, symbol, omega));
    let cvs = args.cv.iter().map(|(symbol, cv)| ("CV", plausible::CV, symbol, cv));
    for (name, range, symbol, value) in omegas.chain(cvs) {
        if let Some(text) = range.doubt(&format!("{name} of {symbol}"), *value) {
            console.warn(&text);
        }
    }
    for Variability { symbol, omega } in variability {
        if asked.set.value(symbol).is_ok_and(|typical| typical.abs() <= 0.0) && *omega > 0.0 {
            console.warn(&format!(
                "`{symbol}` is 0 in the typical patient, so its log-normal variability has no effect"
            ));
        }
    }
}

fn variability(args: &SimulateArgs) -> Result<Vec<Variability>> {
    let omegas = args.omega.iter().map(|(symbol, omega)| Variability::from_omega(symbol, *omega));
    let cvs = args.cv.iter().map(|(symbol, cv)| Variability::from_cv(symbol, *cv));
    omegas.chain(cvs).collect()
}

fn engine(request: &Request<'_>) -> &'static str {
    match request.settings.engine {
        Engine::Lanes => "lanes",
        Engine::Interpreted => "interpreted",
        Engine::Reference => "reference",
    }
}

/// The run for programs.
fn details(document: Document, request: &Request<'_>, summary: &Summary) -> Document {
    let failure = |(subject, time_h, reason): &(usize, f64, Reason)| json!({ "subject": subject, "time_h": time_h, "reason": reason.to_string() });
    document
        .with("subjects", request.subjects)
        .with("engine", engine(request))
        .with("quantile_error", summary.quantile_error())
        .with("failed", summary.tally.failed)
        .with("by_reference", summary.tally.by_reference)
        .with("failures", summary.failures.iter().map(failure).collect::<Value>())
}

fn comments(request: &Request<'_>, summary: &Summary) -> String {
    let mut text = format!("# {} patients, engine {}\n", request.subjects, engine(request));
    let error = summary.quantile_error();
    let exactness =
        if error > 0.0 { format!("within {error:.1e} of their value") } else { "exact".to_owned() };
    let _ = writeln!(text, "# quantiles {exactness}");
    let _ = writeln!(text, "# {} patients could not be integrated", summary.failures.len());
    text += &of_all(&summary.tally);
    for (subject, time_h, reason) in summary.failures.iter().take(MOST_NAMED) {
        let _ = writeln!(text, "# patient {subject}: at {time_h:.4} h {reason}");
    }
    text
}

/// What the table is of where patients failed, and who was integrated by the other engine.
fn of_all(tally: &Failures) -> String {
    let mut text = String::new();
    if tally.by_reference > 0 && tally.by_reference + tally.failed < tally.subjects {
        let _ =
            writeln!(text, "# {} patients integrated by the reference engine", tally.by_reference);
    }
    if tally.failed > 0 {
        let Failures { subjects, failed, .. } = tally;
        let whole = subjects - failed;
        let _ = writeln!(
            text,
            "# the table describes the other {whole} patients; a share P of these is between {whole}/{subjects} P and \
             {whole}/{subjects} P + {failed}/{subjects} of all {subjects}"
        );
    }
    text
}

/// What the shares of all patients may be, whatever became of those who failed.
fn bounds(summary: &Summary) -> Table {
    let rows = summary.rows();
    let mut table = Table::of(&rows).number("time_h", "h", |row| row.time_h);
    for (i, [level, share]) in SHARES.iter().enumerate() {
        let bounds = |row: &Row| summary.tally.bounds(row.at_or_above[i]);
        table = table
            .number(*level, COUNT_UNIT, |_| LEVELS[i])
            .number(format!("{share}_lower"), "1", |row| bounds(row).0)
            .number(format!("{share}_upper"), "1", |row| bounds(row).1);
    }
    table.finish()
}

fn table(summary: &Summary) -> Table {
    let rows = summary.rows();
    let mut table = Table::of(&rows).number("time_h", "h", |row| row.time_h);
    for (i, q) in QUANTILES.iter().enumerate() {
        let name = format!("plt_1e9_l_q{:02.0}", 100.0 * q);
        table = table.number(name, COUNT_UNIT, |row| row.quantiles[i]);
    }
    for (i, [level, share]) in SHARES.iter().enumerate() {
        table = table
            .number(*level, COUNT_UNIT, |_| LEVELS[i])
            .number(*share, "1", |row| row.at_or_above[i]);
    }
    table.finish()
}
