//! Exact solution between events, by the exponential of a matrix: of all states, or of the linear compartments
//! while the rest is integrated.

use super::entering::Running;
use super::modes::{Course, Modes};
use crate::model::text::Recorded;
use crate::numeric::Scalar;
use nalgebra::{DMatrix, DVector};
use std::collections::HashMap;

/// Exact solution of the linear states of a model while its coefficients are constant.
#[derive(Debug)]
pub(super) struct Exact {
    extent: Extent,
    system: Option<System>,
}

/// Which states are solved exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// None.
    Nothing,
    /// States whose rates are linear in these states alone.
    Part,
    /// All states.
    Whole,
}

/// A linear system with its cached propagators.
#[derive(Debug)]
struct System {
    /// Positions of its states.
    states: Vec<usize>,
    a: DMatrix<f64>,
    b: DVector<f64>,
    propagators: HashMap<u64, Propagator>,
    modes: Option<Modes>,
}

/// The effect of a time span on the states, and of a constant inflow of 1 into each state.
#[derive(Debug)]
struct Propagator {
    states: DMatrix<f64>,
    inflow: Option<DMatrix<f64>>,
}

/// Maximum number of cached time spans.
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

    /// Discards the cache after a change of the coefficients.
    pub(super) fn forget(&mut self) {
        self.system = None;
    }

    /// Advances all states by `span_h`.
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

    /// The linear states over the next `span_h`: positions, course and end values; `None` if they must be integrated
    /// with the others.
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

    /// Constant inflow into each state.
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

/// The amounts after `span_h` of a constant inflow of 1 into each state.
fn of_inflow(a: &DMatrix<f64>, span_h: f64) -> DMatrix<f64> {
    let n = a.nrows();
    let mut extended = DMatrix::zeros(2 * n, 2 * n);
    extended.view_mut((0, 0), (n, n)).copy_from(a);
    extended.view_mut((0, n), (n, n)).fill_with_identity();
    (extended * span_h).exp().view((0, n), (n, n)).into_owned()
}
