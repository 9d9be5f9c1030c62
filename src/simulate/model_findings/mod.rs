//! What a model text says of itself when it is looked at: how fast its processes are, which states rest, what data of
//! its outputs could not tell.

mod groups;
mod identifiable;
mod jacobian;
mod probe;
mod resting;
mod stiffness;
#[cfg(test)]
mod tests;

use crate::error::{Error, Result};
use crate::model::ParameterSet;
use crate::regimen::Regimen;
use probe::{Probe, single_doses};
use stiffness::Speed;

/// A model that needs more steps for a simulated day is not simulated for what could be found.
const MOST_STEPS: f64 = 2000.0;

/// What was found, and what to warn of, a sentence each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// What is so.
    pub facts: Vec<String>,
    /// What will be a burden.
    pub warnings: Vec<String>,
}

/// Looks at the typical patient of `set` under a dose by each route and under `regimens`, each with its words.
///
/// # Errors
/// A symbol without a value, values that contradict each other.
pub fn model_findings(set: &ParameterSet, regimens: &[(Regimen, String)]) -> Result<Findings> {
    let mut all = regimens.to_vec();
    let is_covered = |other: &(Regimen, String)| {
        let route = |own: &Regimen| own.doses().next().map(|dose| dose.route);
        regimens.iter().any(|own| route(&own.0) == route(&other.0))
    };
    all.extend(single_doses(set)?.into_iter().filter(|other| !is_covered(other)));
    let mut speed = Speed::at_rest(set)?;
    if speed.as_ref().is_some_and(|speed| speed.steps_per_day() > MOST_STEPS) {
        all.clear();
    }
    let mut probes = Vec::new();
    for (regimen, words) in all {
        match Probe::of(set, regimen, words) {
            Ok(probe) => probes.push(probe),
            // The checks of the text report what cannot be integrated.
            Err(Error::Integration { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let mut findings = Findings::default();
    if let Some(speed) = &mut speed {
        speed.look_at(set, &probes)?;
        findings.facts.push(speed.sentence.clone());
        findings.warnings.extend(speed.warning());
    }
    findings.facts.extend(resting::resting(set, &probes));
    findings.facts.extend(identifiable::unidentifiable(set, &probes)?);
    Ok(findings)
}
