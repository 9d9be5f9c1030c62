//! What is done with a lane after a step: maximum and level, outputs, looks, events, the end.

use super::Engine;
use super::batch::{Batch, get, put};
use super::layout::{Layout, Rows};
use super::plan::{Block, Ending, Plan};
use super::step::Dense;
use super::system::Changed;
use crate::error::Reason;

/// Times closer than this are the same time.
const SAME_TIME: f64 = 1e-9;
/// A step shorter than this share of the time reached does not move it.
pub(super) const UNDERFLOW: f64 = 1e-13;

impl<const W: usize, L: Layout> Batch<W, L> {
    /// Does what is to be done after a step of lane `l`; true where its subject has come to an end.
    #[inline(always)]
    pub(super) fn settle<S: Engine<L>>(
        &mut self,
        l: usize,
        system: &S,
        plan: &Plan,
        block: &mut Block<'_>,
    ) -> bool {
        if self.rejected[l] > 0.0 || self.steps[l] >= self.options.max_steps {
            return self.give_up(l, block);
        }
        let dense = Dense(std::array::from_fn(|i| self.dense[i][l]));
        self.watch(l, dense, plan.level);
        if self.time[l] < self.interest[l] {
            return false;
        }
        self.look(l, dense, system, plan, block);
        if self.time[l] >= self.lanes[l].end {
            self.finish(l, block);
            return true;
        }
        if self.time[l] >= self.stop[l] {
            self.happen(l, system, plan, block.first_subject);
        }
        self.look_ahead(l);
        false
    }

    /// Maximum and times above the level.
    #[inline(always)]
    fn watch(&mut self, l: usize, dense: Dense, level: f64) {
        let (from, h) = (self.previous[l], self.work.h[l]);
        let lane = &mut self.lanes[l];
        // A minimum matters only where it may lie below the level.
        let turned = self.slopes[0][l] * self.slopes[1][l] < 0.0;
        let wanted = self.slopes[0][l] > 0.0 || lane.above_since.is_some();
        let turn = if turned && wanted { dense.turn() } else { 1.0 };
        let mut share = 0.0;
        for end in [turn, 1.0] {
            let value = dense.at(end);
            if value > lane.ending.maximum {
                lane.ending.maximum = value;
                lane.ending.maximum_at = from + h * end;
            }
            let above = value >= level;
            if above != lane.above_since.is_some() {
                let crossing = from + h * dense.crossing(level, share, end);
                match lane.above_since.take() {
                    None => lane.above_since = Some(crossing),
                    Some(since) => lane.ending.add_stretch(since, crossing),
                }
            }
            share = end;
        }
    }

    /// Outputs and looks up to the time reached.
    #[inline(always)]
    pub(super) fn look<S: Engine<L>>(
        &mut self,
        l: usize,
        dense: Dense,
        system: &S,
        plan: &Plan,
        block: &mut Block<'_>,
    ) {
        let (now, from, per_h) = (self.time[l], self.previous[l], 1.0 / self.work.h[l]);
        let lane = &mut self.lanes[l];
        let width = plan.outputs;
        let mut end = lane.next_output;
        while end < width && lane.outputs.get(end).is_some_and(|time| *time <= now) {
            end += 1;
        }
        let values = &mut block.values[lane.position * width..][lane.next_output..end];
        for (value, time) in values.iter_mut().zip(&lane.outputs[lane.next_output..end]) {
            *value = dense.at((time - from) * per_h);
        }
        lane.next_output = end;
        while lane.looks.get(lane.next_look).is_some_and(|time| *time <= now) {
            let time = lane.looks[lane.next_look];
            let output = dense.at((time - from) * per_h);
            let subject = block.first_subject + lane.position;
            if let Some(kind) = system.look(subject, lane.next_look, output) {
                lane.ending.omitted_at[kind].get_or_insert(time);
                let next = lane.next_event;
                let mut seen = 0;
                lane.events.retain(|event| {
                    seen += 1;
                    seen <= next || event.kind != kind || event.planned < time - SAME_TIME
                });
            }
            lane.next_look += 1;
        }
    }

    /// Events that are due.
    #[inline(always)]
    pub(super) fn happen<S: Engine<L>>(
        &mut self,
        l: usize,
        system: &S,
        plan: &Plan,
        first_subject: usize,
    ) {
        let mut changed = false;
        let subject = first_subject + self.lanes[l].position;
        while let Some(event) = self.lanes[l].events.get(self.lanes[l].next_event).copied() {
            if event.time > self.time[l] {
                break;
            }
            self.lanes[l].next_event += 1;
            let (state, amplitude) = (&mut self.start.state, &mut self.start.amplitude);
            get(self.state.rows(), state, l);
            get(self.amplitude.rows(), amplitude, l);
            let change = system.apply(subject, &event, state, amplitude);
            put(self.state.rows_mut(), state, l);
            put(self.amplitude.rows_mut(), amplitude, l);
            changed |= change.what == Changed::Rates;
            if change.parameters {
                system.parameters(subject, &mut self.changed);
                put(self.parameters.rows_mut(), &self.changed, l);
            }
            if change.supersedes {
                self.lanes[l].supersede(&event);
            }
            if change.what != Changed::Nothing && self.options.first_step < self.wanted[l] {
                self.wanted[l] = self.options.first_step;
            }
        }
        if changed {
            self.refresh(l, system, plan.level);
        }
    }

    /// New rates, and a look at a jump of the output, after an event in lane `l`.
    #[inline(always)]
    fn refresh<S: Engine<L>>(&mut self, l: usize, system: &S, level: f64) {
        let mut forcing = 0.0;
        for row in self.amplitude.rows() {
            forcing += row[l];
        }
        system.refresh_rates(self, l, forcing);
        let (output, now) = (system.output_of(self, l), self.time[l]);
        let lane = &mut self.lanes[l];
        if output > lane.ending.maximum {
            (lane.ending.maximum, lane.ending.maximum_at) = (output, now);
        }
        match (lane.above_since, output >= level) {
            (None, true) => lane.above_since = Some(now),
            (Some(since), false) => {
                lane.ending.add_stretch(since, now);
                lane.above_since = None;
            }
            _ => {}
        }
    }

    /// Sets the times at which lane `l` has to stop and to be looked at.
    #[inline(always)]
    pub(super) fn look_ahead(&mut self, l: usize) {
        let lane = &self.lanes[l];
        let event = lane.events.get(lane.next_event).map_or(f64::INFINITY, |event| event.time);
        let output = lane.outputs.get(lane.next_output).copied().unwrap_or(f64::INFINITY);
        let look = lane.looks.get(lane.next_look).copied().unwrap_or(f64::INFINITY);
        self.stop[l] = event.min(lane.end);
        self.interest[l] = output.min(look).min(self.stop[l]);
    }

    #[inline(always)]
    fn finish(&mut self, l: usize, block: &mut Block<'_>) {
        let lane = &mut self.lanes[l];
        if let Some(since) = lane.above_since {
            lane.ending.add_stretch(since, self.time[l]);
        }
        lane.ending.reached = self.time[l];
        lane.ending.steps = self.steps[l];
        block.endings[lane.position] = lane.ending;
    }

    /// Ends a subject that cannot be integrated further, if that is so.
    #[inline(always)]
    fn give_up(&mut self, l: usize, block: &mut Block<'_>) -> bool {
        let stuck = self.wanted[l] <= UNDERFLOW * (1.0 + self.time[l]);
        let too_many = self.steps[l] >= self.options.max_steps;
        if !(self.rejected[l] > 0.0 && stuck || too_many) {
            return false;
        }
        let finite = self.work.k.iter().flat_map(Rows::rows).all(|row| row[l].is_finite());
        let reason = match (finite, stuck) {
            (false, _) => Reason::NonFinite,
            (true, true) => Reason::StepUnderflow,
            (true, false) => Reason::TooManySteps,
        };
        block.endings[self.lanes[l].position] = Ending::failed(self.time[l], reason);
        true
    }
}
