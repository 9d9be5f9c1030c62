//! Patients who could not be integrated, values that cannot be meant, and numbers that are none.

use crate::bad_input::refused;
use crate::served::{Running, body};
use crate::{root, thrombo, thrombo_in};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;

/// Patients of whom about one in eight has a share above 1, which no equations can be integrated with.
const SPREAD: &str =
    "w = { distribution = \"log-normal\", omega = 0.2, grade = \"D\", source = \"a test\" }";

/// Writes such patients to `name` in `folder`.
pub(crate) fn write_patients(folder: &Path, name: &str, more: &str) {
    let own = fs::read_to_string(root().join("parameters/patients_start.toml")).expect("patients");
    let changed = own.replacen("[variability]\n", &format!("{more}[variability]\n{SPREAD}\n"), 1);
    assert_ne!(own, changed);
    fs::write(folder.join(name), changed).expect("written");
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The number before ` of ` and the one after it in the first text that counts failed patients.
pub(crate) fn counted(text: &str) -> (usize, usize) {
    let before = text.split(" patients could not be integrated").next().expect("a text");
    assert_ne!(before, text, "nobody is counted in:\n{text}");
    let mut words = before.split([' ', '\n', '"', '(']).rev();
    let all = words.next().and_then(|word| word.parse().ok());
    let of = words.next();
    let failed = words.next().and_then(|word| word.parse().ok());
    assert_eq!(of, Some("of"), "{text}");
    (failed.expect("a number"), all.expect("a number"))
}

#[test]
fn regress_a_patient_fails_in_both_engines_or_in_none() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let base =
        "simulate --variant D --set eb=0 --set gv=10 --subjects 6 --seed 231494 --omega kc=0.5 \
                --omega cl=0.3 --days 10 --regimen"
            .split_whitespace();
    let args: Vec<&str> = base.chain(["3 mg qd x7, miss 4", "--every", "1 d"]).collect();
    let run = |more: &[&str]| thrombo_in(folder.path(), &[&args[..], more].concat());
    let (lanes, reference) = (run(&[]), run(&["--engine", "reference"]));
    let failed = |output: &Output| -> Vec<String> {
        let lines = shown(output);
        let own = lines.lines().filter(|line| line.starts_with("# patient "));
        own.map(str::to_owned).collect()
    };
    assert!(!failed(&lanes).is_empty() && failed(&lanes) == failed(&reference), "{lanes:?}");
    assert!(shown(&lanes).contains(" by the reference engine\n"), "{}", shown(&lanes));
    assert_eq!(lanes.status.code(), Some(3));
    let text = said(&lanes);
    assert!(text.starts_with("warning: `gv = 10` is "), "{text}");
    assert!(
        text.contains("could not be integrated and are excluded from the results; patient 0, at ")
    );
    assert_eq!(run(&["--threads", "2"]).stdout, run(&["--threads", "1"]).stdout);
    let quiet = run(&["--quiet"]);
    assert!(quiet.stderr.is_empty() && quiet.status.code() == Some(3), "{}", said(&quiet));
}

#[test]
fn invariant_failed_patients_are_counted_bounded_and_judged_by_their_share() {
    let base = ["simulate", "--regimen", "3 mg qd x7", "--every", "4 d", "--subjects", "60"];
    let run = |more: &[&str]| thrombo(&[&base[..], more].concat());
    let output = run(&["--omega", "w=0.2"]);
    let (failed, all) = counted(&said(&output));
    assert!(failed > 3 && failed < 20 && all == 60, "{failed} of {all}");
    assert_eq!(output.status.code(), Some(3));
    let whole = all - failed;
    let share = format!(
        "# the table describes the other {whole} patients; a share P of these is between {whole}/60 P and {whole}/60 P + {failed}/60"
    );
    assert!(shown(&output).contains(&share), "{}", shown(&output));
    let document = run(&["--omega", "w=0.2", "--json", "--quiet"]);
    let document: Value = serde_json::from_slice(&document.stdout).expect("JSON");
    assert_eq!(document["failed"], failed);
    assert_eq!(document["warnings"].as_array().map(Vec::len), Some(1));
    for (row, bounds) in document["tables"]["samples"]
        .as_array()
        .expect("rows")
        .iter()
        .zip(document["tables"]["bounds"].as_array().expect("rows"))
    {
        let of = |row: &Value, key: &str| row[key].as_f64().expect("a number");
        let k = of(row, "p_at_least_level") * whole as f64;
        let ends = ["lower", "upper"].map(|end| of(bounds, &format!("p_at_least_level_{end}")));
        assert!((ends[0] - k / 60.0).abs() < 1e-12, "{bounds}");
        assert!((ends[1] - (k + failed as f64) / 60.0).abs() < 1e-12, "{bounds}");
    }
    // Fewer than one in twenty: the result stands, with a warning.
    let few = run(&["--omega", "w=0.12", "--seed", "3"]);
    let (failed, _) = counted(&said(&few));
    assert!((1..=3).contains(&failed) && few.status.success(), "{failed}");
    let whole = run(&["--omega", "kc=0.2"]);
    assert!(whole.status.success() && whole.stderr.is_empty(), "{}", said(&whole));
}

#[test]
fn invariant_every_summarising_command_counts_failed_patients() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_patients(folder.path(), "own.toml", "");
    let run = |args: &str| {
        let args: Vec<&str> = args.split_whitespace().collect();
        let output = thrombo_in(folder.path(), &args);
        assert_eq!(output.status.code(), Some(3), "{args:?}: {}", said(&output));
        assert!(said(&output).starts_with("warning: "), "{}", said(&output));
        let warned = counted(&said(&output));
        (shown(&output), warned)
    };
    let file = |path: &str| fs::read_to_string(folder.path().join(path)).expect(path);
    let (text, warned) =
        run("trial l_plus_2 --patients own.toml --replicates 2 --out trial --variants B");
    assert_eq!(counted(&text), warned);
    for table in ["endpoints.csv", "comparisons.csv", "courses.csv"] {
        assert_eq!(counted(&file(&format!("trial/{table}"))), warned, "{table}");
    }
    assert!(file("trial/summary.toml").contains(&format!("failed = {}", warned.0)));
    assert!(file("trial/figures/flow.svg").contains("Not integrated"));
    let (text, _) =
        run("window --patients own.toml --subjects 60 --baseline 40 --variants B --out window");
    let (failed, all) = counted(&text);
    assert!(failed > 5 && all == 120, "two lines of 60: {failed} of {all}");
    for table in ["days.csv", "starts.csv"] {
        assert!(counted(&file(&format!("window/{table}"))).0 > failed, "{table}: more answers");
    }
    let (text, warned) =
        run("validate --patients own.toml --replicates 20 --variants B --out validation.csv");
    assert_eq!(counted(&text), warned);
    assert_eq!(counted(&file("validation.csv")), warned);
}

#[test]
fn invariant_explore_and_calibrate_count_failed_patients() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_patients(folder.path(), "own.toml", "");
    let own = folder.path().join("own.toml");
    let server = Running::of(&["--parameters", &own.to_string_lossy(), "--subjects", "60"]);
    let (failed, all) = counted(body(&server.get("answer")));
    assert!(failed > 3 && all == 60, "{failed} of {all}");

    let plan = fs::read_to_string(root().join("parameters/calibration.toml")).expect("a plan");
    let changed = plan.replacen("patients = \"patients_start\"", "patients = \"own.toml\"", 1);
    assert_ne!(plan, changed);
    fs::write(folder.path().join("plan.toml"), changed).expect("written");
    let line = "calibrate --plan plan.toml --candidates 500 --screened 1 --draws 20 --replicates 20 --out res";
    let words: Vec<&str> = line.split_whitespace().collect();
    let output = thrombo_in(folder.path(), &words);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let warned = said(&output);
    assert!(
        warned.contains("patients could not be integrated and are excluded from the results"),
        "{warned}"
    );
    let text = fs::read_to_string(folder.path().join("res/calibration_b.txt")).expect("a text");
    assert!(counted(&text).0 > 3 && counted(&shown(&output)).0 > 3, "{text}");
}

#[test]
fn invariant_a_population_of_which_nobody_can_be_integrated_is_an_error() {
    // Half of the patients have a share above 1: with some seed all three of them.
    let base = "simulate --regimen placebo --subjects 3 --every 10d --set w=1 --cv w=0.5 --seed";
    let base: Vec<&str> = base.split_whitespace().collect();
    let seeds: Vec<String> = (1..60).map(|seed| seed.to_string()).collect();
    let nobody = |seed: &&String| thrombo(&[&base[..], &[seed]].concat()).status.code() == Some(1);
    let seed = seeds.iter().find(nobody).expect("a seed");
    let said = refused(&[&base[..], &[seed]].concat(), 1);
    for words in ["none of 3 patients could be integrated", "patient 0, at 0 h", "parameters"] {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn invariant_implausible_values_warn_and_impossible_ones_are_refused() {
    let simulate = |more: &[&str]| {
        let base = ["simulate", "--regimen", "3 mg qd x7", "--every", "20 d"];
        thrombo(&[&base[..], more].concat())
    };
    for (given, words) in [
        (
            "t0=5",
            "`t0 = 5 pM` is outside the plausible range 0.26 to 3.8 pM of parameters/mechanistic.toml",
        ),
        ("t0=100", "is far outside the plausible range"),
        ("plt0=40000", "differs by more than a factor of 1000 from the 39.2 10^9/L"),
    ] {
        let output = simulate(&["--set", given]);
        let text = said(&output);
        assert!(output.status.success() && text.contains(words), "{given}: {text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    let plain = simulate(&["--set", "t0=2", "--set", "plt0=30"]);
    assert!(plain.status.success() && plain.stderr.is_empty(), "{}", said(&plain));
    for given in ["gv=1e300", "kc=1e-300", "plt0=1e13"] {
        let all = ["simulate", "--regimen", "placebo", "--set", given];
        assert!(refused(&all, 2).contains("is outside [1e-12, 1e12]"), "{given}");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let scenario = root().join("scenarios/lusutrombopag_3mg_x7.toml");
    let scenario = fs::read_to_string(scenario).expect("a scenario") + "\n[set]\nt0 = 5\n";
    fs::write(folder.path().join("own.toml"), scenario).expect("written");
    let typical = "[typical]\nt0 = { value = 50.0, unit = \"pM\", status = \"assumed\", grade = \"D\", \
                   source = \"a test\" }\n\n";
    write_patients(folder.path(), "patients.toml", typical);
    let output = thrombo_in(folder.path(), &["check", "own.toml", "patients.toml"]);
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("own.toml: `t0 = 5 pM` is outside"), "{text}");
    assert!(text.contains("patients.toml: `t0 = 50 pM` is far outside"), "{text}");
}

#[test]
fn invariant_tables_hold_no_noise_and_no_text_for_numbers() {
    let output =
        thrombo(&["simulate", "--regimen", "3 mg qd x7", "--days", "200", "--every", "1 d"]);
    let table = shown(&output);
    let rows = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    let mut zeros = 0;
    for cell in rows.flat_map(|row| row.split(',')) {
        let number: f64 = cell.parse().expect("a number");
        assert!(number.is_finite() && number >= 0.0 && cell.len() < 25, "{cell}");
        zeros += usize::from(cell == "0");
    }
    assert!(zeros > 50, "the drug is gone after some weeks: {zeros} zeros");
}

#[test]
fn invariant_a_course_that_becomes_infinite_is_an_error_with_time_and_state() {
    let args = ["simulate", "--regimen", "3 mg qd x7", "--set", "gv=1000000", "--every", "20 d"];
    let output = thrombo(&args);
    let table = shown(&output);
    assert!(!table.contains("NaN") && !table.contains("inf"), "{table}");
    if !output.status.success() {
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(" h, "), "{}", said(&output));
    }
}
