//! Schedules of linear models, run exactly: every interval by the exponential of its matrix.

use super::interval::{Entering, Interval, IntervalStep};
use super::record::Subject;
use super::schedule::{Action, Schedule, Steady};
use nalgebra::{DMatrix, DVector};
use std::fmt;

/// A linear model with the parameters of one interval: dy/dt = a y + b + what is infused.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearSystem {
    /// Rate constants, 1/h; square.
    pub a: DMatrix<f64>,
    /// Constant inflow, amount per h.
    pub b: DVector<f64>,
    /// The initial values.
    pub initial: DVector<f64>,
}

/// Why a schedule cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinearFailure {
    /// The row at this position asks for a steady state, and there is none: something is not eliminated.
    NoSteadyState(usize),
    /// Covariates change between the rows, so that the model is not linear with constant coefficients.
    Interpolated(usize),
    /// The row at this position calls an event of the model.
    Event(usize),
    /// Amounts became infinite or undefined before the row at this position.
    NotFinite(usize),
}

impl fmt::Display for LinearFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSteadyState(_) => "there is no steady state: something is not eliminated",
            Self::Interpolated(_) => "a covariate that changes between records needs an integrator",
            Self::Event(_) => "an event of the model needs an integrator",
            Self::NotFinite(_) => "the amounts became infinite or undefined",
        })
    }
}

/// The system for these covariates and this occasion, with as many states as the structure of the schedule.
pub type SystemOf<'s> = &'s mut dyn FnMut(&[f64], Option<usize>) -> LinearSystem;

/// The amounts in all compartments at every row of `subject`, in the order of its rows.
///
/// # Errors
/// Where and why the schedule cannot be run.
pub fn amounts(
    schedule: &Schedule,
    subject: &Subject,
    system: SystemOf<'_>,
) -> Result<Vec<DVector<f64>>, LinearFailure> {
    let mut predictions = Vec::with_capacity(subject.rows.len());
    let mut running: Vec<(usize, usize, f64)> = Vec::new();
    let Some(first) = subject.rows.first() else { return Ok(predictions) };
    let mut own = system(&first.covariates, first.occasion);
    let (mut time_h, mut y) = (first.time_h, own.initial.clone());
    for event in &schedule.events {
        let row = &subject.rows[event.row];
        if matches!(event.action, Action::Reset) {
            time_h = event.time_h;
        }
        if event.time_h > time_h {
            let mut inflow = own.b.clone();
            for (_, target, rate) in &running {
                inflow[*target] += rate;
            }
            y = advance(&own.a, &inflow, &y, event.time_h - time_h);
            time_h = event.time_h;
        }
        match &event.action {
            Action::Begin | Action::Reset => y = system(&row.covariates, row.occasion).initial,
            Action::Hold(held) => {
                if held.slopes.iter().any(|slope| slope.abs() > 0.0) {
                    return Err(LinearFailure::Interpolated(event.row));
                }
                own = system(&held.values, held.occasion);
            }
            Action::Bolus { target, amount } => y[*target] += amount,
            Action::Start { infusion, target, rate } => running.push((*infusion, *target, *rate)),
            Action::Stop { infusion } => running.retain(|(own, ..)| own != infusion),
            Action::Steady(steady) => {
                let system = system(&row.covariates, row.occasion);
                let state = steady_state(&system, steady);
                let state = state.ok_or(LinearFailure::NoSteadyState(event.row))?;
                y = if steady.replaces { state } else { y + state };
            }
            Action::Given { .. } => {}
            Action::Call { .. } => return Err(LinearFailure::Event(event.row)),
            Action::Predict => {
                if !y.iter().all(|amount| amount.is_finite()) {
                    return Err(LinearFailure::NotFinite(event.row));
                }
                predictions.push(y.clone());
            }
        }
    }
    Ok(predictions)
}

/// The amounts after `span_h`, with a constant inflow.
#[must_use]
pub fn advance(
    a: &DMatrix<f64>,
    inflow: &DVector<f64>,
    y: &DVector<f64>,
    span_h: f64,
) -> DVector<f64> {
    let n = y.len();
    let size = inflow.amax();
    if size <= 0.0 {
        return (a * span_h).exp() * y;
    }
    // One more state, constant, brings the inflow; its size is that of the inflow.
    let mut extended = DMatrix::zeros(n + 1, n + 1);
    extended.view_mut((0, 0), (n, n)).copy_from(a);
    extended.view_mut((0, n), (n, 1)).copy_from(&(inflow / size));
    let mut start = DVector::zeros(n + 1);
    start.rows_mut(0, n).copy_from(y);
    start[n] = size;
    let end = (extended * span_h).exp() * start;
    end.rows(0, n).into_owned()
}

/// The steady state, if there is one. That of a regimen that is added is computed without the model's own
/// inflow.
#[must_use]
pub fn steady_state(system: &LinearSystem, steady: &Steady) -> Option<DVector<f64>> {
    let n = system.b.len();
    let mut inflow = if steady.replaces { system.b.clone() } else { DVector::zeros(n) };
    let interval = Interval::of(steady, 0.0);
    let solved = if steady.interval_h.is_some() {
        let end = interval_from_zero(system, &interval, &inflow);
        let propagator = (&system.a * interval.length_h).exp();
        (DMatrix::identity(n, n) - propagator).lu().solve(&end)
    } else {
        for (_, target, rate) in &interval.running {
            inflow[*target] += rate;
        }
        system.a.clone().lu().solve(&-inflow)
    };
    solved.filter(|state| state.iter().all(|amount| amount.is_finite()))
}

/// What one interval of the regimen leaves of an empty system, infusions of earlier intervals included.
fn interval_from_zero(
    system: &LinearSystem,
    interval: &Interval,
    inflow: &DVector<f64>,
) -> DVector<f64> {
    let mut y = DVector::zeros(inflow.len());
    let (mut running, mut now_h) = (interval.running.clone(), 0.0);
    let end = IntervalStep { at_h: interval.length_h, ..IntervalStep::END };
    for step in interval.steps.iter().chain([&end]) {
        if step.at_h > now_h {
            let mut total = inflow.clone();
            for (_, target, rate) in &running {
                total[*target] += rate;
            }
            y = advance(&system.a, &total, &y, step.at_h - now_h);
            now_h = step.at_h;
        }
        match step.what {
            Entering::Bolus { target, amount } => y[target] += amount,
            Entering::Start { infusion, target, rate } => running.push((infusion, target, rate)),
            Entering::Stop { infusion } => running.retain(|(own, ..)| *own != infusion),
        }
    }
    y
}
