//! Many potential courses of each subject: individuals who have its doses and covariates and differ as the
//! population does.

use super::lanes::{self, Equations};
use super::{Predicted, Predictor};
use crate::error::Result;
use crate::population::Generator;
use crate::records::Subject;
use crate::statistics::quantile;

/// Relative error of an integration step: that of the quantiles is far larger.
const TOLERANCE: f64 = 1e-8;

/// How the subjects of a data set are replicated.
#[derive(Debug)]
pub struct Replication<'a> {
    predictor: Predictor<f64>,
    /// For the lanes; none where each replicate is predicted alone.
    equations: Option<Equations>,
    generator: &'a Generator,
    replicates: usize,
    subjects: usize,
}

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

impl<'a> Replication<'a> {
    /// So many replicates of each of `subjects`, by individuals of a population: side by side in the lanes of the
    /// processor unless `alone`, or unless the model is linear and needs no integration. The relative error of
    /// a step is 1e-8 unless `tolerance` says otherwise.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub fn new(
        predictor: &Predictor<f64>,
        (generator, replicates): (&'a Generator, usize),
        subjects: usize,
        (alone, tolerance): (bool, Option<f64>),
    ) -> Result<Self> {
        let mut predictor = predictor.with_values(predictor.values())?;
        predictor.set_tolerance(tolerance.unwrap_or(TOLERANCE));
        let is_alone = alone || predictor.is_exact();
        let equations = if is_alone { None } else { Some(Equations::new(&predictor)?) };
        Ok(Self { predictor, equations, generator, replicates, subjects })
    }

    /// Quantiles over individuals in the place of subject number `number`. Residual error is not in them. Replicate k
    /// of a subject is the same however many replicates there are.
    #[must_use]
    pub fn of(
        &self,
        (number, subject): (usize, &Subject),
        output: Option<&str>,
        quantiles: &[f64],
    ) -> Replicates {
        let all: Vec<_> =
            (0..self.replicates).map(|replicate| self.individual(replicate, number)).collect();
        let mut rows: Vec<Vec<f64>> = vec![Vec::with_capacity(all.len()); subject.rows.len()];
        let mut whys: Vec<Option<String>> =
            all.iter().map(|own| own.as_ref().err().cloned()).collect();
        let able = all.iter().enumerate().filter_map(|(i, own)| Some((i, own.as_ref().ok()?)));
        let (places, able): (Vec<usize>, Vec<&Predictor<f64>>) = able.unzip();
        for (place, Predicted { values, failure, .. }) in
            places.into_iter().zip(self.predicted(&able, subject, output))
        {
            for (row, value) in rows.iter_mut().zip(&values) {
                row.push(*value);
            }
            whys[place] = failure.map(|failure| failure.reason);
        }
        let of_row = |values: Vec<f64>| {
            let at = |q: &f64| quantile(&values, *q).unwrap_or(f64::NAN);
            quantiles.iter().map(at).collect()
        };
        Replicates {
            rows: rows.into_iter().map(of_row).collect(),
            failed: whys.iter().flatten().count(),
            reason: whys.into_iter().flatten().next(),
        }
    }

    /// One individual in the place of a subject, or why there is none.
    fn individual(
        &self,
        replicate: usize,
        number: usize,
    ) -> std::result::Result<Predictor<f64>, String> {
        let patient = self.generator.patient(replicate * self.subjects + number);
        if !patient.valid {
            return Err("a parameter lies outside its range".to_owned());
        }
        let mut values = self.predictor.values().clone();
        self.generator.write(&patient, &mut values);
        self.predictor.with_values(&values).map_err(|error| error.to_string())
    }

    fn predicted(
        &self,
        individuals: &[&Predictor<f64>],
        subject: &Subject,
        output: Option<&str>,
    ) -> Vec<Predicted<f64>> {
        match &self.equations {
            None => individuals.iter().map(|own| own.predict(subject, output)).collect(),
            Some(equations) => {
                let items: Vec<_> = individuals.iter().map(|own| (*own, subject)).collect();
                lanes::predict(equations, &items, output)
            }
        }
    }
}
