//! What the commands that simulate many patients have in common: their record, and a posterior
//! that belongs to one variant.

use std::collections::BTreeMap;
use std::path::Path;
use thrombopoiesis::calibrate::{CALIBRATED, posterior_text};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::{RunRecord, hash};
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::trial::PublishedFile;

/// The record of a run on the lane engine at its default tolerances.
pub(super) fn of_lanes(command: String, seed: u64, inputs: BTreeMap<String, String>) -> RunRecord {
    RunRecord {
        program: super::program(),
        command,
        seed: Some(seed),
        integrator: "lanes, Dormand-Prince 5(4), drug in closed form".to_owned(),
        relative_tolerance: 1e-6,
        absolute_tolerance: 1e-8,
        inputs,
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
            second: "several variants: a file belongs to one".to_owned(),
            remedy: format!("run the variants one by one, or take {CALIBRATED}, the program's own"),
        }),
        None => Ok(()),
    }
}

/// The posterior that was asked for, with its SHA-256.
///
/// # Errors
/// The file cannot be read.
pub(super) fn posterior(name: Option<&Path>, variant: Variant) -> Result<Option<(String, String)>> {
    let found = name.map(|name| posterior_text(name, variant)).transpose()?;
    Ok(found.map(|(path, text)| (path.display().to_string(), hash(text.as_bytes()))))
}

/// Published results with their SHA-256.
pub(super) fn published(files: &[PublishedFile]) -> BTreeMap<String, String> {
    files.iter().map(|file| (file.file.clone(), file.sha256.clone())).collect()
}
