//! Fixed points of a map.

use nalgebra::{DMatrix, DVector};

/// The image of a state, and its Jacobian.
pub(super) type Jacobian = (Vec<f64>, DMatrix<f64>);

/// A fixed point, and the Jacobian of the map there.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) state: Vec<f64>,
    pub(super) jacobian: DMatrix<f64>,
}

/// Maximum number of Newton steps.
const MOST_STEPS: usize = 30;
/// Repetitions of the map before each attempt of Newton's method.
const REPEATS: [usize; 5] = [0, 10, 100, 900, 3990];
/// Relative change of a state at convergence.
const ACCURACY: f64 = 1e-10;
/// Changes are relative to the state, or to this share of its size if that is larger.
const SMALL: f64 = 1e-2;
/// Largest negative value, in multiples of its size, of a state that starts at 0 or above.
const NEGATIVE: f64 = 1e-9;
/// Number and relative accuracy of equal changes in consecutive intervals that identify an unlimited rise.
const RISE: (usize, f64) = (50, 1e-6);

type Map<'a> = &'a dyn Fn(&[f64]) -> Result<Vec<f64>, String>;

/// The fixed point of `end` reached from `start` by Newton's method, or by repetition if that fails.
///
/// # Errors
/// There is no fixed point, or the map cannot be computed.
pub(super) fn fixed_point(
    start: &[f64],
    sizes: &[f64],
    end: Map<'_>,
    jacobian: &dyn Fn(&[f64]) -> Result<Jacobian, String>,
    name: &dyn Fn(usize) -> String,
) -> Result<Found, String> {
    let mut state = end(start)?;
    let mut rise = Rise::default();
    for repeats in REPEATS {
        for _ in 0..repeats {
            let next = end(&state)?;
            rise.see(&state, &next, sizes);
            state = next;
            if let Some(index) = rise.goes_on() {
                return Err(no_steady_state(&name(index), rise.change));
            }
        }
        if let Some(found) = newton(&state, (start, sizes), jacobian) {
            return Ok(found);
        }
    }
    Err(no_steady_state(&name(rise.index), rise.change))
}

fn no_steady_state(state: &str, change: f64) -> String {
    format!(
        "there is no steady state: {state} still changes by {change:.3e} in each interval, so that more enters than \
         is eliminated"
    )
}

/// Newton's method; `None` if it does not converge, or if a state that starts at 0 or above becomes negative.
fn newton(
    from: &[f64],
    (start, sizes): (&[f64], &[f64]),
    jacobian: &dyn Fn(&[f64]) -> Result<Jacobian, String>,
) -> Option<Found> {
    let n = from.len();
    let mut state = from.to_vec();
    for _ in 0..MOST_STEPS {
        let (end, slopes) = jacobian(&state).ok()?;
        let residual = DVector::from_fn(n, |i, _| end[i] - state[i]);
        let step = (DMatrix::identity(n, n) - &slopes).lu().solve(&residual)?;
        let is_small = |i: usize| step[i].abs() <= ACCURACY * state[i].abs().max(SMALL * sizes[i]);
        let is_found = (0..n).all(is_small);
        state.iter_mut().zip(step.iter()).for_each(|(own, step)| *own += step);
        if !state.iter().all(|own| own.is_finite()) {
            return None;
        }
        if is_found {
            let is_below = |i: usize| start[i] >= 0.0 && state[i] < -NEGATIVE * sizes[i];
            return (!(0..n).any(is_below)).then_some(Found { state, jacobian: slopes });
        }
    }
    None
}

/// The state with the largest change, and the number of intervals with equal change.
#[derive(Debug, Default)]
struct Rise {
    index: usize,
    change: f64,
    same: usize,
}

impl Rise {
    fn see(&mut self, from: &[f64], to: &[f64], sizes: &[f64]) {
        let share = |i: usize| ((to[i] - from[i]) / sizes[i]).abs();
        let most = (0..from.len()).max_by(|a, b| share(*a).total_cmp(&share(*b))).unwrap_or(0);
        let change = to.get(most).zip(from.get(most)).map_or(0.0, |(to, from)| to - from);
        let is_same = most == self.index
            && change.abs() > 1e-6 * sizes.get(most).copied().unwrap_or(1.0)
            && (change - self.change).abs() <= RISE.1 * change.abs();
        self.same = if is_same { self.same + 1 } else { 0 };
        (self.index, self.change) = (most, change);
    }

    /// The state that rises without limit.
    fn goes_on(&self) -> Option<usize> {
        (self.same >= RISE.0).then_some(self.index)
    }
}
