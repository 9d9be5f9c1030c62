//! Models that are linear between events, solved by the exponential of their matrix.

use super::entering::Running;
use crate::model::text::Recorded;
use crate::numeric::Scalar;
use nalgebra::{DMatrix, DVector};
use std::collections::HashMap;

/// The exact solution of a linear model, as long as its coefficients stay what they are.
#[derive(Debug)]
pub(super) struct Exact {
    is_on: bool,
    system: Option<(DMatrix<f64>, DVector<f64>)>,
    propagators: HashMap<u64, Propagator>,
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
    pub(super) fn new(is_on: bool) -> Self {
        Self { is_on, system: None, propagators: HashMap::new() }
    }

    /// Whether the model is solved exactly.
    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    /// The coefficients have changed.
    pub(super) fn forget(&mut self) {
        self.system = None;
        self.propagators.clear();
    }

    /// Carries a state on by `span_h`; `false`, and nothing done, where that has to be integrated.
    pub(super) fn advance<T: Scalar>(
        &mut self,
        own: &Recorded<T>,
        state: &mut [T],
        running: &[Running<T>],
        span_h: f64,
    ) -> bool {
        if !self.is_on || T::WIDTH > 1 {
            return false;
        }
        let n = own.sheet().states.len();
        let values: Vec<f64> = state.iter().map(|number| number.value()).collect();
        let (a, b) = self.system.get_or_insert_with(|| own.affine(state));
        let mut inflow = b.clone();
        for (_, target, rate) in running {
            inflow[*target] += rate.value();
        }
        if self.propagators.len() >= MOST_KEPT {
            self.propagators.clear();
        }
        let propagator = self
            .propagators
            .entry(span_h.to_bits())
            .or_insert_with(|| Propagator { states: (&*a * span_h).exp(), inflow: None });
        let mut end = &propagator.states * DVector::from_column_slice(&values[..n]);
        if inflow.iter().any(|rate| rate.abs() > 0.0) {
            end += propagator.inflow.get_or_insert_with(|| of_inflow(a, span_h)) as &DMatrix<f64>
                * inflow;
        }
        let mut rates = vec![T::ZERO; state.len()];
        own.rates(state, &mut rates);
        for (i, number) in state.iter_mut().enumerate() {
            *number = match end.get(i).filter(|_| i < n) {
                Some(end) => T::constant(*end),
                // The clocks.
                None => *number + rates[i] * span_h,
            };
        }
        true
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
