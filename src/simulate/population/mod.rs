//! Populations: many virtual patients under one regimen, streamed in blocks through all threads.
//!
//! ```
//! use thrombopoiesis::model::{Population, parameter_set};
//! use thrombopoiesis::population::Variability;
//! use thrombopoiesis::simulate::population::{Request, Summary, population};
//!
//! let set = parameter_set("mechanistic", Population::CLD)?;
//! let regimen = "3 mg qd x7".parse()?;
//! let mut request = Request::new(&set, &regimen);
//! request.subjects = 100;
//! request.variability = vec![Variability::from_omega("kc", 1.3)?];
//! let mut summary = Summary::new(&request, &[0.05, 0.5, 0.95], &[50.0]);
//! population(&request, &mut summary, &|_| {})?;
//! let day_12 = &summary.rows()[12];
//! assert!(day_12.quantiles[0] < day_12.quantiles[1]);
//! # Ok::<(), thrombopoiesis::error::Error>(())
//! ```

mod cohort;
mod failures;
mod individuals;
mod interpreted;
#[cfg(test)]
mod interpreted_tests;
mod keep;
mod lanes;
mod measured;
mod reference;
mod settings;
#[cfg(test)]
mod tests;
mod volunteers;

pub use crate::integrate::lanes::{Ending, Instructions};
pub use crate::machine::with_threads;
pub use cohort::{
    Cohort, Decision, Look, PatientPlan, PlannedDose, dosing_stopped_at, transfusion_omitted_at,
};
pub use failures::{Extent, Failures, FirstFailure, PARTIAL_SHARE};
pub use keep::{Endpoints, Keep, Profiles, Row, Summary};
pub use measured::{Measured, Visits};
pub use settings::Settings;

use crate::error::{Error, Result};
use crate::machine::require;
use crate::model::ParameterSet;
use crate::population::{Generator, Variability};
use crate::regimen::Regimen;
use crate::units::Time;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use volunteers::Volunteers;

/// Subjects simulated together by one thread, where times are few. Results do not depend on it.
const BLOCK: usize = 256;
/// With more times than this, blocks have fewer subjects, down to the least.
const TIMES_OF_BLOCK: usize = 1024;
const LEAST_BLOCK: usize = 8;
/// Blocks between two rounds of keeping what came of them, and the most counts in them.
const ROUND: usize = 64;
const COUNTS_OF_ROUND: usize = ROUND * BLOCK * TIMES_OF_BLOCK;
/// Memory of a count that waits to be kept, and of a time of a subject that is being simulated, bytes:
/// the number itself; of a subject that waits: its ending. `invariant_estimates_of_memory_hold` compares
/// the estimate with what a run takes.
const BYTES_OF_COUNT: f64 = 8.0;
const BYTES_OF_SUBJECT: f64 = 256.0;

/// Relative tolerance of the integration of many patients unless another is asked for.
pub const TOLERANCE: f64 = 1e-6;

/// What integrates the equations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// Several patients at once, with compiled equations where the model has them: the default.
    #[default]
    Lanes,
    /// Several patients at once, with the equations of the graph: any model.
    Interpreted,
    /// One patient after the other, through `ode_solvers`.
    Reference,
}

/// The measured count of subject, visit and true count: visit 0 is the baseline, the others are the visits
/// of the stopping rule in their order.
pub type Measurement<'a> = &'a (dyn Fn(usize, usize, f64) -> f64 + Sync);

/// A population to be simulated.
#[derive(Clone)]
pub struct Request<'a> {
    /// The typical patient, who is the median one.
    pub set: &'a ParameterSet,
    /// Where the patients come from, whose typical one is `set`; without it they differ in what varies.
    pub patients: Option<&'a Generator>,
    /// Doses and stopping rule. The rule sees measured counts.
    pub regimen: &'a Regimen,
    /// Which parameters differ between patients, besides what [`Self::patients`] do.
    pub variability: Vec<Variability>,
    /// Transfusions: when, and how many platelets, 10⁹.
    pub transfusions: Vec<(Time, f64)>,
    /// How the counts that the stopping rule sees are measured.
    pub measurement: Measurement<'a>,
    /// Number of patients.
    pub subjects: usize,
    /// Number of the first patient: the others follow.
    pub first_subject: usize,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Times at which the count is wanted, h, rising.
    pub times_h: Vec<f64>,
    /// End of the simulation.
    pub until: Time,
    /// Count of interest, 10⁹/L: endpoints say when it was reached.
    pub level: f64,
    /// How they are simulated.
    pub settings: Settings<'a>,
}

impl std::fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { set, subjects, seed, settings, .. } = self;
        let engine = settings.engine;
        write!(f, "{subjects} x {} seed {seed} by {engine:?}", set.model)
    }
}

impl<'a> Request<'a> {
    /// One patient without variability, daily for 40 days.
    #[must_use]
    pub fn new(set: &'a ParameterSet, regimen: &'a Regimen) -> Self {
        Self {
            set,
            patients: None,
            regimen,
            variability: Vec::new(),
            transfusions: Vec::new(),
            measurement: &|_, _, count| count,
            subjects: 1,
            first_subject: 0,
            seed: 1,
            times_h: (0..=40).map(|day| 24.0 * f64::from(day)).collect(),
            until: Time::days(40.0),
            level: 50.0,
            settings: Settings::default(),
        }
    }

    fn integration(&self) -> Integration<'a> {
        Integration {
            set: self.set,
            times: self.times_h.len(),
            until: self.until,
            level: self.level,
            settings: self.settings,
        }
    }

    fn check(&self) -> Result<()> {
        self.settings.validate()?;
        let until_h = self.until.in_hours();
        let rising = self.times_h.windows(2).all(|pair| pair[0] <= pair[1]);
        let inside = self.times_h.iter().all(|time| (0.0..=until_h).contains(time));
        let times = self.transfusions.iter().map(|(time, _)| time.in_hours());
        let bad = [until_h].into_iter().chain(times).find(|t| !t.is_finite() || *t < 0.0);
        if let Some(value) = bad.or((!rising || !inside).then_some(f64::NAN)) {
            return Err(Error::OutOfRange {
                symbol: "time".to_owned(),
                value,
                unit: "h".to_owned(),
                range: format!("[0, {until_h}], rising"),
            });
        }
        Ok(())
    }
}

/// How patients are to be integrated.
#[derive(Debug, Clone, Copy)]
pub struct Integration<'a> {
    /// The typical patient.
    pub set: &'a ParameterSet,
    /// Number of times at which the count of each patient is wanted.
    pub times: usize,
    /// End of the simulation.
    pub until: Time,
    /// Count of interest, 10⁹/L.
    pub level: f64,
    /// How they are simulated.
    pub settings: Settings<'a>,
}

/// What came of a run of subjects.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Number of the first subject.
    pub first_subject: usize,
    /// Platelet counts, 10⁹/L: subject by subject, at the times asked for. NaN after a failure.
    pub platelets: Vec<f64>,
    /// What became of each subject, times in h.
    pub endings: Vec<Ending>,
}

/// Simulates a population, handing what comes of it to `keep` in the order of the subjects.
/// `progress` is told how many subjects are done, from any thread.
///
/// A subject's numbers depend on the seed, its number and the request; not on the number of
/// subjects or threads, nor on its neighbours. A subject that cannot be integrated is reported in
/// its [`Ending`] and disturbs no other.
///
/// # Errors
/// A symbol that the model does not have, times out of order, a route or a transfusion that the
/// model does not describe, more memory than there is.
pub fn population(
    request: &Request<'_>,
    keep: &mut dyn Keep,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<()> {
    request.check()?;
    with_threads(request.settings.threads, || {
        let what = format!("{} subjects at {} times", request.subjects, request.times_h.len());
        let bytes = bytes_of_round(request) + keep.bytes(request);
        require(&what, bytes, "lower the number of subjects or of samples")?;
        stream(request, keep, progress)
    })?
}

/// Subjects of a block, and blocks of a round.
fn block_and_round(times: usize) -> (usize, usize) {
    let block = (BLOCK * TIMES_OF_BLOCK / times.max(TIMES_OF_BLOCK)).max(LEAST_BLOCK);
    (block, (COUNTS_OF_ROUND / (block * times.max(1))).clamp(1, ROUND))
}

/// Memory of the subjects of a round: their counts and endings, and the plans of those that are being
/// simulated.
fn bytes_of_round(request: &Request<'_>) -> f64 {
    let times = request.times_h.len() as f64;
    let (block, round) = block_and_round(request.times_h.len());
    let (waiting, simulated) = (block * round, block * rayon::current_num_threads().min(round));
    let of = |most: usize, bytes: f64| most.min(request.subjects) as f64 * bytes;
    let counts = BYTES_OF_COUNT * times;
    of(waiting, counts + BYTES_OF_SUBJECT) + of(simulated, 2.0 * counts)
}

fn stream(
    request: &Request<'_>,
    keep: &mut dyn Keep,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<()> {
    let volunteers = Volunteers::new(request)?;
    let integration = request.integration();
    let done = AtomicUsize::new(0);
    let (block_size, blocks_of_round) = block_and_round(request.times_h.len());
    let blocks = request.subjects.div_ceil(block_size);
    for round in (0..blocks).step_by(blocks_of_round) {
        let finished: Result<Vec<Block>> = (round..blocks.min(round + blocks_of_round))
            .into_par_iter()
            .map(|block| {
                let first = block * block_size;
                let count = block_size.min(request.subjects - first);
                let first = request.first_subject + first;
                let finished = simulate_block(&integration, &volunteers, first, count)?;
                progress(done.fetch_add(count, Ordering::Relaxed) + count);
                Ok(finished)
            })
            .collect();
        finished?.iter().for_each(|block| keep.take(block));
    }
    Ok(())
}

/// Simulates `count` patients of a cohort from number `first` on, on this thread. The reference engine
/// takes over those that the lanes cannot integrate.
///
/// The numbers of a patient depend on this patient's values, plan and decisions only, not on neighbours.
///
/// # Errors
/// A route or a transfusion that the model does not describe; [`Error::Stopped`] where the run is to end.
pub fn simulate_block(
    integration: &Integration<'_>,
    cohort: &dyn Cohort,
    first: usize,
    count: usize,
) -> Result<Block> {
    integration.settings.go_on()?;
    integration.set.model.require_platelets("a summary of the counts of a population")?;
    let mut block = lanes::choose(integration, cohort)(integration, cohort, first, count)?;
    if integration.settings.engine != Engine::Reference {
        reference::retry(integration, cohort, &mut block)?;
    }
    Ok(block)
}
