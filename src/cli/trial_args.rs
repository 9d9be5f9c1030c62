//! What can be typed after `thrombo trial`.

use super::counts;
use super::shard_args::ShardArgs;
use clap::Args as ClapArgs;
use std::path::PathBuf;
use thrombopoiesis::model::Variant;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Trials shipped with the program: l_plus_1, l_plus_2, phase_2b, label_us, label_eu, label_japan.
Files in DIR: patients.csv, counts.csv (replicate 1, or more with --save-replicates),
replicates.csv, endpoints.csv, comparisons.csv, courses.csv, summary.toml, figures/, and the run
record.

Examples:
  thrombo trial l_plus_2                                     published and simulated results
  thrombo trial scenarios/l_plus_2.toml --replicates 1000 --out l_plus_2
  thrombo trial l_plus_2 --posterior calibrated              with parameter uncertainty
  thrombo trial phase_2b --variant A,B,C,D --seed 7 --out phase_2b
  thrombo trial l_plus_2 --replicates 10000 --shard 3/7 --out shards/3")]
pub(super) struct TrialArgs {
    /// The trial protocol: a file, or the name of a shipped trial
    #[arg(value_name = "TRIAL")]
    pub(super) trial: PathBuf,
    /// Virtual patients: a file, or the name of a shipped set [default: those named in the protocol]
    #[arg(long = "parameters", alias = "patients", value_name = "NAME")]
    pub(super) patients: Option<String>,
    /// Posterior draws of a calibration, one for each replicate: its posterior_b.csv, or `calibrated` for the
    /// draws shipped with the program
    #[arg(long, value_name = "NAME")]
    pub(super) posterior: Option<PathBuf>,
    /// Number of simulated trials, each of the published size
    #[arg(long, default_value_t = 200, value_name = "N", value_parser = counts::replicates)]
    pub(super) replicates: usize,
    /// Seed of all random numbers
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = super::counts::seed, allow_hyphen_values = true)]
    pub(super) seed: u64,
    /// Simulate the same virtual patients as in every other trial run with this option and seed; without
    /// it, each trial has patients of its own
    #[arg(long)]
    pub(super) same_patients: bool,
    /// Number of threads; does not affect the result
    #[arg(long, value_name = "N", value_parser = counts::threads)]
    pub(super) threads: Option<usize>,
    /// Structural variants, shown side by side
    #[arg(long = "variant", alias = "variants", default_value = "B", value_name = "LETTERS", value_delimiter = ',', value_parser = variant)]
    pub(super) variants: Vec<Variant>,
    /// Number of replicates for which patients and counts are written, or all
    #[arg(long, default_value = "1", value_name = "N|all", value_parser = saved)]
    pub(super) save_replicates: Saved,
    #[command(flatten)]
    pub(super) shards: ShardArgs,
    /// Folder for tables and figures [default: print the result only]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// If a folder that thrombo did not write, or that has been modified, is in the way, rename it to DIR.previous
    #[arg(long)]
    pub(super) force: bool,
}

/// Which replicates are written patient by patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saved {
    First(usize),
    All,
}

fn saved(text: &str) -> Result<Saved, String> {
    match text {
        "all" => Ok(Saved::All),
        _ => super::counts::saved(text).map(Saved::First).map_err(|rule| rule + "; or all"),
    }
}

pub(super) fn variant(text: &str) -> Result<Variant, String> {
    text.parse().map_err(|error: thrombopoiesis::error::Error| error.to_string())
}
