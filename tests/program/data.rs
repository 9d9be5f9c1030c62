//! Predictions at the records of a data set.

#[path = "../../benches/conformance/score.rs"]
mod score;

use crate::{printed, root, thrombo_in};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a command printed, without the run record.
fn rows(output: &Output) -> Vec<String> {
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    lines.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// A folder with one data set in it.
fn folder_with(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("data.csv"), text).expect("a file");
    folder
}

/// The command of a data set that stands in the folder.
fn simulated(folder: &Path, more: &[&str]) -> Output {
    thrombo_in(folder, &[&["simulate", "--data", "data.csv", "--quiet"], more].concat())
}

#[test]
fn val_every_case_of_the_independent_implementation_is_predicted() {
    let folder = root().join("benches/conformance");
    let program = Path::new(env!("CARGO_BIN_EXE_thrombo"));
    let files = fs::read_dir(folder.join("cases")).expect("the cases");
    let cases: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    assert!(cases.len() > 150, "{}", cases.len());
    for case in cases {
        let score = score::score(program, &case, &folder.join("models"), "EXPECTED");
        assert!(score.rows > 0 && score.worst < 1e-8, "{}: {score:?}", case.display());
        let text = fs::read_to_string(&case).expect("a case");
        assert!(!score::sentence(&text).is_empty(), "{}", case.display());
    }
}

/// The records that `simulate` writes give the curve again, in every model.
#[test]
fn invariant_the_records_of_a_course_give_its_counts() {
    for (model, regimen, set) in [
        ("mechanistic", "3 mg qd x7", &[][..]),
        ("katsube_2019", "3 mg qd x7", &["wt=58", "child_pugh_score=9"]),
        ("shimizu_2021", "3 mg qd x2", &[]),
        ("shimizu_2021_reduced", "3 mg qd x2", &[]),
        (
            "farrell_2014",
            "25 mg qd x5",
            &["female=1", "east_asian=1", "south_asian=0", "cld=1", "child_pugh_score=6"],
        ),
        ("wang_2010", "10 ug/kg iv once", &[]),
        ("petrov_2024", "3 ug/kg sc once", &["wt=70", "nab=0"]),
        ("panetta_2024", "50 mg/m^2 qd x3", &["ast=25"]),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let set: Vec<&str> = set.iter().flat_map(|own| ["--set", own]).collect();
        let course = ["simulate", "--model", model, "--regimen", regimen, "--until", "12 d"];
        let course = [&course[..], &["--every", "36 h", "--format", "nonmem"], &set].concat();
        let records = printed(&thrombo_in(folder.path(), &course));
        fs::write(folder.path().join("data.csv"), records).expect("a file");
        let output = simulated(folder.path(), &[&["--model", model], &set[..]].concat());
        printed(&output);
        let mut compared = 0;
        for row in &rows(&output)[1..] {
            let cells: Vec<&str> = row.split(',').collect();
            let [.., dv, pred] = cells[..] else { panic!("{row}") };
            let Ok(dv) = dv.parse::<f64>() else { continue };
            let pred: f64 = pred.parse().expect("a prediction");
            assert!((dv - pred).abs() < 1e-7 * dv, "{model}: {row}");
            compared += 1;
        }
        assert!(compared > 7, "{model}");
    }
}

#[test]
fn invariant_the_rows_of_a_file_stay_as_they_are() {
    let text = "# a comment\nID;TIME;AMT;NOTE;Pred\nA-1;0;3;\"first; dose\";7\nA-1;24;.;NA;8\nA-1;48;;;9\n";
    let folder = folder_with(text);
    let output = thrombo_in(folder.path(), &["simulate", "--data", "data.csv", "--output", "plt"]);
    printed(&output);
    let rows = rows(&output);
    assert_eq!(rows[0], "ID,TIME,AMT,NOTE,pred");
    for (row, start) in
        rows[1..].iter().zip(["A-1,0,3,first; dose,39.2", "A-1,24,.,NA,", "A-1,48,,,"])
    {
        assert!(row.starts_with(start), "{row}");
    }
    assert!(said(&output).contains("the column pred of the file is replaced"), "{}", said(&output));
}

/// A subject without a steady state has no prediction from there on, and all others do.
#[test]
fn invariant_a_subject_that_fails_is_named_and_the_rest_is_written() {
    let text = "ID,TIME,EVID,AMT,II,SS,CMT\n1,0,1,10,24,1,2\n1,5,0,.,.,.,.\n2,0,1,10,24,0,2\n2,24,1,9000,24,1,2\n\
                2,30,0,.,.,.,.\n3,0,1,20,24,1,1\n";
    let folder = folder_with(text);
    let model = root().join("benches/conformance/models/michaelis.model");
    let model = ["--model", model.to_str().expect("a path"), "--set", "lagt=0"];
    let output = simulated(folder.path(), &model);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let rows = rows(&output);
    let missing: Vec<bool> = rows[1..].iter().map(|row| row.ends_with(',')).collect();
    assert_eq!(missing, [false, false, false, true, true, false]);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        printed.contains("# failed: line 5, ID 2 TIME 24: there is no steady state"),
        "{printed}"
    );
    let beside = simulated(folder.path(), &[&model[..], &["--engine", "lanes"]].concat());
    assert_eq!(beside.status.code(), Some(1), "{}", said(&beside));
}

#[test]
fn regress_what_does_not_go_with_records_is_refused_by_name() {
    let folder = folder_with("ID,TIME,AMT\n1,0,3\n1,24,.\n");
    for (more, words) in [
        (&["--until", "40 d"][..], "--until"),
        (&["--every", "1 d"], "--every"),
        (&["--population", "healthy"], "--population"),
        (&["--regimen", "3 mg once"], "--regimen"),
        (&["--states"], "--states"),
        (&["--output", "kc"], "no output `kc`"),
        (&["--set", "n_platelet_stages=9"], "leave it at 1"),
        (&["--tolerance", "0.1"], "between 1e-13 and 1e-3"),
        (&["--subjects", "10", "--output", "plt"], "has no variability"),
        (
            &["--subjects", "10", "--output", "plt", "--parameters", "patients_covariates"],
            "effects use simulated covariates",
        ),
        (&["--model", "katsube_2019"], "give --set wt=64"),
    ] {
        let output = simulated(folder.path(), more);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{more:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{more:?}: {}", said(&output));
        assert!(output.stdout.is_empty(), "{more:?}");
    }
    for more in [&["--engine", "lanes"][..], &["--covariates", "linear"], &["--missing", "carry"]] {
        let arguments = [&["simulate", "--regimen", "3 mg once"], more].concat();
        let output = thrombo_in(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(said(&output).contains(more[0]), "{}", said(&output));
    }
}

#[test]
fn invariant_replicates_are_the_same_on_any_number_of_threads_and_by_both_engines() {
    let folder = folder_with("ID,TIME,AMT\n1,0,3\n1,24,3\n1,240,.\n2,0,3\n2,300,.\n");
    let quantiles = |more: &[&str]| {
        let model = ["--parameters", "calibrated", "--output", "plt", "--subjects", "40"];
        let output = simulated(folder.path(), &[&model[..], more].concat());
        printed(&output);
        rows(&output)
    };
    let one = quantiles(&["--threads", "1"]);
    assert!(one[0].ends_with("pred,pred_q05,pred_q25,pred_q50,pred_q75,pred_q95"), "{}", one[0]);
    assert_eq!(one, quantiles(&["--threads", "2"]));
    let alone = quantiles(&["--engine", "reference"]);
    for (a, b) in one[1..].iter().zip(&alone[1..]) {
        for (a, b) in a.split(',').zip(b.split(',')).skip(3) {
            let [a, b] = [a, b].map(|cell| cell.parse::<f64>().expect("a number"));
            assert!((a - b).abs() < 1e-6 * b, "{a} {b}");
        }
    }
}

/// Counts that a simulated trial saved are records of one variant and replicate.
#[test]
fn invariant_the_counts_of_a_simulated_trial_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let trial =
        ["trial", "l_plus_2", "--replicates", "1", "--variant", "B", "--save-replicates", "1"];
    printed(&thrombo_in(folder.path(), &[&trial[..], &["--out", "res", "--quiet"]].concat()));
    let counts = fs::read_to_string(folder.path().join("res/counts.csv")).expect("counts");
    fs::write(folder.path().join("data.csv"), counts).expect("a file");
    let output = simulated(folder.path(), &["--parameters", "calibrated", "--output", "plt"]);
    printed(&output);
    assert!(rows(&output).len() > 100);
}

const COUNTS: &str = "ID,TIME,EVID,AMT,ADDL,II,DV\nA,0,0,.,.,.,38\nA,0,1,3,6,24,.\nA,96,0,.,.,.,45\nA,168,0,.,.,.,58\n\
    B,0,0,.,.,.,30\nB,0,1,3,6,24,.\nB,168,0,.,.,.,31\n";

/// The arguments of a short forecast.
const FORECAST: [&str; 13] = [
    "forecast",
    "--out",
    "-",
    "--data",
    "data.csv",
    "--parameters",
    "calibrated",
    "--individuals",
    "800",
    "--every",
    "4 d",
    "--until",
    "16 d",
];

#[test]
fn invariant_the_forecast_of_a_subject_depends_on_no_other() {
    let folder = folder_with(COUNTS);
    let both = thrombo_in(folder.path(), &[&FORECAST[..], &["--threads", "1"]].concat());
    printed(&both);
    let both = rows(&both);
    let (header, rest) = COUNTS.split_once('\n').expect("a header");
    let alone: String =
        rest.lines().filter(|row| row.starts_with('B')).map(|row| row.to_owned() + "\n").collect();
    fs::write(folder.path().join("data.csv"), format!("{header}\n{alone}")).expect("a file");
    let alone = thrombo_in(folder.path(), &[&FORECAST[..], &["--threads", "2"]].concat());
    printed(&alone);
    let of_b: Vec<&String> = both.iter().filter(|row| row.starts_with('B')).collect();
    let alone = rows(&alone);
    assert_eq!(of_b, alone[1..].iter().collect::<Vec<_>>());
    let to_come: Vec<&&String> =
        of_b.iter().filter(|row| row.split(',').nth(2) == Some("1")).collect();
    assert_eq!((of_b.len(), to_come.len()), (5, 3), "8, 12 and 16 d are to come: {of_b:?}");
    // Who rose is more likely to be above 50 on day 12 than who did not.
    let p = |row: &str| row.split(',').nth(9).and_then(|cell| cell.parse::<f64>().ok()).expect(row);
    let day_12 =
        |id: &str| both.iter().find(|row| row.starts_with(&format!("{id},288,"))).expect(id);
    assert!(p(day_12("A")) > 0.9 && p(day_12("B")) < 0.5, "{both:?}");
}

#[test]
fn regress_observations_that_nobody_explains_have_no_forecast() {
    let folder = folder_with(&COUNTS.replace("B,168,0,.,.,.,31", "B,24,0,.,.,.,900"));
    let output = thrombo_in(folder.path(), &FORECAST);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("no forecast for ID B"), "{}", said(&output));
    let rows = rows(&output);
    assert!(
        rows.iter().any(|row| row.starts_with('A')) && !rows.iter().any(|row| row.starts_with('B'))
    );
    for (more, words) in [
        (&["--output", "tpo"][..], "give --level"),
        (&["--output", "x"], "no output `x`"),
        (&["--every", "0.001 h", "--until", "10000 d"], "of memory"),
    ] {
        let output = thrombo_in(folder.path(), &[&FORECAST[..7], more].concat());
        assert_eq!(output.status.code(), Some(2), "{more:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{more:?}: {}", said(&output));
    }
    let healthy = ["forecast", "data.csv", "--population", "healthy"];
    let output = thrombo_in(folder.path(), &healthy);
    assert!(said(&output).contains("has no variability"), "{}", said(&output));
}
