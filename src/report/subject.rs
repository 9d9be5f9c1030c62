//! What a report is about: a drug, and the treatment that its questions are asked for.

use super::regimen_result::APPROVED;
use super::sections::{Section, Sections};
use crate::error::{Error, Result};
use crate::simulate::Scenario;
use crate::window::Treatment;

/// The drug of the shipped regimens and trials, of the calibration and of the label.
const OF_LABEL: &str = "lusutrombopag";
/// Sections that only this drug has data for.
const OF_LABEL_ONLY: [Section; 5] = [
    Section::Optimum,
    Section::Calibration,
    Section::Sensitivity,
    Section::Safety,
    Section::Descriptive,
];

/// A drug with the treatment that the report is about.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    /// Its name.
    pub(super) drug: String,
    /// The regimen that all others are compared with.
    pub(super) regimen: String,
    /// The same as one dose a day; none where it is none.
    pub(super) treatment: Option<Treatment>,
    /// The treatment in words.
    pub(super) in_words: String,
}

impl Subject {
    /// Lusutrombopag as in its label, unless patients are given and the first of the `own` regimens has another drug.
    pub(super) fn of(own: &[Scenario], are_patients_given: bool) -> Self {
        let given = own.iter().find(|own| !own.regimen.planned().is_empty());
        let other = given.filter(|own| are_patients_given && own.drug != OF_LABEL);
        match other {
            Some(own) => Self {
                drug: own.drug.clone(),
                regimen: own.id.clone(),
                treatment: Treatment::of(&own.regimen),
                in_words: own.regimen_text.clone(),
            },
            None => Self {
                drug: OF_LABEL.to_owned(),
                regimen: APPROVED.to_owned(),
                treatment: Some(Treatment::approved()),
                in_words: Treatment::approved().to_string(),
            },
        }
    }

    /// Whether the program carries data on the drug.
    pub(super) fn has_label(&self) -> bool {
        self.drug == OF_LABEL
    }

    /// The drug as a title begins with it.
    pub(super) fn capitalised(&self) -> String {
        let mut letters = self.drug.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    }

    /// The sections that the report cannot have.
    ///
    /// # Errors
    /// One of them was asked for by its name.
    pub(super) fn missing_sections(&self, wanted: &Sections) -> Result<Vec<Section>> {
        let mut missing = if self.has_label() { Vec::new() } else { OF_LABEL_ONLY.to_vec() };
        if self.treatment.is_none() {
            missing.push(Section::Window);
        }
        match missing.iter().find(|section| wanted.names(**section)) {
            None => Ok(missing),
            Some(section) => Err(Error::Contradiction {
                first: format!("the section `{}`", section.name()),
                second: format!(
                    "a report on {}, about which the program has no such data",
                    self.drug
                ),
                remedy: "leave it out".to_owned(),
            }),
        }
    }
}
