//! The populations that the arguments of a forecast ask for.

use super::args::{DEFAULT_MODEL, PatientArgs};
use super::data_replicates::for_records;
use super::forecast_args::NONE;
use super::population::patients_of;
use super::record;
use std::path::{Path, PathBuf};
use thrombopoiesis::calibrate::{CALIBRATED, Populations};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::{Integrated, RunRecord, hash};
use thrombopoiesis::forecast::Particles;
use thrombopoiesis::forecast::usual::TOLERANCE;
use thrombopoiesis::machine::with_threads;
use thrombopoiesis::model::Variant;
use thrombopoiesis::records::Direction;

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

/// The patients that are named: the calibrated ones in all variants unless one is asked for, others in their own.
pub(super) fn populations(asked: &Population<'_>) -> Result<Populations> {
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
    let one = |variant: Option<String>| {
        let own = PatientArgs { variant, ..patient.clone() };
        let set = own.parameters()?;
        let patients = for_records(patients_of(&own, &set)?, &set)?;
        Ok((set, patients))
    };
    let all = variants.into_iter().map(one).collect::<Result<Vec<_>>>()?;
    let mut populations = Populations::new(all, posterior.as_deref(), asked.individuals)?;
    for own in &populations.variants {
        record::require_effect(&asked.patient.set, &own.sets)?;
    }
    if let Some(direction) = asked.direction {
        populations.set_direction(direction);
    }
    Ok(populations)
}

/// So many individuals if memory holds them, each with so many predictions.
pub(super) fn particles(
    populations: &Populations,
    (individuals, seed): (usize, u64),
    predictions: usize,
    threads: Option<usize>,
) -> Result<Vec<Particles>> {
    Populations::require_memory(individuals, predictions, "lower --individuals")?;
    with_threads(threads, || populations.particles(individuals, seed))?
}

/// The record of a run with these individuals and the observations of a file, its content beside its name.
pub(super) fn record_of(
    populations: &Populations,
    (typed, regimen, seed): (&str, String, u64),
    (path, data): (&Path, &str),
) -> Result<RunRecord> {
    let set = &populations.first().typical;
    let mut inputs = populations.inputs()?;
    inputs.insert(path.display().to_string(), hash(data.as_bytes()));
    Ok(RunRecord {
        program: super::program(),
        command: typed.to_owned(),
        integrated: Some(Integrated {
            model: set.model.to_string(),
            population: set.population.to_string(),
            variant: set.variants_apply().then(|| populations.names().join(", ")),
            regimen,
        }),
        seed: Some(seed),
        integrator: "lanes, Dormand-Prince 5(4)".to_owned(),
        relative_tolerance: TOLERANCE,
        absolute_tolerance: 0.01 * TOLERANCE,
        inputs,
    })
}
