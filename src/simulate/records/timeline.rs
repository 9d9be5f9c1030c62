//! What happens to a subject on one rising clock: the events of its schedule, and the moments at which its equations
//! change.

use super::predictor::Predictor;
use crate::model::text::Recorded;
use crate::records::{Action, Schedule, Subject, same_time};

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    /// When, h since the first record; it goes on where the clock of the records is set back.
    pub(super) elapsed_h: f64,
    /// When on the clock of the records, h.
    pub(super) time_h: f64,
    pub(super) what: What,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The event of the schedule at this position.
    Event(usize),
    /// This moment at which the equations change has come.
    Passes(usize),
}

/// All that happens to `subject`, in order; `None` where covariates change between records.
pub(super) fn timeline(
    predictor: &Predictor<f64>,
    subject: &Subject,
    schedule: &Schedule,
) -> Option<Vec<Moment>> {
    let first = subject.rows.first()?;
    let mut own = predictor.recorded.with_covariates(covariates(predictor, &first.covariates));
    let mut clocks = own.initial(first.time_h);
    let (mut time_h, mut elapsed_h) = (first.time_h, 0.0);
    let mut moments = Vec::with_capacity(schedule.events.len());
    for (i, event) in schedule.events.iter().enumerate() {
        let row = &subject.rows[event.row];
        if matches!(event.action, Action::Reset) {
            time_h = event.time_h;
        }
        passes(&own, &mut clocks, (&mut time_h, event.time_h), &mut elapsed_h, &mut moments);
        match &event.action {
            Action::Begin | Action::Reset => {
                own = own.with_covariates(covariates(predictor, &row.covariates));
                clocks = own.initial(time_h);
            }
            Action::Hold(held) => {
                if held.slopes.iter().any(|slope| slope.abs() > 0.0) {
                    return None;
                }
                let wanted = covariates(predictor, &held.values);
                if wanted != own.covariates() {
                    own = own.with_covariates(wanted);
                    own.set_passed(&mut clocks, time_h);
                }
            }
            Action::Given { route, amount } => own.given(&mut clocks, *route, *amount),
            _ => {}
        }
        moments.push(Moment { elapsed_h, time_h, what: What::Event(i) });
    }
    Some(moments)
}

/// Lets the clocks run to `to_h`, and notes the moments on the way.
fn passes(
    own: &Recorded<f64>,
    clocks: &mut [f64],
    (time_h, to_h): (&mut f64, f64),
    elapsed_h: &mut f64,
    moments: &mut Vec<Moment>,
) {
    loop {
        let stops = own.stops(clocks, *time_h, true).into_iter();
        let next = stops.min_by(|(a, _), (b, _)| a.total_cmp(b));
        let next = next.filter(|(time, _)| *time <= to_h || same_time(*time, to_h));
        let until_h = next.map_or(to_h, |(time, _)| time.min(to_h));
        if until_h > *time_h {
            own.advance_clocks(clocks, until_h - *time_h);
            *elapsed_h += until_h - *time_h;
            *time_h = until_h;
        }
        let Some((_, stop)) = next else { return };
        own.pass(clocks, stop);
        moments.push(Moment { elapsed_h: *elapsed_h, time_h: *time_h, what: What::Passes(stop) });
    }
}

fn covariates(predictor: &Predictor<f64>, values: &[f64]) -> Vec<f64> {
    values.iter().take(predictor.recorded.covariates().len()).copied().collect()
}
