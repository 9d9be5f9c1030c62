//! The individuals of a population, weighted by the records of a subject.

use super::extended::with_times;
use super::likelihood::ResidualError;
use super::weights::{effective_size, quantiles, weights};
use crate::error::{Error, Result};
use crate::numeric::elementary::ln;
use crate::numeric::normal_grid;
use crate::records::Subject;
use crate::simulate::records::{Individuals, Predicted, Predictor};
use serde::{Deserialize, Serialize};

/// Smallest effective size of a forecast.
const LEAST: f64 = 10.0;
/// Largest size of a subject's residual error, in standard deviations of its logarithm between individuals.
const LARGEST_ERROR: f64 = 4.0;

/// The question, the same for every subject.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The individuals, the same for every subject.
    pub individuals: &'a Individuals,
    /// The residual error of each output, in the order of the model; empty if unknown.
    pub errors: &'a [ResidualError],
    /// The output to forecast.
    pub output: &'a str,
    /// Times on the clock of the records, h, rising.
    pub times_h: &'a [f64],
    /// The level to reach, in the unit of the output.
    pub level: f64,
    /// Probabilities of the quantiles.
    pub quantiles: &'a [f64],
}

/// The forecast of one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The requested times after the first record.
    pub times: Vec<At>,
    /// Number of observations used.
    pub observations: usize,
    /// Effective number of individuals (W3).
    pub effective_size: f64,
    /// Individuals that failed, or whose parameters contradict each other.
    pub failed: usize,
}

/// The forecast at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct At {
    /// On the clock of the records, h.
    pub time_h: f64,
    /// Quantiles of the true value.
    #[serde(deserialize_with = "crate::numeric::nans_for_nulls")]
    pub quantiles: Vec<f64>,
    /// Probability that the true value is at least the level.
    #[serde(deserialize_with = "crate::numeric::nan_for_null")]
    pub at_least: f64,
    /// Probability that a measurement is at least the level.
    #[serde(deserialize_with = "crate::numeric::nan_for_null")]
    pub measured_at_least: f64,
}

impl Question<'_> {
    /// The forecast of a subject.
    ///
    /// # Errors
    /// An output that the model does not have, observations of an output without a residual error, observations that
    /// hardly any individual explains.
    pub fn forecast(&self, subject: &Subject) -> Result<Forecast> {
        let predictor = self.individuals.predictor();
        let shown = self.shown(predictor)?;
        let (extended, places) = with_times(subject, predictor.structure(), self.times_h);
        let observed = self.observed(predictor, &extended)?;
        let all = self.individuals.predict(&extended, Some(self.output));
        let is_whole = |own: &&Predicted<f64>| {
            own.failure.is_none() && own.values.len() == extended.rows.len()
        };
        let whole: Vec<&Predicted<f64>> = all.iter().filter(is_whole).collect();
        let sizes = self.sizes();
        let joint = self.joint_weights(&observed, &extended, &whole, &sizes);
        Self::require_error(subject, &joint, &sizes)?;
        let weights: Vec<f64> =
            joint.chunks(sizes.len()).map(|own| own.iter().sum::<f64>()).collect();
        let effective_size = effective_size(&weights);
        if effective_size < LEAST.min(whole.len() as f64) {
            return Err(Error::Contradiction {
                first: format!("ID {}", subject.id),
                second: format!(
                    "the population: of {} individuals its observations leave an effective size of {effective_size:.1}",
                    whole.len()
                ),
                remedy:
                    "look for a value in another unit or at a wrong time, or take more individuals"
                        .to_owned(),
            });
        }
        let at = |place: &usize| {
            let values: Vec<f64> = whole.iter().map(|own| own.values[*place]).collect();
            let sum = |of: &dyn Fn(f64) -> f64| -> f64 {
                values.iter().zip(&weights).map(|(value, weight)| weight * of(*value)).sum()
            };
            At {
                time_h: extended.rows[*place].time_h,
                quantiles: quantiles(&values, &weights, self.quantiles),
                at_least: sum(&|value| f64::from(u8::from(value >= self.level))),
                measured_at_least: self.measured_at_least(shown, &values, &joint, &sizes),
            }
        };
        Ok(Forecast {
            times: places.iter().map(at).collect(),
            observations: observed.len(),
            effective_size,
            failed: self.individuals.invalid() + all.len() - whole.len(),
        })
    }

    fn shown(&self, predictor: &Predictor<f64>) -> Result<usize> {
        predictor.structure().output(self.output).ok_or_else(|| Error::Unknown {
            kind: "output",
            name: self.output.to_owned(),
            known: predictor.structure().outputs.iter().map(|own| own.name.clone()).collect(),
        })
    }

    /// Rows with an observation that enters the likelihood, each with the position of its output.
    fn observed(
        &self,
        predictor: &Predictor<f64>,
        subject: &Subject,
    ) -> Result<Vec<(usize, usize)>> {
        let rows = subject.rows.iter().enumerate().filter(|(_, row)| row.is_observed());
        let observed: Vec<(usize, usize)> =
            rows.map(|(i, row)| (i, predictor.output_of(row, Some(self.output)))).collect();
        let missing = observed.iter().find(|(_, output)| self.errors[*output].is_empty());
        match missing {
            None => Ok(observed),
            Some((row, output)) => Err(Error::Contradiction {
                first: format!("the observation at {}", subject.record(&subject.rows[*row])),
                second: format!(
                    "the output {}, of which no residual error is known",
                    predictor.structure().outputs[*output].name
                ),
                remedy: "give the output a residual error in the model, or mark the row MDV 1"
                    .to_owned(),
            }),
        }
    }

    /// Refuses observations that would need a larger residual error than any individual has.
    fn require_error(subject: &Subject, joint: &[f64], sizes: &[(f64, f64)]) -> Result<()> {
        let of =
            |own: &[f64]| own.iter().zip(sizes).map(|(weight, (z, _))| weight * z).sum::<f64>();
        let size: f64 = joint.chunks(sizes.len()).map(of).sum();
        if size <= LARGEST_ERROR {
            return Ok(());
        }
        Err(Error::Contradiction {
            first: format!("ID {}", subject.id),
            second: format!(
                "the population: its observations need a residual error {size:.1} standard deviations above that of the median individual"
            ),
            remedy: "look for a value in another unit or at a wrong time".to_owned(),
        })
    }

    /// The sizes of the residual error between individuals, in standard deviations of their logarithm, and their weights;
    /// one where it does not differ.
    fn sizes(&self) -> Vec<(f64, f64)> {
        if self.errors.iter().any(ResidualError::is_individual) {
            normal_grid().collect()
        } else {
            vec![(0.0, 1.0)]
        }
    }

    /// The weight of every individual with every size of the error, individual by individual.
    fn joint_weights(
        &self,
        observed: &[(usize, usize)],
        subject: &Subject,
        individuals: &[&Predicted<f64>],
        sizes: &[(f64, f64)],
    ) -> Vec<f64> {
        let log = |own: &Predicted<f64>, (size, weight): (f64, f64)| {
            let one = |(row, output): &(usize, usize)| {
                let record = &subject.rows[*row];
                let dv = (record.dv.unwrap_or(f64::NAN), record.censoring);
                self.errors[*output].log_likelihood(dv, own.values[*row], size)
            };
            observed.iter().map(one).sum::<f64>() + ln(weight)
        };
        let all = individuals.iter().flat_map(|own| sizes.iter().map(move |size| log(own, *size)));
        weights(&all.collect::<Vec<f64>>())
    }

    /// The probability that a measurement of the output number `shown` is at least the level.
    fn measured_at_least(
        &self,
        shown: usize,
        values: &[f64],
        joint: &[f64],
        sizes: &[(f64, f64)],
    ) -> f64 {
        let one = |(value, weights): (&f64, &[f64])| {
            let chance =
                |(size, _): &(f64, f64)| self.errors[shown].at_least(self.level, *value, *size);
            weights.iter().zip(sizes).map(|(weight, size)| weight * chance(size)).sum::<f64>()
        };
        values.iter().zip(joint.chunks(sizes.len())).map(one).sum()
    }
}
