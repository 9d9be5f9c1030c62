//! What calibrated trials say of every published number: simulated as they were run, at the size at
//! which they were published, over the posterior.

use super::problem::Problem;
use crate::error::Result;
use crate::trial::{Against, Design, Published, Run, Statistic, against_published, prediction};
use rayon::prelude::*;
use std::path::Path;

/// Every published number beside the trials that a sample of parameter sets predicts: replicate r is
/// run with set r, again from the first after the last. Pooled numbers are formed on the patients of
/// their trials together.
///
/// # Errors
/// A trial or arm that does not exist, entry criteria that let hardly anyone in.
pub fn verdict(
    problem: &Problem,
    sets: &[Vec<f64>],
    published: &[Published],
    replicates: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Against>> {
    let mut groups: Vec<(Vec<String>, Vec<usize>)> = Vec::new();
    for (j, number) in published.iter().enumerate() {
        match groups.iter_mut().find(|(trials, _)| *trials == number.trials) {
            Some((_, own)) => own.push(j),
            None => groups.push((number.trials.clone(), vec![j])),
        }
    }
    let mut names: Vec<&String> = groups.iter().flat_map(|(trials, _)| trials).collect();
    names.sort();
    names.dedup();
    let designs = names.into_iter().map(|name| Design::load(Path::new(name)));
    let designs: Vec<Design> = designs.collect::<Result<_>>()?;
    let done = std::sync::atomic::AtomicUsize::new(0);
    let one = |replicate: usize| -> Result<Vec<(f64, usize)>> {
        let x = &sets[replicate % sets.len()];
        let patients = problem.patients_at(x, "")?;
        let mut trials = Vec::with_capacity(designs.len());
        for design in &designs {
            let design = problem.with_practice(design, x);
            let run = Run {
                variant: problem.variant,
                seed: problem.seed,
                ..Run::new(&design, &patients)
            };
            trials.push(run.patients(replicate)?);
        }
        let mut values = vec![(f64::NAN, 0); published.len()];
        for (names, own) in &groups {
            let members: Vec<usize> =
                (0..designs.len()).filter(|i| names.contains(&designs[*i].id)).collect();
            for j in own {
                let number = &published[*j];
                let pooled = members.iter().flat_map(|i| {
                    let arm = designs[*i].arm(&number.arm);
                    trials[*i]
                        .iter()
                        .filter(move |p| Some(p.arm) == arm && number.subset.contains(p))
                });
                let value = number.form.value(&designs[members[0]], pooled);
                values[*j] = (value.value, value.n);
            }
        }
        progress(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1);
        Ok(values)
    };
    let all: Vec<Vec<(f64, usize)>> =
        (0..replicates).into_par_iter().map(one).collect::<Result<_>>()?;
    let against = |(j, number): (usize, &Published)| {
        let formed: Vec<f64> = all.iter().map(|r| r[j].0).filter(|v| v.is_finite()).collect();
        let n = all.iter().map(|r| r[j].1 as f64).sum::<f64>() / replicates as f64;
        let arm = designs.iter().find_map(|design| design.arm(&number.arm)).unwrap_or(0);
        let statistic = Statistic { arm, subset: number.subset, form: number.form };
        against_published(number, &prediction(statistic, &formed, n, replicates))
    };
    Ok(published.iter().enumerate().map(against).collect())
}
