//! How sure the forecast is of a probability: the same probability in single parameter sets of the posterior.
//!
//! ```text
//! w_k(s) ∝ p(y | θ_k, σ_s) p(θ_k | s)/Σ_r p(θ_k | r)                       (B11)  individuals of all sets r as those of set s
//! P(s) = Σ_k w_k(s) P(Y ≥ level | θ_k, σ_r(k))                            (B12)
//! share = Σ_s W_s 1[P(s) ≥ wanted]/Σ_s W_s,  W_s = Σ_k p(y | θ_k, σ_s) p(θ_k | s)/Σ_r p(θ_k | r)     (B13)
//! ```
//!
//! The measurement to come has the error of the set r(k) that the individual was drawn from, so that its probability is
//! computed once for all sets.

use super::likelihood::ResidualError;
use super::particles::{AsOfSet, Particles};
use super::posterior::{Likelihoods, Observed, Particle, SizedErrors, by_output};
use super::predictions::Predictions;
use super::visits::Variations;
use super::weights::{effective_size, systematic, weights};
use crate::numeric::{ln, log_sum_exp};
use rayon::prelude::*;

/// Particles of equal weight that stand for the posterior of a population.
const PARTICLES: usize = 2048;
/// Least effective number of individuals of a set that counts.
const LEAST: f64 = 50.0;
/// Share of the posterior that sets with fewer may have.
const NEGLIGIBLE: f64 = 0.02;

/// Particles of equal weight that stand for the posterior of a population over all its sets.
#[derive(Debug)]
struct Sample<'p> {
    population: &'p Particles,
    /// Position of the output.
    output: usize,
    /// Logarithm of the mean likelihood over the population.
    log_likelihood: f64,
    particles: Vec<Particle>,
    /// For each the number of its size.
    sizes: Vec<usize>,
    /// For each the logarithm of its likelihood.
    logs: Vec<f64>,
    variations: Variations,
    sets: Vec<OfSet>,
}

/// A population as that of one parameter set, weighted by the observations of a subject.
#[derive(Debug)]
struct OfSet {
    /// Logarithm of W_s.
    log_weight: f64,
    /// W_s, if those of all sets of all populations sum to 1.
    weight: f64,
    /// The weights of the particles of the sample.
    weights: Vec<f64>,
    /// Effective number of individuals.
    effective_size: f64,
}

/// The parameter sets of all populations.
#[derive(Debug)]
pub(super) struct OfSets<'p>(Vec<Sample<'p>>);

/// What a subject's observations are compared with.
#[derive(Clone, Copy)]
struct Given<'a> {
    predictions: &'a Predictions,
    likelihoods: &'a Likelihoods,
    observed: &'a [Observed],
    output: usize,
}

impl<'p> OfSets<'p> {
    /// Of the individuals of the populations with their likelihoods; none where parameters are not uncertain, or where too few
    /// individuals stand for sets that matter.
    pub(super) fn new(
        populations: &'p [Particles],
        (predictions, likelihoods): (&Predictions, &Likelihoods),
        observed: &[Observed],
        output: usize,
    ) -> Option<Self> {
        if populations.iter().any(|own| own.as_of_sets().is_empty()) {
            return None;
        }
        let given = Given { predictions, likelihoods, observed, output };
        let sample = |(number, own): (usize, &'p Particles)| Sample::new(number, own, given);
        let mut all: Vec<Sample<'p>> = populations.par_iter().enumerate().map(sample).collect();
        let logs: Vec<f64> =
            all.iter().flat_map(|own| &own.sets).map(|own| own.log_weight).collect();
        let sets = all.iter_mut().flat_map(|own| &mut own.sets);
        let mut thin = 0.0;
        for (own, weight) in sets.zip(weights(&logs)) {
            own.weight = weight;
            thin += if own.effective_size < LEAST { weight } else { 0.0 };
        }
        (thin <= NEGLIGIBLE).then_some(Self(all))
    }

    /// Share of the posterior in which a measurement at time number `place` is at least `level` with the probability
    /// `wanted`.
    pub(super) fn share(
        &self,
        predictions: &Predictions,
        place: usize,
        (level, wanted): (f64, f64),
    ) -> f64 {
        let (mut reached, mut all) = (0.0, 0.0);
        for own in &self.0 {
            let chances = own.chances(predictions, place, level);
            for set in &own.sets {
                all += set.weight;
                reached += if set.mean(&chances) >= wanted { set.weight } else { 0.0 };
            }
        }
        reached / all
    }
}

impl<'p> Sample<'p> {
    fn new(number: usize, population: &'p Particles, given: Given<'_>) -> Self {
        let Given { predictions, likelihoods, observed, output } = given;
        let individuals = predictions.of(number);
        let first = individuals.start;
        let (mut all, mut logs, mut predicted) = (Vec::new(), Vec::new(), 0);
        for individual in individuals.filter(|own| predictions.is_whole(*own)) {
            predicted += 1;
            let of_sizes = likelihoods.sizes().iter().zip(likelihoods.of_sizes(individual));
            for (of_size, ((size, weight), log)) in of_sizes.enumerate() {
                let origin = (number, individual - first);
                let particle = Particle { individual, origin, size: *size };
                all.push((particle, of_size, log - ln(*weight)));
                logs.push(*log);
            }
        }
        let drawn = systematic(&weights(&logs), PARTICLES);
        let particles: Vec<Particle> = drawn.iter().map(|place| all[*place].0).collect();
        let error = |own: &Particle| &population.errors(own.origin.1)[output];
        let mut sample = Self {
            population,
            output,
            log_likelihood: log_sum_exp(logs.iter().copied()) - ln(f64::from(predicted)),
            variations: Variations::new((&particles, output), error, predictions, observed),
            particles,
            sizes: drawn.iter().map(|place| all[*place].1).collect(),
            logs: drawn.iter().map(|place| all[*place].2).collect(),
            sets: Vec::new(),
        };
        let of_set = |set: &AsOfSet| sample.as_of(set, given);
        sample.sets = population.as_of_sets().par_iter().map(of_set).collect();
        sample
    }

    /// Weighted anew: by the likelihood with the errors of a set in place of the own ones, and by the density in the set in place
    /// of that in all. (B11)
    fn as_of(&self, set: &AsOfSet, given: Given<'_>) -> OfSet {
        let Given { predictions, likelihoods, observed, .. } = given;
        let observed = by_output(observed);
        let mut sized = SizedErrors::default();
        sized.update(self.population.errors_of_set(set.set), likelihoods.sizes());
        let known = self.particles.iter().zip(&self.sizes).zip(&self.logs);
        let ratio = |((own, size), log): ((&Particle, &usize), &f64)| {
            let of_set = sized.log_likelihood((own.individual, *size), (predictions, &observed));
            of_set - log + set.log_ratios[own.origin.1]
        };
        let ratios: Vec<f64> = known.map(ratio).collect();
        let weights = weights(&ratios);
        let log_mean = log_sum_exp(ratios.iter().copied()) - ln(ratios.len() as f64);
        OfSet {
            log_weight: self.log_likelihood + log_mean,
            weight: 0.0,
            effective_size: effective_size(&by_individual(&self.particles, &weights)),
            weights,
        }
    }

    /// For each particle the probability of measuring at least `level` at time number `place`.
    fn chances(&self, predictions: &Predictions, place: usize, level: f64) -> Vec<f64> {
        let (row, _) = predictions.times[place];
        let chance = |(number, own): (usize, &Particle)| {
            let error: &ResidualError = &self.population.errors(own.origin.1)[self.output];
            let value = predictions.value(own.individual, row);
            error.at_least_given(level, value, own.size, self.variations.at(number, place))
        };
        self.particles.iter().enumerate().map(chance).collect()
    }
}

impl OfSet {
    /// The mean of values of the particles. (B12)
    fn mean(&self, values: &[f64]) -> f64 {
        self.weights.iter().zip(values).map(|(weight, value)| weight * value).sum()
    }
}

/// The weights of particles, summed over those of the same individual, which stand one after the other.
fn by_individual(particles: &[Particle], weights: &[f64]) -> Vec<f64> {
    let all: Vec<(usize, f64)> =
        particles.iter().zip(weights).map(|(own, weight)| (own.individual, *weight)).collect();
    let sum = |own: &[(usize, f64)]| own.iter().map(|(_, weight)| weight).sum();
    all.chunk_by(|a, b| a.0 == b.0).map(sum).collect()
}
