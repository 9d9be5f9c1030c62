//! One individual's equations behind one interface, whatever the model: states are flat slices.

use super::event::unit_unknown;
use super::pharmacokinetics::{CENTRAL, DEPOT, Drives, LinearPk};
use super::{Event, Intermediate, StateBlock, StateName, Written};
use crate::error::Result;
use crate::numeric::Real;
use crate::units::{Amount, Route};
use std::fmt::Debug;

/// The equations of one individual, in the number type `T`. A state is a slice of as many numbers as
/// there are [`Self::states`].
pub trait Equations<T>: Debug + Send + Sync {
    /// Name and unit of each number of the state.
    fn states(&self) -> Vec<StateName>;

    /// The state without drug, an equilibrium.
    fn baseline(&self) -> Vec<T>;

    /// Fills in the rates of change at state `y`, per hour.
    fn rates(&self, y: &[T], rates: &mut [T]);

    /// The same; `scratch`, empty at first, is kept from call to call.
    fn rates_with(&self, scratch: &mut Vec<T>, y: &[T], rates: &mut [T]) {
        let _ = scratch;
        self.rates(y, rates);
    }

    /// Plasma concentration, ng/mL.
    fn conc(&self, y: &[T]) -> T;

    /// How fast the concentration changes, ng/mL/h, where the state `y` changes at `rates`.
    fn conc_rate(&self, y: &[T], rates: &[T]) -> T;

    /// Platelet count, 10⁹/L.
    fn platelets(&self, y: &[T]) -> T;

    /// How fast the count changes, 10⁹/L/h, where the state `y` changes at `rates`.
    fn platelets_rate(&self, y: &[T], rates: &[T]) -> T;

    /// The values of the model's readouts, in their order.
    fn readouts(&self, y: &[T]) -> Vec<T>;

    /// How fast the readout at a position changes, per hour, where the state `y` changes at `rates`.
    fn readout_rate(&self, i: usize, y: &[T], rates: &[T]) -> T;

    /// Names, units and values of what the equations compute on their way.
    fn intermediates(&self, y: &[T]) -> Vec<Intermediate<T>>;

    /// The fastest decay at baseline, 1/h, where it is so much faster than the rest that stability
    /// and not accuracy would limit the steps; otherwise zero.
    fn fastest_rate(&self) -> T;

    /// The pharmacokinetics, where they are the linear ones of
    /// [`closed_form`](super::closed_form) and the rest of the model depends on the drug in the central
    /// compartment only.
    fn linear_pk(&self) -> Option<LinearPk<T>>;

    /// What a dose sets off, each event with its delay in hours after the dose time.
    ///
    /// # Errors
    /// A route that the model does not describe.
    fn administer(&self, amount: Amount, route: Route) -> Result<Vec<(T, Event<T>)>>;

    /// What happens without any dose, each event with its time in hours.
    fn stops(&self) -> Vec<(T, Event<T>)> {
        Vec::new()
    }

    /// Adds `given` · 10⁹ transfused platelets to the state.
    ///
    /// # Errors
    /// The model does not describe it.
    fn transfuse(&self, y: &mut [T], given: T) -> Result<()>;

    /// What an event does to the state.
    ///
    /// # Errors
    /// A transfusion that the model does not describe.
    fn apply(&self, y: &mut [T], event: Event<T>) -> Result<()>
    where
        T: Real,
    {
        match event {
            Event::Enter { state, amount } => y[state] += amount,
            Event::Switch { state, value } => y[state] = value,
            Event::Transfusion(given) => self.transfuse(y, given)?,
        }
        Ok(())
    }
}

/// An individual of a model written in Rust.
#[derive(Debug)]
pub(super) struct Individual<M: Written, T: Real>(pub(super) M::Parameters<T>);

impl<M: Written, T: Real> Individual<M, T> {
    fn state(y: &[T]) -> M::State<T> {
        M::State::<T>::from_numbers(y)
    }
}

impl<M: Written, T: Real> Equations<T> for Individual<M, T> {
    fn states(&self) -> Vec<StateName> {
        let mut names = Vec::new();
        M::State::<T>::describe("", "", &mut names);
        names
    }

    fn baseline(&self) -> Vec<T> {
        M::baseline(&self.0).numbers()
    }

    fn rates(&self, y: &[T], rates: &mut [T]) {
        let mut slots = rates.iter_mut();
        M::derivatives(&self.0, &Self::state(y)).write(&mut |number| {
            if let Some(slot) = slots.next() {
                *slot = number;
            }
        });
    }

    fn conc(&self, y: &[T]) -> T {
        M::conc(&self.0, &Self::state(y))
    }

    fn conc_rate(&self, y: &[T], rates: &[T]) -> T {
        M::conc_rate(&self.0, &Self::state(y), &Self::state(rates))
    }

    fn platelets(&self, y: &[T]) -> T {
        M::platelets(&self.0, &Self::state(y))
    }

    fn platelets_rate(&self, _: &[T], rates: &[T]) -> T {
        M::platelets(&self.0, &Self::state(rates))
    }

    fn readouts(&self, y: &[T]) -> Vec<T> {
        M::readouts(&self.0, &Self::state(y))
    }

    fn readout_rate(&self, i: usize, y: &[T], rates: &[T]) -> T {
        // The models write their readouts without slopes: a difference over some seconds.
        const STEP_H: f64 = 1e-3;
        let at = |hours: f64| {
            let moved = y.iter().zip(rates).map(|(number, rate)| *number + *rate * hours);
            M::readouts(&self.0, &Self::state(&moved.collect::<Vec<T>>()))[i]
        };
        (at(STEP_H) - at(-STEP_H)) / (2.0 * STEP_H)
    }

    fn intermediates(&self, y: &[T]) -> Vec<Intermediate<T>> {
        M::intermediates(&self.0, &Self::state(y))
    }

    fn fastest_rate(&self) -> T {
        M::fastest_rate(&self.0)
    }

    fn linear_pk(&self) -> Option<LinearPk<T>> {
        let parameters = M::linear_pk(&self.0)?;
        Some(LinearPk { parameters, depot: DEPOT, central: CENTRAL, drives: Drives::Conc })
    }

    fn administer(&self, amount: Amount, route: Route) -> Result<Vec<(T, Event<T>)>> {
        if let Amount::Of(_, unit) = amount {
            return Err(unit_unknown(M::NAME, unit, "mg or ug/kg"));
        }
        M::administer(&self.0, amount, route)
    }

    fn transfuse(&self, y: &mut [T], given: T) -> Result<()> {
        let mut state = Self::state(y);
        M::transfuse(&self.0, &mut state, given)?;
        let mut slots = y.iter_mut();
        state.write(&mut |number| {
            if let Some(slot) = slots.next() {
                *slot = number;
            }
        });
        Ok(())
    }
}
