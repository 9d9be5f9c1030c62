//! The checks that a model text asks for: whether it rests without drug, and whether it gives the values that
//! its authors published.

mod cases;
mod extremes;

pub use extremes::{OutputExtremes, output_extremes, output_values};

use super::Course;
use super::knots::Search;
use crate::error::Result;
use crate::model::text::{Check, Published, What};
use crate::model::{ParameterSet, Population, Shown, Variant, parameter_set};
use crate::population::VirtualPatients;
use crate::regimen::Regimen;
use crate::units::rounding::{Form, significant};
use crate::units::{HOURS_PER_DAY, Time};
use cases::{Case, until_h};
use std::fmt::Write;

/// Random subjects in whom a model is to rest.
const SUBJECTS: usize = 20;
/// A rate of change counts as 0 up to this share of its terms.
const REST: f64 = 1e-9;

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
    let mut found = published_values(name, &set, &published(&set))?.into_iter();
    let mut results = Vec::new();
    for check in &text.checks {
        match check {
            Check::Steady => results.extend(rests(name, &set)?),
            Check::Published(_) => results.extend(found.next()),
        }
    }
    Ok(results)
}

/// The regimens under which the text of `set` as it stands is checked, each with its words.
///
/// # Errors
/// A regimen that cannot be given.
pub fn checked_regimens(set: &ParameterSet) -> Result<Vec<(Regimen, String)>> {
    let cases = Case::all(&set.model, &published(set))?;
    let plain = cases.into_iter().filter(Case::is_plain);
    Ok(plain.map(|case| (case.regimen, case.words)).collect())
}

/// The published values that the text of `set` asks for, in its order.
fn published(set: &ParameterSet) -> Vec<&Published> {
    let checks = set.model.text().into_iter().flat_map(|text| &text.checks);
    checks
        .filter_map(|check| match check {
            Check::Published(published) => Some(published),
            Check::Steady => None,
        })
        .collect()
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

/// What the model gives for the published values, in their order.
fn published_values(
    name: &str,
    set: &ParameterSet,
    checks: &[&Published],
) -> Result<Vec<CheckResult>> {
    let mut results: Vec<Option<CheckResult>> = vec![None; checks.len()];
    for case in Case::all(&set.model, checks)? {
        let course = case.course(name)?;
        for i in case.checks {
            results[i] = Some(result(set, checks[i], &course)?);
        }
    }
    Ok(results.into_iter().flatten().collect())
}

/// What came of one check of a course.
fn result(set: &ParameterSet, check: &Published, course: &Course) -> Result<CheckResult> {
    let text = set.model.text();
    let output = text.and_then(|text| text.outputs.get(check.output));
    let (name, unit) =
        output.map_or_else(Default::default, |own| (own.name.clone(), own.unit.text().to_owned()));
    let day = |time: f64| significant(time / HOURS_PER_DAY, 6, Form::Label);
    let (words, is_time) = match check.what {
        What::Max(_) => (format!("maximum of {name}"), false),
        What::Min(_) => (format!("minimum of {name}"), false),
        What::TimeOfMax(_) => (format!("time of the maximum of {name}"), true),
        What::TimeOfMin(_) => (format!("time of the minimum of {name}"), true),
        What::At(time) => (format!("{name} at {} d", day(time)), false),
    };
    let whose = [&check.variant, &check.preset].into_iter().flatten();
    let whose: String = whose.map(|own| format!(", {own}")).collect();
    Ok(CheckResult {
        code: "K02",
        what: format!("line {}: {words}{whose}", check.line),
        published: Some(check.value),
        found: found(set, check, course)?,
        within: check.within,
        unit: if is_time { "h".to_owned() } else { unit },
    })
}

/// The number that a check asks for: an output in its own unit, or a time in h.
fn found(set: &ParameterSet, check: &Published, course: &Course) -> Result<f64> {
    let shown = set.model.shown(check.output);
    let trajectory = &course.trajectory;
    let (curve, factor) = match shown {
        Shown::Platelets(factor) => (trajectory.platelets(), factor),
        Shown::Conc(factor) => (trajectory.conc(), factor),
        Shown::Readout(i) => (trajectory.readout(i), 1.0),
    };
    let (start, end) = (Time::hours(0.0), Time::hours(until_h(&set.model, check)?));
    let extreme = |search| curve.extreme_between(search, start, end);
    Ok(match check.what {
        What::Max(_) => extreme(Search::VERY_LARGEST)?.value / factor,
        What::Min(_) => extreme(Search::VERY_SMALLEST)?.value / factor,
        What::TimeOfMax(_) => extreme(Search::VERY_LARGEST)?.time_h,
        What::TimeOfMin(_) => extreme(Search::VERY_SMALLEST)?.time_h,
        What::At(time) => curve.value(&trajectory.at(Time::hours(time))?) / factor,
    })
}
