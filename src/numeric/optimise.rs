//! The only file that knows `argmin`.
//!
//! What to know about it: `Ok` is not convergence, the best point is lost with an error, NaN and
//! infinity break it, and of its line searches only Moré-Thuente is safe. So the objective is always
//! finite, the best point is kept here, calls are limited, and a fit's convergence is judged by its
//! uncertainty, not by argmin.

use argmin::core::{CostFunction, Error, Executor, Gradient, State, TerminationReason};
use argmin::solver::brent::BrentRoot;
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::neldermead::NelderMead;
use argmin::solver::quasinewton::LBFGS;
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

#[cfg(test)]
mod tests {
    use super::{Ending, root_from_below};

    #[test]
    fn analytic_roots_are_reached_and_not_only_approached() {
        for (function, ends, expected) in [
            ((|x: f64| x * x - 2.0) as fn(f64) -> f64, (0.0, 2.0), 2.0_f64.sqrt()),
            (|x| 0.5 - (-x).exp(), (0.0, 10.0), 2.0_f64.ln()),
            (|x| x.powi(3), (-1.0, 2.0), 0.0),
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
