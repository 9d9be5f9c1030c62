//! The program as R and Python call it: `r/thrombo.R`, and the README's lines as they stand.

use crate::root;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

/// The first block of the README in a language.
fn block(readme: &str, language: &str) -> String {
    let (_, after) = readme.split_once(&format!("```{language}\n")).expect("a block");
    after.split("```").next().unwrap_or_default().to_owned()
}

/// A folder that holds `r/` of the repository, and what the README shows for a language.
fn folder_and_block(language: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("r")).expect("created");
    let (from, to) = (root().join("r/thrombo.R"), folder.path().join("r/thrombo.R"));
    fs::copy(from, to).expect("copied");
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    (folder, block(&readme, language))
}

/// The PATH with the built program first.
fn path_with_thrombo() -> OsString {
    let own = Path::new(env!("CARGO_BIN_EXE_thrombo")).parent().expect("a folder");
    let others = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(own.to_owned()).chain(std::env::split_paths(&others));
    std::env::join_paths(path).expect("a path")
}

fn run(program: &str, args: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).env("PATH", path_with_thrombo()).env("HOME", folder);
    command.output().expect("the language starts")
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout[..], &output.stderr[..]);
    String::from_utf8_lossy(&[out, err].concat()).into_owned()
}

/// Whether R with jsonlite is here; a test without it is skipped, and says so.
fn has_r(test: &str) -> bool {
    let found = Command::new("Rscript").args(["-e", "library(jsonlite)"]).output();
    let found = found.is_ok_and(|output| output.status.success());
    let required = std::env::var("THROMBO_REQUIRE_R").is_ok_and(|value| value == "1");
    assert!(found || !required, "no R with the package jsonlite");
    if !found {
        // Straight to the terminal: what a passing test prints is not shown.
        let _ = writeln!(std::io::stderr(), "SKIPPED {test}: no R with the package jsonlite");
    }
    found
}

#[test]
#[cfg(unix)]
fn val_r_gets_the_tables_of_the_program() {
    if !has_r("val_r_gets_the_tables_of_the_program") {
        return;
    }
    let (folder, shown) = folder_and_block("r");
    let check = root().join("tests/r/check.R");
    let check = check.to_str().expect("a path");
    let output = run("Rscript", &[check, env!("CARGO_BIN_EXE_thrombo")], folder.path());
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("checks passed"), "{}", said(&output));
    let lines = format!("{shown}\ncat(nrow(course), names(window)[1])\n");
    fs::write(folder.path().join("readme.R"), lines).expect("written");
    let output = run("Rscript", &["readme.R"], folder.path());
    assert!(output.status.success() && said(&output).contains("41 "), "{}", said(&output));
}

#[test]
#[cfg(unix)]
fn val_the_vignette_of_r_runs() {
    if !has_r("val_the_vignette_of_r_runs") {
        return;
    }
    let (folder, _) = folder_and_block("r");
    let vignette = root().join("r/vignette.R");
    let output = run("Rscript", &[vignette.to_str().expect("a path")], folder.path());
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    for shown in ["out_of_range", "p_at_least_level", "power", "conc_ng_ml"] {
        assert!(said.contains(shown), "{shown}: {said}");
    }
}

#[test]
#[cfg(unix)]
fn val_the_readmes_python_gets_the_samples() {
    let (folder, shown) = folder_and_block("python");
    let lines =
        format!("{shown}\nprint(len(course), course[40]['time_h'], course[0]['plt_1e9_l'])\n");
    fs::write(folder.path().join("readme.py"), lines).expect("written");
    if Command::new("python3").arg("--version").output().is_err() {
        let _ = writeln!(std::io::stderr(), "SKIPPED the README's Python: no Python");
        return;
    }
    let output = run("python3", &["readme.py"], folder.path());
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "41 960 39.2");
}
