//! What is wrong with a text, where, and what to do about it.

use std::fmt;
use std::sync::Arc;

/// Most problems that are reported at once.
const MOST: usize = 50;

/// A stretch of the text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Span {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

impl Span {
    /// From the beginning of this stretch to the end of `other`.
    pub(super) fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end.max(self.start) }
    }
}

/// The mark of a problem that has been noted already: what depends on it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noted;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its code, such as `U01`: never used again for anything else.
    pub code: &'static str,
    /// What is wrong, a sentence.
    pub message: String,
    /// Where.
    pub span: Span,
    /// The other place, where two disagree, and what is said there.
    pub other: Option<(Span, String)>,
    /// What to do; empty if nothing is proposed.
    pub hint: String,
}

impl Problem {
    pub(super) fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span, other: None, hint: String::new() }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    pub(super) fn other(self, span: Span, label: impl Into<String>) -> Self {
        Self { other: Some((span, label.into())), ..self }
    }

    /// Whether the text may be used all the same.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.code.starts_with("W5")
    }
}

/// The problems of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The name of the file.
    pub file: String,
    /// The whole text.
    pub text: Arc<str>,
    list: Vec<Problem>,
}

impl Problems {
    pub(super) fn of(file: &str, text: &Arc<str>) -> Self {
        Self { file: file.to_owned(), text: Arc::clone(text), list: Vec::new() }
    }

    /// Notes a problem, unless the same was noted or there are too many.
    pub(super) fn note(&mut self, problem: Problem) -> Noted {
        if self.list.len() < MOST && !self.list.contains(&problem) {
            self.list.push(problem);
        }
        Noted
    }

    /// Notes a problem without a hint.
    pub(super) fn say(&mut self, code: &'static str, span: Span, text: impl Into<String>) -> Noted {
        self.note(Problem::new(code, span, text))
    }

    pub(super) fn extend(&mut self, other: Self) {
        for problem in other.list {
            self.note(problem);
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    /// Whether there is an error among them.
    pub(super) fn has_errors(&self) -> bool {
        self.list.iter().any(|problem| !problem.is_warning())
    }

    /// The problems in the order of the text.
    #[must_use]
    pub fn all(&self) -> Vec<&Problem> {
        let mut all: Vec<_> = self.list.iter().collect();
        all.sort_by_key(|problem| (problem.span, problem.code));
        all
    }

    /// Line and column of a place, from 1; columns count characters.
    #[must_use]
    pub fn position(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    /// The text of a line, counted from 1.
    pub(super) fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number.saturating_sub(1)).unwrap_or_default()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let drawn: Vec<_> =
            self.all().into_iter().map(|one| super::draw::draw(self, one)).collect();
        f.write_str(&drawn.join("\n\n"))
    }
}

impl std::error::Error for Problems {}
