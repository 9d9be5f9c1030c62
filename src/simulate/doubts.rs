//! What in a regimen can hardly be meant in a patient of a model.

use crate::model::ParameterSet;
use crate::regimen::Regimen;
use crate::units::Time;

/// Doses outside what the model declares for their route, and what changes nothing in a simulation until `end`, a
/// sentence each.
#[must_use]
pub fn doubts(set: &ParameterSet, regimen: &Regimen, end: Time) -> Vec<String> {
    regimen.doubts_by(end, |dose| set.dose_doubt(dose.amount, dose.route))
}
