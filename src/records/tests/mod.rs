//! Tests of the reading and ordering of records.

mod doubts;
mod errors;
mod reading;
mod rules;

use super::{
    Covariate, Direction, Entry, Options, Output, Reading, Records, Remedies, Route, Structure,
    read,
};
use std::path::Path;

/// A linear model with a depot: `oral` by CMT 1, `iv` into CMT 2, a third compartment without a route.
pub(super) fn structure() -> Structure {
    let route = |name: &str, number: usize| Route {
        name: name.to_owned(),
        number,
        unit: "mg".to_owned(),
        entries: vec![Entry { target: number - 1, has_rate: true, has_duration: true }],
    };
    let output = |name: &str, dvid: usize, unit: &str| Output {
        name: name.to_owned(),
        dvid,
        unit: unit.to_owned(),
        ..Output::default()
    };
    Structure {
        model: "linear".to_owned(),
        states: ["depot", "central", "peripheral"].map(str::to_owned).to_vec(),
        routes: vec![route("oral", 1), route("iv", 2)],
        outputs: vec![output("conc", 1, "ng/mL")],
        parameters: vec!["cl".to_owned(), "vc".to_owned()],
        ..Structure::default()
    }
}

/// The same with a weight that changes between records.
pub(super) fn with_weight(direction: Direction) -> Structure {
    let covariate = Covariate {
        name: "wt".to_owned(),
        value: 70.0,
        unit: "kg".to_owned(),
        direction,
        codes: Vec::new(),
    };
    Structure { covariates: vec![covariate], ..structure() }
}

/// The words of the command line; its flags do not stand in the library.
pub(super) fn offered() -> Options {
    let remedies = Remedies {
        id_runs: concat!("-", "-id-runs new"),
        carry: concat!("-", "-missing carry"),
        missing: concat!("-", "-missing "),
        set: concat!("-", "-set "),
        output: concat!("-", "-output NAME"),
    };
    Options { remedies, ..Options::default() }
}

/// `text` read without a model.
pub(super) fn reading(text: &str) -> Reading {
    read(Path::new("d.csv"), text, None, &offered())
}

/// `text` read against [`structure`].
pub(super) fn reading_with(text: &str, options: &Options) -> Reading {
    read(Path::new("d.csv"), text, Some(&structure()), options)
}

/// The records of `text`, in which nothing may be wrong.
pub(super) fn records(text: &str) -> Records {
    reading_with(text, &Options::default()).into_records().expect(text)
}

/// Every problem of a reading, a line each.
pub(super) fn problems(reading: &Reading) -> Vec<String> {
    reading.problems().iter().map(ToString::to_string).collect()
}
