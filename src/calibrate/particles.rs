//! The individuals of a forecast over the posterior: equally many of each of its parameter sets.

use super::sets::ParameterSet;
use crate::error::Result;
use crate::forecast::{Particles, ResidualError};
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::simulate::records::Predictor;

/// So many individuals of a variant, of each set the same number; without any set, of the patients as they are. No two
/// have random numbers in common. `tolerance` is the relative error of an integration step.
///
/// # Errors
/// A symbol that the patients do not have, values that contradict each other.
pub fn particles(
    (predictor, variant): (&Predictor<f64>, Variant),
    (patients, sets): (&VirtualPatients, &[ParameterSet]),
    (individuals, seed): (usize, u64),
    tolerance: f64,
) -> Result<Particles> {
    let mut particles = Particles::none(&variant.to_string(), predictor, tolerance)?;
    let mut add = |patients: &VirtualPatients, numbers: std::ops::Range<usize>| -> Result<()> {
        let errors = ResidualError::of_patients(predictor, patients);
        particles.add(patients.generator(variant, seed)?, numbers, errors);
        Ok(())
    };
    if sets.is_empty() {
        add(patients, 0..individuals)?;
    }
    let from = |number: usize| individuals * number / sets.len();
    for (number, set) in sets.iter().enumerate() {
        add(&set.patients(patients, variant)?, from(number)..from(number + 1))?;
    }
    Ok(particles)
}
