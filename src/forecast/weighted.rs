//! Individuals whose courses are known already, weighted by the observations of one output.
//!
//! ```text
//! w_k ∝ Π_i p(y_i | f(t_i; θ_k))                                         (B1)
//! se² = Σ_k (Σ_{s of k} (P(y ≥ level | θ_s) − p)/S)²                      over the individuals k of the sample of (B5)
//! ```

use super::likelihood::ResidualError;
use super::posterior::{Against, Particle, Posterior, sizes};
use super::visits::{Measured, Variations, log_likelihood, variation};
use super::weights::quantiles;
use crate::numeric::ln;
use crate::records::Censoring;

/// The individuals of one population, which have the same residual error, weighted by the observations of a subject.
/// Individuals are known by their positions.
#[derive(Debug)]
pub struct Weighted<'e> {
    error: &'e ResidualError,
    posterior: Posterior,
    variations: Variations,
}

impl<'e> Weighted<'e> {
    /// So many individuals given observations, each with its time, h, in the order of their times; `predicted` gives the
    /// prediction of an individual for an observation. An individual for which it is not a number has no weight. `times_h`
    /// are those of measurements to come, rising.
    #[must_use]
    pub fn new(
        error: &'e ResidualError,
        individuals: usize,
        (observed, times_h): (&[(f64, f64)], &[f64]),
        predicted: impl Fn(usize, usize) -> f64,
    ) -> Self {
        let sizes = sizes(std::iter::once(error));
        let measured = |(number, value): (usize, f64)| {
            let (time_h, count) = observed[number];
            Measured { time_h, dv: (count, Censoring::None), value, error }
        };
        let (mut all, mut logs) = (Vec::new(), Vec::new());
        for individual in 0..individuals {
            let values: Vec<f64> =
                (0..observed.len()).map(|number| predicted(individual, number)).collect();
            if values.iter().any(|value| value.is_nan()) {
                continue;
            }
            for (size, weight) in &sizes {
                let known = values.iter().copied().enumerate().map(measured);
                logs.push(log_likelihood(error.visits(), known, *size) + ln(*weight));
                all.push(Particle { individual, origin: (0, individual), size: *size });
            }
        }
        let of_population = 0..individuals;
        let of_populations = std::slice::from_ref(&of_population);
        let posterior = Posterior::of((all, &logs), of_populations, sizes.len());
        let one = |own: &Particle, visits| {
            let values = (0..observed.len()).map(|number| predicted(own.individual, number));
            let all: Vec<_> = values.enumerate().map(measured).collect();
            variation(visits, &all, own.size, times_h)
        };
        let variations = error
            .visits()
            .map(|visits| posterior.sample.iter().map(|own| one(own, visits)).collect());
        Self { error, posterior, variations: Variations::of(variations.unwrap_or_default()) }
    }

    /// The weights of the individuals, which sum to 1.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.posterior.weights
    }

    /// Effective number of individuals (B3).
    #[must_use]
    pub fn effective_size(&self) -> f64 {
        self.posterior.effective_size
    }

    /// Why the observations contradict the population, if they do.
    #[must_use]
    pub fn against(&self) -> Option<Against> {
        self.posterior.against()
    }

    /// The mean over the individuals.
    pub fn mean(&self, value: impl Fn(usize) -> f64) -> f64 {
        self.weighted().map(|(individual, weight)| weight * value(individual)).sum()
    }

    /// Quantiles over the individuals that have a value.
    pub fn quantiles(&self, value: impl Fn(usize) -> Option<f64>, shares: &[f64]) -> Vec<f64> {
        let known = self.weighted().filter_map(|(own, weight)| Some((value(own)?, weight)));
        let mut known: Vec<(f64, f64)> = known.collect();
        known.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let sum: f64 = known.iter().map(|(_, weight)| weight).sum();
        quantiles(known.into_iter().map(|(value, weight)| (value, weight / sum)), shares)
    }

    /// Probability of measuring at least `level` at time number `place`; `value` is the true value of an individual then. (B5)
    pub fn measured_at_least(&self, level: f64, place: usize, value: impl Fn(usize) -> f64) -> f64 {
        let at_least = self.mean(|own| f64::from(u8::from(value(own) >= level)));
        let chance = |number, value| self.chance(number, place, (level, value));
        self.posterior.measured((level, at_least), value, chance)
    }

    /// The same in particle number `number` of the sample, with its true value then.
    fn chance(&self, number: usize, place: usize, (level, value): (f64, f64)) -> f64 {
        let known = self.variations.at(number, place);
        self.error.at_least_given(level, value, self.posterior.sample[number].size, known)
    }

    /// The Monte Carlo standard error of such a probability.
    pub fn standard_error(&self, level: f64, place: usize, value: impl Fn(usize) -> f64) -> f64 {
        let sample = &self.posterior.sample;
        let chance =
            |number: usize| self.chance(number, place, (level, value(sample[number].individual)));
        let chances: Vec<f64> = (0..sample.len()).map(chance).collect();
        let mean = chances.iter().sum::<f64>() / chances.len() as f64;
        let (mut squares, mut from) = (0.0, 0);
        for of_one in sample.chunk_by(|a, b| a.individual == b.individual) {
            let to = from + of_one.len();
            let own: f64 = chances[from..to].iter().map(|chance| chance - mean).sum();
            squares += own * own;
            from = to;
        }
        f64::sqrt(squares) / chances.len() as f64
    }

    /// Probability of measuring at least `level` at one time or more, the errors of different times being independent but for
    /// what the observations say of them; `values` gives the true values of an individual at all times.
    pub fn ever_measured<I: Iterator<Item = f64>>(
        &self,
        level: f64,
        values: impl Fn(usize) -> I,
    ) -> f64 {
        self.posterior.mean(|number| {
            let values = values(self.posterior.sample[number].individual).enumerate();
            let below = |(place, value)| 1.0 - self.chance(number, place, (level, value));
            1.0 - values.map(below).product::<f64>()
        })
    }

    /// The individuals that count, with their weights.
    fn weighted(&self) -> impl Iterator<Item = (usize, f64)> {
        let all = self.posterior.weights.iter().copied().enumerate();
        all.filter(|(_, weight)| *weight > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Weighted;
    use crate::forecast::{Against, Residual, ResidualError};
    use crate::statistics::{normal_cdf, normal_quantile};

    const INDIVIDUALS: usize = 20_000;

    /// Individuals at evenly spaced quantiles of a normal distribution with mean 40 and standard deviation 8.
    fn value(individual: usize) -> f64 {
        40.0 + 8.0 * normal_quantile((individual as f64 + 0.5) / INDIVIDUALS as f64)
    }

    #[test]
    fn analytic_normal_individuals_given_normal_counts_are_those_of_the_textbook() {
        let error = ResidualError(vec![Residual::Additive(5.0)]);
        let counts = [(0.0, 50.0), (24.0, 47.0)];
        let found = Weighted::new(&error, INDIVIDUALS, (&counts, &[]), |own, _| value(own));
        let precision = 1.0 / 64.0 + 2.0 / 25.0;
        let (mean, sd) = ((40.0 / 64.0 + 97.0 / 25.0) / precision, f64::sqrt(1.0 / precision));
        // The ends of the grid of individuals, and the sample of 2,048.
        assert!((found.mean(value) - mean).abs() < 1e-3, "{}", found.mean(value));
        let shares = [0.05, 0.5, 0.95];
        for (share, found) in shares.iter().zip(found.quantiles(|own| Some(value(own)), &shares)) {
            let expected = mean + sd * normal_quantile(*share);
            assert!((found - expected).abs() < 5e-3, "{share}: {found} is not {expected}");
        }
        let expected = normal_cdf((mean - 50.0) / f64::hypot(sd, 5.0));
        let measured = found.measured_at_least(50.0, 0, value);
        assert!((measured - expected).abs() < 1e-3, "{measured} is not {expected}");
        // Two measurements that err independently are never both below more often than one is.
        let twice = found.ever_measured(50.0, |own| [value(own), value(own)].into_iter());
        let once = found.ever_measured(50.0, |own| [value(own)].into_iter());
        assert!((once - measured).abs() < 1e-3 && twice > once && twice < 2.0 * once);
        // 1/Σw² of a normal density that is narrowed: the ratio of the integrals of squares.
        let narrow = precision * 64.0;
        let shift = (mean - 40.0) / 8.0;
        let ratio = f64::sqrt(2.0 * narrow - 1.0) / narrow
            * f64::exp(-shift * shift * narrow / (2.0 * narrow - 1.0));
        let size = found.effective_size() / INDIVIDUALS as f64;
        assert!((size / ratio - 1.0).abs() < 1e-3, "{size} is not {ratio}");
        assert_eq!(found.against(), None);
    }

    #[test]
    fn analytic_the_standard_error_of_equal_weights_is_that_of_a_mean() {
        let error = ResidualError(vec![Residual::Additive(1e-6)]);
        let found = Weighted::new(&error, 1000, (&[], &[]), |_, _| f64::NAN);
        let half = |own: usize| if own < 300 { 60.0 } else { 40.0 };
        let (share, se) =
            (found.measured_at_least(50.0, 0, half), found.standard_error(50.0, 0, half));
        assert!((share - 0.3).abs() < 1e-12, "{share}");
        // Of 2,048 draws each of 1,000 individuals has two or three.
        let expected = f64::sqrt(0.3 * 0.7 / 1000.0);
        assert!((se / expected - 1.0).abs() < 0.01, "{se} is not {expected}");
    }

    #[test]
    fn invariant_counts_that_nobody_explains_contradict_the_population() {
        let error = ResidualError(vec![Residual::Additive(5.0)]);
        let few =
            Weighted::new(&error, INDIVIDUALS, (&[(0.0, 400.0); 4], &[]), |own, _| value(own));
        let Some(Against::Individuals { predicted, effective_size }) = few.against() else {
            panic!("counts of 400 are explained");
        };
        assert!(predicted == INDIVIDUALS && effective_size < 10.0, "{effective_size}");
        let error = ResidualError(vec![Residual::Individual { cv: 0.1, omega: 0.5 }]);
        let noisy =
            Weighted::new(&error, INDIVIDUALS, (&[(0.0, 400.0); 4], &[]), |own, _| value(own));
        assert!(noisy.against().is_some());
        // An individual that failed has no weight.
        let failed = |own: usize, _: usize| if own == 7 { f64::NAN } else { value(own) };
        let rest = Weighted::new(&error, 1000, (&[(0.0, 40.0)], &[]), failed);
        assert_eq!(rest.weights()[7].to_bits(), 0);
        assert!((rest.weights().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
