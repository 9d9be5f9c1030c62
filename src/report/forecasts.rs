//! The forecasts of a report: those of the subjects of one file, with the usual settings of a forecast.

use super::forecast_words::uncertainty;
use crate::calibrate::Populations;
use crate::error::{Error, Result};
use crate::files::{hash, quoted, read_text};
use crate::forecast::usual::{INDIVIDUALS, QUANTILES, SEED, TIME_QUANTILES};
use crate::forecast::{Forecast, KnownRecords, Particles, Question, known_records};
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::records::{Options, Subject};
use crate::trial::Design;
use crate::units::HOURS_PER_DAY;
use crate::window::{THRESHOLD, TOO_HIGH, WANTED};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Most subjects that a report forecasts.
pub const MOST_FORECASTS: usize = 20;
/// Last elapsed day of the forecasts.
const LAST_DAY: u16 = 40;
/// The label whose days of the procedure are asked for.
const LABEL: &str = "label_japan";

/// A file of counts, or of records in the form of NONMEM, whose subjects are forecast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastFile {
    /// The file.
    pub path: PathBuf,
    /// The doses of every subject from time 0, if the file has none.
    pub regimen: Option<String>,
    /// What else the caller offers for more than [`MOST_FORECASTS`] subjects, such as `, or do this`.
    pub instead: &'static str,
}

/// What is to be said of the forecasts of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remarks {
    /// What is doubtful, a sentence each.
    pub warnings: Vec<String>,
    /// How the file was understood, a sentence each.
    pub notes: Vec<String>,
    /// Number of subjects without a forecast.
    pub failed_subjects: usize,
}

/// The subjects of a file with the populations that stand for them.
#[derive(Debug)]
pub(super) struct AskedForecasts<'a> {
    pub(super) file: &'a ForecastFile,
    sha256: String,
    /// Patients in place of the calibrated ones.
    patients: Option<&'a str>,
    populations: Populations,
    known: KnownRecords,
    output: String,
    times_h: Vec<f64>,
    procedure_h: (f64, f64),
}

impl<'a> AskedForecasts<'a> {
    /// The subjects of `file`, for the calibrated patients of all structural variants with their posteriors, or for the
    /// `patients` given as they are.
    pub(super) fn of(file: &'a ForecastFile, patients: Option<&'a str>) -> Result<Self> {
        let populations = match patients {
            None => Populations::calibrated(INDIVIDUALS)?,
            Some(name) => {
                let own = VirtualPatients::load(name)?;
                let typical = own.typical_patient(own.variant.unwrap_or(Variant::B))?;
                Populations::new(vec![(typical, own)], None, INDIVIDUALS)?
            }
        };
        let predictor = &populations.first().predictor;
        let output = predictor.structure().count_output().ok_or_else(|| Error::Contradiction {
            first: format!("the forecasts of {}", file.path.display()),
            second: "patients whose model has no platelet count".to_owned(),
            remedy: "choose other patients".to_owned(),
        })?;
        let output = output.name.clone();
        let text = read_text(&file.path)?;
        let options = Options { output: Some(output.clone()), ..Options::default() };
        let regimen = file.regimen.as_deref();
        let known = known_records(predictor, (&file.path, &text), &options, regimen)?;
        require_few(file, known.records.subjects.len())?;
        let procedure = Design::load(Path::new(LABEL))?.procedure;
        // Visit day 1 is elapsed day 0.
        let elapsed_h = |visit_day: f64| HOURS_PER_DAY * (visit_day - 1.0);
        Ok(Self {
            file,
            sha256: hash(text.as_bytes()),
            patients,
            known,
            output,
            times_h: (0..=LAST_DAY).map(|day| HOURS_PER_DAY * f64::from(day)).collect(),
            procedure_h: (elapsed_h(procedure.first_day), elapsed_h(procedure.last_day)),
            populations,
        })
    }

    /// The individuals of every structural variant.
    pub(super) fn particles(&self) -> Result<Vec<Particles>> {
        let values = self.times_h.len();
        Populations::require_memory(INDIVIDUALS, values, "leave the forecasts out")?;
        self.populations.particles(INDIVIDUALS, SEED)
    }

    /// What is asked of every subject.
    pub(super) fn question<'q>(&'q self, populations: &'q [Particles]) -> Question<'q> {
        Question {
            populations,
            output: &self.output,
            times_h: &self.times_h,
            level: THRESHOLD,
            too_high: TOO_HIGH,
            probability: WANTED,
            quantiles: &QUANTILES,
            time_quantiles: &TIME_QUANTILES,
            procedure_h: Some(self.procedure_h),
            plans: &[],
            next_h: &[],
        }
    }

    /// The subjects, each with its forecast or with the error in its place.
    pub(super) fn forecasts(
        &self,
        question: &Question<'_>,
        tell: &dyn Fn(usize, usize),
    ) -> Result<Vec<(&Subject, Result<Forecast>)>> {
        let subjects = &self.known.records.subjects;
        let all = question.forecasts(subjects, &|done| tell(done, subjects.len()))?;
        Ok(subjects.iter().zip(all).collect())
    }

    /// What was noted when the file was read.
    pub(super) fn remarks(&self) -> Remarks {
        let KnownRecords { warnings, notes, .. } = &self.known;
        Remarks { warnings: warnings.clone(), notes: notes.clone(), failed_subjects: 0 }
    }

    /// The individuals in words.
    pub(super) fn population(&self) -> String {
        let names = self.populations.names();
        format!("{INDIVIDUALS} {}", uncertainty(self.populations.is_uncertain(), &names))
    }

    /// The command that gives the same forecasts.
    pub(super) fn command(&self) -> String {
        let option = |name: &str, value: &str| format!(" --{name} {}", quoted(value));
        let regimen = self.file.regimen.as_deref().map(|text| option("regimen", text));
        let patients = self.patients.map(|name| option("parameters", name));
        let (first, last) = self.procedure_h;
        format!(
            "thrombo forecast {}{}{} --procedure {}..{} --folder forecasts",
            quoted(&self.file.path.display().to_string()),
            regimen.unwrap_or_default(),
            patients.unwrap_or_default(),
            first / HOURS_PER_DAY,
            last / HOURS_PER_DAY
        )
    }

    /// All files behind the forecasts, with their SHA-256.
    pub(super) fn inputs(&self) -> Result<BTreeMap<String, String>> {
        let mut inputs = self.populations.inputs()?;
        inputs.insert(self.file.path.display().to_string(), self.sha256.clone());
        let label = Design::load(Path::new(LABEL))?;
        inputs.insert(format!("scenarios/{}.toml", label.id), label.sha256);
        Ok(inputs)
    }
}

/// Refuses more subjects than a page can show.
fn require_few(file: &ForecastFile, subjects: usize) -> Result<()> {
    if subjects <= MOST_FORECASTS {
        return Ok(());
    }
    Err(Error::Contradiction {
        first: format!("{} with {subjects} subjects", file.path.display()),
        second: format!("a report, which forecasts at most {MOST_FORECASTS}"),
        remedy: format!("give a file with fewer subjects{}", file.instead),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn file(text: &str, regimen: Option<&str>) -> (tempfile::TempDir, ForecastFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counts.csv");
        fs::write(&path, text).unwrap();
        (folder, ForecastFile { path, regimen: regimen.map(str::to_owned), instead: ", or ask" })
    }

    #[test]
    fn invariant_other_patients_are_forecast_in_their_own_variant_as_they_are() {
        let (_folder, file) = file("id,time_d,plt_1e9_l\nA,0,38\n", Some("3 mg qd x7"));
        let asked = AskedForecasts::of(&file, None).unwrap();
        assert_eq!(asked.populations.names(), ["A", "B", "C", "D"]);
        assert!(asked.populations.is_uncertain());
        let asked = AskedForecasts::of(&file, Some("calibrated_c")).unwrap();
        assert_eq!(asked.populations.names(), ["C"]);
        assert!(!asked.populations.is_uncertain());
        let end = " --regimen '3 mg qd x7' --parameters calibrated_c --procedure 8..13 --folder forecasts";
        assert!(asked.command().ends_with(end), "{}", asked.command());
        let inputs = asked.inputs().unwrap();
        let path = file.path.display().to_string();
        assert_eq!(inputs[&path], hash(&fs::read(&file.path).unwrap()));
        assert!(inputs.contains_key("scenarios/label_japan.toml"), "{inputs:?}");
    }

    #[test]
    fn regress_more_subjects_than_a_page_can_show_are_refused_in_a_sentence() {
        let rows = |count: usize| (0..count).map(|id| format!("{id},0,38\n")).collect::<String>();
        let text = |count| format!("id,time_d,plt_1e9_l\n{}", rows(count));
        let (_folder, many) = file(&text(MOST_FORECASTS + 1), Some("3 mg qd x7"));
        let error = AskedForecasts::of(&many, None).unwrap_err().to_string();
        let end = "counts.csv with 21 subjects contradicts a report, which forecasts at most 20: give a file with fewer \
                   subjects, or ask";
        assert!(error.ends_with(end), "{error}");
        let (_folder, most) = file(&text(MOST_FORECASTS), None);
        let asked = AskedForecasts::of(&most, None).unwrap();
        let warnings = asked.remarks().warnings;
        assert!(warnings.iter().any(|text| text.contains("has no doses")), "{warnings:?}");
    }
}
