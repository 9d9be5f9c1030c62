//! What several subjects need: parameter sets by name, a patient run from start to end, a trial.

use std::ops::Deref;
use thrombopoiesis::error::Result;
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::{
    Model, ParameterSet, Population, StateBlock, Theta, Variant, Written, parameter_set,
};
use thrombopoiesis::numeric::Scalar;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::{Patient, Trajectory};
use thrombopoiesis::trial::{Design, Outcome, Run};
use thrombopoiesis::units::Time;

/// Days simulated unless said otherwise: all that the reference solutions cover.
pub(crate) const DAYS: f64 = 40.0;

/// The shipped parameters of `model` with some values changed.
pub(crate) fn set_of(
    model: &str,
    population: impl Into<Option<Population>>,
    variant: Variant,
    changes: &[(&str, f64)],
) -> ParameterSet {
    let mut set = parameter_set(model, population).unwrap();
    set.variant = variant;
    for (symbol, value) in changes {
        set.set(symbol, *value).unwrap();
    }
    set
}

/// The values of [`set_of`] for the population that the model describes and variant B.
pub(crate) fn theta_of(model: &str, changes: &[(&str, f64)]) -> Theta<f64> {
    set_of(model, None, Variant::B, changes).theta()
}

/// A regimen from its text.
pub(crate) fn regimen(text: &str) -> Regimen {
    text.parse().unwrap()
}

/// A patient who has been given a regimen, at time 0.
pub(crate) fn patient<M: Written, T: Scalar>(
    theta: &Theta<T>,
    regimen: &Regimen,
    options: Options,
) -> Patient<T> {
    patient_of(&Model::written::<M>(), theta, regimen, options)
}

/// The same in a model that is a value.
pub(crate) fn patient_of<T: Scalar>(
    model: &Model,
    theta: &Theta<T>,
    regimen: &Regimen,
    options: Options,
) -> Patient<T> {
    let mut patient = Patient::new(model, theta, options).unwrap();
    regimen.doses().for_each(|dose| patient.plan(*dose));
    patient
}

/// A trajectory of a model written in Rust, with named parameters and states.
#[derive(Debug)]
pub(crate) struct Solved<M: Written, T: Scalar> {
    parameters: M::Parameters<T>,
    trajectory: Trajectory<T>,
}

impl<M: Written, T: Scalar> Solved<M, T> {
    pub(crate) fn parameters(&self) -> &M::Parameters<T> {
        &self.parameters
    }

    /// The state at a time.
    pub(crate) fn at(&self, time: Time) -> Result<M::State<T>> {
        Ok(M::State::<T>::from_numbers(&self.trajectory.at(time)?))
    }
}

impl<M: Written, T: Scalar> Deref for Solved<M, T> {
    type Target = Trajectory<T>;
    fn deref(&self) -> &Trajectory<T> {
        &self.trajectory
    }
}

/// The course of a patient under a regimen.
pub(crate) fn solve<M: Written, T: Scalar>(
    theta: &Theta<T>,
    text: &str,
    days: f64,
    options: Options,
) -> Solved<M, T> {
    let mut patient = patient::<M, T>(theta, &regimen(text), options);
    patient.advance_to(Time::days(days)).unwrap();
    let parameters = M::individual(theta).unwrap();
    Solved { parameters, trajectory: patient.into_trajectory() }
}

/// The course of the patient of a set under a regimen.
pub(crate) fn run(set: &ParameterSet, regimen: &Regimen, days: f64) -> Trajectory<f64> {
    let mut patient = patient_of(&set.model, &set.theta(), regimen, Options::default());
    patient.advance_to(Time::days(days)).unwrap();
    patient.into_trajectory()
}

/// The platelet count at a time, 10⁹/L.
pub(crate) fn count<T: Scalar>(trajectory: &Trajectory<T>, time: Time) -> T {
    trajectory.equations().platelets(&trajectory.at(time).unwrap())
}

/// The concentration at a time, ng/mL.
pub(crate) fn conc<T: Scalar>(trajectory: &Trajectory<T>, time: Time) -> T {
    trajectory.equations().conc(&trajectory.at(time).unwrap())
}

/// Tolerances far tighter than the default, for what is compared by differences.
pub(crate) fn tight() -> Options {
    Options { relative_tolerance: 1e-12, absolute_tolerance: 1e-14, ..Options::default() }
}

/// L-PLUS 2 as the program carries it.
pub(crate) fn l_plus_2() -> Design {
    Design::load(std::path::Path::new("l_plus_2")).unwrap()
}

/// The virtual patients of the hand-picked start.
pub(crate) fn start_patients() -> VirtualPatients {
    VirtualPatients::load("patients_start").unwrap()
}

pub(crate) fn drug_arm(design: &Design) -> usize {
    design.arm("lusutrombopag").unwrap()
}

pub(crate) fn placebo_arm(design: &Design) -> usize {
    design.arm("placebo").unwrap()
}

/// The patients of many replicates, the hand-picked start in variant B, seed 1.
pub(crate) fn pooled(design: &Design, replicates: usize) -> Vec<Outcome> {
    let patients = start_patients();
    let mut run = Run::new(design, &patients);
    run.replicates = replicates;
    let mut all = Vec::new();
    run.replicates(&[], &[], &mut |_, trial| all.extend(trial), &|_| {}).unwrap();
    all
}
