//! The solution of one patient's equations, to be asked at any time.

use super::Curve;
use super::solution::{Equations, Quantity, Segment, Solution};
use crate::error::{Error, Failure, Result};
use crate::integrate::Options;
use crate::model::{Model, StateBlock};
use crate::numeric::Scalar;
use crate::units::Time;

/// The equations of one patient, laid out for an integrator: the state, then the areas under
/// concentration and count, each number with its derivatives.
#[derive(Debug, Clone)]
pub(super) struct System<M: Model, T: Scalar> {
    pub(super) parameters: M::Parameters<T>,
    pub(super) options: Options,
    scale: Vec<f64>,
}

/// A state with its areas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point<M: Model, T: Scalar> {
    pub(super) state: M::State<T>,
    pub(super) conc_area: T,
    pub(super) platelet_area: T,
}

impl<M: Model, T: Scalar> System<M, T> {
    pub(super) fn new(parameters: M::Parameters<T>, options: Options) -> Self {
        let mut system = Self { parameters, options, scale: Vec::new() };
        let fastest = M::fastest_rate(&system.parameters).value();
        if fastest > 0.0 {
            let stable_h = options.method.stable_reach() / fastest;
            system.options.max_step_h = options.max_step_h.min(stable_h);
        }
        system.scale = system.scales();
        system
    }

    /// What is small change is judged against a state's own drug-free value; drug, which has none,
    /// against one unit of amount; areas against a day.
    fn scales(&self) -> Vec<f64> {
        let per_number = |size: f64| std::iter::repeat_n(size, T::WIDTH);
        let mut scale = Vec::new();
        for number in M::baseline(&self.parameters).numbers() {
            let size = number.value().abs();
            scale.extend(per_number(if size > 0.0 { size } else { 1.0 }));
        }
        let plt0 = M::platelets(&self.parameters, &M::baseline(&self.parameters)).value();
        scale.extend(per_number(100.0 * 24.0));
        scale.extend(per_number(plt0.abs().max(1.0) * 24.0));
        scale
    }

    /// A quantity at a state.
    pub(super) fn value(&self, quantity: Quantity, state: &M::State<T>) -> T {
        match quantity {
            Quantity::Conc => M::conc(&self.parameters, state),
            Quantity::Platelets => M::platelets(&self.parameters, state),
        }
    }

    /// The slope of a quantity at a state, per hour.
    pub(super) fn slope(&self, quantity: Quantity, state: &M::State<T>) -> T {
        let rates = M::derivatives(&self.parameters, state);
        match quantity {
            Quantity::Conc => M::conc_rate(&self.parameters, state, &rates),
            Quantity::Platelets => M::platelets(&self.parameters, &rates),
        }
    }

    pub(super) fn baseline(&self) -> Vec<f64> {
        let state = M::baseline(&self.parameters);
        self.flatten(&Point { state, conc_area: T::ZERO, platelet_area: T::ZERO })
    }

    pub(super) fn flatten(&self, point: &Point<M, T>) -> Vec<f64> {
        let mut flat = vec![0.0; self.scale.len().max(T::WIDTH)];
        let mut writer = Slots::new(&mut flat);
        point.state.numbers().into_iter().for_each(|number| writer.put(number));
        writer.put(point.conc_area);
        writer.put(point.platelet_area);
        flat
    }

    #[expect(clippy::unused_self, reason = "the layout belongs to the system")]
    pub(super) fn point(&self, flat: &[f64]) -> Point<M, T> {
        let mut numbers = flat.chunks_exact(T::WIDTH).map(T::load);
        let mut next = || numbers.next().unwrap_or(T::ZERO);
        let state = M::State::<T>::read(&mut next);
        Point { state, conc_area: next(), platelet_area: next() }
    }
}

impl<M: Model, T: Scalar> Equations for System<M, T> {
    fn rates(&self, flat: &[f64], rates: &mut [f64]) {
        let Point { state, .. } = self.point(flat);
        let p = &self.parameters;
        let mut writer = Slots::new(rates);
        M::derivatives(p, &state).write(&mut |number| writer.put(number));
        writer.put(M::conc(p, &state));
        writer.put(M::platelets(p, &state));
    }

    fn value_and_slope(&self, quantity: Quantity, flat: &[f64]) -> (f64, f64) {
        let state = self.point(flat).state;
        (self.value(quantity, &state).value(), self.slope(quantity, &state).value())
    }

    fn scale(&self) -> &[f64] {
        &self.scale
    }

    fn options(&self) -> &Options {
        &self.options
    }

    fn explain(&self, failure: &Failure) -> Error {
        let mut names = Vec::new();
        M::State::<T>::describe("", "", &mut names);
        let number = failure.index.map(|index| index / T::WIDTH);
        let name = number.and_then(|number| names.get(number)).map(|name| name.name.clone());
        let failure = Failure { state: name.unwrap_or_default(), ..failure.clone() };
        Error::Integration { model: M::NAME.to_owned(), failure }
    }
}

/// Writes numbers one behind the other.
struct Slots<'a> {
    rest: &'a mut [f64],
}

impl<'a> Slots<'a> {
    fn new(rest: &'a mut [f64]) -> Self {
        Self { rest }
    }

    fn put<T: Scalar>(&mut self, number: T) {
        let (slot, rest) = std::mem::take(&mut self.rest).split_at_mut(T::WIDTH);
        number.store(slot);
        self.rest = rest;
    }
}

/// The solution of one patient's equations from the start to the end of the simulation.
#[derive(Debug, Clone)]
pub struct Trajectory<M: Model, T: Scalar> {
    pub(super) system: System<M, T>,
    pub(super) segments: Vec<Segment>,
}

impl<M: Model, T: Scalar> Trajectory<M, T> {
    /// The individual's parameters.
    #[must_use]
    pub fn parameters(&self) -> &M::Parameters<T> {
        &self.system.parameters
    }

    /// End of the simulation, h.
    #[must_use]
    pub fn end_h(&self) -> f64 {
        self.solution().end_h()
    }

    /// The state at a time within the simulation; at the time of a dose, before it.
    ///
    /// # Errors
    /// A time outside the simulation.
    pub fn at(&self, time: Time) -> Result<M::State<T>> {
        Ok(self.system.point(&self.flat_at(time.in_hours())?).state)
    }

    /// A state without solver noise: a number that is 0 without drug cannot be negative, and below
    /// the absolute tolerance it is 0.
    pub(super) fn without_noise(&self, state: &M::State<T>) -> M::State<T> {
        let system = &self.system;
        let rest = M::baseline(&system.parameters).numbers();
        let tolerance = system.options.absolute_tolerance;
        let clean = |(number, rest): (T, T)| {
            let is_drug = rest.value() == 0.0;
            if is_drug && number.value() < tolerance { T::ZERO } else { number }
        };
        let clean: Vec<T> = state.numbers().into_iter().zip(rest).map(clean).collect();
        M::State::<T>::from_numbers(&clean)
    }

    /// The area under the concentration from the start to `time`, ng·h/mL.
    ///
    /// # Errors
    /// A time outside the simulation.
    pub fn conc_area(&self, time: Time) -> Result<T> {
        Ok(self.system.point(&self.flat_at(time.in_hours())?).conc_area)
    }

    /// The area under the count from the start to `time`, 10⁹/L·h.
    ///
    /// # Errors
    /// A time outside the simulation.
    pub fn platelet_area(&self, time: Time) -> Result<T> {
        Ok(self.system.point(&self.flat_at(time.in_hours())?).platelet_area)
    }

    /// The course of the platelet count.
    #[must_use]
    pub fn platelets(&self) -> Curve<'_, M, T> {
        Curve::new(self, Quantity::Platelets)
    }

    /// The course of the concentration.
    #[must_use]
    pub fn conc(&self) -> Curve<'_, M, T> {
        Curve::new(self, Quantity::Conc)
    }

    pub(super) fn solution(&self) -> Solution<'_> {
        Solution { equations: &self.system, segments: &self.segments }
    }

    fn flat_at(&self, time_h: f64) -> Result<Vec<f64>> {
        self.solution().state_at(time_h)
    }
}
