//! Courses in which a model is looked at: those of the checks of its text, and a dose by each other route.

use crate::error::Result;
use crate::integrate::Options;
use crate::model::ParameterSet;
use crate::regimen::{Dose, Regimen};
use crate::simulate::{Course, simulate};
use crate::units::{Amount, Time};

/// How long after the last dose a model is looked at, d.
const AFTER_D: f64 = 28.0;

/// A course, and where it is farthest from rest.
#[derive(Debug)]
pub(super) struct Probe {
    /// The doses in words.
    pub(super) words: String,
    /// The doses.
    pub(super) regimen: Regimen,
    /// The end of the course.
    pub(super) until: Time,
    /// The course.
    pub(super) course: Course,
    /// The state at the peak of the concentration; of a model without one, where most has moved.
    pub(super) peak: Vec<f64>,
}

impl Probe {
    /// The course under `regimen`.
    pub(super) fn of(set: &ParameterSet, regimen: Regimen, words: String) -> Result<Self> {
        let last = regimen.doses().map(|dose| dose.time.in_days()).fold(0.0, f64::max);
        let until = Time::days(last + AFTER_D);
        let course = simulate(set, &regimen, until, Options::default())?;
        let peak = peak(set, &course)?;
        Ok(Self { words, regimen, until, course, peak })
    }

    /// Times of the course, h, at most so many: close where much happens, as the integrator stepped.
    pub(super) fn times_h(&self, most: usize) -> Vec<f64> {
        let steps = self.course.trajectory.segments.iter().flatten();
        let mut times: Vec<f64> = steps.map(|step| step.time_h).collect();
        times.dedup();
        let every = times.len().div_ceil(most.max(1)).max(1);
        times.into_iter().step_by(every).collect()
    }

    /// Every kept state of the course, the one at the start first.
    pub(super) fn states(&self) -> impl Iterator<Item = Vec<f64>> {
        let trajectory = &self.course.trajectory;
        let steps = trajectory.segments.iter().flatten();
        steps.map(|step| trajectory.system.state(&step.state))
    }
}

fn peak(set: &ParameterSet, course: &Course) -> Result<Vec<f64>> {
    let trajectory = &course.trajectory;
    if set.model.has_conc() {
        return trajectory.at(Time::hours(trajectory.conc().maximum()?.time_h));
    }
    let states: Vec<Vec<f64>> = (trajectory.segments.iter().flatten())
        .map(|step| trajectory.system.state(&step.state))
        .collect();
    let start = states.first().cloned().unwrap_or_default();
    let moved = |state: &Vec<f64>| -> f64 {
        let parts = state.iter().zip(&start);
        parts.map(|(now, then)| (now - then).abs() / then.abs().max(1.0)).sum()
    };
    let farthest = states.into_iter().max_by(|one, other| moved(one).total_cmp(&moved(other)));
    Ok(farthest.unwrap_or(start))
}

/// One dose by every route of the model, half of the largest that is usual or one of its unit.
pub(super) fn single_doses(set: &ParameterSet) -> Result<Vec<(Regimen, String)>> {
    let routes = set.model.routes().iter();
    routes
        .map(|route| {
            let usual = set.model.doses(*route).map(|(_, high)| high.times(0.5));
            let amount: Amount = usual.unwrap_or_else(|| set.model.unit_dose(*route));
            let dose = Dose { time: Time::hours(0.0), amount, route: *route, missed: false };
            Ok((Regimen::new(vec![dose], None)?, format!("{amount} {route}")))
        })
        .collect()
}
