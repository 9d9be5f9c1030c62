//! What a report holds beside the shipped regimens and trials, and who signs it.

use super::forecasts::{AskedForecasts, ForecastFile};
use super::regimen_result::APPROVED;
use super::sections::{Section, Sections, WITH_REGIMENS};
use super::subject::Subject;
use crate::error::{Error, Result};
use crate::simulate::Scenario;
use crate::trial::Design;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The trials that every report replicates.
const TRIALS: [&str; 2] = ["l_plus_1", "l_plus_2"];
/// The regimen that the answer compares with.
pub(super) const PLACEBO: &str = "placebo";
/// The names of own regimens and trials on the page begin with it, so that they meet no other.
const OWN: &str = "own_";

/// What a report is about.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// Virtual patients in place of the calibrated ones: a file, or the name of a shipped set.
    pub parameters: Option<String>,
    /// Files of own regimens.
    pub scenarios: Vec<PathBuf>,
    /// Files of own trials.
    pub trials: Vec<PathBuf>,
    /// Counts of subjects that are forecast.
    pub forecasts: Option<ForecastFile>,
    /// What it is limited to.
    pub sections: Sections,
    /// Who signs it.
    pub identity: Identity,
    /// Whether its figures have no stamp.
    pub unstamped: bool,
    /// A file that gives all this, with its SHA-256.
    pub file: Option<(PathBuf, String)>,
}

/// The head of the report; what is not given is left out, the title and the question excepted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// Its title.
    pub title: Option<String>,
    /// The question that it answers.
    pub question: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Its date, as it is to be shown.
    pub date: Option<String>,
    /// Its number in a system of documents.
    pub id: Option<String>,
    /// Whether it is final; a draft says so in its head and on every figure.
    pub is_final: bool,
}

/// A trial that is replicated.
#[derive(Debug)]
pub(super) struct ReportTrial {
    /// What its figures and its section are called.
    pub id: String,
    /// How a command names it.
    pub name: String,
    /// Its file.
    pub file: String,
    pub design: Design,
}

impl Content {
    /// The subjects to forecast, if there are any.
    pub(super) fn forecasts(&self) -> Result<Option<AskedForecasts<'_>>> {
        let of = |file| AskedForecasts::of(file, self.parameters.as_deref());
        self.forecasts.as_ref().map(of).transpose()
    }

    /// Refuses what no section would show, and forecasts of nobody.
    pub(super) fn require_shown(&self) -> Result<()> {
        let has = |sections: &[Section]| self.sections.has_any(sections);
        let files: [(Option<&PathBuf>, &[Section]); 3] = [
            (self.scenarios.first(), &WITH_REGIMENS),
            (self.trials.first(), &[Section::Trials]),
            (self.forecasts.as_ref().map(|file| &file.path), &[Section::Forecasts]),
        ];
        for (path, sections) in files {
            if let Some(path) = path.filter(|_| !has(sections)) {
                let names: Vec<String> =
                    sections.iter().map(|section| format!("`{}`", section.name())).collect();
                return Err(Error::Contradiction {
                    first: path.display().to_string(),
                    second: "the choice of sections, none of which shows it".to_owned(),
                    remedy: format!("add the section {}", names.join(" or ")),
                });
            }
        }
        if self.sections.names(Section::Forecasts) && self.forecasts.is_none() {
            return Err(Error::Contradiction {
                first: "the section `forecasts`".to_owned(),
                second: "a report without subjects to forecast".to_owned(),
                remedy: "name a file of counts, or leave the section out".to_owned(),
            });
        }
        Ok(())
    }

    /// The own regimens.
    pub(super) fn own_scenarios(&self) -> Result<Vec<Scenario>> {
        let mut all: Vec<Scenario> = Vec::new();
        for path in &self.scenarios {
            let mut own = Scenario::load(path)?;
            own.id = own_id(&own.id);
            require_new(path, &own.id, all.iter().map(|scenario| scenario.id.as_str()))?;
            all.push(own);
        }
        Ok(all)
    }

    /// The regimens of a report on `subject`: of the shipped ones those that the wanted sections show, if they are about
    /// its drug; then the `own` ones.
    pub(super) fn scenarios(&self, subject: &Subject, own: Vec<Scenario>) -> Result<Vec<Scenario>> {
        if !subject.has_label() {
            return Ok(own);
        }
        let has = |section| self.sections.has(section);
        let mut all = Scenario::shipped()?;
        if !self.sections.has_any(&[Section::Comparison, Section::Variants, Section::Regimens]) {
            let is_answered = |id: &str| has(Section::Answer) && [APPROVED, PLACEBO].contains(&id);
            all.retain(|scenario| is_answered(&scenario.id));
        }
        all.extend(own);
        Ok(all)
    }

    /// The shipped trials if they are about the drug, then the own ones.
    pub(super) fn trials(&self, subject: &Subject) -> Result<Vec<ReportTrial>> {
        let shipped = |name: &&str| {
            let design = Design::load(Path::new(name))?;
            let (id, file) = ((*name).to_owned(), format!("scenarios/{}.toml", design.id));
            Ok(ReportTrial { name: id.clone(), id, file, design })
        };
        if !self.sections.has(Section::Trials) {
            return Ok(Vec::new());
        }
        let carried = if subject.has_label() { &TRIALS[..] } else { &[] };
        let mut all: Vec<ReportTrial> = carried.iter().map(shipped).collect::<Result<_>>()?;
        for path in &self.trials {
            let design = Design::load(path)?;
            let (id, name) = (own_id(&design.id), path.display().to_string());
            require_new(path, &id, all.iter().map(|trial| trial.id.as_str()))?;
            all.push(ReportTrial { id, file: name.clone(), name, design });
        }
        Ok(all)
    }
}

/// Whether a regimen or trial is one of the user's.
pub(super) fn is_own(id: &str) -> bool {
    id.starts_with(OWN)
}

/// A name for files and links: letters, digits, `-` and `_`.
fn own_id(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    OWN.to_owned() + &name.chars().map(plain).collect::<String>()
}

/// Refuses a file whose figures would have the names of another's.
fn require_new<'a>(path: &Path, id: &str, mut known: impl Iterator<Item = &'a str>) -> Result<()> {
    if known.all(|other| other != id) {
        return Ok(());
    }
    Err(Error::Contradiction {
        first: path.display().to_string(),
        second: "another file of the report, which has the same name".to_owned(),
        remedy: "rename one of them".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::own_id;

    #[test]
    fn invariant_names_of_files_become_names_for_links() {
        assert_eq!(own_id("my trial (2)"), "own_my_trial__2_");
        assert_eq!(own_id("l_plus_1"), "own_l_plus_1");
    }
}
