//! The solution of one patient's equations, to be asked at any time.

use super::Curve;
use super::curve::Quantity;
use crate::error::{Error, Failure, Result};
use crate::integrate::{Options, Step, steps};
use crate::model::{Model, StateBlock};
use crate::numeric::Scalar;
use crate::units::Time;

/// A sample, or a decision, at the time of a dose is taken before that dose.
pub const SAMPLE_BEFORE_DOSE: bool = true;

/// Times closer than this are the same time, h.
pub(super) const SAME_TIME_H: f64 = 1e-9;

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
        system.scale = system.scales();
        system
    }

    /// What is small change is judged against a state's own drug-free value; drug, which has none,
    /// against one unit of amount; areas against a day.
    fn scales(&self) -> Vec<f64> {
        let per_number = |size: f64| std::iter::repeat_n(size, T::WIDTH);
        let mut scale = Vec::new();
        M::baseline(&self.parameters).write(&mut |number| {
            let size = number.value().abs();
            scale.extend(per_number(if size > 0.0 { size } else { 1.0 }));
        });
        let plt0 = M::platelets(&self.parameters, &M::baseline(&self.parameters)).value();
        scale.extend(per_number(100.0 * 24.0));
        scale.extend(per_number(plt0.abs().max(1.0) * 24.0));
        scale
    }

    pub(super) fn baseline(&self) -> Vec<f64> {
        let state = M::baseline(&self.parameters);
        self.flatten(&Point { state, conc_area: T::ZERO, platelet_area: T::ZERO })
    }

    pub(super) fn flatten(&self, point: &Point<M, T>) -> Vec<f64> {
        let mut flat = vec![0.0; self.scale.len().max(T::WIDTH)];
        let mut writer = Slots::new(&mut flat);
        point.state.write(&mut |number| writer.put(number));
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

    fn rates(&self, flat: &[f64], rates: &mut [f64]) {
        let Point { state, .. } = self.point(flat);
        let p = &self.parameters;
        let mut writer = Slots::new(rates);
        M::derivatives(p, &state).write(&mut |number| writer.put(number));
        writer.put(M::conc(p, &state));
        writer.put(M::platelets(p, &state));
    }

    /// The accepted steps from `from_h` to `to_h`; with `whole`, one step is tried first.
    pub(super) fn steps(
        &self,
        (from_h, to_h): (f64, f64),
        state: &[f64],
        whole: bool,
    ) -> Result<Vec<Step>> {
        let equations = |flat: &[f64], rates: &mut [f64]| self.rates(flat, rates);
        steps(&equations, (from_h, to_h), state, &self.scale, whole, &self.options)
            .map_err(|failure| explain::<M, T>(&failure))
    }
}

/// Names the state in which an integration ended.
fn explain<M: Model, T: Scalar>(failure: &Failure) -> Error {
    let mut names = Vec::new();
    M::State::<T>::describe("", "", &mut names);
    let number = failure.index.map(|index| index / T::WIDTH);
    let name = number.and_then(|number| names.get(number)).map(|name| name.name.clone());
    let state = name.unwrap_or_default();
    Error::Integration { model: M::NAME.to_owned(), failure: Failure { state, ..failure.clone() } }
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

/// A solution between two events: its accepted steps.
pub(super) type Segment = Vec<Step>;

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
        self.segments.last().and_then(|segment| segment.last()).map_or(0.0, |step| step.time_h)
    }

    /// The state at a time within the simulation; at the time of a dose, before it.
    ///
    /// # Errors
    /// A time outside the simulation.
    pub fn at(&self, time: Time) -> Result<M::State<T>> {
        Ok(self.system.point(&self.flat_at(time.in_hours())?).state)
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

    /// The state at `time_h`: integrated anew from the accepted step before it, so as accurate as
    /// the steps themselves.
    pub(super) fn flat_at(&self, time_h: f64) -> Result<Vec<f64>> {
        let covers = |segment: &Segment| {
            let end_h = segment.last().map_or(f64::NEG_INFINITY, |step| step.time_h);
            let margin = if SAMPLE_BEFORE_DOSE { SAME_TIME_H } else { -SAME_TIME_H };
            time_h <= end_h + margin
        };
        let inside = time_h >= 0.0 && time_h <= self.end_h() + SAME_TIME_H;
        let segment = self.segments.iter().find(|segment| covers(segment));
        let segment = segment.or(self.segments.last()).filter(|_| inside);
        let Some(segment) = segment else {
            return Err(Error::OutOfRange {
                symbol: "time".to_owned(),
                value: time_h,
                unit: "h".to_owned(),
                range: format!("[0, {}]", self.end_h()),
            });
        };
        let after = segment.partition_point(|step| step.time_h <= time_h + SAME_TIME_H);
        let left = &segment[after.max(1) - 1];
        if time_h - left.time_h <= SAME_TIME_H {
            return Ok(left.state.clone());
        }
        let mut steps = self.system.steps((left.time_h, time_h), &left.state, true)?;
        Ok(steps.pop().map(|step| step.state).unwrap_or_default())
    }
}
