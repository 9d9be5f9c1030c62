//! The schedule of a subject: its records as one ordered list of events, by the rules for ties, lags, additional
//! doses, steady states and resets.
//!
//! Rows are taken in the order of the file. What was scheduled earlier and arrives at the time of a row (a lagged
//! or additional dose, the end of an infusion) happens before the row. A schedule is data: it knows no equations, and
//! whoever runs it needs none of the rules.

use super::interval::Entering;
use super::order::Builder;
use super::problem::{Problem, Warning};
use super::record::{Row, Subject};
use super::structure::Structure;

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
    /// The route and its entry from whose properties the time and the amount follow, for what a dose by a route
    /// makes happen.
    pub entry: Option<(usize, usize)>,
}

/// What can happen. Amounts are in the unit of the state that they enter.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The states take their initial values, with the covariates of the row; first of all events.
    Begin,
    /// From here on these covariates hold, until the next such event.
    Hold(Held),
    /// A route is dosed, at the time of the record or of an additional dose, before any lag: what the time after
    /// the last dose counts from.
    Given {
        /// Position of the route.
        route: usize,
        /// The amount of the record, before bioavailability.
        amount: f64,
    },
    /// A dose enters, or an infusion begins or ends.
    Enters(Entering),
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

impl Steady {
    /// The largest amount that enters at once, or per h.
    #[must_use]
    pub fn largest(&self) -> f64 {
        let sizes = self.inputs.iter().map(|input| match input.form {
            Form::Bolus(amount) => amount.abs(),
            Form::Infusion { rate, .. } => rate.abs(),
        });
        sizes.fold(0.0, f64::max)
    }
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
    /// The route and its entry from whose properties these follow.
    pub entry: Option<(usize, usize)>,
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
    /// Bioavailability.
    pub f: f64,
    /// What an amount of a record is multiplied by to be in the unit of the state.
    pub scale: f64,
    /// Lag, h.
    pub lag_h: f64,
    /// Rate of an infusion with RATE -1, in the state's unit per h.
    pub rate: Option<f64>,
    /// Duration of an infusion with RATE -2, h.
    pub duration_h: Option<f64>,
}

impl Default for Properties {
    /// Those of a dose straight into a state.
    fn default() -> Self {
        Self { f: 1.0, scale: 1.0, lag_h: 0.0, rate: None, duration_h: None }
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
    Builder::new(subject, structure, properties).build()
}
