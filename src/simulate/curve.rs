//! One quantity of a trajectory as a curve: its extremes and its times above a level, found in the
//! solution itself.
//!
//! Accepted steps bracket by values and slopes; within a bracket the equations are integrated anew
//! from the left step to each trial time, so nothing is read off a grid or an interpolation.

use super::Trajectory;
use crate::error::Result;
use crate::model::{Model, StateBlock};
use crate::numeric::{Scalar, root_between};

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    Conc,
    Platelets,
}

/// The course of one quantity.
#[derive(Debug, Clone, Copy)]
pub struct Curve<'a, M: Model, T: Scalar> {
    pub(super) trajectory: &'a Trajectory<M, T>,
    quantity: Quantity,
}

/// A point of the curve between two of which it rises or falls throughout.
#[derive(Debug, Clone)]
pub(super) struct Knot {
    pub(super) time_h: f64,
    pub(super) value: f64,
    slope: f64,
    /// Whether the curve has an extreme here, rather than just a step of the integrator.
    pub(super) is_extreme: bool,
    state: Vec<f64>,
}

/// A slope below this share of the value per hour is flat: the integrator's noise.
const FLAT_PER_H: f64 = 1e-9;
/// How closely times are found, h.
const TIME_TOLERANCE_H: f64 = 1e-9;
/// How often a step that may hide two extremes is halved.
const MAX_HALVINGS: u32 = 5;

impl<'a, M: Model, T: Scalar> Curve<'a, M, T> {
    pub(super) fn new(trajectory: &'a Trajectory<M, T>, quantity: Quantity) -> Self {
        Self { trajectory, quantity }
    }

    /// The value at a state.
    pub(super) fn value(&self, state: &M::State<T>) -> T {
        let p = self.trajectory.parameters();
        match self.quantity {
            Quantity::Conc => M::conc(p, state),
            Quantity::Platelets => M::platelets(p, state),
        }
    }

    /// The slope at a state, per hour.
    pub(super) fn slope(&self, state: &M::State<T>) -> T {
        let p = self.trajectory.parameters();
        let rates = M::derivatives(p, state);
        match self.quantity {
            Quantity::Conc => M::conc_rate(p, state, &rates),
            Quantity::Platelets => M::platelets(p, &rates),
        }
    }

    /// The time `time_h`, at which `quantity` is zero, with its derivatives: the state is set moving
    /// along its rates, so that the derivative with respect to time comes out beside the others.
    pub(super) fn time_of_zero(
        &self,
        time_h: f64,
        quantity: impl Fn(&M::State<T>) -> T,
    ) -> Result<T> {
        let state = self.trajectory.at(crate::units::Time::hours(time_h))?;
        let mut rates = Vec::new();
        M::derivatives(self.trajectory.parameters(), &state).write(&mut |r| rates.push(r.value()));
        let mut numbers = Vec::new();
        state.write(&mut |number| numbers.push(number));
        let mut moving =
            numbers.into_iter().zip(rates).map(|(number, rate)| number.moving_at(rate));
        let moving = M::State::<T>::read(&mut || moving.next().unwrap_or(T::ZERO));
        Ok(T::implicit_time(time_h, quantity(&moving)))
    }

    fn knot(&self, time_h: f64, state: Vec<f64>, is_extreme: bool) -> Knot {
        let point = self.trajectory.system.point(&state).state;
        let value = self.value(&point).value();
        let slope = self.slope(&point).value();
        Knot { time_h, value, slope, is_extreme, state }
    }

    /// The knots of every segment: between two of one segment the curve rises or falls throughout.
    pub(super) fn monotone_segments(&self) -> Result<Vec<Vec<Knot>>> {
        let segments = &self.trajectory.segments;
        segments
            .iter()
            .map(|segment| {
                let mut knots: Vec<Knot> = Vec::with_capacity(segment.len());
                for step in segment {
                    let right = self.knot(step.time_h, step.state.clone(), false);
                    if let Some(left) = knots.last().cloned() {
                        self.split(&left, &right, MAX_HALVINGS, &mut knots)?;
                    }
                    knots.push(right);
                }
                Ok(knots)
            })
            .collect()
    }

    /// Adds the knots between `left` and `right` that make the curve monotone between any two.
    fn split(&self, left: &Knot, right: &Knot, halvings: u32, knots: &mut Vec<Knot>) -> Result<()> {
        if left.direction() * right.direction() < 0.0 {
            let bracket = (left.time_h, right.time_h);
            let time_h = root_between(bracket, TIME_TOLERANCE_H, |time_h| {
                let state = self.state_after(left, time_h)?;
                Ok(self.slope(&self.trajectory.system.point(&state).state).value())
            })?;
            knots.push(self.knot(time_h, self.state_after(left, time_h)?, true));
        } else if halvings > 0 && may_hide_extremes(left, right) {
            let time_h = 0.5 * (left.time_h + right.time_h);
            let middle = self.knot(time_h, self.state_after(left, time_h)?, false);
            self.split(left, &middle, halvings - 1, knots)?;
            knots.push(middle.clone());
            self.split(&middle, right, halvings - 1, knots)?;
        }
        Ok(())
    }

    /// The state at `time_h`, integrated from the knot before it.
    fn state_after(&self, knot: &Knot, time_h: f64) -> Result<Vec<f64>> {
        if time_h - knot.time_h <= TIME_TOLERANCE_H {
            return Ok(knot.state.clone());
        }
        let span = (knot.time_h, time_h);
        let mut steps = self.trajectory.system.steps(span, &knot.state, true)?;
        Ok(steps.pop().map(|step| step.state).unwrap_or_default())
    }

    /// When the curve crosses `level` between two knots on either side of it.
    pub(super) fn crossing_h(&self, left: &Knot, right: &Knot, level: f64) -> Result<f64> {
        root_between((left.time_h, right.time_h), TIME_TOLERANCE_H, |time_h| {
            let state = self.state_after(left, time_h)?;
            Ok(self.value(&self.trajectory.system.point(&state).state).value() - level)
        })
    }
}

impl Knot {
    pub(super) fn state(&self) -> &[f64] {
        &self.state
    }

    /// −1, 0 or 1: falling, flat or rising.
    fn direction(&self) -> f64 {
        if self.slope.abs() <= FLAT_PER_H * self.value.abs() { 0.0 } else { self.slope.signum() }
    }
}

/// Whether the cubic through both ends, with their slopes, turns twice between them.
fn may_hide_extremes(left: &Knot, right: &Knot) -> bool {
    let chord = (right.value - left.value) / (right.time_h - left.time_h);
    // The slope of the cubic is a parabola in the fraction u of the way; with equal signs at both
    // ends it has roots inside only if its vertex lies inside, on the other side of zero.
    let a = 3.0 * (left.slope + right.slope - 2.0 * chord);
    let b = 2.0 * (3.0 * chord - 2.0 * left.slope - right.slope);
    let vertex = -0.5 * b / a;
    let at_vertex = left.slope + vertex * (b + a * vertex);
    vertex > 0.0 && vertex < 1.0 && at_vertex * (left.direction() + right.direction()) < 0.0
}
