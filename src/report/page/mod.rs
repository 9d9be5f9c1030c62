//! The page: one self-contained HTML file. One file here a section.

mod assessment;
pub(super) mod calibration;
pub(super) mod covariates;
mod decision;
pub(super) mod descriptive;
pub(super) mod forecasts;
mod guide;
mod markdown;
pub(super) mod model;
mod numbers;
mod protocol;
pub(super) mod regimens;
mod row;
pub(super) mod sensitivity;
pub(super) mod sources;
pub(super) mod table;
pub(super) mod trials;
pub(super) mod uncertainty;
pub(super) mod variants;
pub(super) mod window;

use super::content::{Identity, PLACEBO};
use super::figure::Figure;
use super::sections::Section;
use super::sentence::Sentence;
use super::subject::Subject;
use crate::error::{Error, Result};
use crate::window::{Choice, ENTRY, THRESHOLD, TOO_HIGH};
pub(super) use assessment::assessment;
use calibration::CalibrationSection;
use covariates::CovariateSection;
use descriptive::DescriptiveSection;
use forecasts::ForecastSection;
pub(super) use markdown::{equation, formula};
use minijinja::Environment;
use model::ModelSection;
use numbers::Numbers;
use regimens::{ComparisonSection, RegimenSection};
use sensitivity::SensitivitySection;
use serde::Serialize;
use sources::Sources;
use std::collections::BTreeMap;
use std::sync::Arc;
use table::PageTable;
use trials::TrialSection;
use uncertainty::UncertaintySection;
use variants::VariantsSection;
use window::{OptimumSection, WindowSection};

/// What the report asks about, as the page names it.
#[derive(Debug, Serialize)]
pub(super) struct Asked {
    drug: String,
    /// The drug as a title begins with it.
    drug_in_title: String,
    /// The regimen that the report is about.
    regimen: String,
    threshold: String,
    too_high: String,
    entry: String,
    largest_mg: String,
}

impl Asked {
    pub(super) fn new(subject: &Subject) -> Self {
        Self {
            drug: subject.drug.clone(),
            drug_in_title: subject.capitalised(),
            regimen: subject.in_words.clone(),
            threshold: THRESHOLD.to_string(),
            too_high: TOO_HIGH.to_string(),
            entry: ENTRY.to_string(),
            largest_mg: Choice::default().dose_mg.1.to_string(),
        }
    }
}

/// Everything on the page.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    pub(super) program: String,
    pub(super) font_face: String,
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    pub(super) asked: Asked,
    /// For each section by its name whether it is on the page.
    pub(super) has: BTreeMap<&'static str, bool>,
    pub(super) identity: Identity,
    pub(super) answer: Vec<Sentence>,
    pub(super) answer_commands: Vec<String>,
    pub(super) uncertainty: Option<UncertaintySection>,
    pub(super) window: Option<WindowSection>,
    pub(super) comparison: Option<ComparisonSection>,
    pub(super) forecasts: Option<ForecastSection>,
    pub(super) trials: Vec<TrialSection>,
    /// The protocols side by side, and how well the published results are met.
    pub(super) protocols: Option<PageTable>,
    pub(super) trials_finding: Option<String>,
    pub(super) calibration: Option<CalibrationSection>,
    pub(super) variants: Option<VariantsSection>,
    pub(super) sensitivity: Option<SensitivitySection>,
    pub(super) covariates: Option<CovariateSection>,
    pub(super) assessment: Option<PageTable>,
    pub(super) optimum: Option<OptimumSection>,
    pub(super) descriptive: Option<DescriptiveSection>,
    pub(super) model: ModelSection,
    pub(super) regimens: Vec<RegimenSection>,
    pub(super) sources: Sources,
    /// What was run, and what the columns of the tables hold.
    pub(super) steps: Option<PageTable>,
    pub(super) definitions: Option<PageTable>,
    pub(super) record: String,
    /// What solved the equations, and the relative error of a step.
    pub(super) integrator: String,
    pub(super) tolerance: String,
    pub(super) data_version: String,
    pub(super) result_hash: String,
    pub(super) figures: BTreeMap<&'a str, String>,
}

/// How the page looks, and what its controls and paper need.
pub(super) const STYLE: &str = concat!(include_str!("style.css"), include_str!("controls.css"));
/// What adds the controls; the page is complete without it.
pub(super) const SCRIPT: &str = include_str!("report.js");

impl Page<'_> {
    /// The page as HTML.
    pub(super) fn render(&self) -> Result<String> {
        let numbers = Numbers::default();
        self.render_with(&numbers)?;
        self.render_with(&numbers.found())
    }

    fn render_with(&self, numbers: &Numbers) -> Result<String> {
        const TEMPLATE: &str = "report.html";
        let error = |source| Error::Page { page: TEMPLATE, source: Arc::new(source) };
        let mut environment = Environment::new();
        numbers.add_to(&mut environment);
        environment.add_template(TEMPLATE, include_str!("report.html")).map_err(error)?;
        environment
            .get_template(TEMPLATE)
            .and_then(|template| template.render(minijinja::value::Serde(self)))
            .map_err(error)
    }

    fn has(&self, section: Section) -> bool {
        self.has.get(section.name()) == Some(&true)
    }
}

/// What the answer is drawn from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answered<'a> {
    pub(super) uncertainty: Option<&'a UncertaintySection>,
    pub(super) regimens: &'a [RegimenSection],
    pub(super) window: Option<&'a WindowSection>,
    pub(super) optimum: Option<&'a OptimumSection>,
    pub(super) calibration: Option<&'a CalibrationSection>,
    /// The regimen that the report is about.
    pub(super) subject: &'a Subject,
}

impl Answered<'_> {
    fn regimen(&self, id: &str) -> Option<&RegimenSection> {
        self.regimens.iter().find(|section| section.is(id))
    }

    /// In a few sentences: with the intervals of the posterior, or where there is none as the patients have it.
    pub(super) fn in_words(&self) -> Vec<Sentence> {
        let own: Vec<Sentence> = if let Some(uncertainty) = self.uncertainty {
            uncertainty.in_words()
        } else {
            let approved = self.regimen(&self.subject.regimen);
            let many = approved.and_then(|own| own.many_in_words(self.regimen(PLACEBO)));
            let window = self.window.map(WindowSection::in_words);
            let optimum = self.optimum.map(OptimumSection::in_words);
            let typical = approved.map(RegimenSection::typical_in_words);
            [many, window, optimum, typical].into_iter().flatten().map(Sentence::plain).collect()
        };
        own.into_iter().chain(self.calibration.map(CalibrationSection::in_words)).collect()
    }

    /// The commands behind it: those of its intervals, of the approved regimen, of the window, of the shortest course
    /// and of the calibration.
    pub(super) fn commands(&self) -> Vec<String> {
        let own =
            self.regimen(&self.subject.regimen).into_iter().flat_map(RegimenSection::commands);
        let first = self.uncertainty.into_iter().flat_map(UncertaintySection::commands).cloned();
        let window = self.window.into_iter().flat_map(WindowSection::commands).cloned();
        let optimum = self.optimum.map(|own| own.command().to_owned());
        let others = window.chain(optimum);
        let last = self.calibration.into_iter().flat_map(CalibrationSection::validations).cloned();
        first.chain(own).chain(others).chain(last).collect()
    }
}

/// Figures by their names.
pub(super) fn by_name(figures: &[Figure]) -> BTreeMap<&str, String> {
    figures.iter().map(|figure| (figure.id.as_str(), figure.markup())).collect()
}
