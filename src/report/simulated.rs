//! The sections of a report that many patients are simulated for.

use super::cast::Cast;
use super::content::{ReportTrial, is_own};
use super::figure::Figure;
use super::forecasts::AskedForecasts;
use super::page::calibration::{CalibrationSection, calibration_section};
use super::page::covariates::{CovariateSection, covariate_section};
use super::page::forecasts::{ForecastSection, forecast_section};
use super::page::sensitivity::{SensitivitySection, sensitivity_section};
use super::page::trials::{TrialSection, trial_section};
use super::page::uncertainty::{UncertaintySection, uncertainty_section};
use super::page::variants::{VariantsSection, variants_section};
use super::page::window::{OptimumSection, WindowSection, optimum_section, window_section};
use super::regimen_result::RegimenResult;
use super::sections::{Section, Sections};
use super::stages::{Stage, Stages};
use super::subject::Subject;
use crate::error::Result;
use crate::simulate::population::Failures;
use crate::trial::Published;
use crate::window::{People, Treatment};

/// What is simulated, in whom, and for which sections.
#[derive(Clone, Copy)]
pub(super) struct Simulation<'a> {
    pub(super) casts: &'a [Cast],
    pub(super) subject: &'a Subject,
    pub(super) people: &'a [(&'a Cast, People<'a>)],
    pub(super) designs: &'a [ReportTrial],
    pub(super) results: &'a [RegimenResult],
    pub(super) published: &'a [Published],
    pub(super) asked: Option<&'a AskedForecasts<'a>>,
    pub(super) wanted: &'a Sections,
    pub(super) stages: &'a Stages<'a>,
}

/// The wanted sections.
#[derive(Default)]
pub(super) struct Simulated {
    pub(super) uncertainty: Option<UncertaintySection>,
    pub(super) calibration: Option<CalibrationSection>,
    pub(super) trials: Vec<TrialSection>,
    pub(super) window: Option<WindowSection>,
    pub(super) optimum: Option<OptimumSection>,
    pub(super) variants: Option<VariantsSection>,
    pub(super) sensitivity: Option<SensitivitySection>,
    pub(super) covariates: Option<CovariateSection>,
    pub(super) forecasts: Option<ForecastSection>,
}

impl Simulation<'_> {
    /// The wanted sections and their figures.
    pub(super) fn run(self) -> Result<(Simulated, Vec<Figure>)> {
        let (mut all, mut figures) = (Simulated::default(), Vec::new());
        self.trials(&mut all, &mut figures)?;
        self.decisions(&mut all, &mut figures)?;
        self.what_if(&mut all, &mut figures)?;
        let told = |done, total| self.stages.at(Stage::Forecasts, done, total);
        let forecasts = self.asked.map(|asked| forecast_section(asked, &told)).transpose()?;
        let (forecasts, own) = forecasts.unzip();
        all.forecasts = forecasts;
        figures.extend(own.into_iter().flatten());
        Ok((all, figures))
    }

    /// Whether a section is wanted; its stage begins.
    fn begun(self, section: Section, stage: Stage) -> bool {
        self.stages.at(stage, 0, 1);
        self.wanted.has(section)
    }

    /// The calibration and the trials.
    fn trials(self, all: &mut Simulated, figures: &mut Vec<Figure>) -> Result<()> {
        if self.begun(Section::Calibration, Stage::Calibration) {
            let (section, own) = calibration_section(self.casts, self.published)?;
            all.calibration = Some(section);
            figures.extend(own);
        }
        for (i, trial) in self.designs.iter().enumerate() {
            self.stages.at(Stage::Trials, i, self.designs.len());
            let (section, own) = trial_section(trial, self.casts, self.published)?;
            all.trials.push(section);
            figures.extend(own);
        }
        Ok(())
    }

    /// What is to be expected of the regimens.
    fn decisions(self, all: &mut Simulated, figures: &mut Vec<Figure>) -> Result<()> {
        let told = |done, total| self.stages.at(Stage::Uncertainty, done, total);
        if self.begun(Section::Answer, Stage::Uncertainty) {
            let found = uncertainty_section(self.casts, &self.own_treatments(), &told)?;
            let (section, own) = found.unzip();
            all.uncertainty = section;
            figures.extend(own);
        }
        let treatment = self.subject.treatment.as_ref();
        if let Some(own) = treatment.filter(|_| self.begun(Section::Window, Stage::Window)) {
            let (section, own) = window_section(self.people, own)?;
            all.window = Some(section);
            figures.extend(own);
        }
        if self.begun(Section::Optimum, Stage::Optimum) {
            let (section, own) = optimum_section(self.people)?;
            all.optimum = Some(section);
            figures.extend(own);
        }
        Ok(())
    }

    /// What would follow from other structures, numbers and covariates.
    fn what_if(self, all: &mut Simulated, figures: &mut Vec<Figure>) -> Result<()> {
        if self.wanted.has(Section::Variants) {
            let (section, own) = variants_section(self.results)?;
            all.variants = Some(section);
            figures.push(own);
        }
        let told = |done, total| self.stages.at(Stage::Sensitivity, done, total);
        if self.begun(Section::Sensitivity, Stage::Sensitivity) {
            let (section, own) = sensitivity_section(self.casts, self.published, &told)?.unzip();
            all.sensitivity = section;
            figures.extend(own);
        }
        let told = |done, total| self.stages.at(Stage::Covariates, done, total);
        if self.begun(Section::Sensitivity, Stage::Covariates) {
            let (section, own) = covariate_section(self.casts, &told)?;
            all.covariates = Some(section);
            figures.push(own);
        }
        Ok(())
    }

    /// The own regimens that are one oral dose a day, in patients as they are.
    fn own_treatments(self) -> Vec<Treatment> {
        let own = self.results.iter().filter(|result| is_own(&result.main.scenario.id));
        let answers = own.filter_map(RegimenResult::main_answer);
        answers.map(|answer| answer.treatment.clone()).collect()
    }
}

impl Simulated {
    /// The patients of all simulations who could not be integrated, those of the regimens included.
    pub(super) fn all_failures(&self, results: &[RegimenResult]) -> Failures {
        let answers = results.iter().flat_map(|result| &result.answers);
        let mut failures = Failures::sum(answers.map(|answer| &answer.outlook.failures));
        for section in &self.trials {
            failures.add(&section.failures);
        }
        let own = [
            self.uncertainty.as_ref().map(|section| &section.failures),
            self.calibration.as_ref().map(|section| &section.failures),
            self.window.as_ref().map(|section| &section.failures),
            self.optimum.as_ref().map(|section| &section.failures),
            self.sensitivity.as_ref().map(|section| &section.failures),
            self.covariates.as_ref().map(|section| &section.failures),
        ];
        own.into_iter().flatten().for_each(|own| failures.add(own));
        failures
    }
}
