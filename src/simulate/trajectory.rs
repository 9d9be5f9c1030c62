//! The solution of one patient's equations, to be asked at any time.

use super::Curve;
use super::solution::{Flat, Quantity, Segment, Solution};
use crate::error::{Error, Failure, Result};
use crate::integrate::{Options, RightHandSide};
use crate::model::{Equations, Model};
use crate::numeric::Scalar;
use crate::units::Time;
use std::cell::RefCell;
use std::sync::Arc;

/// The equations of one patient, laid out for an integrator: the state, then the areas under
/// concentration and count, each number with its derivatives.
#[derive(Debug, Clone)]
pub(super) struct System<T: Scalar> {
    model: Model,
    pub(super) equations: Arc<dyn Equations<T>>,
    pub(super) options: Options,
    baseline: Vec<T>,
    scale: Vec<f64>,
}

/// A state with its areas.
#[derive(Debug, Clone)]
pub(super) struct Point<T: Scalar> {
    pub(super) state: Vec<T>,
    pub(super) conc_area: T,
    pub(super) platelet_area: T,
}

impl<T: Scalar> System<T> {
    pub(super) fn new(model: Model, equations: Arc<dyn Equations<T>>, options: Options) -> Self {
        let baseline = equations.baseline();
        let scale = scales(&*equations, &baseline);
        let mut system = Self { model, equations, options, baseline, scale };
        let fastest = system.equations.fastest_rate().value();
        if fastest > 0.0 {
            let stable_h = options.method.stable_reach() / fastest;
            system.options.max_step_h = options.max_step_h.min(stable_h);
        }
        system
    }

    /// A quantity at a state.
    pub(super) fn value(&self, quantity: Quantity, state: &[T]) -> T {
        match quantity {
            Quantity::Conc => self.equations.conc(state),
            Quantity::Platelets => self.equations.platelets(state),
            Quantity::Readout(i) => self.equations.readouts(state)[i],
        }
    }

    /// The slope of a quantity at a state, per hour.
    pub(super) fn slope(&self, quantity: Quantity, state: &[T]) -> T {
        let rates = self.rates_at(state);
        match quantity {
            Quantity::Conc => self.equations.conc_rate(state, &rates),
            Quantity::Platelets => self.equations.platelets_rate(state, &rates),
            Quantity::Readout(i) => self.equations.readout_rate(i, state, &rates),
        }
    }

    /// Rates of change at a state, per hour.
    pub(super) fn rates_at(&self, state: &[T]) -> Vec<T> {
        let mut rates = vec![T::ZERO; state.len()];
        self.equations.rates(state, &mut rates);
        rates
    }

    /// The state without drug.
    pub(super) fn baseline(&self) -> &[T] {
        &self.baseline
    }

    /// The start of a simulation.
    pub(super) fn start(&self) -> Vec<f64> {
        let state = self.baseline.clone();
        self.flatten(&Point { state, conc_area: T::ZERO, platelet_area: T::ZERO })
    }

    pub(super) fn flatten(&self, point: &Point<T>) -> Vec<f64> {
        let mut flat = vec![0.0; self.scale.len().max(T::WIDTH)];
        let mut writer = Slots::new(&mut flat);
        point.state.iter().for_each(|number| writer.put(*number));
        writer.put(point.conc_area);
        writer.put(point.platelet_area);
        flat
    }

    /// The numbers of a state laid out in `flat`.
    pub(super) fn state(&self, flat: &[f64]) -> Vec<T> {
        flat.chunks_exact(T::WIDTH).map(T::load).take(self.baseline.len()).collect()
    }

    pub(super) fn point(&self, flat: &[f64]) -> Point<T> {
        let areas = &flat[self.baseline.len() * T::WIDTH..];
        Point {
            state: self.state(flat),
            conc_area: T::load(areas),
            platelet_area: T::load(&areas[T::WIDTH..]),
        }
    }
}

/// What is small change is judged against a state's own drug-free value; drug, which has none,
/// against one unit of amount; areas against a day.
fn scales<T: Scalar>(equations: &dyn Equations<T>, baseline: &[T]) -> Vec<f64> {
    let per_number = |size: f64| std::iter::repeat_n(size, T::WIDTH);
    let mut scale = Vec::new();
    for number in baseline {
        let size = number.value().abs();
        scale.extend(per_number(if size > 0.0 { size } else { 1.0 }));
    }
    let plt0 = equations.platelets(baseline).value();
    scale.extend(per_number(100.0 * 24.0));
    scale.extend(per_number(plt0.abs().max(1.0) * 24.0));
    scale
}

impl<T: Scalar> Flat for System<T> {
    fn with_rates(&self, integrate: &mut dyn FnMut(&RightHandSide<'_>)) {
        let numbers = self.baseline.len();
        let buffers = RefCell::new((Vec::new(), vec![T::ZERO; numbers], Vec::new()));
        integrate(&|flat: &[f64], rates: &mut [f64]| {
            let (loaded, found, scratch) = &mut *buffers.borrow_mut();
            let state = T::view(&flat[..numbers * T::WIDTH], loaded);
            self.equations.rates_with(scratch, state, found);
            let mut writer = Slots::new(rates);
            for number in found.iter() {
                writer.put(*number);
            }
            writer.put(self.equations.conc(state));
            writer.put(self.equations.platelets(state));
        });
    }

    fn value_and_slope(&self, quantity: Quantity, flat: &[f64]) -> (f64, f64) {
        let state = self.state(flat);
        (self.value(quantity, &state).value(), self.slope(quantity, &state).value())
    }

    fn scale(&self) -> &[f64] {
        &self.scale
    }

    fn options(&self) -> &Options {
        &self.options
    }

    fn explain(&self, failure: &Failure) -> Error {
        let number = failure.index.map(|index| index / T::WIDTH);
        let names = self.equations.states();
        let name = number.and_then(|number| names.get(number)).map(|name| name.name.clone());
        let failure = Failure { state: name.unwrap_or_default(), ..failure.clone() };
        Error::Integration { model: self.model.to_string(), failure }
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
pub struct Trajectory<T: Scalar> {
    pub(super) system: System<T>,
    pub(super) segments: Vec<Segment>,
}

impl<T: Scalar> Trajectory<T> {
    /// The individual's equations.
    #[must_use]
    pub fn equations(&self) -> &dyn Equations<T> {
        &*self.system.equations
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
    pub fn at(&self, time: Time) -> Result<Vec<T>> {
        Ok(self.system.state(&self.flat_at(time.in_hours())?))
    }

    /// A state without solver noise: a number that is 0 without drug cannot be negative, and below
    /// the absolute tolerance it is 0.
    pub(super) fn without_noise(&self, state: &[T]) -> Vec<T> {
        let tolerance = self.system.options.absolute_tolerance;
        let clean = |(number, rest): (&T, &T)| {
            let is_drug = rest.value() == 0.0;
            if is_drug && number.value() < tolerance { T::ZERO } else { *number }
        };
        state.iter().zip(self.system.baseline()).map(clean).collect()
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
    pub fn platelets(&self) -> Curve<'_, T> {
        Curve::new(self, Quantity::Platelets)
    }

    /// The course of the concentration.
    #[must_use]
    pub fn conc(&self) -> Curve<'_, T> {
        Curve::new(self, Quantity::Conc)
    }

    /// The course of the readout at a position; it must exist.
    #[must_use]
    pub(super) fn readout(&self, i: usize) -> Curve<'_, T> {
        Curve::new(self, Quantity::Readout(i))
    }

    pub(super) fn solution(&self) -> Solution<'_> {
        Solution { equations: &self.system, segments: &self.segments }
    }

    fn flat_at(&self, time_h: f64) -> Result<Vec<f64>> {
        self.solution().state_at(time_h)
    }
}
