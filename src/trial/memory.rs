//! What the replicates of a trial take in memory, from the product of their counts.
//!
//! Measured on the shipped trials: a simulated patient of `l_plus_2` took 2.0 kB, its rows in the
//! tables 1.3 kB of text, and a replicate 1.8 kB of text.

use super::design::Design;
use super::run::Run;
use super::statistic::Value;
use super::{Compared, Outcome};

/// Patients of one round of replicates: as many replicates run before what came of them is kept.
const PATIENTS_OF_ROUND: usize = 32_000;
/// Most replicates of a round.
const ROUND: usize = 64;
/// A simulated patient beside days, visits and doses: parameters, covariates, draws and plan, bytes.
const BYTES_OF_PATIENT: f64 = size_of::<Outcome>() as f64 + 1_000.0;
/// Each visit or dose of a patient: its plan, its times in the engine, counts and noise, bytes.
const BYTES_OF_RECORD: f64 = 96.0;
/// A patient's row in the tables, and the row of each visit or dose, bytes.
const TEXT_OF_PATIENT: f64 = 400.0;
const TEXT_OF_RECORD: f64 = 64.0;
/// A statistic or comparison of a replicate as text, bytes.
const TEXT_OF_NUMBER: f64 = 20.0;
/// A list or text that grows holds up to twice as much, and three times while it moves.
const GROWTH: f64 = 2.5;
/// Replicates whose patients' courses are kept for the bands of figures.
pub(super) const COURSES_OF: usize = 100;

impl Design {
    /// Memory of the simulated patients of one replicate, bytes.
    #[must_use]
    pub fn bytes_of_replicate(&self) -> f64 {
        let own = BYTES_OF_PATIENT + BYTES_OF_RECORD * self.records() + 8.0 * self.days();
        self.randomised as f64 * own
    }

    /// Most visits and doses of a patient.
    fn records(&self) -> f64 {
        let doses = self.arms.iter().map(|arm| arm.regimen.planned().len()).max();
        (self.visits.days.len() + doses.unwrap_or(0)) as f64
    }

    fn days(&self) -> f64 {
        self.endpoints.last_day
    }
}

impl Run<'_> {
    /// Replicates between two rounds of keeping what came of them.
    pub(super) fn round(&self) -> usize {
        let few = (PATIENTS_OF_ROUND / self.design.randomised.max(1)).min(ROUND);
        few.max(self.settings.threads.unwrap_or_else(rayon::current_num_threads).min(ROUND))
    }

    /// Memory of all replicates while they are run and summarised, when each forms so many statistics
    /// and comparisons, bytes.
    pub(super) fn bytes(&self, statistics: usize, comparisons: usize) -> f64 {
        let replicates = self.replicates as f64;
        let running = self.round().min(self.replicates) as f64 * self.design.bytes_of_replicate();
        let statistic = size_of::<Value>() as f64 + 16.0 + GROWTH * TEXT_OF_NUMBER;
        let comparison = size_of::<Compared>() as f64 + 24.0 + 3.0 * GROWTH * TEXT_OF_NUMBER;
        let kept = 256.0 + statistics as f64 * statistic + comparisons as f64 * comparison;
        let courses = self.replicates.min(COURSES_OF) * self.design.randomised;
        let courses = courses as f64 * 8.0 * self.design.days();
        running + replicates * kept + (GROWTH + 1.0) * courses
    }

    /// Memory of the tables with the patients of so many replicates, bytes.
    #[must_use]
    pub fn bytes_of_tables(&self, saved: usize) -> f64 {
        let patients = saved.min(self.replicates) as f64 * self.design.randomised as f64;
        GROWTH * patients * (TEXT_OF_PATIENT + TEXT_OF_RECORD * self.design.records())
    }
}
