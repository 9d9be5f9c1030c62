//! The protocols behind published numbers: of shipped trials, or of files beside the one that names them.

use super::design::Design;
use super::published::Published;
use crate::error::{Error, Result, echo};
use crate::files::Section;
use std::path::Path;

/// The ending of the path of a protocol.
const ENDING: &str = ".toml";

impl Published {
    /// The protocols of its trials, in the order of [`Published::trials`].
    ///
    /// # Errors
    /// A file that has been moved or changed since it was checked.
    pub fn designs(&self) -> Result<Vec<Design>> {
        self.protocols.iter().map(|protocol| Design::load(Path::new(protocol))).collect()
    }
}

/// The protocols behind `published`, each once, in the order in which they are first named.
///
/// # Errors
/// A protocol that cannot be read; two different protocols with one name.
pub fn protocols_of(published: &[Published]) -> Result<Vec<Design>> {
    let mut designs: Vec<(String, Design)> = Vec::new();
    for protocol in published.iter().flat_map(|number| &number.protocols) {
        if designs.iter().any(|(known, _)| known == protocol) {
            continue;
        }
        let design = Design::load(Path::new(protocol))?;
        match designs.iter().find(|(_, known)| known.id == design.id) {
            Some((_, known)) if known.sha256 == design.sha256 => {}
            Some((other, _)) => {
                return Err(Error::Contradiction {
                    first: format!("the trial {}", echo(protocol)),
                    second: format!("the trial {}, which has the same name", echo(other)),
                    remedy: "rename one of the two files".to_owned(),
                });
            }
            None => designs.push((protocol.clone(), design)),
        }
    }
    Ok(designs.into_iter().map(|(_, design)| design).collect())
}

/// The trials that a file in `folder` names, each with where its protocol is read from: shipped ones by name,
/// others by a path relative to `folder`.
pub(super) fn protocols(
    folder: &Path,
    trials: &[String],
    root: &Section<'_>,
) -> Vec<(String, Design)> {
    let mut known: Vec<(String, Design)> = Vec::new();
    for trial in trials {
        let Some((protocol, design)) = protocol(folder, trial, root) else { continue };
        if known.iter().any(|(_, other)| other.id == design.id) {
            let rule = format!("names two trials called \"{}\": rename or remove one", design.id);
            root.problem("trials", rule);
        } else {
            known.push((protocol, design));
        }
    }
    known
}

fn protocol(folder: &Path, trial: &str, root: &Section<'_>) -> Option<(String, Design)> {
    if let Some(design) = Design::carried(trial) {
        return Some((trial.to_owned(), design));
    }
    if !trial.ends_with(ENDING) {
        let known: Vec<&str> = Design::shipped().collect();
        let rule = format!(
            "names \"{}\", which is not a trial: choose from {}, or give the path of a trial file, such as \"own_trial.toml\"",
            echo(trial),
            known.join(", ")
        );
        root.problem("trials", rule);
        return None;
    }
    let path = folder.join(trial);
    match Design::load(&path) {
        Ok(design) => Some((path.display().to_string(), design)),
        Err(error) => {
            root.problems_of("trials", &error);
            None
        }
    }
}
