//! Everything that can be wrong with what a user gave, in one type.
//!
//! A message names the symbol, the value, the unit, the allowed range and what to do; a problem in
//! a file also names its path and line. Numerical outcomes of a patient or a fit are data, not
//! errors: a [`Failure`] says where an integration ended.

mod echo;
mod fields;
mod suggest;
mod system;
mod text_problem;

pub use echo::{echo, lines, phrase, sentence};
pub(crate) use suggest::{choose, near};
pub use text_problem::TextProblem;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The result of anything that reads what a user gave.
pub type Result<T> = std::result::Result<T, Error>;

/// What was wrong, and what to do about it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A quantity lies outside the range in which it means something.
    #[error("`{} = {value}{}` is outside {range}: give a value in this range", echo(symbol), after(.unit))]
    OutOfRange {
        /// Symbol of the quantity, as in the glossary.
        symbol: String,
        /// The value given.
        value: f64,
        /// Unit of value and range; `1` for pure numbers.
        unit: String,
        /// Allowed range in interval notation.
        range: String,
    },
    /// A run was ended from outside before it was done.
    #[error("the run was stopped before it was done")]
    Stopped,
    /// A name that is not one of a known few.
    #[error("there is no {kind} `{}`{}", echo(name), choose(name, known))]
    Unknown {
        /// What was being named: a model, a parameter, a variant.
        kind: &'static str,
        /// The name given.
        name: String,
        /// The names that exist.
        known: Vec<String>,
    },
    /// A name that something known does not have, such as a parameter that is not one of the model.
    #[error("{} has no {kind} `{}`{}", phrase(owner), echo(name), choose(name, known))]
    NotIn {
        /// What was asked for the name, such as "the model `mechanistic`".
        owner: String,
        /// What was being named: a parameter, a route.
        kind: &'static str,
        /// The name given.
        name: String,
        /// The names that it has.
        known: Vec<String>,
    },
    /// A text that does not follow its grammar.
    #[error("`{}` is not {expected}: `{}` {}", echo(text), echo(part), sentence(rule))]
    Syntax {
        /// The whole text given.
        text: String,
        /// What the text should have been.
        expected: &'static str,
        /// The part that does not fit.
        part: String,
        /// The rule it breaks and what to do.
        rule: String,
    },
    /// Two things that were asked for cannot both be had.
    #[error("{} contradicts {}: {}", phrase(first), phrase(second), sentence(remedy))]
    Contradiction {
        /// The one thing.
        first: String,
        /// The other.
        second: String,
        /// What to do.
        remedy: String,
    },
    /// Work that needs more memory than there is.
    #[error(
        "{what} would need about {} of memory, and {} are available: {remedy}",
        gigabytes(*.needed_gb), gigabytes(*.available_gb)
    )]
    TooLarge {
        /// What was asked for, with its counts.
        what: String,
        /// What it would need, GB.
        needed_gb: f64,
        /// What there is, GB.
        available_gb: f64,
        /// Which count to lower.
        remedy: String,
    },
    /// Files with one or more problems, each with its place.
    #[error("{}", problems(.0))]
    Files(Vec<FileProblem>),
    /// A file or folder could not be read or written.
    #[error(
        "{} could not be {action}: {}{}",
        path_words(path),
        system::words(source),
        system::remedy(action, source)
    )]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried: "read", "written", "created", "replaced".
        action: &'static str,
        /// The operating system's word.
        source: Arc<std::io::Error>,
    },
    /// Nothing is written at a path.
    #[error("{}: {refusal}", path_words(path))]
    NotWritten {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        refusal: Refusal,
    },
    /// A result could not take its place.
    #[error("{error}{}", whereabouts(.kept.as_deref(), .predecessor.as_deref()))]
    Kept {
        /// Why it could not.
        error: Box<Error>,
        /// Where it is kept, if it was written.
        kept: Option<PathBuf>,
        /// Where what stood at its place is now, if it had to move.
        predecessor: Option<PathBuf>,
    },
    /// A patient that was asked for alone could not be integrated.
    #[error("the model `{model}` could not be integrated: {failure}")]
    Integration {
        /// Name of the model.
        model: String,
        /// When, where and why.
        failure: Failure,
    },
    /// No patient of a population could be integrated.
    #[error(
        "none of {subjects} patients could be integrated; the first, patient {subject}, {failure}"
    )]
    NoneIntegrated {
        /// Number of patients.
        subjects: usize,
        /// Number of the first of them.
        subject: usize,
        /// When, where and why the first one failed.
        failure: Failure,
    },
    /// A fit whose start could not be integrated.
    #[error("{start}: the model `{model}` could not be integrated: {failure}")]
    Start {
        /// Which start, with its values.
        start: String,
        /// Name of the model.
        model: String,
        /// When, where and why.
        failure: Failure,
    },
    /// A figure could not be drawn.
    #[error(
        "the figure `{}` could not be drawn: {}; this is an error in the program, please report it",
        echo(figure),
        sentence(reason)
    )]
    Figure {
        /// Name of the figure.
        figure: String,
        /// What the drawing library said.
        reason: String,
    },
    /// A model's text is wrong.
    #[error("{drawn}")]
    Text {
        /// Everything that is wrong with it, in the order of the text.
        problems: Vec<TextProblem>,
        /// The same with the lines and marks.
        drawn: String,
    },
    /// A page could not be made from its template.
    #[cfg(feature = "report")]
    #[error(
        "the page `{page}` could not be created: {source}; this is an error in the program, please report it"
    )]
    Page {
        /// Name of the template.
        page: &'static str,
        /// What the template engine said.
        source: Arc<minijinja::Error>,
    },
}

impl Error {
    /// Turns the operating system's error into ours, for use with `map_err`.
    pub fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, action, source: Arc::new(source) }
    }

    /// `first` contradicts `second`.
    pub(crate) fn contradiction(first: &str, second: &str, remedy: &str) -> Self {
        let [first, second, remedy] = [first, second, remedy].map(str::to_owned);
        Self::Contradiction { first, second, remedy }
    }

    /// Nothing is written at `path`.
    pub(crate) fn not_written(path: &Path, refusal: Refusal) -> Self {
        Self::NotWritten { path: path.to_owned(), refusal }
    }
}

/// Why nothing is written at a path, although the system would let it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A folder holds, among others, these entries, which the program did not write or which were changed
    /// since.
    Foreign(Vec<String>),
    /// A file that the program did not write, or that was changed since.
    ForeignFile,
    /// A folder that is to be new holds something.
    NotEmpty,
    /// Something that is never replaced: what it is.
    Protected(&'static str),
    /// Nobody may write to it.
    WriteProtected,
    /// The same command reads it, or something in it.
    Input,
    /// The same command writes something else there.
    Twice,
    /// The path is empty.
    NoName,
    /// Links that lead in a circle.
    Circle,
}

/// Where a result is that could not take its place, and what stood there.
fn whereabouts(kept: Option<&Path>, predecessor: Option<&Path>) -> String {
    let line = |what: &str, path: &Path| format!("\n{what} {}", path_words(path));
    let kept = kept.map(|path| line("the new result is kept in", path));
    let predecessor = predecessor.map(|path| line("the previous content is now in", path));
    kept.into_iter().chain(predecessor).collect()
}

/// Most entries of a folder that a message names.
const MOST_ENTRIES: usize = 5;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(names) => {
                let shown: Vec<_> =
                    names.iter().take(MOST_ENTRIES).map(|name| echo(name)).collect();
                write!(
                    f,
                    "contains files that thrombo did not write or that have been modified: {}",
                    shown.join(", ")
                )?;
                if names.len() > MOST_ENTRIES {
                    write!(f, " and {} more", names.len() - MOST_ENTRIES)?;
                }
                f.write_str("; choose another folder")
            }
            Self::ForeignFile => f.write_str(
                "this file was not written by thrombo, or has been modified; choose another name",
            ),
            Self::NotEmpty => f.write_str("not empty; choose a folder that does not exist yet"),
            Self::Protected(what) => {
                write!(f, "{what}, which is never replaced; choose another path")
            }
            Self::WriteProtected => {
                f.write_str("write-protected; change its permissions, or choose another path")
            }
            Self::Input => {
                f.write_str("an input of the same command would be lost; choose another path")
            }
            Self::Twice => {
                f.write_str("another output of the same command goes there; choose another path")
            }
            Self::NoName => f.write_str("an empty path; give the output a name"),
            Self::Circle => f.write_str("a circular symbolic link; choose another path"),
        }
    }
}

/// One problem in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// The file, as the user named it.
    pub path: PathBuf,
    /// Line, counted from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// The key, column or symbol concerned, or the record, as `ID 7 TIME 24`; empty where the whole line is.
    pub key: String,
    /// The rule that is broken, and what to do.
    pub rule: String,
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", path_words(&self.path))?;
        if self.key.starts_with("ID ") {
            return write!(f, "{} {}: {}", self.line, phrase(&self.key), sentence(&self.rule));
        }
        if self.line > 0 {
            write!(f, "{}:", self.line)?;
        }
        f.write_str(" ")?;
        if !self.key.is_empty() {
            write!(f, "`{}` ", echo(&self.key))?;
        }
        f.write_str(&sentence(&self.rule))
    }
}

/// A path for a message.
fn path_words(path: &Path) -> String {
    echo(&path.display().to_string())
}

/// A unit as it stands behind its number; pure numbers have none.
pub(crate) fn after(unit: &str) -> String {
    if unit == "1" { String::new() } else { format!(" {unit}") }
}

/// Gigabytes to two digits.
fn gigabytes(gb: f64) -> String {
    let digits = [0.0995, 0.995, 9.95].into_iter().filter(|end| gb < *end).count();
    format!("{gb:.digits$} GB")
}

/// Most problems that are written out.
const MOST_PROBLEMS: usize = 25;

fn problems(problems: &[FileProblem]) -> String {
    let mut lines: Vec<_> = problems.iter().take(MOST_PROBLEMS).map(ToString::to_string).collect();
    if problems.len() > MOST_PROBLEMS {
        lines.push(format!("and {} problems more", problems.len() - MOST_PROBLEMS));
    }
    lines.join("\n")
}

/// Why an integration ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// The equations gave a number that is not finite.
    NonFinite,
    /// More steps than the options of the integration allow.
    TooManySteps,
    /// Steps limited by stability, not accuracy: the equations need an implicit method.
    Stiff,
    /// Steps too short to move the time.
    StepUnderflow,
    /// The parameters contradict one another, so nothing was integrated.
    Parameters,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NonFinite => "it became infinite or undefined",
            Self::TooManySteps => "it needs more steps than allowed",
            Self::Stiff => "the equations became stiff",
            Self::StepUnderflow => "the steps became too short",
            Self::Parameters => "its parameters are inconsistent",
        })
    }
}

/// Where and why an integration ended early: data about a patient, not an error of the program.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Time reached, h.
    pub time_h: f64,
    /// Position of the state concerned, where one is known.
    pub index: Option<usize>,
    /// Name of the state concerned; empty until a caller that knows the names fills it in.
    pub state: String,
    /// What happened.
    pub reason: Reason,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.state.is_empty() { "the state" } else { &self.state };
        write!(f, "at {} h, {state}: {}; try less extreme parameters", self.time_h, self.reason)
    }
}
