//! The records of a subject with times at which its course is asked for.

use crate::records::{Direction, Row, Structure, Subject, same_time};

/// `subject` with rows at these times, which change nothing, and the positions of those rows. A row stands before the
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
            rows.push(between(before, row, structure, time_h));
        }
        rows.push(row.clone());
    }
    if let Some(last) = subject.rows.last() {
        for time_h in waiting.filter(|time_h| *time_h >= last.time_h) {
            places.push(rows.len());
            rows.push(between(last, last, structure, time_h));
        }
    }
    (Subject { id: subject.id.clone(), rows, occasions: subject.occasions.clone() }, places)
}

/// A row that only asks, with the covariates that hold at its time.
fn between(before: &Row, after: &Row, structure: &Structure, time_h: f64) -> Row {
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
