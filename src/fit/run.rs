//! The fit from start to result.

use super::FIGURES;
use super::bounds::times;
use super::evaluator::Evaluator;
use super::identifiability::{enough_targets, without_influence};
use super::objective::FAILED;
use super::problem::Problem;
use super::profile::{Profile, profile};
use super::result::{FitResult, Found, StartResult};
use super::search::{Method, Search};
use super::status::FitStatus;
use super::uncertainty::Uncertainty;
use crate::error::{Error, Result};
use crate::machine::prepare_threads;
use crate::numeric::optimise::{Ending, Minimum, lbfgs, nelder_mead};
use crate::units::rounding::rounded;
use rand::SeedableRng;
use rand::distr::{Distribution, Uniform};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Where a parameter has no plausible range, random starts lie within this factor of its start.
const START_FACTOR: f64 = 2.0;
/// L-BFGS ends when the gradient is no longer than this.
const GRADIENT_TOLERANCE: f64 = 1e-7;
/// The objective counts as minimal when its curvature lets it fall by no more than this.
const CONVERGED: f64 = 1e-6;

/// How far a fit has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What is being done.
    pub stage: &'static str,
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
    /// Best objective so far.
    pub objective: f64,
}

/// Estimates the free parameters of `problem`; `report` is told how far it is.
///
/// # Errors
/// More parameters than targets; no start that can be integrated. Not converging is no error: see
/// [`FitResult::status`].
pub fn fit(
    problem: &Problem,
    search: &Search,
    report: &(dyn Fn(Progress) + Sync),
) -> Result<FitResult> {
    prepare_threads();
    let evaluator = Evaluator::new(problem);
    let starts = starts(problem, &evaluator, search);
    let (start, unusable) = usable(&evaluator, &starts)?;
    let idle = evaluator.local(&start).map(|(_, jacobian)| without_influence(problem, &jacobian));
    let idle = idle.unwrap_or_default();
    if !idle.is_empty() {
        return FitResult::undetermined(problem, *search, start, &idle, evaluator.effort());
    }
    enough_targets(problem)?;

    let total = search.starts + 1 + problem.free.len();
    report(Progress { stage: "searching", done: 0, total, objective: f64::INFINITY });
    let minima = minima(&evaluator, search, &starts);
    let best = minima.iter().fold(&minima[0], lower);
    report(Progress { stage: "refining", done: search.starts, total, objective: best.objective });

    let found = refined(&evaluator, search, best);
    let local = Local::new(&evaluator, &found.x);
    let is_minimum = local.uncertainty.expected_decrease <= CONVERGED;
    // Away from a minimum a profile says nothing.
    let profiled = if is_minimum { problem.free.len() } else { 0 };
    let profiles: Vec<Profile> = (0..profiled)
        .map(|i| {
            let done = search.starts + 1 + i;
            report(Progress { stage: "profiling", done, total, objective: found.objective });
            profile(&evaluator, &found.x, &local.uncertainty.standard_errors, i)
        })
        .collect();
    let (status, uncertainty) = local.judged(found.ending, is_minimum, &profiles);
    let starts = starts.iter().zip(&minima).map(|(start, minimum)| StartResult {
        start: problem.values(start),
        objective: minimum.objective,
        calls: minimum.calls,
    });
    let starts = starts.collect();
    let effort = evaluator.effort();
    let found = Found { x: found.x, status, uncertainty, profiles, starts, unusable, effort };
    FitResult::new(problem, *search, found)
}

fn lower<'a>(best: &'a Minimum, other: &'a Minimum) -> &'a Minimum {
    if other.objective < best.objective { other } else { best }
}

/// Where the first optimiser comes to from every start.
fn minima(evaluator: &Evaluator<'_>, search: &Search, starts: &[Vec<f64>]) -> Vec<Minimum> {
    let objective = |x: &[f64]| evaluator.objective(x);
    let gradient = |x: &[f64]| evaluator.gradient(x);
    let limits = (search.max_iterations, GRADIENT_TOLERANCE);
    let search_from = |start: &Vec<f64>| match search.method {
        Method::Lbfgs => lbfgs(&objective, &gradient, start, limits),
        _ => nelder_mead(&objective, start, search.max_iterations),
    };
    starts.par_iter().map(search_from).collect()
}

/// The best minimum, searched from again: an optimiser's first word is not always its last.
fn refined(evaluator: &Evaluator<'_>, search: &Search, best: &Minimum) -> Minimum {
    let objective = |x: &[f64]| evaluator.objective(x);
    let gradient = |x: &[f64]| evaluator.gradient(x);
    let limits = (search.max_iterations, GRADIENT_TOLERANCE);
    let mut found = Minimum { x: evaluator.inside(&best.x), ..best.clone() };
    let rounds = if search.method == Method::NelderMead { 0 } else { 2 };
    for _ in 0..rounds {
        let again = lbfgs(&objective, &gradient, &found.x, limits);
        let (x, calls) = (evaluator.inside(&again.x), found.calls + again.calls);
        found = Minimum { x, calls, ..again };
    }
    found
}

/// The neighbourhood of the best point.
struct Local {
    /// Residuals and derivatives, with the unknowns that are held at a bound; none where the
    /// derivatives cannot be had.
    derivatives: Option<(nalgebra::DVector<f64>, nalgebra::DMatrix<f64>)>,
    held: Vec<bool>,
    uncertainty: Uncertainty,
}

impl Local {
    fn new(evaluator: &Evaluator<'_>, x: &[f64]) -> Self {
        let derivatives = evaluator.local(x);
        let Some((residuals, jacobian)) = &derivatives else {
            let (held, uncertainty) = (vec![false; x.len()], Uncertainty::unknown(x.len()));
            return Self { derivatives, held, uncertainty };
        };
        let gradient = jacobian.tr_mul(residuals);
        let held = evaluator.held(x, gradient.as_slice());
        let uncertainty = Uncertainty::with_held(residuals, jacobian, &held);
        Self { derivatives, held, uncertainty }
    }

    /// How the fit ended, and how uncertain the estimates are: where a parameter is open, those of the
    /// others with that one held.
    fn judged(
        self,
        ending: Ending,
        is_minimum: bool,
        profiles: &[Profile],
    ) -> (FitStatus, Uncertainty) {
        let is_open = profiles.iter().any(Profile::is_open);
        let is_singular = self.uncertainty.correlation.is_none();
        let status = match ending {
            _ if is_minimum && is_open => FitStatus::OneSided,
            _ if is_minimum && is_singular => FitStatus::Inseparable,
            _ if is_minimum => FitStatus::Converged,
            Ending::IterationLimit => FitStatus::IterationLimit,
            Ending::CriterionMet | Ending::Stopped => FitStatus::Stalled,
        };
        match &self.derivatives {
            Some((residuals, jacobian)) if is_open && is_singular => {
                let held = self.held.iter().zip(profiles).map(|(held, p)| *held || p.is_open());
                let held: Vec<bool> = held.collect();
                (status, Uncertainty::with_held(residuals, jacobian, &held))
            }
            _ => (status, self.uncertainty),
        }
    }
}

/// The given start, then random ones: uniform on the scale, within the plausible range.
fn starts(problem: &Problem, evaluator: &Evaluator<'_>, search: &Search) -> Vec<Vec<f64>> {
    let mut random = ChaCha8Rng::seed_from_u64(search.seed);
    let mut starts = vec![problem.start()];
    while starts.len() < search.starts {
        let place = |free: &super::Free| {
            let from = |factor| times(free.transform, free.start, factor);
            let around = (from(1.0 / START_FACTOR), from(START_FACTOR));
            let (low, high) = free.plausible.unwrap_or(around);
            let ends = (free.transform.forward(low), free.transform.forward(high));
            let uniform = Uniform::new(ends.0, ends.1).ok();
            uniform.map_or(free.transform.forward(free.start), |u| u.sample(&mut random))
        };
        let start: Vec<f64> = problem.free.iter().map(place).collect();
        starts.push(evaluator.inside(&start));
    }
    starts
}

/// The first start at which the model can be evaluated, and in words those at which it cannot.
fn usable(evaluator: &Evaluator<'_>, starts: &[Vec<f64>]) -> Result<(Vec<f64>, Vec<String>)> {
    let is_usable: Vec<bool> =
        starts.par_iter().map(|start| evaluator.objective(start) < FAILED).collect();
    let named = |i: usize| {
        let values = evaluator.problem.values(&starts[i]);
        let values = evaluator.problem.free.iter().zip(values);
        let values = values.map(|(free, value)| {
            format!("{} = {} {}", free.symbol, rounded(value, FIGURES), free.unit)
        });
        format!("start {} ({})", i + 1, values.collect::<Vec<_>>().join(", "))
    };
    match is_usable.iter().position(|usable| *usable) {
        Some(first) => {
            let unusable = (0..starts.len()).filter(|i| !is_usable[*i]).map(named).collect();
            Ok((starts[first].clone(), unusable))
        }
        None => match evaluator.problem.residuals(&starts[0]) {
            Err(Error::Integration { model, failure }) => {
                Err(Error::Start { start: named(0), model, failure })
            }
            Err(other) => Err(other),
            Ok(_) => Err(Error::Contradiction {
                first: named(0),
                second: "an objective that is finite".to_owned(),
                remedy: "use other start values, or check the targets".to_owned(),
            }),
        },
    }
}
