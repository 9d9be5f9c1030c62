//! `thrombo window` as a user runs it.

use crate::bad_input::refused;
use crate::{printed, thrombo, thrombo_in};
use std::fs;
use std::path::Path;

fn written(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("listed").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                let name = entry.path().strip_prefix(folder).expect("inside").display().to_string();
                files.push((name, fs::read(entry.path()).expect("read")));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn invariant_windows_are_the_same_bytes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = |threads: &str| {
        let args = [
            "window",
            "--subjects",
            "300",
            "--baselines",
            "30,40",
            "--variants",
            "B,D",
            "--rule",
            "--optimise",
            "--search-subjects",
            "100",
            "--longest",
            "8",
            "--threads",
            threads,
            "--out",
            threads,
        ];
        let text = printed(&thrombo_in(folder.path(), &args));
        (text, written(&folder.path().join(threads)))
    };
    let one = run("1");
    for file in ["windows.csv", "days.csv", "starts.csv", "optimum.csv", "courses.csv", "run.toml"]
    {
        assert!(one.1.iter().any(|(name, _)| name == file), "{file} was not written");
    }
    assert_eq!(one.1.len(), 7 + 1 + 2 * 4, "tables, the courses, four maps a variant");
    for threads in ["2", "8"] {
        assert!(run(threads) == one, "{threads} threads give other bytes");
    }
}

#[test]
fn regress_the_text_says_when_how_probable_and_what_if_postponed() {
    let said =
        printed(&thrombo(&["window", "--baseline", "40", "--subjects", "500", "--variants", "B"]));
    for words in [
        "variant B",
        "measured 40",
        "best to start",
        "postponed by 1, 3, 5, 7 days",
        "weak predictor for an individual patient",
        "For research; not for treating patients",
    ] {
        assert!(said.contains(words), "{words:?} is not said:\n{said}");
    }
    assert!(!said.contains("Outside the label"));
    let other =
        ["window", "--baseline", "40", "--subjects", "50", "--variants", "B", "--days", "10"];
    assert!(
        printed(&thrombo(&other)).contains("Outside the label, which specifies 3 mg for 7 days")
    );
}

#[test]
fn invariant_windows_that_make_no_sense_are_refused() {
    for (args, expected) in [
        (&["--threshold", "0"][..], "`threshold = 0 10^9/L` is outside (0, ∞)"),
        (&["--probability", "1"], "`probability = 1` is outside (0, 1)"),
        (&["--probability", "-0.5"], "`probability = -0.5` is outside (0, 1)"),
        (&["--too-high", "40"], "contradicts the required threshold 50"),
        (&["--baseline", "-3"], "`baseline = -3 10^9/L` is outside (0, ∞)"),
        (&["--baseline", "5000"], "who cannot have this count"),
        (&["--dose", "-1"], "`dose = -1 mg` is outside [0, 10000]"),
        (&["--days", "0"], "a whole number from 1 to 28"),
        (&["--start", "0"], "a whole number from 1 to 35"),
        (&["--subjects", "0"], "write a whole number from 1 to 1000000"),
        (&["--threads", "0"], "write a whole number from 1 to 1024"),
        (&["--variants", "B,E"], "there is no variant `E`: choose one of A, B, C, D"),
        (&["--patients", "nobody"], "there is no set of virtual patients `nobody`"),
        (&["--limit", "0.05"], "--optimise"),
        (&["--optimise", "--limit", "2"], "`limit = 2` is outside (0, 1)"),
        (&["--optimise", "--longest", "0"], "write a whole number from 1 to 28"),
        (
            &["--optimise", "--largest-dose", "0.1"],
            "`largest dose = 0.1 mg` is outside (0.25, 10000]",
        ),
    ] {
        let said = refused(&[&["window"][..], args].concat(), 2);
        assert!(said.contains(expected), "{args:?}: {said:?} does not say {expected:?}");
    }
}
