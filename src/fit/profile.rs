//! The profile of the likelihood along one parameter: all others at their best.

use super::problem::Problem;
use crate::numeric::optimise::lbfgs;

/// 95 % quantile of χ² with one degree of freedom.
pub const CHI_SQUARE_95: f64 = 3.841_458_820_694_124;
/// Points on each side of the estimate, at most.
const MAX_POINTS: usize = 20;
/// A side ends when the objective has risen by this much.
const ENOUGH: f64 = 8.0;
/// A step on the scale: this share of the standard error, within the limits below.
const STEP_IN_SE: f64 = 0.3;
const STEP_LIMITS: (f64, f64) = (0.01, 0.25);
/// Most iterations for the other parameters at each point, and the gradient at which they end: the
/// rise is then right to about the square of it.
const LIMITS: (u64, f64) = (40, 1e-2);
/// What stands for a standard error that is not determined, on the scale.
const UNDETERMINED: f64 = 0.25;

/// The profile along one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Symbol of the parameter.
    pub symbol: String,
    /// Values of the parameter, ascending.
    pub values: Vec<f64>,
    /// Rise of −2 log L above its minimum.
    pub change: Vec<f64>,
    /// Where the rise passes [`CHI_SQUARE_95`] on either side, if it does within reach.
    pub interval: (Option<f64>, Option<f64>),
}

/// One point: a place on the scale of the parameter, and the rise there.
type Point = (f64, f64);

/// The profile of parameter number `index` around the minimum at `x`.
pub(super) fn profile(problem: &Problem, x: &[f64], errors: &[f64], index: usize) -> Profile {
    let errors: Vec<f64> =
        errors.iter().map(|e| if e.is_finite() { *e } else { UNDETERMINED }).collect();
    let minimum = Centre { problem, x, errors: &errors, index, objective: problem.objective(x) };
    let (shortest, longest) = STEP_LIMITS;
    let step = (STEP_IN_SE * errors[index]).clamp(shortest, longest);
    let (down, up) = rayon::join(|| minimum.side(-step), || minimum.side(step));
    let free = &problem.free[index];
    let value = |place: f64| free.transform.inverse(place);
    let centre = (x[index], 0.0);
    let crossing = |points: &[Point]| {
        let mut inner = centre;
        points.iter().find_map(|outer| {
            let crossed = interpolate(inner, *outer);
            inner = *outer;
            crossed
        })
    };
    let interval = (crossing(&down).map(value), crossing(&up).map(value));
    let points: Vec<Point> = down.iter().rev().copied().chain([centre]).chain(up).collect();
    Profile {
        symbol: free.symbol.clone(),
        values: points.iter().map(|(place, _)| value(*place)).collect(),
        change: points.iter().map(|(_, change)| *change).collect(),
        interval,
    }
}

/// The minimum around which a profile is drawn.
struct Centre<'a> {
    problem: &'a Problem,
    x: &'a [f64],
    errors: &'a [f64],
    index: usize,
    objective: f64,
}

impl Centre<'_> {
    /// Points on one side, from the inside out.
    fn side(&self, step: f64) -> Vec<Point> {
        let mut x = self.x.to_vec();
        let mut points: Vec<Point> = Vec::new();
        while points.len() < MAX_POINTS && points.last().is_none_or(|last| last.1 <= ENOUGH) {
            x[self.index] += step;
            let lowest = self.improve_others(&mut x);
            points.push((x[self.index], lowest - self.objective));
        }
        points
    }

    /// Brings all parameters but one to their best, and gives the objective there. They are searched
    /// for in standard errors, which makes the valley round.
    fn improve_others(&self, x: &mut Vec<f64>) -> f64 {
        let others: Vec<usize> = (0..x.len()).filter(|i| *i != self.index).collect();
        if others.is_empty() {
            return self.problem.objective(x);
        }
        let start = x.clone();
        let moved = |z: &[f64]| {
            let mut x = start.clone();
            for (i, z) in others.iter().zip(z) {
                x[*i] += z * self.errors[*i];
            }
            x
        };
        let objective = |z: &[f64]| self.problem.objective(&moved(z));
        let gradient = |z: &[f64]| {
            let gradient = self.problem.gradient(&moved(z));
            others.iter().map(|i| gradient[*i] * self.errors[*i]).collect()
        };
        let found = lbfgs(&objective, &gradient, &vec![0.0; others.len()], LIMITS);
        *x = moved(&found.x);
        found.objective
    }
}

/// Where the rise passes the 95 % limit between two points: linear in its square root, which is
/// straight where the likelihood is normal.
fn interpolate(inner: Point, outer: Point) -> Option<f64> {
    let root = |change: f64| change.max(0.0).sqrt();
    let (low, high, limit) = (root(inner.1), root(outer.1), CHI_SQUARE_95.sqrt());
    (low <= limit && limit < high)
        .then(|| inner.0 + (outer.0 - inner.0) * (limit - low) / (high - low))
}
