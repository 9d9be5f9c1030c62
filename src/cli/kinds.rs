//! The kinds of input files: how each is told from the others, and the reader that commands use.

use std::path::Path;
use thrombopoiesis::calibrate::{ExposureFile, Plan, read_sets};
use thrombopoiesis::error::{Error, FileProblem, Result};
use thrombopoiesis::fit::Targets;
use thrombopoiesis::model::{MODEL_NAMES, ParameterSet, Variant, read_parameters};
use thrombopoiesis::population::{Table, VirtualPatients};
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::Scenario;
use thrombopoiesis::trial::{Design, PublishedFile};

/// A kind of input file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Parameters,
    Patients,
    Plan,
    Trial,
    Published,
    Exposure,
    Targets,
    Scenario,
    Counts,
    Posterior,
    Covariates,
}

/// Kinds of TOML files with the keys that tell them, any of which is enough. The order matters: a
/// key of an earlier kind may also stand in a later one's files.
const TOML_KINDS: [(Kind, &[&str]); 8] = [
    (Kind::Parameters, &["parameters"]),
    (Kind::Patients, &["count_error", "variability"]),
    (Kind::Plan, &["estimated"]),
    (Kind::Trial, &["arms", "randomised", "allocation"]),
    (Kind::Published, &["published", "trials"]),
    (Kind::Exposure, &["exposure"]),
    (Kind::Targets, &["target"]),
    (Kind::Scenario, &["drug", "label", "regimen", "doses"]),
];

impl Kind {
    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Parameters => "model parameters",
            Self::Patients => "virtual patients",
            Self::Plan => "calibration plan",
            Self::Trial => "trial",
            Self::Published => "published results",
            Self::Exposure => "published exposure",
            Self::Targets => "targets of a fit",
            Self::Scenario => "scenario",
            Self::Counts => "counts",
            Self::Posterior => "posterior",
            Self::Covariates => "covariates",
        }
    }

    /// The kind of the file at `path` with this content.
    pub(super) fn of(path: &Path, text: &str) -> Option<Self> {
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            Self::of_csv(text)
        } else {
            // A file with a fault still has keys.
            let (root, _) = toml::de::DeTable::parse_recoverable(text);
            let has = |key: &&str| root.get_ref().get(*key).is_some();
            TOML_KINDS.iter().find(|(_, keys)| keys.iter().any(has)).map(|(kind, _)| *kind)
        }
    }

    /// Counts and posteriors are told by their first column, covariates by numbers below names.
    fn of_csv(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        let header = lines.next()?.to_lowercase();
        let mut columns = header.split(',').map(str::trim);
        let first = columns.next()?;
        let is_number = |cell: &str| cell.trim().parse::<f64>().is_ok();
        match first {
            "time_h" => Some(Self::Counts),
            "weight" => Some(Self::Posterior),
            _ if is_number(first) || header.contains("plt_1e9_l") => Some(Self::Counts),
            _ if lines.next()?.split(',').any(is_number) => Some(Self::Covariates),
            _ => None,
        }
    }

    /// Reads the file as the commands do.
    pub(super) fn read(self, path: &Path, text: &str) -> Result<()> {
        match self {
            Self::Parameters => read_as_some_model(path, text),
            Self::Patients => VirtualPatients::read(path, text).map(drop),
            Self::Plan => Plan::read(path, text).map(drop),
            Self::Trial => Design::read(path, text).map(drop),
            Self::Published => PublishedFile::read(path, text).map(drop),
            Self::Exposure => ExposureFile::read(path, text).map(drop),
            Self::Scenario => Scenario::read(path, text).map(drop),
            Self::Targets | Self::Counts => {
                Targets::read(path, text, &Regimen::placebo()).map(drop)
            }
            Self::Posterior => {
                let plan = Plan::shipped()?;
                read_sets(path, text, (&plan, Variant::B), 1).map(drop)
            }
            Self::Covariates => Table::parse(path, text).map(drop),
        }
    }
}

impl Kind {
    /// What is not plausible in a file that could be read.
    pub(super) fn doubts(self, path: &Path, text: &str) -> Vec<String> {
        let sets = match self {
            Self::Counts => {
                let targets = Targets::read(path, text, &Regimen::placebo());
                return targets.map_or(Vec::new(), |targets| targets.notices);
            }
            Self::Scenario => Scenario::read(path, text)
                .and_then(|scenario| scenario.parameters(Variant::B))
                .into_iter()
                .collect(),
            Self::Patients => VirtualPatients::read(path, text)
                .map(|patients| of_variants(&patients))
                .unwrap_or_default(),
            _ => Vec::new(),
        };
        let place = path.display();
        let mut doubts: Vec<String> = sets
            .into_iter()
            .flat_map(|set| set.warnings)
            .map(|text| format!("{place}: {text}"))
            .collect();
        doubts.dedup();
        doubts
    }
}

/// The typical patients of every variant that the patients have.
fn of_variants(patients: &VirtualPatients) -> Vec<ParameterSet> {
    let all = Variant::ALL.into_iter();
    all.filter_map(|variant| patients.typical_patient(variant).ok()).collect()
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

/// What is said of a file of no known kind.
pub(super) fn unknown(path: &Path) -> FileProblem {
    let told =
        |(kind, keys): &(Kind, &[&str])| format!("{} (`{}`)", kind.name(), keys.join("`, `"));
    let toml: Vec<String> = TOML_KINDS.iter().map(told).collect();
    FileProblem {
        path: path.to_owned(),
        line: 0,
        key: String::new(),
        rule: format!(
            "is of no known kind: a TOML file is told by one of its keys: {}; a CSV file, by its ending \
             and header: counts (time_h,plt_1e9_l), posterior (weight first), covariates of patients \
             (names, then numbers)",
            toml.join(", ")
        ),
    }
}
