//! What is wrong with the text of a model, as data.

use super::FileProblem;

/// One problem of a model's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextProblem {
    /// Its code, such as `U01`.
    pub code: &'static str,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong, a sentence.
    pub message: String,
    /// What to do; empty where nothing is proposed.
    pub hint: String,
}

impl From<TextProblem> for FileProblem {
    fn from(problem: TextProblem) -> Self {
        let TextProblem { code, file, line, column, message, hint } = problem;
        let hint = if hint.is_empty() { hint } else { format!("; {hint}") };
        let rule = format!("{code} at character {column}: {message}{hint}");
        Self { path: file.into(), line, key: String::new(), rule }
    }
}
