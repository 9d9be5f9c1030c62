//! The question of a forecast, and the form of its answer.

use super::answer::{Answer, At};
use super::next::Next;
use super::parameters::IndividualParameter;
use super::particles::Particles;
use crate::records::Row;
use serde::{Deserialize, Serialize};

/// The question, the same for every subject.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The individuals of each structural variant; these count equally before any observation. At least one, all with the
    /// same structure.
    pub populations: &'a [Particles],
    /// The output to forecast.
    pub output: &'a str,
    /// Times on the clock of the records, h, rising.
    pub times_h: &'a [f64],
    /// The level to reach, in the unit of the output.
    pub level: f64,
    /// What is too high, in the unit of the output.
    pub too_high: f64,
    /// The wanted probability of reaching the level.
    pub probability: f64,
    /// Probabilities of the quantiles of the true value, rising.
    pub quantiles: &'a [f64],
    /// Probabilities of the quantiles of the time at or above the level, rising.
    pub time_quantiles: &'a [f64],
    /// First and last time of the procedure, h.
    pub procedure_h: Option<(f64, f64)>,
    /// Other doses to come.
    pub plans: &'a [Plan],
    /// Times of one more observation, h.
    pub next_h: &'a [f64],
}

/// Doses to come, in place of those of the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What the plan is called in results.
    pub name: String,
    /// Doses on the clock of the records; those before the last observation do not count.
    pub doses: Vec<Row>,
}

/// The forecast of one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The requested times from the first record on.
    pub times: Vec<At>,
    /// Number of the first of them that is to come: not before the last observation.
    pub to_come: usize,
    /// The course to come in a few numbers.
    pub answer: Answer,
    /// The same under the other plans, in their order.
    pub plans: Vec<Answer>,
    /// What one more observation would tell, for each of its times that is to come.
    pub next: Vec<Next>,
    /// The observations used: time, h, and value.
    pub observed: Vec<(f64, f64)>,
    /// The parameters that differ between the individuals of every population.
    pub parameters: Vec<IndividualParameter>,
    /// Weight of each population given the observations.
    #[serde(deserialize_with = "crate::numeric::nans_for_nulls")]
    pub of_populations: Vec<f64>,
    /// Effective number of individuals (B3).
    pub effective_size: f64,
    /// How heavy the tail of their weights is; none where too few weights exceed the others.
    pub pareto_k: Option<f64>,
    /// Rounds in which further individuals were drawn for this subject alone.
    pub rounds: usize,
    /// Posterior mean of the size of the subject's residual error, in standard deviations of its logarithm between individuals.
    pub error_size: f64,
    /// How many individuals there were, in all rounds.
    pub individuals: usize,
    /// Individuals that failed, or whose parameters contradict each other.
    pub failed: usize,
}
