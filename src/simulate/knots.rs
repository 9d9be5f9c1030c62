//! Extremes of a quantity and its stretches at or above a level, found in the solution itself.
//!
//! Accepted steps bracket by values and slopes; within a bracket the equations are integrated anew
//! from the left step to each trial time, so nothing is read off a grid or an interpolation.

use super::solution::{Quantity, Solution};
use crate::error::Result;
use crate::integrate::Step;
use crate::numeric::root_between;

/// A slope below this share of the value per hour is flat: the integrator's noise.
const FLAT_PER_H: f64 = 1e-9;
/// How closely times are found, h.
const TIME_TOLERANCE_H: f64 = 1e-9;
/// How often a step that may hide two extremes is halved.
const MAX_HALVINGS: u32 = 5;
/// A later maximum must exceed an earlier one by this share to count: the first wins ties, and a
/// flat curve, with the integrator's noise on it, has its maximum at the start. A true extreme need
/// only exceed the end of a step beside it, which on a flat top may lie this close.
const TIE: f64 = 1e-7;

/// A point between two of which the quantity rises or falls throughout.
#[derive(Debug, Clone)]
struct Knot {
    time_h: f64,
    value: f64,
    slope: f64,
    /// Whether the quantity has an extreme here, rather than just a step of the integrator.
    is_extreme: bool,
    state: Vec<f64>,
}

/// Where a quantity is largest, or smallest.
#[derive(Debug, Clone)]
pub(super) struct Peak {
    pub(super) time_h: f64,
    pub(super) state: Vec<f64>,
    /// Whether the slope is zero there, rather than the peak being at an end or a jump.
    pub(super) is_extreme: bool,
    value: f64,
}

/// Which extreme is looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Search {
    /// 1 for the largest value, −1 for the smallest.
    sign: f64,
    /// The share by which a later extreme must exceed an earlier one.
    tie: f64,
}

impl Search {
    /// The largest value; the first of several that are equal but for noise.
    pub(super) const LARGEST: Self = Self { sign: 1.0, tie: TIE };
    /// The largest value, however little it exceeds the others.
    pub(super) const VERY_LARGEST: Self = Self { sign: 1.0, tie: 0.0 };
    /// The smallest value, likewise.
    pub(super) const VERY_SMALLEST: Self = Self { sign: -1.0, tie: 0.0 };
}

/// An end of a stretch of time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) time_h: f64,
    /// Whether the level is crossed there, rather than jumped over or the simulation ended.
    pub(super) is_crossing: bool,
}

impl Solution<'_> {
    /// Where `quantity` is largest, or smallest, between two times; a jump at `from_h` is included, one at
    /// `to_h` comes after it.
    pub(super) fn peak(
        &self,
        quantity: Quantity,
        search: Search,
        (from_h, to_h): (f64, f64),
    ) -> Result<Peak> {
        let end = |time_h: f64| -> Result<Peak> {
            let state = self.state_at(time_h)?;
            let (value, _) = self.equations.value_and_slope(quantity, &state);
            Ok(Peak { time_h, state, is_extreme: false, value })
        };
        let mut best = Peak { is_extreme: true, ..end(from_h)? };
        let mut is_start = true;
        let mut consider = |peak: Peak| {
            let margin = if peak.is_extreme && !best.is_extreme { 0.0 } else { search.tie };
            let [own, least] = [peak.value, best.value].map(|value| search.sign * value);
            if own > least + margin * least.abs() {
                best = peak;
                is_start = false;
            }
        };
        for segment in self.monotone_segments(quantity)? {
            let inside = |knot: &Knot| knot.time_h >= from_h && knot.time_h < to_h;
            segment.into_iter().filter(inside).map(Knot::into_peak).for_each(&mut consider);
        }
        consider(end(to_h)?);
        best.is_extreme &= !is_start;
        Ok(best)
    }

    /// The stretches of time in which `quantity` is at least `level`; the last may be open.
    pub(super) fn stretches(
        &self,
        quantity: Quantity,
        level: f64,
    ) -> Result<Vec<(Edge, Option<Edge>)>> {
        let mut stretches: Vec<(Edge, Option<Edge>)> = Vec::new();
        let mut is_above = false;
        let mut turn = |time_h: f64, is_crossing: bool| {
            let edge = Edge { time_h, is_crossing };
            match stretches.last_mut() {
                Some((_, to)) if is_above => *to = Some(edge),
                _ => stretches.push((edge, None)),
            }
            is_above = !is_above;
            is_above
        };
        let mut above = false;
        for segment in self.monotone_segments(quantity)? {
            // A segment starts with what an event made of the state.
            if let Some(first) = segment.first().filter(|first| (first.value >= level) != above) {
                above = turn(first.time_h, false);
            }
            for pair in segment.windows(2) {
                let [left, right] = pair else { continue };
                if (left.value >= level) != (right.value >= level) {
                    above = turn(self.crossing_h(quantity, left, right, level)?, true);
                }
            }
        }
        Ok(stretches)
    }

    /// When the quantity crosses `level` between two knots on either side of it.
    fn crossing_h(&self, quantity: Quantity, left: &Knot, right: &Knot, level: f64) -> Result<f64> {
        root_between((left.time_h, right.time_h), TIME_TOLERANCE_H, |time_h| {
            let state = self.equations.state_after((left.time_h, &left.state), time_h)?;
            Ok(self.equations.value_and_slope(quantity, &state).0 - level)
        })
    }

    /// The knots of every segment: between two of one segment the quantity rises or falls
    /// throughout.
    fn monotone_segments(&self, quantity: Quantity) -> Result<Vec<Vec<Knot>>> {
        let knots_of = |segment: &Vec<Step>| {
            let mut knots: Vec<Knot> = Vec::with_capacity(segment.len());
            for step in segment {
                let right = self.knot(quantity, step.time_h, step.state.clone(), false);
                if let Some(left) = knots.last().cloned() {
                    self.split(quantity, (&left, &right), MAX_HALVINGS, &mut knots)?;
                }
                knots.push(right);
            }
            Ok(knots)
        };
        self.segments.iter().map(knots_of).collect()
    }

    fn knot(&self, quantity: Quantity, time_h: f64, state: Vec<f64>, is_extreme: bool) -> Knot {
        let (value, slope) = self.equations.value_and_slope(quantity, &state);
        Knot { time_h, value, slope, is_extreme, state }
    }

    /// Adds the knots between `left` and `right` that make the quantity monotone between any two.
    fn split(
        &self,
        quantity: Quantity,
        (left, right): (&Knot, &Knot),
        halvings: u32,
        knots: &mut Vec<Knot>,
    ) -> Result<()> {
        let state_at = |time_h: f64| self.equations.state_after((left.time_h, &left.state), time_h);
        if left.direction() * right.direction() < 0.0 {
            let bracket = (left.time_h, right.time_h);
            let time_h = root_between(bracket, TIME_TOLERANCE_H, |time_h| {
                Ok(self.equations.value_and_slope(quantity, &state_at(time_h)?).1)
            })?;
            knots.push(self.knot(quantity, time_h, state_at(time_h)?, true));
        } else if halvings > 0 && may_hide_extremes(left, right) {
            let time_h = 0.5 * (left.time_h + right.time_h);
            let middle = self.knot(quantity, time_h, state_at(time_h)?, false);
            self.split(quantity, (left, &middle), halvings - 1, knots)?;
            knots.push(middle.clone());
            self.split(quantity, (&middle, right), halvings - 1, knots)?;
        }
        Ok(())
    }
}

impl Knot {
    fn into_peak(self) -> Peak {
        let Self { time_h, value, is_extreme, state, .. } = self;
        Peak { time_h, state, is_extreme, value }
    }

    /// −1, 0 or 1: falling, flat or rising.
    fn direction(&self) -> f64 {
        if self.slope.abs() <= FLAT_PER_H * self.value.abs() { 0.0 } else { self.slope.signum() }
    }
}

/// Whether the cubic through both ends, with their slopes, turns twice between them.
fn may_hide_extremes(left: &Knot, right: &Knot) -> bool {
    let chord = (right.value - left.value) / (right.time_h - left.time_h);
    // The slope of the cubic is a parabola in the fraction u of the way; with equal signs at both
    // ends it has roots inside only if its vertex lies inside, on the other side of zero.
    let a = 3.0 * (left.slope + right.slope - 2.0 * chord);
    let b = 2.0 * (3.0 * chord - 2.0 * left.slope - right.slope);
    let vertex = -0.5 * b / a;
    let at_vertex = left.slope + vertex * (b + a * vertex);
    vertex > 0.0 && vertex < 1.0 && at_vertex * (left.direction() + right.direction()) < 0.0
}
