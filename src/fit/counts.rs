//! Counts of one patient from a table: `time_h,plt_1e9_l[,sd]`.

use super::plausibility::too_accurate;
use super::target::{Spread, Statistic, Target};
use crate::error::Result;
use crate::files::{CsvTable, Row};
use std::path::Path;

/// Residual error of a count where the file gives none, as a share of the count.
const ASSUMED_CV: f64 = 0.15;

/// Most rows of a file: one patient has no more counts.
const MOST_ROWS: usize = 10_000;

/// The columns; the third is optional.
const COLUMNS: [&str; 3] = ["time_h", "plt_1e9_l", "sd"];

/// Reads the counts in `text`, the content of `path`. A count may be missing.
pub(super) fn read_counts(path: &Path, text: &str) -> Result<Vec<Target>> {
    let table = CsvTable::parse(path, text);
    let [Some(time), Some(count)] = [COLUMNS[0], COLUMNS[1]].map(|name| table.position(name))
    else {
        if table.columns().iter().any(|name| name.parse::<f64>().is_ok()) {
            table.header_problem("", "must be the header time_h,plt_1e9_l or time_h,plt_1e9_l,sd");
        } else {
            table.refuse_unknown(&COLUMNS);
            for name in &COLUMNS[..2] {
                if table.position(name).is_none() && !table.columns().is_empty() {
                    table.header_problem("", format!("must be a header with a column {name}"));
                }
            }
        }
        return table.finish(Vec::new());
    };
    table.refuse_unknown(&COLUMNS);
    let rows = table.rows();
    if rows.len() > MOST_ROWS {
        let rule = format!("has {} rows: give at most {MOST_ROWS}", rows.len());
        table.header_problem("", rule);
        return table.finish(Vec::new());
    }
    let sd = table.position(COLUMNS[2]);
    let targets: Vec<Target> = rows
        .iter()
        .filter_map(|row| read_row(&table, row, [Some(time), Some(count), sd]))
        .collect();
    if targets.is_empty() && table.is_sound() {
        table.header_problem("", "has no counts: add a line with a time and a count");
    }
    table.finish(targets)
}

/// The count of a row, if it has one.
fn read_row(table: &CsvTable, row: &Row, columns: [Option<usize>; 3]) -> Option<Target> {
    let [time, count, sd] = columns;
    let count = table.optional_number(row, count?);
    if count == Some(None) {
        return None;
    }
    let within = |name: &str, number: Option<f64>, zero: bool| {
        let number = number?;
        if number > 0.0 || zero && number >= 0.0 {
            return Some(number);
        }
        let range = if zero { "[0, ∞)" } else { "(0, ∞)" };
        table.problem(row.line, name, format!("= {number} is outside {range}"));
        None
    };
    let time_h = within(COLUMNS[0], table.number(row, time?), true);
    let count = within(COLUMNS[1], count.flatten(), false);
    let sd = sd.map(|sd| within(COLUMNS[2], table.number(row, sd), false));
    if let Some(rule) = count.zip(sd.flatten()).and_then(|(count, sd)| too_accurate(count, sd)) {
        table.problem(row.line, COLUMNS[2], rule);
    }
    Some(target(time_h?, count?, sd.flatten()))
}

fn target(time_h: f64, count: f64, sd: Option<f64>) -> Target {
    Target {
        statistic: Statistic::CountAt { time_h },
        value: count,
        se: sd.unwrap_or(ASSUMED_CV * count),
        spread: if sd.is_some() { Spread::Published } else { Spread::Assumed },
        arm: "as given".to_owned(),
        subset: "one patient".to_owned(),
        source: "own data".to_owned(),
        grade: "A",
    }
}
