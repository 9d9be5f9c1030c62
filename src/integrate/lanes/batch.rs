//! The lanes and their bookkeeping: each has its own subject, time, step, events and outputs, and
//! takes the next subject when it has finished one.

use super::layout::Sizes;
use super::layout::{Layout, Rows};
use super::plan::{Block, Ending, Options, Plan};
use super::settle::UNDERFLOW;
use super::step::{Dense, Work};
use super::{Engine, Event, Start};
use crate::error::Reason;

/// `W` subjects side by side. Arrays of arrays with the lane last, so that loops over lanes read
/// and write consecutive numbers. What differs between lanes is chosen by selection on the lane's
/// own numbers, so no lane feels its neighbours.
#[derive(Debug)]
pub struct Batch<const W: usize, L: Layout> {
    pub(super) options: Options,
    pub(super) time: [f64; W],
    pub(super) state: L::States<W>,
    pub(super) parameters: L::Parameters<W>,
    /// Absolute tolerance of each state.
    pub(super) tolerance: L::States<W>,
    pub(super) decay: L::Modes<W>,
    pub(super) amplitude: L::Modes<W>,
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
    pub(super) work: Work<W, L>,
    /// The first time at which something is to be done with a lane.
    pub(super) interest: [f64; W],
    pub(super) lanes: [Occupant; W],
    /// Of the subject that enters a lane, and of the one to whom something happens.
    pub(super) start: Start,
    /// Parameters that an event has changed.
    pub(super) changed: Vec<f64>,
}

/// The subject in a lane.
#[derive(Debug, Default)]
pub(super) struct Occupant {
    pub(super) active: bool,
    /// Position in the block.
    pub(super) position: usize,
    pub(super) next_output: usize,
    pub(super) next_look: usize,
    pub(super) next_event: usize,
    pub(super) events: Vec<Event>,
    pub(super) outputs: Vec<f64>,
    pub(super) looks: Vec<f64>,
    pub(super) end: f64,
    pub(super) ending: Ending,
    /// Since when the output has been at or above the level.
    pub(super) above_since: Option<f64>,
}

impl Occupant {
    /// Cancels the events like `by` that what was planned before it had still to come.
    pub(super) fn supersede(&mut self, by: &Event) {
        let next = self.next_event;
        let mut seen = 0;
        self.events.retain(|event| {
            seen += 1;
            let is_done =
                event.is_superseded && event.code == by.code && event.planned < by.planned;
            seen <= next || !is_done
        });
    }
}

impl<const W: usize, L: Layout> Batch<W, L> {
    pub(super) fn new(options: Options, sizes: Sizes) -> Self {
        let Sizes { states, parameters, modes } = sizes;
        Self {
            options,
            time: [0.0; W],
            state: Rows::zeros(states),
            parameters: Rows::zeros(parameters),
            tolerance: ones(states),
            decay: Rows::zeros(modes),
            amplitude: Rows::zeros(modes),
            wanted: [0.0; W],
            stop: [f64::INFINITY; W],
            rejected: [0.0; W],
            steps: [0.0; W],
            previous: [0.0; W],
            dense: [[0.0; W]; 5],
            slopes: [[0.0; W]; 2],
            work: Work::new(sizes),
            interest: [f64::INFINITY; W],
            lanes: std::array::from_fn(|_| Occupant::default()),
            start: Start::new(sizes),
            changed: Vec::new(),
        }
    }

    /// Integrates all subjects of a block.
    #[inline(always)]
    pub(super) fn run<S: Engine<L>>(&mut self, system: &S, plan: &Plan, block: &mut Block<'_>) {
        let mut waiting = 0;
        let mut active = 0;
        for l in 0..W {
            active += usize::from(self.fill(l, system, plan, block, &mut waiting));
        }
        while active > 0 {
            system.step(self);
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
    fn fill<S: Engine<L>>(
        &mut self,
        l: usize,
        system: &S,
        plan: &Plan,
        block: &mut Block<'_>,
        waiting: &mut usize,
    ) -> bool {
        while *waiting < block.endings.len() {
            let position = *waiting;
            *waiting += 1;
            self.swap_lists(l);
            self.start.clear();
            let valid = system.start(block.first_subject + position, &mut self.start);
            self.swap_lists(l);
            if valid {
                self.enter(l, position, plan.end);
                self.begin(l, system, plan, block);
                return true;
            }
            block.endings[position] = Ending::failed(0.0, Reason::Parameters);
        }
        self.leave(l);
        false
    }

    /// The lane's old lists are filled anew, so no memory is asked for.
    fn swap_lists(&mut self, l: usize) {
        std::mem::swap(&mut self.start.events, &mut self.lanes[l].events);
        std::mem::swap(&mut self.start.outputs, &mut self.lanes[l].outputs);
        std::mem::swap(&mut self.start.looks, &mut self.lanes[l].looks);
    }

    /// Lays the start of a subject out in lane `l`.
    #[inline(always)]
    fn enter(&mut self, l: usize, position: usize, end: f64) {
        put(self.parameters.rows_mut(), &self.start.parameters, l);
        put(self.state.rows_mut(), &self.start.state, l);
        put(self.work.k[0].rows_mut(), &self.start.rates, l);
        put(self.tolerance.rows_mut(), &self.start.scale, l);
        for row in self.tolerance.rows_mut() {
            row[l] *= self.options.absolute_tolerance;
        }
        put(self.decay.rows_mut(), &self.start.decay, l);
        put(self.amplitude.rows_mut(), &self.start.amplitude, l);
        self.time[l] = 0.0;
        self.wanted[l] = self.options.first_step;
        self.rejected[l] = 0.0;
        self.steps[l] = 0.0;
        let lane = &mut self.lanes[l];
        lane.active = true;
        lane.end = self.start.end.min(end);
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
    fn begin<S: Engine<L>>(&mut self, l: usize, system: &S, plan: &Plan, block: &mut Block<'_>) {
        let output = system.output_of(self, l);
        self.work.h[l] = 1.0;
        self.previous[l] = -1.0;
        let flat = Dense([output, 0.0, 0.0, 0.0, 0.0]);
        let lane = &mut self.lanes[l];
        lane.ending.maximum = output;
        lane.above_since = (output >= plan.level).then_some(0.0);
        self.look(l, flat, system, plan, block);
        self.happen(l, system, plan, block.first_subject);
        self.look_ahead(l);
    }
}

/// Writes the numbers of one subject into lane `l`.
#[inline(always)]
pub(super) fn put<const W: usize>(rows: &mut [[f64; W]], numbers: &[f64], l: usize) {
    for (row, number) in rows.iter_mut().zip(numbers) {
        row[l] = *number;
    }
}

/// Reads the numbers of lane `l`.
#[inline(always)]
pub(super) fn get<const W: usize>(rows: &[[f64; W]], numbers: &mut [f64], l: usize) {
    for (row, number) in rows.iter().zip(numbers) {
        *number = row[l];
    }
}

fn ones<const W: usize, R: Rows<W>>(count: usize) -> R {
    let mut rows = R::zeros(count);
    rows.rows_mut().fill([1.0; W]);
    rows
}
