//! Who a report is about: the calibrated patients of every structural variant.

use super::words::grouped;
use crate::calibrate::{CALIBRATED, ParameterSet as CalibratedSet, sets_of};
use crate::error::Result;
use crate::model::{ParameterSet, Population, Variant};
use crate::population::VirtualPatients;
use crate::simulate::Scenario;
use crate::window::{Answer, People, Question, Treatment};
use std::path::Path;

/// The virtual patients of one structural variant.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) variant: Variant,
    /// The patients as they are named on the command line.
    pub(super) name: String,
    pub(super) patients: VirtualPatients,
    pub(super) typical: ParameterSet,
    /// Whether they are those that the program carries, whose posterior it carries too.
    pub(super) carried: bool,
}

impl Cast {
    /// The calibrated patients of every variant. `parameters`, a file or a shipped name, takes the
    /// place of those of its own variant, or of all if it has none.
    pub(super) fn all(parameters: Option<&str>) -> Result<Vec<Self>> {
        let given = parameters.map(VirtualPatients::load).transpose()?;
        let one = |variant: Variant| {
            let given = given.iter().find(|given| given.variant.is_none_or(|own| own == variant));
            let carried = given.is_none();
            let (name, patients) = if let (Some(given), Some(name)) = (given, parameters) {
                (name.to_owned(), given.clone())
            } else {
                let name = format!("calibrated_{}", variant.to_string().to_lowercase());
                (name.clone(), VirtualPatients::load(&name)?)
            };
            let typical = patients.typical_patient(variant)?;
            Ok(Self { variant, name, patients, typical, carried })
        };
        Variant::ALL.into_iter().map(one).collect()
    }

    /// Parameter sets that stand for their posterior in so many trials; none for the patients given,
    /// whose trials are simulated at their own values.
    pub(super) fn sets(&self, replicates: usize) -> Result<Vec<CalibratedSet>> {
        if self.carried {
            sets_of(Path::new(CALIBRATED), self.variant, replicates)
        } else {
            Ok(Vec::new())
        }
    }

    /// The commands that simulate trials of all of them: `first`, then whose trials, then `last`.
    pub(super) fn commands(casts: &[Self], first: &str, last: &str) -> Vec<String> {
        let whose = casts.iter().map(|cast| {
            let own = format!("--parameters {}", cast.name);
            let whose = if cast.carried { format!("--posterior {CALIBRATED}") } else { own };
            (whose, cast.variant.to_string())
        });
        let one = |(whose, variants): (String, Vec<String>)| {
            format!("{first} {whose} --variant {} {last}", variants.join(","))
        };
        grouped(whose).into_iter().map(one).collect()
    }

    /// Whether a scenario is about these patients.
    pub(super) fn plays_in(&self, scenario: &Scenario) -> bool {
        self.typical.model == *scenario.model && scenario.population == Population::CLD
    }

    /// The parameters of a scenario: those of the typical patient, with the scenario's changes.
    pub(super) fn parameters(&self, scenario: &Scenario) -> Result<ParameterSet> {
        if !self.plays_in(scenario) {
            return scenario.parameters(self.variant);
        }
        let mut set = self.typical.clone();
        scenario.set.iter().try_for_each(|(symbol, value)| set.set(symbol, *value))?;
        Ok(set)
    }

    /// What many patients are asked.
    pub(super) fn question(&self) -> Question<'_> {
        Question { variant: self.variant, ..Question::new(&self.patients) }
    }

    /// Many patients under a scenario; none where it is about one patient, or about others.
    pub(super) fn answer(
        &self,
        people: &People<'_>,
        scenario: &Scenario,
    ) -> Result<Option<Answer>> {
        let treatment = Treatment::of(&scenario.regimen);
        let treatment = treatment.filter(|_| self.plays_in(scenario) && scenario.set.is_empty());
        treatment.map(|treatment| people.answer(&treatment)).transpose()
    }
}
