//! R16. Steady states of any model: the state that one interval of the regimen leaves as it was.

use super::course::{Course, of_row};
use super::entering::{Change, Running, change};
use super::linear::{Exact, Extent};
use super::newton::{Found, Jacobian, fixed_point};
use super::stretch::Stretch;
use crate::integrate::Options;
use crate::model::text::Recorded;
use crate::numeric::{Dual, Real, Scalar};
use crate::records::linear::{LinearSystem, steady_state};
use crate::records::{Dose, Interval, Row, Steady};
use nalgebra::DMatrix;

/// Relative error of an integration step on the way to a steady state.
const TOLERANCE: f64 = 1e-12;
/// The interval of a constant infusion, h: its steady state is one over any span.
const CONSTANT_H: f64 = 24.0;
/// Derivatives that are carried at a time.
const WIDTH: usize = 8;

/// One interval of a regimen, in any arithmetic.
struct Cycle<'a, T: Scalar> {
    own: &'a Recorded<T>,
    sizes: &'a [f64],
    options: Options,
    is_integrated: bool,
    /// The route that is dosed at the beginning, and the amount.
    given: Option<(usize, f64)>,
    running: Vec<Running<T>>,
    changes: Vec<(f64, Change<T>)>,
    length_h: f64,
    /// The state at the row: what is not a state of the text, and stands still, is taken from it.
    around: Vec<T>,
}

impl<T: Scalar> Course<'_, T> {
    /// R11, R12. The states become those of a steady state, or these are added.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn settle(&mut self, steady: &Steady, row: &Row) -> Result<(), String> {
        let own = self.own.with_covariates(of_row(&self.own, &row.covariates));
        let n = own.sheet().states.len();
        let is_whole = self.exact.extent() == Extent::Whole;
        let found = if is_whole && own.sheet().stops.is_empty() {
            exact(&own, steady, &self.state)?
        } else {
            self.searched(&own, steady, row)?
        };
        for (number, found) in self.state.iter_mut().take(n).zip(found) {
            *number = if steady.replaces { found } else { *number + found };
        }
        Ok(())
    }

    fn searched(&self, own: &Recorded<T>, steady: &Steady, row: &Row) -> Result<Vec<T>, String> {
        let predictor = self.predictor;
        let target = predictor.structure.target(row.cmt);
        let given = match (target, row.dose) {
            (Some(crate::records::Target::Route(route)), Some(dose)) => Some((route, dose.amt)),
            _ => None,
        };
        let given = given.filter(|_| steady.interval_h.is_some());
        let interval = Interval::of(steady, CONSTANT_H);
        let mut around = own.initial(T::constant(self.time_h));
        if !steady.replaces {
            around.iter_mut().take(own.sheet().states.len()).for_each(|own| *own = T::ZERO);
        }
        let plain = own.constant_in::<f64>();
        let is_integrated = self.exact.extent() == Extent::Nothing;
        let of = (row.dose, given, is_integrated);
        let options = Options {
            relative_tolerance: TOLERANCE,
            absolute_tolerance: 0.01 * TOLERANCE,
            ..predictor.options
        };
        let context = (&interval, &*self.sizes, options);
        let value =
            Cycle::new(&plain, context, of, &around.iter().map(|n| n.value()).collect::<Vec<_>>());
        let dual = plain.constant_in::<Dual<WIDTH>>();
        let constants: Vec<_> = value.around.iter().map(|n| Dual::<WIDTH>::constant(*n)).collect();
        let slopes = Cycle::new(&dual, context, of, &constants);
        let n = own.sheet().states.len();
        let names = own.states();
        let Found { state, jacobian } = fixed_point(
            &value.around[..n],
            &self.sizes[..n],
            &|state| value.end(state),
            &|state| slopes.jacobian(state),
            &|index| names[index].name.clone(),
        )?;
        if T::WIDTH == 1 {
            return Ok(state.iter().map(|number| T::constant(*number)).collect());
        }
        // The derivatives follow from those of one interval by the implicit function theorem.
        let moving = Cycle::new(own, context, of, &around);
        let start: Vec<T> = state.iter().map(|number| T::constant(*number)).collect();
        moving.implicit(&start, &jacobian)
    }
}

/// The steady state of a linear model.
fn exact<T: Scalar>(own: &Recorded<T>, steady: &Steady, state: &[T]) -> Result<Vec<T>, String> {
    let (a, b) = own.affine(state);
    let system = LinearSystem { a, b };
    let found = steady_state(&system, steady);
    let found = found.ok_or("there is no steady state: something is not eliminated")?;
    Ok(found.iter().map(|number| T::constant(*number)).collect())
}

impl<'a, T: Scalar> Cycle<'a, T> {
    fn new(
        own: &'a Recorded<T>,
        (interval, sizes, options): (&Interval, &'a [f64], Options),
        (dose, given, is_integrated): (Option<Dose>, Option<(usize, f64)>, bool),
        around: &[T],
    ) -> Self {
        let of = |entry: Option<(usize, usize)>| {
            let (route, entry) = entry?;
            Some((dose?, own.properties(route, entry)))
        };
        let constant = |(infusion, target, rate): &(usize, usize, f64)| {
            let what = crate::records::Entering::Start {
                infusion: *infusion,
                target: *target,
                rate: *rate,
            };
            (what, None::<(usize, usize)>)
        };
        let mut running = Vec::new();
        let mut none = around.to_vec();
        for (what, entry) in interval.running.iter().map(constant) {
            change(what, of(entry)).what.apply(&mut none, &mut running);
        }
        let changes =
            interval.steps.iter().map(|step| (step.at_h, change(step.what, of(step.entry))));
        Self {
            own,
            sizes,
            options,
            is_integrated,
            given,
            running,
            changes: changes.collect(),
            length_h: interval.length_h,
            around: around.to_vec(),
        }
    }

    /// The states of the text at the end of an interval that begins with these.
    fn end(&self, start: &[T]) -> Result<Vec<T>, String> {
        let n = start.len();
        let mut state = self.around.clone();
        state[..n].copy_from_slice(start);
        if let Some((route, amount)) = self.given {
            self.own.given(&mut state, route, T::constant(amount));
        }
        let stretch = Stretch {
            own: self.own,
            moving: None,
            options: &self.options,
            sizes: self.sizes,
            is_frozen: true,
        };
        let (mut running, mut now_h) = (self.running.clone(), 0.0);
        let mut exact = Exact::new(self.own, self.is_integrated);
        for (at_h, change) in &self.changes {
            stretch.advance(&mut state, &running, (now_h, *at_h), &mut exact)?;
            now_h = *at_h;
            stretch.shift(&mut state, &running, change.deviation);
            change.what.apply(&mut state, &mut running);
            stretch.shift(&mut state, &running, -change.deviation);
        }
        stretch.advance(&mut state, &running, (now_h, self.length_h), &mut exact)?;
        state.truncate(n);
        Ok(state)
    }

    /// From a state whose values one interval leaves as they were, the same with derivatives.
    fn implicit(&self, start: &[T], jacobian: &DMatrix<f64>) -> Result<Vec<T>, String> {
        let n = start.len();
        let end = self.end(start)?;
        let lu = (DMatrix::identity(n, n) - jacobian).lu();
        let mut slots = DMatrix::zeros(n, T::WIDTH);
        let mut row = vec![0.0; T::WIDTH];
        for (i, number) in end.iter().enumerate() {
            number.store(&mut row);
            slots.row_mut(i).copy_from_slice(&row);
        }
        let solved =
            lu.solve(&slots).ok_or("there is no steady state: something is not eliminated")?;
        let with = |(i, number): (usize, &T)| row_of(&solved, i, number.value());
        Ok(start.iter().enumerate().map(with).collect())
    }
}

/// A value with the derivatives in a row of `solved`, of which the first number is a value.
fn row_of<T: Scalar>(solved: &DMatrix<f64>, i: usize, value: f64) -> T {
    let mut slots: Vec<f64> = solved.row(i).iter().copied().collect();
    slots[0] = value;
    T::load(&slots)
}

impl Cycle<'_, Dual<WIDTH>> {
    /// The state at the end of an interval, and its derivatives by that at the beginning.
    fn jacobian(&self, start: &[f64]) -> Result<Jacobian, String> {
        let n = start.len();
        let mut jacobian = DMatrix::zeros(n, n);
        let mut end = vec![0.0; n];
        for first in (0..n).step_by(WIDTH) {
            let seeded = |(i, value): (usize, &f64)| match i.checked_sub(first) {
                Some(k) if k < WIDTH => Dual::variable(*value, k),
                _ => Dual::constant(*value),
            };
            let seeded: Vec<_> = start.iter().enumerate().map(seeded).collect();
            for (i, number) in self.end(&seeded)?.into_iter().enumerate() {
                end[i] = number.value();
                for k in 0..WIDTH.min(n - first) {
                    jacobian[(i, first + k)] = number.derivative(k);
                }
            }
        }
        Ok((end, jacobian))
    }
}
