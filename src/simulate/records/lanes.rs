//! Subjects in parallel lanes, each with its own list of events.

use super::course::Course;
use super::predictor::{FailedAt, Predicted, Predictor};
use super::timeline::{Moment, What, timeline};
use crate::error::Result;
use crate::integrate::lanes::{
    Block, Change, Changed, Ending, Event, Free, Instructions, Options, Plan, Program, Sizes,
    Start, Subjects, integrate,
};
use crate::model::graph::{Graph, Purpose, Tape};
use crate::records::{Action, Entering, Schedule, Subject};
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// Number of lanes.
const WIDTH: usize = 16;
/// Subjects in one block, the unit of parallel work.
const BLOCK: usize = 256;

/// A subject and the predictor with its parameter values.
pub(super) type Item<'a> = (&'a Predictor<f64>, &'a Subject);

/// The equations of a model, compiled for the lanes.
#[derive(Debug)]
pub(super) struct Equations {
    tape: Tape,
    symbols: Vec<String>,
    /// States that infusions by a route can enter.
    targets: Vec<usize>,
}

impl Equations {
    /// The equations of a predictor's model.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub(super) fn new(predictor: &Predictor<f64>) -> Result<Self> {
        let routes = predictor.recorded.sheet().routes.iter();
        let mut targets: Vec<usize> =
            routes.flat_map(|route| &route.entries).map(|entry| entry.state).collect();
        targets.sort_unstable();
        targets.dedup();
        let graph = Graph::with_inflows(&predictor.set, &targets)?;
        let touched = (0..graph.states.len()).collect();
        let purpose = Purpose { touched, is_whole: true, ..Purpose::default() };
        let tape = Tape::new(&graph, &purpose);
        Ok(Self { tape, symbols: graph.symbols, targets })
    }
}

/// The predictions of all items; all predictors share one model.
pub(super) fn predict(
    equations: &Equations,
    items: &[Item<'_>],
    output: Option<&str>,
) -> Vec<Predicted<f64>> {
    let instructions = Instructions::best();
    let block = |items| predict_with::<WIDTH>(equations, items, output, instructions);
    items.par_chunks(BLOCK).flat_map_iter(block).collect()
}

/// The predictions of one block in `W` lanes.
pub(super) fn predict_with<const W: usize>(
    equations: &Equations,
    items: &[Item<'_>],
    output: Option<&str>,
    instructions: Instructions,
) -> Vec<Predicted<f64>> {
    let Some((first, _)) = items.first() else { return Vec::new() };
    let schedules: Vec<Option<Schedule>> =
        items.iter().map(|(predictor, subject)| predictor.schedule(subject).ok()).collect();
    let ready = items.iter().zip(&schedules).map(|(item, schedule)| {
        LaneSubject::new(equations, *item, schedule.as_ref()?).map(Mutex::new)
    });
    let lanes = LaneSubjects { equations, items, output, subjects: ready.collect() };
    let relative_tolerance = first.tolerance();
    let options = Options {
        relative_tolerance,
        absolute_tolerance: 0.01 * relative_tolerance,
        ..Options::default()
    };
    let plan = Plan { outputs: 0, end: f64::INFINITY, level: f64::NAN, options };
    let mut endings = vec![Ending::default(); items.len()];
    let mut block = Block { first_subject: 0, values: &mut [], endings: &mut endings };
    integrate::<W, Free>(&lanes, &plan, &mut block, instructions);
    let subjects = lanes.subjects.into_iter().zip(endings).zip(items);
    let predicted = subjects.map(|((subject_in_lane, ending), (predictor, subject))| {
        let subject_in_lane =
            subject_in_lane.map(|own| own.into_inner().unwrap_or_else(PoisonError::into_inner));
        match subject_in_lane {
            Some(own) if ending.failure.is_none() => own.predicted(),
            // Subjects that the lanes do not serve are predicted alone.
            _ => predictor.predict(subject, output),
        }
    });
    predicted.collect()
}

/// A subject in a lane.
struct LaneSubject<'a> {
    course: Course<'a, f64>,
    schedule: &'a Schedule,
    moments: Vec<Moment>,
    values: Vec<f64>,
    failure: Option<FailedAt>,
}

impl<'a> LaneSubject<'a> {
    /// `None` if the lanes do not support the subject: its covariates change between records, or an infusion enters a
    /// state that no route enters.
    fn new(
        equations: &Equations,
        (predictor, subject): Item<'a>,
        schedule: &'a Schedule,
    ) -> Option<Self> {
        let moments = timeline(predictor, subject, schedule)?;
        let is_known = |action: &Action| match action {
            Action::Enters(Entering::Start { target, .. }) => equations.targets.contains(target),
            _ => true,
        };
        if !schedule.events.iter().all(|event| is_known(&event.action)) {
            return None;
        }
        let course = Course::new(predictor, subject, schedule, subject.rows.first()?);
        Some(Self { course, schedule, moments, values: Vec::new(), failure: None })
    }

    fn predicted(self) -> Predicted<f64> {
        Predicted { values: self.values, failure: self.failure, is_alone: false }
    }

    /// Applies what happens at a moment, and returns what it changed.
    fn happens(&mut self, moment: Moment, subject: &Subject, output: Option<&str>) -> Change {
        let state = Change { what: Changed::Rates, ..Change::default() };
        let nothing = Change { what: Changed::Nothing, ..Change::default() };
        self.course.time_h = moment.time_h;
        let event = match moment.what {
            What::Passes(stop) => {
                self.course.own.pass(&mut self.course.state, stop);
                return state;
            }
            What::Event(i) => &self.schedule.events[i],
        };
        let is_held = match &event.action {
            Action::Hold(held) => {
                let known = self.course.own.covariates();
                known.iter().zip(&held.values).all(|(own, held)| own.to_bits() == held.to_bits())
            }
            _ => false,
        };
        if is_held {
            return nothing;
        }
        if let Err(reason) = self.course.happens_now(event) {
            self.failure = Some(FailedAt { row: self.values.len(), reason });
            return nothing;
        }
        match event.action {
            Action::Predict => {
                let row = &subject.rows[event.row];
                let shown = self.course.predictor.output_of(row, output);
                self.values.push(self.course.output(row, shown));
                nothing
            }
            Action::Given { .. } | Action::Enters(Entering::Bolus { .. }) => state,
            // Covariates or infusions.
            _ => Change { parameters: true, ..state },
        }
    }

    /// Current values of the graph's symbols.
    fn parameters(&self, equations: &Equations) -> Vec<f64> {
        let own = &self.course.own;
        let covariates = own.sheet().covariates.iter().zip(own.covariates());
        let value = |symbol: &String| {
            let covariate = covariates.clone().find(|(covariate, _)| covariate.name == *symbol);
            let given = || self.course.predictor.values().given(symbol);
            covariate.map(|(_, value)| *value).or_else(given).unwrap_or(0.0)
        };
        let known = equations.symbols.len() - equations.targets.len();
        let mut all: Vec<f64> = equations.symbols[..known].iter().map(value).collect();
        all.extend(equations.targets.iter().map(|target| {
            let running = self.course.running.iter().filter(|(_, own, _)| own == target);
            running.map(|(.., rate)| rate).sum::<f64>()
        }));
        all
    }
}

/// The subjects of a block, as a program for the engine.
struct LaneSubjects<'a> {
    equations: &'a Equations,
    items: &'a [Item<'a>],
    output: Option<&'a str>,
    subjects: Vec<Option<Mutex<LaneSubject<'a>>>>,
}

impl<'a> LaneSubjects<'a> {
    fn with<R>(&self, subject: usize, what: impl FnOnce(&mut LaneSubject<'a>) -> R) -> Option<R> {
        let own = self.subjects.get(subject)?.as_ref()?;
        Some(what(&mut own.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Subjects for LaneSubjects<'_> {
    fn start(&self, subject: usize, start: &mut Start) -> bool {
        let event = |(i, moment): (usize, &Moment)| Event {
            time: moment.elapsed_h,
            planned: moment.elapsed_h,
            kind: 0,
            code: i,
            size: 0.0,
            is_superseded: false,
        };
        self.with(subject, |own| {
            let mut constants = Vec::new();
            self.fill(own, &mut constants);
            start.parameters[..constants.len()].copy_from_slice(&constants);
            for (number, place) in start.state.iter_mut().zip(self.equations.tape.states()) {
                *number = own.course.state[*place];
            }
            for (scale, place) in start.scale.iter_mut().zip(self.equations.tape.states()) {
                *scale = own.course.sizes[*place];
            }
            start.rates.fill(0.0);
            start.events.extend(own.moments.iter().enumerate().map(event));
            let last = own.moments.last().map_or(0.0, |moment| moment.elapsed_h);
            // The engine ends a subject before it applies events at its end.
            start.end = last + 1e-6 * last.max(1.0);
        })
        .is_some()
    }

    fn apply(&self, subject: usize, event: &Event, state: &mut [f64], _: &mut [f64]) -> Change {
        let (places, item) = (self.equations.tape.states(), self.items[subject].1);
        let changed = self.with(subject, |own| {
            if own.failure.is_some() {
                return Change { what: Changed::Nothing, ..Change::default() };
            }
            for (number, place) in state.iter().zip(places) {
                own.course.state[*place] = *number;
            }
            let moment = own.moments[event.code];
            let change = own.happens(moment, item, self.output);
            for (number, place) in state.iter_mut().zip(places) {
                *number = own.course.state[*place];
            }
            change
        });
        changed.unwrap_or_default()
    }

    fn parameters(&self, subject: usize, parameters: &mut Vec<f64>) {
        self.with(subject, |own| self.fill(own, parameters));
    }

    fn look(&self, _: usize, _: usize, _: f64) -> Option<usize> {
        None
    }
}

impl<'a> LaneSubjects<'a> {
    /// Current constants of a subject.
    fn fill(&self, own: &LaneSubject<'a>, constants: &mut Vec<f64>) {
        constants.clear();
        constants.resize(self.equations.tape.constants(), 0.0);
        self.equations.tape.fill(&own.parameters(self.equations), &mut Vec::new(), constants);
    }
}

impl Program for LaneSubjects<'_> {
    fn sizes(&self) -> Sizes {
        let tape = &self.equations.tape;
        Sizes { states: tape.states().len(), parameters: tape.constants(), modes: 0 }
    }

    fn registers(&self) -> usize {
        self.equations.tape.registers()
    }

    #[inline(always)]
    fn run<const W: usize>(&self, registers: &mut [[f64; W]]) {
        self.equations.tape.run(registers);
    }

    fn rates(&self) -> &[usize] {
        self.equations.tape.rates()
    }

    fn output(&self) -> &[(usize, usize)] {
        &[]
    }
}
