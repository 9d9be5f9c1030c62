//! The courses that the published values of a text ask for, each integrated once.

use crate::error::Result;
use crate::integrate::Options;
use crate::model::text::{Published, What};
use crate::model::{Model, ParameterSet, Population, Variant, parameter_set};
use crate::regimen::{Dose, Regimen};
use crate::simulate::{Course, course};
use crate::units::rounding::{Form, significant};
use crate::units::{Amount, HOURS_PER_DAY, Route, Time};

/// How long after the last dose extremes are looked for, unless the text says, h.
const AFTER_H: f64 = 28.0 * HOURS_PER_DAY;

/// A regimen in a variant and a preset, with the checks that look at it.
#[derive(Debug)]
pub(super) struct Case {
    population: Option<Population>,
    variant: Option<Variant>,
    /// The doses.
    pub(super) regimen: Regimen,
    /// The doses in words.
    pub(super) words: String,
    /// The latest time that a check asks for, h.
    until_h: f64,
    /// Positions of the checks.
    pub(super) checks: Vec<usize>,
}

impl Case {
    /// The cases behind `checks`.
    ///
    /// # Errors
    /// A regimen that cannot be given.
    pub(super) fn all(model: &Model, checks: &[&Published]) -> Result<Vec<Self>> {
        let mut cases: Vec<Self> = Vec::new();
        for (i, check) in checks.iter().enumerate() {
            let (regimen, _) = regimen(model, check)?;
            let own = Self {
                population: check.preset.as_deref().map(Population::named),
                variant: check.variant.as_deref().map(Variant::named),
                words: words(check, &regimen),
                regimen,
                until_h: until_h(model, check)?,
                checks: vec![i],
            };
            let is_same = |other: &&mut Self| {
                (other.population, other.variant) == (own.population, own.variant)
                    && other.regimen == own.regimen
            };
            match cases.iter_mut().find(is_same) {
                Some(case) => {
                    case.until_h = case.until_h.max(own.until_h);
                    case.checks.push(i);
                }
                None => cases.push(own),
            }
        }
        Ok(cases)
    }

    /// Whether it runs in the text as it stands.
    pub(super) fn is_plain(&self) -> bool {
        self.population.is_none() && self.variant.is_none()
    }

    /// The course in the model called `name`, closer than any published value needs.
    ///
    /// # Errors
    /// Equations that cannot be integrated.
    pub(super) fn course(&self, name: &str) -> Result<Course> {
        let set = self.set(name)?;
        let options =
            Options { relative_tolerance: 1e-10, absolute_tolerance: 1e-12, ..Options::default() };
        course(&set.model, &set.theta(), &self.regimen, Time::hours(self.until_h), options)
    }

    fn set(&self, name: &str) -> Result<ParameterSet> {
        let mut set = parameter_set(name, self.population)?;
        if let Some(variant) = self.variant {
            set.choose_variant(variant);
        }
        Ok(set)
    }
}

/// The end of what a check looks at, h.
///
/// # Errors
/// A regimen that cannot be given.
pub(super) fn until_h(model: &Model, check: &Published) -> Result<f64> {
    let until = match check.what {
        What::Max(until) | What::Min(until) | What::TimeOfMax(until) | What::TimeOfMin(until) => {
            until
        }
        What::At(time) => Some(time),
    };
    let (_, last_h) = regimen(model, check)?;
    Ok(until.unwrap_or(last_h + AFTER_H))
}

/// The regimen of a check, and the time of its last dose, h.
fn regimen(model: &Model, check: &Published) -> Result<(Regimen, f64)> {
    let (every_h, times) = check.every.unwrap_or((0.0, 1));
    let (route, amount) = dose(model, check);
    let doses = (0..times).map(|k| Dose {
        time: Time::hours(every_h * f64::from(k)),
        amount,
        route,
        missed: false,
    });
    let last_h = every_h * f64::from(times.saturating_sub(1));
    Ok((Regimen::new(doses.collect(), None)?, last_h))
}

fn words(check: &Published, regimen: &Regimen) -> String {
    let first = regimen.doses().next();
    let dose = first.map_or_else(String::new, |dose| format!("{} {}", dose.amount, dose.route));
    match check.every {
        Some((every_h, times)) if times > 1 => {
            format!("{dose} every {} h, {times} times", significant(every_h, 4, Form::Label))
        }
        _ => dose,
    }
}

/// The route of a check, and its dose in the units of regimens.
fn dose(model: &Model, check: &Published) -> (Route, Amount) {
    let routes = model.text().map(|text| &text.base().routes);
    let Some(own) = routes.and_then(|routes| routes.get(check.route)) else {
        return (model.usual_route(), Amount::Mg(check.dose));
    };
    let route = Route::called(&own.name);
    if let Some(factor) = own.unit.factor_to_text("mg") {
        return (route, Amount::Mg(check.dose * factor));
    }
    match own.unit.factor_to_text("ug/kg") {
        Some(factor) => (route, Amount::UgPerKg(check.dose * factor)),
        None => (route, Amount::Of(check.dose, own.unit.kept_text())),
    }
}
