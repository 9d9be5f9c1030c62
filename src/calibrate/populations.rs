//! The populations of a forecast: the patients of one structural variant or of several, with the parameter sets of a posterior
//! or as they are.

use super::particles::particles;
use super::sets::{CALIBRATED, ParameterSet as PosteriorSet, posterior_input, sets_of};
use crate::error::Result;
use crate::forecast::Particles;
use crate::forecast::usual::TOLERANCE;
use crate::machine::require;
use crate::model::{ParameterSet, Variant};
use crate::population::VirtualPatients;
use crate::records::Direction;
use crate::simulate::records::Predictor;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Individuals that share a parameter set of a posterior.
const IN_A_SET: usize = 10;
/// Memory of an individual, and of a prediction for it, bytes.
const BYTES: [f64; 2] = [20_000.0, 16.0];

/// The patients of one structural variant.
#[derive(Debug)]
pub struct VariantPatients {
    /// Their typical values.
    pub typical: ParameterSet,
    /// The model at these values.
    pub predictor: Predictor<f64>,
    patients: VirtualPatients,
    /// Sets of the posterior; none for patients as they are.
    pub sets: Vec<PosteriorSet>,
}

/// The patients of every structural variant that a forecast includes.
#[derive(Debug)]
pub struct Populations {
    /// At least one, all with the same names and numbers of inputs and outputs.
    pub variants: Vec<VariantPatients>,
    posterior: Option<PathBuf>,
}

impl Populations {
    /// `patients` with their typical values, one of each variant, with the sets of `posterior` as
    /// [`posterior_text`](super::posterior_text) finds it, enough of them for so many individuals of all variants together.
    ///
    /// # Errors
    /// Patients whose effects use simulated covariates, values that contradict each other, a posterior that cannot be read.
    pub fn new(
        patients: Vec<(ParameterSet, VirtualPatients)>,
        posterior: Option<&Path>,
        individuals: usize,
    ) -> Result<Self> {
        let sets = individuals.div_ceil(patients.len().max(1)).div_ceil(IN_A_SET);
        let one = |(typical, patients): (ParameterSet, VirtualPatients)| {
            patients.require_no_effects()?;
            let own = posterior.map(|name| sets_of(name, typical.variant, sets)).transpose()?;
            let (predictor, sets) = (Predictor::new(&typical)?, own.unwrap_or_default());
            Ok(VariantPatients { typical, predictor, patients, sets })
        };
        let variants = patients.into_iter().map(one).collect::<Result<_>>()?;
        Ok(Self { variants, posterior: posterior.map(Path::to_owned) })
    }

    /// The calibrated patients of all structural variants with their posteriors.
    ///
    /// # Errors
    /// None of the shipped files; a test reads them.
    pub fn calibrated(individuals: usize) -> Result<Self> {
        let one = |variant: Variant| {
            let patients = VirtualPatients::load_for(CALIBRATED, variant)?;
            Ok((patients.typical_patient(variant)?, patients))
        };
        let all = Variant::ALL.into_iter().map(one).collect::<Result<_>>()?;
        Self::new(all, Some(Path::new(CALIBRATED)), individuals)
    }

    /// How the values of covariates apply between records, in place of what the model says.
    pub fn set_direction(&mut self, direction: Direction) {
        self.variants.iter_mut().for_each(|own| own.predictor.set_direction(direction));
    }

    /// The first variant, which has the names and numbers of all.
    #[must_use]
    pub fn first(&self) -> &VariantPatients {
        &self.variants[0]
    }

    /// Whether the individuals differ in their parameter sets.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        self.posterior.is_some()
    }

    /// The names of the variants.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.variants.iter().map(|own| own.typical.variant.to_string()).collect()
    }

    /// Refuses so many individuals, with so many predictions each, if memory could not hold them.
    ///
    /// # Errors
    /// With `remedy`.
    pub fn require_memory(individuals: usize, values: usize, remedy: &str) -> Result<()> {
        let [own, value] = BYTES;
        let bytes = individuals as f64 * (own + value * values as f64);
        require(&format!("{individuals} individuals"), bytes, remedy)
    }

    /// The individuals of every variant, so many in all.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub fn particles(&self, individuals: usize, seed: u64) -> Result<Vec<Particles>> {
        let variants = self.variants.len();
        let from = |number: usize| individuals * number / variants;
        let one = |(number, own): (usize, &VariantPatients)| {
            let count = from(number + 1) - from(number);
            let VariantPatients { typical, predictor, patients, sets } = own;
            particles((predictor, typical.variant), (patients, sets), (count, seed), TOLERANCE)
        };
        self.variants.iter().enumerate().map(one).collect()
    }

    /// All files behind the individuals, with their SHA-256.
    ///
    /// # Errors
    /// The posterior cannot be read.
    pub fn inputs(&self) -> Result<BTreeMap<String, String>> {
        let mut inputs = BTreeMap::new();
        for own in &self.variants {
            inputs.extend(own.typical.files.iter().cloned());
            let posterior = self.posterior.as_deref();
            let posterior = posterior.map(|name| posterior_input(name, own.typical.variant));
            inputs.extend(posterior.transpose()?);
        }
        Ok(inputs)
    }
}
