//! Weighted individuals.

use crate::numeric::exp;

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

/// Positions of `count` individuals drawn systematically by their weights, which sum to 1.
pub(super) fn systematic(weights: &[f64], count: usize) -> Vec<usize> {
    let (mut drawn, mut below) = (Vec::with_capacity(count), 0.0);
    for (place, weight) in weights.iter().enumerate() {
        below += weight;
        while drawn.len() < count && (drawn.len() as f64 + 0.5) / count as f64 <= below {
            drawn.push(place);
        }
    }
    drawn
}

/// Number `number` of a sequence that fills the interval from 0 to 1 evenly, however long it is.
pub(super) fn even(number: f64) -> f64 {
    // Multiples of the golden ratio.
    (0.618_033_988_749_894_9 * number).fract()
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
