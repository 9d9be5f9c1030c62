//! The command line: arguments to calls, results to files, errors to exit codes.

mod args;
mod calibrate;
mod calibrate_args;
mod call;
mod check;
mod checkpoints;
mod console;
mod counts;
mod data;
mod data_replicates;
mod described;
mod document;
mod explore;
mod export;
mod failures;
mod fit;
mod fit_prior;
mod fit_prior_result;
mod forecast;
mod forecast_args;
mod forecast_folder;
mod forecast_population;
mod forecast_records;
mod forecast_tables;
mod forecast_text;
mod init;
mod manuals;
mod merge;
mod model;
mod models;
mod population;
mod progress;
mod record;
mod record_args;
mod record_figure;
mod report;
mod report_pdf;
mod shard_args;
mod simulate;
mod simulate_args;
mod sink;
mod times;
mod trial;
mod trial_args;
mod trial_shards;
mod trial_summary;
mod typed;
mod usage;
mod validate;
mod window;
mod window_args;
mod window_text;
mod window_uncertainty;

pub use call::{Called, Listener, Refused, call};

use args::{Args, Command};
use call::Heard;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use console::{Console, print, print_misuse, say_misuse};
use document::Document;
use std::ffi::OsString;
use std::process::ExitCode;
use thrombopoiesis::error::{Error, Refusal, Result};
use thrombopoiesis::files::end_cleanly_when_interrupted;

/// How a command ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All went well.
    Done,
    /// It ran, but a fit did not converge.
    NotConverged,
    /// It ran, but so many patients could not be integrated that the result is of a part.
    OfAPart,
    /// It ran, and found problems in what it was to check.
    Problems,
}

/// What a command gives back.
#[derive(Debug)]
struct Answer {
    outcome: Outcome,
    /// The result for programs, where it is wanted; for people it has been printed.
    document: Option<Document>,
}

/// The parsed command line.
fn parsed(
    program: &mut clap::Command,
    words: impl IntoIterator<Item = OsString>,
) -> std::result::Result<(Args, ArgMatches), clap::Error> {
    let matches = program.try_get_matches_from_mut(words)?;
    let args = Args::from_arg_matches(&matches).map_err(|error| error.format(program))?;
    Ok((args, matches))
}

/// Runs the program with `words`, the first of which is its name. Exit codes: 0 ok, 1 failure, 2 usage, 3 ran but
/// did not converge or is of a part.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(exit_status(words))
}

/// The same for programs that end themselves.
pub fn exit_status(words: impl IntoIterator<Item = OsString>) -> u8 {
    let mut program = Args::command();
    let words: Vec<OsString> = words.into_iter().collect();
    let (args, matches) = match parsed(&mut program, words.iter().cloned()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // What cannot be parsed has not said how it wants to be told.
            if code > 0 && words.iter().any(|word| word == "--json") {
                let said = usage::bounded(&error).unwrap_or_else(|| error.to_string());
                say_misuse(&said, code);
            } else if !print_misuse(&error) {
                return 1;
            }
            return code;
        }
    };
    let heard = Heard::default();
    let console = Console { json: args.json, quiet: args.quiet, heard: &heard };
    // The server handles these signals on its own.
    if !matches!(args.command, Command::Explore(_)) {
        end_cleanly_when_interrupted();
    }
    let typed = typed::command(&program, &matches);
    let answer = typed::check_named_once(&program, &matches)
        .and_then(|()| answer(&args.command, &typed, console));
    let outcome = answer.and_then(|answer| {
        let printed = answer.document.map(|document| print(&document.text()));
        printed.transpose()?;
        Ok(answer.outcome)
    });
    match outcome {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::Problems) => 1,
        Ok(Outcome::NotConverged | Outcome::OfAPart) => 3,
        Err(error) => {
            let code = exit_code(&error);
            console.say_error(&error, code);
            code
        }
    }
}

fn answer(command: &Command, typed: &str, console: Console) -> Result<Answer> {
    match command {
        Command::Simulate(args) => simulate::run(args, typed, console),
        Command::Forecast(args) => forecast::run(args, typed, console),
        Command::Fit(args) => fit::run(args, typed, console),
        Command::Calibrate(args) => calibrate::run(args, typed, console),
        Command::Validate(args) => validate::run(args, typed, console),
        Command::Trial(args) => trial::run(args, typed, console),
        Command::Merge(args) => merge::run(args, console),
        Command::Window(args) => window::run(args, typed, console),
        Command::Explore(args) => explore::run(args, typed, console),
        Command::Report(args) => report::run(args, typed, console),
        Command::Models(args) => models::run(args, typed, console),
        Command::Model(args) => model::run(args, typed, console),
        Command::Export(args) => export::run(args, typed, console),
        Command::Check(args) => check::run(args, typed, console),
        Command::Init(args) => init::run(args, typed, console),
        Command::Completions(args) => manuals::completions(args, typed, console),
        Command::Man(args) => manuals::man(args, typed, console),
    }
}

/// Name and version of the program.
fn program() -> String {
    thrombopoiesis::report::program()
}

/// What was typed wrong is a matter of usage, what a file or the equations hold is not.
fn exit_code(error: &Error) -> u8 {
    match error {
        Error::Unknown { .. }
        | Error::NotIn { .. }
        | Error::OutOfRange { .. }
        | Error::Syntax { .. }
        | Error::Contradiction { .. }
        | Error::TooLarge { .. }
        | Error::NotWritten {
            refusal: Refusal::Input | Refusal::Twice | Refusal::NoName, ..
        } => 2,
        _ => 1,
    }
}
