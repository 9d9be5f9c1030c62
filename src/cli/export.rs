//! `thrombo export`: a model for another tool.

use super::args::PatientArgs;
use super::console::Console;
use super::document::Document;
use super::simulate::sampling;
use super::sink::Sink;
use super::times::{LengthArgs, time_span};
use super::{Answer, Outcome};
use clap::{Args as ClapArgs, ValueEnum};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::export::{Exported, Request, SUBJECTS, Tool, export};
use thrombopoiesis::files::{Comment, Outputs};
use thrombopoiesis::machine::require;
use thrombopoiesis::model::{ParameterSet, Population};
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::regimen::Regimen;

/// What a sample of a data file takes, bytes: its record, and its text up to four times over. Measured
/// at 100,000 samples: 90 bytes.
const BYTES_OF_SAMPLE: f64 = 250.0;
/// The ending of a data file.
const DATA: &str = "csv";
/// The ending of the table that NONMEM writes.
const TABLE: &str = "tab";

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Writes the equations, the parameters with their sources and an example regimen. All values remain
parameters, so they can be changed in the target tool. Dosing rules cannot be exported.

With --parameters, and for a model in a file, the population is written too: random effects with their
variances and covariances, covariate effects and the residual error of the count. The NONMEM data then
hold 20 simulated patients to estimate from, and the script for rxode2 is a function that nlmixr2 reads.
Anything that the target tool cannot express is named in a line of the heading that begins with `note`.

Examples:
  thrombo export --to mrgsolve --out model.cpp
  thrombo export --to rxode2 --variant D --regimen \"3 mg qd x7, miss 4\" --out model.R
  thrombo export --to nonmem --out model.ctl            with the data in model.csv
  thrombo export --to nonmem --parameters calibrated_b --every \"1 d\" --out model.ctl
  thrombo export --to rxode2 --model own.model --out model.R
  thrombo export --to mrgsolve --parameters calibrated_b --typical
  thrombo export --to sbml --model shimizu_2021_reduced --out model.xml")]
pub(super) struct ExportArgs {
    #[command(flatten)]
    pub(super) patient: PatientArgs,
    /// Target tool
    #[arg(long, value_enum)]
    pub(super) to: ToolArg,
    /// Regimen of the example, in the grammar of `thrombo simulate`
    #[arg(long, default_value = "3 mg qd x7", value_name = "TEXT", allow_hyphen_values = true)]
    pub(super) regimen: String,
    #[command(flatten)]
    pub(super) length: LengthArgs,
    /// Sampling interval of the example, such as "6 h" or "1 d"
    #[arg(long, default_value = "6 h", value_name = "TIME", allow_hyphen_values = true)]
    pub(super) every: String,
    /// Write the typical patient only, without variability between patients and residual error
    #[arg(long)]
    pub(super) typical: bool,
    /// Where to write the model: a file, or an existing folder; - is standard output
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub(super) out: PathBuf,
    /// If a file that thrombo did not write, or that has been modified, is in the way, rename it to NAME.previous
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ToolArg {
    /// A model specification for mrgsolve (R)
    Mrgsolve,
    /// A script for rxode2 (R)
    Rxode2,
    /// A control stream for NONMEM, with its data file beside it
    Nonmem,
    /// SBML Level 3 Version 2 Core
    Sbml,
}

impl From<ToolArg> for Tool {
    fn from(tool: ToolArg) -> Self {
        match tool {
            ToolArg::Mrgsolve => Self::Mrgsolve,
            ToolArg::Rxode2 => Self::Rxode2,
            ToolArg::Nonmem => Self::Nonmem,
            ToolArg::Sbml => Self::Sbml,
        }
    }
}

pub(super) fn run(args: &ExportArgs, typed: &str, console: Console) -> Result<Answer> {
    let set = args.patient.parameters()?;
    console.warn_of(&set);
    let patients = if args.typical { None } else { patients(&args.patient, &set)? };
    let regimen: Regimen = args.regimen.parse()?;
    let tool = Tool::from(args.to);
    let out = file(args, &set, tool);
    let mut request = Request::new(&set, &regimen);
    request.patients = patients.as_ref();
    request.until = args.length.end()?;
    request.every = time_span(&args.every)?;
    console.warn_of_doses(&set, &regimen, request.until);
    let samples = sampling(&args.every, request.until, &regimen)?.len();
    let subjects = if patients.is_some() && tool == Tool::Nonmem { SUBJECTS } else { 1 };
    let bytes = (samples * subjects) as f64 * BYTES_OF_SAMPLE;
    require(&format!("{samples} samples"), bytes, "lower the number of samples")?;
    if out != Path::new("-") {
        request.name = name_of(&out, tool)?;
    }
    request.heading = heading(typed, &set);
    let mut outputs = Outputs::beside(args.patient.reads());
    let sink = Sink::open(&mut outputs, &out, args.force)?;
    let Exported { text, data } = export(&request, tool)?;
    let data_out = match &data {
        Some(_) if sink.is_file() => {
            Some(Sink::open(&mut outputs, &out.with_extension(DATA), args.force)?)
        }
        _ => None,
    };
    sink.write(&text, comment(tool), console)?;
    match (&data, data_out) {
        (Some(data), Some(sink)) => sink.write(data, Comment::Impossible, console)?,
        (Some(_), None) if !console.json => {
            console.say("the data file is written with --out FILE only");
        }
        _ => {}
    }
    console.answer(Outcome::Done, || {
        let inputs: BTreeMap<_, _> = set.files.iter().cloned().collect();
        Ok(Document::new(typed).with("inputs", inputs).with("text", text).with("data", data))
    })
}

/// The virtual patients of `--parameters`, or those that a model in a text describes.
fn patients(args: &PatientArgs, set: &ParameterSet) -> Result<Option<VirtualPatients>> {
    if let Some(name) = &args.parameters {
        return VirtualPatients::load_for(name, set.variant).map(Some);
    }
    let population = args.population.as_ref().map(|name| Population::named(&name.to_lowercase()));
    VirtualPatients::of_model(&args.model, population)
}

/// The comments of a tool's language.
fn comment(tool: Tool) -> Comment {
    match tool {
        Tool::Mrgsolve => Comment::Slashes,
        Tool::Rxode2 => Comment::Hash,
        Tool::Nonmem => Comment::Semicolons,
        Tool::Sbml => Comment::Xml,
    }
}

/// The file that the model goes to.
fn file(args: &ExportArgs, set: &ParameterSet, tool: Tool) -> PathBuf {
    if args.out.is_dir() {
        args.out.join(set.model.name()).with_extension(tool.ending())
    } else {
        args.out.clone()
    }
}

/// The name of the file without its ending, if the tool's other files do not bear the same.
fn name_of(out: &Path, tool: Tool) -> Result<String> {
    let refused = |second: &str, remedy: String| Error::Contradiction {
        first: format!("--out {}", out.display()),
        second: second.to_owned(),
        remedy,
    };
    let another = || format!("name the model `.{}`, or `.mod`", tool.ending());
    let ending = out.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match (tool, ending.as_str()) {
        (Tool::Nonmem, DATA) => {
            return Err(refused("the data, which go to the file of that name", another()));
        }
        (Tool::Nonmem, TABLE) => {
            return Err(refused("the table, which NONMEM writes to that file", another()));
        }
        _ => {}
    }
    let name = out.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
    name.ok_or_else(|| refused("a name in UTF-8", "choose another name".to_owned()))
}

/// What the file was made by and from.
fn heading(typed: &str, set: &ParameterSet) -> Vec<String> {
    let mut lines = vec![super::program(), typed.to_owned()];
    let files = set.files.iter().map(|(name, sha256)| format!("{name} SHA-256 {sha256}"));
    lines.extend(files);
    lines
}
