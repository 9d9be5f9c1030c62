//! The individuals of a forecast: of one structural variant or of all, with parameter uncertainty or without.

use super::args::{DEFAULT_MODEL, PatientArgs};
use super::data_replicates::for_records;
use super::forecast_args::NONE;
use super::population::patients_of;
use super::record;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thrombopoiesis::calibrate::{CALIBRATED, ParameterSet as PosteriorSet, particles, sets_of};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::{Integrated, RunRecord, hash};
use thrombopoiesis::forecast::Particles;
use thrombopoiesis::machine::{require, with_threads};
use thrombopoiesis::model::{ParameterSet, Variant};
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::records::Direction;
use thrombopoiesis::simulate::records::Predictor;

/// Relative error of an integration step.
const TOLERANCE: f64 = 1e-6;
/// Memory of an individual, and of one of its predictions, bytes.
const BYTES_OF_INDIVIDUAL: f64 = 20_000.0;
const BYTES_OF_VALUE: f64 = 16.0;
/// Individuals that share a parameter set of a posterior.
const IN_A_SET: usize = 10;

/// What names the individuals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Population<'a> {
    /// The patients; the calibrated ones where none are named.
    pub(super) patient: &'a PatientArgs,
    /// Their posterior, or `none`; without one that of the calibrated patients, none of others.
    pub(super) posterior: Option<&'a Path>,
    /// The option that names it.
    pub(super) option: &'static str,
    /// Their number, of all variants together.
    pub(super) individuals: usize,
    /// How covariates apply between records, if not as the model has it.
    pub(super) direction: Option<Direction>,
}

impl Population<'_> {
    /// The patients, with the calibrated ones where no others are named.
    fn patient(&self) -> PatientArgs {
        let mut own = self.patient.clone();
        let is_other = own.population.is_some() || own.model != DEFAULT_MODEL;
        if own.parameters.is_none() && !is_other {
            own.parameters = Some(CALIBRATED.to_owned());
        }
        own
    }
}

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
    /// The patients that are named: the calibrated ones in all variants unless one is asked for, others in their own.
    pub(super) fn of(asked: &Population<'_>) -> Result<Self> {
        let patient = asked.patient();
        let are_calibrated = patient.parameters.as_deref() == Some(CALIBRATED);
        let named = asked.posterior.filter(|name| *name != Path::new(NONE)).map(Path::to_owned);
        let by_default = are_calibrated && asked.posterior.is_none();
        let posterior = named.or_else(|| by_default.then(|| PathBuf::from(CALIBRATED)));
        let variants: Vec<Option<String>> = if are_calibrated && patient.variant.is_none() {
            record::posterior_of_one((asked.option, posterior.as_deref()), &Variant::ALL)?;
            Variant::ALL.iter().map(|variant| Some(variant.to_string())).collect()
        } else {
            vec![patient.variant.clone()]
        };
        let individuals = asked.individuals.div_ceil(variants.len());
        let cast = |variant: Option<String>| {
            let own = PatientArgs { variant, ..patient.clone() };
            let set = own.parameters()?;
            let patients = for_records(patients_of(&own, &set)?, &set)?;
            let sets = match &posterior {
                Some(name) => sets_of(name, set.variant, individuals.div_ceil(IN_A_SET))?,
                None => Vec::new(),
            };
            record::require_effect(&asked.patient.set, &sets)?;
            let mut predictor = Predictor::new(&set)?;
            if let Some(direction) = asked.direction {
                predictor.set_direction(direction);
            }
            Ok(Cast { set, predictor, patients, sets })
        };
        Ok(Self { all: variants.into_iter().map(cast).collect::<Result<_>>()?, posterior })
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

    /// The same if memory holds them, each with so many predictions.
    pub(super) fn particles_in_memory(
        &self,
        (individuals, seed): (usize, u64),
        predictions: usize,
        threads: Option<usize>,
    ) -> Result<Vec<Particles>> {
        let bytes = BYTES_OF_INDIVIDUAL + BYTES_OF_VALUE * predictions as f64;
        let what = format!("{individuals} individuals");
        require(&what, individuals as f64 * bytes, "lower --individuals")?;
        with_threads(threads, || self.particles(individuals, seed))?
    }

    /// The record of a run with these individuals and the observations of a file, its content beside its name.
    pub(super) fn record(
        &self,
        (typed, regimen, seed): (&str, String, u64),
        (path, data): (&Path, &str),
    ) -> Result<RunRecord> {
        let set = &self.first().set;
        let mut inputs = self.inputs()?;
        inputs.insert(path.display().to_string(), hash(data.as_bytes()));
        Ok(RunRecord {
            program: super::program(),
            command: typed.to_owned(),
            integrated: Some(Integrated {
                model: set.model.to_string(),
                population: set.population.to_string(),
                variant: set.variants_apply().then(|| self.names().join(", ")),
                regimen,
            }),
            seed: Some(seed),
            integrator: "lanes, Dormand-Prince 5(4)".to_owned(),
            relative_tolerance: TOLERANCE,
            absolute_tolerance: 0.01 * TOLERANCE,
            inputs,
        })
    }

    /// All files behind the individuals, with their SHA-256.
    fn inputs(&self) -> Result<BTreeMap<String, String>> {
        let mut inputs = BTreeMap::new();
        for cast in &self.all {
            inputs.extend(cast.set.files.iter().cloned());
            inputs.extend(record::posterior(self.posterior.as_deref(), cast.set.variant)?);
        }
        Ok(inputs)
    }
}
