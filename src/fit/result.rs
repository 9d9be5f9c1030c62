//! What a fit found, and what it cannot say.

use super::evaluator::Effort;
use super::identifiability::counted;
use super::problem::Problem;
use super::profile::Profile;
use super::search::Search;
use super::status::FitStatus;
use super::target::Spread;
use super::uncertainty::{HIGH_CONDITION, HIGH_CORRELATION, Uncertainty};
use super::warnings::{Writing, warnings};
use crate::error::Result;
use serde::Serialize;

/// One estimated parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// Symbol, as in the glossary.
    pub symbol: String,
    /// The estimate.
    pub value: f64,
    /// Unit.
    pub unit: String,
    /// Start value.
    pub start: f64,
    /// Standard error; none where the targets do not determine it.
    pub se: Option<f64>,
    /// Relative standard error, %.
    pub rse_percent: Option<f64>,
    /// 95 % interval from the profile: lower end, if the profile rises enough.
    pub profile_low: Option<f64>,
    /// 95 % interval from the profile: upper end.
    pub profile_high: Option<f64>,
    /// Plausible range by the sources: lower end.
    pub plausible_low: Option<f64>,
    /// Plausible range by the sources: upper end.
    pub plausible_high: Option<f64>,
    /// Whether the estimate lies inside that range.
    pub is_plausible: bool,
    /// Bounds of the search; none in the file of a fit of summaries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound_low: Option<f64>,
    /// Upper bound of the search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound_high: Option<f64>,
    /// The side on which the targets do not limit the parameter: `upwards`, `downwards` or `both`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<&'static str>,
}

/// One target and what the fitted model says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// What it is.
    pub statistic: String,
    /// Unit.
    pub unit: String,
    /// The value to be met.
    pub observed: f64,
    /// Its standard error.
    pub se: f64,
    /// Whether that standard error was assumed.
    pub se_is_assumed: bool,
    /// What the fitted model says.
    pub predicted: f64,
    /// Difference in standard errors.
    pub standardised: f64,
}

/// Where one start led.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StartResult {
    /// Values of the parameters at the start.
    pub start: Vec<f64>,
    /// Objective reached by the first optimiser.
    pub objective: f64,
    /// Calls of the objective.
    pub calls: u64,
}

/// The result of a fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitResult {
    /// What the result is, and is not.
    pub title: String,
    /// How it ended.
    pub status: FitStatus,
    /// −2 log L up to a constant.
    pub objective: f64,
    /// Targets minus parameters; not positive where nothing is left to test the model.
    pub degrees_of_freedom: i64,
    /// Condition number of the information on the scales; infinite where undetermined.
    pub condition: f64,
    /// What a reader must know before using the estimates.
    pub warnings: Vec<String>,
    /// Name of the model.
    pub model: String,
    /// Structural variant.
    pub variant: String,
    /// Seed of the random starts.
    pub seed: u64,
    /// Simulations that the fit took; none in the file of a fit of summaries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluations: Option<u64>,
    /// Those of them that could not be integrated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_evaluations: Option<u64>,
    /// The estimated parameters.
    pub estimates: Vec<Estimate>,
    /// The targets.
    pub predictions: Vec<Prediction>,
    /// Correlations between the estimates on their scales, row by row; empty where undetermined.
    pub correlation: Vec<Vec<f64>>,
    /// Where each start led.
    pub starts: Vec<StartResult>,
    /// The profiles; none where the fit did not converge.
    #[serde(skip)]
    pub profiles: Vec<Profile>,
    /// The estimates on their scales; the start where nothing was estimated.
    #[serde(skip)]
    pub x: Vec<f64>,
    /// Their uncertainty on their scales.
    #[serde(skip)]
    pub uncertainty: Uncertainty,
    /// Whether the targets are counts of one patient.
    #[serde(skip)]
    pub is_of_counts: bool,
    /// The warnings as they are printed.
    #[serde(skip)]
    pub(super) notes: Vec<String>,
}

/// What a search found.
pub(super) struct Found {
    pub(super) x: Vec<f64>,
    pub(super) status: FitStatus,
    pub(super) uncertainty: Uncertainty,
    pub(super) profiles: Vec<Profile>,
    pub(super) starts: Vec<StartResult>,
    /// Starts that could not be used, in words.
    pub(super) unusable: Vec<String>,
    pub(super) effort: Effort,
}

impl FitResult {
    pub(super) fn new(problem: &Problem, search: Search, found: Found) -> Result<Self> {
        let estimates = estimates(problem, &found);
        Self::with(problem, search, found, (estimates, &[]))
    }

    /// Where nothing was searched for: `idle` parameters have no influence on the targets.
    pub(super) fn undetermined(
        problem: &Problem,
        search: Search,
        start: Vec<f64>,
        idle: &[&str],
        effort: Effort,
    ) -> Result<Self> {
        let found = Found {
            uncertainty: Uncertainty::unknown(start.len()),
            x: start,
            status: FitStatus::NotDetermined,
            profiles: Vec::new(),
            starts: Vec::new(),
            unusable: Vec::new(),
            effort,
        };
        Self::with(problem, search, found, (Vec::new(), idle))
    }

    fn with(
        problem: &Problem,
        search: Search,
        found: Found,
        (estimates, idle): (Vec<Estimate>, &[&str]),
    ) -> Result<Self> {
        let predicted = problem.predictions(&found.x)?;
        let predictions = predictions(problem, &predicted);
        let objective = predictions.iter().map(|p| p.standardised * p.standardised).sum();
        let rows = found.uncertainty.correlation.as_ref().map(|correlation| {
            correlation.row_iter().map(|row| row.iter().copied().collect()).collect()
        });
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let is_counts = !problem.targets.are_summaries;
        let mut result = Self {
            title: title(problem),
            status: found.status,
            objective,
            degrees_of_freedom: count(predictions.len()) - count(estimates.len()),
            condition: found.uncertainty.condition,
            warnings: Vec::new(),
            model: problem.set.model.to_string(),
            variant: problem.set.variant.to_string(),
            seed: search.seed,
            evaluations: is_counts.then_some(found.effort.evaluations),
            failed_evaluations: is_counts.then_some(found.effort.failed),
            estimates,
            predictions,
            correlation: rows.unwrap_or_default(),
            starts: found.starts,
            profiles: found.profiles,
            x: found.x,
            uncertainty: found.uncertainty,
            is_of_counts: is_counts,
            notes: Vec::new(),
        };
        let about = (found.unusable.as_slice(), idle, found.effort);
        result.warnings = warnings(problem, &result, about, Writing::InFiles);
        result.notes = warnings(problem, &result, about, Writing::Printed);
        Ok(result)
    }

    /// Whether the targets determine the parameters, each apart from the others.
    #[must_use]
    pub fn is_identified(&self) -> bool {
        self.condition <= HIGH_CONDITION && self.high_correlations().is_empty()
    }

    pub(super) fn high_correlations(&self) -> Vec<(usize, usize, f64)> {
        let rows = self.correlation.iter().enumerate();
        let pairs =
            rows.flat_map(|(i, row)| row.iter().take(i).enumerate().map(move |(j, r)| (j, i, *r)));
        pairs.filter(|(_, _, r)| r.abs() > HIGH_CORRELATION).collect()
    }

    /// The result as TOML, for scripts.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// The result as JSON, for scripts; numbers that are not finite become null.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

fn title(problem: &Problem) -> String {
    if problem.targets.are_summaries {
        "Descriptive curve through published summaries, not a calibrated patient".to_owned()
    } else {
        format!("Curve through {} of one patient", counted(problem.targets.items.len(), "count"))
    }
}

fn estimates(problem: &Problem, found: &Found) -> Vec<Estimate> {
    let values = problem.values(&found.x);
    let is_counts = !problem.targets.are_summaries;
    let estimate = |(i, free): (usize, &super::Free)| {
        let value = values[i];
        let se = free.transform.slope(value) * found.uncertainty.standard_errors[i];
        let se = Some(se).filter(|se| se.is_finite());
        let interval = found.profiles.get(i).map_or((None, None), |profile| profile.interval);
        Estimate {
            symbol: free.symbol.clone(),
            value,
            unit: free.unit.clone(),
            start: free.start,
            se,
            rse_percent: se.map(|se| 100.0 * se / value),
            profile_low: interval.0,
            profile_high: interval.1,
            plausible_low: free.plausible.map(|(low, _)| low),
            plausible_high: free.plausible.map(|(_, high)| high),
            is_plausible: free.plausible.is_none_or(|(low, high)| (low..=high).contains(&value)),
            bound_low: is_counts.then_some(free.bounds.0),
            bound_high: is_counts.then_some(free.bounds.1),
            open: found.profiles.get(i).and_then(Profile::side),
        }
    };
    problem.free.iter().enumerate().map(estimate).collect()
}

fn predictions(problem: &Problem, predicted: &[f64]) -> Vec<Prediction> {
    let prediction = |(target, predicted): (&super::Target, &f64)| Prediction {
        statistic: target.statistic.title(),
        unit: target.statistic.unit().to_owned(),
        observed: target.value,
        se: target.se,
        se_is_assumed: target.spread == Spread::Assumed,
        predicted: *predicted,
        standardised: (predicted - target.value) / target.se,
    };
    problem.targets.items.iter().zip(predicted).map(prediction).collect()
}
