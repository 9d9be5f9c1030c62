//! The program and the examples as a user runs them: output, exit codes, messages, figures.

mod bad_input;
mod browser;
mod calibration;
mod check;
mod commands;
mod crowd;
mod data;
mod examples;
mod explore;
mod failures;
mod fit;
mod fit_prior;
mod forecast;
mod grids;
#[cfg(target_os = "linux")]
mod hostile;
mod json;
mod languages;
mod levels;
mod manners;
mod memory;
mod model_codes;
mod model_texts;
mod mutations;
mod plots;
mod populations;
mod project;
mod reading;
mod records;
mod report;
mod served;
mod shards;
mod slow;
mod texts_in_files;
mod tour;
mod window;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Runs `thrombo` with arguments in a folder of its own.
fn thrombo<A: AsRef<OsStr>>(args: &[A]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    thrombo_in(folder.path(), args)
}

/// Runs `thrombo` with arguments in `folder`.
fn thrombo_in<A: AsRef<OsStr>>(folder: &std::path::Path, args: &[A]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thrombo"));
    // Nothing is ever written near the home of whoever runs the tests.
    command.args(args).current_dir(folder).env("HOME", folder.join("home"));
    command.output().expect("thrombo starts")
}

/// The words of a line as a shell would split it.
fn words_of(line: &str) -> Vec<String> {
    shlex::split(line).expect(line)
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
