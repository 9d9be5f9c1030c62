//! What can be typed after `thrombo calibrate`.

use super::counts;
use super::trial_args::variant;
use clap::Args as ClapArgs;
use std::path::PathBuf;
use thrombopoiesis::model::Variant;

#[expect(clippy::struct_excessive_bools, reason = "each is a separate switch")]
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
parameters/calibration.toml lists the estimated parameters with their priors. They are estimated
from the published results in targets/ with the role `calibrate`; all other results are predicted.
Files in DIR, for each variant: calibrated_b.toml (usable with --parameters), calibration_b.txt,
targets_b.csv, posterior_b.csv, profiles_b.csv, trade_offs_b.csv, placebo_b.csv, figures/, and the
run record. With several variants, variants.csv and decisions.csv hold their weights.

Examples:
  thrombo calibrate --quick                                  a first look
  thrombo calibrate --variant B --out calibration
  thrombo calibrate --variant A,B,C,D --out calibration --resume
  thrombo trial l_plus_2 --parameters calibration/calibrated_b.toml")]
pub(super) struct CalibrateArgs {
    /// Folder of published results [default: those shipped with the program]
    #[arg(long, value_name = "DIR")]
    pub(super) targets: Option<PathBuf>,
    /// Estimated parameters and their priors [default: parameters/calibration.toml, shipped]
    #[arg(long, value_name = "FILE")]
    pub(super) plan: Option<PathBuf>,
    /// Structural variants, calibrated one after the other
    #[arg(long = "variant", alias = "variants", default_value = "B", value_name = "LETTERS", value_delimiter = ',', value_parser = variant)]
    pub(super) variants: Vec<Variant>,
    /// Also estimate this parameter (optional ones are listed in the plan); repeatable
    #[arg(long = "free", value_name = "NAME")]
    pub(super) free: Vec<String>,
    /// Seed of the virtual patients
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = super::counts::seed, allow_hyphen_values = true)]
    pub(super) seed: u64,
    /// A smaller calibration: fewer virtual patients, starting points, draws and trials, unless they are given
    #[arg(long)]
    pub(super) quick: bool,
    /// Virtual patients per evaluation of the objective
    #[arg(long, default_value_t = 4096, default_value_if("quick", "true", "2048"), value_name = "N", value_parser = counts::candidates)]
    pub(super) candidates: usize,
    /// Starting points screened before the search
    #[arg(long, default_value_t = 48, default_value_if("quick", "true", "12"), value_name = "N", value_parser = counts::screened)]
    pub(super) screened: usize,
    /// Effective sample size of the posterior at which no more draws are made
    #[arg(long, default_value_t = 1_000, default_value_if("quick", "true", "200"), value_name = "N", value_parser = counts::draws)]
    pub(super) effective_size: usize,
    /// Largest number of draws from the posterior
    #[arg(long, default_value_t = 6_000, default_value_if("quick", "true", "1200"), value_name = "N", value_parser = counts::draws)]
    pub(super) draws: usize,
    /// Number of trials simulated for the predictions
    #[arg(long, default_value_t = 400, default_value_if("quick", "true", "100"), value_name = "N", value_parser = counts::predictions)]
    pub(super) replicates: usize,
    /// If a calibration target lies outside its prediction interval, repeat the search from more starting
    /// points, to a tighter tolerance and with more patients, to find out whether the model or the search is
    /// the cause; takes about five times as long
    #[arg(long)]
    pub(super) check_conflicts: bool,
    /// Resume an interrupted run with the same inputs
    #[arg(long, requires = "out")]
    pub(super) resume: bool,
    /// Number of threads; does not affect the result
    #[arg(long, value_name = "N", value_parser = counts::threads)]
    pub(super) threads: Option<usize>,
    /// Folder for the results [default: print them only]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// If a folder that thrombo did not write, or that has been modified, is in the way, rename it to DIR.previous
    #[arg(long)]
    pub(super) force: bool,
}
