//! `thrombo simulate --subjects N`: many patients, as quantiles over time.

use super::args::{EngineArg, SimulateArgs};
use super::console::Console;
use super::document::Document;
use super::record::not_zero;
use super::simulate::{Asked, record, sampling, shortest};
use super::{Answer, Outcome};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;
use thrombopoiesis::error::{Error, Reason, Result};
use thrombopoiesis::files::write_whole;
use thrombopoiesis::population::Variability;
use thrombopoiesis::report::{Form, population_figure};
use thrombopoiesis::simulate::population::{Engine, Request, Summary, population};

/// Quantiles in the output, as shares.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// Counts that the output gives the shares of patients at or above for, 10⁹/L.
const LEVELS: [f64; 2] = [50.0, 200.0];
/// Most failed subjects that the comment lines name one by one.
const MOST_NAMED: usize = 20;

pub(super) fn run(
    args: &SimulateArgs,
    asked: &Asked,
    subjects: usize,
    console: Console,
) -> Result<Answer> {
    check(args, subjects)?;
    let form = |path: &PathBuf| Form::of(path, args.dpi, args.svg_text);
    let form = args.figure.as_ref().map(form).transpose()?;
    let until = asked.until;
    let mut request = Request::new(&asked.set, &asked.regimen);
    request.subjects = subjects;
    request.variability = variability(args)?;
    request.seed = args.seed;
    request.until = until;
    request.times_h = sampling(&args.every, until, &asked.regimen)?;
    request.threads = args.threads;
    request.engine = match args.engine {
        EngineArg::Lanes => Engine::Lanes,
        EngineArg::Reference => Engine::Reference,
    };
    let mut summary = Summary::new(&request, &QUANTILES, &LEVELS);
    let progress = console.progress();
    population(&request, &mut summary, &|done| {
        progress.tell("patients".to_owned(), done, subjects);
    })?;
    drop(progress);
    if let (Some(path), Some(form)) = (&args.figure, form) {
        let figure = population_figure(&request, &summary, form.lettering())?;
        write_whole(path, &form.file("population", figure)?)?;
    }
    let record = record(args, asked, request.tolerance);
    let csv = record.to_comments() + &comments(&request, &summary) + &table(&summary);
    console.deliver(&args.out, &csv)?;
    console.answer(Outcome::Done, || {
        Ok(details(Document::of(&record), &request, &summary).table("samples", &csv))
    })
}

/// Refuses what only a single patient has, and counts that are none.
fn check(args: &SimulateArgs, subjects: usize) -> Result<()> {
    if args.states {
        return Err(Error::Contradiction {
            first: "--states".to_owned(),
            second: "--subjects, which summarises".to_owned(),
            remedy: "leave one of them away".to_owned(),
        });
    }
    not_zero(&[("subjects", subjects), ("threads", args.threads.unwrap_or(1))])
}

fn variability(args: &SimulateArgs) -> Result<Vec<Variability>> {
    let omegas = args.omega.iter().map(|(symbol, omega)| Variability::from_omega(symbol, *omega));
    let cvs = args.cv.iter().map(|(symbol, cv)| Variability::from_cv(symbol, *cv));
    let all = omegas.chain(cvs).collect::<Result<Vec<_>>>()?;
    for (i, one) in all.iter().enumerate() {
        if all.iter().take(i).any(|other| other.symbol == one.symbol) {
            return Err(Error::Contradiction {
                first: format!("a variability of `{}`", one.symbol),
                second: "another one of the same parameter".to_owned(),
                remedy: "give --omega or --cv once for each".to_owned(),
            });
        }
    }
    Ok(all)
}

fn engine(request: &Request<'_>) -> &'static str {
    match request.engine_used() {
        Engine::Lanes => "lanes",
        Engine::Reference => "reference",
    }
}

/// The run for programs.
fn details(document: Document, request: &Request<'_>, summary: &Summary) -> Document {
    let spread =
        |of: &Variability| json!({ "symbol": of.symbol, "omega": of.omega, "cv": of.cv() });
    let failure = |(subject, time_h, reason): &(usize, f64, Reason)| json!({ "subject": subject, "time_h": time_h, "reason": reason.to_string() });
    document
        .with("subjects", request.subjects)
        .with("engine", engine(request))
        .with("variability", request.variability.iter().map(spread).collect::<Value>())
        .with("quantile_error", summary.quantile_error())
        .with("failures", summary.failures.iter().map(failure).collect::<Value>())
}

fn comments(request: &Request<'_>, summary: &Summary) -> String {
    let mut text = format!("# {} patients, engine {}\n", request.subjects, engine(request));
    for Variability { symbol, omega } in &request.variability {
        let cv = Variability { symbol: symbol.clone(), omega: *omega }.cv();
        let _ = writeln!(text, "# {symbol}: median as given, omega {omega:.4}, cv {cv:.4}");
    }
    let error = summary.quantile_error();
    let exactness =
        if error > 0.0 { format!("within {error:.1e} of their value") } else { "exact".to_owned() };
    let _ = writeln!(text, "# quantiles {exactness}");
    let _ = writeln!(text, "# {} patients could not be integrated", summary.failures.len());
    for (subject, time_h, reason) in summary.failures.iter().take(MOST_NAMED) {
        let _ = writeln!(text, "# patient {subject}: at {time_h:.4} h {reason}");
    }
    text
}

fn table(summary: &Summary) -> String {
    let quantiles = QUANTILES.map(|q| format!("plt_1e9_l_q{:02.0}", 100.0 * q));
    let levels = LEVELS.map(|level| format!("p_at_least_{level}"));
    let mut csv = format!("time_h,{},{}\n", quantiles.join(","), levels.join(","));
    for row in summary.rows() {
        let numbers = [row.time_h].into_iter().chain(row.quantiles).chain(row.at_or_above);
        csv += &numbers.map(shortest).collect::<Vec<_>>().join(",");
        csv.push('\n');
    }
    csv
}
