//! Every error with its exact words.

use super::{offered, problems, reading, reading_with, structure};
use crate::records::{
    Covariate, Direction, Entry, Options, Output, Purpose, Route, Structure, read,
};
use std::path::Path;

/// That `text`, read without a model, has just these problems.
fn expect(text: &str, expected: &[&str]) {
    assert_eq!(problems(&reading(text)), flagged(expected), "{text}");
}

/// The same against a structure.
fn expect_of(structure: &Structure, options: &Options, text: &str, expected: &[&str]) {
    let reading = read(Path::new("d.csv"), text, Some(structure), options);
    assert_eq!(problems(&reading), flagged(expected), "{text}");
}

/// Expected words, in which `~` stands for the dashes of a flag.
fn flagged(expected: &[&str]) -> Vec<String> {
    expected.iter().map(|text| text.replace('~', "--")).collect()
}

/// The same against the structure of the tests.
fn expect_with(text: &str, expected: &[&str]) {
    expect_of(&structure(), &offered(), text, expected);
}

fn fitting() -> Options {
    Options { purpose: Purpose::Fit, ..Options::default() }
}

#[test]
fn invariant_e01_units_that_do_not_fit() {
    let text = "ID,TIME,AMT_NMOL,CMT\n1,0,5,1\n1,1,5,1\n";
    expect_with(
        text,
        &["d.csv:1: AMT_NMOL: the route `oral` takes mg, and the model has no molar mass"],
    );
    let structure = Structure { molar_mass: Some(500.0), ..structure() };
    expect_of(&structure, &offered(), text, &[]);
    let text = "ID,TIME,AMT,DV_1e9_L\n1,0,5,.\n1,1,.,3\n1,2,.,4\n";
    let words =
        "DV_1e9_L: the output `conc` is in ng/mL, and the one cannot be converted into the other";
    expect_of(&structure, &offered(), text, &[&format!("d.csv:1: {words}")]);
    let found = super::records("ID,TIME,AMT,DV_MG_L\n1,0,5,.\n1,1,.,3\n");
    assert_eq!(found.subjects[0].rows[1].dv, Some(3000.0));
    expect("ID,TIME_X,AMT\n1,0,5\n", &["d.csv:1: TIME_X: not a unit of time"]);
}

#[test]
fn invariant_e02_a_column_that_appears_twice() {
    expect(
        "ID,TIME,DV,AMT,WT,x,y,z,AMT\n1,0,.,1,2,3,4,5,6\n",
        &["d.csv:1: column AMT appears twice (columns 4 and 9)"],
    );
    expect(
        "ID,TIME,AMT,WT,wt\n1,0,1,2,3\n",
        &["d.csv:1: column WT appears twice as wt (columns 4 and 5)"],
    );
}

#[test]
fn invariant_e03_an_id_that_appears_again() {
    expect(
        "ID,TIME,AMT\n7,0,1\n7,1,.\n8,0,1\n7,5,1\n",
        &[
            "d.csv:5 ID 7 TIME 5: ID 7 appears again after other subjects (first rows 2-3): sort the file, or \
           give ~id-runs new",
        ],
    );
}

#[test]
fn invariant_e04_a_time_before_the_previous_one() {
    expect(
        "ID,TIME,AMT\n7,24,1\n7,20,.\n",
        &[
            "d.csv:3 ID 7 TIME 20: TIME 20 is before the previous row's 24: only EVID 3 or 4 may set the clock \
           back",
        ],
    );
    // Nothing is said where the row between could not be read: it may have been a reset.
    expect(
        "ID,TIME,AMT,EVID\n7,24,1,1\n7,0,.,x\n7,1,.,0\n",
        &["d.csv:3 ID 7 TIME 0: EVID x is not a finite number"],
    );
    let found = problems(&reading("ID,TIME,AMT,EVID\n7,24,1,1\n7,0,.\n7,1,.,0\n"));
    assert!(found.len() == 1 && found[0].contains("must have 4 cells"), "{found:?}");
}

#[test]
fn invariant_e05_an_evid_that_does_not_exist() {
    expect(
        "ID,TIME,AMT,EVID\n1,0,1,101\n1,1,1,201\n1,2,1,5\n1,3,1,1.5\n",
        &[
            "d.csv:2 ID 1 TIME 0: EVID 101 is an RxODE code: write EVID 1 with CMT 1 (infusions need RATE)",
            "d.csv:3 ID 1 TIME 1: EVID 201 is an RxODE code: write EVID 1 with CMT 2 (infusions need RATE)",
            "d.csv:4 ID 1 TIME 2: EVID 5 is not one of 0, 1, 2, 3, 4",
            "d.csv:5 ID 1 TIME 3: EVID 1.5 is not one of 0, 1, 2, 3, 4",
        ],
    );
}

#[test]
fn invariant_e06_a_dose_without_an_amount() {
    let only = "(only a constant infusion to steady state, SS 1 or 2, RATE > 0 or -1, II 0, may have AMT 0)";
    let of = |line: usize, time: usize, evid: usize| {
        format!(
            "d.csv:{line} ID 1 TIME {time}: a dose (EVID {evid}) needs AMT > 0; AMT is 0 {only}"
        )
    };
    let expected = [of(2, 0, 1), of(3, 1, 4)];
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    expect("ID,TIME,AMT,EVID,SS,RATE\n1,0,0,1,0,0\n1,1,.,4,0,5\n1,2,0,1,1,5\n", &expected);
}

#[test]
fn invariant_e07_an_observation_without_dv() {
    let text = "ID,TIME,AMT,DV,MDV\n1,0,1,.,1\n1,1,.,.,0\n1,2,.,3,0\n";
    let words =
        "an observation marked MDV 0 has no DV: give DV, or MDV 1 to ask for a prediction only";
    expect_of(&structure(), &fitting(), text, &[&format!("d.csv:3 ID 1 TIME 1: {words}")]);
    let reading = reading(text);
    assert_eq!(problems(&reading), Vec::<String>::new());
    assert_eq!(reading.warnings(), [format!("d.csv:3 ID 1 TIME 1: {words} (W10)")]);
}

#[test]
fn invariant_e08_numbers_that_are_none() {
    expect(
        "ID,TIME,AMT,DV,II,ADDL\n1,0,-3,.,.,.\n1,1,.,NaN,.,.\n1,inf,.,5,.,.\n1,3,3,.,-12,1\n,4,3,.,.,.\n1,.,3,.,.,.\n",
        &[
            "d.csv:2 ID 1 TIME 0: AMT -3 is negative",
            "d.csv:3 ID 1 TIME 1: DV NaN is not a finite number; write . for a missing number",
            "d.csv:4 ID 1 TIME inf: TIME inf is not a finite number",
            "d.csv:5 ID 1 TIME 3: II -12 is negative",
            "d.csv:6 ID . TIME 4: ID is missing",
            "d.csv:7 ID 1 TIME .: TIME is missing",
        ],
    );
    expect(
        "ID;TIME;AMT\n1;0;2,5\n",
        &[
            "d.csv:2 ID 1 TIME 0: AMT 2,5 is not a finite number; this looks like a decimal comma, write 2.5",
        ],
    );
    expect("TIME,AMT,TAD\n0,1,2\n", &["d.csv:1: there is no column ID"]);
}

fn weighed() -> Structure {
    let covariate = Covariate {
        name: "wt".to_owned(),
        value: 70.0,
        unit: "kg".to_owned(),
        direction: Direction::Backward,
        codes: Vec::new(),
    };
    Structure { covariates: vec![covariate], ..structure() }
}

#[test]
fn invariant_e09_and_e23_a_covariate_that_is_missing() {
    expect_of(
        &weighed(),
        &offered(),
        "ID,TIME,AMT,WT\n1,0,1,.\n1,1,.,70\n",
        &["d.csv:2 ID 1 TIME 0: covariate WT is missing: give ~missing carry, or ~missing wt=70"],
    );
    let text = "ID,TIME,AMT\n1,0,1\n";
    expect_of(
        &weighed(),
        &offered(),
        text,
        &["d.csv:1: covariate wt is not in the file: add a column, or give ~set wt=70"],
    );
    let options = Options { set: vec![("wt".to_owned(), 60.0)], ..Options::default() };
    let reading = read(Path::new("d.csv"), text, Some(&weighed()), &options);
    assert_eq!(problems(&reading), Vec::<String>::new());
    assert_eq!(reading.records.subjects[0].rows[0].covariates, [60.0]);
}

#[test]
fn invariant_e10_and_e11_compartments_that_do_not_exist() {
    expect_with(
        "ID,TIME,AMT,CMT\n1,0,1,4\n1,1,1,-2\n1,2,1,3\n1,3,.,9\n1,4,1,1.5\n",
        &[
            "d.csv:2 ID 1 TIME 0: CMT 4 does not exist: the model has 1 depot, 2 central, 3 peripheral",
            "d.csv:3 ID 1 TIME 1: CMT -2: switching compartments off is not supported",
            "d.csv:6 ID 1 TIME 4: CMT 1.5 is not a whole number",
        ],
    );
}

#[test]
fn invariant_e12_rates_that_nothing_gives() {
    let route = Route {
        name: "oral".to_owned(),
        number: 1,
        unit: "mg".to_owned(),
        entries: vec![Entry::default()],
    };
    let structure = Structure { routes: vec![route], ..structure() };
    expect_of(
        &structure,
        &offered(),
        "ID,TIME,AMT,CMT,RATE\n1,0,1,2,-2\n1,1,1,.,-1\n1,2,1,1,-3\n1,3,1,1,5\n",
        &[
            "d.csv:2 ID 1 TIME 0: RATE -2 needs `duration` for CMT 2: the model declares none",
            "d.csv:3 ID 1 TIME 1: RATE -1 needs `rate` for CMT 1: the model declares none",
            "d.csv:4 ID 1 TIME 2: RATE -3 is not one of -2, -1, 0 or > 0",
        ],
    );
}

#[test]
fn invariant_e13_additional_doses_without_an_interval() {
    expect(
        "ID,TIME,AMT,ADDL,II\n1,0,1,6,0\n1,1,1,2.5,12\n1,2,1,-1,12\n1,3,1,1e9,12\n",
        &[
            "d.csv:2 ID 1 TIME 0: ADDL 6 needs II > 0; II is 0",
            "d.csv:3 ID 1 TIME 1: ADDL 2.5 is not a whole number >= 0",
            "d.csv:4 ID 1 TIME 2: ADDL -1 is not a whole number >= 0",
            "d.csv:5 ID 1 TIME 3: ADDL 1000000000 is more than 100000, the most that is supported",
        ],
    );
}

#[test]
fn invariant_e14_and_e15_steady_states_that_do_not_exist() {
    expect(
        "ID,TIME,AMT,SS,II,RATE,ADDL\n1,0,1,1,0,0,0\n1,1,0,2,24,5,0\n1,2,1,4,12,0,0\n1,3,1,2,0,5,0\n1,4,0,1,0,5,2\n",
        &[
            "d.csv:2 ID 1 TIME 0: SS=1 with a bolus or a finite infusion needs II > 0; II is 0",
            "d.csv:3 ID 1 TIME 1: a constant infusion (AMT 0) needs II 0; II is 24",
            "d.csv:4 ID 1 TIME 2: SS 4 is not one of 0, 1, 2, 3 (3 is read as 1, with a note)",
            "d.csv:5 ID 1 TIME 3: SS=2 with a bolus or a finite infusion needs II > 0; II is 0",
            "d.csv:6 ID 1 TIME 4: ADDL 2 needs II > 0; II is 0",
        ],
    );
}

#[test]
fn invariant_e16_adding_to_a_model_with_feedback() {
    let structure = Structure {
        model: "mechanistic".to_owned(),
        not_linear: Some("has feedback".to_owned()),
        ..structure()
    };
    expect_of(
        &structure,
        &offered(),
        "ID,TIME,AMT,SS,II\n1,0,1,2,24\n1,9,1,1,24\n",
        &[
            "d.csv:2 ID 1 TIME 0: SS=2 adds amounts and is meaningful only for a linear model: model \
         `mechanistic` has feedback",
        ],
    );
}

#[test]
fn invariant_e18_censoring_without_its_limits() {
    let text = "ID,TIME,AMT,DV,CENS,LIMIT\n1,0,1,.,.,.\n1,1,.,.,1,.\n1,2,.,2,1,5\n1,3,.,2,2,.\n1,4,.,2,0,.\n";
    expect_of(
        &structure(),
        &fitting(),
        text,
        &[
            "d.csv:3 ID 1 TIME 1: CENS 1 needs the limit in DV",
            "d.csv:4 ID 1 TIME 2: LIMIT 5 is above DV 2",
            "d.csv:5 ID 1 TIME 3: CENS 2 is not one of -1, 0, 1",
        ],
    );
    let reading = reading_with(text, &offered());
    assert_eq!(problems(&reading), Vec::<String>::new());
    assert!(reading.findings.warnings.iter().any(|warning| warning.code == "E18"));
}

#[test]
fn invariant_e19_an_observation_without_a_logarithm() {
    let output = Output { name: "conc".to_owned(), is_lognormal: true, ..Output::default() };
    let structure = Structure { outputs: vec![output], ..structure() };
    let text = "ID,TIME,AMT,DV\n1,0,1,.\n1,1,.,0\n1,2,.,3\n";
    expect_of(
        &structure,
        &fitting(),
        text,
        &[
            "d.csv:3 ID 1 TIME 1: DV 0 cannot be taken as a logarithm (log-normal error): censor it or drop it",
        ],
    );
}

#[test]
fn invariant_e21_subjects_without_observations_or_doses_are_kept() {
    let reading = reading("ID,TIME,AMT,DV\n1,0,1,.\n2,0,.,5\n3,0,1,.\n3,1,.,5\n");
    assert_eq!(problems(&reading), Vec::<String>::new());
    assert_eq!(reading.records.subjects.len(), 3);
    assert_eq!(
        reading.warnings(),
        [
            "d.csv:2 ID 1 TIME 0: subject has no observation: kept, contributes 0 (W01)",
            "d.csv:3 ID 2 TIME 0: subject has no dose: kept (W02)",
        ]
    );
}

#[test]
fn invariant_e22_a_file_with_nothing_to_fit() {
    let text = "ID,TIME,AMT,DV\n1,0,1,.\n1,1,.,.\n";
    expect_of(
        &structure(),
        &fitting(),
        text,
        &["d.csv: the file has no row with EVID 0 and MDV 0: nothing to fit"],
    );
    assert!(reading(text).findings.warnings.iter().any(|warning| warning.code == "E22"));
    let without = reading("ID,TIME,AMT\n1,0,1\n1,1,.\n");
    assert_eq!(without.warnings(), Vec::<String>::new());
}

#[test]
fn invariant_e24_what_other_programs_know_is_refused_by_name() {
    expect(
        "ID,DATE,TIME,AMT,PCMT,dat2\n1,1,0,1,1,1\n",
        &[
            "d.csv:1: column DATE is not supported: delete or rename it",
            "d.csv:1: column PCMT is not supported: delete or rename it",
            "d.csv:1: column dat2 is not supported: delete or rename it",
        ],
    );
    expect(
        "ID,TIME,AMT,PCMT\n1,0,-1,1\n",
        &[
            "d.csv:1: column PCMT is not supported: delete or rename it",
            "d.csv:2 ID 1 TIME 0: AMT -1 is negative",
        ],
    );
    expect(
        "ID,TIME,AMT,MDV\n1,0,1,100\n1,9:30,.,0\n1,10,.,101\n",
        &[
            "d.csv:2 ID 1 TIME 0: MDV 100 is not 0 or 1",
            "d.csv:3 ID 1 TIME 9:30: TIME 9:30 is a clock time: write elapsed hours",
            "d.csv:4 ID 1 TIME 10: MDV 101 is not 0 or 1",
        ],
    );
}

#[test]
fn invariant_e25_and_e26_outputs_and_events_that_are_not_the_models() {
    let mut structure = structure();
    structure.outputs.push(Output { name: "plt".to_owned(), dvid: 2, ..Output::default() });
    structure.events.push("transfusion".to_owned());
    expect_of(
        &structure,
        &offered(),
        "ID,TIME,AMT,EVID,DVID,DV,EVENT\n1,0,1,1,0,.,.\n1,1,.,0,3,5,.\n1,2,.,0,.,5,.\n1,3,2,2,.,.,transfuse\n\
         1,4,2,2,.,.,transfusion\n1,5,.,0,1,3,transfusion\n",
        &[
            "d.csv:3 ID 1 TIME 1: DVID 3 is not an output: the model has 1 conc, 2 plt",
            "d.csv:4 ID 1 TIME 2: no output is chosen: the model has 1 conc, 2 plt; give DVID, or ~output NAME",
            "d.csv:5 ID 1 TIME 3: EVENT transfuse: the model has no such event: did you mean `transfusion`?",
            "d.csv:7 ID 1 TIME 5: EVENT transfusion needs EVID 2",
        ],
    );
}

#[test]
fn invariant_problems_are_sorted_by_line_and_the_rest_counted() {
    let text = "ID,TIME,AMT\n".to_owned() + &"1,0,x\n".repeat(60) + "1,0\n";
    let found = problems(&reading(&text));
    assert_eq!(found.len(), 51);
    assert_eq!(found[49], "d.csv:51 ID 1 TIME 0: AMT x is not a finite number");
    assert_eq!(found[50], "d.csv: ... and 11 more problems");
}

#[test]
fn invariant_warnings_are_grouped_with_their_first_row() {
    let text = "ID,TIME,AMT,DV,II,EVID\n1,0,1,.,12,1\n1,1,5,3,0,0\n1,2,5,3,0,0\n1,2,0,3,0,0\n1,3,2,.,0,1\n";
    assert_eq!(
        reading(text).warnings(),
        [
            "d.csv:2 ID 1 TIME 0: II given without ADDL or SS (ignored) (W03)",
            "d.csv:3 ID 1 TIME 1: AMT on an observation row (ignored) (W08, 2 rows)",
            "d.csv:6 ID 1 TIME 3: dose after the last observation (W06)",
            "d.csv:5 ID 1 TIME 2: duplicate observation (same ID, TIME, DVID) (W07)",
        ]
    );
}
