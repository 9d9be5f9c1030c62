//! The command line: arguments to calls, results to files, errors to exit codes.

mod args;
mod calibrate;
mod calibrate_args;
mod console;
mod export;
mod fit;
mod models;
mod population;
mod record;
mod report;
mod simulate;
mod trial;
mod trial_args;
mod validate;
mod window;
mod window_args;
mod window_text;

use args::{Args, Command};
use clap::Parser;
use console::say_error;
use std::process::ExitCode;
use thrombopoiesis::error::Error;

/// How a command ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All went well.
    Done,
    /// It ran, but a fit did not converge.
    NotConverged,
}

/// Runs the program. Exit codes: 0 ok, 1 failure, 2 usage, 3 ran but did not converge.
pub(crate) fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let outcome = match args.command {
        Command::Simulate(args) => simulate::run(&args),
        Command::Fit(args) => fit::run(&args),
        Command::Calibrate(args) => calibrate::run(&args),
        Command::Validate(args) => validate::run(&args),
        Command::Trial(args) => trial::run(&args),
        Command::Window(args) => window::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Export(args) => export::run(&args),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::NotConverged) => ExitCode::from(3),
        Err(error) => {
            say_error(&error);
            ExitCode::from(exit_code(&error))
        }
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
        | Error::OutOfRange { .. }
        | Error::Syntax { .. }
        | Error::Contradiction { .. } => 2,
        _ => 1,
    }
}
