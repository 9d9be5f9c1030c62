//! The words of `thrombo forecast`.

use super::args::PatientArgs;
use super::counts;
use super::record_args::RecordArgs;
use super::shard_args::ShardArgs;
use super::times::LengthArgs;
use clap::{ArgGroup, Args as ClapArgs};
use std::path::{Path, PathBuf};
use thrombopoiesis::calibrate::CALIBRATED;
use thrombopoiesis::forecast::usual::{INDIVIDUALS, SEED};
use thrombopoiesis::window::WANTED;

/// What stands for no posterior.
pub(super) const NONE: &str = "none";

#[derive(Debug, ClapArgs)]
#[command(
    group(ArgGroup::new("counts").required(true).args(["file", "data"])),
    after_help = "\
For research; not for treating patients.

FILE has a row for each count, in columns such as id,time_d,plt_1e9_l, or is a data set in the form of NONMEM,
in which doses given and planned are rows. Times are elapsed days or hours from the first dose.

The individuals of the population are weighted by how well they explain the observations of a subject; the model
needs variability and a residual error. By default these are the calibrated patients of all four structural
variants, with their parameter uncertainty.

Examples:
  thrombo forecast counts.csv --regimen \"3 mg qd x7\"
  thrombo forecast counts.csv --regimen \"3 mg qd x7\" --procedure 8..13 --next \"7 d\" --compare none
  thrombo forecast counts.csv --regimen \"3 mg qd x7\" --folder forecast     tables, and a figure for each subject
  thrombo forecast data.csv --model own.model --output plt --level 50 --until \"30 d\""
)]
pub(super) struct ForecastArgs {
    #[command(flatten)]
    pub(super) patient: PatientArgs,
    /// Counts, or records in the form of NONMEM: observations, and doses given and planned
    #[arg(value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    /// The same
    #[arg(long, value_name = "FILE", hide = true)]
    pub(super) data: Option<PathBuf>,
    #[command(flatten)]
    pub(super) records: RecordArgs,
    /// Doses of every subject, given and planned, if the file has none: such as "3 mg qd x7" from time 0
    #[arg(long, value_name = "TEXT")]
    pub(super) regimen: Option<String>,
    /// Also forecast the course with these doses after the last observation: a regimen from time 0, or none; repeatable
    #[arg(long = "compare", value_name = "TEXT")]
    pub(super) plans: Vec<String>,
    /// Elapsed days of the procedure: a day, or first and last as in 8..13
    #[arg(long, value_name = "DAYS", value_parser = counts::days_of_procedure)]
    pub(super) procedure: Option<(f64, f64)>,
    /// Wanted probability of measuring the level or more
    #[arg(long, default_value_t = WANTED, value_name = "P", value_parser = counts::probability, allow_hyphen_values = true)]
    pub(super) probability: f64,
    /// Also report what one more observation at this time would tell, such as "7 d"; repeatable
    #[arg(long = "next", value_name = "TIME")]
    pub(super) next: Vec<String>,
    #[command(flatten)]
    pub(super) length: LengthArgs,
    /// Interval between the times of the forecast, such as "1 d"
    #[arg(long, default_value = "1 d", value_name = "TIME", allow_hyphen_values = true)]
    pub(super) every: String,
    /// Level to reach, in the unit of the output [default: 50 for a platelet count]
    #[arg(long, alias = "threshold", value_name = "NUMBER", value_parser = counts::number, allow_hyphen_values = true)]
    pub(super) level: Option<f64>,
    /// Value that is too high, in the unit of the output [default: 200 for a platelet count]
    #[arg(long, value_name = "NUMBER", value_parser = counts::number, allow_hyphen_values = true)]
    pub(super) too_high: Option<f64>,
    /// Number of individuals of the population, of all variants together
    #[arg(long, default_value_t = INDIVIDUALS, value_name = "N", value_parser = counts::subjects, allow_hyphen_values = true)]
    pub(super) individuals: usize,
    /// Posterior whose parameter sets the individuals have: a CSV file, `calibrated`, or none [default: that of
    /// the patients `calibrated`, none of others]
    #[arg(long, value_name = "NAME")]
    pub(super) posterior: Option<PathBuf>,
    /// Seed of the random numbers that define the individuals
    #[arg(long, default_value_t = SEED, value_name = "N", value_parser = counts::seed, allow_hyphen_values = true)]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) shards: ShardArgs,
    /// Number of threads; does not affect the result
    #[arg(long, value_name = "N", value_parser = counts::threads)]
    pub(super) threads: Option<usize>,
    /// Write the courses as CSV into this file; - is standard output [default: print the answers]
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Folder for all tables and a figure for each subject
    #[arg(long, value_name = "DIR")]
    pub(super) folder: Option<PathBuf>,
    /// If a file or folder that thrombo did not write, or that has been modified, is in the way, rename it to NAME.previous
    #[arg(long)]
    pub(super) force: bool,
}

impl ForecastArgs {
    /// The file of counts or records.
    pub(super) fn path(&self) -> &Path {
        self.file.as_deref().or(self.data.as_deref()).unwrap_or(Path::new(""))
    }

    /// The files that these arguments name as inputs.
    pub(super) fn reads(&self) -> impl Iterator<Item = &Path> {
        let posterior = self.posterior.as_deref().filter(|name| *name != Path::new(NONE));
        [self.path()].into_iter().chain(self.patient.reads()).chain(posterior)
    }

    /// The same with the calibrated patients where no others are named.
    pub(super) fn patient(&self) -> PatientArgs {
        let mut own = self.patient.clone();
        let is_other = own.population.is_some() || own.model != super::args::DEFAULT_MODEL;
        if own.parameters.is_none() && !is_other {
            own.parameters = Some(CALIBRATED.to_owned());
        }
        own
    }
}
