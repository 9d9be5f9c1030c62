//! What can be typed.

use super::counts;
use super::export::ExportArgs;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};
use thrombopoiesis::error::{Result, echo};
use thrombopoiesis::fit;
use thrombopoiesis::integrate::{self, Options};
use thrombopoiesis::model::{MODEL_ENDING, ParameterSet, Variant, chosen_set, names_text};
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::report::data_version;

/// Mechanistic pharmacodynamics of thrombopoietin-receptor agonists.
///
/// For research. Not for treating patients.
#[derive(Debug, Parser)]
#[command(
    name = "thrombo",
    version = version(),
    after_help = "\
Examples:
  thrombo report                                        the full report, into the folder report/
  thrombo simulate --model mechanistic --regimen \"3 mg qd x7\" --every \"6 h\" --out course.csv
  thrombo fit                                           the descriptive curve, printed
  thrombo trial l_plus_2                                a simulated trial against its publication
  thrombo window --baseline 35                          when to operate, for a measured count of 35
  thrombo explore                                       a page with sliders, on this machine
  thrombo models katsube_2019                           all parameters with their sources"
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Print one JSON document instead of text; docs/formats.md describes its keys
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Print errors and results only
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Simulate the time course of one patient or many, as CSV
    Simulate(super::simulate_args::SimulateArgs),
    /// Estimate parameters from published summaries or from platelet counts
    Fit(FitArgs),
    /// Calibrate the virtual patients to published trial results by simulating the trials
    Calibrate(super::calibrate_args::CalibrateArgs),
    /// Predict published results that were not used in the calibration
    Validate(super::validate::ValidateArgs),
    /// Simulate a trial repeatedly and compare it with its published results
    Trial(super::trial_args::TrialArgs),
    /// Merge the shards of a run, computed with --shard, to the result of one process
    Merge(super::merge::MergeArgs),
    /// Predict when to operate: the probability of a sufficient count by day, and the shortest course
    Window(super::window_args::WindowArgs),
    /// Forecast the course of subjects from what was observed
    Forecast(Box<super::forecast_args::ForecastArgs>),
    /// Explore a course interactively on a local web page with sliders
    Explore(super::explore::ExploreArgs),
    /// Fit, simulate and plot every regimen, and write index.html with the figures
    Report(super::report::ReportArgs),
    /// List the models, or the parameters of one model with unit, source and grade
    Models(super::models::ModelsArgs),
    /// Write, check and show a model in a text file
    Model(super::model::ModelArgs),
    /// Write a model with its parameters for mrgsolve, rxode2, NONMEM or SBML tools
    Export(ExportArgs),
    /// Check input files of any kind and report every problem with its line
    Check(super::check::CheckArgs),
    /// Write a commented project to start from
    Init(super::init::InitArgs),
    /// Print shell completions
    Completions(super::manuals::CompletionsArgs),
    /// Print or write the manual pages
    Man(super::manuals::ManArgs),
}

/// The model of commands that are given none.
pub(super) const DEFAULT_MODEL: &str = "mechanistic";

/// The patient to simulate: shared by all commands that simulate.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct PatientArgs {
    /// Model: a name of `thrombo models`, or a file such as own.model
    #[arg(long, default_value = DEFAULT_MODEL, value_name = "NAME")]
    pub(super) model: String,
    /// Structural variant, with its start values: A, B, C or D of the mechanistic model, or a name of a model file
    #[arg(long, value_name = "NAME")]
    pub(super) variant: Option<String>,
    /// Population that the parameters describe: cld, healthy, or a preset of a model file [default: the
    /// population studied in the model's publication]
    #[arg(long, value_name = "NAME")]
    pub(super) population: Option<String>,
    /// Virtual patients: a file such as calibrated_b.toml, or the name of a shipped set; `calibrated` is the
    /// set used in the report. When a single patient is simulated, it is their typical patient
    /// [default: the values of the model's parameter file]
    #[arg(long, alias = "patients", value_name = "FILE", conflicts_with_all = ["model", "population"])]
    pub(super) parameters: Option<String>,
    /// Set the value of a parameter or covariate, in the unit shown by `thrombo models`; repeatable
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    pub(super) set: Vec<(String, f64)>,
    /// Set a size of a model file, such as the number of stages of a chain; repeatable
    #[arg(long = "size", value_name = "NAME=N", value_parser = size)]
    pub(super) size: Vec<(String, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum IntegratorArg {
    /// Dormand-Prince 8(5,3)
    Dop853,
    /// Dormand-Prince 5(4)
    Dopri5,
}

/// The default regimen of counts.
pub(super) const COUNTS_REGIMEN: &str = "3 mg qd x7";

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Targets: a TOML file of published summaries, or a CSV of one patient's counts, with columns
time_h (or time_d), plt_1e9_l and, if known, sd.
Without --targets: three published summaries of 3 mg once daily for 7 days.

Estimated by default with the mechanistic model: kc, tmk, tp from summaries; kc and the baseline
plt0 from counts, which rarely determine more. Exit status 3: no parameter has an estimate limited
on both sides; the result gives the reason.

With --prior all parameters that differ between the individuals of a population are estimated for the
patient with the counts: the individuals are weighted by how well they explain the counts, as in
`thrombo forecast`. Each estimate has its 90 % interval and the share of it that comes from the prior.

Examples:
  thrombo fit                                       the descriptive curve
  thrombo fit --fix tp --free taun                  tmk and taun: reported as not identifiable
  thrombo fit --fix tmk=4.5 --out fit               two parameters; result, log and figures in fit/
  thrombo fit --targets counts.csv --regimen \"3 mg qd x7\" --free tp
  thrombo fit --targets counts.csv --regimen \"3 mg qd x7\" --prior calibrated
  thrombo fit --targets counts.csv --prior population --variant B      without parameter uncertainty")]
pub(super) struct FitArgs {
    #[command(flatten)]
    pub(super) patient: PatientArgs,
    /// Data to fit: published summaries (TOML) or counts (CSV)
    #[arg(long, value_name = "FILE")]
    pub(super) targets: Option<PathBuf>,
    /// Regimen under which the counts of a CSV file were measured
    #[arg(long, default_value = COUNTS_REGIMEN, value_name = "TEXT")]
    pub(super) regimen: String,
    /// Population that is the prior of a patient's parameters: `calibrated` or a CSV file, the posterior whose
    /// parameter sets its individuals have, or `population`, without parameter uncertainty
    #[arg(long, value_name = "NAME", requires = "targets", conflicts_with_all = ["fix", "free", "start", "optimiser", "starts", "max_iterations"])]
    pub(super) prior: Option<PathBuf>,
    /// With --prior: number of individuals of the population, of all variants together
    #[arg(long, default_value_t = 10_000, value_name = "N", value_parser = counts::subjects, allow_hyphen_values = true, requires = "prior")]
    pub(super) individuals: usize,
    /// Fix this parameter at its default or at the given value; repeatable
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub(super) fix: Vec<String>,
    /// Also estimate this parameter; repeatable
    #[arg(long, value_name = "NAME")]
    pub(super) free: Vec<String>,
    /// Start value of an estimated parameter; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    pub(super) start: Vec<(String, f64)>,
    /// Optimisers to use
    #[arg(long, alias = "method", value_enum, default_value_t = OptimiserArg::Both)]
    pub(super) optimiser: OptimiserArg,
    /// Number of starting points: the given point and random points
    #[arg(long, default_value_t = fit::Search::default().starts, value_name = "N", value_parser = counts::starts)]
    pub(super) starts: usize,
    /// Seed of the random starting points, with --prior of the individuals [default: 20260101, with --prior 1]
    #[arg(long, value_name = "N", value_parser = super::counts::seed, allow_hyphen_values = true)]
    pub(super) seed: Option<u64>,
    /// Maximum number of iterations of each optimiser
    #[arg(long, default_value_t = fit::Search::default().max_iterations, value_name = "N", value_parser = counts::iterations)]
    pub(super) max_iterations: u64,
    /// Folder for the result (TOML and JSON), the log and the figures [default: print the result only]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// If a folder that thrombo did not write, or that has been modified, is in the way, rename it to DIR.previous
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OptimiserArg {
    /// Nelder-Mead from every start, then L-BFGS
    Both,
    /// Nelder-Mead only
    NelderMead,
    /// L-BFGS only
    Lbfgs,
}

/// Version of the program and of its embedded data.
fn version() -> String {
    format!("{} (data {})", env!("CARGO_PKG_VERSION"), data_version())
}

impl IntegratorArg {
    /// The default options with this method.
    pub(super) fn options(self) -> Options {
        let method = match self {
            Self::Dop853 => integrate::Method::Dop853,
            Self::Dopri5 => integrate::Method::Dopri5,
        };
        Options { method, ..Options::default() }
    }
}

impl OptimiserArg {
    pub(super) fn method(self) -> fit::Method {
        match self {
            Self::Both => fit::Method::Both,
            Self::NelderMead => fit::Method::NelderMead,
            Self::Lbfgs => fit::Method::Lbfgs,
        }
    }
}

impl PatientArgs {
    /// The file that these arguments name as input.
    pub(super) fn reads(&self) -> Option<&Path> {
        let model = Some(self.model.as_str()).filter(|name| name.ends_with(MODEL_ENDING));
        self.parameters.as_deref().or(model).map(Path::new)
    }

    /// The parameters that these arguments ask for.
    pub(super) fn parameters(&self) -> Result<ParameterSet> {
        let mut set = match &self.parameters {
            Some(name) => typical_patient(name, self.variant.as_deref())?,
            None => chosen_set(&self.model, self.population.as_deref(), self.variant.as_deref())?,
        };
        self.size.iter().try_for_each(|(name, size)| set.set_size(name, *size))?;
        self.set.iter().try_for_each(|(symbol, value)| set.set(symbol, *value))?;
        Ok(set)
    }
}

/// The typical patient of the virtual patients called `name`, in their own variant unless another
/// is asked for.
pub(super) fn typical_patient(name: &str, variant: Option<&str>) -> Result<ParameterSet> {
    if names_text(name) {
        return chosen_set(name, None, variant);
    }
    // Of sets of patients, only the shipped ones belong to a letter by their name.
    let letter = variant.and_then(|name| name.parse().ok()).unwrap_or(Variant::B);
    let patients = VirtualPatients::load_for(name, letter)?;
    let variant = variant.map(|name| patients.variant_named(name)).transpose()?;
    patients.typical_patient(variant.or(patients.variant).unwrap_or(Variant::B))
}

/// `name=value` with a finite value.
pub(super) fn assignment(text: &str) -> std::result::Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, such as kc=115")?;
    let number = value.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let number = number.ok_or_else(|| format!("`{}` is not a finite number", echo(value)))?;
    Ok((name.trim().to_owned(), number))
}

/// `name=n` with a whole number.
pub(super) fn size(text: &str) -> std::result::Result<(String, usize), String> {
    let (name, size) = text.split_once('=').ok_or("write NAME=N, such as np=9")?;
    let whole = size.trim().parse::<usize>();
    let whole = whole.map_err(|_| format!("`{}` is not a whole number", echo(size)))?;
    Ok((name.trim().to_owned(), whole))
}
