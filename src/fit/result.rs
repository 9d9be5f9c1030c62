//! What a fit found, and what it cannot say.

use super::problem::Problem;
use super::profile::Profile;
use super::search::Search;
use super::targets::Spread;
use super::uncertainty::{HIGH_CONDITION, HIGH_CORRELATION, Uncertainty};
use crate::error::Result;
use serde::Serialize;
use std::fmt::Write;

/// How a fit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FitStatus {
    /// At a minimum: the curvature of the objective lets it fall no further.
    Converged,
    /// The iterations ran out before a minimum.
    IterationLimit,
    /// The optimiser found no way down although there should be one.
    Stalled,
}

impl FitStatus {
    /// In words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::IterationLimit => "not converged: the iterations ran out",
            Self::Stalled => "not converged: the search stalled away from a minimum",
        }
    }
}

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
    /// The estimated parameters.
    pub estimates: Vec<Estimate>,
    /// The targets.
    pub predictions: Vec<Prediction>,
    /// Correlations between the estimates on their scales, row by row; empty where undetermined.
    pub correlation: Vec<Vec<f64>>,
    /// Where each start led.
    pub starts: Vec<StartResult>,
    /// The profiles.
    #[serde(skip)]
    pub profiles: Vec<Profile>,
    /// The estimates on their scales.
    #[serde(skip)]
    pub x: Vec<f64>,
}

impl FitResult {
    pub(super) fn new(
        problem: &Problem,
        search: Search,
        x: &[f64],
        status: FitStatus,
        uncertainty: &Uncertainty,
        profiles: Vec<Profile>,
        starts: Vec<StartResult>,
    ) -> Result<Self> {
        let estimates = estimates(problem, x, uncertainty, &profiles);
        let predicted = problem.predictions(x)?;
        let predictions = predictions(problem, &predicted);
        let objective = predictions.iter().map(|p| p.standardised * p.standardised).sum();
        let rows = uncertainty.correlation.as_ref().map(|correlation| {
            correlation.row_iter().map(|row| row.iter().copied().collect()).collect()
        });
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let mut result = Self {
            title: title(problem),
            status,
            objective,
            degrees_of_freedom: count(predictions.len()) - count(estimates.len()),
            condition: uncertainty.condition,
            warnings: Vec::new(),
            model: problem.set.model.to_owned(),
            variant: problem.set.variant.to_string(),
            seed: search.seed,
            estimates,
            predictions,
            correlation: rows.unwrap_or_default(),
            starts,
            profiles,
            x: x.to_vec(),
        };
        result.warnings = result.warnings();
        Ok(result)
    }

    /// Whether the targets determine the parameters, each apart from the others.
    #[must_use]
    pub fn is_identified(&self) -> bool {
        self.condition <= HIGH_CONDITION && self.high_correlations().is_empty()
    }

    fn high_correlations(&self) -> Vec<(usize, usize, f64)> {
        let rows = self.correlation.iter().enumerate();
        let pairs =
            rows.flat_map(|(i, row)| row.iter().take(i).enumerate().map(move |(j, r)| (j, i, *r)));
        pairs.filter(|(_, _, r)| r.abs() > HIGH_CORRELATION).collect()
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.status != FitStatus::Converged {
            warnings.push(format!(
                "{}: raise --max-iterations, or start elsewhere",
                self.status.meaning()
            ));
        }
        if self.degrees_of_freedom <= 0 {
            warnings.push(format!(
                "{} targets, {} parameters: {} degrees of freedom, so a perfect fit says nothing about the model",
                self.predictions.len(), self.estimates.len(), self.degrees_of_freedom
            ));
        }
        if self.condition > HIGH_CONDITION {
            warnings.push(format!(
                "condition number {:.1e} above {HIGH_CONDITION:.0e}: the targets cannot separate {}",
                self.condition, self.names()
            ));
        }
        for (i, j, r) in self.high_correlations() {
            let (a, b) = (&self.estimates[i].symbol, &self.estimates[j].symbol);
            warnings.push(format!("{a} and {b} cannot be told apart: correlation {r:.3}"));
        }
        for estimate in self.estimates.iter().filter(|estimate| !estimate.is_plausible) {
            let Estimate { symbol, value, unit, .. } = estimate;
            let range = (
                estimate.plausible_low.unwrap_or(f64::NAN),
                estimate.plausible_high.unwrap_or(f64::NAN),
            );
            warnings.push(format!(
                "{symbol} = {value:.4} {unit} lies outside the plausible range {} to {} {unit}",
                range.0, range.1
            ));
        }
        warnings
    }

    fn names(&self) -> String {
        self.estimates.iter().map(|e| e.symbol.as_str()).collect::<Vec<_>>().join(", ")
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

    /// The result as a person reads it.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = format!(
            "{}\n{}, -2 log L = {:.3e}, {} degrees of freedom, condition {:.3e}\n\n",
            self.title,
            self.status.meaning(),
            self.objective,
            self.degrees_of_freedom,
            self.condition
        );
        text += "parameter   estimate      SE   RSE %   95 % by profile        plausible\n";
        for e in &self.estimates {
            let end = |end: Option<f64>| end.map_or("open".to_owned(), |v| format!("{v:.4}"));
            let number = |n: Option<f64>, digits: usize| {
                n.map_or("-".to_owned(), |v| format!("{v:.digits$}"))
            };
            let plausible = match (e.plausible_low, e.plausible_high) {
                (Some(low), Some(high)) => format!("{low} to {high}"),
                _ => "-".to_owned(),
            };
            let _ = writeln!(
                text,
                "{:9} {:>10.4} {:>7} {:>7}   {:20}   {plausible} {}",
                e.symbol,
                e.value,
                number(e.se, 3),
                number(e.rse_percent, 1),
                format!("{} to {}", end(e.profile_low), end(e.profile_high)),
                e.unit
            );
        }
        text += "\ntarget                        observed (SE)      predicted   difference/SE\n";
        for p in &self.predictions {
            let se = format!("{:.2}{}", p.se, if p.se_is_assumed { ", assumed" } else { "" });
            let _ = writeln!(
                text,
                "{:28} {:>7.2} ({se:13}) {:>9.3} {:>+10.4}",
                p.statistic, p.observed, p.predicted, p.standardised
            );
        }
        if !self.warnings.is_empty() {
            text += "\n";
        }
        for warning in &self.warnings {
            let _ = writeln!(text, "note: {warning}");
        }
        text
    }
}

fn title(problem: &Problem) -> String {
    if problem.targets.are_summaries {
        "Descriptive curve through published summaries, not a calibrated patient".to_owned()
    } else {
        format!("Curve through {} counts of one patient", problem.targets.items.len())
    }
}

fn estimates(
    problem: &Problem,
    x: &[f64],
    uncertainty: &Uncertainty,
    profiles: &[Profile],
) -> Vec<Estimate> {
    let values = problem.values(x);
    let estimate = |(i, free): (usize, &super::Free)| {
        let value = values[i];
        let se = free.transform.slope(value) * uncertainty.standard_errors[i];
        let se = Some(se).filter(|se| se.is_finite());
        let interval = profiles.get(i).map_or((None, None), |profile| profile.interval);
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
