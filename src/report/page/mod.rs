//! The page: one self-contained HTML file. One file here a section.

pub(super) mod calibration;
pub(super) mod forecasts;
mod markdown;
pub(super) mod model;
pub(super) mod regimens;
mod row;
pub(super) mod sources;
pub(super) mod trials;
pub(super) mod uncertainty;
pub(super) mod variants;
pub(super) mod window;

use super::content::Identity;
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
    pub(super) identity: Identity,
    pub(super) answer: Vec<String>,
    pub(super) answer_commands: Vec<String>,
    pub(super) uncertainty: Option<UncertaintySection>,
    pub(super) model: ModelSection,
    pub(super) calibration: CalibrationSection,
    pub(super) fit: &'a FitResult,
    pub(super) regimens: Vec<RegimenSection>,
    pub(super) trials: Vec<TrialSection>,
    pub(super) optimum: OptimumSection,
    pub(super) window: WindowSection,
    pub(super) forecasts: Option<ForecastSection>,
    pub(super) sources: Sources,
    pub(super) record: String,
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

/// The answer in a few lines: with the intervals of the posterior, or where there is none as the patients have it.
pub(super) fn answer(
    uncertainty: Option<&UncertaintySection>,
    regimens: &[RegimenSection],
    window: &WindowSection,
    optimum: &OptimumSection,
    calibration: &CalibrationSection,
) -> Vec<String> {
    let regimen = |id: &str| regimens.iter().find(|section| section.is(id));
    let approved = regimen(APPROVED);
    let own: Vec<String> = if let Some(uncertainty) = uncertainty {
        uncertainty.in_words()
    } else {
        let many = approved.and_then(|own| own.many_in_words(regimen("placebo")));
        many.into_iter().chain([window.in_words(), optimum.in_words()]).collect()
    };
    let typical = approved.map(RegimenSection::typical_in_words);
    own.into_iter().chain(typical).chain([calibration.in_words()]).collect()
}

/// The commands behind the answer: those of its intervals, of the approved regimen, of the window, of the shortest course
/// and of the calibration.
pub(super) fn answer_commands(
    uncertainty: Option<&UncertaintySection>,
    regimens: &[RegimenSection],
    window: &WindowSection,
    optimum: &OptimumSection,
    calibration: &CalibrationSection,
) -> Vec<String> {
    let approved = regimens.iter().filter(|section| section.is(APPROVED));
    let own = approved.flat_map(RegimenSection::commands);
    let first = uncertainty.into_iter().flat_map(UncertaintySection::commands).cloned();
    let others = [window.command(), optimum.command()].map(str::to_owned);
    first.chain(own).chain(others).chain(calibration.validations().iter().cloned()).collect()
}

/// Figures by their names.
pub(super) fn by_name(figures: &[Figure]) -> BTreeMap<&str, &str> {
    figures.iter().map(|figure| (figure.id.as_str(), figure.on_page.as_str())).collect()
}
