//! The individuals of a forecast: of one structural variant or of all, with parameter uncertainty or without.

use super::args::PatientArgs;
use super::data_replicates::for_records;
use super::forecast_args::{ForecastArgs, NONE};
use super::population::patients_of;
use super::record;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thrombopoiesis::calibrate::{CALIBRATED, ParameterSet as PosteriorSet, particles, sets_of};
use thrombopoiesis::error::Result;
use thrombopoiesis::forecast::Particles;
use thrombopoiesis::model::{ParameterSet, Variant};
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::simulate::records::Predictor;

/// Relative error of an integration step.
pub(super) const TOLERANCE: f64 = 1e-6;
/// Individuals that share a parameter set of a posterior.
const IN_A_SET: usize = 10;

/// One structural variant of the patients.
pub(super) struct Cast {
    pub(super) set: ParameterSet,
    pub(super) predictor: Predictor<f64>,
    patients: VirtualPatients,
    sets: Vec<PosteriorSet>,
}

/// The patients of every variant that is asked for.
pub(super) struct Casts {
    pub(super) all: Vec<Cast>,
    posterior: Option<PathBuf>,
}

impl Casts {
    /// The patients that the arguments name: the calibrated ones in all variants unless one is asked for, others in their
    /// own.
    pub(super) fn of(args: &ForecastArgs) -> Result<Self> {
        let patient = args.patient();
        let are_calibrated = patient.parameters.as_deref() == Some(CALIBRATED);
        let named = args.posterior.clone().filter(|name| name != Path::new(NONE));
        let by_default = are_calibrated && args.posterior.is_none();
        let posterior = named.or_else(|| by_default.then(|| PathBuf::from(CALIBRATED)));
        let variants: Vec<Option<String>> = if are_calibrated && patient.variant.is_none() {
            Variant::ALL.iter().map(|variant| Some(variant.to_string())).collect()
        } else {
            vec![patient.variant.clone()]
        };
        let individuals = args.individuals.div_ceil(variants.len());
        let cast = |variant: Option<String>| {
            let own = PatientArgs { variant, ..patient.clone() };
            let set = own.parameters()?;
            let patients = for_records(patients_of(&own, &set)?, &set)?;
            let sets = match &posterior {
                Some(name) => sets_of(name, set.variant, individuals.div_ceil(IN_A_SET))?,
                None => Vec::new(),
            };
            record::require_effect(&args.patient.set, &sets)?;
            let mut predictor = Predictor::new(&set)?;
            if let Some(direction) = args.records.direction() {
                predictor.set_direction(direction);
            }
            Ok(Cast { set, predictor, patients, sets })
        };
        let all = variants.into_iter().map(cast).collect::<Result<Vec<Cast>>>()?;
        let variants: Vec<Variant> = all.iter().map(|cast| cast.set.variant).collect();
        record::posterior_of_one(posterior.as_deref(), &variants)?;
        Ok(Self { all, posterior })
    }

    /// The first variant, which has the names and numbers of all.
    pub(super) fn first(&self) -> &Cast {
        &self.all[0]
    }

    /// Whether the individuals differ in their parameter sets.
    pub(super) fn is_uncertain(&self) -> bool {
        self.posterior.is_some()
    }

    /// The names of the variants.
    pub(super) fn names(&self) -> Vec<String> {
        self.all.iter().map(|cast| cast.set.variant.to_string()).collect()
    }

    /// The individuals of every variant, so many in all.
    pub(super) fn particles(&self, individuals: usize, seed: u64) -> Result<Vec<Particles>> {
        let variants = self.all.len();
        let from = |number: usize| individuals * number / variants;
        let one = |(number, cast): (usize, &Cast)| {
            let own = from(number + 1) - from(number);
            let Cast { set, predictor, patients, sets } = cast;
            particles((predictor, set.variant), (patients, sets), (own, seed), TOLERANCE)
        };
        self.all.iter().enumerate().map(one).collect()
    }

    /// All files behind the individuals, with their SHA-256.
    pub(super) fn inputs(&self) -> Result<BTreeMap<String, String>> {
        let mut inputs = BTreeMap::new();
        for cast in &self.all {
            inputs.extend(cast.set.files.iter().cloned());
            inputs.extend(record::posterior(self.posterior.as_deref(), cast.set.variant)?);
        }
        Ok(inputs)
    }
}
