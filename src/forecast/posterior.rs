//! The particles of all populations, weighted by the observations of a subject.

use super::likelihood::ResidualError;
use super::particles::Particles;
use super::predictions::Predictions;
use super::weights::{effective_size, weights};
use crate::numeric::elementary::ln;
use crate::numeric::normal_grid;
use crate::records::Censoring;
use std::ops::Range;

/// Number of equally weighted particles that stand for the posterior where the error of a measurement matters.
const SAMPLE: u32 = 2048;
/// Smallest effective size of a forecast.
const LEAST: f64 = 10.0;
/// Effective size below which a forecast is uncertain.
pub const UNCERTAIN: f64 = 100.0;
/// Largest size of a subject's residual error, in standard deviations of its logarithm between individuals.
const LARGEST_ERROR: f64 = 4.0;

/// Why observations contradict the population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Against {
    /// Hardly any individual explains them.
    Individuals {
        /// Number of individuals that could be predicted.
        predicted: usize,
        /// Effective number of them that is left (W3).
        effective_size: f64,
    },
    /// Only a residual error larger than that of any individual explains them.
    Error {
        /// Its size, in standard deviations of its logarithm between individuals.
        size: f64,
    },
}

/// An observation that enters the likelihood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observed {
    /// Position of its row.
    pub row: usize,
    /// Position of its output.
    pub output: usize,
    /// Its value, and what it says of the true one.
    pub dv: (f64, Censoring),
}

/// A particle with one size of its residual error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Particle<'p> {
    /// Position of the individual among those of all populations.
    pub individual: usize,
    /// Size of the error, in standard deviations of its logarithm between individuals.
    pub size: f64,
    /// The residual errors of its outputs.
    pub errors: &'p [ResidualError],
}

/// What is known of a subject.
#[derive(Debug)]
pub(super) struct Posterior<'p> {
    /// The weights of the individuals of all populations over all sizes of the error. They sum to 1; that of one which
    /// failed is 0.
    pub weights: Vec<f64>,
    /// Particles of equal weight, drawn from all by systematic resampling.
    pub sample: Vec<Particle<'p>>,
    /// The mean size of the error, in standard deviations of its logarithm between individuals.
    pub size: f64,
    /// Effective number of individuals (W3).
    pub effective_size: f64,
    /// Number of individuals that could be predicted.
    pub predicted: usize,
    /// Weight of each population.
    pub of_populations: Vec<f64>,
}

impl<'p> Posterior<'p> {
    /// Populations count equally before any observation, whatever the number of their individuals.
    pub(super) fn new(
        populations: &'p [Particles],
        predictions: &Predictions,
        observed: &[Observed],
    ) -> Self {
        let sizes = sizes(populations.iter().flat_map(Particles::all_errors));
        let (mut all, mut logs) = (Vec::new(), Vec::new());
        let whole = |population: usize| {
            let own = predictions.of(population);
            own.filter(|individual| predictions.is_whole(*individual))
        };
        for (population, particles) in populations.iter().enumerate() {
            let prior = -ln(whole(population).count().max(1) as f64);
            let first = predictions.of(population).start;
            for individual in whole(population) {
                let errors = particles.errors(individual - first);
                for (size, weight) in &sizes {
                    let one = |known: &Observed| {
                        let value = predictions.value(individual, known.row);
                        errors[known.output].log_likelihood(known.dv, value, *size)
                    };
                    logs.push(observed.iter().map(one).sum::<f64>() + ln(*weight) + prior);
                    all.push(Particle { individual, size: *size, errors });
                }
            }
        }
        let of_populations: Vec<_> =
            (0..populations.len()).map(|own| predictions.of(own)).collect();
        Self::of((all, &logs), &of_populations, sizes.len())
    }

    /// The particles with these logarithms of their weights, up to a constant; the individuals of each population stand
    /// together, each with so many sizes of its error.
    pub(super) fn of(
        (all, logs): (Vec<Particle<'p>>, &[f64]),
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
            sample: resampled(&joint).into_iter().map(|place| all[place]).collect(),
            effective_size: effective_size(&own),
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
            (size > LARGEST_ERROR).then_some(Against::Error { size })
        }
    }

    /// Probability of measuring at least `level`, from that of a true value so large; `value` is the true value of an
    /// individual. (W5)
    pub(super) fn measured(
        &self,
        (output, level): (usize, f64),
        at_least: f64,
        value: impl Fn(usize) -> f64,
    ) -> f64 {
        let difference = self.mean(|own| {
            let value = value(own.individual);
            let is_above = f64::from(u8::from(value >= level));
            own.errors[output].at_least(level, value, own.size) - is_above
        });
        (at_least + difference).clamp(0.0, 1.0)
    }

    /// The mean over the sample.
    pub(super) fn mean(&self, of: impl Fn(&Particle<'p>) -> f64) -> f64 {
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
pub(super) fn sizes<'p>(mut errors: impl Iterator<Item = &'p ResidualError>) -> Vec<(f64, f64)> {
    if errors.any(ResidualError::is_individual) {
        normal_grid().collect()
    } else {
        vec![(0.0, 1.0)]
    }
}
