//! The sections of a report, and which of them are wanted.

use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// A section of the report. Its head and the run record are always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// The answer in sentences, its figure and the table of regimens with their intervals.
    Answer,
    /// When to operate, by the count before treatment.
    Window,
    /// How short a course may be.
    Optimum,
    /// Forecasts of the subjects of a file.
    Forecasts,
    /// All regimens compared.
    Comparison,
    /// Replication of the trials.
    Trials,
    /// The calibration, and what it does not meet.
    Calibration,
    /// What the structure of the model leaves open.
    Variants,
    /// What the fixed numbers decide that nobody measured.
    Sensitivity,
    /// Published safety results.
    Safety,
    /// What the model is for, how far it can be trusted, assumptions and limits.
    Limits,
    /// How the numbers were made.
    Methods,
    /// A descriptive curve through published summaries.
    Descriptive,
    /// Diagram, equations and parameters.
    Model,
    /// A sheet for each regimen.
    Regimens,
    /// Abbreviations and references.
    References,
}

/// The sections that show regimens.
pub(super) const WITH_REGIMENS: [Section; 4] =
    [Section::Answer, Section::Comparison, Section::Variants, Section::Regimens];

/// The sections that are wanted: all, unless some are chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sections(Option<BTreeSet<Section>>);

impl Section {
    /// All, in the order of the page.
    pub const ALL: [Self; 16] = [
        Self::Answer,
        Self::Window,
        Self::Optimum,
        Self::Forecasts,
        Self::Comparison,
        Self::Trials,
        Self::Calibration,
        Self::Variants,
        Self::Sensitivity,
        Self::Safety,
        Self::Limits,
        Self::Methods,
        Self::Descriptive,
        Self::Model,
        Self::Regimens,
        Self::References,
    ];

    /// What a user calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Window => "window",
            Self::Optimum => "optimum",
            Self::Forecasts => "forecasts",
            Self::Comparison => "comparison",
            Self::Trials => "trials",
            Self::Calibration => "calibration",
            Self::Variants => "variants",
            Self::Sensitivity => "sensitivity",
            Self::Safety => "safety",
            Self::Limits => "limits",
            Self::Methods => "methods",
            Self::Descriptive => "descriptive",
            Self::Model => "model",
            Self::Regimens => "regimens",
            Self::References => "references",
        }
    }
}

impl FromStr for Section {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|section| section.name() == name);
        found.ok_or_else(|| Error::Unknown {
            kind: "section",
            name: name.to_owned(),
            known: Self::ALL.map(|section| section.name().to_owned()).to_vec(),
        })
    }
}

impl Sections {
    /// Those with these names.
    ///
    /// # Errors
    /// A name that no section has; no name.
    pub fn of<S: AsRef<str>>(names: &[S]) -> Result<Self> {
        if names.is_empty() {
            return Err(Error::Contradiction {
                first: "the choice of sections".to_owned(),
                second: "itself, as it names no section".to_owned(),
                remedy: "name at least one, or leave it out for all".to_owned(),
            });
        }
        let chosen: Result<_> = names.iter().map(|name| name.as_ref().parse()).collect();
        Ok(Self(Some(chosen?)))
    }

    /// Whether a section is wanted.
    #[must_use]
    pub fn has(&self, section: Section) -> bool {
        self.0.as_ref().is_none_or(|chosen| chosen.contains(&section))
    }

    /// Whether one of several sections is wanted.
    pub(super) fn has_any(&self, sections: &[Section]) -> bool {
        sections.iter().any(|section| self.has(*section))
    }

    /// Whether a section was asked for by its name.
    pub(super) fn names(&self, section: Section) -> bool {
        self.0.as_ref().is_some_and(|chosen| chosen.contains(&section))
    }

    /// Without some of them.
    pub(super) fn without(&self, left_out: &[Section]) -> Self {
        let wanted = |section: &Section| self.has(*section) && !left_out.contains(section);
        if left_out.is_empty() {
            return self.clone();
        }
        Self(Some(Section::ALL.into_iter().filter(wanted).collect()))
    }

    /// For each section by its name whether it is wanted.
    pub(super) fn by_name(&self) -> BTreeMap<&'static str, bool> {
        Section::ALL.into_iter().map(|section| (section.name(), self.has(section))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Section, Sections};

    #[test]
    fn invariant_sections_are_found_by_their_names() {
        let all = Sections::default();
        assert!(Section::ALL.into_iter().all(|section| all.has(section) && !all.names(section)));
        let some = Sections::of(&["window", "forecasts"]).expect("sections");
        assert!(some.has(Section::Window) && some.names(Section::Forecasts));
        assert!(!some.has_any(&[Section::Answer, Section::Trials]));
        let error = Sections::of(&["windows"]).expect_err("a slip").to_string();
        assert!(error.contains("did you mean `window`?"), "{error}");
    }
}
