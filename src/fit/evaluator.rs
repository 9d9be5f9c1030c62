//! Evaluations of the objective within the bounds, counted.

use super::objective::FAILED;
use super::problem::Problem;
use crate::error::Result;
use nalgebra::{DMatrix, DVector};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many evaluations a fit took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    /// Simulations of the model, with derivatives or without.
    pub evaluations: u64,
    /// Those of them that could not be integrated or gave no finite objective.
    pub failed: u64,
}

/// How close to a bound counts as at it, on the scale.
const AT_BOUND: f64 = 1e-9;

/// A problem whose unknowns stay inside their bounds: beyond a bound the objective is that at it. An
/// evaluation that fails is the worst candidate and nothing more.
#[derive(Debug)]
pub(super) struct Evaluator<'a> {
    pub(super) problem: &'a Problem,
    /// Bounds on the scales.
    ends: Vec<(f64, f64)>,
    evaluations: AtomicU64,
    failed: AtomicU64,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(problem: &'a Problem) -> Self {
        let ends = problem.free.iter().map(|free| {
            let (low, high) = free.bounds;
            (free.transform.forward(low), free.transform.forward(high))
        });
        let ends = ends.collect();
        Self { problem, ends, evaluations: AtomicU64::new(0), failed: AtomicU64::new(0) }
    }

    pub(super) fn effort(&self) -> Effort {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Effort { evaluations: read(&self.evaluations), failed: read(&self.failed) }
    }

    /// The bounds of unknown number `index` on its scale.
    pub(super) fn ends(&self, index: usize) -> (f64, f64) {
        self.ends[index]
    }

    /// The nearest places inside the bounds.
    pub(super) fn inside(&self, x: &[f64]) -> Vec<f64> {
        x.iter().zip(&self.ends).map(|(x, (low, high))| x.clamp(*low, *high)).collect()
    }

    /// The objective; [`FAILED`] where there is none.
    pub(super) fn objective(&self, x: &[f64]) -> f64 {
        let objective = self.problem.objective(&self.inside(x));
        self.count(objective >= FAILED);
        objective
    }

    /// The gradient of the objective; zero where there is none, and along an unknown that lies at a
    /// bound and would have to pass it.
    pub(super) fn gradient(&self, x: &[f64]) -> Vec<f64> {
        self.count(false);
        let gradient = self.problem.gradient(&self.inside(x));
        let is_held = self.held(x, &gradient);
        gradient.iter().zip(is_held).map(|(g, held)| if held { 0.0 } else { *g }).collect()
    }

    /// Standardised residuals and their derivatives; none where there are none.
    pub(super) fn local(&self, x: &[f64]) -> Option<(DVector<f64>, DMatrix<f64>)> {
        let local: Result<_> = self.problem.jacobian(&self.inside(x));
        let is_finite = |(residuals, jacobian): &(DVector<f64>, DMatrix<f64>)| {
            residuals.iter().chain(jacobian.iter()).all(|number| number.is_finite())
        };
        let local = local.ok().filter(is_finite);
        self.count(local.is_none());
        local
    }

    /// Which unknowns lie at a bound that the objective would have them pass.
    pub(super) fn held(&self, x: &[f64], gradient: &[f64]) -> Vec<bool> {
        let at_a_bound = |((x, (low, high)), g): ((&f64, &(f64, f64)), &f64)| {
            (*x <= low + AT_BOUND && *g > 0.0) || (*x >= high - AT_BOUND && *g < 0.0)
        };
        x.iter().zip(&self.ends).zip(gradient).map(at_a_bound).collect()
    }

    fn count(&self, failed: bool) {
        self.evaluations.fetch_add(1, Ordering::Relaxed);
        self.failed.fetch_add(u64::from(failed), Ordering::Relaxed);
    }
}
