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
        (&["--posterior", "calibrated", "--sets", "20", "--set", "kc=150"], "have their own kc"),
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

/// The days of all patients below 50 in a table, and the cells of some columns.
fn days(path: &Path, columns: &[&str]) -> Vec<Vec<f64>> {
    let mut table = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).expect("a table");
    let headers = table.headers().expect("headers").clone();
    let place = |name: &str| headers.iter().position(|header| header == name).expect(name);
    let below = |row: &csv::StringRecord| &row[place("baseline")] == "below";
    let rows: Vec<csv::StringRecord> = table.records().flatten().filter(below).collect();
    let cell = |row: &csv::StringRecord, name: &&str| row[place(name)].parse().expect("a number");
    rows.iter().map(|row| columns.iter().map(|name| cell(row, name)).collect()).collect()
}

/// A posterior whose sets are all alike leaves the interval of their finite patients around the window of these parameters.
#[test]
fn invariant_a_posterior_of_equal_sets_is_the_window_of_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let kc = 260.0;
    let sets = format!("weight,kc\n{}", format!("1,{kc}\n").repeat(40));
    fs::write(folder.path().join("p.csv"), sets).expect("written");
    let common = "window --variant B --baseline 40 --subjects 4000";
    let run = |more: &str, out: &str| {
        let line = format!("{common} {more} --out {out}");
        printed(&thrombo_in(folder.path(), &line.split(' ').collect::<Vec<_>>()))
    };
    let text = run("--posterior p.csv --sets 40", "over");
    assert!(
        text.contains("parameter uncertainty: median and 95 % interval over 40 parameter sets"),
        "{text}"
    );
    run(&format!("--set kc={kc}"), "one");
    let over = days(
        &folder.path().join("over/uncertainty.csv"),
        &[
            "p_at_threshold_q2.5",
            "p_at_threshold_median",
            "p_at_threshold_q97.5",
            "share_of_sets_as_wanted",
        ],
    );
    let one = days(&folder.path().join("one/days.csv"), &["p_at_threshold", "se"]);
    assert_eq!(over.len(), one.len());
    for (over, one) in over.iter().zip(&one) {
        let [lower, median, upper, wanted] = over[..] else { unreachable!("{over:?}") };
        // 40 sets of 400 patients against one of 4,000: both medians have about the same error.
        assert!((median - one[0]).abs() < 5.0 * one[1] + 1e-9, "{median} {one:?}");
        // A set has a tenth of the patients; the ends of 40 sets are about two standard errors away.
        let width = 2.0 * 2.0 * one[1] * 10.0_f64.sqrt();
        assert!(upper - lower < 1.6 * width + 1e-9, "{lower} {upper} {one:?}");
        let expected = if lower >= 0.7 {
            1.0
        } else if upper < 0.7 {
            0.0
        } else {
            wanted
        };
        assert!((wanted - expected).abs() < 1e-12, "{over:?}");
    }
    assert!(folder.path().join("over/figures/by_day.svg").is_file());
    // Without --variant all four are shown, and these sets are those of one.
    let all = ["window", "--posterior", "p.csv", "--subjects", "200"];
    let output = thrombo_in(folder.path(), &all);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("a posterior file belongs to a single variant"), "{said}");
}
