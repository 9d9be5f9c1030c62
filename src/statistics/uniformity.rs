//! Whether ranks are uniform between 0 and 1, as those of true values in calibrated forecasts are.
//!
//! ```text
//! D = max_i max(u_i − (i − 1)/n, i/n − u_i)   of n ranks in rising order
//! P(D ≥ d) ≈ 2 Σ_k (−1)^(k−1) exp(−2 k² λ²),  λ = d (√n + 0.12 + 0.11/√n)
//! ```
//!
//! The second line is the approximation of Stephens (J R Stat Soc B 1970;32:115-122).

use crate::numeric::exp;

/// The test of Kolmogorov and Smirnov against the uniform distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uniformity {
    /// Largest distance of the distribution function of the ranks from that of the uniform distribution.
    pub distance: f64,
    /// Probability of a distance as large or larger if the ranks are uniform.
    pub p: f64,
}

impl Uniformity {
    /// Of ranks between 0 and 1; none without ranks or with one that is not a number.
    #[must_use]
    pub fn new(ranks: &[f64]) -> Option<Self> {
        if ranks.is_empty() || ranks.iter().any(|rank| rank.is_nan()) {
            return None;
        }
        let mut rising = ranks.to_vec();
        rising.sort_by(f64::total_cmp);
        let n = rising.len() as f64;
        let distance = |(i, rank): (usize, &f64)| {
            let (below, above) = (i as f64 / n, (i + 1) as f64 / n);
            (rank - below).max(above - rank)
        };
        let distance = rising.iter().enumerate().map(distance).fold(0.0, f64::max);
        let root = n.sqrt();
        Some(Self { distance, p: above(distance * (root + 0.12 + 0.11 / root)) })
    }
}

/// The limiting probability of a larger distance.
fn above(lambda: f64) -> f64 {
    // Below, the series converges slowly, and the probability differs from 1 by less than 1e-12.
    const SMALL: f64 = 0.2;
    if lambda < SMALL {
        return 1.0;
    }
    let term = |k: u32| {
        let k = f64::from(k);
        exp(-2.0 * k * k * lambda * lambda)
    };
    let sum: f64 = (1..=20).map(|k| term(2 * k - 1) - term(2 * k)).sum();
    (2.0 * sum).clamp(0.0, 1.0)
}

/// The rank, between 0 and 1, of `value` in a distribution of which `n` rising quantiles are known, those of the
/// probabilities 1/(n + 1) to n/(n + 1). Between two of them, and among those that equal the value, it is placed at
/// random: by `uniform`, a random number between 0 and 1.
#[must_use]
pub fn random_rank(quantiles: &[f64], value: f64, uniform: f64) -> f64 {
    let below = quantiles.partition_point(|quantile| *quantile < value);
    let to = quantiles.partition_point(|quantile| *quantile <= value);
    let from = below as f64;
    (from + uniform * ((to - below) as f64 + 1.0)) / (quantiles.len() as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::{Uniformity, random_rank};

    /// Ranks whose distribution function lies above the uniform one by this distance.
    fn at_distance(distance: f64, n: u32) -> Vec<f64> {
        (1..=n).map(|i| (f64::from(i) / f64::from(n) - distance).max(0.0)).collect()
    }

    /// Exact critical values (scipy.stats.kstwo).
    #[test]
    fn val_the_probability_of_a_distance_is_that_of_its_exact_distribution() {
        for (n, distance, p) in [
            (20, 0.294_075, 0.05),
            (20, 0.352_411, 0.01),
            (60, 0.172_305, 0.05),
            (60, 0.206_731, 0.01),
            (500, 0.036_682, 0.5),
            (500, 0.060_392, 0.05),
            (500, 0.072_430, 0.01),
        ] {
            let found = Uniformity::new(&at_distance(distance, n)).expect("ranks");
            assert!((found.distance - distance).abs() < 1e-12, "{n}: {found:?}");
            assert!((found.p / p - 1.0).abs() < 0.02, "{n}, {p}: {found:?}");
        }
    }

    #[test]
    fn analytic_ranks_in_the_middle_of_equal_parts_are_uniform_and_equal_ones_are_not() {
        let even: Vec<f64> = (0..100).map(|i| (f64::from(i) + 0.5) / 100.0).collect();
        let found = Uniformity::new(&even).expect("ranks");
        assert!((found.distance - 0.005).abs() < 1e-12 && found.p >= 1.0, "{found:?}");
        let found = Uniformity::new(&[0.25; 100]).expect("ranks");
        assert!((found.distance - 0.75).abs() < 1e-12 && found.p < 1e-40, "{found:?}");
        assert_eq!(Uniformity::new(&[]), None);
        assert_eq!(Uniformity::new(&[0.5, f64::NAN]), None);
    }

    #[test]
    fn analytic_a_rank_lies_between_its_quantiles_and_among_equal_ones_at_random() {
        let quantiles = [0.0, 0.0, 3.0, 7.0];
        for (value, uniform, rank) in [
            (-1.0, 0.5, 0.1),
            (0.0, 0.0, 0.0),
            (0.0, 0.5, 0.3),
            (0.0, 1.0, 0.6),
            (1.0, 0.5, 0.5),
            (3.0, 0.5, 0.6),
            (8.0, 1.0, 1.0),
        ] {
            let found = random_rank(&quantiles, value, uniform);
            assert!((found - rank).abs() < 1e-12, "{value}: {found}");
        }
        assert!((random_rank(&[], 3.0, 0.25) - 0.25).abs() < 1e-12);
    }
}
