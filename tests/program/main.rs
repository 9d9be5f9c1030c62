//! The program and the examples as a user runs them: output, exit codes, messages, figures.

mod bad_input;
mod browser;
mod calibration;
mod check;
mod commands;
mod examples;
mod explore;
mod fit;
mod json;
mod manners;
mod plots;
mod project;
mod report;
mod tour;
mod window;

use std::path::PathBuf;
use std::process::{Command, Output};

/// Runs `thrombo` with arguments in a folder of its own.
fn thrombo(args: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    thrombo_in(folder.path(), args)
}

/// Runs `thrombo` with arguments in `folder`.
fn thrombo_in(folder: &std::path::Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thrombo"));
    command.args(args).current_dir(folder).output().expect("thrombo starts")
}

/// What a run printed to standard output, after checking that it succeeded.
fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The root of the repository.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
