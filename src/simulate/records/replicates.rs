//! Many potential courses of each subject: individuals who have its doses and covariates and differ as the
//! population does.

use super::Predictor;
use crate::population::Generator;
use crate::records::Subject;
use crate::statistics::quantile;

/// Quantiles of the individual predictions at the rows of a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    /// For each row the quantiles, in the order in which they were asked for; not a number where all failed.
    pub rows: Vec<Vec<f64>>,
    /// How many replicates failed before the last row, or have parameters that contradict each other.
    pub failed: usize,
    /// Why the first of them failed.
    pub reason: Option<String>,
}

impl Predictor<f64> {
    /// Quantiles over individuals in the place of subject number `number` of `subjects`. Residual error is
    /// not in them. Replicate k of a subject is the same however many replicates there are.
    #[must_use]
    pub fn replicates(
        &self,
        subject: &Subject,
        (number, subjects): (usize, usize),
        (generator, replicates): (&Generator, usize),
        (output, quantiles): (Option<&str>, &[f64]),
    ) -> Replicates {
        let mut rows: Vec<Vec<f64>> = vec![Vec::with_capacity(replicates); subject.rows.len()];
        let (mut failed, mut reason) = (0, None);
        for replicate in 0..replicates {
            let patient = generator.patient(replicate * subjects + number);
            let mut values = self.values().clone();
            generator.write(&patient, &mut values);
            let own = if patient.valid {
                self.with_values(&values).map_err(|error| error.to_string())
            } else {
                Err("a parameter lies outside its range".to_owned())
            };
            let predicted = own.map(|own| own.predict(subject, output));
            let why = match predicted {
                Ok(predicted) => {
                    for (row, value) in rows.iter_mut().zip(&predicted.values) {
                        row.push(*value);
                    }
                    predicted.failure.map(|failure| failure.reason)
                }
                Err(why) => Some(why),
            };
            failed += usize::from(why.is_some());
            reason = reason.or(why);
        }
        let of_row = |values: Vec<f64>| {
            let at = |q: &f64| quantile(&values, *q).unwrap_or(f64::NAN);
            quantiles.iter().map(at).collect()
        };
        Replicates { rows: rows.into_iter().map(of_row).collect(), failed, reason }
    }
}
