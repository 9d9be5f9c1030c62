//! Everything that can be wrong with what a user gave, in one type.
//!
//! A message names the symbol, the value, the unit, the allowed range and what to do; a problem in
//! a file also names its path and line. Numerical outcomes of a patient or a fit are data, not
//! errors: a [`Failure`] says where an integration ended.

use std::fmt;
use std::path::{Path, PathBuf};

/// The result of anything that reads what a user gave.
pub type Result<T> = std::result::Result<T, Error>;

/// What was wrong, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A quantity lies outside the range in which it means something.
    #[error("`{symbol} = {value}{}` is outside {range}: give a value inside it", after(.unit))]
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
    /// A name that is not one of a known few.
    #[error("there is no {kind} `{name}`{}", choose(name, known))]
    Unknown {
        /// What was being named: a model, a parameter, a variant.
        kind: &'static str,
        /// The name given.
        name: String,
        /// The names that exist.
        known: Vec<String>,
    },
    /// A text that does not follow its grammar.
    #[error("`{text}` is not {expected}: `{part}` {rule}")]
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
    #[error("{first} contradicts {second}: {remedy}")]
    Contradiction {
        /// The one thing.
        first: String,
        /// The other.
        second: String,
        /// What to do.
        remedy: String,
    },
    /// Files with one or more problems, each with its place.
    #[error("{}", lines(.0))]
    Files(Vec<FileProblem>),
    /// A file or folder could not be read or written.
    #[error("{} could not be {action}: {source}{}", .path.display(), remedy(action, source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried: "read", "written", "created", "replaced".
        action: &'static str,
        /// The operating system's word.
        source: std::io::Error,
    },
    /// A folder holds something that the program did not write.
    #[error(
        "{} holds files that thrombo did not write: choose another folder, or add --force to replace it",
        .path.display()
    )]
    ForeignFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A folder that is to be new holds something.
    #[error("{} is not empty: choose a folder that does not exist yet", .path.display())]
    FullFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A patient that was asked for alone could not be integrated.
    #[error("the model `{model}` could not be integrated: {failure}")]
    Integration {
        /// Name of the model.
        model: String,
        /// When, where and why.
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
        "the figure `{figure}` could not be drawn: {reason}; this is a fault of the program, please report it"
    )]
    Figure {
        /// Name of the figure.
        figure: String,
        /// What the drawing library said.
        reason: String,
    },
    /// A page could not be made from its template.
    #[error(
        "the page `{page}` could not be made: {source}; this is a fault of the program, please report it"
    )]
    Page {
        /// Name of the template.
        page: &'static str,
        /// What the template engine said.
        source: minijinja::Error,
    },
}

impl Error {
    /// Turns the operating system's error into ours, for use with `map_err`.
    pub fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, action, source }
    }
}

/// One problem in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// The file, as the user named it.
    pub path: PathBuf,
    /// Line, counted from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// The key, column or symbol concerned; empty where the whole line is.
    pub key: String,
    /// The rule that is broken, and what to do.
    pub rule: String,
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path.display())?;
        if self.line > 0 {
            write!(f, "{}:", self.line)?;
        }
        f.write_str(" ")?;
        if !self.key.is_empty() {
            write!(f, "`{}` ", self.key)?;
        }
        f.write_str(&self.rule)
    }
}

/// What to choose in place of `name`: the nearest of `known`, if one is near, and all of them.
pub(crate) fn choose<S: AsRef<str>>(name: &str, known: &[S]) -> String {
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let all = known.join(", ");
    match nearest(name, &known) {
        _ if known.is_empty() => String::new(),
        Some(near) => format!(": did you mean `{near}`? If not, choose one of {all}"),
        None => format!(": choose one of {all}"),
    }
}

/// The name that a slip of the hand may have meant: one letter off in short names, every third in
/// long ones.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.split(" of ").next().unwrap_or(name).to_lowercase();
    let letters = name.chars().count();
    let slips = |known: &str| strsim::osa_distance(&name, &known.to_lowercase());
    let near = known.iter().filter(|known| slips(known) <= (letters / 3).max(1) && letters > 1);
    let likeness = |known: &str| strsim::jaro_winkler(&name, &known.to_lowercase());
    let order =
        |a: &&&str, b: &&&str| slips(a).cmp(&slips(b)).then(likeness(b).total_cmp(&likeness(a)));
    near.min_by(order).copied()
}

/// What to do about the operating system's word.
fn remedy(action: &str, source: &std::io::Error) -> &'static str {
    use std::io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
    match (source.kind(), action) {
        (NotFound, "read") => ": check the path; `thrombo init DIR` writes files to start from",
        (NotFound, _) => ": make the folder above it first",
        (PermissionDenied, _) => ": choose a place that is yours, or change its permissions",
        (IsADirectory, _) => ": name a file",
        (NotADirectory, _) => ": choose a path where no file stands in the way",
        _ => "",
    }
}

/// A unit as it stands behind its number; pure numbers have none.
fn after(unit: &str) -> String {
    if unit == "1" { String::new() } else { format!(" {unit}") }
}

/// Most problems that are written out.
const MOST_PROBLEMS: usize = 25;

fn lines(problems: &[FileProblem]) -> String {
    let mut lines: Vec<_> = problems.iter().take(MOST_PROBLEMS).map(ToString::to_string).collect();
    if problems.len() > MOST_PROBLEMS {
        lines.push(format!("and {} problems more", problems.len() - MOST_PROBLEMS));
    }
    lines.join("\n")
}

/// Why an integration ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
            Self::Parameters => "its parameters contradict one another",
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

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn analytic_slips_of_the_hand_are_recognised_and_other_names_are_not() {
        let known = ["kc", "kt", "d", "tmk", "tp"];
        for (given, meant) in [("kd of x", "kc"), ("KT", "kt"), ("tkm", "tmk"), ("tq", "tp")] {
            assert!(choose(given, &known).contains(&format!("did you mean `{meant}`?")), "{given}");
        }
        let models = ["mechanistic", "katsube_2019", "shimizu_2021", "shimizu_2021_reduced"];
        assert!(choose("mechanistc", &models).contains("`mechanistic`?"));
        assert!(choose("katsube2019", &models).contains("`katsube_2019`?"));
        for other in ["nemo", "x", ""] {
            assert!(choose(other, &models).starts_with(": choose one of mechanistic"), "{other}");
        }
        assert_eq!(choose::<&str>("nemo", &[]), "");
    }
}
