//! Published exposures: on which doses, over which interval, in how many patients.

use crate::error::Result;
use crate::files::{FileKind, Section, carried, hash, read_toml};
use crate::model::GRADES;
use crate::regimen::Regimen;
use crate::trial::Role;
use std::path::Path;

/// Most patients of a study.
const MOST_PATIENTS: u32 = 100_000;

/// What was measured of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Maximum concentration.
    Cmax,
    /// Area under the concentration.
    Auc,
}

/// What was formed over the patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Summary {
    /// Arithmetic mean.
    Mean,
    /// Standard deviation over mean.
    Cv,
}

/// One published exposure.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedExposure {
    /// Name in the file.
    pub id: String,
    /// What it is, in a few words.
    pub label: String,
    /// What was measured.
    pub of: Measure,
    /// What was formed.
    pub form: Summary,
    /// The number; a CV as a share.
    pub value: f64,
    /// What it may be used for.
    pub role: Role,
    /// Where it was published.
    pub source: String,
    /// Grade of evidence.
    pub grade: &'static str,
}

/// The exposures of one study.
#[derive(Debug, Clone, PartialEq)]
pub struct ExposureFile {
    /// Name of the file, without its ending.
    pub id: String,
    /// The work the numbers come from.
    pub citation: String,
    /// The doses.
    pub regimen: Regimen,
    /// The regimen as the file writes it.
    pub regimen_text: String,
    /// Start of the interval, h from the first dose.
    pub from_h: f64,
    /// Its end.
    pub to_h: f64,
    /// Patients.
    pub n: usize,
    /// The numbers in the order of the file.
    pub numbers: Vec<PublishedExposure>,
    /// SHA-256 of the file.
    pub sha256: String,
}

impl ExposureFile {
    /// The exposures that the program carries.
    ///
    /// # Errors
    /// None in practice; a test reads the file.
    pub fn shipped() -> Result<Self> {
        let path = "targets/exposure_cld.toml";
        Self::read(Path::new(path), carried(path)?)
    }

    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    /// Every problem of the file with its line.
    pub fn read(path: &Path, text: &str) -> Result<Self> {
        FileKind::Exposure.require(path, text)?;
        read_toml(path, text, |root| {
            root.schema(1);
            let citation = root.text("citation");
            let regimen_text = root.text("regimen");
            let regimen = regimen_text.as_deref().and_then(|text| {
                let parsed = text.parse::<Regimen>();
                parsed.map_err(|error| root.problem("regimen", error.to_string())).ok()
            });
            let (from_h, to_h) = (root.not_negative("from_h"), root.positive("to_h"));
            if let (Some(from), Some(to)) = (from_h, to_h)
                && to <= from
            {
                root.problem("to_h", format!("= {to} must lie after from_h = {from}"));
            }
            let n = root.whole("n", 2, MOST_PATIENTS);
            let numbers = root.tables("exposure", number);
            if numbers.is_empty() && root.is_sound("exposure") {
                root.problem("exposure", "is missing: add at least one [exposure.NAME]");
            }
            Some(Self {
                id: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
                citation: citation?,
                regimen: regimen?,
                regimen_text: regimen_text?,
                from_h: from_h?,
                to_h: to_h?,
                n: n?,
                numbers,
                sha256: hash(text.as_bytes()),
            })
        })
    }
}

fn number(id: &str, s: &Section<'_>) -> Option<PublishedExposure> {
    let (label, source) = (s.text("label"), s.text("source"));
    let of = s.choice("of", &[("cmax", Measure::Cmax), ("auc", Measure::Auc)]);
    let form = s.choice("form", &[("mean", Summary::Mean), ("cv", Summary::Cv)]);
    let (value, unit) = (s.positive("value"), s.text("unit"));
    if let (Some(of), Some(form), Some(unit)) = (of, form, unit.as_deref()) {
        let wanted = match (form, of) {
            (Summary::Cv, _) => "1",
            (Summary::Mean, Measure::Cmax) => "ng/mL",
            (Summary::Mean, Measure::Auc) => "ng*h/mL",
        };
        if unit != wanted {
            s.problem("unit", format!("must be \"{wanted}\": convert the value"));
        }
    }
    let role = s.choice("role", &Role::ALL);
    if matches!(role, Some(Role::Calibrate | Role::Ignore)) {
        s.problem("role", "must have a different value: exposures are only compared");
    }
    let grade = s.choice("grade", GRADES);
    Some(PublishedExposure {
        id: id.to_owned(),
        label: label?,
        of: of?,
        form: form?,
        value: value?,
        role: role?,
        source: source?,
        grade: grade?,
    })
}
