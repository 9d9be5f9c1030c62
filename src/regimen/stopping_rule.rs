//! The rule of the phase 3 trials: stop the drug once the count is high enough and has risen enough.

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

impl fmt::Display for StoppingRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stop at {} and {:+} on days", self.at_least, self.rise)?;
        self.visit_days.iter().try_for_each(|day| write!(f, " {day}"))
    }
}
