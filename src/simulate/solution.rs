//! A solution as plain numbers: what an integrator and a root finder need to know of a patient.
//!
//! Nothing here is generic over number types, so it is compiled once for all of them.

use crate::error::{Error, Failure, Result};
use crate::integrate::{self, Options, RightHandSide, Step};

/// A sample, or a decision, at the time of a dose is taken before that dose.
pub const SAMPLE_BEFORE_DOSE: bool = true;

/// Times closer than this are the same time, h.
pub(super) const SAME_TIME_H: f64 = 1e-9;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    Conc,
    Platelets,
    /// The readout at this position.
    Readout(usize),
}

/// The equations of one patient, every number of the state beside the next.
pub(super) trait Flat {
    /// Lends `integrate` the rates of change, per hour.
    fn with_rates(&self, integrate: &mut dyn FnMut(&RightHandSide<'_>));
    /// A quantity and its slope per hour at a state.
    fn value_and_slope(&self, quantity: Quantity, state: &[f64]) -> (f64, f64);
    /// What size of each number is small change.
    fn scale(&self) -> &[f64];
    /// How to integrate.
    fn options(&self) -> &Options;
    /// Names the state in which an integration ended.
    fn explain(&self, failure: &Failure) -> Error;
}

impl dyn Flat + '_ {
    /// The accepted steps from `from_h` to `to_h`; with `whole`, one step is tried first.
    pub(super) fn steps(
        &self,
        (from_h, to_h): (f64, f64),
        state: &[f64],
        whole: bool,
    ) -> Result<Vec<Step>> {
        let mut steps = Ok(Vec::new());
        self.with_rates(&mut |rates| {
            let span = (from_h, to_h);
            steps = integrate::steps(rates, span, state, self.scale(), whole, self.options());
        });
        steps.map_err(|failure| self.explain(&failure))
    }

    /// The state at `time_h`, integrated from an earlier one.
    pub(super) fn state_after(&self, earlier: (f64, &[f64]), time_h: f64) -> Result<Vec<f64>> {
        let (from_h, state) = earlier;
        if time_h - from_h <= SAME_TIME_H {
            return Ok(state.to_vec());
        }
        let mut steps = self.steps((from_h, time_h), state, true)?;
        Ok(steps.pop().map(|step| step.state).unwrap_or_default())
    }
}

/// A solution between two events: its accepted steps.
pub(super) type Segment = Vec<Step>;

/// A solution from the start to the end of the simulation.
pub(super) struct Solution<'a> {
    pub(super) equations: &'a dyn Flat,
    pub(super) segments: &'a [Segment],
}

impl Solution<'_> {
    /// End of the simulation, h.
    pub(super) fn end_h(&self) -> f64 {
        self.segments.last().and_then(|segment| segment.last()).map_or(0.0, |step| step.time_h)
    }

    /// The state at `time_h`: integrated anew from the accepted step before it, so as accurate as
    /// the steps themselves.
    pub(super) fn state_at(&self, time_h: f64) -> Result<Vec<f64>> {
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
        self.equations.state_after((left.time_h, &left.state), time_h)
    }
}
