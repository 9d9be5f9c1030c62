//! Doses and the rules that change them. Knows nothing of the model.
//!
//! ```
//! use thrombopoiesis::regimen::Regimen;
//! let regimen: Regimen = "3 mg qd x7, miss 4".parse()?;
//! assert_eq!(regimen.doses().count(), 6);
//! # Ok::<(), thrombopoiesis::error::Error>(())
//! ```

mod grammar;
mod stopping_rule;

pub use grammar::GRAMMAR;
pub use stopping_rule::StoppingRule;

use crate::error::{Error, Result};
use crate::units::plausible::Plausible;
use crate::units::{Amount, Route, Time};
use std::fmt;

/// Most doses of one regimen.
pub const MAX_DOSES: usize = 1000;
/// Largest dose, mg or ug/kg.
pub const MAX_DOSE: f64 = 10_000.0;

/// One dose, planned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dose {
    /// Time after the start of the regimen.
    pub time: Time,
    /// Amount.
    pub amount: Amount,
    /// How it is given.
    pub route: Route,
    /// Whether the patient misses it.
    pub missed: bool,
}

/// A dosing regimen: planned doses in the order of their times, and perhaps a rule that stops them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Regimen {
    planned: Vec<Dose>,
    /// The rule that stops dosing, if there is one.
    pub stopping_rule: Option<StoppingRule>,
}

impl Regimen {
    /// No drug at all.
    #[must_use]
    pub fn placebo() -> Self {
        Self::default()
    }

    /// From doses in any order.
    ///
    /// # Errors
    /// An amount outside (0, [`MAX_DOSE`]], a time that is negative, more than [`MAX_DOSES`] doses.
    pub fn new(mut planned: Vec<Dose>, stopping_rule: Option<StoppingRule>) -> Result<Self> {
        if planned.len() > MAX_DOSES {
            let count = planned.len() as f64;
            return Err(out_of_range("number of doses", count, "doses", "[0, 1000]"));
        }
        for dose in &planned {
            let (amount, time_h) = (dose.amount.number(), dose.time.in_hours());
            if !(amount > 0.0 && amount <= MAX_DOSE) {
                let range = format!("(0, {MAX_DOSE}]");
                return Err(out_of_range("dose", amount, dose.amount.unit(), &range));
            }
            if !(time_h.is_finite() && time_h >= 0.0) {
                return Err(out_of_range("time of dose", time_h, "h", "[0, ∞)"));
            }
        }
        sort(&mut planned);
        Ok(Self { planned, stopping_rule })
    }

    /// Every planned dose, missed ones included, in the order of their times.
    #[must_use]
    pub fn planned(&self) -> &[Dose] {
        &self.planned
    }

    /// The doses that are taken unless a rule stops them.
    pub fn doses(&self) -> impl Iterator<Item = &Dose> {
        self.planned.iter().filter(|dose| !dose.missed)
    }
}

impl Regimen {
    /// Amounts that can hardly be meant, and what changes nothing in a simulation until `end`, a sentence
    /// each.
    #[must_use]
    pub fn all_doubts(&self, end: Time) -> Vec<String> {
        let general = |dose: &Dose| {
            let Dose { amount, .. } = *dose;
            Plausible::of_dose(amount).doubt("dose", amount.number())
        };
        self.doubts_by(end, general)
    }

    /// The same where `doubt` says which doses can hardly be meant.
    #[must_use]
    pub fn doubts_by(&self, end: Time, doubt: impl Fn(&Dose) -> Option<String>) -> Vec<String> {
        let mut doubts: Vec<String> = self.doses().filter_map(doubt).collect();
        doubts.dedup();
        [doubts, self.without_effect(end)].concat()
    }

    /// What of the regimen changes nothing in a simulation until `end`, a sentence each.
    fn without_effect(&self, end: Time) -> Vec<String> {
        let end_h = end.in_hours();
        let late = self.doses().filter(|dose| dose.time.in_hours() >= end_h).count();
        let doses = (late > 0).then(|| {
            let (all, days) = (self.doses().count(), end.in_days());
            format!("{late} of {all} doses are given at or after the end of the simulation, {days} d, and have no effect")
        });
        let last = self.doses().map(|dose| dose.time.in_hours()).fold(0.0, f64::max);
        let first_look = self.stopping_rule.iter().flat_map(|rule| &rule.visit_days).copied();
        let first_look = first_look.min_by(f64::total_cmp);
        let rule = first_look.filter(|day| Time::visit_day(*day).in_hours() > last).map(|day| {
            format!("the stopping rule is first applied on visit day {day}, after the last dose, and has no effect")
        });
        doses.into_iter().chain(rule).collect()
    }
}

/// Puts doses into the order of their times, in which they are numbered.
fn sort(planned: &mut [Dose]) {
    planned.sort_by(|a, b| a.time.in_hours().total_cmp(&b.time.in_hours()));
}

impl fmt::Display for Regimen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before: Option<&Dose> = None;
        for dose in self.doses() {
            let is_another =
                |before: &Dose| (before.amount, before.route) != (dose.amount, dose.route);
            if before.is_none_or(is_another) {
                f.write_str(if before.is_some() { " h; " } else { "" })?;
                write!(f, "{} {} at", dose.amount, dose.route)?;
            }
            write!(f, " {}", dose.time.in_hours())?;
            before = Some(dose);
        }
        f.write_str(if before.is_some() { " h" } else { "placebo" })?;
        match &self.stopping_rule {
            Some(rule) => write!(f, ", {rule}"),
            None => Ok(()),
        }
    }
}

fn out_of_range(symbol: &str, value: f64, unit: &str, range: &str) -> Error {
    Error::OutOfRange { symbol: symbol.into(), value, unit: unit.into(), range: range.into() }
}

#[cfg(test)]
mod tests {
    use super::{Amount, Dose, Regimen, Route, Time};
    use crate::error::Result;

    #[test]
    fn analytic_what_changes_nothing_is_named() -> Result<()> {
        for (text, end, said) in [
            ("3 mg qd x7", 40.0, None),
            ("3 mg qd x7", 3.0, Some("4 of 7 doses")),
            ("3 mg qd x5, stop at 50 and +20 on days 6 7", 40.0, Some("visit day 6")),
            ("3 mg qd x5, stop at 50 and +20 on days 7 5", 40.0, None),
            ("placebo", 40.0, None),
        ] {
            let notes = text.parse::<Regimen>()?.without_effect(Time::days(end));
            assert_eq!(notes.len(), usize::from(said.is_some()), "{text}: {notes:?}");
            assert!(said.is_none_or(|said| notes[0].contains(said)), "{notes:?}");
        }
        Ok(())
    }

    #[test]
    fn regress_every_amount_of_a_regimen_is_shown() -> Result<()> {
        let dose = |day: f64, mg: f64| Dose {
            time: Time::days(day),
            amount: Amount::Mg(mg),
            route: Route::Oral,
            missed: false,
        };
        let mixed = Regimen::new(vec![dose(0.0, 4.0), dose(1.0, 3.0), dose(2.0, 3.0)], None)?;
        assert_eq!(mixed.to_string(), "4 mg po at 0 h; 3 mg po at 24 48 h");
        Ok(())
    }
}
