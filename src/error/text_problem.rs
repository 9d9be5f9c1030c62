//! What is wrong with the text of a model, as data.

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
