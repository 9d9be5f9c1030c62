//! The only file that knows `argmin`.
//!
//! What to know about it: `Ok` is not convergence, the best point is lost with an error, NaN and
//! infinity break it, and of its line searches only Moré-Thuente is safe. So the objective is always
//! finite, the best point is kept here, calls are limited, and convergence is judged by
//! [`Uncertainty`](super::Uncertainty), not by argmin.

use argmin::core::{CostFunction, Error, Executor, Gradient, State, TerminationReason};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::neldermead::NelderMead;
use argmin::solver::quasinewton::LBFGS;
use std::cell::{Cell, RefCell};

/// Which optimisers run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Nelder-Mead from every start, then L-BFGS from the best: the default.
    #[default]
    Both,
    /// Nelder-Mead only.
    NelderMead,
    /// L-BFGS only.
    Lbfgs,
}

/// How the search goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// Which optimisers run.
    pub method: Method,
    /// Number of starts: the given one, and random ones within the plausible ranges.
    pub starts: usize,
    /// Seed of the random starts.
    pub seed: u64,
    /// Most iterations of each optimiser.
    pub max_iterations: u64,
}

impl Default for Search {
    fn default() -> Self {
        Self { method: Method::Both, starts: 5, seed: 20_260_101, max_iterations: 200 }
    }
}

/// How one optimiser ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Its own criterion was met.
    CriterionMet,
    /// The iterations ran out.
    IterationLimit,
    /// It could not go on: no direction to descend, or too many calls.
    Stopped,
}

/// Where one optimiser came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Minimum {
    /// Place.
    pub(super) x: Vec<f64>,
    /// Objective there.
    pub(super) objective: f64,
    /// How it ended.
    pub(super) ending: Ending,
    /// Calls of the objective and the gradient.
    pub(super) calls: u64,
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
pub(super) fn nelder_mead(
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

/// Minimises `objective` from `start` along its `gradient`.
pub(super) fn lbfgs(
    objective: &dyn Fn(&[f64]) -> f64,
    gradient: &dyn Fn(&[f64]) -> Vec<f64>,
    start: &[f64],
    max_iterations: u64,
) -> Minimum {
    let best = Best::new(start, objective);
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_grad(1e-7)
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
        self.best.count()?;
        let objective = (self.objective)(x);
        if objective < self.best.objective.get() {
            self.best.objective.set(objective);
            self.best.x.borrow_mut().clone_from(x);
        }
        Ok(objective)
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
