//! The figure of a fit of counts: the band in which the model expects a count.

use super::descriptive::model_name;
use super::drawing::canvas::Lettering;
use super::drawing::platelets::Levels;
use super::drawing::theme::{Colour, Dash};
use super::figures::counts::{self, Count, CountsFit};
use super::figures::sheet::Series;
use crate::error::Result;
use crate::fit::{FitResult, Problem, Spread, Statistic, Target};
use crate::statistics::Z_95;
use crate::units::{HOURS_PER_DAY, Time};
use nalgebra::{DMatrix, DVector};

/// The counts on the fitted curve, and the residuals.
///
/// # Errors
/// The equations cannot be integrated, or the figure cannot be drawn.
pub(super) fn counts_figure(
    problem: &Problem,
    result: &FitResult,
    times: &[Time],
    lettering: Lettering,
) -> Result<String> {
    let (fitted, jacobian) = curve(problem, result, times)?;
    let measured = &problem.targets.items;
    let relative = measured.iter().map(|count| (count.se / count.value).powi(2)).sum::<f64>();
    let cv = (relative / measured.len().max(1) as f64).sqrt();
    let covariance = covariance(result);
    let half = |(i, fitted): (usize, &f64)| {
        let slope = jacobian.row(i);
        let of_curve = covariance.as_ref().map_or(0.0, |c| (slope * c * slope.transpose())[(0, 0)]);
        Z_95 * (of_curve.max(0.0) + (cv * fitted).powi(2)).sqrt()
    };
    let half: Vec<f64> = fitted.iter().enumerate().map(half).collect();
    let edge = |sign: f64| {
        fitted.iter().zip(&half).map(|(fitted, half)| (fitted + sign * half).max(0.0)).collect()
    };
    let label = if result.estimates.is_empty() { "at the start values" } else { "fitted" };
    let figure = CountsFit {
        title: result.title.clone(),
        model_name: model_name(result),
        caption: caption(problem, cv, covariance.is_some()),
        day: times.iter().map(|time| time.in_days()).collect(),
        levels: Levels::USUAL,
        band: (edge(-1.0), edge(1.0)),
        fitted: Series {
            label: label.to_owned(),
            values: fitted.iter().copied().collect(),
            colour: Colour::APPROVED,
            dash: Dash::Solid,
        },
        counts: counts(problem, result),
    };
    counts::draw(&figure, lettering)
}

/// The fitted count at `times` and its derivatives along the scales of the estimates.
fn curve(
    problem: &Problem,
    result: &FitResult,
    times: &[Time],
) -> Result<(DVector<f64>, DMatrix<f64>)> {
    let mut sampled = problem.clone();
    let at = |time: &Time| Target {
        statistic: Statistic::CountAt { time_h: time.in_hours() },
        value: 0.0,
        se: 1.0,
        spread: Spread::Assumed,
        arm: String::new(),
        subset: String::new(),
        source: String::new(),
        grade: "calc",
    };
    sampled.targets.items = times.iter().map(at).collect();
    // Against a count of 0 with a standard deviation of 1 the residual is the count itself.
    sampled.jacobian(&result.x)
}

/// Of the estimates on their scales; none where the counts do not determine them.
fn covariance(result: &FitResult) -> Option<DMatrix<f64>> {
    let errors = &result.uncertainty.standard_errors;
    let correlation = result.uncertainty.correlation.as_ref()?;
    Some(DMatrix::from_fn(errors.len(), errors.len(), |i, j| {
        correlation[(i, j)] * errors[i] * errors[j]
    }))
}

fn counts(problem: &Problem, result: &FitResult) -> Vec<Count> {
    let counts = problem.targets.items.iter().zip(&result.predictions);
    let count = |(target, prediction): (&Target, &crate::fit::Prediction)| {
        let Statistic::CountAt { time_h } = target.statistic else { return None };
        let half = Z_95 * target.se;
        Some(Count {
            day: time_h / HOURS_PER_DAY,
            value: target.value,
            interval: ((target.value - half).max(0.0), target.value + half),
            residual: -prediction.standardised,
        })
    };
    counts.filter_map(count).collect()
}

fn caption(problem: &Problem, cv: f64, has_covariance: bool) -> String {
    let assumed = problem.targets.items.iter().any(|target| target.spread == Spread::Assumed);
    let assumed = if assumed { " (assumed)" } else { "" };
    let curve = if has_covariance {
        "the standard errors of the estimates and"
    } else {
        "the estimates taken as known, because these counts do not determine them all, and"
    };
    format!(
        "Points: measured counts with ± 1.96 SD{assumed}. Band: 95 % prediction interval of a count, from \
         {curve} a count's SD of {:.0} %. Below: residuals; 95 % are expected in the band.",
        100.0 * cv
    )
}
