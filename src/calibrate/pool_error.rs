//! The contribution of the finite number of virtual patients to the error of a marginal likelihood.
//!
//! ```text
//! ln Zₛ − ln Z = ln mean exp(−(objectiveₛ(x) − objective(x))/2) over the posterior    (J17)  pool s
//! ```

use super::posterior::Posterior;
use super::problem::Problem;
use crate::error::Result;
use crate::numeric::elementary::{exp, ln};

/// Pools that are compared, that of the calibration among them.
const POOLS: u64 = 6;
/// Places of the posterior behind each.
const PLACES: usize = 40;

/// Standard deviation of the logarithm of the marginal likelihood from one pool of candidates to another.
///
/// # Errors
/// What [`Problem::evaluate`] refuses.
pub fn pool_error(problem: &Problem, sample: &Posterior) -> Result<f64> {
    let places = sample.resampled(PLACES);
    let objectives = |problem: &Problem| -> Result<Vec<f64>> {
        let one = |place: &Vec<f64>| {
            Ok(problem.evaluate(place)?.map_or(f64::INFINITY, |found| found.objective))
        };
        places.iter().map(one).collect()
    };
    let own = objectives(problem)?;
    let mut logs = vec![0.0];
    for pool in 1..POOLS {
        let other = objectives(&problem.with_seed(problem.seed.wrapping_add(pool))?)?;
        let ratios = own.iter().zip(&other).map(|(own, other)| exp(0.5 * (own - other)));
        logs.push(ln(ratios.sum::<f64>() / PLACES as f64));
    }
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let squares = logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>();
    Ok((squares / (logs.len() - 1) as f64).sqrt())
}
