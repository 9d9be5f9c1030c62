//! The particles of all populations, weighted by the observations of a subject.

use super::likelihood::ResidualError;
use super::pool::Pool;
use super::predictions::Predictions;
use super::weights::{effective_size, weights};
use crate::numeric::elementary::{exp, ln};
use crate::numeric::normal_grid;
use crate::records::Censoring;
use crate::statistics::pareto_k;

/// Number of equally weighted particles that stand for the posterior where the error of a measurement matters.
const SAMPLE: u32 = 2048;

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
    /// Effective number of individuals (W3).
    pub effective_size: f64,
    /// How heavy the tail of the weights is (Z15).
    pub pareto_k: Option<f64>,
    /// Number of individuals that could be predicted.
    pub predicted: usize,
    /// Weight of each population.
    pub of_populations: Vec<f64>,
}

/// The likelihood of the observations in every individual.
#[derive(Debug)]
pub(super) struct Likelihoods {
    /// The sizes of the residual error, in standard deviations of its logarithm between individuals, with their weights.
    sizes: Vec<(f64, f64)>,
    /// Its logarithm in each individual, size by size; empty where an individual could not be predicted.
    logs: Vec<Vec<f64>>,
}

impl Likelihoods {
    pub(super) fn new(pool: &Pool<'_>, predictions: &Predictions, observed: &[Observed]) -> Self {
        let sizes = sizes(pool);
        let mut logs = vec![Vec::new(); predictions.len()];
        for population in 0..pool.populations() {
            let own = predictions.of(population);
            let first = own.start;
            for individual in own.filter(|individual| predictions.is_whole(*individual)) {
                let errors = pool.errors(population, individual - first);
                let log = |(size, weight): &(f64, f64)| {
                    let one = |known: &Observed| {
                        let value = predictions.value(individual, known.row);
                        let error = known.error.as_ref().unwrap_or(&errors[known.output]);
                        error.log_likelihood(known.dv, value, *size)
                    };
                    observed.iter().map(one).sum::<f64>() + ln(*weight)
                };
                logs[individual] = sizes.iter().map(log).collect();
            }
        }
        Self { sizes, logs }
    }

    /// Its logarithm in an individual over all sizes of the error; minus infinity where it could not be predicted.
    pub(super) fn of(&self, individual: usize) -> f64 {
        let logs = &self.logs[individual];
        let finite = logs.iter().copied().filter(|log| !log.is_nan());
        let largest = finite.clone().fold(f64::NEG_INFINITY, f64::max);
        if largest.is_finite() {
            largest + ln(finite.map(|log| exp(log - largest)).sum())
        } else {
            f64::NEG_INFINITY
        }
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
            for individual in own {
                let place = individual - first;
                let own = likelihoods.sizes.iter().zip(&likelihoods.logs[individual]);
                for ((size, _), log) in own {
                    logs.push(log + ratios[place]);
                    let (size, origin) = (*size, (population, place));
                    all.push(Particle { individual, origin, size });
                }
            }
        }
        let joint = weights(&logs);
        let mut own = vec![0.0; predictions.len()];
        for (particle, weight) in all.iter().zip(&joint) {
            own[particle.individual] += weight;
        }
        let sum = |population| own[predictions.of(population)].iter().sum();
        Self {
            of_populations: (0..pool.populations()).map(sum).collect(),
            size: all.iter().zip(&joint).map(|(own, weight)| own.size * weight).sum(),
            sample: resampled(&joint).into_iter().map(|place| all[place]).collect(),
            effective_size: effective_size(&own),
            pareto_k: pareto_k(&own),
            predicted: all.len() / likelihoods.sizes.len(),
            weights: own,
        }
    }

    /// The mean over the sample.
    pub(super) fn mean(&self, of: impl Fn(&Particle) -> f64) -> f64 {
        self.sample.iter().map(of).sum::<f64>() / self.sample.len() as f64
    }
}

/// Positions drawn by systematic resampling.
fn resampled(weights: &[f64]) -> Vec<usize> {
    let (mut drawn, mut below) = (Vec::new(), 0.0);
    let mut number = 0;
    for (place, weight) in weights.iter().enumerate() {
        below += weight;
        while number < SAMPLE && (f64::from(number) + 0.5) / f64::from(SAMPLE) <= below {
            drawn.push(place);
            number += 1;
        }
    }
    drawn
}

/// The sizes of the residual error between individuals, in standard deviations of their logarithm, and their weights;
/// one where it does not differ.
fn sizes(pool: &Pool<'_>) -> Vec<(f64, f64)> {
    if pool.all_errors().any(ResidualError::is_individual) {
        normal_grid().collect()
    } else {
        vec![(0.0, 1.0)]
    }
}
