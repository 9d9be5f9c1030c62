//! The report in a headless Chromium: `tests/browser/` opens, prints and operates it.
//!
//! It needs Chromium, Node, poppler's `pdftotext` and the packages of `tests/browser/package-lock.json`. Where one is missing the
//! tests are skipped and say so; with `THROMBO_REQUIRE_BROWSER=1` they fail instead.

use crate::{printed, report, root, thrombo_in};
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Names of Chromium, in the order in which they are tried.
const CHROMIUM: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The first of `names` among the folders of `PATH`.
fn installed(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}

/// The Chromium to start, or what is missing.
fn chromium() -> Result<PathBuf, &'static str> {
    let given = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let chromium = given.or_else(|| installed(&CHROMIUM)).ok_or("no Chromium")?;
    installed(&["node"]).ok_or("no Node")?;
    installed(&["pdftotext"]).ok_or("no pdftotext")?;
    let packages = scripts().join("node_modules/puppeteer-core").is_dir();
    packages.then_some(chromium).ok_or("no packages: run `npm ci` in tests/browser")
}

fn scripts() -> PathBuf {
    root().join("tests/browser")
}

/// The Chromium, or none where the test is to be skipped.
pub(crate) fn chromium_or_skip(test: &str) -> Outcome<Option<PathBuf>> {
    match chromium() {
        Ok(chromium) => Ok(Some(chromium)),
        Err(missing)
            if std::env::var("THROMBO_REQUIRE_BROWSER").is_ok_and(|value| value == "1") =>
        {
            Err(missing.into())
        }
        Err(missing) => {
            // Straight to the terminal: what a passing test prints is not shown.
            writeln!(std::io::stderr(), "SKIPPED {test}: {missing}")?;
            Ok(None)
        }
    }
}

/// Runs a script and gives what it printed; an error if it found a fault.
pub(crate) fn node(chromium: &Path, script: &str, arguments: &[&Path]) -> Outcome<String> {
    let mut command = Command::new("node");
    command.arg(scripts().join(script)).args(arguments).env("CHROMIUM", chromium);
    let output = command.output()?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(told);
    }
    print!("{told}");
    Err(format!("{script} failed: {}", String::from_utf8_lossy(&output.stderr)).into())
}

fn page() -> PathBuf {
    report::folder().join("report/index.html")
}

/// The counts of the approved regimen day by day, computed apart from the report.
fn course() -> Outcome<(TempDir, PathBuf)> {
    let folder = tempfile::tempdir()?;
    let arguments = [
        "simulate",
        "--parameters",
        "calibrated_b",
        "--regimen",
        "3 mg qd x7",
        "--every",
        "1 d",
        "--out",
        "course.csv",
    ];
    printed(&thrombo_in(folder.path(), &arguments));
    let course = folder.path().join("course.csv");
    Ok((folder, course))
}

#[test]
fn invariant_the_report_holds_in_a_browser() -> Outcome {
    let Some(chromium) = chromium_or_skip("invariant_the_report_holds_in_a_browser")? else {
        return Ok(());
    };
    let (_folder, course) = course()?;
    let told = node(&chromium, "report.js", &[&page(), &course])?;
    print!("{told}");
    assert_eq!(told.lines().count(), 40, "a check more or less than before");
    Ok(())
}

#[test]
fn invariant_planted_faults_are_seen_in_the_browser() -> Outcome {
    let Some(chromium) = chromium_or_skip("invariant_planted_faults_are_seen_in_the_browser")?
    else {
        return Ok(());
    };
    let (_folder, course) = course()?;
    print!("{}", node(&chromium, "faults.js", &[&page(), &course])?);
    Ok(())
}
