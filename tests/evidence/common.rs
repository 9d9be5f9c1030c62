//! What several subjects need: parameter sets by name, a patient run from start to end, a trial.

use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::{
    Model, ParameterSet, Population, StateBlock, Theta, Variant, parameter_set,
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
pub(crate) fn patient<M: Model, T: Scalar>(
    theta: &Theta<T>,
    regimen: &Regimen,
    options: Options,
) -> Patient<M, T> {
    let mut patient = Patient::new(M::individual(theta).unwrap(), options);
    regimen.doses().for_each(|dose| patient.plan(*dose));
    patient
}

/// The course of a patient under a regimen.
pub(crate) fn solve<M: Model, T: Scalar>(
    theta: &Theta<T>,
    text: &str,
    days: f64,
    options: Options,
) -> Trajectory<M, T> {
    let mut patient = patient(theta, &regimen(text), options);
    patient.advance_to(Time::days(days)).unwrap();
    patient.into_trajectory()
}

/// The platelet count at a time, 10⁹/L.
pub(crate) fn count<M: Model, T: Scalar>(trajectory: &Trajectory<M, T>, time: Time) -> T {
    M::platelets(trajectory.parameters(), &trajectory.at(time).unwrap())
}

/// The concentration at a time, ng/mL.
pub(crate) fn conc<M: Model, T: Scalar>(trajectory: &Trajectory<M, T>, time: Time) -> T {
    M::conc(trajectory.parameters(), &trajectory.at(time).unwrap())
}

/// The numbers of a state.
pub(crate) fn numbers<T: Scalar, S: StateBlock<T>>(state: &S) -> Vec<T> {
    let mut numbers = Vec::new();
    state.write(&mut |number| numbers.push(number));
    numbers
}

/// A state from its numbers.
pub(crate) fn state_from<T: Scalar, S: StateBlock<T>>(numbers: &[T]) -> S {
    let mut numbers = numbers.iter().copied();
    S::read(&mut || numbers.next().unwrap())
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
