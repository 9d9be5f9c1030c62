//! What one more observation would tell.
//!
//! ```text
//! y ~ Σ_k w_k p(y | f(t; θ_k))
//! P(Y ≥ level | y) = Σ_k w_k p(y | f(t; θ_k)) P(Y ≥ level | θ_k) / Σ_k w_k p(y | f(t; θ_k))    (B4)
//! ```

use super::answer::Course;
use super::likelihood::ResidualError;
use super::posterior::Particle;
use super::weights::{even, weights};
use crate::records::Censoring;
use crate::statistics::{normal_quantile, quantile};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Outcomes of an observation to come.
const OUTCOMES: u32 = 400;
/// The ends of the range in which the probability lies afterwards, as shares of the outcomes.
const ENDS: (f64, f64) = (0.05, 0.95);

/// One more observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Next {
    /// When it is made, h.
    pub time_h: f64,
    /// The time whose probability is asked for, h.
    pub target_h: f64,
    /// That probability before it.
    pub before: f64,
    /// 5 % and 95 % quantiles of that probability after it.
    pub after: (f64, f64),
    /// How often the probability would pass from one side of the wanted one to the other.
    pub changes: f64,
}

/// What an observation at one time says of another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// Position of the row of the observation to come, and its time, h.
    pub observed: (usize, f64),
    /// The same of the time whose probability is asked for.
    pub target: (usize, f64),
    /// That probability without the observation.
    pub before: f64,
}

/// The expected effect of the observation.
pub(super) fn next(asked: &Asked, course: &Course<'_>) -> Next {
    let chance = |own: &Particle| {
        let target = course.predictions.value(own.individual, asked.target.0);
        course.error(own).at_least(course.question.level, target, own.size)
    };
    let chances: Vec<f64> = course.posterior.sample.iter().map(chance).collect();
    let known = Known { asked, course, chances };
    let outcomes: Vec<f64> = (0..OUTCOMES).map(|number| known.outcome(number)).collect();
    let after: Vec<f64> =
        outcomes.into_par_iter().map(|outcome| known.chance_after(outcome)).collect();
    let is_enough = |chance: f64| chance >= course.question.probability;
    let is_changed = |chance: &&f64| is_enough(**chance) != is_enough(asked.before);
    let changed = after.iter().filter(is_changed).count();
    let at = |share| quantile(&after, share).unwrap_or(f64::NAN);
    Next {
        time_h: asked.observed.1,
        target_h: asked.target.1,
        before: asked.before,
        after: (at(ENDS.0), at(ENDS.1)),
        changes: changed as f64 / f64::from(OUTCOMES),
    }
}

/// The posterior with the probability that is asked for in each particle of its sample.
struct Known<'k> {
    asked: &'k Asked,
    course: &'k Course<'k>,
    chances: Vec<f64>,
}

impl Known<'_> {
    /// A particle's prediction of the observation, with its error and the size of that.
    fn prediction(&self, own: &Particle) -> (f64, &ResidualError, f64) {
        let value = self.course.predictions.value(own.individual, self.asked.observed.0);
        (value, self.course.error(own), own.size)
    }

    /// Outcome number `number` of the observation; together they fill what is to be expected evenly.
    fn outcome(&self, number: u32) -> f64 {
        let sample = &self.course.posterior.sample;
        let place = number as usize * sample.len() / OUTCOMES as usize;
        let Some(own) = sample.get(place) else { return f64::NAN };
        let (value, error, size) = self.prediction(own);
        error.observation(value, size, normal_quantile((0.5 + even(f64::from(number))).fract()))
    }

    /// The probability that is asked for after this outcome. (B4)
    fn chance_after(&self, outcome: f64) -> f64 {
        let log = |own: &Particle| {
            let (value, error, size) = self.prediction(own);
            error.log_likelihood((outcome, Censoring::None), value, size)
        };
        let logs: Vec<f64> = self.course.posterior.sample.iter().map(log).collect();
        weights(&logs).iter().zip(&self.chances).map(|(weight, chance)| weight * chance).sum()
    }
}
