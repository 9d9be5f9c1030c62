//! A subject's course along its schedule.

use super::entering::{Change, Running, change};
use super::linear::Exact;
use super::predictor::{Predictor, at};
use super::stretch::Stretch;
use crate::model::text::Recorded;
use crate::numeric::Scalar;
use crate::records::{Action, Entering, Event, Held, Row, Schedule, Subject};

/// The current time, state and infusions of a subject.
#[derive(Debug)]
pub(super) struct Course<'a, T: Scalar> {
    pub(super) predictor: &'a Predictor<T>,
    subject: &'a Subject,
    /// The individual with the current covariates.
    pub(super) own: Recorded<T>,
    /// Covariates that change linearly: the time of their start values, the values and the slopes per h.
    pub(super) moving: Option<(f64, Held)>,
    pub(super) time_h: f64,
    pub(super) state: Vec<T>,
    /// Infusions: number, state and rate.
    pub(super) running: Vec<Running<T>>,
    /// Size of each state, of which the absolute tolerance is a share.
    pub(super) sizes: Vec<f64>,
    /// Exact solution of the linear states.
    pub(super) exact: Exact,
}

impl<'a, T: Scalar> Course<'a, T> {
    pub(super) fn new(
        predictor: &'a Predictor<T>,
        subject: &'a Subject,
        schedule: &Schedule,
        first: &Row,
    ) -> Self {
        let base = &predictor.recorded;
        let own = base.with_covariates(of_row(base, &first.covariates));
        let state = own.initial(T::constant(first.time_h));
        let sizes = sizes(&state, schedule);
        let exact = Exact::new(&own, predictor.is_integrated);
        let (time_h, running) = (first.time_h, Vec::new());
        Self { predictor, subject, own, moving: None, time_h, state, running, sizes, exact }
    }

    /// Advances to the time of an event and applies it.
    ///
    /// # Errors
    /// The reason why the simulation of the subject ends.
    pub(super) fn happens(&mut self, event: &Event) -> Result<(), String> {
        if matches!(event.action, Action::Reset) {
            self.time_h = event.time_h;
        }
        self.advance(event.time_h)?;
        self.happens_now(event)
    }

    /// Applies an event at the current time.
    ///
    /// # Errors
    /// The reason why the simulation of the subject ends.
    pub(super) fn happens_now(&mut self, event: &Event) -> Result<(), String> {
        let row = &self.subject.rows[event.row];
        match &event.action {
            Action::Begin | Action::Reset => self.begin(row),
            Action::Hold(held) => self.hold(held),
            Action::Given { route, amount } => {
                self.own.given(&mut self.state, *route, T::constant(*amount));
                self.exact.forget();
            }
            Action::Enters(what) => self.change(*what, event, row),
            Action::Steady(steady) => self.settle(steady, row)?,
            Action::Call { name, argument } => {
                let argument = T::constant(*argument);
                let called = self.own.call(&mut self.state, name, argument);
                called.map_err(|error| error.to_string())?;
            }
            Action::Predict => {}
        }
        self.require_finite()
    }

    fn advance(&mut self, to_h: f64) -> Result<(), String> {
        let span = (self.time_h, to_h.max(self.time_h));
        let Self { own, moving, predictor, sizes, state, running, exact, .. } = self;
        let stretch = Stretch::of(own, moving.as_ref(), (&predictor.options, sizes));
        stretch.advance(state, running, span, exact)?;
        self.time_h = span.1;
        Ok(())
    }

    /// A dose enters, or an infusion begins or ends.
    fn change(&mut self, what: Entering, event: &Event, row: &Row) {
        let mut made = None;
        let properties = event.entry.map(|(route, entry)| {
            at(&self.predictor.recorded, &row.covariates, &mut made).properties(route, entry)
        });
        let Change { what, deviation } = change(what, row.dose.zip(properties));
        let Self { own, moving, predictor, sizes, state, running, .. } = self;
        let stretch = Stretch::of(own, moving.as_ref(), (&predictor.options, sizes));
        stretch.shift(state, running, deviation);
        what.apply(state, running);
        stretch.shift(state, running, -deviation);
    }

    /// The value of an output at a row, with the covariates of the row.
    pub(super) fn output(&self, row: &Row, output: usize) -> T {
        let mut made = None;
        at(&self.own, &row.covariates, &mut made).output(output, &self.state)
    }

    /// R2, R17. All states take their initial values at the covariates of the row.
    fn begin(&mut self, row: &Row) {
        self.set_covariates(&row.covariates);
        self.moving = None;
        self.exact.forget();
        self.state = self.own.initial(T::constant(self.time_h));
    }

    /// R7. Switches to other covariates.
    fn hold(&mut self, held: &Held) {
        self.set_covariates(&held.values);
        let is_moving = held.slopes.iter().any(|slope| slope.abs() > 0.0);
        self.moving = is_moving.then(|| (self.time_h, held.clone()));
        self.own.set_passed(&mut self.state, T::constant(self.time_h));
    }

    fn set_covariates(&mut self, covariates: &[f64]) {
        let wanted = of_row::<T>(&self.own, covariates);
        let is_same = self.own.covariates().iter().zip(&wanted).all(|(own, other)| own == other);
        if !is_same {
            self.own = self.own.with_covariates(wanted);
            self.exact.forget();
        }
    }

    fn require_finite(&self) -> Result<(), String> {
        let mut all = self.state.iter().zip(self.own.states());
        match all.find(|(number, _)| !number.value().is_finite()) {
            Some((_, state)) => Err(format!("{} became infinite or undefined", state.name)),
            None => Ok(()),
        }
    }
}

/// The model's covariates of a row, as numbers of type `T`.
pub(super) fn of_row<T: Scalar>(own: &Recorded<T>, covariates: &[f64]) -> Vec<T> {
    covariates.iter().take(own.covariates().len()).map(|value| T::constant(*value)).collect()
}

/// Sizes of the states: the initial value, or for states that start at 0 the largest dose or rate.
fn sizes<T: Scalar>(initial: &[T], schedule: &Schedule) -> Vec<f64> {
    let entering = schedule.events.iter().map(|event| match &event.action {
        Action::Enters(Entering::Bolus { amount, .. }) => amount.abs(),
        Action::Enters(Entering::Start { rate, .. }) => rate.abs(),
        Action::Steady(steady) => steady.largest(),
        _ => 0.0,
    });
    let largest = entering.fold(0.0_f64, f64::max);
    let drug = if largest > 0.0 { largest } else { 1.0 };
    initial
        .iter()
        .map(|own| own.value().abs())
        .map(|own| if own > 0.0 { own } else { drug })
        .collect()
}
