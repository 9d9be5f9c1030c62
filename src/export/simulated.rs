//! Data to estimate from: virtual patients with measured counts.

use super::Request;
use super::equations::Equations;
use super::example::Example;
use super::records::{Record, sort};
use super::variation::Variation;
use crate::error::{Error, Result};
use crate::integrate::Options;
use crate::model::ParameterSet;
use crate::population::{CountStreams, Generator, VirtualPatients};
use crate::simulate::{Fate, Sample, simulate};
use crate::units::{HOURS_PER_DAY, Time};

/// Patients in the data file of a model that is exported with its population.
pub const SUBJECTS: usize = 20;
/// The seed of their random numbers.
pub(super) const SEED: u64 = 1;
/// The seed of the noise of concentrations, which must not be that of counts.
const SEED_OF_CONC: u64 = 2;
/// Patients that are drawn for one that is possible, at most.
const DRAWN_FOR_ONE: usize = 100;

/// Records of virtual patients, with the covariates of each.
#[derive(Debug, Clone)]
pub(super) struct Simulated {
    pub(super) records: Vec<Record>,
    /// By patient, in the order of [`Variation::covariates`].
    pub(super) covariates: Vec<Vec<f64>>,
}

impl Simulated {
    /// The example in [`SUBJECTS`] of `patients` around the typical values of `request`, with the
    /// residual error of `variation`: what cannot be written into the model is left out here too.
    ///
    /// # Errors
    /// Patients that do not fit the model, equations that cannot be integrated.
    pub(super) fn new(
        request: &Request<'_>,
        patients: &VirtualPatients,
        (equations, variation, example): (&Equations, &Variation, &Example),
    ) -> Result<Self> {
        let generator = generator(request.set, patients)?;
        let days: Vec<f64> = example.samples_h.iter().map(|time| time / HOURS_PER_DAY).collect();
        let streams = [CountStreams::new(SEED, &days), CountStreams::new(SEED_OF_CONC, &days)];
        let (entry, platelets) = equations.compartments();
        let compartments = [platelets, equations.conc_compartment()];
        let mut found = Self { records: Vec::new(), covariates: Vec::new() };
        for (id, subject) in (1..).zip(possible(&generator)?) {
            let set = individual(&generator, subject)?;
            let course = simulate(&set, request.regimen, request.until, Options::default())?;
            for (dose, _) in course.doses.iter().filter(|(_, fate)| *fate == Fate::Taken) {
                let (time_h, number) =
                    (dose.time.in_hours(), set.dose_in_unit(dose.amount, dose.route)?);
                found.records.push(Record::dose(id, time_h, number, entry));
            }
            let samples =
                example.samples_h.iter().map(|time_h| course.sample(Time::hours(*time_h)));
            let samples: Vec<Sample> = samples.collect::<Result<_>>()?;
            for (i, residual) in [variation.count, variation.conc].into_iter().enumerate() {
                let error = residual.as_noise();
                let noise = streams[i].noise(&error, subject);
                for ((time_h, sample), noise) in example.samples_h.iter().zip(&samples).zip(noise) {
                    let value = if i == 0 { sample.platelets } else { sample.conc };
                    // Without drug a concentration has no proportional error, and is not measured.
                    let is_measured = residual.is_there() && (i == 0 || value > 0.0);
                    let is_to_be_simulated = i == 0 && !variation.has_residual();
                    let dv = is_measured.then(|| error.measured(value, noise));
                    if is_measured || is_to_be_simulated {
                        found.records.push(Record::observation(id, *time_h, compartments[i], dv));
                    }
                }
            }
            let drawn = generator.patient(subject);
            let value = |name: &str| match generator.covariate(&drawn, name) {
                Some(value) => Ok(value),
                None => set.value(name),
            };
            let covariates = variation.covariates.iter().map(|known| value(&known.name));
            found.covariates.push(covariates.collect::<Result<_>>()?);
        }
        sort(&mut found.records);
        Ok(found)
    }
}

/// The patients around the typical values of `set`, all of whom respond.
fn generator(set: &ParameterSet, patients: &VirtualPatients) -> Result<Generator> {
    let given = set.entries.iter().filter(|entry| entry.value.is_some());
    let patients = VirtualPatients {
        typical: given.cloned().collect(),
        of_variants: patients
            .of_variants
            .iter()
            .map(|(variant, _, spreads)| (*variant, Vec::new(), spreads.clone()))
            .collect(),
        non_responders: None,
        ..patients.clone()
    };
    patients.generator(set.variant, SEED)
}

/// The numbers of the first patients whose parameters lie within their ranges.
fn possible(generator: &Generator) -> Result<Vec<usize>> {
    let all = 0..SUBJECTS * DRAWN_FOR_ONE;
    let found: Vec<usize> =
        all.filter(|subject| generator.patient(*subject).valid).take(SUBJECTS).collect();
    if found.len() == SUBJECTS {
        return Ok(found);
    }
    Err(Error::Contradiction {
        first: "the spread of the parameters".to_owned(),
        second: "their ranges, outside which nearly every patient lies".to_owned(),
        remedy: "choose smaller spreads, or export the typical patient".to_owned(),
    })
}

/// The parameters of patient number `subject`.
fn individual(generator: &Generator, subject: usize) -> Result<ParameterSet> {
    let patient = generator.patient(subject);
    let mut set = generator.set.clone();
    for symbol in generator.symbols() {
        set.set(symbol, generator.value(&patient, symbol))?;
    }
    for name in generator.covariates() {
        if let (Ok(_), Some(value)) = (set.symbol(name), generator.covariate(&patient, name)) {
            set.set(name, value)?;
        }
    }
    Ok(set)
}
