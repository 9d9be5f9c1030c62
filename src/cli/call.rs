//! Commands called by other programs: the same words as on the command line, the result as values.

use super::console::Console;
use super::{Outcome, answer, args::Args, parsed, typed, usage};
use clap::CommandFactory;
use serde_json::{Map, Value};
use std::sync::{Mutex, PoisonError};
use thrombopoiesis::error::Error;
use thrombopoiesis::table::Table;

/// Receives progress and warnings of a command while it runs, from any thread.
pub trait Listener: Sync + std::fmt::Debug {
    /// A warning, once of each thing. The warnings are also in the result.
    fn warned(&self, text: &str);
    /// A remark for people, such as which files were written.
    fn noted(&self, text: &str);
    /// Which stage of the work is being done, and how far it is.
    fn progressed(&self, stage: &str, done: usize, total: usize);
}

/// The result of a command.
#[derive(Debug)]
pub struct Called {
    /// How it ended.
    pub outcome: Outcome,
    /// The fields of its document, as `docs/formats.md` describes them, without the tables.
    pub fields: Map<String, Value>,
    /// The tables by name.
    pub tables: Vec<(String, Table)>,
}

/// Why a command gave no result.
#[derive(Debug)]
pub enum Refused {
    /// Its words are not those of a command.
    Usage(String),
    /// It could not be done.
    Failed(Error),
}

/// Runs the command `words`, which begin with its name, such as `["trial", "l_plus_2"]`.
///
/// # Errors
/// Arguments that no command accepts; any error of the command.
pub fn call(words: &[String], listener: &dyn Listener) -> std::result::Result<Called, Refused> {
    let heard = Heard { warnings: Mutex::default(), listener: Some(listener) };
    let mut program = Args::command();
    let words = std::iter::once("thrombo").chain(words.iter().map(String::as_str));
    let refused = |error: &clap::Error| {
        let text = usage::bounded(error).unwrap_or_else(|| error.to_string());
        Refused::Usage(text.trim().trim_start_matches("error: ").to_owned())
    };
    let (args, matches) =
        parsed(&mut program, words.map(Into::into)).map_err(|error| refused(&error))?;
    let console = Console { json: true, quiet: true, heard: &heard };
    let run = || {
        typed::check_named_once(&program, &matches)?;
        answer(&args.command, &typed::command(&program, &matches), console)
    };
    let answer = run().map_err(Refused::Failed)?;
    let (fields, tables) = answer.document.unwrap_or_default().into_parts();
    Ok(Called { outcome: answer.outcome, fields, tables })
}

/// The warnings of a run, and their listener.
#[derive(Debug, Default)]
pub(super) struct Heard<'a> {
    warnings: Mutex<Vec<String>>,
    listener: Option<&'a dyn Listener>,
}

impl Heard<'_> {
    /// Whether another program called the command.
    pub(super) fn is_called(&self) -> bool {
        self.listener.is_some()
    }

    /// Hands a warning on, once of each thing; says whether it is still to be printed.
    pub(super) fn warn(&self, text: &str) -> bool {
        let mut said = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if said.iter().any(|other| other == text) {
            return false;
        }
        said.push(text.to_owned());
        drop(said);
        self.listener.inspect(|listener| listener.warned(text)).is_none()
    }

    /// Hands a remark on; says whether it is still to be printed.
    pub(super) fn note(&self, text: &str) -> bool {
        self.listener.inspect(|listener| listener.noted(text)).is_none()
    }

    /// Hands on how far the work is; says whether somebody heard it.
    pub(super) fn progress(&self, stage: &str, done: usize, total: usize) -> bool {
        self.listener.inspect(|listener| listener.progressed(stage, done, total)).is_some()
    }

    /// All warnings so far.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
