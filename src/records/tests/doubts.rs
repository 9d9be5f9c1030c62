//! What is doubtful, and that any text at all is read without an end of the program.

use super::{offered, problems, reading, structure};
use crate::records::{Covariate, Direction, Options, Properties, Structure, read, schedule};
use proptest::prelude::*;
use std::path::Path;

#[test]
fn invariant_w09_magnitudes_that_suggest_another_unit() {
    let codes = |text: &str| -> Vec<String> {
        let found = reading(text);
        found.findings.warnings.into_iter().filter(|w| w.code == "W09").map(|w| w.text).collect()
    };
    let counts = "ID,TIME,AMT,DV\n1,0,3,.\n1,24,.,31000\n1,48,.,35000\n";
    assert!(codes(counts)[0].starts_with("DV is about 35000: platelet counts per microlitre?"));
    assert!(codes("ID,TIME,AMT,DV\n1,0,3,.\n1,24,.,3123.4\n").is_empty());
    let mut structure = structure();
    structure.outputs[0].unit = "10^9/L".to_owned();
    let days = "ID,TIME,AMT,DV\n1,0,3,.\n1,5,.,31\n1,14,.,60\n1,35,.,40\n";
    let found = read(Path::new("d.csv"), days, Some(&structure), &Options::default());
    let warning = &found.findings.warnings[0];
    assert_eq!(warning.code, "W09");
    assert!(warning.text.contains("5 to 35: days?"), "{}", warning.text);
}

#[test]
fn invariant_w02_is_told_by_subject_and_not_of_files_without_amounts() {
    let said = |text: &str| reading(text).warnings();
    let one = "d.csv:2 ID 1 TIME 0: subject has no dose: kept (W02, 2 subjects)";
    assert_eq!(said("ID,TIME,AMT,DV\n1,0,.,4\n1,1,.,5\n2,0,.,4\n2,1,.,5\n"), [one]);
    assert_eq!(said("ID,TIME,DV\n1,0,4\n1,1,5\n2,0,4\n"), Vec::<String>::new());
}

/// A cell that somebody may have written.
fn cell() -> impl Strategy<Value = String> {
    let usual = ["0", "1", "2", ".", "", "NA", "-1", "-2", "3", "4", "12", "0.5", "24"];
    let odd = [
        "1e9", "1e308", "-1e308", "9:30", "NaN", "x", "\"", "2,5", "101", "1e-300", "\u{feff}",
        "-0",
    ];
    prop_oneof![
        5 => proptest::sample::select(usual.map(str::to_owned).to_vec()),
        1 => proptest::sample::select(odd.map(str::to_owned).to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn prop_any_table_is_read_and_scheduled_or_refused_with_its_lines(
        columns in proptest::sample::subsequence(
            vec!["ID", "TIME", "AMT", "RATE", "II", "ADDL", "SS", "EVID", "MDV", "CMT", "DV", "CENS", "WT"], 3..13),
        cells in proptest::collection::vec(cell(), 0..100),
    ) {
        let mut text = columns.join(",") + "\n";
        for row in cells.chunks(columns.len()) {
            text += &(row.join(",") + "\n");
        }
        let lines = text.lines().count();
        let options = Options { every_number: true, ..Options::default() };
        let free = read(Path::new("d.csv"), &text, None, &options);
        prop_assert!(free.problems().iter().all(|problem| problem.line <= lines));
        let _ = free.summary(None).lines();
        let structure = structure();
        let bound = read(Path::new("d.csv"), &text, Some(&structure), &Options::default());
        // What is refused without a model is refused with one.
        prop_assert!(bound.problems().len() >= problems(&free).len());
        for subject in &bound.records.subjects {
            let given = Properties {
                lag_h: 1.5,
                rate: Some(2.0),
                duration_h: Some(5.0),
                f: 0.7,
                ..Properties::default()
            };
            if let Ok(schedule) = schedule(subject, &structure, &mut |_| given) {
                let predictions = schedule.events.iter();
                let is_one = |e: &&crate::records::Event| e.action == crate::records::Action::Predict;
                prop_assert_eq!(predictions.filter(is_one).count(), subject.rows.len());
            }
        }
    }
}

#[test]
fn invariant_d02_a_number_that_is_no_code_of_a_category() {
    let codes = vec![("male".to_owned(), 0), ("female".to_owned(), 1)];
    let sex = Covariate {
        name: "sex".to_owned(),
        value: 0.0,
        unit: "1".to_owned(),
        direction: Direction::Backward,
        codes,
    };
    let structure = Structure { covariates: vec![sex], ..structure() };
    let text = "ID,TIME,AMT,SEX\n1,0,1,1\n1,1,.,3\n";
    let reading = read(Path::new("d.csv"), text, Some(&structure), &offered());
    let expected =
        "d.csv:3 ID 1 TIME 1: SEX 3 is not a code of `sex`: the codes are 0 (male) and 1 (female)";
    assert_eq!(problems(&reading), [expected]);
}
