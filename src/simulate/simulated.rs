//! A simulated course whose model is known by name only.

use super::{Course, Exposure, Extreme, Fate, Terminal, TimesAbove, course};
use crate::error::Result;
use crate::integrate::Options;
use crate::model::{
    Event, Model, ModelVisitor, ParameterSet, Readout, StateBlock, StateName, with_model,
};
use crate::regimen::{Dose, Regimen};
use crate::units::Time;
use std::fmt::Debug;

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

/// A simulated course, whatever its model. Times are elapsed, counts in 10⁹/L.
pub trait Simulated: Debug + Send + Sync {
    /// What the model can show besides concentration and count.
    fn readouts(&self) -> &'static [Readout];
    /// The names of the state's numbers.
    fn state_names(&self) -> Vec<StateName>;
    /// The planned doses and what became of them.
    fn doses(&self) -> &[(Dose, Fate)];
    /// When the stopping rule was met, if it was.
    fn stopped_at(&self) -> Option<Time>;
    /// The patient at `time`.
    ///
    /// # Errors
    /// A time outside the simulation.
    fn sample(&self, time: Time) -> Result<Sample>;
    /// The maximum of the count.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    fn maximum(&self) -> Result<Extreme<f64>>;
    /// The times at which the count is at least `level`.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    fn at_or_above(&self, level: f64) -> Result<TimesAbove<f64>>;
    /// The exposure between two times.
    ///
    /// # Errors
    /// Times outside the simulation, or not in their order.
    fn exposure(&self, from: Time, to: Time) -> Result<Exposure<f64>>;
    /// The terminal phase of the concentration.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    fn terminal(&self) -> Result<Option<Terminal<f64>>>;
}

impl<M: Model> Simulated for Course<M, f64> {
    fn readouts(&self) -> &'static [Readout] {
        M::READOUTS
    }
    fn state_names(&self) -> Vec<StateName> {
        let mut names = Vec::new();
        M::State::<f64>::describe("", "", &mut names);
        names
    }
    fn doses(&self) -> &[(Dose, Fate)] {
        &self.doses
    }
    fn stopped_at(&self) -> Option<Time> {
        self.stopped_at
    }
    fn sample(&self, time: Time) -> Result<Sample> {
        let state = self.trajectory.without_noise(&self.trajectory.at(time)?);
        let p = self.trajectory.parameters();
        Ok(Sample {
            time_h: time.in_hours(),
            conc: M::conc(p, &state),
            platelets: M::platelets(p, &state),
            readouts: M::readouts(p, &state),
            states: state.numbers(),
        })
    }
    fn maximum(&self) -> Result<Extreme<f64>> {
        self.trajectory.platelets().maximum()
    }
    fn at_or_above(&self, level: f64) -> Result<TimesAbove<f64>> {
        self.trajectory.platelets().at_or_above(level)
    }
    fn exposure(&self, from: Time, to: Time) -> Result<Exposure<f64>> {
        self.trajectory.exposure(from, to)
    }
    fn terminal(&self) -> Result<Option<Terminal<f64>>> {
        self.trajectory.terminal()
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
) -> Result<Box<dyn Simulated>> {
    struct Run<'a>(&'a ParameterSet, &'a Regimen, Time, Options);
    impl ModelVisitor for Run<'_> {
        type Output = Result<Box<dyn Simulated>>;
        fn visit<M: Model>(self) -> Self::Output {
            let individual = M::individual(&self.0.theta())?;
            M::check(&individual)?;
            Ok(Box::new(course::<M, f64>(individual, self.1, self.2, self.3)?))
        }
    }
    with_model(set, Run(set, regimen, until, options))?
}

/// Refuses a regimen that the model of `set` cannot give to the individual that it describes, and
/// `transfused` platelets (10⁹) where it does not describe transfusions.
///
/// # Errors
/// Values that contradict each other, a route or a transfusion that the model does not describe.
pub fn admits(set: &ParameterSet, regimen: &Regimen, transfused: Option<f64>) -> Result<()> {
    struct Try<'a>(&'a ParameterSet, &'a Regimen, Option<f64>);
    impl ModelVisitor for Try<'_> {
        type Output = Result<()>;
        fn visit<M: Model>(self) -> Self::Output {
            let individual = M::individual(&self.0.theta())?;
            M::check(&individual)?;
            let given = |dose: &Dose| M::administer(&individual, dose.amount, dose.route).map(drop);
            self.1.doses().try_for_each(given)?;
            let mut state = M::baseline(&individual);
            let transfused = self.2.map(Event::Transfusion);
            transfused.into_iter().try_for_each(|event| M::apply(&individual, &mut state, event))
        }
    }
    with_model(set, Try(set, regimen, transfused))?
}
