//! What a reader must know before using the estimates.

use super::FIGURES;
use super::evaluator::Effort;
use super::identifiability::open_sentence;
use super::problem::Problem;
use super::result::{Estimate, FitResult};
use super::status::FitStatus;
use super::uncertainty::HIGH_CONDITION;
use crate::model::Status;
use crate::units::plausible::Outside;
use crate::units::rounding::rounded;

/// For whom numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// Four decimals.
    InFiles,
    /// Four significant digits.
    Printed,
}

impl Writing {
    fn number(self, value: f64) -> String {
        match self {
            Self::InFiles => format!("{value:.4}"),
            Self::Printed => rounded(value, FIGURES).to_string(),
        }
    }

    fn printed(value: f64) -> String {
        Self::Printed.number(value)
    }
}

/// Everything that `result` is to be read with; `unusable` starts and `idle` parameters besides.
pub(super) fn warnings(
    problem: &Problem,
    result: &FitResult,
    (unusable, idle, effort): (&[String], &[&str], Effort),
    writing: Writing,
) -> Vec<String> {
    let mut warnings = Vec::new();
    if !idle.is_empty() {
        warnings.push(idle_sentence(problem, idle));
    }
    if matches!(result.status, FitStatus::IterationLimit | FitStatus::Stalled) {
        warnings.push(format!(
            "{}: allow more iterations, or use other start values",
            result.status.meaning()
        ));
    }
    if result.status == FitStatus::Inseparable {
        let (symbols, noun) = (problem.symbols(), problem.targets.noun());
        warnings
            .push(format!("the {noun}s determine only combinations of {symbols}: fix one of them"));
    }
    let open = |profile| open_sentence(problem, (profile, result.objective), Writing::printed);
    warnings.extend(result.profiles.iter().filter_map(open));
    if result.degrees_of_freedom <= 0 {
        warnings.push(format!(
            "{} targets, {} parameters: {} degrees of freedom, so a perfect fit is no evidence for the model",
            result.predictions.len(),
            result.estimates.len(),
            result.degrees_of_freedom
        ));
    }
    // One-sided parameters are named above, each with its side.
    if result.condition > HIGH_CONDITION && result.condition.is_finite() {
        warnings.push(format!(
            "condition number {:.1e} above {HIGH_CONDITION:.0e}: the targets cannot separate {}",
            result.condition,
            problem.symbols()
        ));
    }
    for (i, j, r) in result.high_correlations() {
        let (a, b) = (&result.estimates[i].symbol, &result.estimates[j].symbol);
        warnings.push(format!("{a} and {b} cannot be estimated separately: correlation {r:.3}"));
    }
    warnings.extend(result.estimates.iter().filter_map(|e| implausible(e, writing)));
    warnings.extend(unusable.iter().map(|start| format!("{start} could not be integrated")));
    if effort.failed > 0 {
        let Effort { failed, evaluations } = effort;
        warnings.push(format!("{failed} of {evaluations} evaluations failed and were ignored"));
    }
    warnings.extend(held_sentence(problem));
    warnings
}

fn idle_sentence(problem: &Problem, idle: &[&str]) -> String {
    let (symbols, verb) = (idle.join(", "), if idle.len() == 1 { "has" } else { "have" });
    let them = if idle.len() == 1 { "it" } else { "them" };
    format!(
        "{symbols} {verb} no influence on these {noun}s under this regimen: fix {them}, or give {noun}s \
         after a dose",
        noun = problem.targets.noun()
    )
}

fn implausible(estimate: &Estimate, writing: Writing) -> Option<String> {
    let Estimate { symbol, value, unit, plausible_low, plausible_high, .. } = estimate;
    let (low, high) = ((*plausible_low)?, (*plausible_high)?);
    let (value, range) = (writing.number(*value), (low, high));
    (!estimate.is_plausible)
        .then(|| Outside { name: symbol, value, unit, range, is_far: false }.to_string())
}

/// Start values that a fit of summaries would replace and a fit of counts holds.
fn held_sentence(problem: &Problem) -> Option<String> {
    if problem.targets.are_summaries {
        return None;
    }
    let is_free = |symbol: &str| problem.free.iter().any(|free| free.symbol == symbol);
    let entries = problem.set.entries.iter();
    let held = entries.filter(|e| e.status == Status::Fitted && !is_free(&e.symbol));
    let held = held
        .filter_map(|entry| Some(format!("{} = {} {}", entry.symbol, entry.value?, entry.unit)));
    let held: Vec<String> = held.collect();
    (!held.is_empty()).then(|| {
        format!("not estimated, fixed at the values of the parameter file: {}", held.join(", "))
    })
}
