//! The parameters of a subject: before its observations, given them, and how much the observations tell.
//!
//! ```text
//! m = Σ_k w_k g(θ_k),  V = Σ_k w_k (g(θ_k) − m)²
//! share of the prior = min(1, V(posterior weights)/V(prior weights))     (B7)
//! ```
//!
//! g is the logarithm, and the identity for a parameter that is zero or negative in some individual. The weights before
//! the observations are equal for the populations, and within each for all individuals that could be predicted. The
//! share is 0 for a parameter that the observations determine and 1 for one of which they tell nothing.

use super::pool::Pool;
use super::predictions::Predictions;
use super::weights::quantiles;
use crate::numeric::ln;
use serde::{Deserialize, Serialize};

/// Lower end, median and upper end, as shares.
const SHARES: [f64; 3] = [0.05, 0.5, 0.95];

/// A parameter of the subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndividualParameter {
    /// Its symbol.
    pub symbol: String,
    /// Its unit; `1` for a pure number.
    pub unit: String,
    /// In the population, before the observations.
    pub prior: MedianAndInterval,
    /// In the subject, given its observations.
    pub posterior: MedianAndInterval,
    /// The share of the estimate that comes from the prior (B7), in [0, 1].
    pub from_prior: f64,
}

/// Median and 90 % interval, in the unit of the parameter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MedianAndInterval {
    /// 5 % quantile.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// 95 % quantile.
    pub high: f64,
}

/// The values of a parameter in all individuals that could be predicted.
#[derive(Debug)]
pub(super) struct Values {
    symbol: String,
    unit: String,
    rising: Vec<Ranked>,
    prior: MedianAndInterval,
    prior_variance: f64,
}

/// The value in one individual.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    individual: usize,
    value: f64,
    /// Its logarithm, or the value itself where some are not positive.
    scaled: f64,
}

/// The parameters that differ between the individuals of every population, in the order of the first.
pub(super) fn values(pool: &Pool<'_>, predictions: &Predictions) -> Vec<Values> {
    let prior = prior(pool, predictions);
    let of =
        |(symbol, unit): (String, &str)| Values::new((symbol, unit), (pool, predictions), &prior);
    pool.symbols().into_iter().filter_map(of).collect()
}

/// The weights of the individuals without any observation: those drawn for a subject alone have none.
fn prior(pool: &Pool<'_>, predictions: &Predictions) -> Vec<f64> {
    let mut weights = vec![0.0; predictions.len()];
    for population in 0..pool.populations() {
        let first = predictions.of(population).take(pool.first(population));
        let whole: Vec<usize> = first.filter(|own| predictions.is_whole(*own)).collect();
        for individual in &whole {
            weights[*individual] = 1.0 / whole.len() as f64;
        }
    }
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|own| own / sum).collect()
}

impl Values {
    /// The values of a parameter with its unit; none if it is the same in all individuals that could be predicted.
    fn new(
        (symbol, unit): (String, &str),
        (pool, predictions): (&Pool<'_>, &Predictions),
        prior: &[f64],
    ) -> Option<Self> {
        let of = |population| pool.values(population, &symbol);
        let all = (0..pool.populations()).flat_map(of).enumerate();
        let whole = all.filter(|(own, _)| predictions.is_whole(*own));
        let mut rising: Vec<(usize, f64)> = whole.collect();
        rising.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        let (smallest, largest) = (rising.first()?.1, rising.last()?.1);
        let differs = smallest < largest;
        if !differs {
            return None;
        }
        let scaled = |value: f64| if smallest > 0.0 { ln(value) } else { value };
        let value = |(individual, value)| Ranked { individual, value, scaled: scaled(value) };
        let rising: Vec<Ranked> = rising.into_iter().map(value).collect();
        Some(Self {
            symbol,
            unit: unit.to_owned(),
            prior: median_and_interval(&rising, prior),
            prior_variance: variance(&rising, prior),
            rising,
        })
    }

    /// The parameter of the subject that leaves the individuals these weights.
    pub(super) fn given(&self, weights: &[f64]) -> IndividualParameter {
        IndividualParameter {
            symbol: self.symbol.clone(),
            unit: self.unit.clone(),
            prior: self.prior,
            posterior: median_and_interval(&self.rising, weights),
            from_prior: (variance(&self.rising, weights) / self.prior_variance).min(1.0), // (B7)
        }
    }
}

fn median_and_interval(rising: &[Ranked], weights: &[f64]) -> MedianAndInterval {
    let weighted = rising.iter().map(|own| (own.value, weights[own.individual]));
    let found = quantiles(weighted, &SHARES);
    MedianAndInterval { low: found[0], median: found[1], high: found[2] }
}

/// The weighted variance of the scaled values.
fn variance(values: &[Ranked], weights: &[f64]) -> f64 {
    let mean: f64 = values.iter().map(|own| weights[own.individual] * own.scaled).sum();
    let square = |own: &Ranked| weights[own.individual] * (own.scaled - mean) * (own.scaled - mean);
    values.iter().map(square).sum()
}
