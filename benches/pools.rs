//! The error that a finite number of virtual patients leaves in the objective of a calibration: what matters is how
//! differences along the posterior vary from one pool of candidates to another.
//!
//! ```text
//! cargo bench --bench pools -- 2500 5000 10000        for so many candidates
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::path::Path;
use std::time::Instant;
use thrombopoiesis::calibrate::{CALIBRATED, Plan, Problem, sets_of};
use thrombopoiesis::error::Result;
use thrombopoiesis::model::Variant;
use thrombopoiesis::trial::{Published, PublishedFile};

/// Pools that are compared.
const POOLS: u64 = 5;
/// Places along the posterior.
const PLACES: usize = 16;

fn main() -> Result<()> {
    let arguments = std::env::args().filter_map(|n| n.parse().ok());
    let mut sizes: Vec<usize> = arguments.collect();
    if sizes.is_empty() {
        sizes = vec![2_500, 5_000, 10_000];
    }
    let files = PublishedFile::shipped()?;
    let published: Vec<Published> = files.into_iter().flat_map(|file| file.numbers).collect();
    let plan = Plan::shipped()?;
    let sets = sets_of(Path::new(CALIBRATED), Variant::B, PLACES)?;
    println!("candidates  ms an evaluation  SD of differences of -2 ln L over {POOLS} pools");
    for candidates in sizes {
        let mut objectives: Vec<Vec<f64>> = Vec::new();
        let mut seconds = 0.0;
        for seed in 1..=POOLS {
            let problem = Problem::new(&plan, Variant::B, &[], &published, (seed, candidates))?;
            let begun = Instant::now();
            let values = sets.iter().map(|set| {
                let found = problem.evaluate(&set.places(&problem.estimated))?;
                Ok(found.map_or(f64::NAN, |evaluation| evaluation.objective))
            });
            objectives.push(values.collect::<Result<_>>()?);
            seconds += begun.elapsed().as_secs_f64();
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        // Each pool's objectives less their own mean: what is the same at all places does no harm.
        let differences: Vec<Vec<f64>> = objectives
            .iter()
            .map(|own| own.iter().map(|value| value - mean(own)).collect())
            .collect();
        let mut variances: Vec<f64> = Vec::new();
        for place in 0..PLACES {
            let own: Vec<f64> = differences.iter().map(|pool| pool[place]).collect();
            let middle = mean(&own);
            let squares = own.iter().map(|value| (value - middle).powi(2)).sum::<f64>();
            variances.push(squares / (own.len() - 1) as f64);
        }
        let each = 1e3 * seconds / (POOLS as f64 * PLACES as f64);
        let sds: Vec<f64> = variances.iter().map(|variance| variance.sqrt()).collect();
        println!(
            "{candidates:10}  {each:16.1}  {:.3} (root mean square), {:.3} at most",
            mean(&variances).sqrt(),
            sds.iter().copied().fold(0.0, f64::max)
        );
    }
    Ok(())
}
