//! An interval, and the level at which it holds.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The two-sided level of an interval, between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level(f64);

impl Level {
    /// 95 %.
    pub const NINETY_FIVE: Self = Self(0.95);

    /// The level `level`, such as 0.9.
    ///
    /// # Errors
    /// When it does not lie between 0 and 1.
    pub fn new(level: f64) -> Result<Self> {
        if level > 0.0 && level < 1.0 {
            return Ok(Self(level));
        }
        Err(Error::OutOfRange {
            symbol: "level".to_owned(),
            value: level,
            unit: "1".to_owned(),
            range: "(0, 1)".to_owned(),
        })
    }

    /// The level as a number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }

    /// The probability below the interval, α/2.
    pub(super) fn lower_tail(self) -> f64 {
        (1.0 - self.0) / 2.0
    }

    /// The probability up to the end of the interval, 1 − α/2.
    pub(super) fn up_to_upper(self) -> f64 {
        f64::midpoint(1.0, self.0)
    }
}

/// An interval with its limits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Interval {
    /// Whether `value` lies inside or on a limit.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.lower <= value && value <= self.upper
    }

    /// The interval of a difference of probabilities, cut to where they can be.
    pub(super) fn of_difference(lower: f64, upper: f64) -> Self {
        Self { lower: lower.max(-1.0), upper: upper.min(1.0) }
    }
}

impl fmt::Display for Interval {
    /// The limits, with the decimals that the format asks for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.lower, f)?;
        f.write_str(" to ")?;
        fmt::Display::fmt(&self.upper, f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Interval, Level};

    #[test]
    fn invariant_levels_lie_between_0_and_1() {
        for level in [0.0, 1.0, -0.5, 95.0, f64::NAN, f64::INFINITY] {
            assert!(Level::new(level).is_err(), "{level}");
        }
        assert_eq!(Level::new(0.95).ok(), Some(Level::NINETY_FIVE));
    }

    #[test]
    fn analytic_an_interval_contains_its_limits() {
        let interval = Interval { lower: 0.25, upper: 0.5 };
        assert!(interval.contains(0.25) && interval.contains(0.5) && !interval.contains(0.51));
        assert!(!interval.contains(f64::NAN));
        assert_eq!(format!("{interval:.1}"), "0.2 to 0.5");
    }
}
