//! What a calibration is made from, so that one that no longer belongs to its inputs is seen.

use super::estimated::Plan;
use crate::error::Result;
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::trial::{PublishedFile, Role};
use std::collections::BTreeMap;

/// Every file that the estimates depend on, with its SHA-256: the published results, the plan, the
/// protocols of the trials behind numbers to be calibrated on, the patients and the model.
///
/// # Errors
/// A trial or patients that do not exist.
pub fn inputs(
    plan: &Plan,
    published: &[PublishedFile],
    variants: &[Variant],
) -> Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::from([(plan.file.clone(), plan.sha256.clone())]);
    for file in published {
        let is_used = |number: &&crate::trial::Published| number.role == Role::Calibrate;
        if let Some(number) = file.numbers.iter().find(is_used) {
            all.insert(file.file.clone(), file.sha256.clone());
            for (design, protocol) in number.designs()?.into_iter().zip(&number.protocols) {
                let is_shipped = *protocol == design.id;
                let shipped = format!("scenarios/{}.toml", design.id);
                let path = if is_shipped { shipped } else { protocol.clone() };
                all.insert(path, design.sha256);
            }
        }
    }
    for variant in variants {
        let patients = VirtualPatients::load_for(&plan.patients, *variant)?;
        all.extend(patients.typical_patient(*variant)?.files);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regress_the_shipped_calibrations_were_made_from_the_shipped_inputs() {
        let (plan, files) = (Plan::shipped().unwrap(), PublishedFile::shipped().unwrap());
        for variant in Variant::ALL {
            let patients = VirtualPatients::load_for(super::super::CALIBRATED, variant).unwrap();
            let made_from = patients.calibrated.unwrap().inputs;
            assert_eq!(made_from, inputs(&plan, &files, &[variant]).unwrap(), "variant {variant}");
        }
    }
}
