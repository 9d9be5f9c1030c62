//! Individuals of a population, to be predicted with the doses and covariates of any subject.

use super::lanes::{self, Equations};
use super::{Predicted, Predictor};
use crate::error::Result;
use crate::machine::leave_if_stopped;
use crate::population::Generator;
use crate::records::Subject;
use crate::statistics::quantile;
use rayon::prelude::*;
use std::sync::Arc;

/// Parameter values of individuals of a population, without doses and covariates.
#[derive(Debug)]
pub struct Individuals {
    predictor: Predictor<f64>,
    /// Equations for the lanes; `None` if individuals are predicted one by one.
    equations: Option<Arc<Equations>>,
    all: Vec<Predictor<f64>>,
    invalid: usize,
}

/// Quantiles of the individual predictions at the rows of a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantiles {
    /// For each row the quantiles, in the order requested; NaN if all individuals failed.
    pub rows: Vec<Vec<f64>>,
    /// How many individuals failed before the last row, or are [invalid](Individuals::invalid).
    pub failed: usize,
    /// Reason of the first failure.
    pub reason: Option<String>,
}

impl Individuals {
    /// An empty set for a predictor. `tolerance` is the relative error of an integration step. Individuals are
    /// predicted in parallel lanes unless `alone` is set or the model is linear and needs no integration.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub fn none(predictor: &Predictor<f64>, tolerance: f64, alone: bool) -> Result<Self> {
        let mut predictor = predictor.with_values(predictor.values())?;
        predictor.set_tolerance(tolerance);
        let is_alone = alone || predictor.is_exact();
        let equations = if is_alone { None } else { Some(Arc::new(Equations::new(&predictor)?)) };
        Ok(Self { predictor, equations, all: Vec::new(), invalid: 0 })
    }

    /// A set with the individuals of these numbers in the generator.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub fn of(
        &self,
        generator: &Generator,
        numbers: impl IntoIterator<Item = usize>,
    ) -> Result<Self> {
        let predictor = self.predictor.with_values(self.predictor.values())?;
        let equations = self.equations.clone();
        let mut own = Self { predictor, equations, all: Vec::new(), invalid: 0 };
        own.add(generator, numbers)?;
        Ok(own)
    }

    /// Adds the individuals of these numbers in the generator, which may have typical values of its own.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub fn add(
        &mut self,
        generator: &Generator,
        numbers: impl IntoIterator<Item = usize>,
    ) -> Result<()> {
        let mut typical = self.predictor.values().clone();
        let own = generator.set.theta();
        for symbol in self.predictor.set.model.symbols() {
            if let Some(value) = own.given(symbol.name) {
                typical.set(symbol.name, value);
            }
        }
        let individual = |number: usize| {
            leave_if_stopped();
            let patient = generator.patient(number);
            let mut values = typical.clone();
            generator.write(&patient, &mut values);
            self.predictor.with_values(&values).ok().filter(|_| patient.valid)
        };
        let numbers: Vec<usize> = numbers.into_iter().collect();
        let found: Vec<Option<Predictor<f64>>> = numbers.into_par_iter().map(individual).collect();
        for own in found {
            match own {
                Some(own) => self.all.push(own),
                None => self.invalid += 1,
            }
        }
        Ok(())
    }

    /// Number of individuals that can be predicted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether no individual can be predicted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The value of a parameter in each individual, in their order; not a number where the model has no such parameter.
    pub fn values<'a>(&'a self, symbol: &'a str) -> impl Iterator<Item = f64> + 'a {
        self.all.iter().map(move |own| own.values().given(symbol).unwrap_or(f64::NAN))
    }

    /// The typical individual.
    #[must_use]
    pub fn predictor(&self) -> &Predictor<f64> {
        &self.predictor
    }

    /// Number of individuals that were excluded because of contradictory or out-of-range parameters.
    #[must_use]
    pub fn invalid(&self) -> usize {
        self.invalid
    }

    /// Predictions of all individuals with the records of a subject.
    #[must_use]
    pub fn predict(&self, subject: &Subject, output: Option<&str>) -> Vec<Predicted<f64>> {
        match &self.equations {
            None => self.all.iter().map(|own| own.predict(subject, output)).collect(),
            Some(equations) => {
                let items: Vec<_> = self.all.iter().map(|own| (own, subject)).collect();
                lanes::predict(equations, &items, output)
            }
        }
    }

    /// Quantiles of the predictions of all individuals with the records of a subject, without residual error.
    #[must_use]
    pub fn quantiles(&self, subject: &Subject, output: Option<&str>, shares: &[f64]) -> Quantiles {
        let mut rows: Vec<Vec<f64>> = vec![Vec::with_capacity(self.all.len()); subject.rows.len()];
        let (mut failed, mut reason) = (self.invalid, None);
        for Predicted { values, failure, .. } in self.predict(subject, output) {
            for (row, value) in rows.iter_mut().zip(&values) {
                row.push(*value);
            }
            if let Some(failure) = failure {
                failed += 1;
                reason = reason.or(Some(failure.reason));
            }
        }
        let outside =
            || (self.invalid > 0).then(|| "a parameter lies outside its range".to_owned());
        let of_row = |values: Vec<f64>| {
            shares.iter().map(|share| quantile(&values, *share).unwrap_or(f64::NAN)).collect()
        };
        let rows = rows.into_iter().map(of_row).collect();
        Quantiles { rows, failed, reason: reason.or_else(outside) }
    }
}
