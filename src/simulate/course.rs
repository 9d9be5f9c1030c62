//! A whole regimen in one patient, stopping rule included.

use super::{Exposure, Extreme, Patient, Terminal, TimesAbove, Trajectory};
use crate::error::Result;
use crate::integrate::Options;
use crate::model::{Model, ParameterSet, Readout, StateName, Theta};
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

/// What a patient looks like at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Elapsed time, h.
    pub time_h: f64,
    /// Plasma concentration, ng/mL.
    pub conc: f64,
    /// Platelet count, 10⁹/L.
    pub platelets: f64,
    /// The values of the model's readouts.
    pub readouts: Vec<f64>,
    /// Every number of the state.
    pub states: Vec<f64>,
}

/// The course of one patient under one regimen. Times are elapsed, counts in 10⁹/L.
#[derive(Debug, Clone)]
pub struct Course<T: Scalar = f64> {
    /// The model.
    pub model: Model,
    /// The solution.
    pub trajectory: Trajectory<T>,
    /// The planned doses and what became of them.
    pub doses: Vec<(Dose, Fate)>,
    /// When the stopping rule was met, if it was.
    pub stopped_at: Option<Time>,
}

impl<T: Scalar> Course<T> {
    /// The maximum of the count.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn maximum(&self) -> Result<Extreme<T>> {
        self.trajectory.platelets().maximum()
    }

    /// The times at which the count is at least `level`.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn at_or_above(&self, level: T) -> Result<TimesAbove<T>> {
        self.trajectory.platelets().at_or_above(level)
    }

    /// The exposure between two times.
    ///
    /// # Errors
    /// Times outside the simulation, or not in their order.
    pub fn exposure(&self, from: Time, to: Time) -> Result<Exposure<T>> {
        self.trajectory.exposure(from, to)
    }

    /// The terminal phase of the concentration.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn terminal(&self) -> Result<Option<Terminal<T>>> {
        self.trajectory.terminal()
    }
}

impl Course<f64> {
    /// What the model can show besides concentration and count.
    #[must_use]
    pub fn readouts(&self) -> &[Readout] {
        self.model.readouts()
    }

    /// The names of the state's numbers.
    #[must_use]
    pub fn state_names(&self) -> Vec<StateName> {
        self.trajectory.equations().states()
    }

    /// The patient at `time`.
    ///
    /// # Errors
    /// A time outside the simulation.
    pub fn sample(&self, time: Time) -> Result<Sample> {
        let states = self.trajectory.without_noise(&self.trajectory.at(time)?);
        let patient = self.trajectory.equations();
        Ok(Sample {
            time_h: time.in_hours(),
            conc: patient.conc(&states),
            platelets: patient.platelets(&states),
            readouts: patient.readouts(&states),
            states,
        })
    }
}

/// Simulates `regimen` in the individual that `set` describes.
///
/// # Errors
/// Values that contradict each other, a route that the model does not describe, equations that
/// cannot be integrated.
pub fn simulate(
    set: &ParameterSet,
    regimen: &Regimen,
    until: Time,
    options: Options,
) -> Result<Course> {
    let theta = set.theta();
    set.model.check(&theta)?;
    course(&set.model, &theta, regimen, until, options)
}

/// Refuses a regimen that the model of `set` cannot give to the individual that it describes, and
/// `transfused` platelets (10⁹) where it does not describe transfusions.
///
/// # Errors
/// Values that contradict each other, a route or a transfusion that the model does not describe.
pub fn admits(set: &ParameterSet, regimen: &Regimen, transfused: Option<f64>) -> Result<()> {
    let theta = set.theta();
    set.model.check(&theta)?;
    let patient = set.model.individual(&theta)?;
    let given = |dose: &Dose| patient.administer(dose.amount, dose.route).map(drop);
    regimen.doses().try_for_each(given)?;
    let mut state = patient.baseline();
    transfused.into_iter().try_for_each(|given| patient.transfuse(&mut state, given))
}

/// Simulates `regimen` in the individual of `model` with the values `theta` until `until`.
///
/// The stopping rule sees the true count, without measurement error.
///
/// # Errors
/// Values that contradict each other, equations that cannot be integrated, or the model does not describe a dose's route.
pub fn course<T: Scalar>(
    model: &Model,
    theta: &Theta<T>,
    regimen: &Regimen,
    until: Time,
    options: Options,
) -> Result<Course<T>> {
    let mut patient = Patient::new(model, theta, options)?;
    let baseline = patient.platelets().value();
    regimen.doses().for_each(|dose| patient.plan(*dose));
    let mut stopped_at = None;
    if let Some(rule) = &regimen.stopping_rule {
        model.require_platelets("a stopping rule for counts")?;
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
    Ok(Course { model: model.clone(), trajectory: patient.into_trajectory(), doses, stopped_at })
}
