//! What is read from a table, rule by rule.

use super::{problems, reading, reading_with, records, structure, with_weight};
use crate::records::{Censoring, Direction, Evid, Options, Output, Rate, SteadyState, read};
use std::path::Path;

fn evids(text: &str) -> Vec<u8> {
    records(text).subjects.iter().flat_map(|s| &s.rows).map(|row| row.evid.number()).collect()
}

#[test]
fn invariant_r1_a_subject_is_a_run_of_one_id_as_written() {
    let found = records("ID,TIME,AMT\n7,0,1\n7,1,.\n007,0,1\nA b,0,2\n");
    let ids: Vec<_> = found.subjects.iter().map(|s| (s.id.as_str(), s.rows.len())).collect();
    assert_eq!(ids, [("7", 2), ("007", 1), ("A b", 1)]);
    let again = "ID,TIME,AMT\n7,0,1\n8,0,1\n7,5,1\n";
    let options = Options { id_runs_new: true, ..Options::default() };
    let found = reading_with(again, &options).into_records().expect("another subject");
    assert_eq!(found.subjects.len(), 3);
}

#[test]
fn invariant_r2_times_may_start_anywhere_and_a_reset_sets_the_clock_back() {
    let text =
        "ID,TIME,AMT,EVID\n1,-5,1,1\n1,0,0,0\n1,24,0,0\n1,0,0,3\n1,1,1,1\n1,0,2,4\n1,2,0,0\n";
    let found = records(text);
    let times: Vec<f64> = found.subjects[0].rows.iter().map(|row| row.time_h).collect();
    assert_eq!(times, [-5.0, 0.0, 24.0, 0.0, 1.0, 0.0, 2.0]);
    // Times that differ by rounding alone are the same.
    records("ID,TIME,AMT\n1,0.3,1\n1,0.30000000000000004,0\n1,0.3,0\n");
}

#[test]
fn invariant_r3_evid_is_derived_from_amt_rate_and_ss() {
    let text = "ID,TIME,AMT,RATE,SS,II\n1,0,1,.,.,.\n1,1,0,5,1,0\n1,2,0,-1,1,0\n1,3,.,.,.,.\n1,4,0,5,0,0\n";
    assert_eq!(evids(text), [1, 1, 1, 0, 0]);
    assert_eq!(
        evids("ID,TIME,AMT,EVID\n1,0,1,1\n1,1,.,.\n1,2,,2\n1,3,NA,3\n1,4,1,4\n"),
        [1, 0, 2, 3, 4]
    );
}

#[test]
fn invariant_r4_mdv_is_1_where_there_is_nothing_to_compare() {
    let mdv = |text: &str| -> Vec<bool> {
        records(text).subjects[0].rows.iter().map(|row| row.mdv).collect()
    };
    assert_eq!(mdv("ID,TIME,AMT,DV\n1,0,1,.\n1,1,.,5\n1,2,.,.\n"), [true, false, true]);
    assert_eq!(mdv("ID,TIME,AMT\n1,0,1\n1,1,.\n"), [true, true]);
    assert_eq!(mdv("ID,TIME,AMT,DV,MDV\n1,0,1,.,0\n1,1,.,5,1\n1,2,.,6,.\n"), [true, true, false]);
    let reading = reading("ID,TIME,AMT,DV,EVID\n1,0,1,9,1\n1,1,.,5,0\n1,2,.,7,2\n");
    let warning =
        "d.csv:2 ID 1 TIME 0: DV on a row that is not an observation (ignored) (W08, 2 rows)";
    assert_eq!(reading.warnings(), [warning]);
    assert_eq!(reading.records.subjects[0].rows[0].dv, None);
}

#[test]
fn invariant_r8_rate_says_what_a_dose_is() {
    let found = records("ID,TIME,AMT,RATE\n1,0,6,0\n1,1,6,2\n1,2,6,-1\n1,3,6,-2\n1,4,6,.\n");
    let rates: Vec<_> =
        found.subjects[0].rows.iter().map(|r| r.dose.expect("a dose").rate).collect();
    let expected =
        [Rate::Bolus, Rate::Fixed(2.0), Rate::Modelled, Rate::ModelledDuration, Rate::Bolus];
    assert_eq!(rates, expected);
}

#[test]
fn invariant_r11_ss_3_is_read_as_1_with_a_note() {
    let reading = reading("ID,TIME,AMT,SS,II\n1,0,6,3,12\n1,5,6,2,12\n");
    let ss: Vec<_> =
        reading.records.subjects[0].rows.iter().map(|r| r.dose.expect("a dose").ss).collect();
    assert_eq!(ss, [SteadyState::Replaces, SteadyState::Adds]);
    assert!(reading.findings.notes.contains(&"SS 3 is read as 1".to_owned()));
}

#[test]
fn invariant_r18_occasions_are_labels_in_the_order_of_appearance() {
    let text = "ID,TIME,AMT,DV,OCC\n1,0,1,.,b\n1,1,.,5,.\n1,1,1,.,a\n1,2,.,6,a\n1,3,.,4,b\n";
    let reading = reading(text);
    let subject = &reading.records.subjects[0];
    assert_eq!(subject.occasions, ["b", "a"]);
    let places: Vec<_> = subject.rows.iter().map(|row| row.occasion).collect();
    assert_eq!(places, [0, 0, 1, 1, 0].map(Some));
    let warned: Vec<_> = reading.findings.warnings.iter().map(|w| (w.code, w.place.line)).collect();
    assert!(warned.contains(&("W05", 6)) && !warned.contains(&("W05", 4)), "{warned:?}");
}

#[test]
fn invariant_r20_censoring_has_its_limits() {
    let text = "ID,TIME,AMT,DV,CENS,LIMIT\n1,0,1,.,.,.\n1,1,.,5,0,.\n1,2,.,5,1,.\n1,3,.,5,1,2\n1,4,.,5,-1,.\n";
    let found = records(text);
    let censoring: Vec<_> = found.subjects[0].rows.iter().map(|row| row.censoring).collect();
    let expected = [
        Censoring::None,
        Censoring::None,
        Censoring::Below(5.0),
        Censoring::Between(2.0, 5.0),
        Censoring::Above(5.0),
    ];
    assert_eq!(censoring, expected);
    let found = records("ID,TIME,AMT,DV,LLOQ\n1,0,1,.,1\n1,1,.,0.9,1\n1,2,.,1,1\n");
    let censoring: Vec<_> = found.subjects[0].rows.iter().map(|row| row.censoring).collect();
    assert_eq!(censoring, [Censoring::None, Censoring::Below(1.0), Censoring::None]);
    let options = Options { lloq: Some(2.0), ..Options::default() };
    let reading = reading_with("ID,TIME,AMT,DV\n1,0,1,.\n1,1,.,0.9\n", &options);
    assert_eq!(reading.records.subjects[0].rows[1].censoring, Censoring::Below(2.0));
}

#[test]
fn invariant_r21_a_missing_covariate_is_never_0() {
    let text = "ID,TIME,AMT,WT\n1,0,1,.\n1,1,.,60\n1,2,.,.\n2,0,1,.\n";
    let structure = with_weight(Direction::Backward);
    let weights = |options: &Options| -> Vec<f64> {
        let reading = read(Path::new("d.csv"), text, Some(&structure), options);
        reading.records.subjects.iter().flat_map(|s| &s.rows).map(|row| row.covariates[0]).collect()
    };
    let carry = Options { carry: true, ..Options::default() };
    assert_eq!(weights(&carry)[..3], [60.0, 60.0, 60.0]);
    assert!(weights(&carry)[3].is_nan(), "a subject without any value");
    let value = Options { missing: vec![("WT".to_owned(), 70.0)], ..Options::default() };
    assert_eq!(weights(&value), [70.0, 60.0, 70.0, 70.0]);
    let reading = read(Path::new("d.csv"), text, Some(&structure), &Options::default());
    assert_eq!(reading.problems().len(), 3);
}

#[test]
fn invariant_r22_the_output_of_a_row_is_chosen_in_order() {
    let mut structure = structure();
    structure.outputs.push(Output {
        name: "plt".to_owned(),
        dvid: 2,
        cmt: Some(3),
        unit: "10^9/L".to_owned(),
        is_lognormal: false,
    });
    let output = |dvid, cmt, wanted| structure.output_of((dvid, cmt), wanted);
    assert_eq!(output(Some("2"), Some(1), Some("conc")), Ok(1));
    assert_eq!(output(Some("CONC"), Some(3), None), Ok(0));
    assert_eq!(output(None, Some(3), Some("conc")), Ok(1));
    assert_eq!(output(None, Some(2), Some("conc")), Ok(0));
    assert!(output(None, None, None).expect_err("none").contains("1 conc, 2 plt"));
    assert_eq!(structure.count_output().map(|out| out.name.as_str()), Some("plt"));
    structure.outputs.pop();
    assert_eq!(structure.output_of((Some("9"), Some(8)), None), Ok(0));
}

#[test]
fn invariant_names_are_read_in_any_case_and_units_from_their_ends() {
    let found = records("id;Time_D;amt_ug;Dv\n1;0;1000;.\n1;1.5;.;4\n");
    let rows = &found.subjects[0].rows;
    assert_eq!((rows[1].time_h, rows[0].dose.map(|dose| dose.amt)), (36.0, Some(1.0)));
    assert_eq!(found.columns.time_name(), "d");
    // Beside the plain names these are ordinary columns.
    let reading = reading("ID,TIME,TIME_NOM,AMT,AMT_PLANNED,DV\n1,0,0,3,3,.\n1,1,1,.,.,4\n");
    assert_eq!(problems(&reading), Vec::<String>::new());
    assert_eq!(reading.records.columns.additional, ["TIME_NOM", "AMT_PLANNED"]);
}

#[test]
fn invariant_names_of_adppk_are_mapped_where_the_usual_name_is_absent() {
    let text =
        "USUBJID,AFRLT,NFRLT,EVID,AMT,DV,MDV,ALLOQ\nA-1,0,0,1,3,.,1,.\nA-1,1.1,1,0,.,0.3,0,0.5\n";
    let reading = reading(text);
    let row = &reading.records.subjects[0].rows[1];
    assert_eq!((row.time_h, row.censoring), (1.1, Censoring::Below(0.5)));
    let notes = &reading.findings.notes;
    assert!(notes.contains(&"AFRLT is read as TIME".to_owned()), "{notes:?}");
    let found = records("ID,USUBJID,TIME,AFRLT,AMT\n1,A-1,5,0,3\n");
    assert_eq!((found.subjects[0].id.as_str(), found.subjects[0].rows[0].time_h), ("1", 5.0));
}

#[test]
fn invariant_comments_marks_and_other_columns_do_no_harm() {
    let text = "\u{feff}# a remark\r\n\"\",\"ID\",\"TIME\",\"AMT\",\"CL\"\r\n1,1,0,3,5\r\n#2,2,0,3,5\r\n3,1,1,.,5\r\n";
    let reading = reading_with(text, &Options::default());
    assert_eq!(problems(&reading), Vec::<String>::new());
    assert_eq!(reading.records.subjects.len(), 1);
    let note = "column CL is not used; cl is a parameter".to_owned();
    assert!(reading.findings.notes.contains(&note), "{:?}", reading.findings.notes);
    let options = Options { ignore: Some('C'), ..Options::default() };
    let reading = reading_with("ID,TIME,AMT\nC,0,x\n1,0,3\n", &options);
    assert_eq!(problems(&reading), Vec::<String>::new());
    assert_eq!(reading.records.subjects[0].rows[0].evid, Evid::Dose);
}

/// R21. A value that is set replaces a missing column, not missing cells.
#[test]
fn invariant_r21_a_value_that_is_set_fills_no_column() {
    let options = Options {
        covariates: vec!["wt".to_owned(), "age".to_owned()],
        set: vec![("wt".to_owned(), 70.0), ("age".to_owned(), 50.0)],
        ..Options::default()
    };
    let text = "ID,TIME,DV,WT\n1,0,5,60\n1,1,6,.\n";
    let found = read(Path::new("d.csv"), text, None, &options);
    assert_eq!(problems(&found).len(), 1, "{:?}", problems(&found));
    assert!(problems(&found)[0].contains("covariate WT is missing"), "{:?}", problems(&found));
    let found = read(Path::new("d.csv"), &text.replace("6,.", "6,61"), None, &options);
    let rows = &found.into_records().expect("records").subjects[0].rows;
    assert_eq!([&rows[0].covariates[..], &rows[1].covariates[..]], [[60.0, 50.0], [61.0, 50.0]]);
}
