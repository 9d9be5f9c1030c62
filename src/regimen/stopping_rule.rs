//! The rule of the phase 3 trials: stop the drug once the count is high enough and has risen enough.

use crate::error::{Error, Result};
use std::fmt;

/// Stops dosing when a count seen before the dose of one of `visit_days` is at least `at_least` and
/// at least `rise` above baseline: that day's dose and all later ones are omitted.
#[derive(Debug, Clone, PartialEq)]
pub struct StoppingRule {
    /// Visit days on which the count is looked at; day 1 is the day of the first dose.
    pub visit_days: Vec<f64>,
    /// Count that must be reached, 10⁹/L.
    pub at_least: f64,
    /// Rise above baseline that must be reached, 10⁹/L.
    pub rise: f64,
}

impl StoppingRule {
    /// A rule looked at on `visit_days`, for counts in 10⁹/L.
    ///
    /// # Errors
    /// No visit day, one before day 1, a level or a rise that is negative or not finite.
    pub fn new(visit_days: Vec<f64>, at_least: f64, rise: f64) -> Result<Self> {
        let count = visit_days.len() as f64;
        let first_day = visit_days.iter().copied().fold(f64::INFINITY, f64::min);
        in_range("number of visit days", count, "days", 1.0)?;
        in_range("visit day", first_day, "d", 1.0)?;
        in_range("count that stops dosing", at_least, "10^9/L", 0.0)?;
        in_range("rise that stops dosing", rise, "10^9/L", 0.0)?;
        let mut visit_days = visit_days;
        visit_days.sort_by(f64::total_cmp);
        Ok(Self { visit_days, at_least, rise })
    }

    /// The rule of L-PLUS 1 and 2: days 5, 6 and 7, at least 50 and at least +20.
    #[must_use]
    pub fn l_plus() -> Self {
        Self { visit_days: vec![5.0, 6.0, 7.0], at_least: 50.0, rise: 20.0 }
    }

    /// Whether `count` meets the rule in a patient who started from `baseline` (both 10⁹/L).
    #[must_use]
    pub fn is_met(&self, count: f64, baseline: f64) -> bool {
        count >= self.at_least && count - baseline >= self.rise
    }
}

fn in_range(symbol: &str, value: f64, unit: &str, min: f64) -> Result<()> {
    if value.is_finite() && value >= min {
        return Ok(());
    }
    let (symbol, unit, range) = (symbol.to_owned(), unit.to_owned(), format!("[{min}, ∞)"));
    Err(Error::OutOfRange { symbol, value, unit, range })
}

impl fmt::Display for StoppingRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stop at {} and {:+} on days", self.at_least, self.rise)?;
        self.visit_days.iter().try_for_each(|day| write!(f, " {day}"))
    }
}
