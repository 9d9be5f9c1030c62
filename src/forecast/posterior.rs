//! The particles of all populations, weighted by the observations of a subject.

use super::likelihood::ResidualError;
use super::particles::Particles;
use super::predictions::Predictions;
use super::weights::{effective_size, weights};
use crate::numeric::elementary::ln;
use crate::numeric::normal_grid;
use crate::records::Censoring;

/// Number of equally weighted particles that stand for the posterior where the error of a measurement matters.
const SAMPLE: u32 = 2048;

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
        let sizes = sizes(populations);
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
        let joint = weights(&logs);
        let mut own = vec![0.0; predictions.len()];
        for (particle, weight) in all.iter().zip(&joint) {
            own[particle.individual] += weight;
        }
        let sum = |population| own[predictions.of(population)].iter().sum();
        Self {
            of_populations: (0..populations.len()).map(sum).collect(),
            size: all.iter().zip(&joint).map(|(own, weight)| own.size * weight).sum(),
            sample: resampled(&joint).into_iter().map(|place| all[place]).collect(),
            effective_size: effective_size(&own),
            predicted: all.len() / sizes.len(),
            weights: own,
        }
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
fn sizes(populations: &[Particles]) -> Vec<(f64, f64)> {
    let mut errors = populations.iter().flat_map(Particles::all_errors);
    if errors.any(ResidualError::is_individual) {
        normal_grid().collect()
    } else {
        vec![(0.0, 1.0)]
    }
}
