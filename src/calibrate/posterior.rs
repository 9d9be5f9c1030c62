//! A sample of parameter sets from the posterior: adaptive importance sampling in rounds, each draw with the virtual
//! patients of the next of several pools, so that the sample follows none of them.
//!
//! ```text
//! round 1:   x ~ q₁ = t₆(x̂, 1.3 · 2 H⁻¹)
//! round k:   x ~ qₖ = t₆(mean, covariance of the weighted sample so far)              (J10)
//! w = exp(−objective/2) / Σₖ (nₖ/N) qₖ(x),  ESS = (Σ w)²/Σ w²
//! ln marginal likelihood = ln mean w + constants that all variants share             (J11)
//! its standard error = √(1/ESS − 1/draws)                                            (J12)
//! ```
//!
//! The objective of a draw has an error, that of its pool; as it is about the same everywhere, the expected likelihood
//! is right up to a constant, and so is the sample (Andrieu and Roberts 2009 on likelihoods that are estimated). Every
//! draw is weighted by the mixture of all proposals (Cornuet et al. 2012), so no round is lost.

use super::evaluator::Evaluator;
use super::problem::Problem;
use super::search::Found;
use crate::numeric::{exp, ln};
use crate::population::{Mixture, Proposal, Streams};
use nalgebra::{DMatrix, DVector};

/// The first proposal is wider than the curvature says.
const WIDER: f64 = 1.3;
/// Draws of a round.
const ROUND: usize = 400;
/// The covariance of a proposal counts that of the curvature as so many draws for each parameter.
const PRIOR_DRAWS: f64 = 3.0;

/// How many draws are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Sampling ends at this effective sample size ...
    pub effective: f64,
    /// ... or after so many draws.
    pub most: usize,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { effective: 1000.0, most: 6000 }
    }
}

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

/// Draws places in rounds, each with the next of the `pools`, and weights them; none where the curvature is not
/// positive definite.
#[must_use]
pub fn posterior(
    evaluator: &Evaluator<'_>,
    pools: &[Problem],
    found: &Found,
    sampling: &Sampling,
) -> Option<Posterior> {
    evaluator.begin("posterior");
    let streams = Streams::new(evaluator.problem.seed, "posterior");
    let curvature = 2.0 * found.local.curvature.clone().cholesky()?.inverse();
    let first = Proposal::new(DVector::from_column_slice(&found.x), WIDER * &curvature)?;
    let (mut mixture, mut places, mut targets) = (Mixture::default(), Vec::new(), Vec::new());
    let mut proposal = first;
    loop {
        let draws = ROUND.min(sampling.most - places.len());
        for draw in places.len()..places.len() + draws {
            let place = proposal.draw(&streams, draw);
            let pool = &pools[draw % pools.len()];
            targets.push(-0.5 * evaluator.value_of(pool, place.as_slice()));
            places.push(place);
        }
        mixture.add(proposal, draws);
        let sample = weighted(&places, &targets, &mixture, evaluator);
        if sample.effective >= sampling.effective || places.len() >= sampling.most {
            return Some(sample);
        }
        let (mean, covariance) = sample.moments();
        let prior = PRIOR_DRAWS * mean.len() as f64;
        let scale = (covariance * sample.effective + &curvature * prior)
            * (1.0 / (sample.effective + prior));
        proposal = Proposal::new(mean, scale)?;
    }
}

/// The sample with the weights that the mixture of the proposals gives it.
fn weighted(
    places: &[DVector<f64>],
    targets: &[f64],
    mixture: &Mixture,
    evaluator: &Evaluator<'_>,
) -> Posterior {
    let size = places.len() as f64;
    let logs: Vec<f64> = places
        .iter()
        .zip(targets)
        .map(|(place, target)| target - mixture.log_density(place))
        .collect();
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = logs.iter().map(|log| exp(log - largest)).collect();
    let sum: f64 = raw.iter().sum();
    Posterior {
        places: places.iter().map(|place| place.as_slice().to_vec()).collect(),
        weights: raw.iter().map(|weight| weight / sum).collect(),
        effective: sum * sum / raw.iter().map(|weight| weight * weight).sum::<f64>(),
        log_marginal: largest + ln(sum / size) + log_prior_constant(evaluator),
    }
}

/// What the normal priors lack in the objective.
fn log_prior_constant(evaluator: &Evaluator<'_>) -> f64 {
    let one = |sd: f64| -ln(sd) - 0.5 * ln(2.0 * std::f64::consts::PI);
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
