//! What the placebo's published shares say of practice and of noise: each such parameter is moved over
//! 95 % of its prior, all others stay at the estimate.

use super::estimated::Nature;
use super::evaluator::Evaluator;
use super::likelihood::{Entry, entry_of};
use super::problem::Problem;
use super::search::Found;
use crate::numeric::exp;
use crate::trial::{Form, placebo};

/// Where a parameter is looked at, in standard deviations of its prior.
const PLACES: [f64; 9] = [-1.96, -1.47, -0.98, -0.49, 0.0, 0.49, 0.98, 1.47, 1.96];

/// The answer of the placebo's numbers to one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Position of the parameter among the estimated.
    pub parameter: usize,
    /// Practice or noise.
    pub nature: Nature,
    /// Values of the parameter, ascending.
    pub values: Vec<f64>,
    /// For each of [`placebo_rows`], the share expected at each value.
    pub expected: Vec<Vec<f64>>,
}

/// The published shares of arms without drug that are calibrated on, by their positions.
#[must_use]
pub fn placebo_rows(problem: &Problem) -> Vec<usize> {
    let without_drug = |j: &usize| {
        let number = &problem.published[*j];
        let design = problem.designs().iter().find(|design| number.trials.contains(&design.id));
        design.is_some_and(|design| {
            placebo(design).is_some_and(|arm| design.arms[arm].id == number.arm)
        })
    };
    let share = |j: &usize| {
        let number = &problem.published[*j];
        matches!(number.form, Form::Proportion(_)) && entry_of(number) == Entry::Normal
    };
    (0..problem.published.len()).filter(share).filter(without_drug).collect()
}

/// The answers to every parameter of practice and of noise. A place where nothing can be said is left
/// out.
#[must_use]
pub fn responses(evaluator: &Evaluator<'_>, found: &Found) -> Vec<Response> {
    evaluator.begin("placebo");
    let problem = evaluator.problem;
    let normals: Vec<usize> = (0..problem.published.len())
        .filter(|j| entry_of(&problem.published[*j]) == Entry::Normal)
        .collect();
    let rows: Vec<usize> = placebo_rows(problem)
        .into_iter()
        .filter_map(|j| normals.iter().position(|normal| *normal == j))
        .collect();
    let one = |(parameter, estimated): (usize, &super::Estimated)| {
        let nature = estimated.place.nature();
        if nature == Nature::Patients || rows.is_empty() {
            return None;
        }
        let (mut values, mut expected) = (Vec::new(), vec![Vec::new(); rows.len()]);
        for place in PLACES {
            let mut x = found.x.clone();
            x[parameter] = estimated.prior_place() + place * estimated.sd;
            let Some(known) = evaluator.at(&x) else { continue };
            values.push(estimated.scale.value(x[parameter]));
            for (shares, row) in expected.iter_mut().zip(&rows) {
                shares.push(1.0 / (1.0 + exp(-known.expected[*row])));
            }
        }
        Some(Response { parameter, nature, values, expected })
    };
    problem.estimated.iter().enumerate().filter_map(one).collect()
}

impl Response {
    /// By how much the share of a row moves over the values.
    #[must_use]
    pub fn range(&self, row: usize) -> f64 {
        let shares = self.expected.get(row).into_iter().flatten().copied();
        let (low, high) = shares
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), s| (low.min(s), high.max(s)));
        if low <= high { high - low } else { 0.0 }
    }
}
