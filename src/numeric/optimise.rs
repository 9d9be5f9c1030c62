//! The only file that knows `argmin`.
//!
//! What to know about it: `Ok` is not convergence, the best point is lost with an error, NaN and
//! infinity break it, and of its line searches only Moré-Thuente is safe. So the objective is always
//! finite, the best point is kept here, calls are limited, and a fit's convergence is judged by its
//! uncertainty, not by argmin.

use argmin::core::{CostFunction, Error, Executor, Gradient, Hessian, State, TerminationReason};
use argmin::solver::brent::BrentRoot;
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::neldermead::NelderMead;
use argmin::solver::quasinewton::LBFGS;
use argmin::solver::trustregion::{Steihaug, TrustRegion};
use nalgebra::{DMatrix, DVector};
use std::cell::{Cell, RefCell};

/// How one optimiser ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Its own criterion was met.
    CriterionMet,
    /// The iterations ran out.
    IterationLimit,
    /// It could not go on: no direction to descend, or too many calls.
    Stopped,
}

/// Where one optimiser came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// Place.
    pub x: Vec<f64>,
    /// Objective there.
    pub objective: f64,
    /// How it ended.
    pub ending: Ending,
    /// Calls of the objective and the gradient.
    pub calls: u64,
}

/// Size of Nelder-Mead's first simplex on the scales of the parameters: 20 %.
const SIMPLEX: f64 = 0.2;
/// Nelder-Mead ends when the objective varies by no more than this over its simplex.
const SIMPLEX_SPREAD: f64 = 1e-6;
/// Steps that L-BFGS remembers.
const MEMORY: usize = 7;
/// Below this objective every target is met: nothing is left to search for.
const PERFECT: f64 = 1e-12;
/// Calls after which a line search is called off.
const MAX_CALLS: u64 = 5_000;

/// Minimises `objective` from `start` without derivatives.
#[must_use]
pub fn nelder_mead(
    objective: &dyn Fn(&[f64]) -> f64,
    start: &[f64],
    max_iterations: u64,
) -> Minimum {
    let best = Best::new(start, objective);
    let mut simplex = vec![start.to_vec()];
    simplex.extend((0..start.len()).map(|i| {
        let mut corner = start.to_vec();
        corner[i] += SIMPLEX;
        corner
    }));
    let ending = NelderMead::new(simplex).with_sd_tolerance(SIMPLEX_SPREAD).and_then(|solver| {
        let problem = Watched { objective, gradient: &|_| Vec::new(), best: &best };
        Executor::new(problem, solver)
            .configure(|state| state.max_iters(max_iterations).target_cost(PERFECT))
            .timer(false)
            .run()
    });
    let ending = ending.map(|result| ending_of(result.state()));
    best.end(ending)
}

/// Minimises `objective` from `start` along its `gradient`, until no component of that exceeds
/// `tolerance`.
#[must_use]
pub fn lbfgs(
    objective: &dyn Fn(&[f64]) -> f64,
    gradient: &dyn Fn(&[f64]) -> Vec<f64>,
    start: &[f64],
    (max_iterations, tolerance): (u64, f64),
) -> Minimum {
    let best = Best::new(start, objective);
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_grad(tolerance)
        .and_then(|solver| solver.with_tolerance_cost(1e-14));
    let ending = solver.and_then(|solver| {
        let problem = Watched { objective, gradient, best: &best };
        let configure = |state: argmin::core::IterState<_, _, (), (), (), f64>| {
            state.param(start.to_vec()).max_iters(max_iterations).target_cost(PERFECT)
        };
        Executor::new(problem, solver).configure(configure).timer(false).run()
    });
    let ending = ending.map(|result| ending_of(result.state()));
    best.end(ending)
}

/// Gradient and curvature of an objective at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalModel {
    /// Gradient.
    pub gradient: DVector<f64>,
    /// A positive definite approximation of the second derivatives.
    pub curvature: DMatrix<f64>,
}

impl LocalModel {
    /// By how much the objective could still fall, if the model were true: ½ g' H⁻¹ g.
    #[must_use]
    pub fn expected_decrease(&self) -> f64 {
        let step = self.curvature.clone().cholesky().map(|factor| factor.solve(&self.gradient));
        step.map_or(f64::INFINITY, |step| 0.5 * step.dot(&self.gradient))
    }
}

/// Minimises `objective` from `start` by damped Newton steps on `model`, within a trust region, until
/// the model expects to gain no more than `tolerance`.
///
/// A `model` that cannot be formed ends the search; `ending` says so.
#[must_use]
pub fn trust_region(
    objective: &dyn Fn(&[f64]) -> f64,
    model: &dyn Fn(&[f64]) -> Option<LocalModel>,
    start: &[f64],
    (max_iterations, tolerance): (u64, f64),
) -> Minimum {
    let best = Best::new(start, objective);
    let (curvature, arrived) = (RefCell::new(DMatrix::zeros(0, 0)), Cell::new(false));
    let problem = Modelled {
        objective,
        model,
        tolerance,
        best: &best,
        curvature: &curvature,
        arrived: &arrived,
    };
    let solver = TrustRegion::new(Steihaug::new().with_max_iters(start.len() as u64 + 2));
    let ending =
        solver.with_radius(1.0).and_then(|solver| solver.with_max_radius(4.0)).and_then(|solver| {
            let configure = |state: argmin::core::IterState<_, _, (), _, (), f64>| {
                state.param(DVector::from_column_slice(start)).max_iters(max_iterations)
            };
            Executor::new(problem, solver).configure(configure).timer(false).run()
        });
    let ending = match ending {
        Ok(result) => ending_of(result.state()),
        Err(_) if arrived.get() => Ending::CriterionMet,
        Err(_) => Ending::Stopped,
    };
    best.end(Ok(ending))
}

/// An objective with a local model; ends, with an error that means success, where nothing is to be
/// gained any more.
struct Modelled<'a> {
    objective: &'a dyn Fn(&[f64]) -> f64,
    model: &'a dyn Fn(&[f64]) -> Option<LocalModel>,
    tolerance: f64,
    best: &'a Best,
    curvature: &'a RefCell<DMatrix<f64>>,
    arrived: &'a Cell<bool>,
}

impl CostFunction for Modelled<'_> {
    type Param = DVector<f64>;
    type Output = f64;

    fn cost(&self, x: &DVector<f64>) -> Result<f64, Error> {
        self.best.watch(self.objective, x.as_slice())
    }
}

impl Gradient for Modelled<'_> {
    type Param = DVector<f64>;
    type Gradient = DVector<f64>;

    fn gradient(&self, x: &DVector<f64>) -> Result<DVector<f64>, Error> {
        let model = (self.model)(x.as_slice()).ok_or_else(|| Error::msg("no local model"))?;
        if model.expected_decrease() <= self.tolerance {
            self.arrived.set(true);
            return Err(Error::msg("arrived"));
        }
        self.curvature.replace(model.curvature);
        Ok(model.gradient)
    }
}

impl Hessian for Modelled<'_> {
    type Param = DVector<f64>;
    type Hessian = DMatrix<f64>;

    fn hessian(&self, _: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
        Ok(self.curvature.borrow().clone())
    }
}

/// Where one search for a root came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Root {
    /// Place: of all that were tried the one with the smallest value that is not negative.
    pub x: f64,
    /// Value there.
    pub value: f64,
    /// How it ended.
    pub ending: Ending,
    /// Calls of the function.
    pub calls: u64,
}

/// Where `function`, negative at `low` and not at `high`, reaches 0: by Brent's method, to within
/// `tolerance`. The answer lies on the side that is not negative, so that what had to be reached is.
///
/// Values that are not finite end the search; `ending` says so. With the wrong signs at the ends
/// nothing is searched for, and `high` comes back.
#[must_use]
pub fn root_from_below(
    function: &dyn Fn(f64) -> f64,
    (low, high): (f64, f64),
    tolerance: f64,
    max_iterations: u64,
) -> Root {
    let reached = Cell::new((high, f64::INFINITY));
    let calls = Cell::new(0);
    let problem = Crossing { function, reached: &reached, calls: &calls };
    let solver = BrentRoot::new(low, high, tolerance);
    let configure = |state: argmin::core::IterState<f64, (), (), (), (), f64>| {
        // Brent's method ends by itself; a target of 0 would end it by argmin's.
        state.max_iters(max_iterations).target_cost(f64::NEG_INFINITY)
    };
    let run = Executor::new(problem, solver).configure(configure).timer(false).run();
    let (x, value) = reached.get();
    let ending = run.map_or(Ending::Stopped, |result| ending_of(result.state()));
    Root { x, value, ending, calls: calls.get() }
}

/// A function that remembers where it is least without being negative.
struct Crossing<'a> {
    function: &'a dyn Fn(f64) -> f64,
    reached: &'a Cell<(f64, f64)>,
    calls: &'a Cell<u64>,
}

impl CostFunction for Crossing<'_> {
    type Param = f64;
    type Output = f64;

    fn cost(&self, x: &f64) -> Result<f64, Error> {
        self.calls.set(self.calls.get() + 1);
        let value = (self.function)(*x);
        if !value.is_finite() {
            return Err(Error::msg("not a finite value"));
        }
        if value >= 0.0 && value < self.reached.get().1 {
            self.reached.set((*x, value));
        }
        Ok(value)
    }
}

fn ending_of<S: State>(state: &S) -> Ending {
    match state.get_termination_reason() {
        Some(TerminationReason::SolverConverged | TerminationReason::TargetCostReached) => {
            Ending::CriterionMet
        }
        Some(TerminationReason::MaxItersReached) => Ending::IterationLimit,
        _ => Ending::Stopped,
    }
}

/// The best point seen, whatever becomes of the optimiser.
struct Best {
    x: RefCell<Vec<f64>>,
    objective: Cell<f64>,
    calls: Cell<u64>,
}

impl Best {
    fn new(start: &[f64], objective: &dyn Fn(&[f64]) -> f64) -> Self {
        Self {
            x: RefCell::new(start.to_vec()),
            objective: Cell::new(objective(start)),
            calls: Cell::new(1),
        }
    }

    fn end(self, ending: Result<Ending, Error>) -> Minimum {
        Minimum {
            x: self.x.into_inner(),
            objective: self.objective.get(),
            ending: ending.unwrap_or(Ending::Stopped),
            calls: self.calls.get(),
        }
    }

    /// The objective at `x`, remembered where it is the best so far.
    fn watch(&self, objective: &dyn Fn(&[f64]) -> f64, x: &[f64]) -> Result<f64, Error> {
        self.count()?;
        let value = objective(x);
        if value < self.objective.get() {
            self.objective.set(value);
            x.clone_into(&mut self.x.borrow_mut());
        }
        Ok(value)
    }

    fn count(&self) -> Result<(), Error> {
        self.calls.set(self.calls.get() + 1);
        if self.calls.get() > MAX_CALLS { Err(Error::msg("too many calls")) } else { Ok(()) }
    }
}

/// An objective that remembers its best point and ends after too many calls.
struct Watched<'a> {
    objective: &'a dyn Fn(&[f64]) -> f64,
    gradient: &'a dyn Fn(&[f64]) -> Vec<f64>,
    best: &'a Best,
}

impl CostFunction for Watched<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Error> {
        self.best.watch(self.objective, x)
    }
}

impl Gradient for Watched<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Error> {
        self.best.count()?;
        Ok((self.gradient)(x))
    }
}

#[cfg(test)]
mod tests {
    use super::{DMatrix, DVector, Ending, LocalModel, root_from_below, trust_region};

    /// A curved valley with its floor at (1, 1).
    fn valley(x: &[f64]) -> f64 {
        (1.0 - x[0]).powi(2) + 5.0 * (x[1] - x[0] * x[0]).powi(2)
    }

    fn local(x: &[f64]) -> Option<LocalModel> {
        let jacobian =
            DMatrix::from_row_slice(2, 2, &[-1.0, 0.0, -2.0 * x[0] * 5_f64.sqrt(), 5_f64.sqrt()]);
        let residuals = DVector::from_vec(vec![1.0 - x[0], 5_f64.sqrt() * (x[1] - x[0] * x[0])]);
        let gradient = 2.0 * jacobian.transpose() * residuals;
        Some(LocalModel { gradient, curvature: 2.0 * jacobian.transpose() * jacobian })
    }

    #[test]
    fn analytic_the_trust_region_finds_the_floor_of_a_curved_valley() {
        let minimum = trust_region(&valley, &local, &[-1.2, 1.0], (100, 1e-12));
        assert_eq!(minimum.ending, Ending::CriterionMet);
        assert!(minimum.x.iter().all(|x| (x - 1.0).abs() < 1e-5), "{minimum:?}");
        let hasty = trust_region(&valley, &local, &[-1.2, 1.0], (2, 1e-12));
        assert_eq!(hasty.ending, Ending::IterationLimit);
        let lost = trust_region(&valley, &|_| None, &[-1.2, 1.0], (100, 1e-12));
        assert_eq!(lost.ending, Ending::Stopped);
    }

    #[test]
    fn analytic_roots_are_reached_and_not_only_approached() {
        for (function, ends, expected) in [
            ((|x: f64| x * x - 2.0) as fn(f64) -> f64, (0.0, 2.0), 2.0_f64.sqrt()),
            (|x| 0.5 - (-x).exp(), (0.0, 10.0), 2.0_f64.ln()),
            (|x| x.powi(3) - 8.0, (-1.0, 5.0), 2.0),
        ] {
            let root = root_from_below(&function, ends, 1e-6, 60);
            assert_eq!(root.ending, Ending::CriterionMet);
            assert!(root.value >= 0.0 && (root.value - function(root.x)).abs() < 1e-15);
            assert!((root.x - expected).abs() < 1e-4, "{root:?} is not {expected}");
            assert!(root.calls < 60, "{root:?}");
        }
    }

    #[test]
    fn invariant_every_ending_is_told() {
        let cut_short = root_from_below(&|x| x.powi(9) - 0.1, (0.0, 2.0), 1e-12, 2);
        assert_eq!(cut_short.ending, Ending::IterationLimit);
        let broken = |x: f64| if x > 0.5 && x < 0.9 { f64::NAN } else { x - 0.7 };
        assert_eq!(root_from_below(&broken, (0.0, 1.0), 1e-6, 60).ending, Ending::Stopped);
        let never = root_from_below(&|_| -1.0, (0.0, 1.0), 1e-6, 60);
        assert_eq!(never.ending, Ending::Stopped);
        assert!(never.value.is_infinite());
    }
}
