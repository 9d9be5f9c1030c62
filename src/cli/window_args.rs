//! What can be typed after `thrombo window`.

use super::counts;
use clap::{Args as ClapArgs, ValueEnum};
use std::path::PathBuf;
use thrombopoiesis::regimen::StoppingRule;
use thrombopoiesis::window::{
    APPROVED_DAYS, APPROVED_MG, BASELINES, Choice, ENTRY, SEARCHED, THRESHOLD, TOO_HIGH, WANTED,
};

/// Parameter sets that stand for a posterior unless others are asked for.
const SETS: usize = 100;

#[derive(Debug, ClapArgs)]
#[command(after_help = format!("\
By default, the patients are those calibrated separately for each structural variant; for the
hand-picked values from which the calibration started, use --parameters patients_start.
Baselines are counts before treatment, 10^9/L. Results for all patients with a measured count
below {ENTRY} are shown as well.
Days are counted from the first dose: --procedure-day 12 is a procedure 12 days after it.
Files in DIR: windows.csv, days.csv, starts.csv, with --posterior uncertainty.csv, with --optimise optimum.csv and courses.csv;
summary.toml, figures/, and the run record.

Examples:
  thrombo window                                        by baseline, all structural variants
  thrombo window --posterior calibrated                 the same with 95 % intervals of the parameters
  thrombo window --baseline 35 --procedure-day 12       one patient's measured count, one day
  thrombo window --baseline 35 --dose 4 --days 5 --rule
  thrombo window --baseline 35 --regimen \"3 mg qd x7, miss 4\"
  thrombo window --baseline 35 --miss 4 --set kc=150
  thrombo window --optimise --probability 0.8 --out window"))]
pub(super) struct WindowArgs {
    /// Virtual patients: a file, or the name of a shipped set; `calibrated` is the set of each variant
    #[arg(
        long = "parameters",
        aliases = ["patients", "model"],
        default_value = "calibrated",
        value_name = "NAME"
    )]
    pub(super) patients: String,
    /// Posterior draws of a calibration, for 95 % intervals of the probabilities: its posterior_b.csv, or `calibrated`
    /// for the draws shipped with the program
    #[arg(long, value_name = "NAME")]
    pub(super) posterior: Option<PathBuf>,
    /// With --posterior: parameter sets for each variant, each with a tenth of the patients
    #[arg(long, default_value_t = SETS, value_name = "N", requires = "posterior", value_parser = counts::sets)]
    pub(super) sets: usize,
    /// Counts before treatment, 10^9/L
    #[arg(
        long = "baseline",
        alias = "baselines",
        default_values_t = BASELINES,
        value_name = "COUNTS",
        value_delimiter = ',',
        allow_hyphen_values = true, value_parser = counts::number)]
    pub(super) baselines: Vec<f64>,
    /// Whether the baseline counts are measured values (with error) or true values
    #[arg(long, value_enum, default_value_t = BaselineArg::Measured)]
    pub(super) baseline_is: BaselineArg,
    /// Count required at the procedure, 10^9/L
    #[arg(long, default_value_t = THRESHOLD, value_name = "COUNT", allow_hyphen_values = true, value_parser = counts::number)]
    pub(super) threshold: f64,
    /// Required probability; the approved regimen reaches the default in the patients of the trials
    #[arg(long, default_value_t = WANTED, value_name = "P", allow_hyphen_values = true, value_parser = counts::number)]
    pub(super) probability: f64,
    /// Counts above this are too high, 10^9/L
    #[arg(long, default_value_t = TOO_HIGH, value_name = "COUNT", allow_hyphen_values = true, value_parser = counts::number)]
    pub(super) too_high: f64,
    /// Regimen instead of the four options below, such as "3 mg qd x7, miss 4": one oral dose a day
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["dose", "days", "miss", "rule"])]
    pub(super) regimen: Option<String>,
    /// Each dose, mg; 0 is placebo
    #[arg(long, default_value_t = APPROVED_MG, value_name = "MG", allow_hyphen_values = true, value_parser = counts::number)]
    pub(super) dose: f64,
    /// Days of treatment, with one dose a day
    #[arg(long, default_value_t = APPROVED_DAYS, value_name = "N", value_parser = counts::days_of_treatment)]
    pub(super) days: usize,
    /// Missed doses by number, such as 4 or 6,7
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', value_parser = counts::dose, conflicts_with = "optimise")]
    pub(super) miss: Vec<usize>,
    /// Set a typical value of the patients, in the unit shown by `thrombo models`; repeatable
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = super::args::assignment)]
    pub(super) set: Vec<(String, f64)>,
    /// Set a size of the patients' model file, such as the number of stages of a chain; repeatable
    #[arg(long = "size", value_name = "NAME=N", value_parser = super::args::size)]
    pub(super) size: Vec<(String, usize)>,
    #[arg(help = format!(
        "Days from the first dose to the procedure [default: each of {} to {}]",
        Choice::default().starts.start(), Choice::default().starts.end()
    ))]
    #[arg(long = "procedure-day", alias = "start", value_name = "N", value_parser = counts::procedure_day)]
    pub(super) start: Option<usize>,
    #[arg(help = format!("Apply the stopping rule of L-PLUS 1 and 2: {}", StoppingRule::l_plus()))]
    #[arg(long)]
    pub(super) rule: bool,
    /// Number of virtual patients for each baseline
    #[arg(long, default_value_t = 10_000, value_name = "N", value_parser = counts::subjects)]
    pub(super) subjects: usize,
    /// Structural variants, shown side by side [default: A,B,C,D, or all of a model file]
    #[arg(long = "variant", alias = "variants", value_name = "NAMES", value_delimiter = ',')]
    pub(super) variants: Vec<String>,
    /// Seed of all random numbers
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = super::counts::seed, allow_hyphen_values = true)]
    pub(super) seed: u64,
    /// Number of threads; does not affect the result
    #[arg(long, value_name = "N", value_parser = counts::threads)]
    pub(super) threads: Option<usize>,
    #[arg(help = format!(
        "Find the smallest sufficient dose for each duration, for the baseline if only one is given, else for \
         all patients measured below {ENTRY}"
    ))]
    #[arg(long)]
    pub(super) optimise: bool,
    /// With --optimise: maximum acceptable probability that any daily count is too high
    #[arg(
        long,
        default_value_t = 0.02,
        value_name = "P",
        requires = "optimise",
        allow_hyphen_values = true, value_parser = counts::number)]
    pub(super) limit: f64,
    /// With --optimise: longest course, days
    #[arg(long, default_value_t = 14, value_name = "N", requires = "optimise", value_parser = counts::days_of_treatment)]
    pub(super) longest: usize,
    /// With --optimise: largest dose, mg [default: that of the route in the model, or else 4 times --dose]
    #[arg(
        long,
        value_name = "MG",
        requires = "optimise",
        allow_hyphen_values = true, value_parser = counts::number)]
    pub(super) largest_dose: Option<f64>,
    /// With --optimise: number of virtual patients
    #[arg(
        long,
        default_value_t = SEARCHED,
        value_name = "N",
        requires = "optimise",
        value_parser = counts::subjects
    )]
    pub(super) search_subjects: usize,
    /// Folder for tables and figures [default: print the result only]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// If a folder that thrombo did not write, or that has been modified, is in the way, rename it to DIR.previous
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum BaselineArg {
    /// Measured
    Measured,
    /// True
    True,
}
