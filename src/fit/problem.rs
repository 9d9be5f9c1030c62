//! What is estimated, and on what scale.

use super::bounds::bounds;
use super::targets::Targets;
use crate::error::{Error, Result};
use crate::integrate::Options;
use crate::model::ParameterSet;
use crate::numeric::{Scalar, Transform};
use crate::simulate::course;

/// Most parameters that can be estimated together.
pub const MAX_FREE: usize = 7;

/// A parameter to be estimated.
#[derive(Debug, Clone, PartialEq)]
pub struct Free {
    /// Symbol, as in the glossary.
    pub symbol: String,
    /// Unit.
    pub unit: String,
    /// Start value.
    pub start: f64,
    /// The scale it is searched for on.
    pub transform: Transform,
    /// The range that the sources find plausible.
    pub plausible: Option<(f64, f64)>,
    /// Where it is searched for.
    pub bounds: (f64, f64),
}

/// Parameters, targets and the numbers in between.
#[derive(Debug, Clone)]
pub struct Problem {
    /// All parameters; those to be estimated at their start values.
    pub set: ParameterSet,
    /// Those to be estimated.
    pub free: Vec<Free>,
    /// What they are to meet.
    pub targets: Targets,
    /// How the equations are integrated.
    pub options: Options,
}

impl Problem {
    /// Estimates `symbols` of `set` to meet `targets`.
    ///
    /// # Errors
    /// No symbol, too many, an unknown one, one twice, or a start value outside the bounds of the
    /// search or at the end of its scale.
    pub fn new(
        set: ParameterSet,
        symbols: &[&str],
        targets: Targets,
        options: Options,
    ) -> Result<Self> {
        if symbols.is_empty() || symbols.len() > MAX_FREE {
            return Err(Error::OutOfRange {
                symbol: "number of estimated parameters".to_owned(),
                value: symbols.len() as f64,
                unit: "parameters".to_owned(),
                range: format!("[1, {MAX_FREE}]"),
            });
        }
        set.model.require_platelets("a fit to counts")?;
        let mut free: Vec<Free> = Vec::new();
        for symbol in symbols {
            if free.iter().any(|other| other.symbol == *symbol) {
                return Err(Error::Contradiction {
                    first: format!("estimating `{symbol}`"),
                    second: "estimating it twice".to_owned(),
                    remedy: "name each parameter once".to_owned(),
                });
            }
            free.push(Self::free(&set, symbol)?);
        }
        Ok(Self { set, free, targets, options })
    }

    fn free(set: &ParameterSet, symbol: &str) -> Result<Free> {
        let known = set.symbol(symbol)?;
        let start = set.value(symbol)?;
        let transform = Transform::for_range(known.range.min, known.range.max);
        if symbol == "n_platelet_stages" || !transform.forward(start).is_finite() {
            return Err(Error::Contradiction {
                first: format!("estimating `{symbol}` from {start} {}", known.unit),
                second: "the range of its scale".to_owned(),
                remedy: "give another start value, or fix it".to_owned(),
            });
        }
        let plausible = set.entry(symbol).and_then(|entry| entry.plausible);
        let bounds = bounds(set, symbol, start, transform)?;
        let (symbol, unit) = (symbol.to_owned(), known.unit.to_owned());
        Ok(Free { symbol, unit, start, transform, plausible, bounds })
    }

    /// The start values on their scales.
    #[must_use]
    pub fn start(&self) -> Vec<f64> {
        self.free.iter().map(|free| free.transform.forward(free.start)).collect()
    }

    /// The parameters at places `x` of the scales.
    #[must_use]
    pub fn values(&self, x: &[f64]) -> Vec<f64> {
        self.free.iter().zip(x).map(|(free, x)| free.transform.inverse(*x)).collect()
    }

    /// The symbols of the estimated parameters, with commas between.
    #[must_use]
    pub fn symbols(&self) -> String {
        self.free.iter().map(|free| free.symbol.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The parameter set at places `x` of the scales.
    ///
    /// # Errors
    /// A value outside its range.
    pub fn parameters_at(&self, x: &[f64]) -> Result<ParameterSet> {
        let mut set = self.set.clone();
        for (free, value) in self.free.iter().zip(self.values(x)) {
            set.put(&free.symbol, value)?;
        }
        Ok(set)
    }

    /// What the model says for every target, at places `x` of the scales.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn predictions<T: Scalar>(&self, x: &[T]) -> Result<Vec<T>> {
        let seed = |(free, x): (_, &T)| {
            let free: &Free = free;
            (free.symbol.as_str(), free.transform.inverse(*x))
        };
        let seeds: Vec<(&str, T)> = self.free.iter().zip(x).map(seed).collect();
        let Self { set, targets, options, .. } = self;
        let theta = set.theta().seeded(&seeds);
        let course = course(&set.model, &theta, &targets.regimen, targets.until, *options)?;
        targets.items.iter().map(|target| target.statistic.of(&course.trajectory)).collect()
    }
}
