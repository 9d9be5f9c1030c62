//! Endpoints of a curve: its maximum and when, the times at or above a level, the return to
//! baseline.

use crate::numeric::Scalar;
use crate::units::HOURS_PER_DAY;

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
