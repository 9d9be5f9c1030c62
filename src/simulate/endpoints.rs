//! Endpoints of a curve: its maximum and when, the times at or above a level, the return to
//! baseline.

use super::Curve;
use super::curve::Knot;
use crate::error::Result;
use crate::model::Model;
use crate::numeric::Scalar;
use crate::units::{HOURS_PER_DAY, Time};

/// A later maximum must exceed an earlier one by this share to count: the first wins ties, and a
/// flat curve, with the integrator's noise on it, has its maximum at the start. A true extreme need
/// only exceed the end of a step beside it, which on a flat top may lie this close.
const TIE: f64 = 1e-7;

/// The largest value of a curve and when it is reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extreme<T> {
    /// The value, in the unit of the curve.
    pub value: T,
    /// Elapsed time since the start, h.
    pub time_h: T,
}

impl<T: Scalar> Extreme<T> {
    /// Elapsed days since the start.
    pub fn elapsed_days(&self) -> T {
        self.time_h / HOURS_PER_DAY
    }

    /// As a visit day: day 1 is the day of the first dose.
    pub fn visit_day(&self) -> T {
        self.elapsed_days() + 1.0
    }
}

/// A stretch of time at or above a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval<T> {
    /// Start, h.
    pub from_h: T,
    /// End, h.
    pub to_h: T,
    /// Whether it was cut short by the end of the simulation.
    pub is_cut: bool,
}

impl<T: Scalar> Interval<T> {
    /// Length, h.
    pub fn length_h(&self) -> T {
        self.to_h - self.from_h
    }
}

/// Times at or above a level.
#[derive(Debug, Clone, PartialEq)]
pub struct TimesAbove<T> {
    /// The stretches, in their order.
    pub intervals: Vec<Interval<T>>,
}

impl<T: Scalar> TimesAbove<T> {
    /// First time at or above, h.
    #[must_use]
    pub fn first_h(&self) -> Option<T> {
        self.intervals.first().map(|interval| interval.from_h)
    }
    /// Last time at or above, h.
    #[must_use]
    pub fn last_h(&self) -> Option<T> {
        self.intervals.last().map(|interval| interval.to_h)
    }
    /// All stretches together, h.
    #[must_use]
    pub fn total_h(&self) -> T {
        T::sum(self.intervals.iter().map(Interval::length_h))
    }
    /// The longest stretch, h.
    #[must_use]
    pub fn longest_h(&self) -> T {
        self.intervals.iter().map(Interval::length_h).fold(T::ZERO, T::larger)
    }
}

impl<M: Model, T: Scalar> Curve<'_, M, T> {
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
        let (from_h, to_h) = (from.in_hours(), to.in_hours());
        let mut best =
            Extreme { value: self.value(&self.trajectory.at(from)?), time_h: T::constant(from_h) };
        let mut best_is_extreme = true;
        let mut consider = |value: T, time_h: T, is_extreme: bool| {
            let margin = if is_extreme && !best_is_extreme { 0.0 } else { TIE };
            if value.value() > best.value.value() * (1.0 + margin) {
                best = Extreme { value, time_h };
                best_is_extreme = is_extreme;
            }
        };
        for segment in self.monotone_segments()? {
            for knot in segment.iter().filter(|knot| knot.time_h >= from_h && knot.time_h < to_h) {
                let value = self.value_at(knot);
                let time_h = if knot.is_extreme {
                    self.time_of_zero(knot.time_h, |state| self.slope(state))?
                } else {
                    T::constant(knot.time_h)
                };
                consider(value, time_h, knot.is_extreme);
            }
        }
        consider(self.value(&self.trajectory.at(to)?), T::constant(to_h), false);
        Ok(best)
    }

    /// The times at or above `level`.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn at_or_above(&self, level: T) -> Result<TimesAbove<T>> {
        let mut intervals: Vec<Interval<T>> = Vec::new();
        let mut open: Option<T> = None;
        for segment in self.monotone_segments()? {
            let (Some(first), Some(last)) = (segment.first(), segment.last()) else { continue };
            // A segment starts with what an event made of the state.
            match (open, first.value >= level.value()) {
                (None, true) => open = Some(T::constant(first.time_h)),
                (Some(from_h), false) => {
                    let to_h = T::constant(first.time_h);
                    intervals.push(Interval { from_h, to_h, is_cut: false });
                    open = None;
                }
                _ => {}
            }
            for pair in segment.windows(2) {
                let [left, right] = pair else { continue };
                if (left.value >= level.value()) == (right.value >= level.value()) {
                    continue;
                }
                let time_h = self.crossing_h(left, right, level.value())?;
                let time_h = self.time_of_zero(time_h, |state| self.value(state) - level)?;
                match open.take() {
                    None => open = Some(time_h),
                    Some(from_h) => {
                        intervals.push(Interval { from_h, to_h: time_h, is_cut: false });
                    }
                }
            }
            debug_assert_eq!(open.is_some(), last.value >= level.value());
        }
        if let Some(from_h) = open {
            let to_h = T::constant(self.trajectory.end_h());
            intervals.push(Interval { from_h, to_h, is_cut: true });
        }
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

    fn value_at(&self, knot: &Knot) -> T {
        self.value(&self.trajectory.system.point(knot.state()).state)
    }
}
