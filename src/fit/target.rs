//! A number to be met, and how a simulated course gives it.

use crate::error::Result;
use crate::numeric::Scalar;
use crate::simulate::Trajectory;
use crate::units::{HOURS_PER_DAY, Time};

/// A number that a course of platelet counts has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// Day of the maximum, the day of the first dose being day 1.
    VisitDayOfMaximum,
    /// Days from the first dose to the maximum.
    ElapsedDayOfMaximum,
    /// The maximum, 10⁹/L.
    Maximum,
    /// Days at or above a level (10⁹/L), all stretches together.
    DaysAtOrAbove {
        /// The level, 10⁹/L.
        level: f64,
    },
    /// The count at a time.
    CountAt {
        /// Elapsed time, h.
        time_h: f64,
    },
}

impl Statistic {
    /// What it is, with its unit, as a figure says it.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::VisitDayOfMaximum => "Visit day of the maximum".to_owned(),
            Self::ElapsedDayOfMaximum => "Elapsed day of the maximum".to_owned(),
            Self::Maximum => "Maximum count (10⁹/L)".to_owned(),
            Self::DaysAtOrAbove { level } => format!("Days at or above {level}"),
            Self::CountAt { time_h } => format!("Count at {time_h} h (10⁹/L)"),
        }
    }

    /// The unit of its value.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Maximum | Self::CountAt { .. } => "10^9/L",
            _ => "d",
        }
    }

    /// The statistic of a simulated course.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn of<T: Scalar>(&self, trajectory: &Trajectory<T>) -> Result<T> {
        let platelets = trajectory.platelets();
        Ok(match self {
            Self::VisitDayOfMaximum => platelets.maximum()?.visit_day(),
            Self::ElapsedDayOfMaximum => platelets.maximum()?.elapsed_days(),
            Self::Maximum => platelets.maximum()?.value,
            Self::DaysAtOrAbove { level } => {
                platelets.at_or_above(T::constant(*level))?.total_h() / HOURS_PER_DAY
            }
            Self::CountAt { time_h } => {
                trajectory.equations().platelets(&trajectory.at(Time::hours(*time_h))?)
            }
        })
    }
}

/// Where a standard error comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Computed from what was published.
    Published,
    /// Chosen by us.
    Assumed,
}

/// A number to be met.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What it is.
    pub statistic: Statistic,
    /// Its value, in the statistic's unit.
    pub value: f64,
    /// Its standard error, by which it is weighted.
    pub se: f64,
    /// Where the standard error comes from.
    pub spread: Spread,
    /// What they were given.
    pub arm: String,
    /// Whom of them it was computed on.
    pub subset: String,
    /// Where it comes from.
    pub source: String,
    /// Grade of evidence.
    pub grade: &'static str,
}
