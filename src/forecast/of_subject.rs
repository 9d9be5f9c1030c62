//! The forecast of a subject.

use super::answer::{Answer, At, Course, highest};
use super::likelihood::ResidualError;
use super::next::{Asked, Next, next};
use super::parameters::{Values, values};
use super::particles::Particles;
use super::pool::Pool;
use super::posterior::{Observed, Particle};
use super::predictions::Predictions;
use super::question::{Forecast, Plan, Question};
use super::refined::Refined;
use super::subject::{with_doses, without_doses_from};
use super::uncertainty::OfSets;
use super::visits::Variations;
use crate::error::{Error, Result};
use crate::records::{Row, Structure, Subject, same_time};
use rayon::prelude::*;

/// The predictions of subjects that differ in the values of their observations at most.
pub(super) struct Shared {
    pub as_recorded: Predictions,
    /// The same under the other plans.
    plans: Vec<Predictions>,
    /// The parameters of the populations.
    parameters: Vec<Values>,
}

impl Shared {
    /// The same with the individuals of another round in this pool.
    pub(super) fn with(&self, round: &Self, pool: &Pool<'_>) -> Self {
        let plans = self.plans.iter().zip(&round.plans);
        let as_recorded = self.as_recorded.with(&round.as_recorded);
        Self {
            plans: plans.map(|(own, round)| own.with(round)).collect(),
            parameters: values(pool, &as_recorded),
            as_recorded,
        }
    }
}

impl Question<'_> {
    /// The forecast of a subject.
    ///
    /// # Errors
    /// An output that the model does not have, observations of an output without a residual error, no time to come,
    /// observations that hardly any individual explains.
    pub fn forecast(&self, subject: &Subject) -> Result<Forecast> {
        self.shown()?;
        self.of_shared(subject, &self.shared(self.populations, subject))
    }

    fn structure(&self) -> &Structure {
        self.populations[0].structure()
    }

    /// The position of the output.
    pub(super) fn shown(&self) -> Result<usize> {
        let outputs = &self.structure().outputs;
        self.structure().output(self.output).ok_or_else(|| Error::Unknown {
            kind: "output",
            name: self.output.to_owned(),
            known: outputs.iter().map(|own| own.name.clone()).collect(),
        })
    }

    /// The predictions for a subject, and for all who differ in the values of their observations only.
    pub(super) fn shared(&self, populations: &[Particles], subject: &Subject) -> Shared {
        let mut all: Vec<f64> = self.times_h.iter().chain(self.next_h).copied().collect();
        all.sort_by(f64::total_cmp);
        all.dedup();
        let predicted =
            |subject: &Subject| Predictions::new(populations, (subject, self.output), &all);
        let from_h = last_observation(subject);
        let plan = |plan: &Plan| {
            let is_to_come = |row: &&Row| row.time_h >= from_h;
            let doses: Vec<Row> = plan.doses.iter().filter(is_to_come).cloned().collect();
            let without = without_doses_from(subject, from_h);
            predicted(&with_doses(&without, self.structure(), &doses))
        };
        let as_recorded = predicted(subject);
        Shared {
            parameters: values(&Pool::of(populations), &as_recorded),
            plans: self.plans.iter().map(plan).collect(),
            as_recorded,
        }
    }

    /// The forecast of a subject from the predictions that it shares.
    pub(super) fn of_shared(&self, subject: &Subject, shared: &Shared) -> Result<Forecast> {
        let output = self.shown()?;
        let observed = self.observed(subject, &shared.as_recorded)?;
        let first = &shared.as_recorded;
        let refined = self.refined(subject, shared, &observed)?;
        let Refined { pool, posterior, likelihoods, .. } = &refined;
        let shared = refined.predictions.as_ref().unwrap_or(shared);
        let predictions = &shared.as_recorded;
        refined.require(subject, predictions)?;
        let sample = (&posterior.sample[..], output);
        let error = |own: &Particle| &pool.errors(own.origin.0, own.origin.1)[output];
        let variations = &Variations::new(sample, error, predictions, &observed);
        // Individuals drawn for the subject alone belong to no parameter set.
        let of_sets = if pool.rounds() == 0 {
            OfSets::new(self.populations, (predictions, likelihoods), &observed, output)
        } else {
            None
        };
        let of_sets = of_sets.as_ref();
        let own =
            Course { question: self, output, pool, predictions, posterior, variations, of_sets };
        let all = self.asked(predictions);
        let times: Vec<At> = all.par_iter().map(|place| own.at(*place, self.quantiles)).collect();
        let from_h = last_observation(subject);
        let to_come = self.first_to_come((subject, from_h), &times)?;
        let answered = |course: &Course<'_>, times: &[At]| {
            course.answer(times).ok_or_else(|| self.nothing_to_come(subject))
        };
        let plan = |predictions: &Predictions| -> Result<Answer> {
            let planned = Course { predictions, ..own };
            let is_to_come = |place: &&usize| predictions.times[**place].1 >= times[to_come].time_h;
            let all = self.asked(predictions);
            let all: Vec<usize> = all.iter().filter(is_to_come).copied().collect();
            let times: Vec<At> = all.par_iter().map(|place| planned.at(*place, &[])).collect();
            answered(&planned, &times)
        };
        let value = |own: &Observed| (predictions.rows[own.row].time_h, own.dv.0);
        Ok(Forecast {
            answer: answered(&own, &times[to_come..])?,
            plans: shared.plans.iter().map(plan).collect::<Result<_>>()?,
            next: self.next(&own, &times[to_come..], from_h),
            observed: observed.iter().map(value).collect(),
            parameters: shared.parameters.iter().map(|own| own.given(&posterior.weights)).collect(),
            of_populations: posterior.of_populations.clone(),
            effective_size: posterior.effective_size,
            pareto_k: posterior.pareto_k,
            rounds: pool.rounds(),
            error_size: posterior.size,
            individuals: pool.drawn(),
            failed: self.invalid() + first.len() - first.predicted(),
            times,
            to_come,
        })
    }

    /// The positions of the times that are asked for, without those of one more observation alone.
    fn asked(&self, predictions: &Predictions) -> Vec<usize> {
        let is_asked = |place: &usize| {
            let time_h = predictions.times[*place].1;
            self.times_h.binary_search_by(|own| own.total_cmp(&time_h)).is_ok()
        };
        (0..predictions.times.len()).filter(is_asked).collect()
    }

    /// Number of the first time that is not before the last observation.
    fn first_to_come(&self, (subject, last_h): (&Subject, f64), times: &[At]) -> Result<usize> {
        let is_past = |at: &At| at.time_h < last_h && !same_time(at.time_h, last_h);
        let to_come = times.partition_point(is_past);
        if to_come < times.len() { Ok(to_come) } else { Err(self.nothing_to_come(subject)) }
    }

    fn nothing_to_come(&self, subject: &Subject) -> Error {
        let end_h = self.times_h.last().copied().unwrap_or(0.0);
        Error::Contradiction {
            first: format!("the end of the forecast, {end_h} h,"),
            second: format!("ID {}, whose records end later", subject.id),
            remedy: "ask for a later end".to_owned(),
        }
    }

    /// Rows with an observation that enters the likelihood.
    fn observed(&self, subject: &Subject, predictions: &Predictions) -> Result<Vec<Observed>> {
        let predictor = self.populations[0].individuals().predictor();
        // The rows of the subject stand in the same order among those that were predicted.
        let values = subject.rows.iter().filter(|row| row.is_observed());
        let rows = predictions.rows.iter().enumerate().filter(|(_, row)| row.is_observed());
        let one = |((row, known), own): ((usize, &Row), &Row)| {
            let output = predictor.output_of(known, Some(self.output));
            if self.populations.iter().all(|own| own.has_error_of(output)) {
                let dv = (own.dv.unwrap_or(f64::NAN), own.censoring);
                let error = own.sd.map(ResidualError::known);
                return Ok(Observed { row, output, dv, error });
            }
            Err(Error::Contradiction {
                first: format!("the observation at {}", subject.record(own)),
                second: format!(
                    "the output {}, of which no residual error is known",
                    self.structure().outputs[output].name
                ),
                remedy: "give the output a residual error in the model, or mark the row MDV 1"
                    .to_owned(),
            })
        };
        rows.zip(values).map(one).collect()
    }

    /// Individuals whose parameters contradict each other.
    fn invalid(&self) -> usize {
        self.populations.iter().map(|own: &Particles| own.individuals().invalid()).sum()
    }

    /// One more observation, at each of its times before the one whose probability it is to tell: the best of the
    /// procedure, or of all.
    fn next(&self, course: &Course<'_>, times: &[At], from_h: f64) -> Vec<Next> {
        let is_then =
            |at: &&At| self.procedure_h.is_none_or(|(from, to)| (from..=to).contains(&at.time_h));
        let own: Vec<At> = times.iter().filter(is_then).cloned().collect();
        let all = &course.predictions.times;
        let at = |time_h: f64| all.iter().position(|(_, own)| same_time(*own, time_h));
        let best = highest(&own).and_then(|best| Some((at(best.time_h)?, best.measured_at_least)));
        let Some((target, before)) = best else { return Vec::new() };
        let is_between = |time_h: &&f64| (from_h..all[target].1).contains(*time_h);
        let one =
            |time_h: &f64| Some(next(&Asked { observed: at(*time_h)?, target, before }, course));
        self.next_h.iter().filter(is_between).filter_map(one).collect()
    }
}

/// The time of the last observation, h; before all times without one.
fn last_observation(subject: &Subject) -> f64 {
    let observed = subject.rows.iter().filter(|row| row.is_observed());
    observed.map(|row| row.time_h).fold(f64::NEG_INFINITY, f64::max)
}
