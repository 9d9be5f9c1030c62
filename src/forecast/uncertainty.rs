//! How sure the forecast is of a probability: the same probability in single parameter sets of the posterior.
//!
//! ```text
//! w_k(s) ∝ p(y | θ_k, σ_s) p(θ_k | s)/Σ_r p(θ_k | r)                       (B11)  individuals of all sets r as those of set s
//! P(s) = Σ_k w_k(s) P(Y ≥ level | θ_k, σ_s)                               (B12)
//! share = Σ_s W_s 1[P(s) ≥ wanted]/Σ_s W_s,  W_s = Σ_k p(y | θ_k, σ_s) p(θ_k | s)/Σ_r p(θ_k | r)     (B13)
//! ```

use super::likelihood::ResidualError;
use super::particles::Particles;
use super::posterior::{Likelihoods, Observed, Particle};
use super::predictions::Predictions;
use super::visits::Variations;
use super::weights::{effective_size, systematic, weights};
use crate::numeric::{exp, ln};
use rayon::prelude::*;

/// Particles of equal weight that stand for the individuals of a set where the error of a measurement matters.
const SAMPLE: usize = 512;
/// Least effective number of individuals of a set that counts.
const LEAST: f64 = 50.0;
/// Share of the posterior that sets with fewer may have.
const NEGLIGIBLE: f64 = 0.02;

/// The individuals of a population as those of one parameter set, weighted by the observations of a subject.
#[derive(Debug)]
struct OfSet<'p> {
    /// Logarithm of W_s.
    log_weight: f64,
    /// Position of the first individual.
    first: usize,
    weights: Vec<f64>,
    sample: Vec<Particle>,
    error: &'p ResidualError,
    variations: Variations,
}

/// The parameter sets of all populations.
#[derive(Debug)]
pub(super) struct OfSets<'p> {
    all: Vec<OfSet<'p>>,
    /// W_s, which sum to 1.
    weights: Vec<f64>,
}

impl<'p> OfSets<'p> {
    /// Of the individuals of the populations; none where parameters are not uncertain, or where too few individuals stand for
    /// sets that matter.
    pub(super) fn new(
        populations: &'p [Particles],
        predictions: &Predictions,
        observed: &[Observed],
        output: usize,
    ) -> Option<Self> {
        let asked: Vec<(usize, usize)> = populations
            .iter()
            .enumerate()
            .flat_map(|(i, own)| (0..own.as_of_sets().len()).map(move |place| (i, place)))
            .collect();
        if populations.iter().any(|own| own.as_of_sets().is_empty()) {
            return None;
        }
        let one = |(population, place): &(usize, usize)| {
            OfSet::new(
                &populations[*population],
                *place,
                (predictions, *population),
                (observed, output),
            )
        };
        let all: Vec<OfSet<'_>> = asked.par_iter().map(one).collect();
        let own = weights(&all.iter().map(|own| own.log_weight).collect::<Vec<_>>());
        let is_thin = |own: &OfSet<'_>| effective_size(&own.weights) < LEAST;
        let thin: f64 = all.iter().zip(&own).filter(|(own, _)| is_thin(own)).map(|(_, w)| w).sum();
        (thin <= NEGLIGIBLE).then_some(Self { all, weights: own })
    }

    /// Share of the posterior in which a measurement at time number `place` is at least `level` with the probability
    /// `wanted`.
    pub(super) fn share(
        &self,
        predictions: &Predictions,
        place: usize,
        (level, wanted): (f64, f64),
    ) -> f64 {
        let known = self.all.iter().zip(&self.weights);
        let is_wanted = |own: &OfSet<'_>| own.chance(predictions, place, level) >= wanted;
        known.filter(|(own, _)| is_wanted(own)).map(|(_, weight)| weight).sum()
    }
}

impl<'p> OfSet<'p> {
    fn new(
        particles: &'p Particles,
        place: usize,
        (predictions, population): (&Predictions, usize),
        (observed, output): (&[Observed], usize),
    ) -> Self {
        let own = &particles.as_of_sets()[place];
        let errors = particles.errors_of_set(own.set);
        let individuals = predictions.of(population);
        let first = individuals.start;
        let likelihoods =
            Likelihoods::of_errors(errors, individuals.clone(), predictions, observed);
        let sizes = likelihoods.sizes();
        let (mut all, mut logs) = (Vec::new(), Vec::new());
        for individual in individuals.clone().filter(|own| predictions.is_whole(*own)) {
            let ratio = own.log_ratios[individual - first];
            for ((size, _), log) in sizes.iter().zip(likelihoods.of_sizes(individual - first)) {
                let origin = (population, individual - first);
                all.push(Particle { individual, origin, size: *size });
                logs.push(log + ratio);
            }
        }
        let joint = weights(&logs);
        let mut of_individuals = vec![0.0; individuals.len()];
        for (particle, weight) in all.iter().zip(&joint) {
            of_individuals[particle.individual - first] += weight;
        }
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mean: f64 = logs.iter().map(|log| exp(log - largest)).sum::<f64>() / logs.len() as f64;
        let sample: Vec<Particle> =
            systematic(&joint, SAMPLE).into_iter().map(|place| all[place]).collect();
        let error = &errors[output];
        let with = |_: &Particle| error;
        Self {
            log_weight: largest + ln(mean),
            first,
            weights: of_individuals,
            variations: Variations::new((&sample, output), with, predictions, observed),
            sample,
            error,
        }
    }

    /// Probability of measuring at least `level` at time number `place` (B12), as in (B5).
    fn chance(&self, predictions: &Predictions, place: usize, level: f64) -> f64 {
        let (row, _) = predictions.times[place];
        let is_above = |value: f64| f64::from(u8::from(value >= level));
        let weighted = self.weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0);
        let at_least: f64 = weighted
            .map(|(i, weight)| weight * is_above(predictions.value(self.first + i, row)))
            .sum();
        let difference = |(number, own): (usize, &Particle)| {
            let value = predictions.value(own.individual, row);
            let known = self.variations.at(number, place);
            self.error.at_least_given(level, value, own.size, known) - is_above(value)
        };
        let sum: f64 = self.sample.iter().enumerate().map(difference).sum();
        at_least + sum / self.sample.len() as f64
    }
}
