//! Predictions at records against libRoadRunner, which solves the exported SBML with the same doses.

use super::{AGREEMENT, Outcome, python_or_skip, run, tests, thrombo, words};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Models, variants and routes whose doses SBML can express.
const CASES: [(&str, &str); 6] = [
    ("b", "--regimen 3_mg_qd_x7"),
    ("d", "--variant D --regimen 4_mg_bid_x5 --set gv=0.2 --set d=0.05"),
    ("katsube", "--model katsube_2019 --set child_pugh_score=9 --set wt=80 --regimen 3_mg_qd_x7"),
    ("shimizu", "--model shimizu_2021 --regimen 3_mg_qd_x7"),
    ("wang_iv", "--model wang_2010 --regimen 10_ug/kg_iv_once"),
    ("wang_sc", "--model wang_2010 --regimen 3_ug/kg_sc_qw_x3"),
];

/// Writes the SBML of a case, its doses and counts as records, and the predictions at these records.
fn write_case(arguments: &str, folder: &Path) -> Outcome {
    fs::create_dir_all(folder)?;
    let arguments = words(arguments);
    thrombo("export", &arguments, &["--to", "sbml"], &folder.join("model.xml"))?;
    let records = folder.join("records.csv");
    let sampling = ["--every", "6 h", "--days", "40", "--format", "nonmem"];
    thrombo("simulate", &arguments, &sampling, &records)?;
    let regimen = arguments.iter().position(|word| word == "--regimen").ok_or("no regimen")?;
    let model = [&arguments[..regimen], &arguments[regimen + 2..]].concat();
    let data = ["--data", records.to_str().ok_or("a path")?];
    thrombo("simulate", &model, &data, &folder.join("predicted.csv"))
}

#[test]
fn val_predictions_at_records_are_those_of_libroadrunner() -> Outcome {
    // Source: libRoadRunner's CVODE on the exported SBML.
    let Some(python) = python_or_skip("val_predictions_at_records_are_those_of_libroadrunner")?
    else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let mut folders = Vec::new();
    for (name, arguments) in CASES {
        folders.push(folder.path().join(name));
        write_case(arguments, &folder.path().join(name))?;
    }
    let script = tests().join("read.py");
    let output = run(Command::new(python).arg(script).arg("--records").args(&folders))?;
    let found = String::from_utf8(output.stdout)?;
    assert_eq!(found.lines().count(), CASES.len(), "{found}");
    for line in found.lines() {
        let (case, rest) = line.split_once(' ').ok_or("a case")?;
        let (rows, difference) = rest.split_once(' ').ok_or("a number of rows")?;
        let (rows, difference): (usize, f64) = (rows.parse()?, difference.parse()?);
        assert!(rows == 161 && difference <= AGREEMENT, "{case}: {rows} rows, {difference:e}");
        println!("{case:8} {rows} rows {difference:.1e}");
    }
    Ok(())
}
