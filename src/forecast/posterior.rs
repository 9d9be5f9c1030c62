//! The particles of all populations, weighted by the observations of a subject.

use super::likelihood::ResidualError;
use super::pool::Pool;
use super::predictions::Predictions;
use super::visits::{self, Measured};
use super::weights::{effective_size, systematic, weights};
use crate::numeric::{ln, log_sum_exp, normal_grid};
use crate::records::Censoring;
use crate::statistics::pareto_k;
use std::ops::Range;

/// Number of equally weighted particles that stand for the posterior where the error of a measurement matters.
const SAMPLE: usize = 2048;
/// Smallest effective size of a forecast.
const LEAST: f64 = 10.0;
/// Effective size below which a forecast is uncertain.
pub const UNCERTAIN: f64 = 100.0;
/// Largest distance of a subject from the typical individual, in standard deviations between individuals: of a parameter, or
/// of the logarithm of its residual error.
pub(super) const FURTHEST: f64 = 4.0;

/// Why observations contradict the population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Against {
    /// Hardly any individual explains them.
    Individuals {
        /// Number of individuals that could be predicted.
        predicted: usize,
        /// Effective number of them that is left (B3).
        effective_size: f64,
    },
    /// Only a residual error larger than that of any individual explains them.
    Error {
        /// Its size, in standard deviations of its logarithm between individuals.
        size: f64,
    },
}

/// An observation that enters the likelihood.
#[derive(Debug, Clone)]
pub(super) struct Observed {
    /// Position of its row.
    pub row: usize,
    /// Position of its output.
    pub output: usize,
    /// Its value, and what it says of the true one.
    pub dv: (f64, Censoring),
    /// Its own error, in place of that of the individual.
    pub error: Option<ResidualError>,
}

impl Observed {
    /// The observation beside its prediction in an individual whose output has this `error`.
    pub(super) fn of<'e>(
        &'e self,
        individual: usize,
        predictions: &Predictions,
        error: &'e ResidualError,
    ) -> Measured<'e> {
        Measured {
            time_h: predictions.rows[self.row].time_h,
            dv: self.dv,
            value: predictions.value(individual, self.row),
            error: self.error.as_ref().unwrap_or(error),
        }
    }
}

/// The observations output by output, each in the order of the records.
pub(super) fn by_output(observed: &[Observed]) -> Vec<Vec<&Observed>> {
    let mut all: Vec<&Observed> = observed.iter().collect();
    all.sort_by_key(|own| own.output);
    all.chunk_by(|a, b| a.output == b.output).map(<[_]>::to_vec).collect()
}

/// A particle with one size of its residual error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Particle {
    /// Position of the individual among those of all populations.
    pub individual: usize,
    /// Its population, and its position there.
    pub origin: (usize, usize),
    /// Size of the error, in standard deviations of its logarithm between individuals.
    pub size: f64,
}

/// What is known of a subject.
#[derive(Debug)]
pub(super) struct Posterior {
    /// The weights of the individuals of all populations over all sizes of the error. They sum to 1; that of one which
    /// failed is 0.
    pub weights: Vec<f64>,
    /// Particles of equal weight, drawn from all by systematic resampling.
    pub sample: Vec<Particle>,
    /// The mean size of the error, in standard deviations of its logarithm between individuals.
    pub size: f64,
    /// Effective number of individuals (B3).
    pub effective_size: f64,
    /// How heavy the tail of the weights is.
    pub pareto_k: Option<f64>,
    /// Number of individuals that could be predicted.
    pub predicted: usize,
    /// Weight of each population.
    pub of_populations: Vec<f64>,
}

/// The residual errors of a parameter set at every size, made once for all its individuals.
#[derive(Default)]
pub(super) struct SizedErrors<'p> {
    errors: &'p [ResidualError],
    /// For each size the error of each output.
    of_sizes: Vec<Vec<ResidualError>>,
}

impl<'p> SizedErrors<'p> {
    pub(super) fn update(&mut self, errors: &'p [ResidualError], sizes: &[(f64, f64)]) {
        if self.of_sizes.is_empty() || !std::ptr::eq(self.errors, errors) {
            let at = |(size, _): &(f64, f64)| errors.iter().map(|own| own.at_size(*size)).collect();
            (self.errors, self.of_sizes) = (errors, sizes.iter().map(at).collect());
        }
    }

    /// The logarithm of the likelihood of an individual whose error has the size of this number.
    pub(super) fn log_likelihood(
        &self,
        (individual, number): (usize, usize),
        (predictions, by_output): (&Predictions, &[Vec<&Observed>]),
    ) -> f64 {
        let one = |known: &Vec<&Observed>| {
            let own = &self.of_sizes[number][known[0].output];
            let all = known.iter().map(|known| known.of(individual, predictions, own));
            visits::log_likelihood(own.visits(), all, 0.0)
        };
        by_output.iter().map(one).sum()
    }
}

/// The likelihood of the observations in every individual.
#[derive(Debug)]
pub(super) struct Likelihoods {
    /// The sizes of the residual error, in standard deviations of its logarithm between individuals, with their weights.
    sizes: Vec<(f64, f64)>,
    /// Its logarithm in each individual, size by size; not a number where an individual could not be predicted.
    logs: Vec<f64>,
}

impl Likelihoods {
    pub(super) fn new(pool: &Pool<'_>, predictions: &Predictions, observed: &[Observed]) -> Self {
        let sizes = sizes(pool.all_errors());
        let by_output = by_output(observed);
        let mut logs = vec![f64::NAN; predictions.len() * sizes.len()];
        for population in 0..pool.populations() {
            let own = predictions.of(population);
            let first = own.start;
            let mut of_set = SizedErrors::default();
            for individual in own.filter(|individual| predictions.is_whole(*individual)) {
                of_set.update(pool.errors(population, individual - first), &sizes);
                for (number, (_, weight)) in sizes.iter().enumerate() {
                    let own = (individual, number);
                    let log = of_set.log_likelihood(own, (predictions, &by_output));
                    logs[individual * sizes.len() + number] = log + ln(*weight);
                }
            }
        }
        Self { sizes, logs }
    }

    /// The sizes of the residual error, in standard deviations of its logarithm between individuals, with their weights.
    pub(super) fn sizes(&self) -> &[(f64, f64)] {
        &self.sizes
    }

    /// Its logarithms in an individual, size by size.
    pub(super) fn of_sizes(&self, individual: usize) -> &[f64] {
        let sizes = self.sizes.len();
        &self.logs[individual * sizes..(individual + 1) * sizes]
    }

    /// Its logarithm in an individual over all sizes of the error; minus infinity where it could not be predicted.
    pub(super) fn of(&self, individual: usize) -> f64 {
        log_sum_exp(self.of_sizes(individual).iter().copied().filter(|log| !log.is_nan()))
    }
}

impl Posterior {
    /// Populations count equally before any observation, whatever the number of their individuals.
    pub(super) fn new(
        pool: &Pool<'_>,
        predictions: &Predictions,
        likelihoods: &Likelihoods,
    ) -> Self {
        let (mut all, mut logs) = (Vec::new(), Vec::new());
        for population in 0..pool.populations() {
            let own = predictions.of(population);
            let first = own.start;
            let ratios = pool.log_ratios(population, predictions.predicted_first(population));
            for individual in own.filter(|individual| predictions.is_whole(*individual)) {
                let place = individual - first;
                let own = likelihoods.sizes.iter().zip(likelihoods.of_sizes(individual));
                for ((size, _), log) in own {
                    logs.push(log + ratios[place]);
                    let (size, origin) = (*size, (population, place));
                    all.push(Particle { individual, origin, size });
                }
            }
        }
        let of_populations: Vec<_> =
            (0..pool.populations()).map(|own| predictions.of(own)).collect();
        Self::of((all, &logs), &of_populations, likelihoods.sizes.len())
    }

    /// The particles with these logarithms of their weights, up to a constant; the individuals of each population stand
    /// together, each with so many sizes of its error.
    pub(super) fn of(
        (all, logs): (Vec<Particle>, &[f64]),
        of_populations: &[Range<usize>],
        sizes: usize,
    ) -> Self {
        let joint = weights(logs);
        let mut own = vec![0.0; of_populations.last().map_or(0, |last| last.end)];
        for (particle, weight) in all.iter().zip(&joint) {
            own[particle.individual] += weight;
        }
        let sum = |population: &Range<usize>| own[population.clone()].iter().sum();
        Self {
            of_populations: of_populations.iter().map(sum).collect(),
            size: all.iter().zip(&joint).map(|(own, weight)| own.size * weight).sum(),
            sample: systematic(&joint, SAMPLE).into_iter().map(|place| all[place]).collect(),
            effective_size: effective_size(&own),
            pareto_k: pareto_k(&own),
            predicted: all.len() / sizes,
            weights: own,
        }
    }

    /// Why there is no forecast from these observations, if there is none.
    pub(super) fn against(&self) -> Option<Against> {
        let Self { predicted, effective_size, size, .. } = *self;
        if effective_size < LEAST.min(predicted as f64) {
            Some(Against::Individuals { predicted, effective_size })
        } else {
            (size > FURTHEST).then_some(Against::Error { size })
        }
    }

    /// Probability of measuring at least `level`, from that of a true value so large; `value` is the true value of an
    /// individual, `chance` the probability in a particle of the sample with this number and true value. (B5)
    pub(super) fn measured(
        &self,
        (level, at_least): (f64, f64),
        value: impl Fn(usize) -> f64,
        chance: impl Fn(usize, f64) -> f64,
    ) -> f64 {
        let difference = self.mean(|number| {
            let value = value(self.sample[number].individual);
            chance(number, value) - f64::from(u8::from(value >= level))
        });
        (at_least + difference).clamp(0.0, 1.0)
    }

    /// The mean over the sample, by the numbers of its particles.
    pub(super) fn mean(&self, of: impl Fn(usize) -> f64) -> f64 {
        (0..self.sample.len()).map(of).sum::<f64>() / self.sample.len() as f64
    }
}

/// The sizes of the residual error between individuals, in standard deviations of their logarithm, and their weights;
/// one where it does not differ.
pub(super) fn sizes<'p>(mut errors: impl Iterator<Item = &'p ResidualError>) -> Vec<(f64, f64)> {
    if errors.any(ResidualError::is_individual) { normal_grid::points() } else { vec![(0.0, 1.0)] }
}
