//! The figures of a fit: the curve beside what was published, and the profiles.

use super::counts_figure::counts_figure;
use super::drawing::canvas::Lettering;
use super::drawing::platelets::Levels;
use super::drawing::theme::{Colour, Dash};
use super::figures::fit::{self, DescriptiveFit, Series, Spread, Target};
use super::figures::profiles::{self, ProfileFigure};
use crate::error::Result;
use crate::fit::{FitResult, Prediction, Problem};
use crate::model::ParameterSet;
use crate::simulate::{Course, simulate};
use crate::statistics::Z_95;
use crate::units::{HOURS_PER_DAY, Time};
use crate::window::THRESHOLD;

/// Distance of the points of a drawn curve, h.
const SAMPLING_H: f64 = 4.0;
/// From this ratio of its ends on the axis of a profile is logarithmic.
const DECADES: f64 = 30.0;

/// The fitted curve: of summaries with the curve at the start values, and the targets in a panel of
/// their own; of counts with the counts on it.
///
/// # Errors
/// The equations cannot be integrated, or the figure cannot be drawn.
pub fn fit_figure(problem: &Problem, result: &FitResult, lettering: Lettering) -> Result<String> {
    if !problem.targets.are_summaries {
        return counts_figure(problem, result, &times(problem), lettering);
    }
    let fitted = course(problem, &problem.parameters_at(&result.x)?)?;
    let start = course(problem, &problem.set)?;
    let day: Vec<f64> = times(problem).iter().map(|time| time.in_days()).collect();
    let counts = |course: &Course| -> Result<Vec<f64>> {
        times(problem).iter().map(|time| Ok(course.sample(*time)?.platelets)).collect()
    };
    let maximum = fitted.maximum()?;
    let windows = fitted.at_or_above(THRESHOLD)?.intervals;
    let highest = maximum.value.max(start.maximum()?.value);
    let figure = DescriptiveFit {
        title: result.title.clone(),
        model_name: model_name(result),
        caption: caption(result),
        day,
        fitted: series("fitted", counts(&fitted)?, Colour::APPROVED),
        others: vec![series(&start_label(problem), counts(&start)?, Colour::REFERENCE)],
        windows: windows
            .iter()
            .map(|w| (w.from_h / HOURS_PER_DAY, w.to_h / HOURS_PER_DAY))
            .collect(),
        levels: Levels::USUAL,
        maximum: Some((maximum.elapsed_days(), maximum.value)),
        y_max: highest * 1.15,
        targets: result.predictions.iter().take(4).map(target).collect(),
    };
    fit::draw(&figure, lettering)
}

/// The profile of each parameter.
///
/// # Errors
/// The figure cannot be drawn.
pub fn profile_figure(result: &FitResult, lettering: Lettering) -> Result<String> {
    let open =
        result.estimates.iter().filter(|e| e.profile_low.is_none() || e.profile_high.is_none());
    let open: Vec<&str> = open.map(|estimate| estimate.symbol.as_str()).collect();
    let title = if open.is_empty() {
        format!("The {} bound every parameter on both sides", nouns(result))
    } else {
        format!("The {} leave open: {}", nouns(result), open.join(", "))
    };
    let profiles = result.profiles.iter().zip(&result.estimates).map(|(profile, estimate)| {
        profiles::Profile {
            name: estimate.symbol.clone(),
            unit: estimate.unit.clone(),
            values: profile.values.clone(),
            change: profile.change.clone(),
            estimate: estimate.value,
            interval: profile.interval,
            decimals: decimals(estimate.value),
            log: spans_decades(&profile.values),
            sparse: spans_decades(&profile.values),
        }
    });
    let figure = ProfileFigure {
        title,
        model_name: model_name(result),
        caption: format!(
            "{}. Each parameter held at the value on the axis, the others estimated anew. 3.84 is the \
             95 % quantile of χ² with one degree of freedom.",
            result.title
        ),
        profiles: profiles.collect(),
        colour: Colour::APPROVED,
    };
    profiles::draw(&figure, lettering)
}

fn nouns(result: &FitResult) -> &'static str {
    if result.is_of_counts { "counts" } else { "targets" }
}

/// Whether values differ so much that a linear axis would show the highest only.
fn spans_decades(values: &[f64]) -> bool {
    let ends = values.first().zip(values.last());
    ends.is_some_and(|(low, high)| *low > 0.0 && *high > DECADES * low)
}

fn course(problem: &Problem, set: &ParameterSet) -> Result<Course> {
    simulate(set, &problem.targets.regimen, problem.targets.until, problem.options)
}

fn times(problem: &Problem) -> Vec<Time> {
    let end_h = problem.targets.until.in_hours();
    let mut times = vec![Time::hours(0.0)];
    while let Some(next_h) = times.last().map(|last| last.in_hours() + SAMPLING_H) {
        if next_h > end_h {
            break;
        }
        times.push(Time::hours(next_h));
    }
    times
}

fn series(label: &str, values: Vec<f64>, colour: Colour) -> Series {
    Series { label: label.to_owned(), values, colour, dash: Dash::Solid }
}

fn start_label(problem: &Problem) -> String {
    match problem.free.iter().find(|free| free.symbol == "kc") {
        Some(kc) => format!("start, KC {}", kc.start),
        None => "start".to_owned(),
    }
}

fn decimals(value: f64) -> usize {
    if value.abs() >= 20.0 { 1 } else { 2 }
}

pub(super) fn model_name(result: &FitResult) -> String {
    let estimates = result.estimates.iter().map(|e| {
        format!("{} {:.*} {}", e.symbol.to_uppercase(), decimals(e.value), e.value, e.unit)
    });
    let model = match result.model.as_str() {
        "mechanistic" => format!("Mechanistic model, variant {}", result.variant),
        other => format!("Model {other}"),
    };
    let estimates: Vec<String> = estimates.collect();
    let colon = if estimates.is_empty() { "" } else { ": " };
    format!("{model}; {}{colon}{}", result.status.meaning(), estimates.join(", "))
}

fn caption(result: &FitResult) -> String {
    let freedom = result.degrees_of_freedom;
    format!(
        "Published: the value with ± 1.96 SE; an SE marked * is assumed. Predicted: what the fitted \
         curve gives. A published mean of maxima is no point on a mean curve, so it stands beside \
         the curve, not on it. {} targets, {} parameters: {freedom} degrees of freedom. Shaded: at or \
         above {THRESHOLD} × 10⁹/L.",
        result.predictions.len(),
        result.estimates.len()
    )
}

fn target(prediction: &Prediction) -> Target {
    let half = Z_95 * prediction.se;
    let mark = if prediction.se_is_assumed { "*" } else { "" };
    Target {
        title: prediction.statistic.clone(),
        decimals: 1,
        published: Spread {
            label: format!("published, ± 1.96 SE{mark}"),
            value: prediction.observed,
            interval: Some((prediction.observed - half, prediction.observed + half)),
        },
        predicted: Spread {
            label: "fitted curve".to_owned(),
            value: prediction.predicted,
            interval: None,
        },
    }
}
