//! An individual of a text for predictions at records: outputs by position, properties of doses, clocks that start
//! at any time, and covariates that change.

use super::degree::Degree;
use super::individual::{Asked, Individual};
use super::sheet::{Clock, Id, Sheet};
use crate::error::{Error, Result};
use crate::model::{Equations, StateName};
use crate::numeric::Real;
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

/// What a model gives for one entry of a dose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DoseProperties<T> {
    /// Bioavailability, a pure number.
    pub f: T,
    /// What an amount of a record is multiplied by to be in the unit of the state. Where the text gives `f` with
    /// a unit, such as `f = 1/mw`, this is all of it.
    pub scale: T,
    /// Lag, h.
    pub lag_h: T,
    /// The rate of an infusion, in the state's unit per h.
    pub rate: Option<T>,
    /// The duration of an infusion, h.
    pub duration_h: Option<T>,
}

/// An individual of a text with its covariates at one time.
#[derive(Debug)]
pub struct Recorded<T> {
    own: Individual<T>,
    typical: Vec<T>,
}

impl<T: Real> Recorded<T> {
    pub(super) fn new(asked: &Arc<Asked>, typical: Vec<T>, covariates: Vec<T>) -> Self {
        Self { own: Individual::new(asked, &typical, covariates), typical }
    }

    /// The same individual with other covariates, in the order of the text.
    #[must_use]
    pub fn with_covariates(&self, covariates: Vec<T>) -> Self {
        Self::new(&self.own.asked, self.typical.clone(), covariates)
    }

    /// The same in another arithmetic, all values constant.
    #[must_use]
    pub fn constant_in<D: Real>(&self) -> Recorded<D> {
        let constant = |values: &[T]| values.iter().map(|own| D::constant(own.value())).collect();
        Recorded::new(&self.own.asked, constant(&self.typical), constant(&self.own.covariates))
    }

    /// The equations as a flat list of values.
    #[must_use]
    pub fn sheet(&self) -> &Sheet {
        &self.own.asked.sheet
    }

    /// The covariates, in the order of the text.
    #[must_use]
    pub fn covariates(&self) -> &[T] {
        &self.own.covariates
    }

    /// Names and units of the numbers of the state: first those of the text, then its clocks.
    #[must_use]
    pub fn states(&self) -> &[StateName] {
        &self.own.asked.layout.names
    }

    /// The state without drug at `time_h`.
    #[must_use]
    pub fn initial(&self, time_h: T) -> Vec<T> {
        let mut state = self.own.baseline();
        if let Some(place) = self.own.asked.layout.time {
            state[place] = time_h;
        }
        self.set_passed(&mut state, time_h);
        state
    }

    /// Updates which moments have passed, after a change of the covariates.
    pub fn set_passed(&self, state: &mut [T], time_h: T) {
        let layout = &self.own.asked.layout;
        for (stop, passed) in self.sheet().stops.iter().zip(&layout.passed) {
            let at = self.own.values[stop.at];
            let is_past = match stop.clock {
                Clock::Time => time_h.value() >= at.value(),
                Clock::Tad(route) => {
                    let reads = |place: Option<usize>| place.map_or(T::ZERO, |place| state[place]);
                    reads(layout.dosed[route]).value() > 0.0
                        && reads(layout.tad[route]).value() >= at.value()
                }
            };
            state[*passed] = if is_past { T::ONE } else { T::ZERO };
        }
    }

    /// The moments to come at which the equations change: when, h on the clock of the records, and which; those of
    /// the time itself only if it `passes`.
    #[must_use]
    pub fn stops(&self, state: &[T], time_h: T, passes: bool) -> Vec<(T, usize)> {
        let layout = &self.own.asked.layout;
        let stops = self.sheet().stops.iter().zip(&layout.passed).enumerate();
        let open = stops.filter(|(_, (_, passed))| state[**passed].value() == 0.0);
        open.filter_map(|(i, (stop, _))| {
            let at = self.own.values[stop.at];
            match stop.clock {
                Clock::Time => passes.then_some((at, i)),
                Clock::Tad(route) => {
                    let is_dosed = layout.dosed[route].is_some_and(|own| state[own].value() > 0.0);
                    let tad = state[layout.tad[route].filter(|_| is_dosed)?];
                    Some((time_h + at - tad, i))
                }
            }
        })
        .collect()
    }

    /// Marks a moment as passed.
    pub fn pass(&self, state: &mut [T], stop: usize) {
        state[self.own.asked.layout.passed[stop]] = T::ONE;
    }

    /// Advances the clocks only.
    pub fn advance_clocks(&self, state: &mut [T], span_h: f64) {
        let layout = &self.own.asked.layout;
        if let Some(time) = layout.time {
            state[time] += T::constant(span_h);
        }
        for (tad, dosed) in layout.tad.iter().zip(&layout.dosed) {
            if let (Some(tad), Some(dosed)) = (*tad, *dosed) {
                let passed_h = state[dosed] * span_h;
                state[tad] += passed_h;
            }
        }
    }

    /// Restarts the clocks of a route at a dose, with its amount in the unit of the route.
    pub fn given(&self, state: &mut [T], route: usize, amount: T) {
        for (delay, event) in self.own.clocks(route, amount) {
            if let (true, crate::model::Event::Switch { state: place, value }) =
                (delay.value() <= 0.0, event)
            {
                state[place] = value;
            }
        }
    }

    /// The rates of change at a state, per h; `scratch`, empty at first, is kept from call to call.
    pub fn rates(&self, scratch: &mut Vec<T>, state: &[T], rates: &mut [T]) {
        self.own.rates_with(scratch, state, rates);
    }

    /// The number of the state that is the time, where the equations ask for it.
    #[must_use]
    pub fn time_place(&self) -> Option<usize> {
        self.own.asked.layout.time
    }

    /// An output, in its own unit.
    #[must_use]
    pub fn output(&self, output: usize, state: &[T]) -> T {
        let own = self.sheet().outputs.get(output);
        own.map_or(T::ZERO, |own| self.own.at(own.id, state))
    }

    /// The residual errors of an output: the kind of each, as `proportional`, and its arguments by name.
    #[must_use]
    pub fn residuals(&self, output: usize) -> Vec<(&str, Vec<(&str, T)>)> {
        let errors = self.sheet().outputs.get(output).map(|own| own.errors.as_slice());
        errors
            .unwrap_or_default()
            .iter()
            .map(|error| {
                let arguments = error.arguments.iter();
                let all = arguments.map(|own| (own.0.as_str(), self.own.values[own.1])).collect();
                (error.kind.as_str(), all)
            })
            .collect()
    }

    /// What a dose by one entry of a route has.
    #[must_use]
    pub fn properties(&self, route: usize, entry: usize) -> DoseProperties<T> {
        let sheet = self.sheet();
        let (route, of) = (&sheet.routes[route], |id: Id| self.own.values[id]);
        let entry = &route.entries[entry];
        let is_pure = route.unit.factor_to(&sheet.states[entry.state].unit).is_some();
        let (f, factor) = (of(entry.f), T::constant(entry.factor));
        let (f, scale) = if is_pure { (f, factor) } else { (T::ONE, f * factor) };
        DoseProperties {
            f,
            scale,
            lag_h: entry.lag.map_or(T::ZERO, of),
            rate: entry.rate.map(of),
            duration_h: entry.duration.map(of),
        }
    }

    /// Applies an event of the text.
    ///
    /// # Errors
    /// The text has no event of this name.
    pub fn call(&self, state: &mut [T], name: &str, argument: T) -> Result<()> {
        let events = &self.sheet().events;
        let own =
            events.iter().find(|own| own.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
                Error::Unknown {
                    kind: "event",
                    name: name.to_owned(),
                    known: events.iter().map(|own| own.name.clone()).collect(),
                }
            })?;
        let added: Vec<_> = own
            .additions
            .iter()
            .map(|(place, id)| (*place, self.own.at_event(*id, state, argument)))
            .collect();
        for (place, amount) in added {
            state[place] += amount;
        }
        Ok(())
    }

    /// The fastest decay at the initial state, 1/h, where it would limit the steps.
    #[must_use]
    pub fn fastest_rate(&self) -> f64 {
        self.own.fastest_rate().value()
    }

    /// Why the model is not linear in its amounts, as in "has feedback"; `None` if it is linear.
    #[must_use]
    pub fn not_linear(&self) -> Option<&'static str> {
        match self.own.asked.degree {
            Degree::Fixed | Degree::Linear => None,
            Degree::Affine => Some("has an input of its own"),
            Degree::Other => Some("is not linear in its amounts"),
        }
    }

    /// Whether the rates are sums of states, each times what is constant between events, and of constants.
    #[must_use]
    pub fn is_affine(&self) -> bool {
        self.own.asked.degree <= Degree::Affine
    }

    /// Positions of the states whose rates are linear in these states alone.
    #[must_use]
    pub fn linear_states(&self) -> &[usize] {
        &self.own.asked.linear
    }

    /// The matrix and the constant terms of rates, per h, with the clocks of `state`; of all states only where
    /// they are [affine](Self::is_affine), else of those that are [linear](Self::linear_states).
    #[must_use]
    pub fn affine(&self, state: &[T]) -> (DMatrix<f64>, DVector<f64>) {
        let n = self.sheet().states.len();
        let mut empty = state.to_vec();
        empty[..n].fill(T::ZERO);
        let (columns, rest) = self.own.linear(&empty);
        let entry = |i: usize, j: usize| columns[j][i].value();
        (DMatrix::from_fn(n, n, entry), DVector::from_fn(n, |i, _| rest[i].value()))
    }
}
