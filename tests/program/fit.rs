//! `thrombo fit` on counts: every fit ends in a named status, within a stated number of evaluations.

use crate::bad_input::refused;
use crate::{printed, thrombo, thrombo_in};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Most simulations of a fit of counts with two unknowns, from one start and from five.
const MOST_EVALUATIONS: (u64, u64) = (1_000, 2_500);
const GOOD: &str = "time_h,plt_1e9_l,sd\n0,40,4\n96,45,5\n192,62,6\n288,68,7\n480,50,5\n";

/// What a fit of the counts in `text` says: its document, its exit code, and its standard error.
fn fitted(text: &str, more: &[&str]) -> (Value, Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("counts.csv"), text).expect("written");
    let args = [&["fit", "--json", "--targets", "counts.csv"][..], more].concat();
    let output = thrombo_in(folder.path(), &args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let document = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (document, output.status.code(), said)
}

fn csv(rows: &[(f64, f64)]) -> String {
    let rows = rows.iter().map(|(time_h, count)| format!("{time_h},{count}\n"));
    format!("time_h,plt_1e9_l\n{}", rows.collect::<String>())
}

fn evaluations(document: &Value) -> u64 {
    document["evaluations"].as_u64().expect("a number of evaluations")
}

fn warnings(document: &Value) -> String {
    document["warnings"].to_string()
}

/// The value, standard error and profile of one estimate.
fn estimate(document: &Value, symbol: &str) -> (f64, Option<f64>, [Option<f64>; 2]) {
    let estimates = document["estimates"].as_array().expect("estimates");
    let found = estimates.iter().find(|e| e["symbol"] == symbol).expect("the estimate");
    let value = found["value"].as_f64().expect("a number");
    let ends = [found["profile_low"].as_f64(), found["profile_high"].as_f64()];
    (value, found["se"].as_f64(), ends)
}

#[test]
fn invariant_counts_without_a_response_leave_potency_open_upwards() {
    for (rows, expected) in [
        (&[(96.0, 40.0), (192.0, 40.0), (288.0, 40.0), (384.0, 40.0)][..], "show no effect"),
        (
            &[(0.0, 39.2), (96.0, 30.0), (192.0, 20.0), (288.0, 10.0)],
            "decrease, which the drug cannot cause",
        ),
    ] {
        for (starts, most) in [("1", MOST_EVALUATIONS.0), ("5", MOST_EVALUATIONS.1)] {
            let (document, code, _) = fitted(&csv(rows), &["--starts", starts]);
            assert_eq!((code, document["status"].as_str()), (Some(3), Some("one_sided")));
            assert!(evaluations(&document) < most, "{} evaluations", evaluations(&document));
            let (_, _, [low, high]) = estimate(&document, "kc");
            assert!(low.is_some_and(|low| low > 20.0) && high.is_none(), "{low:?} to {high:?}");
            let said = warnings(&document);
            assert!(said.contains("open upwards") && said.contains(expected), "{said}");
            let (_, _, [low, high]) = estimate(&document, "plt0");
            assert!(low.is_some() && high.is_some(), "the baseline is known");
        }
    }
}

#[test]
fn invariant_data_that_determine_nothing_end_before_the_search() {
    for (text, more) in [
        ("time_h,plt_1e9_l\n0,40\n", &[][..]),
        (GOOD, &["--regimen", "placebo"]),
        (GOOD, &["--regimen", "3 mg at 600 h"]),
    ] {
        let (document, code, _) = fitted(text, more);
        assert_eq!((code, document["status"].as_str()), (Some(3), Some("not_determined")));
        assert!(evaluations(&document) <= 6, "{} evaluations", evaluations(&document));
        assert!(document["estimates"].as_array().is_some_and(Vec::is_empty));
        assert!(document["degrees_of_freedom"].as_i64().is_some_and(|freedom| freedom >= 0));
        let said = warnings(&document);
        assert!(said.contains("kc has no influence on these counts"), "{said}");
    }
}

#[test]
fn invariant_what_cannot_be_fitted_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let refused_of = |text: &str, more: &[&str], expected_code: i32| {
        fs::write(folder.path().join("counts.csv"), text).expect("written");
        let output =
            thrombo_in(folder.path(), &[&["fit", "--targets", "counts.csv"][..], more].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(expected_code), "{said}");
        assert!(output.stdout.is_empty(), "a result was printed all the same");
        said
    };
    let tiny = "time_h,plt_1e9_l,sd\n0,40,4\n96,45,1e-300\n";
    for (text, more, code, expected) in [
        (GOOD, &["--start", "kc=1e-9"][..], 2, "ng/mL` is outside [1.5, 15000], where a fit"),
        (GOOD, &["--start", "kc=1e11"], 2, "is outside [1.5, 15000]"),
        (tiny, &[], 1, "counts.csv:3: `sd` = 1e-300 is below"),
        ("time_h,plt_1e9_l\n96,45\n", &[], 2, "estimating 2 parameters (kc, plt0)"),
        (
            GOOD,
            &["--free", "tmk", "--free", "tp", "--free", "gn", "--free", "emax"],
            2,
            "5 counts only",
        ),
    ] {
        let said = refused_of(text, more, code);
        assert!(said.contains(expected), "{said:?} does not say {expected:?}");
        assert!(!said.contains("degrees of freedom"), "{said}");
    }
    for (args, expected) in [
        (&["fit", "--free", "taun"][..], "estimating 4 parameters (kc, tmk, tp, taun)"),
        (&["fit", "--regimen", "3 mg qd x5"], "specifies its regimen"),
        (&["fit", "--set", "taun=1e-12", "--starts", "1"], "start 1 (kc = 150 ng/mL, tmk"),
    ] {
        let code = if expected.starts_with("start") { 1 } else { 2 };
        let said = refused(args, code);
        assert!(said.contains(expected), "{said:?} does not say {expected:?}");
    }
}

#[test]
fn invariant_targets_beyond_the_end_are_refused_by_check_and_fit() {
    let shipped = crate::root().join("targets/application_note.toml");
    let text = fs::read_to_string(shipped).expect("the shipped targets");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("targets.toml");
    let short = text.replace("days = 40", "days = 5");
    let count = "[[target]]\nstatistic = \"count_at\"\ntime_h = 288\nvalue = 80.0\n";
    fs::write(
        &path,
        short.replacen("[[target]]\nstatistic = \"maximum\"\nvalue = 86.9\n", count, 1),
    )
    .expect("written");
    for args in [["check", "targets.toml"].as_slice(), &["fit", "--targets", "targets.toml"]] {
        let output = thrombo_in(folder.path(), args);
        assert_eq!(output.status.code(), Some(1));
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        for expected in [
            "value` = 12 is outside [1, 6] d",
            "time_h` = 288 is outside [0, 120] h",
            "value` = 19.2 is outside [0, 5] d",
        ] {
            assert!(said.contains(expected), "{said:?} does not say {expected:?}");
        }
    }
}

#[test]
fn invariant_another_unit_is_named_in_one_line() {
    let counts = csv(&[(0.0, 31_000.0), (96.0, 36_000.0), (192.0, 62_000.0), (288.0, 70_000.0)]);
    let (document, code, said) = fitted(&counts, &["--starts", "1"]);
    assert_eq!((code, document["status"].as_str()), (Some(3), Some("one_sided")));
    assert!(evaluations(&document) < MOST_EVALUATIONS.0, "{} evaluations", evaluations(&document));
    assert_eq!(
        said.lines().next().unwrap_or_default(),
        "warning: counts.csv: `count = 70000 10^9/L` is outside the plausible range 1 to 2000 10^9/L: if it is in /uL, \
         write 70"
    );
    let days = csv(&[(0.0, 40.0), (4.0, 45.0), (8.0, 62.0), (20.0, 50.0)]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("days.csv"), days).expect("written");
    let output = thrombo_in(folder.path(), &["check", "days.csv"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success());
    assert_eq!(
        said.trim(),
        "warning: days.csv: times up to 20 look like days: `time_h` is in hours, so write 480, or name the column time_d"
    );
}

/// The course of a patient every four days, each count off by the factors in turn.
fn simulated(kc: f64, plt0: f64, factors: &[f64], samples: usize) -> String {
    let set = [format!("kc={kc}"), format!("plt0={plt0}")];
    let args = ["simulate", "--regimen", "3 mg qd x7", "--every", "3 d", "--days", "33"];
    let course = printed(&thrombo(&[&args[..], &["--set", &set[0], "--set", &set[1]]].concat()));
    let rows = course.lines().filter(|line| !line.starts_with('#')).skip(1).take(samples);
    let numbers = rows.map(|row| row.split(',').filter_map(|cell| cell.parse().ok()).collect());
    let numbers: Vec<Vec<f64>> = numbers.collect();
    let noisy = numbers.iter().zip(factors.iter().cycle()).map(|(row, f)| (row[0], f * row[2]));
    csv(&noisy.collect::<Vec<_>>())
}

#[test]
fn recover_potency_and_baseline_from_five_to_twelve_counts() {
    let noise = [1.08, 0.94, 1.02, 0.9, 1.05, 0.97, 1.11, 0.93];
    for (kc, plt0, factors, samples) in [
        (115.0, 31.0, &[1.0][..], 12),
        (60.0, 45.0, &[1.0], 5),
        (115.0, 31.0, &noise, 12),
        (200.0, 25.0, &noise, 9),
        (60.0, 45.0, &noise, 5),
    ] {
        let (document, code, _) =
            fitted(&simulated(kc, plt0, factors, samples), &["--starts", "2"]);
        assert_eq!((code, document["status"].as_str()), (Some(0), Some("converged")), "{document}");
        assert!(evaluations(&document) < MOST_EVALUATIONS.0, "{}", evaluations(&document));
        for (symbol, truth, most_rse) in [("kc", kc, 0.75), ("plt0", plt0, 0.15)] {
            let (value, se, [low, high]) = estimate(&document, symbol);
            let se = se.expect("a standard error");
            assert!(se / value < most_rse, "{symbol} = {value}, SE {se}");
            let exact = factors.len() == 1;
            let limit = if exact { 1e-3 * truth } else { 2.0 * se };
            assert!((value - truth).abs() < limit, "{symbol} = {value}, SE {se}, truth {truth}");
            assert!(low.is_some_and(|low| low < truth) && high.is_some_and(|high| high > truth));
        }
    }
}

#[test]
fn invariant_a_fit_of_counts_writes_its_figures_and_few_digits() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("good.csv"), GOOD).expect("written");
    let args = ["fit", "--targets", "good.csv", "--starts", "1", "--out", "out"];
    let summary = printed(&thrombo_in(folder.path(), &args));
    let out = folder.path().join("out");
    let figure = fs::read_to_string(out.join("fit.svg")).expect("the figure");
    assert!(figure.contains("measured counts") && !figure.contains("ublished"));
    let counts = figure.lines().filter(|line| line.starts_with("<circle"));
    assert_eq!(counts.filter(|line| line.contains("fill=\"#000000\"")).count(), 2 * 5);
    assert!(summary.contains("fixed at the values of the parameter file: tmk = 4.5 d, tp = 6 d"));
    for line in summary.lines().filter(|line| line.starts_with("kc ") || line.starts_with("plt0 "))
    {
        for number in line.split_whitespace().skip(1).filter(|word| word.parse::<f64>().is_ok()) {
            let digits = number.trim_start_matches(['0', '.']).replace('.', "");
            assert!(digits.len() <= 4, "{number} in {line}");
        }
    }
    let objective = summary.split("-2 log L = ").nth(1).and_then(|rest| rest.split(',').next());
    assert!(objective.is_some_and(|number| number.split('.').nth(1).map(str::len) == Some(3)));
}

/// Every file of a folder with its content.
fn contents(folder: &Path) -> Vec<(String, String)> {
    let files = fs::read_dir(folder).expect("listed").flatten();
    let mut files: Vec<(String, String)> = files
        .map(|file| {
            let text = fs::read_to_string(file.path()).expect("text");
            (file.file_name().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}

#[test]
#[cfg(unix)]
fn invariant_the_recorded_command_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("my data")).expect("created");
    fs::write(folder.path().join("my data/it's good.csv"), GOOD).expect("written");
    let args = [
        "fit",
        "--targets",
        "my data/it's good.csv",
        "--regimen",
        "3 mg qd x5",
        "--starts",
        "2",
        "--fix",
        "tmk=4.4",
        "--method",
        "nelder-mead",
        "--seed",
        "99",
        "--max-iterations",
        "77",
        "--set",
        "w=0.7",
        "--start",
        "kc=140",
        "--out",
        "first",
    ];
    let first = thrombo_in(folder.path(), &args);
    let record = fs::read_to_string(folder.path().join("first/run.toml")).expect("the record");
    let record: toml::Table = record.parse().expect("TOML");
    let command = record["command"].as_str().expect("the command");
    for option in ["--regimen '3 mg qd x5'", "--optimiser nelder-mead", "--starts 2", "--seed 99"] {
        assert!(command.contains(option), "{command} lacks {option}");
    }
    let typed = command.strip_prefix("thrombo").expect("the program's name");
    let line = format!("{}{typed} --out second", env!("CARGO_BIN_EXE_thrombo"));
    let mut shell = std::process::Command::new("sh");
    let second = shell.args(["-c", &line]).current_dir(folder.path()).output().expect("sh starts");
    assert_eq!(first.status.code(), second.status.code());
    assert_eq!(contents(&folder.path().join("first")), contents(&folder.path().join("second")));
}
