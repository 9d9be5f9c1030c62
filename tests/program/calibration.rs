//! The shipped calibration, as `docs/calibration` tells it.

use crate::{printed, root, thrombo_in};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Columns of a prediction that both tables have.
const TOLD: [&str; 5] = ["published", "q2.5", "median", "q97.5", "distance"];

/// The predictions of a table by trials, arm and name of the number.
fn predictions(path: &Path) -> BTreeMap<String, Vec<String>> {
    let mut table = csv::ReaderBuilder::new();
    let mut table = table.comment(Some(b'#')).from_path(path).expect("a table");
    let headers = table.headers().expect("headers").clone();
    let rows = table.records().map(|row| {
        let row = row.expect("a row");
        let cell = |name: &str| {
            let place = headers.iter().position(|header| header == name).expect(name);
            row[place].to_owned()
        };
        let name = ["trials", "arm", "id"].map(cell).join(" ");
        (name, TOLD.map(cell).to_vec())
    });
    rows.collect()
}

#[test]
fn regress_the_table_of_the_docs_is_what_validate_says_over_the_posterior() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let args = "validate --all --posterior calibrated --replicates 400 --seed 1 --out b.csv";
    printed(&thrombo_in(folder.path(), &args.split(' ').collect::<Vec<_>>()));
    let said = predictions(&folder.path().join("b.csv"));
    let told = predictions(&root().join("docs/calibration/targets_b.csv"));
    assert!(told.len() > 25, "{}", told.len());
    let mut seen = 0;
    for (name, row) in &told {
        // What is ignored has a prediction in the table, and validate leaves it out.
        if let Some(own) = said.get(name) {
            let differences = own.iter().zip(row).filter(|(own, row)| {
                match (own.parse::<f64>(), row.parse::<f64>()) {
                    // Processors agree to 1e-6; a count on the edge of a quantile is one patient.
                    (Ok(own), Ok(row)) => f64::abs(own - row) > 1e-6 * f64::abs(row),
                    _ => own != row,
                }
            });
            assert_eq!(differences.count(), 0, "{name}: {own:?}, in the docs {row:?}");
            seen += 1;
        }
    }
    assert!(seen > 25, "{seen}");
}

#[test]
fn regress_the_docs_count_the_numbers_that_are_met() {
    let text = fs::read_to_string(root().join("docs/calibration/README.md")).expect("the page");
    let mut words = Vec::new();
    for letter in ["a", "b", "c", "d"] {
        let path = root().join(format!("docs/calibration/targets_{letter}.csv"));
        let mut table = csv::Reader::from_path(path).expect("a table");
        let headers = table.headers().expect("headers").clone();
        let place = |name: &str| headers.iter().position(|h| h == name).expect(name);
        let (role, inside, id) = (place("role"), place("inside"), place("id"));
        let rows: Vec<csv::StringRecord> = table.records().flatten().collect();
        let of_role = |wanted: &str| rows.iter().filter(|r| &r[role] == wanted).collect::<Vec<_>>();
        let met = |rows: &[&csv::StringRecord]| rows.iter().filter(|r| &r[inside] == "1").count();
        let (own, checks) = (of_role("calibrate"), of_role("check_same_patients"));
        let others = of_role("validate_other_patients");
        let missed: Vec<&str> =
            rows.iter().filter(|r| &r[inside] == "0").map(|row| &row[id]).collect();
        words.push(format!(
            "| {} | {} of {} | {} of {} | {} of {} | {} |",
            letter.to_uppercase(),
            met(&own),
            own.len(),
            met(&checks),
            checks.len(),
            met(&others),
            others.len(),
            if missed.is_empty() { "–".to_owned() } else { format!("`{}`", missed.join("`, `")) }
        ));
    }
    for row in words {
        assert!(text.contains(&row), "docs/calibration/README.md lacks: {row}");
    }
}
