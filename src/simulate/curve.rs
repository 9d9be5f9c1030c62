//! One quantity of a trajectory as a curve, in the number type of the trajectory.

use super::Trajectory;
use super::knots::{Edge, Search};
use super::solution::Quantity;
use super::{Extreme, Interval, TimesAbove};
use crate::error::Result;
use crate::numeric::Scalar;
use crate::units::Time;

/// The course of one quantity.
#[derive(Debug, Clone, Copy)]
pub struct Curve<'a, T: Scalar> {
    trajectory: &'a Trajectory<T>,
    quantity: Quantity,
}

impl<'a, T: Scalar> Curve<'a, T> {
    pub(super) fn new(trajectory: &'a Trajectory<T>, quantity: Quantity) -> Self {
        Self { trajectory, quantity }
    }

    /// The value at a state.
    pub(super) fn value(&self, state: &[T]) -> T {
        self.trajectory.system.value(self.quantity, state)
    }

    /// The slope at a state, per hour.
    pub(super) fn slope(&self, state: &[T]) -> T {
        self.trajectory.system.slope(self.quantity, state)
    }

    /// The maximum over the whole simulation; the first, where several are equal.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn maximum(&self) -> Result<Extreme<T>> {
        self.maximum_between(Time::hours(0.0), Time::hours(self.trajectory.end_h()))
    }

    /// The maximum between two times; a jump at `from` is included, one at `to` comes after it.
    ///
    /// # Errors
    /// The equations cannot be integrated, or a time outside the simulation.
    pub fn maximum_between(&self, from: Time, to: Time) -> Result<Extreme<T>> {
        self.extreme_between(Search::LARGEST, from, to)
    }

    /// The extreme that is looked for between two times, likewise.
    pub(super) fn extreme_between(
        &self,
        search: Search,
        from: Time,
        to: Time,
    ) -> Result<Extreme<T>> {
        let solution = self.trajectory.solution();
        let between = (from.in_hours(), to.in_hours());
        let peak = solution.peak(self.quantity, search, between)?;
        let value = self.value(&self.trajectory.system.state(&peak.state));
        let time_h = if peak.is_extreme {
            self.time_of_zero(peak.time_h, &peak.state, |state| self.slope(state))
        } else {
            T::constant(peak.time_h)
        };
        Ok(Extreme { value, time_h })
    }

    /// The times at or above `level`.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn at_or_above(&self, level: T) -> Result<TimesAbove<T>> {
        let stretches = self.trajectory.solution().stretches(self.quantity, level.value())?;
        let time_of = |edge: Edge| -> Result<T> {
            if !edge.is_crossing {
                return Ok(T::constant(edge.time_h));
            }
            let state = self.trajectory.solution().state_at(edge.time_h)?;
            Ok(self.time_of_zero(edge.time_h, &state, |state| self.value(state) - level))
        };
        let interval = |(from, to): (Edge, Option<Edge>)| {
            let end = Edge { time_h: self.trajectory.end_h(), is_crossing: false };
            let (from_h, to_h) = (time_of(from)?, time_of(to.unwrap_or(end))?);
            Ok(Interval { from_h, to_h, is_cut: to.is_none() })
        };
        let intervals = stretches.into_iter().map(interval).collect::<Result<_>>()?;
        Ok(TimesAbove { intervals })
    }

    /// When the curve has come back from its maximum to within `margin` (a share, such as 0.05) of
    /// where it started, h; none if it never left or is not back before the end.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn return_to_baseline(&self, margin: f64) -> Result<Option<T>> {
        let baseline = self.value(&self.trajectory.at(Time::hours(0.0))?);
        let maximum_h = self.maximum()?.time_h.value();
        let above = self.at_or_above(baseline * (1.0 + margin))?;
        let around = |interval: &&Interval<T>| {
            interval.from_h.value() <= maximum_h && maximum_h <= interval.to_h.value()
        };
        let interval = above.intervals.iter().find(around).filter(|interval| !interval.is_cut);
        Ok(interval.map(|interval| interval.to_h))
    }

    /// The time `time_h`, at which `quantity` is zero, with its derivatives: the state is set moving
    /// along its rates, so that the derivative with respect to time comes out beside the others.
    fn time_of_zero(&self, time_h: f64, state: &[f64], quantity: impl Fn(&[T]) -> T) -> T {
        let state = self.trajectory.system.state(state);
        let rates = self.trajectory.system.rates_at(&state);
        let moving = state.into_iter().zip(rates);
        let moving: Vec<T> = moving.map(|(number, rate)| number.moving_at(rate.value())).collect();
        T::implicit_time(time_h, quantity(&moving))
    }
}
