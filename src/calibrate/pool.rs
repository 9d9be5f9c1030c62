//! Potential outcomes of each virtual patient in each trial arm, without and with a transfusion,
//! with random numbers that stay the same whatever the parameters.

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
/// Relative tolerance: its error is far below that of having so many patients.
const TOLERANCE: f64 = 1e-6;

/// Everything random about the candidates of a trial.
#[derive(Debug, Clone)]
pub struct Pool {
    draws: Vec<CandidateDraws>,
}

/// One potential outcome of a patient, evaluated for the requested statistics.
#[derive(Debug, Clone, PartialEq)]
pub struct PotentialOutcome {
    /// Probability of this potential outcome.
    pub weight: f64,
    /// The number (or 1 or 0 of an event) behind each statistic; NaN where the outcome does not belong
    /// to its subset.
    pub numbers: Vec<f64>,
}

/// What is to be seen of an arm: the practice, and the statistics.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Practice in the arm.
    pub practice: Practice,
    /// Subset and form of each statistic.
    pub statistics: &'a [(Subset, Form)],
}

/// The probability of each potential outcome of a patient, given the practice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likelihoods {
    /// Not transfused, not rescued.
    pub spared: f64,
    /// Not transfused, but rescued.
    pub rescued: f64,
    /// Transfused, not rescued.
    pub transfused: f64,
    /// No procedure, so not transfused either.
    pub no_procedure: f64,
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

    /// The potential outcomes of the eligible candidates in one arm, for every view: four per patient, in the order
    /// of the candidates.
    ///
    /// # Errors
    /// A regimen or a transfusion that the model does not describe.
    pub fn outcomes(
        &self,
        design: &Design,
        arm: usize,
        (patients, variant): (&VirtualPatients, Variant),
        views: &[View<'_>],
    ) -> Result<Vec<Vec<PotentialOutcome>>> {
        let designs = [(1.0, 0.0), (0.0, 1.0)].map(|practice| decided(design, practice));
        let recruiter = |design| Recruiter::new(design, patients, variant, 0);
        let [never, always] = [recruiter(&designs[0])?, recruiter(&designs[1])?];
        let block = |draws: &[CandidateDraws]| -> Result<Vec<Vec<PotentialOutcome>>> {
            let mut without = simulated(&never, arm, draws)?;
            let with = simulated(&always, arm, draws)?;
            let shares: Vec<Vec<Likelihoods>> = views
                .iter()
                .map(|view| {
                    let own = |patient| Likelihoods::new(design, &view.practice, patient);
                    without.iter().map(own).collect()
                })
                .collect();
            let mut outcomes = vec![Vec::with_capacity(4 * without.len()); views.len()];
            let mut see = |patients: &[Outcome], share: fn(&Likelihoods) -> f64| {
                for ((view, shares), outcomes) in views.iter().zip(&shares).zip(&mut outcomes) {
                    for (patient, likelihoods) in patients.iter().zip(shares) {
                        let number = |(subset, form): &(Subset, Form)| {
                            if subset.contains(patient) {
                                form.number(design, patient)
                            } else {
                                None
                            }
                        };
                        let numbers = view.statistics.iter().map(number);
                        outcomes.push(PotentialOutcome {
                            weight: share(likelihoods),
                            numbers: numbers.map(|n| n.unwrap_or(f64::NAN)).collect(),
                        });
                    }
                }
            };
            see(&without, |l| l.spared);
            see(&with, |l| l.transfused);
            without.iter_mut().for_each(Outcome::rescue);
            see(&without, |l| l.rescued);
            for patient in &mut without {
                patient.leave_out_procedure(design);
            }
            see(&without, |l| l.no_procedure);
            Ok(outcomes)
        };
        let blocks: Result<Vec<_>> = self.draws.par_chunks(BLOCK).map(block).collect();
        let mut outcomes = vec![Vec::new(); views.len()];
        for block in blocks? {
            for (outcomes, own) in outcomes.iter_mut().zip(block) {
                outcomes.extend(own);
            }
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
        let block = |draws: &[CandidateDraws]| Ok(failures(&simulated(&recruiter, arm, draws)?));
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

/// The eligible candidates among `draws`, all in one arm.
fn simulated(
    recruiter: &Recruiter<'_>,
    arm: usize,
    draws: &[CandidateDraws],
) -> Result<Vec<Outcome>> {
    let all = draws.iter().map(|draws| recruiter.candidate_of(draws));
    let patients: Vec<Candidate> = all.filter(|candidate| candidate.exclusion.is_none()).collect();
    let count = patients.len();
    let (arms, strata) = (vec![arm; count], vec![0; count]);
    let enrolment = Enrolment { patients, arms, strata, screening: Screening::default() };
    simulate(recruiter, enrolment, Settings { tolerance: TOLERANCE, ..Settings::default() })
}

impl Likelihoods {
    /// Of a patient seen without transfusion.
    #[must_use]
    pub fn new(design: &Design, practice: &Practice, without: &Outcome) -> Self {
        if without.schedule.procedure_day.is_none() {
            return Self { spared: 1.0, rescued: 0.0, transfused: 0.0, no_procedure: 0.0 };
        }
        let no_procedure = practice.no_procedure;
        let takes_place = 1.0 - no_procedure;
        let transfused =
            takes_place * practice.p_transfusion(&design.transfusion, without.pre_count);
        let rescued = (takes_place - transfused) * practice.rescue;
        Self { spared: takes_place - transfused - rescued, rescued, transfused, no_procedure }
    }
}
