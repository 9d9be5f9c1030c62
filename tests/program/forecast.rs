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
            if a == b {
                continue;
            }
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
        ("id,time_d,plt_1e9_l,sd\nA,0,38,-4\n", "sd -4 is not above 0"),
        ("id,time_d,plt_1e9_l\nA,0,38000\n", "no forecast for ID A"),
        ("id,time_d,plt_1e9_l\nA,0,38,5\n", "must have 3 cells"),
        ("id,day,plt_1e9_l\nA,0,38\n", "TIME"),
    ] {
        fs::write(folder.path().join("counts.csv"), text).expect("a file");
        let output = short(folder.path(), &["--regimen", "3 mg qd x7"]);
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    }
}

/// The median of the true count on a day.
fn median(output: &Output, day: f64) -> f64 {
    let courses = table(output, "courses");
    let is_then = |row: &&serde_json::Value| {
        row["time_h"].as_f64().is_some_and(|time_h| (time_h - 24.0 * day).abs() < 1e-9)
    };
    courses.iter().find(is_then).and_then(|row| row["plt_q50"].as_f64()).expect("a median")
}

#[test]
fn invariant_a_count_says_as_much_as_its_own_standard_deviation_allows() {
    let with_sd = |sd: &str| {
        let text = format!("id,time_d,plt_1e9_l,sd\nA,0,38,\nA,8,20,{sd}\n");
        let folder = folder_with(&text);
        short(folder.path(), &["--regimen", "3 mg qd x7", "--json"])
    };
    let day_12 = |sd: &str| median(&with_sd(sd), 12.0);
    let without = folder_with("id,time_d,plt_1e9_l\nA,0,38\n");
    let without = short(without.path(), &["--regimen", "3 mg qd x7", "--json"]);
    assert!((day_12("1e4") / median(&without, 12.0) - 1.0).abs() < 0.01);
    assert!(day_12("2") < day_12("") && day_12("") < 0.8 * day_12("1e4"));
    let refused = said(&with_sd("0"));
    assert!(refused.contains("counts.csv:3 ID A TIME 8: sd 0 is not above 0"), "{refused}");
}

#[test]
fn invariant_a_transfusion_among_the_counts_raises_the_course_that_follows() {
    let forecast = |rows: &str| {
        let folder = folder_with(&format!("id,time_d,plt_1e9_l,event,amount\nA,0,38,,\n{rows}"));
        short(folder.path(), &["--regimen", "3 mg qd x7", "--json"])
    };
    let with = forecast("A,3,,transfusion,300\n");
    let without = forecast("");
    assert_eq!(table(&with, "subjects")[0]["observations"], 1);
    let (with, without) = (median(&with, 4.0), median(&without, 4.0));
    assert!(with > without + 10.0, "{with} {without}");
    let unknown = said(&forecast("A,3,,transfussion,300\n"));
    assert!(unknown.contains("EVENT transfussion: the model has no such event"), "{unknown}");
}

/// Counts of a course with kc 90 ng/mL and plt0 31, with a normal error of 3: few individuals explain all of them.
#[test]
fn invariant_many_counts_are_explained_by_individuals_that_are_drawn_for_them() {
    const COUNTS: [f64; 14] =
        [29.9, 29.7, 27.2, 27.3, 28.7, 35.7, 39.6, 43.3, 48.9, 48.9, 56.2, 59.7, 62.3, 57.3];
    let rows = COUNTS.iter().enumerate().map(|(day, count)| format!("A,{day},{count},3\n"));
    let text = "id,time_d,plt_1e9_l,sd\n".to_owned() + &rows.collect::<String>();
    let folder = folder_with(&text);
    let of_one = ["--variant", "B", "--individuals", "2000", "--regimen", "3 mg qd x7", "--json"];
    let found = thrombo_in(folder.path(), &[&["forecast", "counts.csv"][..], &of_one].concat());
    let subject = &table(&found, "subjects")[0];
    assert!(subject["refinements"].as_u64().is_some_and(|rounds| rounds > 0), "{subject}");
    assert!(subject["effective_size"].as_f64().is_some_and(|size| size > 100.0), "{subject}");
    // The course itself, without error.
    for (day, expected) in [(16.0, 53.907), (20.0, 43.874)] {
        let found = median(&found, day);
        assert!((found - expected).abs() < 3.0, "{day}: {found}");
    }
}
