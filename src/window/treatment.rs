//! The courses of treatment that are compared: one dose a day for some days.

use super::question::in_range;
use crate::error::Result;
use crate::regimen::{Dose, Regimen, StoppingRule};
use crate::units::{Amount, Route, Time};
use std::fmt;

/// The approved dose, mg.
pub const APPROVED_MG: f64 = 3.0;
/// The approved number of days.
pub const APPROVED_DAYS: usize = 7;
/// Longest course, days.
const MOST_DAYS: usize = 28;
/// Largest dose, mg.
const MOST_MG: f64 = 50.0;

/// A dose once a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Treatment {
    /// Amount of each dose, mg; 0 is placebo.
    pub dose_mg: f64,
    /// Number of days.
    pub days: usize,
    /// The rule that stops it early.
    pub rule: Option<StoppingRule>,
}

impl Treatment {
    /// Without a rule.
    #[must_use]
    pub fn new(dose_mg: f64, days: usize) -> Self {
        Self { dose_mg, days, rule: None }
    }

    /// 3 mg for 7 days.
    #[must_use]
    pub fn approved() -> Self {
        Self::new(APPROVED_MG, APPROVED_DAYS)
    }

    /// Whether this is what the label says: dose and days.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        (self.dose_mg - APPROVED_MG).abs() < 1e-9 && self.days == APPROVED_DAYS
    }

    /// As doses in the order of their times.
    ///
    /// # Errors
    /// A dose outside [0, 50] mg, days outside 1 to 28.
    pub fn regimen(&self) -> Result<Regimen> {
        let Self { dose_mg, days, rule } = self;
        let range = format!("[0, {MOST_MG}]");
        in_range("dose", *dose_mg, "mg", &range, (0.0..=MOST_MG).contains(dose_mg))?;
        let range = format!("[1, {MOST_DAYS}]");
        in_range("days", *days as f64, "d", &range, (1..=MOST_DAYS).contains(days))?;
        if *dose_mg <= 0.0 {
            return Ok(Regimen::placebo());
        }
        let dose = |day: usize| Dose {
            time: Time::days(day as f64),
            amount: Amount::Mg(*dose_mg),
            route: Route::Oral,
            missed: false,
        };
        Regimen::new((0..*days).map(dose).collect(), rule.clone())
    }
}

impl fmt::Display for Treatment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mg once daily for {} days", self.dose_mg, self.days)?;
        match &self.rule {
            Some(rule) => write!(f, ", {rule}"),
            None => Ok(()),
        }
    }
}
