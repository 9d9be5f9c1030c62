//! Counts of one patient from a table: `time_h` or `time_d`, `plt_1e9_l`, and if wanted `id` and `sd`.

use super::plausibility::too_accurate;
use super::target::{Spread, Statistic, Target};
use crate::error::Result;
use crate::files::{COUNT_COLUMNS, CsvTable, Row};
use crate::units::HOURS_PER_DAY;
use std::path::Path;

/// Residual error of a count where the file gives none, as a share of the count.
const ASSUMED_CV: f64 = 0.15;

/// Most rows of a file: one patient has no more counts.
const MOST_ROWS: usize = 10_000;

const TIME_H: &str = "time_h";
const TIME_D: &str = "time_d";
const COUNT: &str = "plt_1e9_l";
const SD: &str = "sd";

/// Where the values stand.
struct Columns {
    id: Option<usize>,
    /// With the hours that its unit has.
    time: (usize, f64),
    count: usize,
    sd: Option<usize>,
}

/// Reads the counts in `text`, the content of `path`, and says whether their times are in hours. A count may
/// be missing.
pub(super) fn read_counts(path: &Path, text: &str) -> Result<(Vec<Target>, bool)> {
    let table = CsvTable::parse(path, text);
    let Some(columns) = find_columns(&table) else { return table.finish((Vec::new(), true)) };
    let rows = table.rows();
    if rows.len() > MOST_ROWS {
        let rule = format!("has {} rows: give at most {MOST_ROWS}", rows.len());
        table.header_problem("", rule);
        return table.finish((Vec::new(), true));
    }
    refuse_other_patients(&table, &columns);
    let targets: Vec<Target> =
        rows.iter().filter_map(|row| read_row(&table, row, &columns)).collect();
    if targets.is_empty() && table.is_sound() {
        table.header_problem("", "has no counts: add a line with a time and a count");
    }
    let is_in_hours = table.position(TIME_H).is_some();
    table.finish((targets, is_in_hours))
}

/// Finds the columns; notes what is wrong with the header.
fn find_columns(table: &CsvTable) -> Option<Columns> {
    if table.columns().iter().any(|name| name.parse::<f64>().is_ok()) {
        table.header_problem("", format!("must be the header, such as {TIME_H},{COUNT}"));
        return None;
    }
    table.refuse_unknown(&COUNT_COLUMNS);
    let time = match [TIME_H, TIME_D].map(|name| table.position(name)) {
        [Some(_), Some(_)] => {
            table.header_problem(TIME_D, format!("stands beside {TIME_H}: keep one of them"));
            None
        }
        [Some(time), None] => Some((time, 1.0)),
        [None, Some(time)] => Some((time, HOURS_PER_DAY)),
        [None, None] => {
            table
                .header_problem("", format!("must be a header with a column {TIME_H} or {TIME_D}"));
            None
        }
    };
    let count = table.position(COUNT);
    if count.is_none() {
        table.header_problem("", format!("must be a header with a column {COUNT}"));
    }
    let [id, sd] = ["id", SD].map(|name| table.position(name));
    Some(Columns { id, time: time?, count: count?, sd })
}

/// Notes the first row of another patient than that of the first row.
fn refuse_other_patients(table: &CsvTable, columns: &Columns) {
    let Some((id, first)) = columns.id.zip(table.rows().first()) else { return };
    let first = table.text(first, id);
    if let Some(row) = table.rows().iter().find(|row| table.text(row, id) != first) {
        let other = table.text(row, id);
        let rule = format!(
            "= {other:?} is another patient than {first:?}: keep the counts of one patient, whose parameters are estimated"
        );
        table.problem(row.line, "id", rule);
    }
}

/// The count of a row, if it has one.
fn read_row(table: &CsvTable, row: &Row, columns: &Columns) -> Option<Target> {
    let count = table.optional_number(row, columns.count);
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
    let (time, hours) = columns.time;
    let time = within(&table.columns()[time], table.number(row, time), true);
    let count = within(COUNT, count.flatten(), false);
    let sd = columns.sd.map(|sd| within(SD, table.number(row, sd), false));
    if let Some(rule) = count.zip(sd.flatten()).and_then(|(count, sd)| too_accurate(count, sd)) {
        table.problem(row.line, SD, rule);
    }
    Some(target(hours * time?, count?, sd.flatten()))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Vec<Target>, bool)> {
        read_counts(Path::new("c.csv"), text)
    }

    #[test]
    fn invariant_counts_of_a_forecast_are_read_as_those_in_hours() {
        let (hours, in_hours) =
            read("time_h,plt_1e9_l,sd\n0,38,2\n96,.,3\n168,58,3\n").expect("counts");
        let (days, in_days) =
            read("id,time_d,plt_1e9_l,sd\nA,0,38,2\nA,4,.,3\nA,7,58,3\n").expect("counts");
        assert_eq!(hours, days);
        assert!(in_hours && !in_days);
    }

    #[test]
    fn invariant_counts_of_several_patients_are_refused() {
        for (text, words) in [
            (
                "id,time_d,plt_1e9_l\nA,0,38\nB,4,40\n",
                "c.csv:3: `id` = \"B\" is another patient than \"A\"",
            ),
            ("time_h,time_d,plt_1e9_l\n0,0,38\n", "keep one of them"),
            ("id,plt_1e9_l\nA,38\n", "a column time_h or time_d"),
        ] {
            let error = read(text).expect_err(words).to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
