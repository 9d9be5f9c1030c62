//! The reference values of `tests/reference/statistics.R`, for the tests.

use super::{Proportion, Table};

/// One value, with what it was computed from.
#[derive(Debug)]
pub(super) struct Row {
    /// The level of the interval; NaN where there is none.
    pub(super) level: f64,
    pub(super) input: String,
    pub(super) quantity: String,
    pub(super) value: f64,
}

/// The values of one method.
pub(super) fn rows(method: &str) -> Vec<Row> {
    let text = include_str!("../../tests/reference/statistics.csv");
    let rows = csv::Reader::from_reader(text.as_bytes()).into_records().filter_map(|record| {
        let record = record.unwrap();
        (&record[0] == method).then(|| Row {
            level: record[1].parse().unwrap_or(f64::NAN),
            input: record[2].to_owned(),
            quantity: record[3].to_owned(),
            value: record[4].parse().unwrap(),
        })
    });
    let rows: Vec<Row> = rows.collect();
    assert!(rows.len() > 3, "there are hardly any values for {method}");
    rows
}

/// `k/n`.
pub(super) fn counts(text: &str) -> (usize, usize) {
    let (k, n) = text.split_once('/').unwrap();
    (k.parse().unwrap(), n.parse().unwrap())
}

/// `k/n` as a proportion.
pub(super) fn proportion(text: &str) -> Proportion {
    let (k, n) = counts(text);
    Proportion::new(k, n).unwrap()
}

/// `k/n k/n`, the treated arm first; further strata after semicolons.
pub(super) fn tables(text: &str) -> Vec<Table> {
    let table = |stratum: &str| {
        let (treated, control) = stratum.split_once(' ').unwrap();
        Table { treated: proportion(treated), control: proportion(control) }
    };
    text.split(';').map(table).collect()
}

/// Numbers with blanks between.
pub(super) fn values(text: &str) -> Vec<f64> {
    text.split(' ').map(|value| value.parse().unwrap()).collect()
}
