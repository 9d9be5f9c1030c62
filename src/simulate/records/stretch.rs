//! From one event to the next.

use super::entering::Running;
use super::linear::{Exact, Extent};
use super::modes::{Course, MOST};
use crate::error::Failure;
use crate::integrate::{self, Options};
use crate::model::text::Recorded;
use crate::numeric::Scalar;
use crate::records::{Held, same_time};
use nalgebra::DVector;
use std::cell::RefCell;

/// What moves a state between two events.
#[derive(Debug)]
pub(super) struct Stretch<'a, T: Scalar> {
    pub(super) own: &'a Recorded<T>,
    /// Where covariates change: their values at a time, and their changes per h.
    pub(super) moving: Option<&'a (f64, Held)>,
    pub(super) options: &'a Options,
    /// What size of each state is small change.
    pub(super) sizes: &'a [f64],
    /// Whether the time in the equations stands still, as it does in a steady state.
    pub(super) is_frozen: bool,
}

impl<'a, T: Scalar> Stretch<'a, T> {
    /// For a subject on its way, with options and what size of each state is small change.
    pub(super) fn of(
        own: &'a Recorded<T>,
        moving: Option<&'a (f64, Held)>,
        (options, sizes): (&'a Options, &'a [f64]),
    ) -> Self {
        Self { own, moving, options, sizes, is_frozen: false }
    }
    /// Carries a state from one time to another, over the moments at which the equations change.
    ///
    /// # Errors
    /// Why the equations cannot be integrated.
    pub(super) fn advance(
        &self,
        state: &mut Vec<T>,
        running: &[Running<T>],
        (from_h, to_h): (f64, f64),
        exact: &mut Exact,
    ) -> Result<(), String> {
        let mut now_h = from_h;
        loop {
            let stops = self.own.stops(state, T::constant(now_h), !self.is_frozen).into_iter();
            let next = stops.min_by(|(a, _), (b, _)| a.value().total_cmp(&b.value()));
            let is_due = |time: f64| time <= to_h || same_time(time, to_h);
            let next = next.filter(|(time, _)| is_due(time.value()));
            let until_h = next.as_ref().map_or(to_h, |(time, _)| time.value().min(to_h));
            if until_h > now_h && !same_time(until_h, now_h) {
                self.between(state, running, (now_h, until_h), exact)?;
                now_h = until_h;
            }
            let Some((time, stop)) = next else { return Ok(()) };
            let deviation = time - T::constant(time.value());
            self.shift(state, running, deviation);
            self.own.pass(state, stop);
            exact.forget();
            self.shift(state, running, -deviation);
        }
    }

    /// Carries a state by a time that is zero but for its derivatives.
    pub(super) fn shift(&self, state: &mut [T], running: &[Running<T>], by: T) {
        if T::WIDTH == 1 {
            return;
        }
        let mut rates = vec![T::ZERO; state.len()];
        self.rates(&mut Vec::new(), state, running, &mut rates);
        for (number, rate) in state.iter_mut().zip(rates) {
            *number += rate * by;
        }
    }

    fn rates(&self, scratch: &mut Vec<T>, state: &[T], running: &[Running<T>], rates: &mut [T]) {
        self.own.rates(scratch, state, rates);
        for (_, target, rate) in running {
            rates[*target] += *rate;
        }
        if let (true, Some(place)) = (self.is_frozen, self.own.time_place()) {
            rates[place] = T::ZERO;
        }
    }

    /// Carries a state from one time to another, between which the equations do not change.
    fn between(
        &self,
        state: &mut Vec<T>,
        running: &[Running<T>],
        (from_h, to_h): (f64, f64),
        exact: &mut Exact,
    ) -> Result<(), String> {
        let span_h = to_h - from_h;
        if self.moving.is_none() {
            if exact.extent() == Extent::Whole {
                exact.advance(self.own, state, running, span_h);
                return Ok(());
            }
            if let Some(part) = exact.part(self.own, state, running, span_h) {
                return self.integrate_beside(part, state, running, (from_h, to_h));
            }
        }
        self.integrate(state, running, (from_h, to_h))
    }

    /// Integrates all states but those of `part`, whose course is known.
    fn integrate_beside(
        &self,
        (known, course, end): (&[usize], Course<'_>, DVector<f64>),
        state: &mut [T],
        running: &[Running<T>],
        (from_h, to_h): (f64, f64),
    ) -> Result<(), String> {
        let others: Vec<usize> = (0..state.len()).filter(|i| !known.contains(i)).collect();
        // The integrator does not tell the time, so it is a state.
        let mut flat: Vec<f64> = others.iter().map(|i| state[*i].value()).collect();
        let mut scale: Vec<f64> = others.iter().map(|i| self.sizes[*i]).collect();
        flat.push(0.0);
        scale.push((to_h - from_h).max(1.0));
        let buffers = (state.to_vec(), vec![T::ZERO; state.len()], [0.0; MOST], Vec::new());
        let buffers = RefCell::new(buffers);
        let equations = |flat: &[f64], rates: &mut [f64]| {
            let (all, found, drug, scratch) = &mut *buffers.borrow_mut();
            course.at(flat[others.len()], drug);
            for (place, amount) in known.iter().zip(drug.iter()) {
                all[*place] = T::constant(*amount);
            }
            for (place, number) in others.iter().zip(flat) {
                all[*place] = T::constant(*number);
            }
            self.rates(scratch, all, running, found);
            for (place, rate) in others.iter().zip(rates.iter_mut()) {
                *rate = found[*place].value();
            }
            rates[others.len()] = 1.0;
        };
        let steps =
            integrate::steps(&equations, (from_h, to_h), &flat, &scale, false, self.options);
        let steps = steps.map_err(|failure| {
            let index = failure.index.and_then(|index| others.get(index)).copied();
            self.explain(&Failure { index, ..failure })
        })?;
        for (place, number) in steps.last().iter().flat_map(|step| others.iter().zip(&step.state)) {
            state[*place] = T::constant(*number);
        }
        for (place, amount) in known.iter().zip(end.iter()) {
            state[*place] = T::constant(*amount);
        }
        Ok(())
    }

    fn integrate(
        &self,
        state: &mut Vec<T>,
        running: &[Running<T>],
        (from_h, to_h): (f64, f64),
    ) -> Result<(), String> {
        let (numbers, width) = (state.len(), T::WIDTH);
        // Covariates that change need the time, which the integrator does not tell.
        let mut flat = vec![0.0; numbers * width + usize::from(self.moving.is_some())];
        for (number, slots) in state.iter().zip(flat.chunks_mut(width)) {
            number.store(slots);
        }
        let mut scale: Vec<f64> =
            self.sizes.iter().flat_map(|size| std::iter::repeat_n(*size, width)).collect();
        scale.resize(flat.len(), 1.0);
        let buffers = RefCell::new((Vec::new(), vec![T::ZERO; numbers], Vec::new()));
        let equations = |flat: &[f64], rates: &mut [f64]| {
            let (loaded, found, scratch) = &mut *buffers.borrow_mut();
            let state = T::view(&flat[..numbers * width], loaded);
            match (self.moving, flat.last()) {
                (Some((since_h, held)), Some(local_h)) => {
                    let own = moved(self.own, held, from_h - since_h + local_h);
                    let own = Stretch { own: &own, moving: None, ..*self };
                    own.rates(&mut Vec::new(), state, running, found);
                    if let Some(clock) = rates.last_mut() {
                        *clock = 1.0;
                    }
                }
                _ => self.rates(scratch, state, running, found),
            }
            for (number, slots) in found.iter().zip(rates.chunks_mut(width)) {
                number.store(slots);
            }
        };
        let steps =
            integrate::steps(&equations, (from_h, to_h), &flat, &scale, false, self.options);
        let steps = steps.map_err(|failure| self.explain(&failure))?;
        if let Some(end) = steps.last() {
            let ends = end.state[..numbers * width].chunks_exact(width);
            *state = ends.map(T::load).collect();
        }
        Ok(())
    }

    /// Why an integration ended early.
    fn explain(&self, failure: &Failure) -> String {
        let names = self.own.states();
        let state = failure.index.and_then(|index| names.get(index / T::WIDTH));
        let state = state.map_or_else(|| "the state".to_owned(), |state| state.name.clone());
        format!("at TIME {} h, {state}: {}", failure.time_h, failure.reason)
    }
}

/// The individual with covariates that have changed for `since_h`.
fn moved<T: Scalar>(own: &Recorded<T>, held: &Held, since_h: f64) -> Recorded<T> {
    let values = held.values.iter().zip(&held.slopes).take(own.covariates().len());
    own.with_covariates(values.map(|(value, slope)| T::constant(value + slope * since_h)).collect())
}
