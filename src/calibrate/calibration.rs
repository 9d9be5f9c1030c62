//! A whole calibration of one structural variant: search, uncertainty, posterior, verdict.

use super::estimated::{Estimated, Place};
use super::evaluator::{Evaluator, Known, Save, Watch};
use super::placebo::{Response, responses};
use super::pool_error::pool_error;
use super::posterior::{Posterior, Sampling, posterior};
use super::problem::Problem;
use super::profile::{Profile, TradeOff, profiles, trade_offs};
use super::search::{Found, Search, search};
use super::sets::MOST_SETS;
use super::verdict::{counted_verdict, fits, verdict};
use crate::error::Result;
use crate::machine::{prepare_threads, require};
use crate::population::{TrialPractice, VirtualPatients};
use crate::simulate::population::Failures;
use crate::trial::{Against, Design, Published};

/// Pools of virtual patients behind the posterior.
const POOLS: u64 = 8;

/// What an evaluation leaves behind besides its place, bytes: its key, value and place in the lists of
/// what is known, of the checkpoint and of the posterior.
const BYTES_OF_EVALUATION: f64 = 1_000.0;
/// What it leaves of each estimated number, bytes: in these lists, in a table and in a document.
const BYTES_OF_NUMBER: f64 = 400.0;

/// How a calibration is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The search.
    pub search: Search,
    /// How many parameter sets are drawn from the posterior.
    pub sampling: Sampling,
    /// Parameter sets that stand for the posterior.
    pub sets: usize,
    /// Trials simulated for the verdict.
    pub replicates: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            search: Search::default(),
            sampling: Sampling::default(),
            sets: MOST_SETS,
            replicates: 400,
        }
    }
}

impl Settings {
    /// About how many evaluations of the objective a calibration takes.
    #[must_use]
    pub fn evaluations(&self, problem: &Problem) -> usize {
        let n = problem.estimated.len();
        let newton = 5 * (2 * n + 1);
        let simplex = 2 * usize::try_from(self.search.simplex_iterations).unwrap_or(0);
        self.search.screened
            + simplex
            + newton
            + self.sampling.most
            + 22 * n
            + problem.published.len()
    }
}

/// What came of a calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Where the search came to.
    pub found: Found,
    /// Standard errors on the scales, by curvature.
    pub standard_errors: Vec<f64>,
    /// Share of each parameter's information that comes from its prior.
    pub prior_shares: Vec<f64>,
    /// Parameters that the published numbers determine, all in all.
    pub effective_parameters: f64,
    /// Sample of the posterior.
    pub posterior: Option<Posterior>,
    /// Standard error of its marginal likelihood's logarithm that the pools of candidates leave (J17).
    pub pool_error: Option<f64>,
    /// Sets of equal weight that stand for it.
    pub sets: Vec<Vec<f64>>,
    /// Profiles.
    pub profiles: Vec<Profile>,
    /// What happens to the rest if one number is forced.
    pub trade_offs: Vec<TradeOff>,
    /// How the placebo's numbers move with practice and noise.
    pub placebo: Vec<Response>,
    /// Every published number beside its prediction over the posterior.
    pub against: Vec<Against>,
    /// The same at the optimum alone.
    pub against_optimum: Vec<Against>,
    /// Candidates that could not be integrated at the estimates.
    pub failed_candidates: Failures,
    /// Patients of the trials over the posterior who could not be integrated.
    pub failed_in_trials: Failures,
}

impl Calibration {
    /// Published numbers in the objective less the parameters they determine.
    #[must_use]
    pub fn degrees_of_freedom(&self, problem: &Problem) -> f64 {
        problem.published.len() as f64 - self.effective_parameters
    }

    /// How far the numbers that enter as normal lie from what is expected, r' Σ⁻¹ r (J16); none where
    /// the covariance is not positive definite.
    #[must_use]
    pub fn misfit(&self) -> Option<Misfit> {
        let likelihood = &self.found.evaluation.likelihood;
        let factor = likelihood.covariance.clone().cholesky()?;
        let squared = likelihood.residuals.dot(&factor.solve(&likelihood.residuals));
        let degrees_of_freedom = likelihood.residuals.len() as f64 - self.effective_parameters;
        Some(Misfit { squared, degrees_of_freedom })
    }
}

/// How far numbers lie from what is expected of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Misfit {
    /// Squared distance in standard deviations.
    pub squared: f64,
    /// Numbers less the parameters that they and the others determine.
    pub degrees_of_freedom: f64,
}

/// Refuses more evaluations than memory holds.
fn require_evaluations(problem: &Problem, settings: &Settings) -> Result<()> {
    let kept = settings.evaluations(problem);
    let bytes =
        kept as f64 * (BYTES_OF_EVALUATION + BYTES_OF_NUMBER * problem.estimated.len() as f64);
    require(
        &format!("{kept} evaluations"),
        bytes,
        "lower the number of draws or of screened starting points",
    )
}

/// Calibrates; none where nothing can be said anywhere. `published` is what the verdict speaks of,
/// whatever its role.
///
/// # Errors
/// What [`Problem::evaluate`] refuses; more draws or replicates than memory holds.
pub fn calibrate(
    problem: &Problem,
    published: &[Published],
    settings: &Settings,
    earlier: Vec<Known>,
    (save, watch): (Save<'_>, Watch<'_>),
) -> Result<Option<Calibration>> {
    prepare_threads();
    require_evaluations(problem, settings)?;
    fits(published, settings.replicates)?;
    let evaluator = Evaluator::new(problem, earlier, save, watch);
    let Some(found) = search(&evaluator, &settings.search)? else { return Ok(None) };
    let Some(factor) = found.local.curvature.clone().cholesky() else { return Ok(None) };
    let covariance = 2.0 * factor.inverse();
    let prior = |i: usize| 1.0 / (problem.estimated[i].sd * problem.estimated[i].sd);
    let prior_shares: Vec<f64> =
        (0..found.x.len()).map(|i| covariance[(i, i)] * prior(i)).collect();
    let pools = problem.pools(POOLS)?;
    let sample = posterior(&evaluator, &pools, &found, &settings.sampling);
    let sets = match &sample {
        Some(sample) => sample.resampled(settings.sets),
        None => vec![found.x.clone()],
    };
    let profiles = profiles(&evaluator, &found);
    let trade_offs = trade_offs(&evaluator, &found);
    let placebo = responses(&evaluator, &found);
    evaluator.check()?;
    let told = |_: usize| {};
    let at = |x: &[f64], design: &Design| -> Result<(Design, VirtualPatients)> {
        Ok((problem.with_practice(design, x), problem.patients_at(x, "")?))
    };
    let whose = (problem.variant, problem.seed);
    let over = |replicate: usize, design: &Design| at(&sets[replicate % sets.len()], design);
    let (against, failed_in_trials) =
        counted_verdict(whose, &over, published, settings.replicates, &told)?;
    let optimum = |_: usize, design: &Design| at(&found.x, design);
    let against_optimum = verdict(whose, &optimum, published, settings.replicates, &told)?;
    Ok(Some(Calibration {
        standard_errors: covariance.diagonal().iter().map(|v| v.sqrt()).collect(),
        effective_parameters: prior_shares.iter().map(|share| 1.0 - share).sum(),
        prior_shares,
        pool_error: sample.as_ref().map(|sample| pool_error(&pools, sample)).transpose()?,
        posterior: sample,
        sets,
        profiles,
        trade_offs,
        placebo,
        against,
        against_optimum,
        failed_candidates: problem.failures(&found.x)?,
        failed_in_trials,
        found,
    }))
}

/// The calibrated virtual patients, practice included, ready to be written.
///
/// # Errors
/// None in practice: every place has been put in before.
pub fn calibrated_patients(
    problem: &Problem,
    calibration: &Calibration,
) -> Result<VirtualPatients> {
    let source = format!("calibration of variant {} to the published trials", problem.variant);
    let mut patients = problem.patients_at(&calibration.found.x, &source)?;
    patients.id = format!("calibrated_{}", problem.variant.to_string().to_lowercase());
    let set = patients.typical_patient(problem.variant)?;
    let whose = match set.model.text() {
        Some(text) => text.title.as_str(),
        None => "Chronic liver disease",
    };
    patients.variant = set.variants_apply().then_some(problem.variant);
    let variant = patients.variant.map_or_else(String::new, |own| format!(", variant {own}"));
    patients.title = format!("{whose}, calibrated{variant}");
    // What is left of the variant's own numbers becomes the file's.
    for (_, entries, _) in std::mem::take(&mut patients.of_variants) {
        patients.typical.extend(entries);
    }
    for (estimated, value) in problem.estimated.iter().zip(problem.values(&calibration.found.x)) {
        put_practice(&mut patients, estimated, value);
    }
    for (estimated, value) in problem.estimated.iter().zip(problem.values(&calibration.found.x)) {
        if estimated.place == Place::DrugDifference {
            patients.practice.iter_mut().for_each(|own| own.drug_difference = Some(value));
        }
    }
    Ok(patients)
}

/// Puts the practice of one trial into the patients, if the number is one of it.
fn put_practice(patients: &mut VirtualPatients, estimated: &Estimated, value: f64) {
    let (trial, part): (_, fn(&mut TrialPractice) -> &mut Option<f64>) = match &estimated.place {
        Place::NoTransfusionBelow(trial) => (trial, |p| &mut p.no_transfusion_below),
        Place::NoProcedure(trial) => (trial, |p| &mut p.no_procedure),
        Place::TransfusionAbove(trial) => (trial, |p| &mut p.transfusion_above),
        Place::Rescue(trial) => (trial, |p| &mut p.rescue),
        _ => return,
    };
    let position = patients.practice.iter().position(|own| own.trial == *trial);
    let i = position.unwrap_or_else(|| {
        let own = TrialPractice { trial: trial.clone(), ..TrialPractice::default() };
        patients.practice.push(own);
        patients.practice.len() - 1
    });
    *part(&mut patients.practice[i]) = Some(value);
}
