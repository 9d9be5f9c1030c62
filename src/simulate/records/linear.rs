//! What of a model is linear between events, solved by the exponential of its matrix: all of it, or the compartments
//! of the drug while the rest is integrated.

use super::entering::Running;
use super::modes::{Course, Modes};
use crate::model::text::Recorded;
use crate::numeric::Scalar;
use nalgebra::{DMatrix, DVector};
use std::collections::HashMap;

/// The exact solution of the linear states of a model, as long as its coefficients stay what they are.
#[derive(Debug)]
pub(super) struct Exact {
    extent: Extent,
    system: Option<System>,
}

/// What is solved exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Nothing.
    Nothing,
    /// The states that are linear in each other alone.
    Part,
    /// All states.
    Whole,
}

/// A linear system with what was computed of it.
#[derive(Debug)]
struct System {
    /// Positions of its states.
    states: Vec<usize>,
    a: DMatrix<f64>,
    b: DVector<f64>,
    propagators: HashMap<u64, Propagator>,
    modes: Option<Modes>,
}

/// What a span of time does to the states, and to a constant inflow of 1 into each of them.
#[derive(Debug)]
struct Propagator {
    states: DMatrix<f64>,
    inflow: Option<DMatrix<f64>>,
}

/// Most spans that are kept.
const MOST_KEPT: usize = 64;

impl Exact {
    /// For an individual, unless everything is to be integrated.
    pub(super) fn new<T: Scalar>(own: &Recorded<T>, is_integrated: bool) -> Self {
        // Derivatives are integrated with the states.
        let extent = match (is_integrated || T::WIDTH > 1, own.is_affine()) {
            (true, _) => Extent::Nothing,
            (false, true) => Extent::Whole,
            (false, false) if own.linear_states().is_empty() => Extent::Nothing,
            (false, false) => Extent::Part,
        };
        Self { extent, system: None }
    }

    pub(super) fn extent(&self) -> Extent {
        self.extent
    }

    /// The coefficients have changed.
    pub(super) fn forget(&mut self) {
        self.system = None;
    }

    /// Carries all states on by `span_h`.
    pub(super) fn advance<T: Scalar>(
        &mut self,
        own: &Recorded<T>,
        state: &mut [T],
        running: &[Running<T>],
        span_h: f64,
    ) {
        let system = self.system.get_or_insert_with(|| System::new(own, state, false));
        let end = system.end(state, running, span_h);
        for (number, end) in state.iter_mut().zip(end.iter()) {
            *number = T::constant(*end);
        }
        own.advance_clocks(state, span_h);
    }

    /// The linear states over the next `span_h`: their positions, their course and their end; `None` where they
    /// have to be integrated like the others.
    pub(super) fn part<T: Scalar>(
        &mut self,
        own: &Recorded<T>,
        state: &[T],
        running: &[Running<T>],
        span_h: f64,
    ) -> Option<(&[usize], Course<'_>, DVector<f64>)> {
        if self.extent != Extent::Part {
            return None;
        }
        let system = self.system.get_or_insert_with(|| System::new(own, state, true));
        system.modes.as_ref()?;
        let (start, inflow) = (system.values(state), system.inflow(running));
        let end = system.end(state, running, span_h);
        let has_inflow = inflow.iter().any(|rate| rate.abs() > 0.0);
        let rest = if has_inflow {
            system.a.clone().lu().solve(&-inflow)?
        } else {
            DVector::zeros(start.len())
        };
        let course = system.modes.as_ref()?.from((&start, &end), rest, span_h)?;
        Some((&system.states, course, end))
    }
}

impl System {
    fn new<T: Scalar>(own: &Recorded<T>, state: &[T], is_part: bool) -> Self {
        let (a, b) = own.affine(state);
        let states = if is_part { own.linear_states().to_vec() } else { (0..b.len()).collect() };
        let a = a.select_rows(&states).select_columns(&states);
        let b = b.select_rows(&states);
        let modes = if is_part { Modes::of(&a) } else { None };
        Self { states, a, b, propagators: HashMap::new(), modes }
    }

    fn values<T: Scalar>(&self, state: &[T]) -> DVector<f64> {
        DVector::from_iterator(self.states.len(), self.states.iter().map(|i| state[*i].value()))
    }

    /// What enters each state, constantly.
    fn inflow<T: Scalar>(&self, running: &[Running<T>]) -> DVector<f64> {
        let mut inflow = self.b.clone();
        for (_, target, rate) in running {
            if let Some(place) = self.states.iter().position(|state| state == target) {
                inflow[place] += rate.value();
            }
        }
        inflow
    }

    /// The states after `span_h`.
    fn end<T: Scalar>(&mut self, state: &[T], running: &[Running<T>], span_h: f64) -> DVector<f64> {
        let (start, inflow) = (self.values(state), self.inflow(running));
        if self.propagators.len() >= MOST_KEPT {
            self.propagators.clear();
        }
        let a = &self.a;
        let propagator = self
            .propagators
            .entry(span_h.to_bits())
            .or_insert_with(|| Propagator { states: (a * span_h).exp(), inflow: None });
        let mut end = &propagator.states * start;
        if inflow.iter().any(|rate| rate.abs() > 0.0) {
            let of_inflow: &DMatrix<f64> =
                propagator.inflow.get_or_insert_with(|| of_inflow(a, span_h));
            end += of_inflow * inflow;
        }
        end
    }
}

/// What a constant inflow of 1 into each state leaves after `span_h`.
fn of_inflow(a: &DMatrix<f64>, span_h: f64) -> DMatrix<f64> {
    let n = a.nrows();
    let mut extended = DMatrix::zeros(2 * n, 2 * n);
    extended.view_mut((0, 0), (n, n)).copy_from(a);
    extended.view_mut((0, n), (n, n)).fill_with_identity();
    (extended * span_h).exp().view((0, n), (n, n)).into_owned()
}
