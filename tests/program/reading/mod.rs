//! Reading: one set of rules for all tables, every kind of file recognised, every problem with its line
//! and none false; and a command accepts what `check` passes.

mod faults;
mod mutants;
mod stages;
mod types;

use std::fs;
use std::path::Path;
use thrombopoiesis::check::check;
use thrombopoiesis::error::FileProblem;

/// The text of a shipped file.
fn shipped(path: &str) -> String {
    fs::read_to_string(crate::root().join(path)).expect("a shipped file")
}

/// `text` with the first `from` replaced.
fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} is not there");
    text.replacen(from, to, 1)
}

/// What `check` says of a file of that name with this content.
fn problems(name: &str, text: &str) -> Vec<FileProblem> {
    check(Path::new(name), text).problems
}

/// The same, a line each.
fn said(name: &str, text: &str) -> String {
    problems(name, text).iter().map(|problem| format!("{problem}\n")).collect()
}
