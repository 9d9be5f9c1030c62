//! What the numbers to be calibrated on can tell of the parameters, looked at before the search.
//!
//! ```text
//! Sji = (∂sj/∂xi) · prior SDi / SDj          (J13)
//! ```

use super::likelihood::{Entry, Likelihood, entry_of};
use super::problem::Problem;
use crate::error::Result;

/// A number that moves by less than this, in its own standard deviations, for a standard deviation of
/// every prior carries less than 1 % of any prior's information: it tells nothing.
pub const LEAST_SENSITIVITY: f64 = 0.1;
/// Step of the differences, in standard deviations of the prior.
const STEP: f64 = 0.25;

/// Sensitivities (J13) at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Information {
    /// A row for each published number of the problem, a column for each parameter; not negative.
    pub sensitivity: Vec<Vec<f64>>,
}

impl Information {
    /// Positions of the numbers that no parameter moves.
    #[must_use]
    pub fn silent_numbers(&self) -> Vec<usize> {
        let silent = |row: &Vec<f64>| row.iter().all(|s| *s < LEAST_SENSITIVITY);
        (0..self.sensitivity.len()).filter(|j| silent(&self.sensitivity[*j])).collect()
    }

    /// Positions of the parameters that move no number.
    #[must_use]
    pub fn unseen_parameters(&self) -> Vec<usize> {
        let count = self.sensitivity.first().map_or(0, Vec::len);
        let unseen = |i: &usize| self.sensitivity.iter().all(|row| row[*i] < LEAST_SENSITIVITY);
        (0..count).filter(unseen).collect()
    }
}

/// What can be said at the start of the search; none where nothing can be said there or beside it.
///
/// # Errors
/// What [`Problem::evaluate`] refuses.
pub fn information(problem: &Problem) -> Result<Option<Information>> {
    let start = problem.start();
    let at = |x: &[f64]| Ok(problem.evaluate(x)?.map(|evaluation| evaluation.likelihood));
    let Some(centre) = at(&start)? else { return Ok(None) };
    let mut sensitivity = vec![Vec::with_capacity(start.len()); problem.published.len()];
    for (i, estimated) in problem.estimated.iter().enumerate() {
        let moved = |sign: f64| {
            let mut x = start.clone();
            x[i] += sign * STEP * estimated.sd;
            at(&x)
        };
        let (Some(above), Some(below)) = (moved(1.0)?, moved(-1.0)?) else { return Ok(None) };
        for (row, change) in sensitivity.iter_mut().zip(changes(problem, &centre, &above, &below)) {
            row.push(change / (2.0 * STEP));
        }
    }
    Ok(Some(Information { sensitivity }))
}

/// By how much every number changes from `below` to `above`, in its standard deviations at `centre`.
/// Of a median on an atom: the shares of patients below and up to it, whichever changes more.
fn changes(
    problem: &Problem,
    centre: &Likelihood,
    above: &Likelihood,
    below: &Likelihood,
) -> Vec<f64> {
    let (mut normal, mut atom) = (0, 0);
    let one = |number: &crate::trial::Published| match entry_of(number) {
        Entry::Normal => {
            let j = normal;
            normal += 1;
            let sd = centre.covariance[(j, j)].sqrt();
            (above.expected[j] - below.expected[j]).abs() / sd
        }
        Entry::Atom => {
            let a = atom;
            atom += 1;
            // A share that is all or nothing at the start has no chance of its own: half a patient.
            let least = number.n.map_or(0.0, |n| 0.5 / n as f64);
            let side = |s: usize| {
                let change = above.edges[a][s].0 - below.edges[a][s].0;
                change.abs() / centre.edges[a][s].1.max(least)
            };
            side(0).max(side(1))
        }
    };
    problem.published.iter().map(one).collect()
}
