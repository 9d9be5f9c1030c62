//! How a schedule is put in order: rows as in the file, and between them what is under way.

use super::arrival::{Arrival, Input, Series, What};
use super::forms::{form, held, last_arrival, still_running};
use super::interval::Entering;
use super::problem::{Place, Problem, Warning};
use super::record::{Dose, Evid, Rate, SteadyState, Subject, same_time};
use super::schedule::{Action, Asked, Event, Form, Properties, Schedule, Steady, SteadyInput};
use super::structure::{Structure, Target};
use std::collections::BinaryHeap;

/// Most events of one subject.
const MOST_EVENTS: usize = 1_000_000;
/// Most doses of one steady state that overlap or are under way.
const MOST_OVERLAPPING: f64 = 100_000.0;

/// An infusion that is running.
#[derive(Debug)]
struct Running {
    infusion: usize,
    /// The route and entry that give its rate, and the rate, where the model gives it.
    modelled: Option<(usize, usize, f64)>,
}

/// Puts what happens to a subject in order.
pub(super) struct Builder<'a> {
    subject: &'a Subject,
    structure: &'a Structure,
    properties: &'a mut dyn FnMut(Asked<'_>) -> Properties,
    schedule: Schedule,
    arrivals: BinaryHeap<Arrival>,
    running: Vec<Running>,
    time_h: f64,
    scheduled: u64,
    infusions: usize,
    problems: Vec<Problem>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        subject: &'a Subject,
        structure: &'a Structure,
        properties: &'a mut dyn FnMut(Asked<'_>) -> Properties,
    ) -> Self {
        Self {
            subject,
            structure,
            properties,
            schedule: Schedule::default(),
            arrivals: BinaryHeap::new(),
            running: Vec::new(),
            time_h: 0.0,
            scheduled: 0,
            infusions: 0,
            problems: Vec::new(),
        }
    }

    /// The schedule of all rows.
    pub(super) fn build(mut self) -> Result<Schedule, Vec<Problem>> {
        for row in 0..self.subject.rows.len() {
            self.row(row);
            if self.schedule.events.len() > MOST_EVENTS && !self.problems.is_empty() {
                break;
            }
        }
        if self.problems.is_empty() { Ok(self.schedule) } else { Err(self.problems) }
    }

    /// R5. Everything until the time of a row, then the row, then its prediction.
    fn row(&mut self, index: usize) {
        let row = &self.subject.rows[index];
        if row.evid.is_reset() || index == 0 {
            self.time_h = row.time_h;
            let action = if index == 0 { Action::Begin } else { Action::Reset };
            self.happens(index, action);
            self.cancel(index);
        } else {
            self.advance(row.time_h);
            self.warn_of_rates(index);
        }
        match (row.evid, row.event.as_deref()) {
            (Evid::Other, Some((name, argument))) => {
                self.happens(index, Action::Call { name: name.clone(), argument: *argument });
            }
            _ => {
                if let Some(dose) = row.dose {
                    self.dose(index, dose);
                }
            }
        }
        self.happens(index, Action::Predict);
        if let Some(next) = self.subject.rows.get(index + 1)
            && !next.evid.is_reset()
            && !same_time(row.time_h, next.time_h)
        {
            let held = held(row, next, self.structure);
            self.happens(index + 1, Action::Hold(held));
        }
    }

    fn happens(&mut self, row: usize, action: Action) {
        self.follows(row, action, None);
    }

    /// Something happens that follows from the properties of an entry of a route.
    fn follows(&mut self, row: usize, action: Action, entry: Option<(usize, usize)>) {
        if self.schedule.events.len() <= MOST_EVENTS {
            self.schedule.events.push(Event { time_h: self.time_h, row, action, entry });
        } else if !self.problems.iter().any(|problem| problem.code == "E13") {
            let text = format!("ID {} has more than {MOST_EVENTS} doses", self.subject.id);
            self.refuse(row, "E13", text);
        }
    }

    fn refuse(&mut self, row: usize, code: &'static str, text: String) {
        let own = &self.subject.rows[row];
        let place = Place { line: own.line, record: self.subject.record(own) };
        self.problems.push(Problem { place, code, text });
    }

    /// R6. What arrives until `time_h`, that time included.
    fn advance(&mut self, time_h: f64) {
        let is_due = |own: &Arrival| own.at_h <= time_h || same_time(own.at_h, time_h);
        while self.arrivals.peek().is_some_and(is_due) && self.problems.is_empty() {
            let Some(arrival) = self.arrivals.pop() else { break };
            if arrival.at_h > self.time_h {
                let is_now = same_time(arrival.at_h, time_h);
                self.time_h = if is_now { time_h } else { arrival.at_h };
            }
            match arrival.what {
                What::Stop { infusion, row, entry } => {
                    self.running.retain(|own| own.infusion != infusion);
                    self.follows(row, Action::Enters(Entering::Stop { infusion }), entry);
                }
                What::Dose(input, series) => {
                    self.enters(series.row, input, arrival.at_h);
                    self.schedule_next(series, |next| What::Dose(input, next));
                }
                What::Given { route, amount, series } => {
                    self.happens(series.row, Action::Given { route, amount });
                    self.schedule_next(series, |series| What::Given { route, amount, series });
                }
            }
        }
        self.time_h = time_h;
    }

    fn schedule_at(&mut self, at_h: f64, what: What) {
        self.scheduled += 1;
        self.arrivals.push(Arrival { at_h, order: self.scheduled, what });
    }

    fn schedule_next(&mut self, series: Series, what: impl Fn(Series) -> What) {
        if let Some(next) = series.next() {
            self.schedule_at(next.at_h(), what(next));
        }
    }

    /// An input arrives, at a nominal time from which its end is counted.
    fn enters(&mut self, row: usize, input: Input, at_h: f64) {
        match input.form {
            Form::Bolus(amount) => {
                let bolus = Entering::Bolus { target: input.target, amount };
                self.follows(row, Action::Enters(bolus), input.entry);
            }
            Form::Infusion { rate, duration_h } => {
                self.starts(row, (input, rate), at_h + duration_h);
            }
        }
    }

    fn starts(&mut self, row: usize, (input, rate): (Input, f64), end_h: f64) {
        let infusion = self.infusions;
        self.infusions += 1;
        let entry = input.entry;
        let start = Entering::Start { infusion, target: input.target, rate };
        self.follows(row, Action::Enters(start), entry);
        let modelled = entry.filter(|_| input.is_modelled);
        let modelled = modelled.map(|(route, entry)| (route, entry, rate));
        self.running.push(Running { infusion, modelled });
        self.schedule_at(end_h, What::Stop { infusion, row, entry });
    }

    /// R11, R17. Nothing of earlier rows is running or under way any more.
    fn cancel(&mut self, row: usize) {
        self.arrivals.clear();
        for own in std::mem::take(&mut self.running) {
            let stop = Entering::Stop { infusion: own.infusion };
            self.happens(row, Action::Enters(stop));
        }
    }

    /// R8 to R15. The dose of a row.
    fn dose(&mut self, index: usize, dose: Dose) {
        let row = &self.subject.rows[index];
        let Some(target) = self.structure.target(row.cmt) else {
            let all = self.structure.compartments();
            let cmt = row.cmt.unwrap_or(0);
            let text = format!("CMT {cmt} does not exist: the model has {all}");
            self.refuse(index, "E10", text);
            return;
        };
        let mut inputs: Vec<(Input, f64)> = Vec::new();
        for (number, entry) in self.structure.entries(target).into_iter().enumerate() {
            let properties = match target {
                Target::Route(route) => (self.properties)((row, route, number)),
                Target::State(_) => Properties::default(),
            };
            match form(row, dose, properties, self.structure.number(target)) {
                Ok(form) => {
                    let is_modelled = dose.rate == Rate::Modelled;
                    let of = match target {
                        Target::Route(route) => Some((route, number)),
                        Target::State(_) => None,
                    };
                    let input = Input { target: entry.target, form, entry: of, is_modelled };
                    inputs.push((input, properties.lag_h));
                }
                Err((code, text)) => self.refuse(index, code, text),
            }
        }
        if dose.ss != SteadyState::None {
            self.steady(index, dose, &inputs);
        }
        let (first_h, interval_h) = (row.time_h, dose.ii_h);
        let series = Series { row: index, first_h, interval_h, at: 0, last: dose.addl };
        if let Target::Route(route) = target {
            let amount = dose.amt;
            self.happens(index, Action::Given { route, amount });
            self.schedule_next(series, |series| What::Given { route, amount, series });
        }
        if dose.is_constant_infusion() {
            return;
        }
        for (input, lag_h) in inputs {
            let series = Series { first_h: row.time_h + lag_h, ..series };
            if same_time(series.first_h, row.time_h) {
                self.enters(index, input, row.time_h);
                self.schedule_next(series, |next| What::Dose(input, next));
            } else {
                self.schedule_at(series.first_h, What::Dose(input, series));
            }
        }
    }

    /// R11 to R15. The steady state of a row, with what of it is running or under way at the row.
    fn steady(&mut self, index: usize, dose: Dose, inputs: &[(Input, f64)]) {
        let (row, ii_h) = (&self.subject.rows[index], dose.ii_h);
        let replaces = dose.ss == SteadyState::Replaces;
        if replaces {
            self.cancel(index);
        }
        let is_constant = dose.is_constant_infusion();
        let interval_h = (!is_constant).then_some(ii_h);
        let mut steady = Steady { replaces, interval_h, inputs: Vec::new() };
        let mut carried: Vec<(Input, f64)> = Vec::new();
        for (input, lag_h) in inputs {
            let (target, entry, mut offset_h) = (input.target, input.entry, 0.0);
            if !is_constant {
                let duration_h = match input.form {
                    Form::Bolus(_) => 0.0,
                    Form::Infusion { duration_h, .. } => duration_h,
                };
                // No interval, of either sign, is one that nothing fits into.
                if lag_h.max(duration_h) > MOST_OVERLAPPING * ii_h {
                    let text =
                        format!("more than {MOST_OVERLAPPING} doses of the steady state overlap");
                    self.refuse(index, "E14", text);
                    return;
                }
                let (last, since_h) = last_arrival(row.time_h, *lag_h, ii_h);
                offset_h =
                    if same_time(row.time_h + lag_h, row.time_h) { 0.0 } else { ii_h - since_h };
                carried.extend(still_running(*input, (row.time_h, since_h, ii_h)));
                for k in (1..last).rev() {
                    let first_h = row.time_h + lag_h - ii_h * k as f64;
                    let (row, interval_h) = (index, ii_h);
                    let series = Series { row, first_h, interval_h, at: 0, last: 0 };
                    self.schedule_at(first_h, What::Dose(*input, series));
                }
            }
            steady.inputs.push(SteadyInput { target, form: input.form, offset_h, entry });
        }
        self.happens(index, Action::Steady(steady));
        for (input, end_h) in carried {
            if let Form::Infusion { rate, .. } = input.form {
                self.starts(index, (input, rate), end_h);
            }
        }
    }

    /// W04. A modelled rate that changes while an infusion with it is running.
    fn warn_of_rates(&mut self, index: usize) {
        let row = &self.subject.rows[index];
        for own in &mut self.running {
            let Some((route, entry, rate)) = own.modelled else { continue };
            let now = (self.properties)((row, route, entry)).rate.unwrap_or(rate);
            if (now - rate).abs() > 1e-12 * rate.abs() {
                own.modelled = None;
                let place = Place { line: row.line, record: self.subject.record(row) };
                let text = "rate R changes while an infusion with RATE -1 is running, which keeps the rate of \
                            its own row";
                let warning = Warning { place, code: "W04", text: text.to_owned(), count: 1 };
                self.schedule.warnings.push(warning);
            }
        }
    }
}
