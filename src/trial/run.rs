//! Replicates of a trial: the same protocol with other patients, many times.

use super::allocation::{Screening, enrol};
use super::comparison::{Compared, Comparison};
use super::course;
use super::design::Design;
use super::outcome::{Outcome, Status};
use super::patient::Recruiter;
use super::statistic::{Statistic, Value};
use crate::error::Result;
use crate::machine::require;
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::simulate::population::{Failures, Settings, with_threads};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A trial to be run.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The protocol.
    pub design: &'a Design,
    /// The patients.
    pub patients: &'a VirtualPatients,
    /// Structural variant of the model.
    pub variant: Variant,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Number of the first replicate, from 0.
    pub first: usize,
    /// Number of replicates.
    pub replicates: usize,
    /// How the patients are simulated.
    pub settings: Settings<'a>,
    /// Protocols and patients of a sample of parameter sets: replicate r is run with set r, again
    /// from the first after the last. Empty: `design` and `patients`.
    pub sets: &'a [(Design, VirtualPatients)],
}

/// One simulated trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Replicate {
    /// Its number, from 0.
    pub number: usize,
    /// Who was screened for it.
    pub screening: Screening,
    /// The statistics asked for, in their order.
    pub values: Vec<Value>,
    /// The comparisons asked for, in their order.
    pub compared: Vec<Compared>,
    /// Patients who could not be integrated.
    pub failed: usize,
    /// The same of how many, and the first of them.
    pub failures: Failures,
    /// Patients who left.
    pub dropped_out: usize,
}

impl<'a> Run<'a> {
    /// One replicate with seed 1 on all threads.
    #[must_use]
    pub fn new(design: &'a Design, patients: &'a VirtualPatients) -> Self {
        Self {
            design,
            patients,
            variant: patients.variant.unwrap_or(Variant::B),
            seed: 1,
            first: 0,
            replicates: 1,
            settings: Settings::default(),
            sets: &[],
        }
    }

    /// The patients of one replicate, in the order of their randomisation.
    ///
    /// # Errors
    /// Patients that do not fit the model; entry criteria that let hardly anyone in.
    pub fn patients(&self, replicate: usize) -> Result<Vec<Outcome>> {
        let (design, patients) = self.set(replicate);
        let recruiter = Recruiter::new(design, patients, self.variant, self.seed)?;
        Ok(self.simulated(&recruiter, replicate)?.1)
    }

    /// Protocol and patients of a replicate.
    fn set(&self, replicate: usize) -> (&'a Design, &'a VirtualPatients) {
        match self.sets.len() {
            0 => (self.design, self.patients),
            count => {
                let (design, patients) = &self.sets[replicate % count];
                (design, patients)
            }
        }
    }

    /// The patients of one replicate put in every arm: arm by arm, in the order of their
    /// randomisation. The patient's random draws, including measurement errors, are the same in each.
    ///
    /// # Errors
    /// As [`Self::patients`].
    pub fn in_every_arm(&self, replicate: usize) -> Result<Vec<Vec<Outcome>>> {
        let recruiter = Recruiter::new(self.design, self.patients, self.variant, self.seed)?;
        let enrolment = enrol(&recruiter, self.seed, replicate)?;
        let in_arm = |arm: usize| {
            let mut enrolment = enrolment.clone();
            enrolment.arms.fill(arm);
            course::simulate(&recruiter, enrolment, self.settings)
        };
        (0..self.design.arms.len()).map(in_arm).collect()
    }

    fn simulated(
        &self,
        recruiter: &Recruiter<'_>,
        replicate: usize,
    ) -> Result<(Screening, Vec<Outcome>)> {
        let enrolment = enrol(recruiter, self.seed, replicate)?;
        let screening = enrolment.screening;
        let trial = course::simulate(recruiter, enrolment, self.settings)?;
        Ok((screening, trial))
    }

    /// Runs all replicates, handing each with its patients to `keep` in the order of their numbers.
    /// `progress` is told how many are done, from any thread.
    ///
    /// # Errors
    /// Patients that do not fit the model; entry criteria that let hardly anyone in.
    pub fn replicates(
        &self,
        statistics: &[Statistic],
        comparisons: &[Comparison],
        keep: &mut (dyn FnMut(Replicate, Vec<Outcome>) + Send),
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<()> {
        let recruiter = Recruiter::new(self.design, self.patients, self.variant, self.seed)?;
        let done = AtomicUsize::new(0);
        let one = |number: usize| {
            let (screening, trial) = if self.sets.is_empty() {
                self.simulated(&recruiter, number)?
            } else {
                let (design, patients) = self.set(number);
                let recruiter = Recruiter::new(design, patients, self.variant, self.seed)?;
                self.simulated(&recruiter, number)?
            };
            let is =
                |status: fn(&Status) -> bool| trial.iter().filter(|p| status(&p.status)).count();
            let replicate = Replicate {
                number,
                screening,
                values: statistics.iter().map(|s| s.value(self.design, &trial)).collect(),
                compared: comparisons.iter().map(|c| c.of(self.design, &trial)).collect(),
                failed: is(|status| matches!(status, Status::Failed(_))),
                failures: failures(&trial),
                dropped_out: is(|status| *status == Status::DroppedOut),
            };
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            Ok((replicate, trial))
        };
        with_threads(self.settings.threads, || {
            let what = format!("{} trials of {} patients", self.replicates, self.design.randomised);
            let bytes = self.bytes(statistics.len(), comparisons.len());
            require(&what, bytes, "lower the number of replicates or patients")?;
            let step = self.round();
            let end = self.first + self.replicates;
            for round in (self.first..end).step_by(step) {
                let numbers = round..end.min(round + step);
                let finished: Result<Vec<_>> = numbers.into_par_iter().map(one).collect();
                finished?.into_iter().for_each(|(replicate, trial)| keep(replicate, trial));
            }
            Ok(())
        })?
    }
}

/// How many patients of a trial could not be integrated.
#[must_use]
pub fn failures(trial: &[Outcome]) -> Failures {
    let mut found = Failures::default();
    trial.iter().enumerate().for_each(|(i, patient)| found.count(i, &patient.ending));
    found
}
