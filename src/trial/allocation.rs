//! Randomisation: permuted blocks within strata.

use super::design::Design;
use super::patient::{Candidate, Exclusion, Recruiter};
use crate::error::{Error, Result};
use crate::population::{Stream, Streams};
use serde::{Deserialize, Serialize};

/// Candidates screened for each patient needed before recruitment is given up.
const MOST_SCREENED_PER_PATIENT: usize = 200;

/// Who takes part in a replicate, and in which arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Enrolment {
    /// The patients in the order of their randomisation.
    pub patients: Vec<Candidate>,
    /// The arm of each.
    pub arms: Vec<usize>,
    /// The stratum of each.
    pub strata: Vec<usize>,
    /// Who was screened for it.
    pub screening: Screening,
}

/// How many candidates were looked at, and how many were refused, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Screening {
    /// Candidates who were screened.
    pub screened: usize,
    /// Refused for their count.
    pub excluded_by_count: usize,
    /// Refused for a history of thrombosis.
    pub excluded_by_thrombosis: usize,
}

impl Screening {
    /// Counts one more candidate.
    pub fn add(&mut self, candidate: &Candidate) {
        self.screened += 1;
        match candidate.exclusion {
            Some(Exclusion::Count) => self.excluded_by_count += 1,
            Some(Exclusion::Thrombosis) => self.excluded_by_thrombosis += 1,
            None => {}
        }
    }
}

/// Number of strata of a design.
#[must_use]
pub fn strata(design: &Design) -> usize {
    let factors = [design.allocation.ablation.is_some(), design.allocation.count_cut.is_some()];
    1 << factors.into_iter().filter(|factor| *factor).count()
}

fn stratum(design: &Design, candidate: &Candidate) -> usize {
    let by_count = design.allocation.count_cut.map(|cut| candidate.screening >= cut);
    let by_type = design.allocation.ablation.map(|_| candidate.ablation);
    by_type.into_iter().chain(by_count).fold(0, |stratum, half| 2 * stratum + usize::from(half))
}

/// Screens candidates until enough are randomised.
///
/// # Errors
/// Entry criteria that let hardly anyone in.
pub fn enrol(recruiter: &Recruiter<'_>, seed: u64, replicate: usize) -> Result<Enrolment> {
    let design = recruiter.design;
    let own = design.seed(seed);
    let mut blocks: Vec<Blocks> =
        (0..strata(design)).map(|stratum| Blocks::new(design, own, stratum, replicate)).collect();
    let (patients, screening) = (Vec::new(), Screening::default());
    let mut enrolment = Enrolment { patients, arms: Vec::new(), strata: Vec::new(), screening };
    let mut free: Vec<usize> = design.arms.iter().map(|a| a.size.unwrap_or(usize::MAX)).collect();
    while enrolment.patients.len() < design.randomised {
        let screened = enrolment.screening.screened;
        if screened >= MOST_SCREENED_PER_PATIENT * design.randomised {
            return Err(Error::Contradiction {
                first: format!(
                    "entry criteria that admit {} of {screened} candidates",
                    enrolment.patients.len()
                ),
                second: format!("{} patients to be randomised", design.randomised),
                remedy: "relax [entry], or choose other patients".to_owned(),
            });
        }
        let candidate = recruiter.candidate(replicate, screened);
        enrolment.screening.add(&candidate);
        if candidate.exclusion.is_some() {
            continue;
        }
        let stratum = stratum(design, &candidate);
        let arm = blocks[stratum].next(&free);
        free[arm] -= 1;
        enrolment.patients.push(candidate);
        enrolment.arms.push(arm);
        enrolment.strata.push(stratum);
    }
    Ok(enrolment)
}

/// The blocks of one stratum in one replicate.
struct Blocks {
    stream: Stream,
    /// One block in order: each arm as often as it has places in it.
    ordered: Vec<usize>,
    /// What is left of the current block, last place first.
    left: Vec<usize>,
}

impl Blocks {
    fn new(design: &Design, seed: u64, stratum: usize, replicate: usize) -> Self {
        let per_round: usize = design.arms.iter().map(|arm| arm.ratio).sum();
        let rounds = design.allocation.block / per_round.max(1);
        let places =
            design.arms.iter().enumerate().flat_map(|(i, arm)| vec![i; arm.ratio * rounds]);
        let streams = Streams::new(seed, &format!("blocks of stratum {stratum}"));
        Self { stream: streams.subject(replicate), ordered: places.collect(), left: Vec::new() }
    }

    /// The arm of the next patient; a place in an arm that is full is passed over.
    fn next(&mut self, free: &[usize]) -> usize {
        loop {
            if self.left.is_empty() {
                self.left.clone_from(&self.ordered);
                for i in (1..self.left.len()).rev() {
                    let share = self.stream.uniform();
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a share of a small number"
                    )]
                    let j = ((share * (i + 1) as f64) as usize).min(i);
                    self.left.swap(i, j);
                }
            }
            if let Some(arm) = self.left.pop().filter(|arm| free[*arm] > 0) {
                return arm;
            }
        }
    }
}
