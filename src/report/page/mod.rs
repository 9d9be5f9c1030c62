//! The page: one self-contained HTML file. One file here a section.

pub(super) mod calibration;
pub(super) mod forecasts;
mod markdown;
pub(super) mod model;
mod protocol;
pub(super) mod regimens;
mod row;
pub(super) mod sensitivity;
mod sentence;
pub(super) mod sources;
pub(super) mod trials;
pub(super) mod uncertainty;
pub(super) mod variants;
pub(super) mod window;

use super::content::{Identity, PLACEBO};
use super::figure::Figure;
use super::regimen_result::APPROVED;
use super::regimen_sheet::percent;
use crate::error::{Error, Result};
use crate::fit::FitResult;
use crate::window::{
    APPROVED_DAYS, APPROVED_MG, Choice, ENTRY, THRESHOLD, TOO_HIGH, Treatment, WANTED,
};
use calibration::CalibrationSection;
use forecasts::ForecastSection;
pub(super) use markdown::{equation, formula};
use minijinja::Environment;
use model::ModelSection;
use regimens::RegimenSection;
use sensitivity::SensitivitySection;
use sentence::Sentence;
use serde::Serialize;
use sources::Sources;
use std::collections::BTreeMap;
use std::sync::Arc;
use trials::TrialSection;
use uncertainty::UncertaintySection;
use window::{OptimumSection, WindowSection};

/// What the report asks about, as the page names it.
#[derive(Debug, Serialize)]
pub(super) struct Asked {
    threshold: f64,
    too_high: f64,
    wanted: String,
    entry: f64,
    approved: String,
    approved_mg: f64,
    approved_days: usize,
    largest_mg: f64,
}

impl Asked {
    pub(super) fn new() -> Self {
        Self {
            threshold: THRESHOLD,
            too_high: TOO_HIGH,
            wanted: percent(WANTED),
            entry: ENTRY,
            approved: Treatment::approved().to_string(),
            approved_mg: APPROVED_MG,
            approved_days: APPROVED_DAYS,
            largest_mg: Choice::default().dose_mg.1,
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
    pub(super) model: ModelSection,
    pub(super) calibration: Option<CalibrationSection>,
    pub(super) sensitivity: Option<SensitivitySection>,
    pub(super) fit: Option<&'a FitResult>,
    pub(super) regimens: Vec<RegimenSection>,
    pub(super) trials: Vec<TrialSection>,
    pub(super) optimum: Option<OptimumSection>,
    pub(super) window: Option<WindowSection>,
    pub(super) forecasts: Option<ForecastSection>,
    pub(super) sources: Sources,
    pub(super) record: String,
    /// What solved the equations, and the relative error of a step.
    pub(super) integrator: String,
    pub(super) tolerance: String,
    pub(super) data_version: String,
    pub(super) result_hash: String,
    pub(super) figures: BTreeMap<&'a str, &'a str>,
}

/// How the page looks, and what its controls and paper need.
pub(super) const STYLE: &str = concat!(include_str!("style.css"), include_str!("controls.css"));
/// What adds the controls; the page is complete without it.
pub(super) const SCRIPT: &str = include_str!("report.js");

impl Page<'_> {
    /// The page as HTML.
    pub(super) fn render(&self) -> Result<String> {
        const TEMPLATE: &str = "report.html";
        let error = |source| Error::Page { page: TEMPLATE, source: Arc::new(source) };
        let mut environment = Environment::new();
        environment.add_template(TEMPLATE, include_str!("report.html")).map_err(error)?;
        environment
            .get_template(TEMPLATE)
            .and_then(|template| template.render(minijinja::value::Serde(self)))
            .map_err(error)
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
            let approved = self.regimen(APPROVED);
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
        let own = self.regimen(APPROVED).into_iter().flat_map(RegimenSection::commands);
        let first = self.uncertainty.into_iter().flat_map(UncertaintySection::commands).cloned();
        let window = self.window.map(WindowSection::command);
        let optimum = self.optimum.map(OptimumSection::command);
        let others = [window, optimum].into_iter().flatten().map(str::to_owned);
        let last = self.calibration.into_iter().flat_map(CalibrationSection::validations).cloned();
        first.chain(own).chain(others).chain(last).collect()
    }
}

/// Figures by their names.
pub(super) fn by_name(figures: &[Figure]) -> BTreeMap<&str, &str> {
    figures.iter().map(|figure| (figure.id.as_str(), figure.on_page.as_str())).collect()
}
