//! The lanes and their bookkeeping: each has its own subject, time, step, events and outputs, and
//! takes the next subject when it has finished one.

use super::plan::{Block, Ending, Options, Plan};
use super::step::{Dense, Work};
use super::{Event, Start, System};
use crate::error::Reason;
use crate::numeric::Lane;

/// Times closer than this are the same time.
const SAME_TIME: f64 = 1e-9;
/// A step shorter than this share of the time reached does not move it.
const UNDERFLOW: f64 = 1e-13;

/// `W` subjects side by side. Arrays of arrays with the lane last, so that loops over lanes read
/// and write consecutive numbers. What differs between lanes is chosen by selection on the lane's
/// own numbers, so no lane feels its neighbours.
#[derive(Debug)]
pub(super) struct Batch<const W: usize, const N: usize, const P: usize, const K: usize> {
    pub(super) options: Options,
    pub(super) time: [f64; W],
    pub(super) state: [[f64; W]; N],
    pub(super) parameters: [[f64; W]; P],
    /// Absolute tolerance of each state.
    pub(super) tolerance: [[f64; W]; N],
    pub(super) decay: [[f64; W]; K],
    pub(super) amplitude: [[f64; W]; K],
    /// Length of the next step as the error wants it.
    pub(super) wanted: [f64; W],
    /// The time that no step passes: the next event or the end.
    pub(super) stop: [f64; W],
    /// 1 where the step was rejected, else 0.
    pub(super) rejected: [f64; W],
    /// Steps tried.
    pub(super) steps: [f64; W],
    /// Time before the step.
    pub(super) previous: [f64; W],
    /// Coefficients of the output during the step.
    pub(super) dense: [[f64; W]; 5],
    /// Slopes of the output before and after the step.
    pub(super) slopes: [[f64; W]; 2],
    pub(super) work: Work<W, N, K>,
    /// The first time at which something is to be done with a lane.
    interest: [f64; W],
    lanes: [Occupant; W],
    start: Start<N, P, K>,
}

/// The subject in a lane.
#[derive(Debug, Default)]
struct Occupant {
    active: bool,
    /// Position in the block.
    position: usize,
    next_output: usize,
    next_look: usize,
    next_event: usize,
    events: Vec<Event>,
    ending: Ending,
    /// Since when the output has been at or above the level.
    above_since: Option<f64>,
}

impl<const W: usize, const N: usize, const P: usize, const K: usize> Batch<W, N, P, K> {
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            time: [0.0; W],
            state: [[0.0; W]; N],
            parameters: [[0.0; W]; P],
            tolerance: [[1.0; W]; N],
            decay: [[0.0; W]; K],
            amplitude: [[0.0; W]; K],
            wanted: [0.0; W],
            stop: [f64::INFINITY; W],
            rejected: [0.0; W],
            steps: [0.0; W],
            previous: [0.0; W],
            dense: [[0.0; W]; 5],
            slopes: [[0.0; W]; 2],
            work: Work::new(),
            interest: [f64::INFINITY; W],
            lanes: std::array::from_fn(|_| Occupant::default()),
            start: Start::default(),
        }
    }

    /// Integrates all subjects of a block.
    #[inline(always)]
    pub(super) fn run<S: System<N, P, K>>(
        &mut self,
        system: &S,
        plan: &Plan<'_>,
        block: &mut Block<'_>,
    ) {
        let mut waiting = 0;
        let mut active = 0;
        for l in 0..W {
            active += usize::from(self.fill(l, system, plan, block, &mut waiting));
        }
        while active > 0 {
            self.step(system);
            let flags = self.flags(plan.level);
            for l in 0..W {
                if flags[l] && self.lanes[l].active && self.settle(l, system, plan, block) {
                    active -= 1;
                    active += usize::from(self.fill(l, system, plan, block, &mut waiting));
                }
            }
        }
    }

    /// In which lanes there is something to do after a step.
    #[inline(always)]
    fn flags(&self, level: f64) -> [bool; W] {
        let mut flags = [false; W];
        for l in 0..W {
            let [start, rise, ..] = self.dense;
            let end = start[l] + rise[l];
            let due = self.time[l] >= self.interest[l];
            let turned = self.slopes[0][l] * self.slopes[1][l] < 0.0;
            let crossed = (start[l] >= level) != (end >= level);
            let stuck =
                self.rejected[l] > 0.0 && self.wanted[l] <= UNDERFLOW * (1.0 + self.time[l]);
            let too_many = self.steps[l] >= self.options.max_steps;
            flags[l] = due | turned | crossed | stuck | too_many;
        }
        flags
    }

    /// Puts the next waiting subject into lane `l`; false if none is left.
    #[inline(always)]
    fn fill<S: System<N, P, K>>(
        &mut self,
        l: usize,
        system: &S,
        plan: &Plan<'_>,
        block: &mut Block<'_>,
        waiting: &mut usize,
    ) -> bool {
        while *waiting < block.endings.len() {
            let position = *waiting;
            *waiting += 1;
            let mut start = std::mem::take(&mut self.start);
            // The lane's old list of events is filled anew, so no memory is asked for.
            start.events = std::mem::take(&mut self.lanes[l].events);
            start.events.clear();
            let valid = system.start(block.first_subject + position, &mut start);
            self.lanes[l].events = std::mem::take(&mut start.events);
            self.start = start;
            if valid {
                self.enter(l, position);
                self.begin(l, system, plan, block);
                return true;
            }
            block.endings[position] = Ending::failed(0.0, Reason::Parameters);
        }
        self.leave(l);
        false
    }

    /// Lays the start of a subject out in lane `l`.
    #[inline(always)]
    fn enter(&mut self, l: usize, position: usize) {
        for i in 0..P {
            self.parameters[i][l] = self.start.parameters[i];
        }
        for i in 0..N {
            self.state[i][l] = self.start.state[i];
            self.work.k[0][i][l] = self.start.rates[i];
            self.tolerance[i][l] = self.options.absolute_tolerance * self.start.scale[i];
        }
        for j in 0..K {
            self.decay[j][l] = self.start.decay[j];
            self.amplitude[j][l] = self.start.amplitude[j];
        }
        self.time[l] = 0.0;
        self.wanted[l] = self.options.first_step;
        self.rejected[l] = 0.0;
        self.steps[l] = 0.0;
        let lane = &mut self.lanes[l];
        lane.active = true;
        lane.position = position;
        (lane.next_output, lane.next_look, lane.next_event) = (0, 0, 0);
        lane.ending = Ending::default();
        lane.above_since = None;
    }

    /// An empty lane stands still: its step has length 0.
    #[inline(always)]
    fn leave(&mut self, l: usize) {
        self.lanes[l].active = false;
        self.wanted[l] = 0.0;
        self.stop[l] = f64::INFINITY;
        self.interest[l] = f64::INFINITY;
    }

    /// Output, looks and events of time 0.
    #[inline(always)]
    fn begin<S: System<N, P, K>>(
        &mut self,
        l: usize,
        system: &S,
        plan: &Plan<'_>,
        block: &mut Block<'_>,
    ) {
        let output = self.output_of(l, system);
        self.work.h[l] = 1.0;
        self.previous[l] = -1.0;
        let flat = Dense([output, 0.0, 0.0, 0.0, 0.0]);
        let lane = &mut self.lanes[l];
        lane.ending.maximum = output;
        lane.above_since = (output >= plan.level).then_some(0.0);
        self.look(l, flat, system, plan, block);
        self.happen(l, system, plan, block.first_subject);
        self.look_ahead(l, plan);
    }

    /// Does what is to be done after a step of lane `l`; true where its subject has come to an end.
    #[inline(always)]
    fn settle<S: System<N, P, K>>(
        &mut self,
        l: usize,
        system: &S,
        plan: &Plan<'_>,
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
        if self.time[l] >= plan.end {
            self.finish(l, block);
            return true;
        }
        if self.time[l] >= self.stop[l] {
            self.happen(l, system, plan, block.first_subject);
        }
        self.look_ahead(l, plan);
        false
    }

    /// Maximum and times above the level.
    #[inline(always)]
    fn watch(&mut self, l: usize, dense: Dense, level: f64) {
        let (from, h) = (self.previous[l], self.work.h[l]);
        let lane = &mut self.lanes[l];
        let turn = if self.slopes[0][l] * self.slopes[1][l] < 0.0 { dense.turn() } else { 1.0 };
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
    fn look<S: System<N, P, K>>(
        &mut self,
        l: usize,
        dense: Dense,
        system: &S,
        plan: &Plan<'_>,
        block: &mut Block<'_>,
    ) {
        let (now, from, per_h) = (self.time[l], self.previous[l], 1.0 / self.work.h[l]);
        let lane = &mut self.lanes[l];
        let width = plan.outputs.len();
        let mut end = lane.next_output;
        while end < width && plan.outputs[end] <= now {
            end += 1;
        }
        let values = &mut block.values[lane.position * width..][lane.next_output..end];
        for (value, time) in values.iter_mut().zip(&plan.outputs[lane.next_output..end]) {
            *value = dense.at((time - from) * per_h);
        }
        lane.next_output = end;
        while lane.next_look < plan.looks.len() && plan.looks[lane.next_look] <= now {
            let time = plan.looks[lane.next_look];
            let output = dense.at((time - from) * per_h);
            let subject = block.first_subject + lane.position;
            if system.look(subject, lane.next_look, output) && lane.ending.stopped_at.is_none() {
                lane.ending.stopped_at = Some(time);
                let next = lane.next_event;
                let mut seen = 0;
                lane.events.retain(|event| {
                    seen += 1;
                    seen <= next || event.planned < time - SAME_TIME
                });
            }
            lane.next_look += 1;
        }
    }

    /// Events that are due.
    #[inline(always)]
    fn happen<S: System<N, P, K>>(
        &mut self,
        l: usize,
        system: &S,
        plan: &Plan<'_>,
        first_subject: usize,
    ) {
        let mut changed = false;
        let subject = first_subject + self.lanes[l].position;
        while let Some(event) = self.lanes[l].events.get(self.lanes[l].next_event).copied() {
            if event.time > self.time[l] {
                break;
            }
            self.lanes[l].next_event += 1;
            let p = std::array::from_fn(|i| self.parameters[i][l]);
            let mut y = std::array::from_fn(|i| self.state[i][l]);
            let mut amplitude = std::array::from_fn(|j| self.amplitude[j][l]);
            changed |= system.apply(subject, &event, &p, &mut y, &mut amplitude);
            for i in 0..N {
                self.state[i][l] = y[i];
            }
            for j in 0..K {
                self.amplitude[j][l] = amplitude[j];
            }
            if self.options.first_step < self.wanted[l] {
                self.wanted[l] = self.options.first_step;
            }
        }
        if changed {
            self.refresh(l, system, plan.level);
        }
    }

    /// New rates, and a look at a jump of the output, after an event in lane `l`.
    #[inline(always)]
    fn refresh<S: System<N, P, K>>(&mut self, l: usize, system: &S, level: f64) {
        let mut forcing = 0.0;
        for j in 0..K {
            forcing += self.amplitude[j][l];
        }
        let mut y = [Lane(0.0); N];
        for i in 0..N {
            y[i] = Lane(self.state[i][l]);
        }
        let rates = system.rates(&self.parameters_of(l), Lane(forcing), &y);
        for i in 0..N {
            self.work.k[0][i][l] = rates[i].0;
        }
        let (output, now) = (self.output_of(l, system), self.time[l]);
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

    /// The output of lane `l` at its present state.
    #[inline(always)]
    fn output_of<S: System<N, P, K>>(&self, l: usize, system: &S) -> f64 {
        let mut y = [Lane(0.0); N];
        for i in 0..N {
            y[i] = Lane(self.state[i][l]);
        }
        system.output(&self.parameters_of(l), &y).0
    }

    /// Sets the times at which lane `l` has to stop and to be looked at.
    #[inline(always)]
    fn look_ahead(&mut self, l: usize, plan: &Plan<'_>) {
        let lane = &self.lanes[l];
        let event = lane.events.get(lane.next_event).map_or(f64::INFINITY, |event| event.time);
        let output = plan.outputs.get(lane.next_output).copied().unwrap_or(f64::INFINITY);
        let look = plan.looks.get(lane.next_look).copied().unwrap_or(f64::INFINITY);
        self.stop[l] = event.min(plan.end);
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
        let finite = self.work.k.iter().flatten().all(|row| row[l].is_finite());
        let reason = match (finite, stuck) {
            (false, _) => Reason::NonFinite,
            (true, true) => Reason::StepUnderflow,
            (true, false) => Reason::TooManySteps,
        };
        block.endings[self.lanes[l].position] = Ending::failed(self.time[l], reason);
        true
    }
}
