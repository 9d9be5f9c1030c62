//! Forecasts from tables of counts: doses as a regimen, other plans, one more count, a folder.

use crate::{printed, thrombo_in};
use std::fs;
use std::path::Path;
use std::process::Output;

const COUNTS: &str = "id,time_d,plt_1e9_l\nA,0,38\nA,4,45\nA,7,58\nB,0,30\nB,7,31\n";
const SHORT: [&str; 7] =
    ["forecast", "counts.csv", "--individuals", "800", "--every", "4 d", "--until=24 d"];

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder_with(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("counts.csv"), text).expect("a file");
    folder
}

fn short(folder: &Path, more: &[&str]) -> Output {
    thrombo_in(folder, &[&SHORT[..], more].concat())
}

/// What a command printed, without the run record.
fn rows(output: &Output) -> Vec<String> {
    let text = printed(output);
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

fn table(output: &Output, name: &str) -> Vec<serde_json::Value> {
    let document: serde_json::Value = serde_json::from_str(&printed(output)).expect("a document");
    document["tables"][name].as_array().cloned().unwrap_or_default()
}

/// A table of counts with a regimen is the same question as the records of both.
#[test]
fn invariant_counts_with_a_regimen_are_forecast_as_their_records() {
    let folder = folder_with(COUNTS);
    let counts = short(folder.path(), &["--regimen", "3 mg qd x7", "--out", "-"]);
    let records = "ID,TIME,EVID,AMT,ADDL,II,DV\nA,0,0,.,.,.,38\nA,0,1,3,6,24,.\nA,96,0,.,.,.,45\nA,168,0,.,.,.,58\n\
        B,0,0,.,.,.,30\nB,0,1,3,6,24,.\nB,168,0,.,.,.,31\n";
    fs::write(folder.path().join("counts.csv"), records).expect("a file");
    let records = short(folder.path(), &["--out", "-"]);
    let (counts, records) = (rows(&counts), rows(&records));
    assert_eq!(counts.len(), records.len());
    for (one, other) in counts.iter().zip(&records).skip(1) {
        for (a, b) in one.split(',').zip(other.split(',')).skip(1) {
            let (a, b): (f64, f64) = (a.parse().expect(a), b.parse().expect(b));
            assert!((a - b).abs() <= 1e-4 * b.abs().max(1e-2), "{one}\n{other}");
        }
    }
    // Without a column of IDs the counts are those of one subject.
    fs::write(folder.path().join("counts.csv"), "time_h,plt_1e9_l\n0,38\n96,45\n168,58\n")
        .expect("a file");
    let alone = rows(&short(folder.path(), &["--regimen", "3 mg qd x7", "--out", "-"]));
    let of_a = counts.iter().filter_map(|row| row.strip_prefix("A,"));
    assert_eq!(
        alone[1..].iter().filter_map(|row| row.strip_prefix("1,")).collect::<Vec<_>>(),
        of_a.collect::<Vec<_>>()
    );
}

/// With one count before treatment a forecast answers what `window` answers for a measured baseline.
#[test]
fn val_one_count_before_treatment_is_the_window_of_a_measured_baseline() {
    let folder = folder_with("id,time_d,plt_1e9_l\n1,0,35\n");
    let forecast = [
        "forecast",
        "counts.csv",
        "--regimen",
        "3 mg qd x7",
        "--variant",
        "B",
        "--posterior",
        "none",
        "--individuals",
        "6000",
        "--json",
    ];
    let courses = table(&thrombo_in(folder.path(), &forecast), "courses");
    let window = ["window", "--baseline", "35", "--variant", "B", "--subjects", "6000", "--json"];
    let days = table(&thrombo_in(folder.path(), &window), "days");
    let mut compared = 0;
    for row in &courses {
        let own = row["p_measured_at_least_level"].as_f64().expect("a probability");
        let day = row["time_h"].as_f64().expect("a time") / 24.0;
        let is_same = |other: &&serde_json::Value| {
            other["baseline"] == "measured" && other["elapsed_day"].as_f64() == Some(day)
        };
        let Some(other) = days.iter().find(is_same) else { continue };
        let other = other["p_at_threshold"].as_f64().expect("a probability");
        // Effective sizes of some 2,000 and 6,000: four standard errors.
        if day >= 5.0 {
            assert!((own - other).abs() < 0.04, "day {day}: {own} {other}");
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn invariant_a_folder_holds_all_tables_and_a_figure_for_each_subject() {
    let folder = folder_with(COUNTS);
    let asked = [
        "--regimen",
        "3 mg qd x5",
        "--procedure",
        "8..13",
        "--compare",
        "none",
        "--compare",
        "3 mg qd x12",
        "--next",
        "8 d",
        "--folder",
        "out",
    ];
    let text = printed(&short(folder.path(), &asked));
    for words in [
        "ID A: 38 on day 0, 45 on day 4, 58 on day 7",
        "3 mg qd x12",
        "One more observation, on day 8",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).expect(name);
    let lines = |name: &str| read(name).lines().filter(|line| !line.starts_with('#')).count();
    assert_eq!((lines("subjects.csv"), lines("answers.csv"), lines("next.csv")), (3, 7, 3));
    assert_eq!(lines("courses.csv"), 15, "2 subjects, 7 times");
    for id in ["A", "B"] {
        assert!(read(&format!("figures/{id}.svg")).contains(&format!("ID {id}")));
    }
    // More doses raise the course; none after the fifth day is what the regimen is already.
    let answers = read("answers.csv");
    let p = |id: &str, plan: &str| -> f64 {
        let row =
            answers.lines().find(|row| row.starts_with(&format!("{id},{plan},"))).expect(plan);
        row.split(',').nth(5).and_then(|cell| cell.parse().ok()).expect("a probability")
    };
    assert!((p("A", "none") - p("A", "as given")).abs() < 1e-3);
    assert!(p("B", "3 mg qd x12") > p("B", "as given"), "{answers}");
}

#[test]
fn regress_what_a_forecast_cannot_answer_is_said_in_a_sentence() {
    let folder = folder_with(COUNTS);
    for (more, words) in [
        (&["--procedure", "13..8"][..], "first and last as in 8..13"),
        (&["--probability", "2"], "between 0 and 1"),
        (&["--compare", "3 mg sc qd x7"], "no route `sc`: choose oral"),
        (&["--regimen", "3 ug/kg qd x7"], "mg"),
        (&["--regimen", "3 mg qd x7, stop"], "stopping rule"),
        (&["--next", "8"], "needs a unit"),
        (&["--set", "kc=100"], "have their own kc"),
        (&["--too-high", "40"], "larger value for --too-high"),
        (&["--shard", "1/2", "--out", "s", "--folder", "f"], "omit --folder"),
    ] {
        let output = short(folder.path(), more);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{more:?}: {}", said(&output));
    }
    let output = short(folder.path(), &[]);
    assert!(said(&output).contains("has no doses"), "{}", said(&output));
    let output = thrombo_in(
        folder.path(),
        &["forecast", "counts.csv", "--regimen", "3 mg qd x7", "--until", "3 d"],
    );
    assert!(said(&output).contains("ask for a later end"), "{}", said(&output));
    for (text, words) in [
        ("id,time_d,plt_1e9_l,amt\nA,0,38,.\nA,0,.,3\n", "omit the regimen"),
        ("id,time_d,plt_1e9_l,sd\nA,0,38,4\n", "column sd"),
        ("id,time_d,plt_1e9_l\nA,0,38000\n", "no forecast for ID A"),
        ("id,time_d,plt_1e9_l\nA,0,38,5\n", "must have 3 cells"),
        ("id,day,plt_1e9_l\nA,0,38\n", "TIME"),
    ] {
        fs::write(folder.path().join("counts.csv"), text).expect("a file");
        let output = short(folder.path(), &["--regimen", "3 mg qd x7"]);
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    }
}
