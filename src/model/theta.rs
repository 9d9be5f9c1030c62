//! The named values from which one individual's parameters are made.

use super::Variant;
use crate::error::{Error, Result};
use crate::numeric::{Real, Scalar};
use std::collections::BTreeMap;

/// Values by symbol, and the structural variant.
///
/// A symbol that a model derives from the others is absent, unless it was set by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Theta<T> {
    values: BTreeMap<String, T>,
    /// Structural variant; only the mechanistic model has several.
    pub variant: Variant,
}

impl<T: Real> Theta<T> {
    /// From values by symbol.
    #[must_use]
    pub fn new(values: BTreeMap<String, T>, variant: Variant) -> Self {
        Self { values, variant }
    }

    /// The value of `symbol`.
    ///
    /// # Errors
    /// The symbol has no value.
    pub fn get(&self, symbol: &str) -> Result<T> {
        self.given(symbol).ok_or_else(|| Error::Unknown {
            kind: "value of parameter",
            name: symbol.to_owned(),
            known: self.values.keys().cloned().collect(),
        })
    }

    /// Gives `symbol` another value.
    pub fn set(&mut self, symbol: &str, value: T) {
        match self.values.get_mut(symbol) {
            Some(old) => *old = value,
            None => {
                self.values.insert(symbol.to_owned(), value);
            }
        }
    }

    /// The value of `symbol`, if it was given rather than left to be derived.
    #[must_use]
    pub fn given(&self, symbol: &str) -> Option<T> {
        self.values.get(symbol).copied()
    }
}

impl Theta<f64> {
    /// The same values in another arithmetic: the symbols of `seeds` take the numbers given there,
    /// all others become constants.
    #[must_use]
    pub fn seeded<T: Scalar>(&self, seeds: &[(&str, T)]) -> Theta<T> {
        let constants = self.values.iter().map(|(symbol, v)| (symbol.clone(), T::constant(*v)));
        let mut values: BTreeMap<_, _> = constants.collect();
        values.extend(seeds.iter().map(|(symbol, number)| ((*symbol).to_owned(), *number)));
        Theta { values, variant: self.variant }
    }
}
