//! The individuals of a population that stand for a subject until its records weight them.

use super::likelihood::ResidualError;
use crate::error::Result;
use crate::population::Generator;
use crate::records::Structure;
use crate::simulate::records::{Individuals, Predictor};

/// Individuals of one model, from one parameter set or several, each with the residual errors of its set.
#[derive(Debug)]
pub struct Particles {
    /// What the model is called in results: the name of a variant.
    pub name: String,
    individuals: Individuals,
    /// For each set the residual error of each output, in the order of the model; empty if unknown.
    errors: Vec<Vec<ResidualError>>,
    /// The set of each individual.
    sets: Vec<usize>,
    /// The parameters that differ between the individuals of some set.
    symbols: Vec<String>,
}

impl Particles {
    /// None yet. `tolerance` is the relative error of an integration step.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub fn none(name: &str, predictor: &Predictor<f64>, tolerance: f64) -> Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            individuals: Individuals::none(predictor, tolerance, false)?,
            errors: Vec::new(),
            sets: Vec::new(),
            symbols: Vec::new(),
        })
    }

    /// Adds the individuals of these numbers in the generator, whose outputs have these residual errors.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub fn add(
        &mut self,
        generator: &Generator,
        numbers: impl IntoIterator<Item = usize>,
        errors: Vec<ResidualError>,
    ) -> Result<()> {
        self.individuals.add(generator, numbers)?;
        self.sets.resize(self.individuals.len(), self.errors.len());
        self.errors.push(errors);
        for symbol in generator.symbols() {
            if !self.symbols.contains(symbol) {
                self.symbols.push(symbol.clone());
            }
        }
        Ok(())
    }

    /// The individuals, those left out that contradict their own parameters.
    #[must_use]
    pub fn individuals(&self) -> &Individuals {
        &self.individuals
    }

    /// The parameters that differ between the individuals, covariates apart.
    #[must_use]
    pub fn symbols(&self) -> &[String] {
        &self.symbols
    }

    /// Names and numbers by which records refer to the model.
    #[must_use]
    pub fn structure(&self) -> &Structure {
        self.individuals.predictor().structure()
    }

    /// The residual errors of individual number `place`, output by output.
    pub(super) fn errors(&self, place: usize) -> &[ResidualError] {
        self.sets.get(place).and_then(|set| self.errors.get(*set)).map_or(&[], Vec::as_slice)
    }

    /// Whether the residual error of an output is known.
    pub(super) fn has_error_of(&self, output: usize) -> bool {
        self.errors.iter().all(|own| own.get(output).is_some_and(|error| !error.is_empty()))
    }

    /// The residual errors of all parameter sets.
    pub(super) fn all_errors(&self) -> impl Iterator<Item = &ResidualError> {
        self.errors.iter().flatten()
    }
}
