//! What is doubtful in a subject or in a file as a whole.

use super::columns::{Columns, Item};
use super::problem::{Findings, Place};
use super::read::{Options, Purpose};
use super::record::{Evid, Row, Subject, same_time};
use super::structure::Structure;
use crate::table::shortest;
use crate::units::COUNT_UNIT;

/// Counts above this, 10^9/L, are taken to be in another unit.
const LARGEST_COUNT: f64 = 3000.0;
/// Platelet counts that all lie within so many hours are taken to have their times in days.
const SHORTEST_COURSE_H: f64 = 60.0;

/// W01, W02, W06, W07, for one subject. A file without DV is not asked for observations, one without AMT not for
/// doses.
pub(super) fn of_subject(subject: &Subject, columns: &Columns, findings: &mut Findings) {
    let place = |row: &Row| Place { line: row.line, record: subject.record(row) };
    let Some(first) = subject.rows.first() else { return };
    if columns.has(Item::Dv) && !subject.rows.iter().any(Row::is_observed) {
        let text = "subject has no observation: kept, contributes 0";
        findings.warn(&place(first), "W01", text);
    }
    if columns.has(Item::Amt) && !subject.rows.iter().any(|row| row.evid.is_dose()) {
        findings.warn(&place(first), "W02", "subject has no dose: kept");
    }
    let last = subject.rows.iter().rposition(|row| row.evid == Evid::Observation);
    let later = last.and_then(|last| subject.rows[last..].iter().find(|row| row.evid.is_dose()));
    if let Some(row) = later {
        findings.warn(&place(row), "W06", "dose after the last observation");
    }
    let mut same: Vec<&Row> = Vec::new();
    for row in &subject.rows {
        let is_same_time = same.last().is_some_and(|own| same_time(own.time_h, row.time_h));
        if row.evid.is_reset() || !is_same_time {
            same.clear();
        }
        if !row.is_observed() {
            continue;
        }
        if same.iter().any(|own| own.dvid == row.dvid && own.cmt == row.cmt) {
            let text = "duplicate observation (same ID, TIME, DVID)";
            findings.warn(&place(row), "W07", text);
        }
        same.push(row);
    }
}

/// W09 and E22, for the file.
pub(super) fn of_file(
    subjects: &[Subject],
    columns: &Columns,
    (structure, options): (Option<&Structure>, &Options),
    findings: &mut Findings,
) {
    let observed = || subjects.iter().flat_map(|own| own.rows.iter().map(move |row| (own, row)));
    let observed = || observed().filter(|(_, row)| row.is_observed());
    let is_complete = findings.problems.is_empty();
    if observed().next().is_none() && is_complete {
        let text = "the file has no row with EVID 0 and MDV 0: nothing to fit";
        match options.purpose {
            Purpose::Fit => findings.refuse(&Place::default(), "E22", text),
            Purpose::Predict if columns.has(Item::Dv) => {
                findings.warn(&Place::default(), "E22", text);
            }
            Purpose::Predict => {}
        }
    }
    let is_count = |row: &Row| {
        let Some(structure) = structure else { return columns.dv_unit.is_none() };
        let output = structure.output_of((row.dvid.as_deref(), row.cmt), options.output.as_deref());
        output.is_ok_and(|i| structure.outputs.get(i).is_some_and(|out| out.unit == COUNT_UNIT))
    };
    let counts = || observed().filter(|(_, row)| is_count(row));
    let whole = |row: &Row| row.dv.is_some_and(|dv| (dv / 1000.0).fract() == 0.0);
    let Some((subject, row)) = counts().next() else { return };
    let place = Place { line: row.line, record: subject.record(row) };
    let mut values: Vec<f64> = counts().filter_map(|(_, row)| row.dv).collect();
    let middle = values.len() / 2;
    let median = *values.select_nth_unstable_by(middle, f64::total_cmp).1;
    // Without a model only numbers that are round in thousands are taken for counts per microlitre.
    let is_round = || structure.is_some() || counts().all(|(_, row)| whole(row));
    if median > LARGEST_COUNT && is_round() {
        let (shown, better) = (shortest(median), shortest(median / 1000.0));
        let text = format!(
            "DV is about {shown}: platelet counts per microlitre? They are expected in {COUNT_UNIT}, where \
             this is {better}"
        );
        findings.warn(&place, "W09", text);
    }
    let (from, to) = counts().fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), (_, r)| {
        (from.min(r.time_h), to.max(r.time_h))
    });
    let is_in_hours = structure.is_some() && columns.time_unit.is_none() && columns.hours <= 1.0;
    let is_short = to - from <= SHORTEST_COURSE_H && to > from + 3.0;
    if is_in_hours && is_short && values.len() > 2 {
        let (from, to) = (shortest(from), shortest(to));
        let text = format!(
            "TIME of platelet counts is {from} to {to}: days? It is expected in h; name the column TIME_D if \
             it is in days"
        );
        findings.warn(&place, "W09", text);
    }
}
