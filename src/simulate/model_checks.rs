//! The checks that a model text asks for: whether it rests without drug, and whether it gives the values that
//! its authors published.

use super::{Course, course};
use crate::error::Result;
use crate::integrate::Options;
use crate::model::text::{Check, Published, What};
use crate::model::{Model, ParameterSet, Population, Shown, Variant, parameter_set};
use crate::population::VirtualPatients;
use crate::regimen::{Dose, Regimen};
use crate::units::rounding::{Form, significant};
use crate::units::{Amount, HOURS_PER_DAY, Route, Time};
use std::fmt::Write;

/// Random subjects in whom a model is to rest.
const SUBJECTS: usize = 20;
/// A rate of change counts as 0 up to this share of its terms.
const REST: f64 = 1e-9;
/// How long after the last dose extremes are looked for, unless the text says.
const AFTER_H: f64 = 28.0 * HOURS_PER_DAY;
/// Steps of the search for extremes of a quantity.
const STEPS: u32 = 4000;

/// What came of one check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckResult {
    /// The code of a failure: K01 for rest, K02 for a published value.
    pub code: &'static str,
    /// What was checked, in words.
    pub what: String,
    /// The published value; none for rest.
    pub published: Option<f64>,
    /// What the model gives: the value, or for rest the largest rate as a share of its terms.
    pub found: f64,
    /// How far it may be away.
    pub within: f64,
    /// Unit of these.
    pub unit: String,
}

impl CheckResult {
    /// Whether the check holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        (self.found - self.published.unwrap_or(0.0)).abs() <= self.within
    }
}

/// Runs all checks of the model called `name`, a file or a shipped text.
///
/// # Errors
/// The text is wrong, or its equations cannot be integrated.
pub fn model_checks(name: &str) -> Result<Vec<CheckResult>> {
    let set = parameter_set(name, None)?;
    let Some(text) = set.model.text() else { return Ok(Vec::new()) };
    let mut results = Vec::new();
    for check in &text.checks {
        match check {
            Check::Steady => results.extend(rests(name, &set)?),
            Check::Published(published) => results.push(published_value(name, &set, published)?),
        }
    }
    Ok(results)
}

/// Rest without drug in every variant and preset, at typical values and in random subjects.
fn rests(name: &str, set: &ParameterSet) -> Result<Vec<CheckResult>> {
    let Some(text) = set.model.text() else { return Ok(Vec::new()) };
    let presets = text.presets.iter().map(|own| Population::named(&own.name));
    let mut results = Vec::new();
    for population in [Population::AS_WRITTEN].into_iter().chain(presets) {
        let variants: Vec<Variant> = set.model.variants().iter().map(|(own, _)| *own).collect();
        let variants = if variants.is_empty() { vec![set.variant] } else { variants };
        for variant in variants {
            let (found, state) = unrest(name, population, variant)?;
            let mut what = "steady without drug".to_owned();
            if set.variants_apply() {
                let _ = write!(what, ", variant {variant}");
            }
            if population != Population::AS_WRITTEN {
                let _ = write!(what, ", {population}");
            }
            if found > REST {
                let _ = write!(what, ": `{state}` moves");
            }
            let unit = "of its terms".to_owned();
            results.push(CheckResult {
                code: "K01",
                what,
                published: None,
                found,
                within: REST,
                unit,
            });
        }
    }
    Ok(results)
}

/// The largest rate at rest as a share of its terms, and the state that it is of.
fn unrest(name: &str, population: Population, variant: Variant) -> Result<(f64, String)> {
    let patients = VirtualPatients::of_model(name, population)?;
    let mut set = parameter_set(name, population)?;
    if set.variants_apply() {
        set.choose_variant(variant);
    }
    let mut thetas = vec![set.theta()];
    if let Some(patients) = patients {
        let generator = patients.generator(variant, 1)?;
        for subject in 0..SUBJECTS {
            let mut theta = set.theta();
            let patient = generator.patient(subject);
            generator.write(&patient, &mut theta);
            thetas.extend(patient.valid.then_some(theta));
        }
    }
    let mut worst = (0.0, String::new());
    for theta in &thetas {
        for (state, share) in set.model.unrest(theta)? {
            if share > worst.0 || share.is_nan() {
                worst = (share, state);
            }
        }
    }
    Ok(worst)
}

fn published_value(name: &str, set: &ParameterSet, check: &Published) -> Result<CheckResult> {
    let population = check.preset.as_deref().map(Population::named);
    let mut own = parameter_set(name, population)?;
    if let Some(variant) = &check.variant {
        own.choose_variant(Variant::named(variant));
    }
    let (regimen, last_h) = regimen(&set.model, check)?;
    let until = match check.what {
        What::Max(until) | What::Min(until) | What::TimeOfMax(until) | What::TimeOfMin(until) => {
            until
        }
        What::At(time) => Some(time),
    };
    let until_h = until.unwrap_or(last_h + AFTER_H);
    let options =
        Options { relative_tolerance: 1e-10, absolute_tolerance: 1e-12, ..Options::default() };
    let course = course(&own.model, &own.theta(), &regimen, Time::hours(until_h), options)?;
    let shown = own.model.shown(check.output);
    let value = |time_h: f64| value(&course, shown, time_h);
    let (found, unit, what) = found(set, check, until_h, &value)?;
    Ok(CheckResult {
        code: "K02",
        what,
        published: Some(check.value),
        found,
        within: check.within,
        unit,
    })
}

/// What the model gives, its unit, and what it is in words.
fn found(
    set: &ParameterSet,
    check: &Published,
    until_h: f64,
    value: &dyn Fn(f64) -> Result<f64>,
) -> Result<(f64, String, String)> {
    let text = set.model.text();
    let output = text.and_then(|text| text.outputs.get(check.output));
    let (name, unit) =
        output.map_or_else(Default::default, |own| (own.name.clone(), own.unit.text().to_owned()));
    let whose = [&check.variant, &check.preset].into_iter().flatten();
    let whose: String = whose.map(|own| format!(", {own}")).collect();
    let line = check.line;
    Ok(match check.what {
        What::Max(_) => (
            extreme(value, until_h, 1.0)?.1,
            unit,
            format!("line {line}: maximum of {name}{whose}"),
        ),
        What::Min(_) => (
            extreme(value, until_h, -1.0)?.1,
            unit,
            format!("line {line}: minimum of {name}{whose}"),
        ),
        What::TimeOfMax(_) => {
            let what = format!("line {line}: time of the maximum of {name}{whose}");
            (extreme(value, until_h, 1.0)?.0, "h".to_owned(), what)
        }
        What::TimeOfMin(_) => {
            let what = format!("line {line}: time of the minimum of {name}{whose}");
            (extreme(value, until_h, -1.0)?.0, "h".to_owned(), what)
        }
        What::At(time) => (
            value(time)?,
            unit,
            format!(
                "line {line}: {name} at {} d{whose}",
                significant(time / HOURS_PER_DAY, 6, Form::Label)
            ),
        ),
    })
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

/// An output in its own unit.
fn value(course: &Course, shown: Shown, time_h: f64) -> Result<f64> {
    let sample = course.sample(Time::hours(time_h))?;
    Ok(match shown {
        Shown::Platelets(factor) => sample.platelets / factor,
        Shown::Conc(factor) => sample.conc / factor,
        Shown::Readout(i) => sample.readouts.get(i).copied().unwrap_or(f64::NAN),
    })
}

/// Time and value of the largest value times `sign`: the peaks on a grid, each then looked at closely,
/// because peaks of several doses can be nearly as high.
fn extreme(value: &dyn Fn(f64) -> Result<f64>, until_h: f64, sign: f64) -> Result<(f64, f64)> {
    let step = until_h / f64::from(STEPS);
    let times = (0..=STEPS).map(|i| step * f64::from(i));
    let grid = times.map(|time| Ok((time, value(time)?))).collect::<Result<Vec<_>>>()?;
    let height = |i: usize| grid.get(i).map_or(f64::NEG_INFINITY, |(_, value)| sign * value);
    let mut best = grid[0];
    for (i, here) in grid.iter().enumerate() {
        let before = i.checked_sub(1).map_or(f64::NEG_INFINITY, height);
        if height(i) >= before && height(i) >= height(i + 1) {
            let peak = closer(value, *here, (step, until_h), sign)?;
            if sign * peak.1 > sign * best.1 {
                best = peak;
            }
        }
    }
    Ok(best)
}

/// The peak next to `from`, within one step of the grid.
fn closer(
    value: &dyn Fn(f64) -> Result<f64>,
    from: (f64, f64),
    (step, until_h): (f64, f64),
    sign: f64,
) -> Result<(f64, f64)> {
    let (mut best, mut width) = (from, step);
    while width > 1e-6 * step {
        width *= 0.5;
        for time in [best.0 - width, best.0 + width] {
            if (0.0..=until_h).contains(&time) {
                let here = value(time)?;
                if sign * here > sign * best.1 {
                    best = (time, here);
                }
            }
        }
    }
    Ok(best)
}
