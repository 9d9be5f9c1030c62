//! What calibrated trials say of every published number: simulated as they were run, at the size at
//! which they were published, over the posterior.

use crate::error::Result;
use crate::machine::require;
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::simulate::population::Failures;
use crate::trial::{
    Against, Design, Outcome, Published, Run, Statistic, against_published, failures, prediction,
    protocols_of,
};
use rayon::prelude::*;

/// What a replicate keeps of each published number, bytes: value and patients, once more while the
/// threads' parts are joined, and three sorted copies of the values.
const BYTES_OF_NUMBER: f64 = 72.0;

/// Protocol and patients of a replicate: of its number and the protocol as it is shipped.
pub type Set<'a> = &'a (dyn Fn(usize, &Design) -> Result<(Design, VirtualPatients)> + Sync);

/// The trials behind published numbers, by name.
fn designs(published: &[Published]) -> Result<Vec<Design>> {
    let mut designs = protocols_of(published)?;
    designs.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(designs)
}

/// Refuses more replicates than memory holds.
fn require_verdict(published: &[Published], designs: &[Design], replicates: usize) -> Result<()> {
    let kept = (replicates * published.len()) as f64 * BYTES_OF_NUMBER;
    let one: f64 = designs.iter().map(Design::bytes_of_replicate).sum();
    let what = format!("{replicates} trials for {} published numbers", published.len());
    let running = (rayon::current_num_threads().min(replicates)) as f64 * one;
    require(&what, kept + running, "lower the number of replicates")
}

/// Refuses a [`verdict`] of more replicates than memory holds, before other work is done for it.
///
/// # Errors
/// A trial that does not exist, [`Error::TooLarge`](crate::error::Error::TooLarge).
pub(super) fn fits(published: &[Published], replicates: usize) -> Result<()> {
    require_verdict(published, &designs(published)?, replicates)
}

/// Every published number beside the trials that replicates of `set` predict. Pooled numbers are
/// formed on the patients of their trials together.
///
/// # Errors
/// A trial or arm that does not exist, entry criteria that let hardly anyone in.
pub fn verdict(
    whose: (Variant, u64),
    set: Set<'_>,
    published: &[Published],
    replicates: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Against>> {
    Ok(counted_verdict(whose, set, published, replicates, progress)?.0)
}

/// The same, with how many patients of all trials could not be integrated.
///
/// # Errors
/// As [`verdict`].
pub fn counted_verdict(
    (variant, seed): (Variant, u64),
    set: Set<'_>,
    published: &[Published],
    replicates: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<(Vec<Against>, Failures)> {
    let mut groups: Vec<(Vec<String>, Vec<usize>)> = Vec::new();
    for (j, number) in published.iter().enumerate() {
        match groups.iter_mut().find(|(trials, _)| *trials == number.trials) {
            Some((_, own)) => own.push(j),
            None => groups.push((number.trials.clone(), vec![j])),
        }
    }
    let designs = designs(published)?;
    require_verdict(published, &designs, replicates)?;
    let done = std::sync::atomic::AtomicUsize::new(0);
    let one = |replicate: usize| -> Result<(Vec<(f64, usize)>, Failures)> {
        let mut trials = Vec::with_capacity(designs.len());
        for design in &designs {
            let (design, patients) = set(replicate, design)?;
            let run = Run { variant, seed, ..Run::new(&design, &patients) };
            trials.push(run.patients(replicate)?);
        }
        let failed: Vec<Failures> = trials.iter().map(|trial| failures(trial)).collect();
        let failed = Failures::sum(&failed);
        let mut values = vec![(f64::NAN, 0); published.len()];
        for (names, own) in &groups {
            let members: Vec<(&Design, &[Outcome])> = designs
                .iter()
                .zip(&trials)
                .filter(|(design, _)| names.contains(&design.id))
                .map(|(design, trial)| (design, &trial[..]))
                .collect();
            for j in own {
                let value = published[*j].simulated(&members, (seed, replicate));
                values[*j] = (value.value, value.n);
            }
        }
        progress(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1);
        Ok((values, failed))
    };
    let finished: Vec<_> = (0..replicates).into_par_iter().map(one).collect::<Result<_>>()?;
    let failed = Failures::sum(finished.iter().map(|(_, failed)| failed));
    let all: Vec<Vec<(f64, usize)>> = finished.into_iter().map(|(values, _)| values).collect();
    let against = |(j, number): (usize, &Published)| {
        let formed: Vec<f64> = all.iter().map(|r| r[j].0).filter(|v| v.is_finite()).collect();
        let n = all.iter().map(|r| r[j].1 as f64).sum::<f64>() / replicates as f64;
        let arm = designs.iter().find_map(|design| design.arm(&number.arm)).unwrap_or(0);
        let statistic = Statistic { arm, subset: number.subset, form: number.form };
        against_published(number, &prediction(statistic, &formed, n, replicates))
    };
    Ok((published.iter().enumerate().map(against).collect(), failed))
}
