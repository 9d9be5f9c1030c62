//! Predictions of a model at records.

use super::course::Course;
use super::lanes::{self, Equations};
use super::linear::{Exact, Extent};
use super::structure::structure;
use super::texts::in_text;
use crate::error::{Error, Result};
use crate::integrate::Options;
use crate::machine::leave_if_stopped;
use crate::model::text::{Node, Recorded};
use crate::model::{ParameterSet, Theta};
use crate::numeric::Scalar;
use crate::records::{
    Asked, Direction, Evid, Problem, Properties, Row, Schedule, Structure, Subject, schedule,
};

use std::sync::Arc;

/// Relative error of an integration step, unless asked for otherwise.
const TOLERANCE: f64 = 1e-10;

/// A model with its parameter values, to be predicted at records.
#[derive(Debug)]
pub struct Predictor<T: Scalar> {
    /// The typical values of the text.
    pub(super) set: Arc<ParameterSet>,
    values: Theta<T>,
    pub(super) recorded: Recorded<T>,
    pub(super) structure: Arc<Structure>,
    pub(super) options: Options,
    pub(super) is_integrated: bool,
}

/// Typical predictions of one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicted<T> {
    /// One for each row until the subject failed, in the units of the outputs.
    pub values: Vec<T>,
    /// Where and why the subject failed.
    pub failure: Option<FailedAt>,
    /// Whether the subject was integrated alone rather than in a lane.
    pub is_alone: bool,
}

/// Where and why a subject failed.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedAt {
    /// Position of the first row without a prediction.
    pub row: usize,
    /// Why.
    pub reason: String,
}

impl Predictor<f64> {
    /// Typical predictions of many subjects in parallel lanes. Subjects whose covariates change between records are
    /// integrated alone. The predictions of a subject do not depend on the others.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub fn predict_side_by_side(
        &self,
        subjects: &[Subject],
        output: Option<&str>,
    ) -> Result<Vec<Predicted<f64>>> {
        let equations = Equations::new(self)?;
        let items: Vec<_> = subjects.iter().map(|subject| (self, subject)).collect();
        Ok(lanes::predict(&equations, &items, output))
    }

    /// The typical individual of `set`. A model written in Rust is taken as its text.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub fn new(set: &ParameterSet) -> Result<Self> {
        Self::of(set, &set.theta())
    }
}

impl<T: Scalar> Predictor<T> {
    /// The individual with the values `theta` of the model of `set`.
    ///
    /// # Errors
    /// A symbol without a value, values that contradict each other.
    pub fn of(set: &ParameterSet, theta: &Theta<T>) -> Result<Self> {
        let (own, theta) = in_text(set, theta)?;
        let recorded = own.model.recorded(&theta)?;
        let text = own.model.text().ok_or_else(|| Error::Unknown {
            kind: "text of a model",
            name: own.model.name().to_owned(),
            known: Vec::new(),
        })?;
        let structure = structure(text, recorded.sheet(), recorded.not_linear().map(str::to_owned));
        let mut new = Self {
            set: Arc::new(own),
            values: theta,
            recorded,
            structure: Arc::new(structure),
            options: Options::default(),
            is_integrated: false,
        };
        new.set_tolerance(TOLERANCE);
        Ok(new)
    }

    /// The values of all symbols.
    #[must_use]
    pub fn values(&self) -> &Theta<T> {
        &self.values
    }

    /// The unit of a parameter, if the model has it; `1` for pure numbers.
    #[must_use]
    pub fn unit_of(&self, symbol: &str) -> Option<&'static str> {
        self.set.symbol(symbol).ok().map(|own| own.unit)
    }

    /// The same with other values.
    ///
    /// # Errors
    /// A symbol without a value, values that contradict each other.
    pub fn with_values(&self, values: &Theta<T>) -> Result<Self> {
        Ok(Self {
            set: Arc::clone(&self.set),
            values: values.clone(),
            recorded: self.set.model.recorded(values)?,
            structure: Arc::clone(&self.structure),
            options: self.options,
            is_integrated: self.is_integrated,
        })
    }

    /// Names and numbers by which records refer to the model.
    #[must_use]
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// The covariates that no equation and no dose uses, with their values in the model.
    #[must_use]
    pub fn unused_covariates(&self) -> Vec<(String, f64)> {
        let sheet = self.recorded.sheet();
        let is_unused = |i: usize| !sheet.nodes.contains(&Node::Covariate(i));
        let all = sheet.covariates.iter().enumerate().filter(|(i, _)| is_unused(*i));
        all.map(|(_, own)| (own.name.clone(), own.value)).collect()
    }

    /// The residual errors of an output as the model gives them: the kind of each, and its arguments by name.
    #[must_use]
    pub fn residuals(&self, output: usize) -> Vec<(&str, Vec<(&str, f64)>)> {
        let all = self.recorded.residuals(output).into_iter();
        all.map(|(kind, arguments)| {
            (kind, arguments.into_iter().map(|(name, value)| (name, value.value())).collect())
        })
        .collect()
    }

    /// What solves the equations, for the record of a run.
    #[must_use]
    pub fn method(&self) -> String {
        let method = self.options.method;
        match Exact::new(&self.recorded, self.is_integrated).extent() {
            Extent::Whole => "exponential of the matrix of a linear model".to_owned(),
            Extent::Part => format!("{method}, linear compartments in closed form"),
            Extent::Nothing => method.to_string(),
        }
    }

    /// Whether nothing is integrated, because the model is linear.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        Exact::new(&self.recorded, self.is_integrated).extent() == Extent::Whole
    }

    /// The relative error of an integration step.
    #[must_use]
    pub fn tolerance(&self) -> f64 {
        self.options.relative_tolerance
    }

    /// The relative error of an integration step; the absolute one is a hundredth of it, in multiples of each
    /// state's size.
    pub fn set_tolerance(&mut self, relative: f64) {
        self.options.relative_tolerance = relative;
        self.options.absolute_tolerance = 0.01 * relative;
    }

    /// Integrates models that are linear, too.
    pub fn integrate_all(&mut self) {
        self.is_integrated = true;
    }

    /// Lets the values of all covariates apply in this direction.
    pub fn set_direction(&mut self, direction: Direction) {
        for own in &mut Arc::make_mut(&mut self.structure).covariates {
            own.direction = direction;
        }
    }

    /// What happens to a subject.
    ///
    /// # Errors
    /// Every dose that the model cannot take at the covariates of its row.
    pub fn schedule(&self, subject: &Subject) -> std::result::Result<Schedule, Vec<Problem>> {
        let mut own: Option<Recorded<T>> = None;
        let mut properties = |(row, route, entry): Asked<'_>| {
            let current = self.at(row, &mut own);
            let found = current.properties(route, entry);
            Properties {
                f: found.f.value(),
                scale: found.scale.value(),
                lag_h: found.lag_h.value(),
                rate: found.rate.map(T::value),
                duration_h: found.duration_h.map(T::value),
            }
        };
        schedule(subject, &self.structure, &mut properties)
    }

    /// The typical predictions of a subject; `output` is that of the rows that name none.
    #[must_use]
    pub fn predict(&self, subject: &Subject, output: Option<&str>) -> Predicted<T> {
        leave_if_stopped();
        let failed = |reason: String| Predicted {
            values: Vec::new(),
            failure: Some(FailedAt { row: 0, reason }),
            is_alone: true,
        };
        let schedule = match self.schedule(subject) {
            Ok(schedule) => schedule,
            Err(problems) => {
                let texts: Vec<_> = problems.into_iter().map(|problem| problem.text).collect();
                return failed(texts.join("; "));
            }
        };
        let Some(first) = subject.rows.first() else { return failed("no record".to_owned()) };
        let mut course = Course::new(self, subject, &schedule, first);
        let mut values = Vec::with_capacity(subject.rows.len());
        for event in &schedule.events {
            match course.happens(event) {
                Ok(()) => {}
                Err(reason) => {
                    let row = values.len();
                    let failure = Some(FailedAt { row, reason });
                    return Predicted { values, failure, is_alone: true };
                }
            }
            if let crate::records::Action::Predict = event.action {
                let row = &subject.rows[event.row];
                values.push(course.output(row, self.output_of(row, output)));
            }
        }
        Predicted { values, failure: None, is_alone: true }
    }

    /// R22. The position of the output that a row shows.
    #[must_use]
    pub fn output_of(&self, row: &Row, wanted: Option<&str>) -> usize {
        let cmt = row.cmt.filter(|_| row.evid == Evid::Observation);
        let chosen = self.structure.output_of((row.dvid.as_deref(), cmt), wanted);
        let wanted = || wanted.and_then(|name| self.structure.output(name));
        chosen.ok().or_else(wanted).unwrap_or(0)
    }

    /// The individual at the covariates of `row`; `made` keeps one that was made for it.
    pub(super) fn at<'r>(
        &'r self,
        row: &Row,
        made: &'r mut Option<Recorded<T>>,
    ) -> &'r Recorded<T> {
        at(&self.recorded, &row.covariates, made)
    }
}

/// `base` at these covariates; `made` keeps one that was made for them.
pub(super) fn at<'r, T: Scalar>(
    base: &'r Recorded<T>,
    covariates: &[f64],
    made: &'r mut Option<Recorded<T>>,
) -> &'r Recorded<T> {
    let wanted = &covariates[..base.covariates().len().min(covariates.len())];
    let is_same = |own: &Recorded<T>| {
        let pairs = own.covariates().iter().zip(wanted);
        pairs.map(|(own, wanted)| (own.value().to_bits(), wanted.to_bits())).all(|(a, b)| a == b)
    };
    if is_same(base) {
        return base;
    }
    if !made.as_ref().is_some_and(is_same) {
        let values = wanted.iter().map(|value| T::constant(*value)).collect();
        *made = Some(base.with_covariates(values));
    }
    made.as_ref().unwrap_or(base)
}
