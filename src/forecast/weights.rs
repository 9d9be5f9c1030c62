//! Weighted individuals.

use crate::numeric::elementary::exp;

/// Weights that sum to 1, from log-likelihoods up to a constant.
pub(super) fn weights(logs: &[f64]) -> Vec<f64> {
    let largest =
        logs.iter().copied().filter(|own| !own.is_nan()).fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        return vec![0.0; logs.len()];
    }
    let weight = |own: &f64| if own.is_nan() { 0.0 } else { exp(own - largest) };
    let weights: Vec<f64> = logs.iter().map(weight).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|own| own / sum).collect()
}

/// The effective number of individuals (B3).
pub(super) fn effective_size(weights: &[f64]) -> f64 {
    let squares: f64 = weights.iter().map(|own| own * own).sum();
    if squares > 0.0 { 1.0 / squares } else { 0.0 }
}

/// Quantiles of values with their weights, in rising order of the values: the first value with at least this cumulative
/// weight.
pub(super) fn quantiles(rising: impl Iterator<Item = (f64, f64)>, shares: &[f64]) -> Vec<f64> {
    let mut found = vec![f64::NAN; shares.len()];
    let (mut below, mut next) = (0.0, 0);
    for (value, weight) in rising.filter(|(_, weight)| *weight > 0.0) {
        below += weight;
        while shares.get(next).is_some_and(|share| below >= share * (1.0 - 1e-12)) {
            found[next] = value;
            next += 1;
        }
    }
    found
}
