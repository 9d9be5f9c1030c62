//! Where more individuals are drawn for a subject whose observations few individuals of the population explain.
//!
//! ```text
//! q_0: a set with probability 1/S, z ~ N(0, I)                           the population
//! w̃ ∝ L^β q_0/q, β ≤ 1 the largest with 1/Σ w̃² ≥ n_min                   tempered weights
//! q_1: a set with probability ½ w̃(set) + ½/S, z ~ t_6(m, C)              m, C: moments of z under w̃
//! q_2: the same, z ~ a mixture of t_6(z_j, h² C)                         z_j: drawn by w̃
//! w ∝ L q_0/Σ_r n_r q_r                                                  (B6)  all rounds together
//! ```

use super::particles::Origin;
use super::weights::{effective_size, even, systematic, weights};
use crate::numeric::{ln, powf};
use crate::population::{Mixture, Proposal as OfNormals, Streams};
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;

/// Least effective size of the individuals from which a proposal is made.
const LEAST: f64 = 50.0;
/// Components of the mixture.
const COMPONENTS: usize = 10;
/// Variance that every number has at least.
const LEAST_VARIANCE: f64 = 1e-4;

/// A distribution of parameter set and standard normal numbers.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    /// The probability of each set.
    sets: Vec<f64>,
    components: Vec<OfNormals>,
    mixture: Mixture,
}

/// An individual with the logarithms of its likelihood, and of the density of the population over that with which it was drawn.
pub(super) type Known<'o> = (&'o Origin, f64, f64);

impl Proposal {
    /// Made from individuals of one population with so many sets; a mixture after the first round. `None` where no number
    /// differs between individuals.
    pub(super) fn new(known: &[Known<'_>], sets: usize, round: usize) -> Option<Self> {
        let dimensions = known.first().map_or(0, |(origin, ..)| origin.normals.len());
        if dimensions == 0 {
            return None;
        }
        let weights = tempered(known);
        let mut of_sets = vec![0.5 / sets as f64; sets];
        for ((origin, ..), weight) in known.iter().zip(&weights) {
            of_sets[origin.set] += 0.5 * weight;
        }
        let (mean, covariance) = moments(known, &weights);
        let components: Vec<OfNormals> = if round <= 1 {
            vec![OfNormals::new(mean, covariance)?]
        } else {
            let scale = covariance * bandwidth(dimensions).powi(2);
            let centres = systematic(&weights, COMPONENTS).into_iter();
            let centre = |place: usize| known[place].0.normals.clone();
            centres
                .map(|place| OfNormals::new(centre(place), scale.clone()))
                .collect::<Option<_>>()?
        };
        let mut mixture = Mixture::default();
        for component in &components {
            mixture.add(component.clone(), 1);
        }
        Some(Self { sets: of_sets, components, mixture })
    }

    /// A set, the one at this share of all, and the normal numbers of draw `number`.
    pub(super) fn draw(
        &self,
        (share, number): (f64, usize),
        streams: &Streams,
    ) -> (usize, Vec<f64>) {
        let mut below = 0.0;
        let is_reached = |own: &f64| {
            below += own;
            below >= share
        };
        let set = self.sets.iter().position(is_reached).unwrap_or(self.sets.len() - 1);
        let even = even(number as f64);
        let component = self
            .components
            .iter()
            .enumerate()
            .find(|(i, _)| (*i + 1) as f64 > even * self.components.len() as f64);
        let normals = component.map(|(_, own)| own.draw(streams, number));
        (set, normals.map_or_else(Vec::new, |own| own.as_slice().to_vec()))
    }

    /// Logarithm of the density.
    pub(super) fn log_density(&self, origin: &Origin) -> f64 {
        ln(self.sets[origin.set]) + self.mixture.log_density(&origin.normals)
    }
}

/// Logarithm of the density of a population with so many sets.
pub(super) fn log_density_of_population(origin: &Origin, sets: usize) -> f64 {
    let dimensions = origin.normals.len() as f64;
    -ln(sets as f64) - 0.5 * (origin.normals.norm_squared() + dimensions * ln(2.0 * PI))
}

/// Weights that sum to 1, of the likelihood to the largest power at which their effective size is not too small.
fn tempered(known: &[Known<'_>]) -> Vec<f64> {
    let at = |power: f64| {
        let logs: Vec<f64> = known.iter().map(|(_, log, ratio)| power * log + ratio).collect();
        weights(&logs)
    };
    let is_enough = |weights: &[f64]| effective_size(weights) >= LEAST;
    let whole = at(1.0);
    if is_enough(&whole) {
        return whole;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..30 {
        let middle = 0.5 * (low + high);
        if is_enough(&at(middle)) { low = middle } else { high = middle }
    }
    at(low)
}

fn moments(known: &[Known<'_>], weights: &[f64]) -> (DVector<f64>, DMatrix<f64>) {
    let dimensions = known.first().map_or(0, |(origin, ..)| origin.normals.len());
    let all = || known.iter().zip(weights).map(|((origin, ..), weight)| (&origin.normals, *weight));
    let mut mean = DVector::zeros(dimensions);
    all().for_each(|(normals, weight)| mean.axpy(weight, normals, 1.0));
    let mut covariance = DMatrix::identity(dimensions, dimensions) * LEAST_VARIANCE;
    for (normals, weight) in all().filter(|(_, weight)| *weight > 0.0) {
        let difference = normals - &mean;
        covariance.ger(weight, &difference, &difference, 1.0);
    }
    (mean, covariance)
}

/// Silverman's bandwidth for the components, in standard deviations.
fn bandwidth(dimensions: usize) -> f64 {
    let exponent = dimensions as f64 + 4.0;
    powf(4.0 / ((dimensions as f64 + 2.0) * COMPONENTS as f64), 1.0 / exponent)
}

#[cfg(test)]
mod tests {
    use super::{Proposal, log_density_of_population};
    use crate::forecast::particles::Origin;
    use crate::numeric::exp;
    use crate::population::Streams;
    use nalgebra::DVector;

    /// Individuals of two sets with one number each, more likely the nearer the number is to 2.
    fn origins() -> Vec<(Origin, f64)> {
        let streams = Streams::new(3, "test");
        let one = |number: usize| {
            let z = streams.subject(number).normal();
            let origin = Origin { set: number % 2, normals: DVector::from_element(1, z) };
            (origin, -8.0 * (z - 2.0) * (z - 2.0))
        };
        (0..2000).map(one).collect()
    }

    #[test]
    fn analytic_weighted_draws_of_both_rounds_have_the_moments_of_the_posterior() {
        let origins = origins();
        let known: Vec<_> = origins.iter().map(|(origin, log)| (origin, *log, 0.0)).collect();
        for round in [1, 2] {
            let proposal = Proposal::new(&known, 2, round).unwrap();
            let streams = Streams::new(4, "test");
            let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
            for number in 0..20_000 {
                let share = (number as f64 + 0.5) / 20_000.0;
                let (set, normals) = proposal.draw((share, number), &streams);
                let z = normals[0];
                let origin = Origin { set, normals: DVector::from_vec(normals) };
                let log = -8.0 * (z - 2.0) * (z - 2.0) + log_density_of_population(&origin, 2);
                let weight = exp(log - proposal.log_density(&origin));
                sum += weight;
                first += weight * z;
                second += weight * z * z;
            }
            // A normal prior and a normal likelihood of precision 16: mean 32/17, variance 1/17.
            let (mean, variance) = (first / sum, second / sum - (first / sum).powi(2));
            assert!((mean - 32.0 / 17.0).abs() < 0.01, "{round}: {mean}");
            assert!((variance - 1.0 / 17.0).abs() < 0.003, "{round}: {variance}");
        }
    }

    #[test]
    fn invariant_nothing_to_propose_where_nothing_differs() {
        let origin = Origin { set: 0, normals: DVector::zeros(0) };
        assert!(Proposal::new(&[(&origin, 0.0, 0.0)], 1, 1).is_none());
    }
}
