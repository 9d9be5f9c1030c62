//! The synthetic likelihood of everything that trials published: one multivariate normal over all
//! numbers, and the medians that lie on atoms given the rest.
//!
//! ```text
//! Σjk = cj ck (1/N²) Σ w IFj IFk + δjk rounding²/3,  cj² = N P(subset)/n published      (J6)
//! −2 ln L = r' Σ⁻¹ r + ln det Σ − 2 Σ ln P(atom | r)                                     (J7)
//! P(lo ≤ median ≤ hi) = P(share below lo < ½) − P(share up to hi ≤ ½)                    (J8)
//! ```

use super::moments::{Moment, moment, on_scale, scale_slope, share_below};
use super::potential::PotentialOutcomes;
use crate::numeric::ln;
use crate::statistics::normal_cdf;
use crate::trial::{Form, Published, Quantity};
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use rayon::prelude::*;

/// Probability below which an atom is taken to be this improbable: the search must go on from there.
const LEAST: f64 = 1e-12;

/// How a published number enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// As one component of the normal distribution.
    Normal,
    /// As the probability of a median within its rounding.
    Atom,
}

/// How a published number enters the likelihood: a median that can only fall on visit days, or on 0
/// days, is an atom.
#[must_use]
pub fn entry_of(published: &Published) -> Entry {
    let on_days = matches!(
        published.form,
        Form::Median(Quantity::MaximumDay | Quantity::MaximumDayElapsed | Quantity::Doses)
    );
    let at_zero =
        matches!(published.form, Form::Median(_)) && published.value <= published.rounding;
    if on_days || at_zero { Entry::Atom } else { Entry::Normal }
}

/// What the likelihood says at one set of parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Likelihood {
    /// −2 ln L (J7).
    pub deviance: f64,
    /// What is expected of each published number, as published.
    pub plain: Vec<f64>,
    /// Patients expected behind each, at the size of the trials.
    pub patients: Vec<f64>,
    /// The same on the scale of the likelihood, of those that enter as normal.
    pub expected: DVector<f64>,
    /// Published less expected, of those that enter as normal.
    pub residuals: DVector<f64>,
    /// Covariance of those.
    pub covariance: DMatrix<f64>,
    /// Probability of each atom given the rest.
    pub atoms: Vec<f64>,
    /// Of each atom the share of patients below its interval, and up to its end: expected, and the
    /// standard deviation in a published trial.
    pub edges: Vec<[(f64, f64); 2]>,
}

/// The likelihood of `published` from the potential outcomes of the patients; the weights of an arm's outcomes sum
/// to the number of its patients, and number j of an outcome belongs to published number j.
///
/// None where a subset is empty or the covariance is not positive definite.
#[must_use]
pub fn likelihood(published: &[Published], outcomes: &PotentialOutcomes) -> Option<Likelihood> {
    let total: f64 = outcomes.weights.iter().sum();
    let moments: Vec<Moment> =
        published.par_iter().enumerate().map(|(j, p)| moment(p.form, outcomes, j)).collect();
    let size = |moment: &Moment, p: &Published| {
        let expected = total * moment.share;
        (expected / p.n.map_or(expected, |n| n as f64)).sqrt()
    };
    let of = |wanted: Entry| -> Vec<usize> {
        (0..published.len()).filter(|j| entry_of(&published[*j]) == wanted).collect()
    };
    let (normals, atoms) = (of(Entry::Normal), of(Entry::Atom));
    let mut rows: Vec<(&Moment, f64)> =
        normals.iter().map(|j| (&moments[*j], size(&moments[*j], &published[*j]))).collect();
    let shares: Vec<[Moment; 2]> =
        atoms.par_iter().map(|j| edge_shares(&published[*j], outcomes, *j)).collect();
    for (share, j) in shares.iter().zip(&atoms) {
        rows.extend(share.iter().map(|s| (s, size(s, &published[*j]))));
    }
    let joint = covariance(outcomes, total, &rows);
    let n = normals.len();
    let mut covariance = joint.view((0, 0), (n, n)).into_owned();
    for (i, j) in normals.iter().enumerate() {
        let slope = scale_slope(published[*j].form, seen_value(&published[*j]));
        covariance[(i, i)] += (slope * published[*j].rounding).powi(2) / 3.0; // (J6)
    }
    let expected = DVector::from_iterator(n, normals.iter().map(|j| moments[*j].value));
    let seen = normals.iter().map(|j| on_scale(published[*j].form, seen_value(&published[*j])));
    let residuals = DVector::from_iterator(n, seen) - &expected;
    let factor = covariance.clone().cholesky()?;
    let solved = factor.solve(&residuals);
    let log_det = 2.0 * factor.l().diagonal().iter().map(|d| ln(*d)).sum::<f64>();
    let mut deviance = residuals.dot(&solved) + log_det; // (J7)
    let mut probabilities = Vec::with_capacity(atoms.len());
    let edge = |a: usize, side: usize| {
        let row = n + 2 * a + side;
        (shares[a][side].value, joint[(row, row)].sqrt())
    };
    for (a, share) in shares.iter().enumerate() {
        let probability = atom_probability(share, n + 2 * a, &joint, (&factor, &solved));
        deviance -= 2.0 * ln(probability);
        probabilities.push(probability);
    }
    let sound = deviance.is_finite();
    sound.then(|| Likelihood {
        deviance,
        plain: moments.iter().map(|moment| moment.plain).collect(),
        patients: moments.iter().map(|moment| total * moment.share).collect(),
        expected,
        residuals,
        covariance,
        atoms: probabilities,
        edges: (0..shares.len()).map(|a| [edge(a, 0), edge(a, 1)]).collect(),
    })
}

/// A published number as it enters: a share of none or all as that of half a patient, since its logit
/// would say more than any trial can.
fn seen_value(published: &Published) -> f64 {
    match (published.form, published.n) {
        (Form::Proportion(_), Some(n)) if n > 0 => {
            let half = 0.5 / n as f64;
            published.value.clamp(half, 1.0 - half)
        }
        _ => published.value,
    }
}

/// The shares of patients below the interval of published number `j`, and up to its end.
fn edge_shares(published: &Published, outcomes: &PotentialOutcomes, j: usize) -> [Moment; 2] {
    let (low, high) = interval(published);
    [share_below(outcomes, j, &|x| x < low), share_below(outcomes, j, &|x| x <= high)]
}

/// The probability of an atom, whose `share`s stand in the rows of `joint` from `first` on, given the
/// normal numbers: `factor` is that of their covariance, `solved` their residuals after its inverse.
fn atom_probability(
    share: &[Moment; 2],
    first: usize,
    joint: &DMatrix<f64>,
    (factor, solved): (&Cholesky<f64, Dyn>, &DVector<f64>),
) -> f64 {
    let n = solved.len();
    let [below, up_to] = [0, 1].map(|side| {
        let row = first + side;
        let cross = joint.view((0, row), (n, 1)).into_owned();
        let mean = share[side].value + cross.column(0).dot(solved);
        let explained = cross.column(0).dot(&factor.solve(&cross.column(0).into_owned()));
        let sd = (joint[(row, row)] - explained).max(1e-12).sqrt();
        normal_cdf((0.5 - mean) / sd)
    });
    (below - up_to).max(LEAST) // (J8)
}

/// What was printed stands for anything in this interval.
fn interval(published: &Published) -> (f64, f64) {
    (published.value - published.rounding, published.value + published.rounding)
}

/// Covariance of the statistics at their published sizes (J6), without rounding.
fn covariance(outcomes: &PotentialOutcomes, total: f64, rows: &[(&Moment, f64)]) -> DMatrix<f64> {
    let n = rows.len();
    let entry = |(j, k): (usize, usize)| {
        let (a, b) = (rows[j].0, rows[k].0);
        let first = a.members.start.max(b.members.start);
        let both = first..a.members.end.min(b.members.end).max(first);
        let products = outcomes.weights[both.clone()].iter().zip(&a.influence[both.clone()]);
        products.zip(&b.influence[both]).map(|((weight, a), b)| weight * a * b).sum::<f64>()
    };
    let pairs: Vec<(usize, usize)> = (0..n).flat_map(|j| (0..=j).map(move |k| (j, k))).collect();
    let sums: Vec<f64> = pairs.par_iter().map(|pair| entry(*pair)).collect();
    // The pairs with row j begin at position j (j + 1)/2.
    let sum = |j: usize, k: usize| sums[j.max(k) * (j.max(k) + 1) / 2 + j.min(k)];
    DMatrix::from_fn(n, n, |j, k| rows[j].1 * rows[k].1 * sum(j, k) / (total * total))
}
