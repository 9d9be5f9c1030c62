//! How sure the forecast is of a probability: the same probability in single parameter sets of the posterior.
//!
//! ```text
//! w_k(s) ∝ p(y | θ_k, σ_s) p(θ_k | s)/Σ_r p(θ_k | r)                       (B11)  individuals of all sets r as those of set s
//! P(s) = Σ_k w_k(s) P(Y ≥ level | θ_k, σ_s)                               (B12)
//! share = Σ_s W_s 1[P(s) ≥ wanted]/Σ_s W_s,  W_s = Σ_k p(y | θ_k, σ_s) p(θ_k | s)/Σ_r p(θ_k | r)     (B13)
//! ```

use super::likelihood::ResidualError;
use super::particles::{AsOfSet, Particles};
use super::posterior::{Likelihoods, Observed, Particle, SizedErrors, by_output};
use super::predictions::Predictions;
use super::visits::Variations;
use super::weights::{effective_size, systematic, weights};
use crate::numeric::{exp, ln};
use rayon::prelude::*;

/// Particles of equal weight that stand for the posterior of a population.
const OF_POPULATION: usize = 2048;
/// Particles of equal weight that stand for the posterior of a set where the error of a measurement matters.
const OF_SET: usize = 512;
/// Least effective number of individuals of a set that counts.
const LEAST: f64 = 50.0;
/// Share of the posterior that sets with fewer may have.
const NEGLIGIBLE: f64 = 0.02;

/// Particles of equal weight that stand for the posterior of a population over all its sets.
struct Sample {
    /// Logarithm of the mean likelihood over the population.
    log_likelihood: f64,
    particles: Vec<Particle>,
    /// For each the number of its size.
    sizes: Vec<usize>,
    /// For each the logarithm of its likelihood.
    logs: Vec<f64>,
}

/// A population as that of one parameter set, weighted by the observations of a subject.
#[derive(Debug)]
struct OfSet<'p> {
    /// Logarithm of W_s.
    log_weight: f64,
    /// Individuals with their weights.
    individuals: Vec<(usize, f64)>,
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
        let samples: Vec<Sample> =
            (0..populations.len()).map(|population| Sample::new(population, given)).collect();
        let asked: Vec<(usize, &AsOfSet)> = populations
            .iter()
            .enumerate()
            .flat_map(|(i, own)| own.as_of_sets().iter().map(move |set| (i, set)))
            .collect();
        let one = |(population, set): &(usize, &AsOfSet)| {
            let errors = populations[*population].errors_of_set(set.set);
            OfSet::new(&samples[*population], (set, errors), given)
        };
        let all: Vec<OfSet<'_>> = asked.par_iter().map(one).collect();
        let own = weights(&all.iter().map(|own| own.log_weight).collect::<Vec<_>>());
        let thin: f64 = all.iter().zip(&own).filter(|(own, _)| own.is_thin()).map(|(_, w)| w).sum();
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

impl Sample {
    fn new(population: usize, given: Given<'_>) -> Self {
        let Given { predictions, likelihoods, .. } = given;
        let individuals = predictions.of(population);
        let first = individuals.start;
        let (mut all, mut logs, mut predicted) = (Vec::new(), Vec::new(), 0);
        for individual in individuals.filter(|own| predictions.is_whole(*own)) {
            predicted += 1;
            let of_sizes = likelihoods.sizes().iter().zip(likelihoods.of_sizes(individual));
            for (number, ((size, weight), log)) in of_sizes.enumerate() {
                let origin = (population, individual - first);
                all.push((Particle { individual, origin, size: *size }, number, log - ln(*weight)));
                logs.push(*log);
            }
        }
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logs.iter().map(|log| exp(log - largest)).sum();
        let drawn = systematic(&weights(&logs), OF_POPULATION);
        Self {
            log_likelihood: largest + ln(sum / f64::from(predicted)),
            particles: drawn.iter().map(|place| all[*place].0).collect(),
            sizes: drawn.iter().map(|place| all[*place].1).collect(),
            logs: drawn.iter().map(|place| all[*place].2).collect(),
        }
    }
}

impl<'p> OfSet<'p> {
    /// The sample of the population, weighted anew: by the likelihood with the errors of the set in place of the own ones, and by
    /// the density in the set in place of that in all.
    fn new(
        sample: &Sample,
        (set, errors): (&AsOfSet, &'p [ResidualError]),
        given: Given<'_>,
    ) -> Self {
        let Given { predictions, likelihoods, observed, output } = given;
        let observed_by_output = by_output(observed);
        let mut sized = SizedErrors::default();
        sized.update(errors, likelihoods.sizes());
        let known = sample.particles.iter().zip(&sample.sizes).zip(&sample.logs);
        let ratio = |((own, number), log): ((&Particle, &usize), &f64)| {
            let place = (own.individual, *number);
            let of_set = sized.log_likelihood(place, (predictions, &observed_by_output));
            of_set - log + set.log_ratios[own.origin.1]
        };
        let ratios: Vec<f64> = known.map(ratio).collect();
        let own = weights(&ratios);
        let largest = ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = ratios.iter().map(|ratio| exp(ratio - largest)).sum();
        let drawn: Vec<Particle> =
            systematic(&own, OF_SET).into_iter().map(|place| sample.particles[place]).collect();
        let error = &errors[output];
        let with = |_: &Particle| error;
        Self {
            log_weight: sample.log_likelihood + largest + ln(sum / ratios.len() as f64),
            individuals: by_individual(&sample.particles, &own),
            variations: Variations::new((&drawn, output), with, predictions, observed),
            sample: drawn,
            error,
        }
    }

    fn is_thin(&self) -> bool {
        let weights: Vec<f64> = self.individuals.iter().map(|(_, weight)| *weight).collect();
        effective_size(&weights) < LEAST
    }

    /// Probability of measuring at least `level` at time number `place` (B12), as in (B5).
    fn chance(&self, predictions: &Predictions, place: usize, level: f64) -> f64 {
        let (row, _) = predictions.times[place];
        let is_above = |value: f64| f64::from(u8::from(value >= level));
        let weighted = self.individuals.iter();
        let at_least: f64 = weighted
            .map(|(individual, weight)| weight * is_above(predictions.value(*individual, row)))
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

/// The weights of particles, summed over those of the same individual, which stand one after the other.
fn by_individual(particles: &[Particle], weights: &[f64]) -> Vec<(usize, f64)> {
    let all: Vec<(usize, f64)> =
        particles.iter().zip(weights).map(|(own, weight)| (own.individual, *weight)).collect();
    let sum = |own: &[(usize, f64)]| (own[0].0, own.iter().map(|(_, weight)| weight).sum());
    all.chunk_by(|a, b| a.0 == b.0).map(sum).collect()
}
