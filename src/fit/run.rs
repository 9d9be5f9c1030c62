//! The fit from start to result.

use super::objective::PENALTY;
use super::problem::Problem;
use super::profile::profile;
use super::result::{FitResult, FitStatus, StartResult};
use super::search::{Method, Search};
use super::uncertainty::Uncertainty;
use crate::error::Result;
use crate::machine::prepare_threads;
use crate::numeric::optimise::{Ending, Minimum, lbfgs, nelder_mead};
use rand::SeedableRng;
use rand::distr::{Distribution, Uniform};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

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
/// The start values cannot be integrated. Not converging is no error: see [`FitResult::status`].
pub fn fit(
    problem: &Problem,
    search: &Search,
    report: &(dyn Fn(Progress) + Sync),
) -> Result<FitResult> {
    prepare_threads();
    problem.residuals(&problem.start())?;
    let total = search.starts + 1 + problem.free.len();
    let starts = starts(problem, search);
    let (evaluated, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let objective = |x: &[f64]| {
        let found = problem.objective(x);
        evaluated.fetch_add(1, Ordering::Relaxed);
        failed.fetch_add(usize::from(found >= PENALTY), Ordering::Relaxed);
        found
    };
    let gradient = |x: &[f64]| problem.gradient(x);

    let limits = (search.max_iterations, GRADIENT_TOLERANCE);

    report(Progress { stage: "searching", done: 0, total, objective: f64::INFINITY });
    let search_from = |start: &Vec<f64>| match search.method {
        Method::Lbfgs => lbfgs(&objective, &gradient, start, limits),
        _ => nelder_mead(&objective, start, search.max_iterations),
    };
    let minima: Vec<Minimum> = starts.par_iter().map(search_from).collect();
    let best =
        minima.iter().fold(
            &minima[0],
            |best, other| {
                if other.objective < best.objective { other } else { best }
            },
        );
    report(Progress { stage: "refining", done: search.starts, total, objective: best.objective });

    let mut found = best.clone();
    if search.method != Method::NelderMead {
        // Once more from the answer: an optimiser's first word is not always its last.
        for _ in 0..2 {
            let again = lbfgs(&objective, &gradient, &found.x, limits);
            found = Minimum { calls: found.calls + again.calls, ..again };
        }
    }
    let (residuals, jacobian) = problem.jacobian(&found.x)?;
    let uncertainty = Uncertainty::new(&residuals, &jacobian);
    let status = match found.ending {
        _ if uncertainty.expected_decrease <= CONVERGED => FitStatus::Converged,
        Ending::IterationLimit => FitStatus::IterationLimit,
        Ending::CriterionMet | Ending::Stopped => FitStatus::Stalled,
    };
    // Away from a minimum a profile says nothing.
    let profiled = if status == FitStatus::Converged { problem.free.len() } else { 0 };
    let profiles = (0..profiled)
        .map(|i| {
            let done = search.starts + 1 + i;
            report(Progress { stage: "profiling", done, total, objective: found.objective });
            profile(problem, &found.x, &uncertainty.standard_errors, i)
        })
        .collect();
    let starts = starts.iter().zip(&minima).map(|(start, minimum)| StartResult {
        start: problem.values(start),
        objective: minimum.objective,
        calls: minimum.calls,
    });
    let starts = starts.collect();
    let mut result =
        FitResult::new(problem, *search, &found.x, status, &uncertainty, profiles, starts)?;
    if failed.load(Ordering::Relaxed) > 0 {
        result.warnings.push(format!(
            "{} of {} evaluations of the objective could not be integrated",
            failed.into_inner(),
            evaluated.into_inner()
        ));
    }
    Ok(result)
}

/// The given start, then random ones: uniform on the scale, within the plausible range.
fn starts(problem: &Problem, search: &Search) -> Vec<Vec<f64>> {
    let mut random = ChaCha8Rng::seed_from_u64(search.seed);
    let mut starts = vec![problem.start()];
    while starts.len() < search.starts {
        let place = |free: &super::Free| {
            let around = (free.start / START_FACTOR, free.start * START_FACTOR);
            let (low, high) = free.plausible.unwrap_or(around);
            let ends = (free.transform.forward(low), free.transform.forward(high));
            let uniform = Uniform::new(ends.0, ends.1).ok();
            uniform.map_or(free.transform.forward(free.start), |u| u.sample(&mut random))
        };
        starts.push(problem.free.iter().map(place).collect());
    }
    starts
}
