//! A whole regimen in one patient, stopping rule included.

use super::{Patient, Trajectory};
use crate::error::Result;
use crate::integrate::Options;
use crate::model::Model;
use crate::numeric::Scalar;
use crate::regimen::{Dose, Regimen};
use crate::units::Time;

/// What became of a planned dose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The patient took it.
    Taken,
    /// The patient missed it.
    Missed,
    /// The stopping rule had been met.
    Stopped,
}

/// The course of one patient under one regimen.
#[derive(Debug, Clone)]
pub struct Course<M: Model, T: Scalar> {
    /// The solution.
    pub trajectory: Trajectory<M, T>,
    /// The planned doses and what became of them.
    pub doses: Vec<(Dose, Fate)>,
    /// When the stopping rule was met, if it was.
    pub stopped_at: Option<Time>,
}

/// Simulates `regimen` in the individual with `parameters` until `until`.
///
/// The stopping rule sees the true count, without measurement error.
///
/// # Errors
/// The equations cannot be integrated, or the model does not describe a dose's route.
pub fn course<M: Model, T: Scalar>(
    parameters: M::Parameters<T>,
    regimen: &Regimen,
    until: Time,
    options: Options,
) -> Result<Course<M, T>> {
    let mut patient = Patient::<M, T>::new(parameters, options);
    let baseline = patient.platelets().value();
    regimen.doses().for_each(|dose| patient.plan(*dose));
    let mut stopped_at = None;
    if let Some(rule) = &regimen.stopping_rule {
        let mut visits: Vec<_> = rule.visit_days.iter().map(|day| Time::visit_day(*day)).collect();
        visits.sort_by(|a, b| a.in_hours().total_cmp(&b.in_hours()));
        visits.retain(|visit| visit.in_hours() <= until.in_hours());
        for visit in visits {
            patient.advance_to(visit)?;
            if rule.is_met(patient.platelets().value(), baseline) {
                patient.stop_dosing();
                stopped_at = Some(visit);
                break;
            }
        }
    }
    patient.advance_to(until)?;
    let fate = |dose: &Dose| match stopped_at {
        _ if dose.missed => Fate::Missed,
        Some(stop) if dose.time.in_hours() >= stop.in_hours() => Fate::Stopped,
        _ => Fate::Taken,
    };
    let doses = regimen.planned().iter().map(|dose| (*dose, fate(dose))).collect();
    Ok(Course { trajectory: patient.into_trajectory(), doses, stopped_at })
}
