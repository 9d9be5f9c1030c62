//! What the targets can determine, asked before the search and after it.

use super::problem::Problem;
use super::profile::Profile;
use super::target::Statistic;
use crate::error::{Error, Result};
use crate::regimen::Regimen;
use crate::statistics::Z_95;
use nalgebra::DMatrix;

/// A parameter has no influence where an e-fold change of it moves every target by less than this, as
/// a share of the target or in standard errors.
const NO_INFLUENCE: f64 = 1e-6;
/// A count trend below this number of standard errors is a fall: one-sided 2.5 %.
const FALLING: f64 = -Z_95;

/// The parameters without influence on the targets, from the derivatives of the standardised
/// residuals.
pub(super) fn without_influence<'a>(problem: &'a Problem, jacobian: &DMatrix<f64>) -> Vec<&'a str> {
    let moves = |column: usize| {
        problem.targets.items.iter().enumerate().any(|(row, target)| {
            let in_errors = jacobian[(row, column)].abs();
            let as_share = in_errors * target.se / target.value.abs().max(f64::MIN_POSITIVE);
            in_errors > NO_INFLUENCE && as_share > NO_INFLUENCE
        })
    };
    let free = problem.free.iter().enumerate().filter(|(column, _)| !moves(*column));
    free.map(|(_, free)| free.symbol.as_str()).collect()
}

/// Refuses more parameters than targets.
pub(super) fn enough_targets(problem: &Problem) -> Result<()> {
    let (free, targets) = (problem.free.len(), problem.targets.items.len());
    if free <= targets {
        return Ok(());
    }
    Err(Error::Contradiction {
        first: format!("estimating {} ({})", counted(free, "parameter"), problem.symbols()),
        second: format!("having {} only", counted(targets, problem.targets.noun())),
        remedy: format!(
            "fix at least {}, or give more {}s",
            free - targets,
            problem.targets.noun()
        ),
    })
}

/// `1 count`, `2 counts`.
pub(super) fn counted(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// What is known of a parameter whose profile is open, and why; `written` writes numbers.
pub(super) fn open_sentence(
    problem: &Problem,
    (profile, least): (&Profile, f64),
    written: fn(f64) -> String,
) -> Option<String> {
    let free = problem.free.iter().find(|free| free.symbol == profile.symbol)?;
    let (symbol, unit) = (&free.symbol, &free.unit);
    let nouns = format!("these {}s", problem.targets.noun());
    let (low, high) = (written(free.bounds.0), written(free.bounds.1));
    let limits = match &profile.open {
        (None, None) => return None,
        (Some(_), Some(_)) => {
            return Some(format!(
                "{symbol} is not limited between {low} and {high} {unit}: {nouns} do not determine it"
            ));
        }
        (None, Some(at_bound)) => {
            let least_value = profile.interval.0.map_or(low, written);
            let reason = if shows_no_effect(problem, at_bound, least) {
                effect_sentence(problem, &nouns)
            } else {
                format!("the search ends at {high} {unit}")
            };
            format!("is at least {least_value} {unit} (95 %), open upwards: {reason}")
        }
        (Some(at_bound), None) => {
            let most = profile.interval.1.map_or(high, written);
            let reason = if shows_no_effect(problem, at_bound, least) {
                effect_sentence(problem, &nouns)
            } else {
                format!("the search ends at {low} {unit}")
            };
            format!("is at most {most} {unit} (95 %), open downwards: {reason}")
        }
    };
    Some(format!("{symbol} {limits}"))
}

/// Whether the model without doses is within the 95 % limit of the best fit.
fn shows_no_effect(problem: &Problem, x: &[f64], least: f64) -> bool {
    let mut untreated = problem.clone();
    let had_doses = !untreated.targets.regimen.planned().is_empty();
    untreated.targets.regimen = Regimen::placebo();
    had_doses && untreated.objective(x) - least <= super::CHI_SQUARE_95
}

fn effect_sentence(problem: &Problem, nouns: &str) -> String {
    if counts_fall(problem) {
        format!("{nouns} decrease, which the drug cannot cause")
    } else {
        format!("{nouns} show no effect of the drug")
    }
}

/// Whether counts fall over time, by their weighted regression on time.
fn counts_fall(problem: &Problem) -> bool {
    let counts = problem.targets.items.iter().filter_map(|target| match target.statistic {
        Statistic::CountAt { time_h } => Some((time_h, target.value, target.se.powi(-2))),
        _ => None,
    });
    let counts: Vec<(f64, f64, f64)> = counts.collect();
    let total: f64 = counts.iter().map(|(_, _, weight)| weight).sum();
    let mean = |of: fn(&(f64, f64, f64)) -> f64| {
        counts.iter().map(|count| count.2 * of(count)).sum::<f64>() / total
    };
    let (time, value) = (mean(|count| count.0), mean(|count| count.1));
    let spread: f64 = counts.iter().map(|(t, _, w)| w * (t - time).powi(2)).sum();
    let along: f64 = counts.iter().map(|(t, v, w)| w * (t - time) * (v - value)).sum();
    spread > 0.0 && along / spread.sqrt() < FALLING
}
