//! What one more observation would tell.
//!
//! ```text
//! y ~ Σ_k w_k p(y | f(t; θ_k))
//! P(Y ≥ level | y) = Σ_k w_k p(y | f(t; θ_k)) P(Y ≥ level | θ_k) / Σ_k w_k p(y | f(t; θ_k))    (B4)
//! ```
//!
//! What the observation would say of the variation between visits at the time that is asked for is left out.

use super::answer::Course;
use super::likelihood::ResidualError;
use super::visits::Variation;
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
    /// Number of the time of the observation to come.
    pub observed: usize,
    /// The same of the time whose probability is asked for.
    pub target: usize,
    /// That probability without the observation.
    pub before: f64,
}

/// The expected effect of the observation.
pub(super) fn next(asked: &Asked, course: &Course<'_>) -> Next {
    let times = &course.predictions.times;
    let chance = |number: usize| {
        let own = course.posterior.sample[number].individual;
        let target = course.predictions.value(own, times[asked.target].0);
        course.chance(number, asked.target, (course.question.level, target))
    };
    let chances: Vec<f64> = (0..course.posterior.sample.len()).map(chance).collect();
    let known = Known { asked, course, chances };
    let outcomes: Vec<f64> = (0..OUTCOMES).map(|number| known.outcome(number)).collect();
    let after: Vec<f64> =
        outcomes.into_par_iter().map(|outcome| known.chance_after(outcome)).collect();
    let is_enough = |chance: f64| chance >= course.question.probability;
    let is_changed = |chance: &&f64| is_enough(**chance) != is_enough(asked.before);
    let changed = after.iter().filter(is_changed).count();
    let at = |share| quantile(&after, share).unwrap_or(f64::NAN);
    Next {
        time_h: times[asked.observed].1,
        target_h: times[asked.target].1,
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
    /// The prediction of the observation by particle number `number`, with its error, the size of that and what is known of
    /// the variation then.
    fn prediction(&self, number: usize) -> (f64, &ResidualError, f64, Variation) {
        let own = &self.course.posterior.sample[number];
        let (row, _) = self.course.predictions.times[self.asked.observed];
        let value = self.course.predictions.value(own.individual, row);
        let known = self.course.variations.at(number, self.asked.observed);
        (value, self.course.error(own), own.size, known)
    }

    /// Outcome number `number` of the observation; together they fill what is to be expected evenly.
    fn outcome(&self, number: u32) -> f64 {
        let particles = self.chances.len();
        if particles == 0 {
            return f64::NAN;
        }
        let place = number as usize * particles / OUTCOMES as usize;
        let (value, error, size, known) = self.prediction(place);
        let z = normal_quantile((0.5 + even(f64::from(number))).fract());
        error.observation(value, (size, known), z)
    }

    /// The probability that is asked for after this outcome. (B4)
    fn chance_after(&self, outcome: f64) -> f64 {
        let log = |number: usize| {
            let (value, error, size, known) = self.prediction(number);
            error.log_likelihood_given((outcome, Censoring::None), value, size, known)
        };
        let logs: Vec<f64> = (0..self.chances.len()).map(log).collect();
        weights(&logs).iter().zip(&self.chances).map(|(weight, chance)| weight * chance).sum()
    }
}
