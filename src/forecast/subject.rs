//! The records of a subject, with times at which its course is asked for, or with other doses to come.

use crate::records::{Direction, Row, Structure, Subject, same_time};

/// `subject` with rows at these times, which change nothing, and the positions of those rows. A row stands after the
/// others of its time; times before the first row are left out.
pub(super) fn with_times(
    subject: &Subject,
    structure: &Structure,
    times_h: &[f64],
) -> (Subject, Vec<usize>) {
    let mut rows: Vec<Row> = Vec::with_capacity(subject.rows.len() + times_h.len());
    let mut places = Vec::with_capacity(times_h.len());
    let mut waiting = times_h.iter().copied().peekable();
    // Where the clock is set back, only what follows the last time has a course to come.
    let last_reset = subject.rows.iter().rposition(|row| row.evid.is_reset()).unwrap_or(0);
    for (i, row) in subject.rows.iter().enumerate() {
        while i > last_reset
            && let Some(time_h) = waiting.next_if(|time_h| *time_h < row.time_h)
        {
            let before = &subject.rows[i - 1];
            if time_h < before.time_h && !same_time(time_h, before.time_h) {
                continue;
            }
            places.push(rows.len());
            rows.push(asking(before, row, structure, time_h));
        }
        rows.push(row.clone());
    }
    if let Some(last) = subject.rows.last() {
        for time_h in waiting.filter(|time_h| *time_h >= last.time_h) {
            places.push(rows.len());
            rows.push(asking(last, last, structure, time_h));
        }
    }
    (Subject { id: subject.id.clone(), rows, occasions: subject.occasions.clone() }, places)
}

/// `subject` with these doses, which follow the other records of their time.
#[must_use]
pub fn with_doses(subject: &Subject, structure: &Structure, doses: &[Row]) -> Subject {
    let mut rows = subject.rows.clone();
    for dose in doses {
        let place = rows
            .partition_point(|row| row.time_h < dose.time_h || same_time(row.time_h, dose.time_h));
        let before = place.checked_sub(1).and_then(|place| rows.get(place));
        let (Some(before), Some(after)) =
            (before.or(rows.first()), rows.get(place).or(rows.last()))
        else {
            continue;
        };
        let asking = asking(before, after, structure, dose.time_h);
        let mut own = dose.clone();
        (own.covariates, own.occasion) = (asking.covariates, asking.occasion);
        rows.insert(place, own);
    }
    Subject { rows, ..subject.clone() }
}

/// `subject` without the doses from `from_h` on, those that a record repeats included.
pub(super) fn without_doses_from(subject: &Subject, from_h: f64) -> Subject {
    let mut subject = subject.clone();
    let is_to_come = |time_h: f64| time_h >= from_h || same_time(time_h, from_h);
    subject.rows.retain_mut(|row| {
        let Some(dose) = row.dose.as_mut() else { return true };
        if is_to_come(row.time_h) {
            return false;
        }
        let at = |number: usize| row.time_h + dose.ii_h * number as f64;
        dose.addl = (1..=dose.addl).take_while(|number| !is_to_come(at(*number))).count();
        true
    });
    subject
}

/// A row that only asks, with the covariates that hold at its time.
fn asking(before: &Row, after: &Row, structure: &Structure, time_h: f64) -> Row {
    let share = (time_h - before.time_h) / (after.time_h - before.time_h);
    let covariates = before.covariates.iter().zip(&after.covariates).enumerate();
    let covariates = covariates.map(|(i, (from, to))| {
        match structure.covariates.get(i).map(|own| own.direction).unwrap_or_default() {
            Direction::Forward => *from,
            Direction::Linear if share.is_finite() => from + (to - from) * share,
            Direction::Backward | Direction::Linear => *to,
        }
    });
    Row::asking(time_h, covariates.collect(), after.occasion)
}
