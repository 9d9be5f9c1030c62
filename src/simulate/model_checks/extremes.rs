//! The first value and the extremes of every output of a text under a regimen.

use super::Course;
use crate::error::Result;
use crate::model::{ParameterSet, Shown};
use crate::simulate::knots::Search;
use crate::units::Time;

/// A smallest value up to this share of the largest one is 0.
const NOISE: f64 = 1e-9;

/// An output of a text over a course, in its own unit, with times in h.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutputExtremes {
    /// Its value at time 0.
    pub start: f64,
    /// Its largest value and when it is reached.
    pub max: (f64, f64),
    /// Its smallest value and when it is reached.
    pub min: (f64, f64),
}

/// The extremes of every output of the text of `set` until `end`, in the order of the text; none for a model that is
/// not a text. They lie on the dense output of the integration, not on a grid.
///
/// # Errors
/// A time outside the simulation.
pub fn output_extremes(
    set: &ParameterSet,
    course: &Course,
    end: Time,
) -> Result<Vec<OutputExtremes>> {
    let count = set.model.text().map_or(0, |text| text.outputs.len());
    (0..count).map(|output| extremes(set, course, output, end)).collect()
}

/// The values of every output of the text of `set` at `time`, each in its own unit.
///
/// # Errors
/// A time outside the simulation.
pub fn output_values(set: &ParameterSet, course: &Course, time: Time) -> Result<Vec<f64>> {
    let count = set.model.text().map_or(0, |text| text.outputs.len());
    let sample = course.sample(time)?;
    let value = |output: usize| match set.model.shown(output) {
        Shown::Platelets(factor) => sample.platelets / factor,
        Shown::Conc(factor) => sample.conc / factor,
        Shown::Readout(i) => sample.readouts.get(i).copied().unwrap_or(f64::NAN),
    };
    Ok((0..count).map(value).collect())
}

fn extremes(
    set: &ParameterSet,
    course: &Course,
    output: usize,
    end: Time,
) -> Result<OutputExtremes> {
    let trajectory = &course.trajectory;
    let (curve, factor) = match set.model.shown(output) {
        Shown::Platelets(factor) => (trajectory.platelets(), factor),
        Shown::Conc(factor) => (trajectory.conc(), factor),
        Shown::Readout(i) => (trajectory.readout(i), 1.0),
    };
    let start = Time::hours(0.0);
    let of = |search| {
        let found = curve.extreme_between(search, start, end)?;
        Ok((found.value / factor, found.time_h))
    };
    let (max, min): ((f64, f64), (f64, f64)) =
        (of(Search::VERY_LARGEST)?, of(Search::VERY_SMALLEST)?);
    // A drug that is washed out is integrated to slightly above or below 0.
    let is_noise = min.0.abs() <= NOISE * max.0.abs();
    Ok(OutputExtremes {
        start: curve.value(&trajectory.at(start)?) / factor,
        max,
        min: (if is_noise { 0.0 } else { min.0 }, min.1),
    })
}
