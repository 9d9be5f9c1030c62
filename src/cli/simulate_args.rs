//! What can be typed after `thrombo simulate`.

use super::args::{IntegratorArg, PatientArgs, assignment};
use super::counts;
use super::record_args::RecordArgs;
use super::shard_args::ShardArgs;
use super::times::LengthArgs;
use clap::{Args as ClapArgs, ValueEnum};
use std::path::{Path, PathBuf};
use thrombopoiesis::regimen::GRAMMAR;

#[derive(Debug, ClapArgs)]
#[command(after_help = format!("\
Regimens:\n{GRAMMAR}\n
Columns: time_h,conc_ng_ml,plt_1e9_l, then the model's other readouts. Lines starting with # are
comments and hold the run record. A sample at the time of a dose is taken just before the dose.

Examples:
  thrombo simulate --regimen \"3 mg qd x7\" --every \"1 d\"
  thrombo simulate --regimen \"3 mg qd x7, miss 4\" --set kc=115 --set tp=8 --out missed.csv
  thrombo simulate --model farrell_2014 --regimen \"25 mg qd x14\" --set female=1
  thrombo simulate --model wang_2010 --regimen \"10 ug/kg iv once\" --states
  thrombo simulate --regimen \"3 mg qd x7\" --parameters calibrated_b
  thrombo simulate --regimen \"3 mg qd x7\" --parameters calibrated --subjects 1000
  thrombo simulate --scenario lusutrombopag_3mg_x7_miss_4 --variant D
  thrombo simulate --regimen \"3 mg qd x7\" --subjects 10000 --omega kc=1.3 --cv cl=0.36 --figure bands.svg"))]
#[command(group(clap::ArgGroup::new("doses").required(true)))]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate switch")]
pub(super) struct SimulateArgs {
    #[command(flatten)]
    pub(super) patient: PatientArgs,
    /// Dosing regimen, such as "3 mg qd x7"; its grammar is given below
    #[arg(long, value_name = "TEXT", group = "doses", allow_hyphen_values = true)]
    pub(super) regimen: Option<String>,
    /// Scenario with doses, patient and length of the simulation: a file, or the name of a shipped scenario
    #[arg(
        long,
        value_name = "FILE",
        group = "doses",
        conflicts_with_all = ["regimen", "model", "population", "set", "size", "until", "days"]
    )]
    pub(super) scenario: Option<PathBuf>,
    /// Records in the form of NONMEM: predict every row, with the doses and covariates of the file
    #[arg(
        long,
        value_name = "FILE",
        group = "doses",
        conflicts_with_all = ["regimen", "scenario", "population", "until", "days", "every", "format", "states", "integrator", "measured", "figure"]
    )]
    pub(super) data: Option<PathBuf>,
    #[command(flatten)]
    pub(super) records: RecordArgs,
    /// Records: relative error of an integration step, 1e-13 to 1e-3 [default: 1e-10]
    #[arg(long, value_name = "NUMBER", requires = "data", value_parser = counts::tolerance)]
    pub(super) tolerance: Option<f64>,
    #[command(flatten)]
    pub(super) length: LengthArgs,
    /// Sampling interval, such as "6 h" or "1 d"
    #[arg(long, default_value = "6 h", value_name = "TIME", allow_hyphen_values = true)]
    pub(super) every: String,
    /// CSV file to write; - is standard output
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub(super) out: PathBuf,
    /// If a file that thrombo did not write, or that has been modified, is in the way, rename it to NAME.previous
    #[arg(long)]
    pub(super) force: bool,
    /// Output format, for a single patient
    #[arg(long, value_enum, default_value_t = FormatArg::Csv, conflicts_with_all = ["subjects", "states"])]
    pub(super) format: FormatArg,
    /// Add every state of the model as a column
    #[arg(long)]
    pub(super) states: bool,
    /// Integration method, for a single patient
    #[arg(long, value_enum, default_value_t = IntegratorArg::Dop853)]
    pub(super) integrator: IntegratorArg,
    /// Number of patients to simulate; writes quantiles over time
    #[arg(long, value_name = "N", value_parser = counts::subjects, allow_hyphen_values = true)]
    pub(super) subjects: Option<usize>,
    /// Between-patient variability: SD of the logarithm of a parameter; repeatable. Replaces the variability
    /// given in the file of --parameters
    #[arg(long, value_name = "NAME=SD", value_parser = assignment, requires = "subjects")]
    pub(super) omega: Vec<(String, f64)>,
    /// The same as a coefficient of variation, as a fraction: sqrt(exp(omega^2) - 1); repeatable
    #[arg(long, value_name = "NAME=CV", value_parser = assignment, requires = "subjects")]
    pub(super) cv: Vec<(String, f64)>,
    /// Write measured counts, with the measurement error of the patients of --parameters
    #[arg(long, requires = "subjects", requires = "parameters")]
    pub(super) measured: bool,
    /// Seed of the random numbers that define the patients
    #[arg(long, default_value_t = 1, value_name = "N", requires = "subjects", value_parser = counts::seed, allow_hyphen_values = true)]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) shards: ShardArgs,
    /// Number of threads; does not affect the result
    #[arg(long, value_name = "N", value_parser = counts::threads)]
    pub(super) threads: Option<usize>,
    /// Integration engine for many patients [default: lanes; reference for the typical predictions of --data]
    #[arg(long, value_enum)]
    pub(super) engine: Option<EngineArg>,
    /// Plot median and bands into this file; its extension gives the format: svg, png or pdf
    #[arg(long, value_name = "FILE", requires = "subjects")]
    pub(super) figure: Option<PathBuf>,
    /// Resolution in dots per inch of a figure in PNG, 50 to 1200 [default: 300]
    #[arg(long, value_name = "N", requires = "figure", value_parser = counts::dpi)]
    pub(super) dpi: Option<u32>,
    /// Keep the text of an SVG figure as text with an embedded font instead of outlines
    #[arg(long, requires = "figure")]
    pub(super) svg_text: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArg {
    /// Concentration, count and more over time
    Csv,
    /// Records of doses and counts in the format of NONMEM, mrgsolve and rxode2
    Nonmem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EngineArg {
    /// Several patients at once, with compiled equations for the models that have them
    Lanes,
    /// Several patients at once, with interpreted equations, as for models without compiled ones
    Interpreted,
    /// One patient at a time
    Reference,
}

impl SimulateArgs {
    /// The files that these arguments name as inputs.
    pub(super) fn reads(&self) -> impl Iterator<Item = &Path> {
        let data = self.data.as_deref().into_iter();
        self.scenario.as_deref().into_iter().chain(data).chain(self.patient.reads())
    }
}
