//! The courses of treatment that are compared: one dose a day for some days.

use super::question::in_range;
use crate::error::Result;
use crate::regimen::{Dose, MAX_DOSE, Regimen, StoppingRule};
use crate::units::{Amount, Route, Time};
use std::fmt;

/// The approved dose, mg.
pub const APPROVED_MG: f64 = 3.0;
/// The approved number of days.
pub const APPROVED_DAYS: usize = 7;
/// Longest course, days.
const MOST_DAYS: usize = 28;

/// How every dose of a treatment is given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Way {
    /// The route.
    pub route: Route,
    /// One of the unit in which doses are counted.
    pub unit: Amount,
}

impl Default for Way {
    /// Tablets, in mg.
    fn default() -> Self {
        Self { route: Route::Oral, unit: Amount::Mg(1.0) }
    }
}

/// A dose once a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Treatment {
    /// Each dose, in the unit of its way; 0 is placebo.
    pub dose: f64,
    /// How it is given.
    pub way: Way,
    /// Number of days.
    pub days: usize,
    /// Numbers of the doses that are missed, from 1.
    pub missed: Vec<usize>,
    /// The rule that stops it early.
    pub rule: Option<StoppingRule>,
}

impl Treatment {
    /// Tablets of `dose_mg`, every one taken, without a rule.
    #[must_use]
    pub fn new(dose_mg: f64, days: usize) -> Self {
        Self { dose: dose_mg, way: Way::default(), days, missed: Vec::new(), rule: None }
    }

    /// What a regimen is, if it is one oral dose a day from the start on.
    #[must_use]
    pub fn of(regimen: &Regimen) -> Option<Self> {
        let planned = regimen.planned();
        let Some(first) = planned.first() else { return Some(Self::new(0.0, APPROVED_DAYS)) };
        let Amount::Mg(dose_mg) = first.amount else { return None };
        let daily = planned.iter().enumerate().all(|(day, dose)| {
            let same = dose.amount == first.amount && dose.route == Route::Oral;
            same && (dose.time.in_days() - day as f64).abs() < 1e-9
        });
        let numbered = planned.iter().zip(1..).filter(|(dose, _)| dose.missed);
        daily.then(|| Self {
            dose: dose_mg,
            way: Way::default(),
            days: planned.len(),
            missed: numbered.map(|(_, number)| number).collect(),
            rule: regimen.stopping_rule.clone(),
        })
    }

    /// 3 mg for 7 days.
    #[must_use]
    pub fn approved() -> Self {
        Self::new(APPROVED_MG, APPROVED_DAYS)
    }

    /// Whether this is what the label says: dose and days.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.way == Way::default()
            && (self.dose - APPROVED_MG).abs() < 1e-9
            && self.days == APPROVED_DAYS
    }

    /// As doses in the order of their times.
    ///
    /// # Errors
    /// A dose outside [0, [`MAX_DOSE`]], days outside 1 to 28, a missed dose that was not due.
    pub fn regimen(&self) -> Result<Regimen> {
        let Self { dose, way, days, missed, rule } = self;
        let range = format!("[0, {MAX_DOSE}]");
        in_range("dose", *dose, way.unit.unit(), &range, (0.0..=MAX_DOSE).contains(dose))?;
        let range = format!("[1, {MOST_DAYS}]");
        in_range("days", *days as f64, "d", &range, (1..=MOST_DAYS).contains(days))?;
        for number in missed {
            let range = format!("[1, {days}]");
            let due = (1..=*days).contains(number);
            in_range("missed dose", *number as f64, "1", &range, due)?;
        }
        if *dose <= 0.0 {
            return Ok(Regimen::placebo());
        }
        let dose = |day: usize| Dose {
            time: Time::days(day as f64),
            amount: way.unit.times(*dose),
            route: way.route,
            missed: missed.contains(&(day + 1)),
        };
        Regimen::new((0..*days).map(dose).collect(), rule.clone())
    }
}

impl fmt::Display for Treatment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = if self.days == 1 { "day" } else { "days" };
        write!(f, "{}", self.way.unit.times(self.dose))?;
        if self.way.route != Route::Oral {
            write!(f, " {}", self.way.route)?;
        }
        write!(f, " once daily for {} {days}", self.days)?;
        if let [first, others @ ..] = self.missed.as_slice() {
            write!(f, ", {} {first}", if others.is_empty() { "dose" } else { "doses" })?;
            others.iter().try_for_each(|number| write!(f, ", {number}"))?;
            f.write_str(" missed")?;
        }
        match &self.rule {
            Some(rule) => write!(f, ", {rule}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Treatment;
    use crate::regimen::{Regimen, StoppingRule};

    #[test]
    fn invariant_a_treatment_is_the_regimen_that_it_makes() -> crate::error::Result<()> {
        let rule = Some(StoppingRule::l_plus());
        let all = [
            Treatment::new(0.0, 7),
            Treatment::new(4.0, 10),
            Treatment { missed: vec![6, 7], ..Treatment::approved() },
            Treatment { rule, ..Treatment::approved() },
        ];
        for treatment in all {
            assert_eq!(Treatment::of(&treatment.regimen()?), Some(treatment));
        }
        for other in ["3 mg q12h x7", "10 ug/kg iv once"] {
            assert_eq!(Treatment::of(&other.parse::<Regimen>()?), None, "{other}");
        }
        let wrong = Treatment { missed: vec![8], ..Treatment::approved() };
        assert!(wrong.regimen().is_err());
        Ok(())
    }
}
