//! The values of covariates in a file of records.

use super::range;
use crate::error::echo;
use crate::records::record::{Records, Row};
use crate::records::structure::{Direction, Structure};
use serde::Serialize;

/// The values of one covariate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CovariateSummary {
    /// Its name.
    pub name: String,
    /// Smallest and largest value; none where all are missing.
    pub values: Option<[f64; 2]>,
    /// Its unit in the model, `1` for a number without one; none without a model.
    pub unit: Option<String>,
    /// Number of records without a value.
    pub missing: usize,
    /// The largest change between two records of a subject, if there is any.
    pub largest_change: Option<Change>,
    /// Which way values apply between records.
    pub direction: &'static str,
}

/// A change of a covariate between two records of a subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The subject.
    pub id: String,
    /// TIME of both records, in the unit of TIME.
    pub times: [f64; 2],
    /// The values of both records.
    pub values: [f64; 2],
}

/// The covariates that have a column, with the directions of the model.
pub(super) fn covariates(
    records: &Records,
    structure: Option<&Structure>,
) -> Vec<CovariateSummary> {
    let of = |(i, name): (usize, &String)| {
        let known = structure.and_then(|structure| structure.covariates.get(i));
        let direction: Direction = known.map(|own| own.direction).unwrap_or_default();
        let values = || records.rows().filter_map(move |row| row.covariates.get(i).copied());
        CovariateSummary {
            name: name.clone(),
            values: range(values()),
            unit: known.map(|own| own.unit.clone()),
            missing: values().filter(|value| value.is_nan()).count(),
            largest_change: largest_change(records, i),
            direction: direction.name(),
        }
    };
    let has_column = |i: usize| records.columns.covariates.get(i).is_some_and(Option::is_some);
    let all = records.covariates.iter().enumerate();
    all.filter(|(i, _)| has_column(*i)).map(of).collect()
}

/// The largest change of a covariate from row to row of a subject; the last of several that are equal.
fn largest_change(records: &Records, covariate: usize) -> Option<Change> {
    let value = |row: &Row| row.covariates.get(covariate).copied().unwrap_or(f64::NAN);
    let size = |[from, to]: &[&Row; 2]| (value(to) - value(from)).abs();
    let pairs = records.subjects.iter().flat_map(|subject| {
        let pairs = subject.rows.windows(2).filter(|rows| !rows[1].evid.is_reset());
        pairs.map(move |rows| (subject, [&rows[0], &rows[1]]))
    });
    let changes = pairs.filter(|(_, rows)| size(rows) > 0.0);
    let (subject, rows) = changes.max_by(|a, b| size(&a.1).total_cmp(&size(&b.1)))?;
    let hours = records.columns.hours;
    Some(Change {
        id: echo(&subject.id),
        times: rows.map(|row| row.time_h / hours),
        values: rows.map(value),
    })
}
