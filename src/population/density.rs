//! How likely the values of a patient are in each of several parameter sets.

use super::distribution::Stretched;
use super::generator::Generator;
use crate::numeric::{HALF_LN_TWO_PI, ln};

/// The densities of the parameters that are spread, prepared for many patients.
#[derive(Debug)]
pub struct Densities<'g> {
    generators: Vec<&'g Generator>,
    sets: Vec<Prepared<'g>>,
}

/// The density of one parameter set.
#[derive(Debug)]
struct Prepared<'g> {
    spreads: Vec<Stretched>,
    /// Row by row the lower triangle of (V4).
    loadings: &'g [Vec<f64>],
    /// What all patients share of the logarithm.
    constant: f64,
}

impl<'g> Densities<'g> {
    /// Of the sets of these generators; none unless their patients differ in the values of the parameters that are spread
    /// alone.
    #[must_use]
    pub fn new(generators: &[&'g Generator]) -> Option<Self> {
        let first = generators.first()?;
        let are_alike = generators.iter().all(|own| own.is_alike_but_for_spreads(first));
        let generators = generators.to_vec();
        let sets = generators.iter().map(|own| Prepared::of(own)).collect();
        are_alike.then_some(Self { generators, sets })
    }

    /// The logarithm of the density, set by set, of the patient of set number `set` with these independent standard
    /// normal numbers.
    #[must_use]
    pub fn of(&self, set: usize, normals: &[f64]) -> Vec<f64> {
        let own = self.generators[set];
        // What the value alone decides is the same in all sets.
        let values: Vec<(f64, f64)> = own
            .spread_values(normals)
            .zip(own.spreads())
            .map(|(value, (distribution, _))| distribution.stretched(value))
            .collect();
        let sum: f64 = values.iter().map(|(_, slope)| slope).sum();
        let mut independent = Vec::with_capacity(values.len());
        self.sets.iter().map(|set| sum + set.log_density(&values, &mut independent)).collect()
    }
}

impl<'g> Prepared<'g> {
    fn of(generator: &'g Generator) -> Self {
        let spreads: Vec<Stretched> =
            generator.spreads().map(|(own, typical)| Stretched::new(own, typical)).collect();
        let loadings = generator.loadings();
        let of_spreads: f64 = spreads.iter().map(|own| own.log_slope).sum();
        let of_loadings: f64 =
            loadings.iter().filter_map(|row| row.last()).map(|own| ln(*own)).sum();
        let constant = of_spreads - of_loadings - spreads.len() as f64 * HALF_LN_TWO_PI;
        Self { spreads, loadings, constant }
    }

    fn log_density(&self, values: &[(f64, f64)], independent: &mut Vec<f64>) -> f64 {
        independent.clear();
        let mut sum = self.constant;
        for ((spread, loadings), (value, _)) in self.spreads.iter().zip(self.loadings).zip(values) {
            let (z, log_slope) = spread.standard(*value);
            // (V4), solved for the next independent number.
            let of_others: f64 = loadings.iter().zip(&*independent).map(|(l, u)| l * u).sum();
            let u = (z - of_others) / loadings[independent.len()];
            sum += log_slope - 0.5 * u * u;
            independent.push(u);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::Densities;
    use crate::model::Variant;
    use crate::numeric::HALF_LN_TWO_PI;
    use crate::population::{Generator, VirtualPatients};
    use nalgebra::DMatrix;

    fn generator(name: &str) -> Generator {
        let patients = VirtualPatients::load(name).expect("shipped patients");
        patients.generator(Variant::B, 1).expect("a generator")
    }

    #[test]
    fn analytic_the_density_is_that_of_normal_numbers_over_the_change_of_volume() {
        let own = generator("calibrated_b");
        let size = own.spreads().count();
        let normals: Vec<f64> = (0..size).map(|i| 0.4 * i as f64 - 1.0).collect();
        let at = |place: usize, change: f64| -> Vec<f64> {
            let mut moved = normals.clone();
            moved[place] += change;
            own.spread_values(&moved).collect()
        };
        let slopes = DMatrix::from_fn(size, size, |i, j| (at(j, 1e-5)[i] - at(j, -1e-5)[i]) / 2e-5);
        let normal: f64 = normals.iter().map(|z| -0.5 * z * z - HALF_LN_TWO_PI).sum();
        let expected = normal - slopes.determinant().abs().ln();
        let found = Densities::new(&[&own, &own]).expect("alike").of(0, &normals);
        assert!((found[0] - expected).abs() < 1e-6, "{found:?} is not {expected}");
        assert_eq!(found[0].to_bits(), found[1].to_bits());
    }

    #[test]
    fn invariant_patients_of_other_scales_are_not_alike() {
        assert!(
            Densities::new(&[&generator("calibrated_b"), &generator("patients_covariates")])
                .is_none()
        );
    }
}
