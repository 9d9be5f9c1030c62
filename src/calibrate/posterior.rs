//! A sample of parameter sets from the posterior, by importance sampling around the optimum.
//!
//! ```text
//! x ~ t₆(x̂, 1.3 · 2 H⁻¹),  w = exp(−objective/2)/q(x),  ESS = (Σ w)²/Σ w²          (J10)
//! ln marginal likelihood = ln mean w + constants that all variants share           (J11)
//! its standard error = √(1/ESS − 1/draws)                                          (J12)
//! ```

use super::evaluator::Evaluator;
use super::search::Found;
use crate::population::Streams;
use nalgebra::{DMatrix, DVector};

/// Degrees of freedom of the proposal: tails heavier than the posterior's.
const FREEDOM: f64 = 6.0;
/// The proposal is wider than the curvature says.
const WIDER: f64 = 1.3;

/// A weighted sample of the posterior.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// Places on the scales.
    pub places: Vec<Vec<f64>>,
    /// Their weights, which sum to 1.
    pub weights: Vec<f64>,
    /// Effective sample size (J10).
    pub effective: f64,
    /// Logarithm of the marginal likelihood (J11).
    pub log_marginal: f64,
}

/// Draws `size` places and weighs them; none where the curvature is not positive definite.
#[must_use]
pub fn posterior(evaluator: &Evaluator<'_>, found: &Found, size: usize) -> Option<Posterior> {
    evaluator.begin("posterior");
    let n = found.x.len();
    let covariance = 2.0 * WIDER * found.local.curvature.clone().cholesky()?.inverse();
    let lower = covariance.cholesky()?.l();
    let log_det = 2.0 * lower.diagonal().iter().map(|d| d.ln()).sum::<f64>();
    let streams = Streams::new(evaluator.problem.seed, "posterior");
    let (mut places, mut logs) = (Vec::with_capacity(size), Vec::with_capacity(size));
    for draw in 0..size {
        let mut stream = streams.subject(draw);
        let normals = DVector::from_fn(n, |_, _| stream.normal());
        // Chi-squared with an even number of degrees of freedom: a sum of exponentials.
        let chi: f64 = (0..3).map(|_| -2.0 * stream.uniform().ln()).sum();
        let standard = normals * (FREEDOM / chi).sqrt();
        let place = DVector::from_column_slice(&found.x) + &lower * &standard;
        let log_q = log_t(standard.dot(&standard), n) - 0.5 * log_det;
        logs.push(-0.5 * evaluator.value(place.as_slice()) - log_q);
        places.push(place.as_slice().to_vec());
    }
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| (log - largest).exp()).collect();
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    Some(Posterior {
        places,
        weights: weights.iter().map(|w| w / sum).collect(),
        effective: sum * sum / squares,
        log_marginal: largest + (sum / size as f64).ln() + log_prior_constant(evaluator),
    })
}

/// Logarithm of the density of t₆ in `n` dimensions at the squared distance, identity scale.
fn log_t(distance: f64, n: usize) -> f64 {
    let n = n as f64;
    libm::lgamma(0.5 * (FREEDOM + n))
        - libm::lgamma(0.5 * FREEDOM)
        - 0.5 * n * (FREEDOM * std::f64::consts::PI).ln()
        - 0.5 * (FREEDOM + n) * (1.0 + distance / FREEDOM).ln()
}

/// What the normal priors lack in the objective.
fn log_prior_constant(evaluator: &Evaluator<'_>) -> f64 {
    let one = |sd: f64| -sd.ln() - 0.5 * (2.0 * std::f64::consts::PI).ln();
    evaluator.problem.estimated.iter().map(|estimated| one(estimated.sd)).sum()
}

impl Posterior {
    /// Monte Carlo standard error of the logarithm of the marginal likelihood (J12).
    #[must_use]
    pub fn log_marginal_error(&self) -> f64 {
        (1.0 / self.effective - 1.0 / self.places.len() as f64).max(0.0).sqrt()
    }

    /// `count` places of equal weight, by systematic resampling.
    #[must_use]
    pub fn resampled(&self, count: usize) -> Vec<Vec<f64>> {
        resampled(&self.weights, count).into_iter().map(|i| self.places[i].clone()).collect()
    }

    /// Mean and covariance.
    #[must_use]
    pub fn moments(&self) -> (DVector<f64>, DMatrix<f64>) {
        let n = self.places.first().map_or(0, Vec::len);
        let weighted =
            || self.places.iter().map(|p| DVector::from_column_slice(p)).zip(&self.weights);
        let mean = weighted().fold(DVector::zeros(n), |sum, (x, w)| sum + x * *w);
        let covariance = weighted().fold(DMatrix::zeros(n, n), |sum, (x, w)| {
            let away = x - &mean;
            sum + &away * away.transpose() * *w
        });
        (mean, covariance)
    }
}

/// `count` positions, each as often as its weight says. Replicates take the sets as they come, so
/// that a set's repetitions stand apart.
pub(super) fn resampled(weights: &[f64], count: usize) -> Vec<usize> {
    let chosen = systematic(weights, count);
    let stride = (1..count).rev().find(|s| *s * 2 < count && gcd(*s, count) == 1).unwrap_or(1);
    (0..count).map(|k| chosen[(k * stride) % count]).collect()
}

/// `count` positions, each as often as its weight says, by systematic resampling.
fn systematic(weights: &[f64], count: usize) -> Vec<usize> {
    let total: f64 = weights.iter().sum();
    let (mut sum, mut i) = (weights.first().copied().unwrap_or(total), 0);
    let mut chosen = Vec::with_capacity(count);
    for k in 0..count {
        while sum < total * (k as f64 + 0.5) / count as f64 && i + 1 < weights.len() {
            i += 1;
            sum += weights[i];
        }
        chosen.push(i);
    }
    chosen
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::{Posterior, systematic};

    #[test]
    fn analytic_the_error_of_the_marginal_likelihood_is_that_of_a_mean_of_weights() {
        let raw = [1.0, 3.0, 2.0, 6.0_f64];
        let sum: f64 = raw.iter().sum();
        let sample = Posterior {
            places: vec![vec![0.0]; 4],
            weights: raw.iter().map(|w| w / sum).collect(),
            effective: sum * sum / raw.iter().map(|w| w * w).sum::<f64>(),
            log_marginal: 0.0,
        };
        // The relative standard error of a mean, with the variance of the sample itself (n below).
        let variance = raw.iter().map(|w| (w - 3.0).powi(2)).sum::<f64>() / 4.0;
        let expected = (variance / 4.0).sqrt() / 3.0;
        assert!((sample.log_marginal_error() - expected).abs() < 1e-12);
    }

    #[test]
    fn analytic_resampling_takes_each_as_often_as_its_weight_says() {
        assert_eq!(systematic(&[0.25, 0.5, 0.25], 4), [0, 1, 1, 2]);
        assert_eq!(systematic(&[2.0, 0.0, 2.0], 2), [0, 2]);
        assert_eq!(systematic(&[1.0], 3), [0, 0, 0]);
    }
}
