//! Input files of any kind, read as the commands read them: every problem of each, and what is doubtful
//! in it.
//!
//! ```
//! use std::path::Path;
//! use thrombopoiesis::check::check;
//! use thrombopoiesis::files::FileKind;
//!
//! let found = check(Path::new("mine.dat"), "time_h;plt_1e9_l\n0;40,5\n");
//! assert_eq!(found.kind, Some(FileKind::Counts));
//! assert!(found.problems[0].to_string().contains("looks like a decimal comma, write 40.5"));
//! ```

mod records;

pub use records::RecordCheck;

use crate::calibrate::{ExposureFile, Plan, read_sets};
use crate::error::{Error, FileProblem, Result, echo};
use crate::files::{FileKind, read_text};
use crate::fit::Targets;
use crate::model::text::TextModel;
use crate::model::{
    MODEL_NAMES, ParameterSet, Population, Variant, model_of_text, parameter_set, read_parameters,
};
use crate::population::{Table, VirtualPatients, known_covariates};
use crate::records::{Records, Summary};
use crate::regimen::Regimen;
use crate::simulate::{Scenario, doubts};
use crate::trial::{Design, PublishedFile};
use crate::units::Time;
use std::path::Path;

/// The model whose symbols a table of covariates may name.
const MODEL_OF_COVARIATES: &str = "mechanistic";

/// What was found in one file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Checked {
    /// The kind that it is of.
    pub kind: Option<FileKind>,
    /// Every problem, in the order of the lines.
    pub problems: Vec<FileProblem>,
    /// What is not plausible, a sentence each; for most kinds only in a file without problems.
    pub doubts: Vec<String>,
    /// The content of a file of NONMEM records without problems.
    pub records: Option<Summary>,
    /// The records of such a file, where they were to be kept.
    pub kept: Option<Records>,
}

/// Checks the file at `path`.
#[must_use]
pub fn check_file(path: &Path) -> Checked {
    check_file_with(path, &RecordCheck::default())
}

/// Checks the file at `path`, one of NONMEM records as `records` says.
#[must_use]
pub fn check_file_with(path: &Path, records: &RecordCheck<'_>) -> Checked {
    match read_text(path) {
        Ok(text) if FileKind::of(path, &text) == Some(FileKind::Records) => {
            records.check(path, &text)
        }
        Ok(text) => check(path, &text),
        Err(error) => Checked { problems: as_problems(path, error), ..Checked::default() },
    }
}

/// Checks `text`, the content of `path`.
#[must_use]
pub fn check(path: &Path, text: &str) -> Checked {
    let kind = FileKind::of(path, text);
    if kind == Some(FileKind::Records) {
        return RecordCheck::default().check(path, text);
    }
    let (problems, doubts) = match read(path, text) {
        Ok(doubts) => (Vec::new(), doubts),
        Err(error) => (as_problems(path, error), Vec::new()),
    };
    Checked { kind, problems, doubts, ..Checked::default() }
}

/// Reads the file as the commands do, and gives what is doubtful in it.
fn read(path: &Path, text: &str) -> Result<Vec<String>> {
    let plain = |()| Vec::new();
    match FileKind::of(path, text) {
        Some(FileKind::Parameters) => read_as_some_model(path, text).map(plain),
        Some(FileKind::Plan) => Plan::read(path, text).map(drop).map(plain),
        Some(FileKind::Trial) => {
            let design = Design::read(path, text)?;
            let end = Time::visit_day(design.endpoints.last_day);
            let patients = VirtualPatients::load_for(&design.patients, Variant::B)?;
            let set = patients.typical_patient(patients.variant.unwrap_or(Variant::B))?;
            let of_arms = design.arms.iter().flat_map(|arm| doubts(&set, &arm.regimen, end));
            Ok(in_file(path, of_arms))
        }
        Some(FileKind::Published) => PublishedFile::read(path, text).map(drop).map(plain),
        Some(FileKind::Exposure) => ExposureFile::read(path, text).map(drop).map(plain),
        Some(FileKind::Targets | FileKind::Counts) => {
            let targets = Targets::read(path, text, &Regimen::placebo())?;
            let doubts = targets.regimen.all_doubts(targets.until);
            Ok([targets.notices, in_file(path, doubts)].concat())
        }
        Some(FileKind::Scenario) => {
            let scenario = Scenario::read(path, text)?;
            let set = scenario.parameters(Variant::B)?;
            let of_regimen = in_file(path, doubts(&set, &scenario.regimen, scenario.until));
            Ok([warnings(path, [set]), of_regimen].concat())
        }
        Some(FileKind::Patients) => {
            let patients = VirtualPatients::read(path, text)?;
            let variants = patients.variants()?.into_iter();
            let sets = variants.filter_map(|v| patients.typical_patient(v).ok());
            Ok([warnings(path, sets), unused(path, &patients)].concat())
        }
        Some(FileKind::Posterior) => {
            read_sets(path, text, (&Plan::shipped()?, Variant::B), 1).map(drop).map(plain)
        }
        Some(FileKind::Covariates) => {
            let set = parameter_set(MODEL_OF_COVARIATES, Population::CLD)?;
            let known = known_covariates(set.symbols(), &[]);
            Table::parse(path, text, &known).map(drop).map(plain)
        }
        Some(FileKind::Model) => {
            let model = model_of_text(&path.display().to_string(), text)?;
            Ok(in_file(path, model.text().into_iter().flat_map(TextModel::warnings_in_words)))
        }
        #[cfg(feature = "report")]
        Some(FileKind::Report) => crate::report::Content::read(path, text).map(drop).map(plain),
        #[cfg(not(feature = "report"))]
        Some(FileKind::Report) => FileKind::unreadable(path, text),
        Some(FileKind::Records) | None => FileKind::unreadable(path, text),
    }
}

/// What the typical patients warn of.
fn warnings(path: &Path, sets: impl IntoIterator<Item = ParameterSet>) -> Vec<String> {
    in_file(path, sets.into_iter().flat_map(|set| set.warnings))
}

/// What is doubtful, with the name of the file; the same once.
fn in_file(path: &Path, doubts: impl IntoIterator<Item = String>) -> Vec<String> {
    let doubts = doubts.into_iter().map(|text| format!("{}: {text}", path.display()));
    let mut doubts: Vec<String> = doubts.collect();
    doubts.dedup();
    doubts
}

/// The columns of a covariate table that change nothing.
fn unused(path: &Path, patients: &VirtualPatients) -> Vec<String> {
    let set = parameter_set(&patients.model, patients.population);
    let is_symbol = |name: &str| set.as_ref().is_ok_and(|set| set.symbol(name).is_ok());
    let acts = |name: &str| {
        patients.effects.iter().any(|effect| effect.covariate == name)
            || patients.covariates.iter().any(|covariate| covariate.name == name)
            || name == "thrombosis"
            || is_symbol(name)
    };
    let names = patients.table.iter().flat_map(Table::names).filter(|name| !acts(name));
    let words = |name: &String| {
        format!("{}: the column `{name}` of the covariate table is not used", path.display())
    };
    names.map(words).collect()
}

/// A parameter file does not name its model: that of the same name, or else the one in which the file
/// has the fewest problems.
fn read_as_some_model(path: &Path, text: &str) -> Result<()> {
    let read = |name: &str| read_parameters(name, path, text, None).map(drop);
    let stem = path.file_stem().unwrap_or_default();
    if let Some(name) = MODEL_NAMES.iter().find(|name| stem == **name) {
        return read(name);
    }
    let mut fewest: Option<Error> = None;
    for name in MODEL_NAMES {
        match read(name) {
            Ok(()) => return Ok(()),
            Err(error) if fewest.as_ref().is_none_or(|old| count(&error) < count(old)) => {
                fewest = Some(error);
            }
            Err(_) => {}
        }
    }
    fewest.map_or(Ok(()), Err)
}

fn count(error: &Error) -> usize {
    if let Error::Files(problems) = error { problems.len() } else { usize::MAX }
}

/// Every error as problems of the file.
fn as_problems(path: &Path, error: Error) -> Vec<FileProblem> {
    match error {
        Error::Files(problems) => problems,
        Error::Text { problems, .. } => problems.into_iter().map(FileProblem::from).collect(),
        other => {
            let text = other.to_string();
            let named = format!("{} ", echo(&path.display().to_string()));
            vec![whole(path, text.strip_prefix(&named).unwrap_or(&text).to_owned())]
        }
    }
}

fn whole(path: &Path, rule: String) -> FileProblem {
    FileProblem { path: path.to_owned(), line: 0, key: String::new(), rule }
}
