//! Whose conflict a number is that the shipped calibration does not meet: the model's or the search's.

use crate::report::cast::Cast;
use serde::{Deserialize, Serialize};

/// The patients that other searches were made for, and what came of them.
const LOOKED_INTO: (&str, &str) =
    ("calibrated_b", include_str!("../../../docs/calibration/conflicts_b.csv"));
/// What makes the table again.
const COMMAND: &str = "thrombo calibrate --variants B --check-conflicts --out calibration";

/// Other searches for the numbers that are not met.
#[derive(Debug, Serialize)]
pub(super) struct Searches {
    rows: Vec<SearchRow>,
    command: &'static str,
}

/// One search, and what trials at its estimates say of the number.
#[derive(Debug, Deserialize)]
struct Repeated {
    id: String,
    published: f64,
    search: String,
    candidates: usize,
    objective: f64,
    #[serde(rename = "q2.5")]
    lower: f64,
    median: f64,
    #[serde(rename = "q97.5")]
    upper: f64,
    inside: u8,
}

/// The same in words.
#[derive(Debug, Serialize)]
struct SearchRow {
    number: String,
    published: String,
    search: String,
    candidates: usize,
    objective: String,
    predicted: String,
    outside: bool,
}

impl Searches {
    /// Those of the shipped patients, where they play.
    pub(super) fn of(casts: &[Cast]) -> Option<Self> {
        let (name, table) = LOOKED_INTO;
        let plays = casts.iter().any(|cast| cast.name == name);
        plays.then(|| Self { rows: rows(table), command: COMMAND })
    }
}

fn rows(table: &str) -> Vec<SearchRow> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    // A row that cannot be read would be missing, and a test says so.
    reader.deserialize().filter_map(Result::ok).map(row).collect()
}

fn row(found: Repeated) -> SearchRow {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let [published, lower, median, upper] =
        [found.published, found.lower, found.median, found.upper].map(percent);
    SearchRow {
        number: found.id.replace('_', " "),
        published,
        search: found.search,
        candidates: found.candidates,
        objective: format!("{:.2}", found.objective),
        predicted: format!("{median} ({lower} to {upper})"),
        outside: found.inside == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{LOOKED_INTO, rows};

    #[test]
    fn invariant_every_search_of_the_shipped_table_is_shown() {
        let (_, table) = LOOKED_INTO;
        let rows = rows(table);
        assert_eq!(rows.len(), table.lines().count() - 1);
        assert!(rows.len() >= 4 && rows.iter().any(|row| row.search == "more patients"));
    }
}
