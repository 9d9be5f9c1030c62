//! The search: quasi-random screening, Nelder-Mead from the best, then damped Gauss-Newton steps.

use super::estimated::Estimated;
use super::evaluator::Evaluator;
use super::problem::{Evaluation, Problem};
use crate::error::Result;
use crate::numeric::optimise::{Ending, LocalModel, nelder_mead, trust_region};
use crate::numeric::powf;
use crate::statistics::Z_95;
use nalgebra::DMatrix;

/// How the search goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// Places screened.
    pub screened: usize,
    /// The best of them from which a search starts.
    pub starts: usize,
    /// Most iterations of Nelder-Mead.
    pub simplex_iterations: u64,
    /// Most Gauss-Newton steps.
    pub newton_steps: u64,
    /// The search ends where the objective is not expected to fall by more.
    pub tolerance: f64,
}

impl Default for Search {
    fn default() -> Self {
        Self { screened: 48, starts: 1, simplex_iterations: 80, newton_steps: 25, tolerance: 0.05 }
    }
}

/// Half the range of the screening, in standard deviations of the prior.
const RANGE: f64 = 1.2;

/// What lifts every objective well above 0.
const ABOVE_0: f64 = 1e4;

/// How one stage ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its name.
    pub name: &'static str,
    /// How it ended, in words.
    pub ending: &'static str,
    /// Objective reached.
    pub objective: f64,
    /// Evaluations of the objective in it.
    pub evaluations: usize,
}

/// Where the search came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Place on the scales.
    pub x: Vec<f64>,
    /// The objective there.
    pub evaluation: Evaluation,
    /// Its stages.
    pub stages: Vec<Stage>,
    /// Gradient and Gauss-Newton curvature of the objective there.
    pub local: LocalModel,
    /// Derivatives of the expected statistics, those that enter as normal, by the parameters.
    pub jacobian: DMatrix<f64>,
    /// Whether the objective is not expected to fall any more.
    pub converged: bool,
}

impl Found {
    /// Lower end of the 95 % interval, value and upper end of each estimate, in its own unit, from the
    /// curvature; none where the curvature has no inverse.
    #[must_use]
    pub fn intervals(&self, problem: &Problem) -> Option<Vec<[f64; 3]>> {
        let covariance = 2.0 * self.local.curvature.clone().cholesky()?.inverse();
        let interval = |(i, estimated): (usize, &Estimated)| {
            let half = Z_95 * covariance[(i, i)].sqrt();
            [-half, 0.0, half].map(|by| estimated.scale.value(self.x[i] + by))
        };
        Some(problem.estimated.iter().enumerate().map(interval).collect())
    }
}

impl Evaluator<'_> {
    /// The Gauss-Newton model: 2 (J' Σ⁻¹ J + prior precision) (J9), and J.
    fn local(&self, x: &[f64]) -> Option<(LocalModel, DMatrix<f64>)> {
        let evaluation = self.problem.evaluate(x).ok().flatten()?;
        let (gradient, jacobian) = self.derivatives(x)?;
        let factor = evaluation.likelihood.covariance.cholesky()?;
        let mut curvature = 2.0 * jacobian.transpose() * factor.solve(&jacobian);
        for (i, estimated) in self.problem.estimated.iter().enumerate() {
            curvature[(i, i)] += 2.0 / (estimated.sd * estimated.sd);
        }
        Some((LocalModel { gradient, curvature }, jacobian))
    }
}

/// Searches for the minimum of the objective from the best of the places screened; none where nothing
/// can be said anywhere.
///
/// # Errors
/// What [`Problem::evaluate`] refuses.
pub fn search(evaluator: &Evaluator<'_>, settings: &Search) -> Result<Option<Found>> {
    let problem = evaluator.problem;
    evaluator.begin("screening");
    let mut places: Vec<(f64, Vec<f64>)> = (0..settings.screened.max(1))
        .map(|place| screened(problem, &problem.start(), place))
        .map(|place| (evaluator.value(&place), place))
        .collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let starts = places.into_iter().take(settings.starts.max(1)).map(|(_, place)| place).collect();
    let screening = Stage {
        name: "screening",
        ending: "all points tried",
        objective: evaluator.best().0,
        evaluations: evaluator.asked(),
    };
    search_from(evaluator, settings, starts, vec![screening])
}

/// The same from given places, after `stages`.
///
/// # Errors
/// What [`Problem::evaluate`] refuses.
pub fn search_from(
    evaluator: &Evaluator<'_>,
    settings: &Search,
    starts: Vec<Vec<f64>>,
    mut stages: Vec<Stage>,
) -> Result<Option<Found>> {
    let problem = evaluator.problem;
    let mut ends: Vec<(f64, Vec<f64>)> = Vec::new();
    for start in starts {
        evaluator.start_at(&start);
        stages.extend(descend(evaluator, settings));
        ends.push(evaluator.best());
    }
    let best = ends.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    evaluator.check()?;
    let Some((_, x)) = best else { return Ok(None) };
    evaluator.start_at(&x);
    let (Some(evaluation), Some((local, jacobian))) = (problem.evaluate(&x)?, evaluator.local(&x))
    else {
        return Ok(None);
    };
    let converged = local.expected_decrease() <= 5.0 * settings.tolerance;
    Ok(Some(Found { x, evaluation, stages, local, jacobian, converged }))
}

/// Nelder-Mead, then Gauss-Newton steps, from the evaluator's best place.
fn descend(evaluator: &Evaluator<'_>, settings: &Search) -> Vec<Stage> {
    let problem = evaluator.problem;
    let mut stages = Vec::new();
    let mut evaluations = evaluator.asked();
    let mut end = |name: &'static str, ending: &'static str| {
        let used = evaluator.asked() - evaluations;
        evaluations = evaluator.asked();
        stages.push(Stage { name, ending, objective: evaluator.best().0, evaluations: used });
    };
    if settings.simplex_iterations > 0 {
        evaluator.begin("Nelder-Mead");
        let units = Units::around(problem, evaluator.best().1);
        // The optimiser takes an objective near 0 for perfect; this one may well be negative.
        let value = |u: &[f64]| evaluator.value(&units.place(u)) + ABOVE_0;
        let minimum = nelder_mead(&value, &units.origin(), settings.simplex_iterations);
        end("Nelder-Mead", words(minimum.ending));
    }
    evaluator.begin("Gauss-Newton");
    let units = Units::around(problem, evaluator.best().1);
    let value = |u: &[f64]| evaluator.value(&units.place(u));
    let model = |u: &[f64]| evaluator.local(&units.place(u)).map(|(local, _)| units.scaled(local));
    let limits = (settings.newton_steps, settings.tolerance);
    let minimum = trust_region(&value, &model, &units.origin(), limits);
    end("Gauss-Newton", words(minimum.ending));
    stages
}

/// Places in standard deviations of the priors around one of them.
struct Units {
    around: Vec<f64>,
    sds: Vec<f64>,
}

impl Units {
    fn around(problem: &Problem, around: Vec<f64>) -> Self {
        Self { around, sds: problem.estimated.iter().map(|e| e.sd).collect() }
    }

    fn origin(&self) -> Vec<f64> {
        vec![0.0; self.around.len()]
    }

    fn place(&self, u: &[f64]) -> Vec<f64> {
        self.around.iter().zip(u).zip(&self.sds).map(|((x, u), sd)| x + sd * u).collect()
    }

    fn scaled(&self, local: LocalModel) -> LocalModel {
        let LocalModel { mut gradient, mut curvature } = local;
        for (i, sd) in self.sds.iter().enumerate() {
            gradient[i] *= sd;
            curvature.row_mut(i).scale_mut(*sd);
            curvature.column_mut(i).scale_mut(*sd);
        }
        LocalModel { gradient, curvature }
    }
}

fn words(ending: Ending) -> &'static str {
    match ending {
        Ending::CriterionMet => "criterion met",
        Ending::IterationLimit => "iteration limit",
        Ending::Stopped => "stopped: could not go on",
    }
}

/// Place number `place` of a quasi-random sequence around the start: the start itself first, then the
/// additive recurrence of Roberts with the generalised golden ratio.
fn screened(problem: &Problem, start: &[f64], place: usize) -> Vec<f64> {
    if place == 0 {
        return start.to_vec();
    }
    let dimensions = start.len();
    // The root above 1 of g^(d + 1) = g + 1.
    let golden = (0..50).fold(1.5_f64, |g, _| powf(1.0 + g, 1.0 / (dimensions as f64 + 1.0)));
    let one = |(i, (x, estimated)): (usize, (&f64, &super::Estimated))| {
        let alpha = powf(golden, -(i as f64 + 1.0));
        let share = (0.5 + alpha * place as f64).fract();
        x + RANGE * estimated.sd * (2.0 * share - 1.0)
    };
    start.iter().zip(&problem.estimated).enumerate().map(one).collect()
}
