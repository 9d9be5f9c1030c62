//! What the commands that simulate many patients have in common: their record, and a posterior
//! that belongs to one variant.

use std::collections::BTreeMap;
use std::path::Path;
use thrombopoiesis::calibrate::{CALIBRATED, ParameterSet as PosteriorSet, posterior_input};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::{Integrated, RunRecord};
use thrombopoiesis::model::{ParameterSet, Variant};
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::population::{Failures, TOLERANCE};
use thrombopoiesis::trial::PublishedFile;

/// The record of a run of many patients, of whom `failures` counts those who were integrated.
pub(super) fn of_many(
    typed: &str,
    seed: u64,
    inputs: BTreeMap<String, String>,
    failures: &Failures,
) -> RunRecord {
    RunRecord {
        program: super::program(),
        command: typed.to_owned(),
        integrated: None,
        seed: Some(seed),
        integrator: failures.integrator(),
        relative_tolerance: TOLERANCE,
        absolute_tolerance: 0.01 * TOLERANCE,
        inputs,
    }
}

/// One model and regimen, for the record.
pub(super) fn integrated(set: &ParameterSet, regimen: &Regimen) -> Integrated {
    Integrated {
        model: set.model.to_string(),
        population: set.population.to_string(),
        variant: set.variants_apply().then(|| set.variant.to_string()),
        regimen: regimen.to_string(),
    }
}

/// The files behind virtual patients in a variant, with their SHA-256.
pub(super) fn files_of(patients: &VirtualPatients, variant: Variant) -> Vec<(String, String)> {
    patients.typical_patient(variant).map(|set| set.files).unwrap_or_default()
}

/// Refuses the file of one variant's posterior for several.
pub(super) fn posterior_of_one(name: Option<&Path>, variants: &[Variant]) -> Result<()> {
    match name.filter(|name| variants.len() > 1 && *name != Path::new(CALIBRATED)) {
        Some(name) => Err(Error::Contradiction {
            first: format!("--posterior {}", name.display()),
            second: "several variants: a posterior file belongs to a single variant".to_owned(),
            remedy: format!(
                "run the variants one by one, or use {CALIBRATED}, the posteriors shipped with the program"
            ),
        }),
        None => Ok(()),
    }
}

/// Refuses a typical value of the user that every set of a posterior would replace.
pub(super) fn require_effect(set: &[(String, f64)], sets: &[PosteriorSet]) -> Result<()> {
    let replaced = set.iter().find(|(symbol, _)| sets.iter().any(|own| own.has_typical(symbol)));
    match replaced {
        None => Ok(()),
        Some((symbol, value)) => Err(Error::Contradiction {
            first: format!("--set {symbol}={value}"),
            second: format!("the posterior, whose parameter sets have their own {symbol}"),
            remedy: "omit --set, or leave the posterior out".to_owned(),
        }),
    }
}

/// The posterior that was asked for, with its SHA-256.
///
/// # Errors
/// The file cannot be read.
pub(super) fn posterior(name: Option<&Path>, variant: Variant) -> Result<Option<(String, String)>> {
    name.map(|name| posterior_input(name, variant)).transpose()
}

/// Published results with their SHA-256.
pub(super) fn published(files: &[PublishedFile]) -> BTreeMap<String, String> {
    files.iter().map(|file| (file.file.clone(), file.sha256.clone())).collect()
}
