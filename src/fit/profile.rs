//! The profile of the likelihood along one parameter: all others at their best.

use super::evaluator::Evaluator;
use super::objective::FAILED;
use crate::numeric::optimise::lbfgs;

/// 95 % quantile of χ² with one degree of freedom.
pub const CHI_SQUARE_95: f64 = 3.841_458_820_694_124;
/// Points on each side of the estimate, at most, unless the rise is still below the limit.
const MAX_POINTS: usize = 20;
/// A side ends when the objective has risen by this much.
const ENOUGH: f64 = 8.0;
/// A step on the scale: this share of the standard error, within the limits below.
const STEP_IN_SE: f64 = 0.3;
const STEP_LIMITS: (f64, f64) = (0.01, 0.25);
/// Beyond [`MAX_POINTS`] each step is longer than the last by this factor, until the bound of the
/// search; where the objective rises steeply there, steps are halved so many times.
const GROWTH: f64 = 1.5;
const HALVINGS: usize = 6;
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
    /// The parameters on their scales at the bound of the search on either side, where the rise does
    /// not pass [`CHI_SQUARE_95`] before it: the targets leave the parameter open there.
    pub open: (Option<Vec<f64>>, Option<Vec<f64>>),
}

impl Profile {
    /// Whether the targets leave the parameter open on a side.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.side().is_some()
    }

    /// The side on which they do.
    pub(super) fn side(&self) -> Option<&'static str> {
        match self.open {
            (None, None) => None,
            (None, Some(_)) => Some("upwards"),
            (Some(_), None) => Some("downwards"),
            (Some(_), Some(_)) => Some("both"),
        }
    }
}

/// One point: a place on the scale of the parameter, and the rise there.
type Point = (f64, f64);

/// Points on one side, from the inside out, and the parameters at the bound if that side is open.
#[derive(Default)]
struct Side {
    points: Vec<Point>,
    open: Option<Vec<f64>>,
}

/// The profile of parameter number `index` around the minimum at `x`.
pub(super) fn profile(
    evaluator: &Evaluator<'_>,
    x: &[f64],
    errors: &[f64],
    index: usize,
) -> Profile {
    let errors: Vec<f64> =
        errors.iter().map(|e| if e.is_finite() { *e } else { UNDETERMINED }).collect();
    let objective = evaluator.objective(x);
    let minimum = Centre { evaluator, x, errors: &errors, index, objective };
    let (shortest, longest) = STEP_LIMITS;
    let step = (STEP_IN_SE * errors[index]).clamp(shortest, longest);
    let (down, up) = rayon::join(|| minimum.side(-step), || minimum.side(step));
    let free = &evaluator.problem.free[index];
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
    let interval = (crossing(&down.points).map(value), crossing(&up.points).map(value));
    let points: Vec<Point> =
        down.points.iter().rev().copied().chain([centre]).chain(up.points).collect();
    Profile {
        symbol: free.symbol.clone(),
        values: points.iter().map(|(place, _)| value(*place)).collect(),
        change: points.iter().map(|(_, change)| *change).collect(),
        interval,
        open: (down.open, up.open),
    }
}

/// The minimum around which a profile is drawn.
struct Centre<'a> {
    evaluator: &'a Evaluator<'a>,
    x: &'a [f64],
    errors: &'a [f64],
    index: usize,
    objective: f64,
}

impl Centre<'_> {
    fn side(&self, step: f64) -> Side {
        let (low, high) = self.evaluator.ends(self.index);
        let end = if step < 0.0 { low } else { high };
        let is_beyond = |place: f64| (place - end) * step >= 0.0;
        let mut x = self.x.to_vec();
        let mut step = step;
        let mut side = Side::default();
        loop {
            let rise = side.points.last().map_or(0.0, |last| last.1);
            let is_open = rise <= CHI_SQUARE_95;
            if is_open && is_beyond(x[self.index]) {
                side.open = Some(x);
                return side;
            }
            let is_extended = side.points.len() >= MAX_POINTS;
            if is_beyond(x[self.index]) || rise > ENOUGH || (is_extended && !is_open) {
                return side;
            }
            step *= if is_extended { GROWTH } else { 1.0 };
            let inner = x.clone();
            let place = x[self.index] + step;
            x[self.index] = if is_beyond(place) { end } else { place };
            let Some(outer) = self.improve_others(&mut x) else { return side };
            if is_extended && outer.1 > CHI_SQUARE_95 {
                self.halve(inner, rise, outer, &mut side.points);
                return side;
            }
            side.points.push(outer);
        }
    }

    /// Adds points between `inner` and `outer`, which lie on either side of the limit, until the outer
    /// one is near it.
    fn halve(&self, mut inner: Vec<f64>, rise: f64, mut outer: Point, points: &mut Vec<Point>) {
        let mut low = (inner[self.index], rise);
        for _ in 0..HALVINGS {
            if outer.1 <= ENOUGH {
                break;
            }
            let mut x = inner.clone();
            x[self.index] = f64::midpoint(low.0, outer.0);
            match self.improve_others(&mut x) {
                Some(point) if point.1 > CHI_SQUARE_95 => outer = point,
                Some(point) => {
                    points.push(point);
                    (inner, low) = (x, point);
                }
                None => break,
            }
        }
        points.push(outer);
    }

    /// Brings all parameters but one to their best, and gives the point there; none where the model
    /// cannot be evaluated. They are searched for in standard errors, which makes the valley round.
    fn improve_others(&self, x: &mut Vec<f64>) -> Option<Point> {
        let others: Vec<usize> = (0..x.len()).filter(|i| *i != self.index).collect();
        let start = x.clone();
        let moved = |z: &[f64]| {
            let mut x = start.clone();
            for (i, z) in others.iter().zip(z) {
                x[*i] += z * self.errors[*i];
            }
            self.evaluator.inside(&x)
        };
        let lowest = if others.is_empty() {
            self.evaluator.objective(x)
        } else {
            let objective = |z: &[f64]| self.evaluator.objective(&moved(z));
            let gradient = |z: &[f64]| {
                let gradient = self.evaluator.gradient(&moved(z));
                others.iter().map(|i| gradient[*i] * self.errors[*i]).collect()
            };
            let found = lbfgs(&objective, &gradient, &vec![0.0; others.len()], LIMITS);
            *x = moved(&found.x);
            found.objective
        };
        (lowest < FAILED).then(|| (x[self.index], lowest - self.objective))
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
