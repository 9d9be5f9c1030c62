//! Linear models, solved by the exponential of their matrix.

use super::interval::{Entering, Interval, IntervalStep};
use super::schedule::Steady;
use nalgebra::{DMatrix, DVector};

/// A linear model with the parameters of one interval: dy/dt = a y + b + what is infused.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearSystem {
    /// Rate constants, 1/h; square.
    pub a: DMatrix<f64>,
    /// Constant inflow, amount per h.
    pub b: DVector<f64>,
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
