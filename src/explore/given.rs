//! The patient whose counts are known: the individuals of the population, weighted by the likelihood of the counts.
//!
//! Every number is that of the population with these weights. The count before treatment is that of each individual, not
//! one for all. Errors of measurement are those of a forecast: see [`crate::forecast`].

use super::answer::last_day;
use super::counts::Count;
use super::view::View;
use crate::error::{Error, Result};
use crate::forecast::{Against, ResidualError, Weighted};
use crate::model::ParameterSet;
use crate::simulate::population::{Ending, Failures, Profiles, Request, population};
use crate::simulate::records::Predictor;
use crate::units::{COUNT_UNIT, HOURS_PER_DAY, Time};
use crate::window::{Day, LAST_DAY, Outlook, Question, Spread, best_days};
use rayon::prelude::*;

/// Quantiles of a [`Spread`], as shares.
const SHARES: [f64; 3] = [0.05, 0.5, 0.95];

/// What the counts of a patient leave of the population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Given {
    /// Effective number of individuals.
    pub effective_size: f64,
    /// Why the counts contradict the population, if they do.
    pub against: Option<Against>,
}

/// The individuals of a question with their courses.
struct Individuals<'a> {
    question: &'a Question<'a>,
    /// Times of the counts and of the days, h, rising.
    times_h: Vec<f64>,
    courses: Profiles,
}

/// What is to be expected of the patient with the counts of the view, and what these leave of the population; nothing is to
/// be expected where they contradict it.
///
/// # Errors
/// Counts without a residual error, a treatment that is none, too many individuals that cannot be integrated.
pub(super) fn patient(
    question: &Question<'_>,
    view: &View,
    typical: &ParameterSet,
) -> Result<(Option<Outlook>, Given)> {
    let error = error_of_counts(question, typical)?;
    let own = Individuals::new(question, view)?;
    let failures = Failures::of(0, &own.courses.endings);
    if let Some(error) = failures.error(typical) {
        return Err(error);
    }
    let counts: Vec<(f64, f64)> = view.counts.iter().map(|own| (at(own), own.count)).collect();
    let places: Vec<usize> = view.counts.iter().map(|own_count| own.place(at(own_count))).collect();
    let predicted = |individual: usize, number: usize| match own.ending(individual).failure {
        Some(_) => f64::NAN,
        None => own.value(individual, places[number]),
    };
    let days: Vec<f64> = (1..=LAST_DAY).map(hours).collect();
    let weighted = Weighted::new(&error, question.subjects, (&counts, &days), predicted);
    let given = Given { effective_size: weighted.effective_size(), against: weighted.against() };
    if given.against.is_some() {
        return Ok((None, given));
    }
    let last = view.counts.iter().map(|own| own.elapsed_day).fold(0.0, f64::max);
    Ok((Some(own.outlook(&weighted, failures, last)), given))
}

/// The residual error of measured counts, as a forecast has it.
fn error_of_counts(question: &Question<'_>, typical: &ParameterSet) -> Result<ResidualError> {
    let predictor = Predictor::new(typical)?;
    let errors = ResidualError::of_patients(&predictor, question.patients);
    let outputs = predictor.structure().outputs.iter().zip(errors);
    let own =
        outputs.filter(|(output, _)| output.unit == COUNT_UNIT).map(|(_, error)| error).next();
    own.filter(|error| !error.is_empty()).ok_or_else(|| Error::Contradiction {
        first: "counts of a patient".to_owned(),
        second: format!("the model {}, whose count has no residual error", typical.model),
        remedy: "give the count a residual error in the model".to_owned(),
    })
}

/// The time of a visit day, h.
fn hours(visit_day: usize) -> f64 {
    Time::visit_day(visit_day as f64).in_hours()
}

/// When a count is measured, h.
fn at(count: &Count) -> f64 {
    HOURS_PER_DAY * count.elapsed_day
}

impl<'a> Individuals<'a> {
    fn new(question: &'a Question<'a>, view: &View) -> Result<Self> {
        question.check()?;
        let regimen = view.treatment().regimen()?;
        let generator = question.patients.generator(question.variant, question.seed)?;
        let days = (1..=LAST_DAY).map(hours);
        let mut times_h: Vec<f64> = days.chain(view.counts.iter().map(at)).collect();
        times_h.sort_by(f64::total_cmp);
        times_h.dedup();
        let mut request = Request::new(&generator.set, &regimen);
        request.patients = Some(&generator);
        (request.subjects, request.seed) = (question.subjects, question.seed);
        (request.until, request.level) = (last_day(), question.threshold);
        request.times_h.clone_from(&times_h);
        request.settings = question.settings;
        let mut courses = Profiles::default();
        population(&request, &mut courses, &|_| {})?;
        Ok(Self { question, times_h, courses })
    }

    /// The position of a time.
    fn place(&self, time_h: f64) -> usize {
        self.times_h.partition_point(|own| *own < time_h)
    }

    /// The true count of an individual at time number `place`, 10⁹/L.
    fn value(&self, individual: usize, place: usize) -> f64 {
        self.courses.platelets[individual * self.times_h.len() + place]
    }

    fn ending(&self, individual: usize) -> &Ending {
        &self.courses.endings[individual]
    }

    fn outlook(&self, weighted: &Weighted<'_>, failures: Failures, last: f64) -> Outlook {
        let Question { too_many, probability, .. } = *self.question;
        let places: Vec<usize> = (1..=LAST_DAY).map(|day| self.place(hours(day))).collect();
        let days: Vec<Day> =
            (0..LAST_DAY).into_par_iter().map(|day| self.day(weighted, day, places[day])).collect();
        // A procedure is on a day to come.
        let (best_day, window) = best_days(&days, first_from(last), probability);
        let spread = |of: &dyn Fn(&Ending) -> Option<f64>| {
            let days = |own| of(self.ending(own)).map(|hours| hours / HOURS_PER_DAY);
            Some(spread(&weighted.quantiles(days, &SHARES))).filter(|own| !own.q50.is_nan())
        };
        let share = |is: &dyn Fn(&Ending) -> bool| {
            weighted.mean(|own| f64::from(u8::from(is(self.ending(own)))))
        };
        let daily = |own: usize| places.iter().map(move |place| self.value(own, *place));
        Outlook {
            best_day,
            window,
            ever_too_high: weighted.ever_measured(too_many, daily),
            maximum_too_high: share(&|own| own.maximum > too_many),
            days_at_threshold: spread(&|own| Some(own.time_above)).unwrap_or_default(),
            day_of_maximum: spread(&|own| Some(own.maximum_at).filter(|at| *at > 0.0)),
            never: share(&|own| own.first_above.is_none()),
            own_first: spread(&|own| own.first_above),
            own_last: spread(&|own| own.last_above),
            stopped: 0.0,
            subjects: failures.subjects - failures.failed,
            failed: failures.failed,
            failures,
            days,
        }
    }

    fn day(&self, weighted: &Weighted<'_>, elapsed_day: usize, place: usize) -> Day {
        let Question { threshold, too_many, .. } = *self.question;
        let value = |own: usize| self.value(own, place);
        Day {
            elapsed_day,
            at_threshold: weighted.measured_at_least(threshold, elapsed_day, value),
            se: weighted.standard_error(threshold, elapsed_day, value),
            too_high: weighted.measured_at_least(too_many, elapsed_day, value),
            count: spread(&weighted.quantiles(|own| Some(value(own)), &SHARES)),
        }
    }
}

/// The first day that is not before `elapsed_day`, which lies within the days.
fn first_from(elapsed_day: f64) -> usize {
    (0..LAST_DAY).find(|day| *day as f64 >= elapsed_day).unwrap_or(LAST_DAY - 1)
}

fn spread(quantiles: &[f64]) -> Spread {
    let at = |number: usize| quantiles.get(number).copied().unwrap_or(f64::NAN);
    Spread { q05: at(0), q50: at(1), q95: at(2) }
}
