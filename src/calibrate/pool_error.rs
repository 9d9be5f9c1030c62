//! The contribution of the finite number of virtual patients to the error of a marginal likelihood.
//!
//! ```text
//! ln Zₛ − ln Z₁ = ln mean exp(−(objectiveₛ(x) − objective₁(x))/2) over the posterior    (J17)  pool s
//! error of ln Z = SD over the pools of (ln Zₛ − ln Z₁) / √pools
//! ```

use super::posterior::Posterior;
use super::problem::Problem;
use crate::error::Result;
use crate::numeric::{exp, ln};

/// Places of the posterior behind each pool.
const PLACES: usize = 24;

/// Standard error of the logarithm of the marginal likelihood that the `pools` behind the sample leave.
///
/// # Errors
/// What [`Problem::evaluate`] refuses.
pub fn pool_error(pools: &[Problem], sample: &Posterior) -> Result<f64> {
    let places = sample.resampled(PLACES);
    let objectives = |problem: &Problem| -> Result<Vec<f64>> {
        let one = |place: &Vec<f64>| {
            Ok(problem.evaluate(place)?.map_or(f64::INFINITY, |found| found.objective))
        };
        places.iter().map(one).collect()
    };
    let all: Vec<Vec<f64>> = pools.iter().map(objectives).collect::<Result<_>>()?;
    let log = |other: &Vec<f64>| {
        let ratios = all[0].iter().zip(other).map(|(first, other)| exp(0.5 * (first - other)));
        ln(ratios.sum::<f64>() / PLACES as f64)
    };
    let logs: Vec<f64> = all.iter().map(log).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let squares = logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>();
    let variance = squares / (logs.len() - 1) as f64;
    Ok((variance / logs.len() as f64).sqrt())
}
