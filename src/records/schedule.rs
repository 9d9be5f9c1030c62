//! The schedule of a subject: its records as one ordered list of events, by the rules for ties, lags, additional
//! doses, steady states and resets.
//!
//! Rows are taken in the order of the file. What was scheduled earlier and arrives at the time of a row (a lagged
//! or additional dose, the end of an infusion) happens before the row. A schedule is data: it knows no equations, and
//! whoever runs it needs none of the rules.

use super::arrival::{Arrival, Input, Series, What};
use super::problem::{Place, Problem, Warning};
use super::record::{Dose, Evid, Rate, Row, SteadyState, Subject, same_time};
use super::structure::{Direction, Structure, Target};
use crate::table::shortest;
use std::collections::BinaryHeap;

/// Most events of one subject.
const MOST_EVENTS: usize = 1_000_000;
/// Most doses of one steady state that overlap or are under way.
const MOST_OVERLAPPING: f64 = 100_000.0;

/// What happens to a subject, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// The events. Their times do not decrease but at a [`Action::Reset`].
    pub events: Vec<Event>,
    /// What is doubtful (W04).
    pub warnings: Vec<Warning>,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When, h, on the clock of the records.
    pub time_h: f64,
    /// The row from which it stems, by its position in [`Subject::rows`].
    pub row: usize,
    /// What happens.
    pub action: Action,
}

/// What can happen. Amounts are in the unit of the state that they enter.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The states take their initial values, with the covariates of the row; first of all events.
    Begin,
    /// From here on these covariates hold, until the next such event.
    Hold(Held),
    /// This amount is added to a state.
    Bolus {
        /// Position of the state.
        target: usize,
        /// The amount.
        amount: f64,
    },
    /// An infusion begins.
    Start {
        /// Its number in this schedule.
        infusion: usize,
        /// Position of the state.
        target: usize,
        /// Amount per h.
        rate: f64,
    },
    /// An infusion ends.
    Stop {
        /// Its number.
        infusion: usize,
    },
    /// The clock is set to this time without anything being integrated, and the states take their initial
    /// values, with the covariates of the row. Infusions that were running are ended by events of their own.
    Reset,
    /// The states become those of a steady state, or these are added to them.
    Steady(Steady),
    /// An event of the model happens.
    Call {
        /// Its name.
        name: String,
        /// Its argument.
        argument: f64,
    },
    /// The row's prediction is taken, with the covariates of the row.
    Predict,
}

/// Covariates between two rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Their values at the time of the event, in the order of [`Row::covariates`].
    pub values: Vec<f64>,
    /// Their changes per h; 0 for all that do not apply linearly.
    pub slopes: Vec<f64>,
    /// Position of the occasion in [`Subject::occasions`].
    pub occasion: Option<usize>,
}

/// A steady state, at the covariates of its row.
#[derive(Debug, Clone, PartialEq)]
pub struct Steady {
    /// Whether it replaces all amounts (SS 1) rather than being added, computed from zero, to them (SS 2).
    pub replaces: bool,
    /// The dosing interval, h; `None` for a constant infusion.
    pub interval_h: Option<f64>,
    /// What enters in every interval, or constantly.
    pub inputs: Vec<SteadyInput>,
}

/// One input of a steady state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SteadyInput {
    /// Position of the state that it enters.
    pub target: usize,
    /// What enters.
    pub form: Form,
    /// When it arrives, h after the beginning of an interval that ends at the row's time: 0, before anything
    /// else, for a dose without lag; up to and including the whole interval for others.
    pub offset_h: f64,
}

/// How an amount enters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// At once.
    Bolus(f64),
    /// At a constant rate per h, for so many h.
    Infusion {
        /// Amount per h.
        rate: f64,
        /// Duration, h; infinite for a constant infusion to steady state.
        duration_h: f64,
    },
}

/// What a model gives for a dose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Properties {
    /// Bioavailability, with the factor between the unit of the dose and that of the state.
    pub f: f64,
    /// Lag, h.
    pub lag_h: f64,
    /// Rate of an infusion with RATE -1, amount per h.
    pub rate: Option<f64>,
    /// Duration of an infusion with RATE -2, h.
    pub duration_h: Option<f64>,
}

impl Default for Properties {
    /// Those of a dose straight into a state.
    fn default() -> Self {
        Self { f: 1.0, lag_h: 0.0, rate: None, duration_h: None }
    }
}

/// Which properties are asked for: those of the entry `.2` of the route `.1` at the row `.0`.
pub type Asked<'r> = (&'r Row, usize, usize);

/// The schedule of `subject` in a model with this structure. `properties` gives what the model says of a
/// dose, with the covariates of its row.
///
/// # Errors
/// Every dose whose properties cannot be (E17), whose compartment does not exist (E10) or that needs a
/// property that is not given (E12); a steady state in which more than 100,000 doses overlap, and more than a
/// million events.
pub fn schedule(
    subject: &Subject,
    structure: &Structure,
    properties: &mut dyn FnMut(Asked<'_>) -> Properties,
) -> Result<Schedule, Vec<Problem>> {
    let mut builder = Builder {
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
    };
    for row in 0..subject.rows.len() {
        builder.row(row);
        if !builder.problems.is_empty() && builder.schedule.events.len() > MOST_EVENTS {
            break;
        }
    }
    if builder.problems.is_empty() { Ok(builder.schedule) } else { Err(builder.problems) }
}

/// An infusion that is running.
#[derive(Debug)]
struct Running {
    infusion: usize,
    /// The route and entry that give its rate, and the rate, where the model gives it.
    modelled: Option<(usize, usize, f64)>,
}

struct Builder<'a> {
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

impl Builder<'_> {
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
        match (row.evid, &row.event) {
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
        if self.schedule.events.len() <= MOST_EVENTS {
            self.schedule.events.push(Event { time_h: self.time_h, row, action });
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
                What::Stop { infusion, row } => {
                    self.running.retain(|own| own.infusion != infusion);
                    self.happens(row, Action::Stop { infusion });
                }
                What::Dose(series) => {
                    self.enters(series.row, series.input, arrival.at_h);
                    if let Some(next) = series.next() {
                        self.schedule_at(next.at_h(), What::Dose(next));
                    }
                }
            }
        }
        self.time_h = time_h;
    }

    fn schedule_at(&mut self, at_h: f64, what: What) {
        self.scheduled += 1;
        self.arrivals.push(Arrival { at_h, order: self.scheduled, what });
    }

    /// An input arrives, at a nominal time from which its end is counted.
    fn enters(&mut self, row: usize, input: Input, at_h: f64) {
        match input.form {
            Form::Bolus(amount) => {
                self.happens(row, Action::Bolus { target: input.target, amount });
            }
            Form::Infusion { rate, duration_h } => {
                self.starts(row, (input, rate), at_h + duration_h);
            }
        }
    }

    fn starts(&mut self, row: usize, (input, rate): (Input, f64), end_h: f64) {
        let infusion = self.infusions;
        self.infusions += 1;
        self.happens(row, Action::Start { infusion, target: input.target, rate });
        let modelled = input.modelled.map(|(route, entry)| (route, entry, rate));
        self.running.push(Running { infusion, modelled });
        self.schedule_at(end_h, What::Stop { infusion, row });
    }

    /// R11, R17. Nothing of earlier rows is running or under way any more.
    fn cancel(&mut self, row: usize) {
        self.arrivals.clear();
        for own in std::mem::take(&mut self.running) {
            self.happens(row, Action::Stop { infusion: own.infusion });
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
                    let modelled = match target {
                        Target::Route(route) if is_modelled => Some((route, number)),
                        _ => None,
                    };
                    let input = Input { target: entry.target, form, modelled };
                    inputs.push((input, properties.lag_h));
                }
                Err((code, text)) => self.refuse(index, code, text),
            }
        }
        if dose.ss != SteadyState::None {
            self.steady(index, dose, &inputs);
        }
        if dose.is_constant_infusion() {
            return;
        }
        for (input, lag_h) in inputs {
            let first_h = row.time_h + lag_h;
            let series = Series {
                input,
                row: index,
                first_h,
                interval_h: dose.ii_h,
                at: 0,
                last: dose.addl,
            };
            if same_time(first_h, row.time_h) {
                self.enters(index, input, row.time_h);
                if let Some(next) = series.next() {
                    self.schedule_at(next.at_h(), What::Dose(next));
                }
            } else {
                self.schedule_at(first_h, What::Dose(series));
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
            let (mut target, mut offset_h) = (input.target, 0.0);
            if !is_constant {
                let overlapping = match input.form {
                    Form::Bolus(_) => 0.0,
                    Form::Infusion { duration_h, .. } => duration_h / ii_h,
                };
                if lag_h / ii_h > MOST_OVERLAPPING || overlapping > MOST_OVERLAPPING {
                    let text =
                        format!("more than {MOST_OVERLAPPING} doses of the steady state overlap");
                    self.refuse(index, "E14", text);
                    return;
                }
                let (last, since_h) = last_arrival(row.time_h, *lag_h, ii_h);
                offset_h =
                    if same_time(row.time_h + lag_h, row.time_h) { 0.0 } else { ii_h - since_h };
                target = input.target;
                carried.extend(still_running(*input, (row.time_h, since_h, ii_h)));
                for k in (1..last).rev() {
                    let first_h = row.time_h + lag_h - ii_h * k as f64;
                    let (row, interval_h) = (index, ii_h);
                    let series = Series { input: *input, row, first_h, interval_h, at: 0, last: 0 };
                    self.schedule_at(first_h, What::Dose(series));
                }
            }
            steady.inputs.push(SteadyInput { target, form: input.form, offset_h });
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

/// R13. Of the arrivals k = 0, 1, 2, .. at `time_h + lag_h - k ii_h`, the first that has happened at `time_h`
/// and is not the row's own, and how long ago that was.
fn last_arrival(time_h: f64, lag_h: f64, ii_h: f64) -> (usize, f64) {
    if same_time(time_h + lag_h, time_h) {
        return (1, ii_h);
    }
    let mut last = 1;
    let at = |k: usize| time_h + lag_h - ii_h * k as f64;
    while at(last) > time_h && !same_time(at(last), time_h) {
        last += 1;
    }
    (last, (ii_h * last as f64 - lag_h).max(0.0))
}

/// R14. The earlier infusions of a steady state that are still running at the row, with their ends.
fn still_running(input: Input, (time_h, since_h, ii_h): (f64, f64, f64)) -> Vec<(Input, f64)> {
    let Form::Infusion { duration_h, .. } = input.form else { return Vec::new() };
    let ages = (0..).map(|m: u32| since_h + ii_h * f64::from(m));
    let is_running = |age: &f64| {
        let end_h = time_h - age + duration_h;
        end_h > time_h && !same_time(end_h, time_h)
    };
    ages.take_while(is_running).map(|age| (input, time_h - age + duration_h)).collect()
}

/// R7. The covariates between two rows.
fn held(row: &Row, next: &Row, structure: &Structure) -> Held {
    let (mut values, mut slopes) = (Vec::new(), Vec::new());
    for (i, (from, to)) in row.covariates.iter().zip(&next.covariates).enumerate() {
        let direction = structure.covariates.get(i).map(|own| own.direction).unwrap_or_default();
        let (value, slope) = match direction {
            Direction::Backward => (*to, 0.0),
            Direction::Forward => (*from, 0.0),
            Direction::Linear => (*from, (to - from) / (next.time_h - row.time_h)),
        };
        values.push(value);
        slopes.push(slope);
    }
    Held { values, slopes, occasion: next.occasion }
}

/// R8. How a dose enters, or the rule that its properties break.
fn form(
    row: &Row,
    dose: Dose,
    properties: Properties,
    cmt: usize,
) -> Result<Form, (&'static str, String)> {
    let Properties { f, lag_h, rate, duration_h } = properties;
    let is_constant = dose.is_constant_infusion();
    let broken = |text: &str| Err(("E17", text.to_owned()));
    if !is_constant && (!f.is_finite() || !lag_h.is_finite()) {
        return broken("F or lag is not a finite number");
    }
    if !is_constant && f < 0.0 {
        return broken("F is negative");
    }
    if !is_constant && lag_h < 0.0 {
        return Err(("E17", format!("lag is negative ({})", shortest(lag_h))));
    }
    let missing = |code: i32, word: &str| {
        let text = format!("RATE {code} needs `{word}` for CMT {cmt}: the model declares none");
        Err(("E12", text))
    };
    let amount = f * dose.amt;
    let (rate, duration_h) = match dose.rate {
        Rate::Bolus => return Ok(Form::Bolus(amount)),
        Rate::Fixed(rate) => (rate, amount / rate),
        Rate::Modelled => match rate {
            None => return missing(-1, "rate"),
            Some(rate) if !rate.is_finite() => return broken("rate R is not a finite number"),
            Some(rate) if rate < 0.0 => return broken("rate R is negative"),
            Some(rate) if rate <= 0.0 => return broken("rate R is 0"),
            Some(rate) => (rate, amount / rate),
        },
        Rate::ModelledDuration => match duration_h {
            None => return missing(-2, "duration"),
            Some(own) if !own.is_finite() => return broken("duration D is not a finite number"),
            Some(own) if own < 0.0 => return broken("duration D is negative"),
            Some(own) => (amount / own, own),
        },
    };
    if is_constant {
        return Ok(Form::Infusion { rate, duration_h: f64::INFINITY });
    }
    // An infusion that is too short to have an end of its own is a bolus.
    let is_bolus = same_time(row.time_h + duration_h, row.time_h);
    Ok(if is_bolus { Form::Bolus(amount) } else { Form::Infusion { rate, duration_h } })
}
