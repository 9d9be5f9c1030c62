//! Where importance sampling draws from: t distributions, and their mixture.

use super::Streams;
use crate::numeric::{ln, log_sum_exp};
use nalgebra::{DMatrix, DVector};

/// Degrees of freedom: tails heavier than a posterior's.
const FREEDOM: f64 = 6.0;

/// A multivariate t distribution with 6 degrees of freedom.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    centre: DVector<f64>,
    /// Cholesky factor of the scale matrix.
    lower: DMatrix<f64>,
    log_det: f64,
}

impl Proposal {
    /// Around `centre`; none where the scale matrix is not positive definite.
    #[must_use]
    pub fn new(centre: DVector<f64>, scale: DMatrix<f64>) -> Option<Self> {
        let lower = scale.cholesky()?.l();
        let log_det = 2.0 * lower.diagonal().iter().map(|d| ln(*d)).sum::<f64>();
        Some(Self { centre, lower, log_det })
    }

    /// Draw number `draw`, which depends on this number alone.
    #[must_use]
    pub fn draw(&self, streams: &Streams, draw: usize) -> DVector<f64> {
        let mut stream = streams.subject(draw);
        let normals = DVector::from_fn(self.centre.len(), |_, _| stream.normal());
        // Chi-squared with an even number of degrees of freedom: a sum of exponentials.
        let chi: f64 = (0..3).map(|_| -2.0 * ln(stream.uniform())).sum();
        &self.centre + &self.lower * normals * (FREEDOM / chi).sqrt()
    }

    /// Logarithm of the density.
    #[must_use]
    pub fn log_density(&self, x: &DVector<f64>) -> f64 {
        let n = x.len() as f64;
        let standard = self.lower.solve_lower_triangular(&(x - &self.centre));
        let distance = standard.map_or(f64::INFINITY, |standard| standard.dot(&standard));
        libm::lgamma(0.5 * (FREEDOM + n))
            - libm::lgamma(0.5 * FREEDOM)
            - 0.5 * n * ln(FREEDOM * std::f64::consts::PI)
            - 0.5 * (FREEDOM + n) * ln(1.0 + distance / FREEDOM)
            - 0.5 * self.log_det
    }
}

/// Proposals, each with the number of its draws.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mixture(Vec<(Proposal, usize)>);

impl Mixture {
    /// Adds a proposal with its number of draws.
    pub fn add(&mut self, proposal: Proposal, draws: usize) {
        self.0.push((proposal, draws));
    }

    /// Logarithm of the density of all draws together.
    #[must_use]
    pub fn log_density(&self, x: &DVector<f64>) -> f64 {
        let size: usize = self.0.iter().map(|(_, draws)| draws).sum();
        let log = |(proposal, draws): &(Proposal, usize)| {
            ln(*draws as f64 / size as f64) + proposal.log_density(x)
        };
        let logs: Vec<f64> = self.0.iter().map(log).collect();
        log_sum_exp(logs.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::{Mixture, Proposal};
    use crate::population::Streams;
    use nalgebra::{DMatrix, DVector};

    fn proposal(at: f64, scale: f64) -> Proposal {
        Proposal::new(DVector::from_element(1, at), DMatrix::from_element(1, 1, scale)).unwrap()
    }

    #[test]
    fn analytic_densities_integrate_to_one_and_draws_follow_them() {
        let mut mixture = Mixture::default();
        mixture.add(proposal(-1.0, 0.25), 300);
        mixture.add(proposal(2.0, 1.0), 100);
        let step = 1e-3;
        let at = |x: f64| mixture.log_density(&DVector::from_element(1, x)).exp();
        let sum: f64 = (-40_000..40_000).map(|i| at(f64::from(i) * step) * step).sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        // Source: the density of t with 6 degrees of freedom by math.gamma in Python 3.11: 0.1280722452, 0.0640361226.
        let expected = 0.75 * 0.128_072_245 + 0.25 * 0.064_036_123;
        assert!((at(0.0) - expected).abs() < 1e-9, "{}", at(0.0));
        let streams = Streams::new(5, "test");
        let own = proposal(2.0, 4.0);
        let draws: Vec<f64> = (0..20_000).map(|draw| own.draw(&streams, draw)[0]).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let squares = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        // The variance of t with 6 degrees of freedom is 1.5 times the squared scale.
        let variance = squares / draws.len() as f64;
        assert!(
            (mean - 2.0).abs() < 0.07 && (variance / 6.0 - 1.0).abs() < 0.07,
            "{mean} {variance}"
        );
    }
}
