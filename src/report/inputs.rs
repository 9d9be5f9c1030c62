//! The run record of a report, with the files that it was made from.

use super::build::DescriptiveFit;
use super::cast::Cast;
use super::content::{Content, ReportTrial};
use super::forecasts::AskedForecasts;
use super::page::covariates::WITH_COVARIATES;
use super::regimen_result::{RegimenResult, SEED};
use super::sections::Section;
use super::version::program;
use crate::calibrate::{CALIBRATED, Plan, posterior_input};
use crate::error::Result;
use crate::files::RunRecord;
use crate::integrate::Options;
use crate::population::VirtualPatients;
use crate::simulate::Scenario;
use crate::trial::{Design, PublishedFile};
use std::collections::BTreeMap;
use std::path::Path;

/// What a report was made from.
pub(super) struct MadeFrom<'a> {
    pub(super) content: &'a Content,
    pub(super) results: &'a [RegimenResult],
    pub(super) designs: &'a [ReportTrial],
    pub(super) asked: Option<&'a AskedForecasts<'a>>,
    pub(super) casts: &'a [Cast],
    pub(super) fitted: Option<&'a DescriptiveFit>,
    pub(super) published: &'a [PublishedFile],
}

impl MadeFrom<'_> {
    /// The record of `command`, whose equations `integrator` solved.
    pub(super) fn record(&self, command: &str, integrator: String) -> Result<RunRecord> {
        let options = Options::default();
        Ok(RunRecord {
            program: program(),
            command: command.to_owned(),
            integrated: None,
            seed: Some(SEED),
            integrator,
            relative_tolerance: options.relative_tolerance,
            absolute_tolerance: options.absolute_tolerance,
            inputs: self.inputs()?,
        })
    }

    /// The files with their SHA-256.
    fn inputs(&self) -> Result<BTreeMap<String, String>> {
        let Self { content, results, casts, .. } = *self;
        let sets = results.iter().map(|result| &result.main.set);
        let sets = sets.chain(casts.iter().map(|cast| &cast.typical));
        let mut inputs: BTreeMap<String, String> =
            sets.flat_map(|set| set.files.iter().cloned()).collect();
        let file =
            content.file.iter().map(|(path, hash)| (path.display().to_string(), hash.clone()));
        inputs.extend(file);
        if let Some((problem, _)) = self.fitted {
            inputs.insert(problem.targets.file.clone(), problem.targets.sha256.clone());
        }
        for result in results {
            let Scenario { file, sha256, .. } = &result.main.scenario;
            inputs.insert(file.clone(), sha256.clone());
        }
        for trial in self.designs {
            inputs.insert(trial.file.clone(), trial.design.sha256.clone());
        }
        if content.sections.has_any(&[Section::Trials, Section::Calibration, Section::Sensitivity])
        {
            inputs.extend(self.of_published()?);
        }
        for cast in casts.iter().filter(|cast| cast.carried) {
            inputs.extend([posterior_input(Path::new(CALIBRATED), cast.variant)?]);
        }
        if content.sections.has(Section::Sensitivity) {
            let patients = VirtualPatients::load(WITH_COVARIATES)?;
            inputs.insert(format!("parameters/{}.toml", patients.id), patients.sha256);
        }
        let plan = Plan::shipped()?;
        inputs.insert(plan.file, plan.sha256);
        inputs.extend(self.asked.map(AskedForecasts::inputs).transpose()?.unwrap_or_default());
        Ok(inputs)
    }

    /// The published results, and the trials that they belong to.
    fn of_published(&self) -> Result<BTreeMap<String, String>> {
        let files = self.published.iter();
        let mut inputs: BTreeMap<String, String> =
            files.map(|file| (file.file.clone(), file.sha256.clone())).collect();
        for number in self.published.iter().flat_map(|file| &file.numbers) {
            for trial in &number.trials {
                let design = Design::load(Path::new(trial))?;
                inputs.insert(format!("scenarios/{}.toml", design.id), design.sha256);
            }
        }
        Ok(inputs)
    }
}
