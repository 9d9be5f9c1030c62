//! Potential outcomes of each virtual patient in each trial arm, without and with a transfusion,
//! with random numbers that stay the same whatever the parameters.

use super::potential::{Likelihoods, PotentialOutcomes};
use crate::error::Result;
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::simulate::population::{Failures, Settings};
use crate::trial::{
    Candidate, CandidateDraws, Design, Enrolment, Form, Outcome, Practice, Recruiter, Screening,
    Subset, failures, simulate,
};
use rayon::prelude::*;

/// Candidates simulated together by one thread.
const BLOCK: usize = 256;
/// Relative tolerance of the candidates' courses: its error is far below that of having so many patients.
pub const CANDIDATE_TOLERANCE: f64 = 1e-5;

/// Everything random about the candidates of a trial.
#[derive(Debug, Clone)]
pub struct Pool {
    draws: Vec<CandidateDraws>,
}

/// What is to be seen of an arm: the practice, and the statistics.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Practice in the arm.
    pub practice: Practice,
    /// Subset and form of each statistic.
    pub statistics: &'a [(Subset, Form)],
}

impl Pool {
    /// `candidates` of a trial, drawn with `seed`.
    ///
    /// # Errors
    /// Patients that do not fit the model or the variant.
    pub fn new(
        design: &Design,
        patients: &VirtualPatients,
        variant: Variant,
        seed: u64,
        candidates: usize,
    ) -> Result<Self> {
        let recruiter = Recruiter::new(design, patients, variant, seed)?;
        let draws = (0..candidates).into_par_iter().map(|number| recruiter.even_draws(number));
        Ok(Self { draws: draws.collect() })
    }

    /// The potential outcomes of the eligible candidates in one arm, for every view: four per patient.
    ///
    /// # Errors
    /// A regimen or a transfusion that the model does not describe.
    pub fn outcomes(
        &self,
        design: &Design,
        arm: usize,
        (patients, variant): (&VirtualPatients, Variant),
        views: &[View<'_>],
    ) -> Result<Vec<PotentialOutcomes>> {
        let designs = [(1.0, 0.0), (0.0, 1.0)].map(|practice| decided(design, practice));
        let recruiter = |design| Recruiter::new(design, patients, variant, 0);
        let [never, always] = [recruiter(&designs[0])?, recruiter(&designs[1])?];
        let block = |draws: &[CandidateDraws]| -> Result<Vec<PotentialOutcomes>> {
            let candidates = eligible(&never, draws);
            let mut without = simulated(&never, arm, candidates.clone())?;
            let likelihoods: Vec<Vec<Likelihoods>> = views
                .iter()
                .map(|view| {
                    let own = |patient| Likelihoods::new(design, &view.practice, patient);
                    without.iter().map(own).collect()
                })
                .collect();
            // The course with a transfusion is simulated where some arm may transfuse.
            let may_be: Vec<usize> = (0..without.len())
                .filter(|i| likelihoods.iter().any(|own| own[*i].transfused > 0.0))
                .collect();
            let candidates = may_be.iter().map(|i| candidates[*i].clone()).collect();
            let with = simulated(&always, arm, candidates)?;
            let all: Vec<usize> = (0..without.len()).collect();
            let mut outcomes = none(views);
            let mut see = |patients: &[Outcome], who: &[usize], of: fn(&Likelihoods) -> f64| {
                for ((view, own), outcomes) in views.iter().zip(&likelihoods).zip(&mut outcomes) {
                    let weights: Vec<f64> = who.iter().map(|i| of(&own[*i])).collect();
                    outcomes.see(design, view.statistics, patients, &weights);
                }
            };
            see(&without, &all, |l| l.spared);
            see(&with, &may_be, |l| l.transfused);
            without.iter_mut().for_each(Outcome::rescue);
            see(&without, &all, |l| l.rescued);
            for patient in &mut without {
                patient.leave_out_procedure(design);
            }
            see(&without, &all, |l| l.no_procedure);
            Ok(outcomes)
        };
        let blocks: Result<Vec<_>> = self.draws.par_chunks(BLOCK).map(block).collect();
        let mut outcomes = none(views);
        for block in blocks? {
            outcomes.iter_mut().zip(block).for_each(|(outcomes, own)| outcomes.append(own));
        }
        Ok(outcomes)
    }
}

impl Pool {
    /// How many eligible candidates of an arm cannot be integrated.
    ///
    /// # Errors
    /// As [`Pool::outcomes`].
    pub fn failures(
        &self,
        design: &Design,
        arm: usize,
        (patients, variant): (&VirtualPatients, Variant),
    ) -> Result<Failures> {
        let design = decided(design, (1.0, 0.0));
        let recruiter = Recruiter::new(&design, patients, variant, 0)?;
        let block = |draws: &[CandidateDraws]| {
            Ok(failures(&simulated(&recruiter, arm, eligible(&recruiter, draws))?))
        };
        let blocks: Result<Vec<Failures>> = self.draws.par_chunks(BLOCK).map(block).collect();
        Ok(Failures::sum(&blocks?))
    }
}

/// The protocol with practice decided: P(no transfusion | below) and P(transfusion | above).
fn decided(design: &Design, (below, above): (f64, f64)) -> Design {
    let mut design = design.clone();
    for arm in &mut design.arms {
        arm.practice.no_transfusion_below = below;
        arm.practice.transfusion_above = above;
        arm.practice.no_procedure = 0.0;
        arm.practice.rescue = 0.0;
    }
    design
}

/// No outcome yet, for each view.
fn none(views: &[View<'_>]) -> Vec<PotentialOutcomes> {
    views.iter().map(|view| PotentialOutcomes::of(view.statistics.len())).collect()
}

/// The eligible candidates among `draws`.
fn eligible(recruiter: &Recruiter<'_>, draws: &[CandidateDraws]) -> Vec<Candidate> {
    let all = draws.iter().map(|draws| recruiter.candidate_of(draws));
    all.filter(|candidate| candidate.exclusion.is_none()).collect()
}

/// The candidates, all in one arm.
fn simulated(
    recruiter: &Recruiter<'_>,
    arm: usize,
    patients: Vec<Candidate>,
) -> Result<Vec<Outcome>> {
    let count = patients.len();
    let (arms, strata) = (vec![arm; count], vec![0; count]);
    let enrolment = Enrolment { patients, arms, strata, screening: Screening::default() };
    simulate(
        recruiter,
        enrolment,
        Settings { tolerance: CANDIDATE_TOLERANCE, ..Settings::default() },
    )
}
