//! The state that a map leaves as it is.

use nalgebra::{DMatrix, DVector};

/// An end, and its derivatives by the start.
pub(super) type Jacobian = (Vec<f64>, DMatrix<f64>);

/// A fixed point, and the derivatives of the map there.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) state: Vec<f64>,
    pub(super) jacobian: DMatrix<f64>,
}

/// Most steps of Newton's method.
const MOST_STEPS: usize = 30;
/// How often the map is repeated before Newton's method is tried again.
const REPEATS: [usize; 5] = [0, 10, 100, 900, 3990];
/// Relative change of a state that counts as none.
const ACCURACY: f64 = 1e-10;
/// States are judged relative to themselves, down to this share of their size.
const SMALL: f64 = 1e-2;
/// How far below 0, in multiples of its size, a state may be that starts at 0 or above.
const NEGATIVE: f64 = 1e-9;
/// Changes of this many intervals that are equal to this accuracy are those of a steady rise.
const RISE: (usize, f64) = (50, 1e-6);

type Map<'a> = &'a dyn Fn(&[f64]) -> Result<Vec<f64>, String>;

/// The fixed point of `end` that is reached from `start`, by Newton's method or else by repetition.
///
/// # Errors
/// There is none, or the map cannot be computed.
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

/// Newton's method; `None` where it does not converge, or leads below 0 where states start at 0 or above.
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

/// The state that changes most, and for how many intervals it has changed by the same.
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

    /// The state that rises without end.
    fn goes_on(&self) -> Option<usize> {
        (self.same >= RISE.0).then_some(self.index)
    }
}
