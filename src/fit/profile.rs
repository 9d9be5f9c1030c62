//! The profile of the likelihood along one parameter: all others at their best.

use super::problem::Problem;
use super::search::lbfgs;

/// 95 % quantile of χ² with one degree of freedom.
pub const CHI_SQUARE_95: f64 = 3.841_458_820_694_124;
/// Points on each side of the estimate, at most.
const MAX_POINTS: usize = 20;
/// A side ends when the objective has risen by this much.
const ENOUGH: f64 = 8.0;
/// A step on the scale: this share of the standard error, within the limits below.
const STEP_IN_SE: f64 = 0.3;
const STEP_LIMITS: (f64, f64) = (0.01, 0.25);
/// Most iterations for the other parameters at each point.
const MAX_ITERATIONS: u64 = 40;

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
pub(super) fn profile(problem: &Problem, x: &[f64], standard_error: f64, index: usize) -> Profile {
    let minimum = problem.objective(x);
    let (shortest, longest) = STEP_LIMITS;
    let step = if standard_error.is_finite() { STEP_IN_SE * standard_error } else { longest };
    let step = step.clamp(shortest, longest);
    let (down, up) = rayon::join(
        || side(problem, x, minimum, index, -step),
        || side(problem, x, minimum, index, step),
    );
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

/// Points on one side, from the inside out.
fn side(problem: &Problem, x: &[f64], minimum: f64, index: usize, step: f64) -> Vec<Point> {
    let mut others: Vec<f64> = x.to_vec();
    others.remove(index);
    let mut points = Vec::new();
    for i in 1..=MAX_POINTS {
        let place = x[index] + step * i as f64;
        let with = |others: &[f64]| {
            let mut all = others.to_vec();
            all.insert(index, place);
            all
        };
        let objective = |others: &[f64]| problem.objective(&with(others));
        let gradient = |others: &[f64]| {
            let mut gradient = problem.gradient(&with(others));
            gradient.remove(index);
            gradient
        };
        let lowest = if others.is_empty() {
            objective(&others)
        } else {
            let found = lbfgs(&objective, &gradient, &others, MAX_ITERATIONS);
            others = found.x;
            found.objective
        };
        points.push((place, lowest - minimum));
        if lowest - minimum > ENOUGH {
            break;
        }
    }
    points
}

/// Where the rise passes the 95 % limit between two points: linear in its square root, which is
/// straight where the likelihood is normal.
fn interpolate(inner: Point, outer: Point) -> Option<f64> {
    let root = |change: f64| change.max(0.0).sqrt();
    let (low, high, limit) = (root(inner.1), root(outer.1), CHI_SQUARE_95.sqrt());
    (low <= limit && limit < high)
        .then(|| inner.0 + (outer.0 - inner.0) * (limit - low) / (high - low))
}
