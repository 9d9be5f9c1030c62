//! What is wrong, doubtful or worth a note in a file of records.

use crate::error::FileProblem;
use std::fmt;
use std::path::Path;

/// Most problems that are listed.
pub const MOST_PROBLEMS: usize = 50;

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Line in the file, counted from 1; 0 for the whole file.
    pub line: usize,
    /// The record, as `ID 7 TIME 24`; empty where it is not one record.
    pub record: String,
}

/// Something that keeps a file from being used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// Code of the rule, `E01` to `E26`.
    pub code: &'static str,
    /// The rule that is broken, and what to do.
    pub text: String,
}

/// Something that does not keep a file from being used, grouped over the rows that it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The first row that it concerns.
    pub place: Place,
    /// Code of the rule, `W01` to `W10`, or that of a problem which only a fit refuses.
    pub code: &'static str,
    /// What is doubtful.
    pub text: String,
    /// How many rows it concerns; subjects for W01 and W02.
    pub count: usize,
}

impl Problem {
    /// As a problem of the file at `path`.
    #[must_use]
    pub fn in_file(&self, path: &Path) -> FileProblem {
        let (path, key) = (path.to_owned(), self.place.record.clone());
        FileProblem { path, line: self.place.line, key, rule: self.text.clone() }
    }
}

impl Warning {
    /// As a sentence with its place in the file at `path`.
    #[must_use]
    pub fn in_file(&self, path: &Path) -> String {
        let what = if matches!(self.code, "W01" | "W02") { "subjects" } else { "rows" };
        let rows = match self.count {
            1 => String::new(),
            count => format!(", {count} {what}"),
        };
        let rule = format!("{} ({}{rows})", self.text, self.code);
        let (path, key) = (path.to_owned(), self.place.record.clone());
        FileProblem { path, line: self.place.line, key, rule }.to_string()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.in_file(Path::new("")))
    }
}

/// What was found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// What keeps the file from being used.
    pub problems: Vec<Problem>,
    /// What is doubtful.
    pub warnings: Vec<Warning>,
    /// How the file was understood, a sentence each.
    pub notes: Vec<String>,
}

impl Findings {
    /// Notes that the rule `code` is broken at `place`.
    pub fn refuse(&mut self, place: &Place, code: &'static str, text: impl Into<String>) {
        let problem = Problem { place: place.clone(), code, text: text.into() };
        self.problems.push(problem);
    }

    /// Notes something doubtful at `place`. Warnings of one code that begin with the same word are one: the
    /// first is kept, and counts them.
    pub fn warn(&mut self, place: &Place, code: &'static str, text: impl Into<String>) {
        let text = text.into();
        let subject = |text: &str| text.split(' ').next().map(str::to_owned);
        let is_same = |w: &&mut Warning| w.code == code && subject(&w.text) == subject(&text);
        let known = self.warnings.iter_mut().find(is_same);
        match known {
            Some(known) => known.count += 1,
            None => {
                self.warnings.push(Warning { place: place.clone(), code, text, count: 1 });
            }
        }
    }

    /// Adds a note, once.
    pub fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }

    /// The problems by line, at most [`MOST_PROBLEMS`], and how many more there are, as problems of the
    /// file at `path`.
    #[must_use]
    pub fn in_file(&self, path: &Path) -> Vec<FileProblem> {
        let mut problems: Vec<&Problem> = self.problems.iter().collect();
        problems.sort_by_key(|problem| problem.place.line);
        let shown = problems.iter().take(MOST_PROBLEMS).map(|problem| problem.in_file(path));
        let mut shown: Vec<FileProblem> = shown.collect();
        if let Some(more) = problems.len().checked_sub(MOST_PROBLEMS).filter(|more| *more > 0) {
            let rule = format!("... and {more} more problems");
            shown.push(FileProblem { path: path.to_owned(), line: 0, key: String::new(), rule });
        }
        shown
    }
}
