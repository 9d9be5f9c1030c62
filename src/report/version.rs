//! Which program made a result, and with which data.

use crate::calibrate::{CALIBRATED, ExposureFile, Plan, posterior_input};
use crate::error::Result;
use crate::files::hash;
use crate::fit::Targets;
use crate::model::{MODEL_NAMES, Variant, parameter_set};
use crate::population::VirtualPatients;
use crate::simulate::Scenario;
use crate::trial::{Design, PublishedFile};
use std::collections::BTreeMap;
use std::path::Path;

/// Digits of the SHA-256 that name the data.
const DIGITS: usize = 12;

/// Name and version of the program.
#[must_use]
pub fn program() -> String {
    format!("thrombopoiesis {}", env!("CARGO_PKG_VERSION"))
}

/// The version of the data that the program carries: the first twelve digits of the SHA-256 of the
/// lines `SHA-256 path`, in the order of the paths, of all its files.
#[must_use]
pub fn data_version() -> String {
    // The files are read by tests; one that could not be would be missing here, and a test says so.
    let files = shipped_files().unwrap_or_default();
    let lines: String = files.iter().map(|(path, sha256)| format!("{sha256}  {path}\n")).collect();
    let mut digits = hash(lines.as_bytes());
    digits.truncate(DIGITS);
    digits
}

/// Every file that the program carries, with its SHA-256.
fn shipped_files() -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for name in MODEL_NAMES {
        files.extend(parameter_set(name, None)?.files);
    }
    for id in VirtualPatients::shipped() {
        files.insert(format!("parameters/{id}.toml"), VirtualPatients::load(id)?.sha256);
    }
    for variant in Variant::ALL {
        files.extend([posterior_input(Path::new(CALIBRATED), variant)?]);
    }
    let plan = Plan::shipped()?;
    files.insert(plan.file, plan.sha256);
    for scenario in Scenario::shipped()? {
        files.insert(format!("scenarios/{}.toml", scenario.id), scenario.sha256);
    }
    for id in Design::shipped() {
        let path = format!("scenarios/{id}.toml");
        files.insert(path, Design::load(Path::new(id))?.sha256);
    }
    let targets = Targets::application_note()?;
    files.insert(format!("targets/{}", targets.file), targets.sha256);
    let exposure = ExposureFile::shipped()?;
    files.insert(format!("targets/{}.toml", exposure.id), exposure.sha256);
    for published in PublishedFile::shipped()? {
        files.insert(published.file, published.sha256);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::shipped_files;
    use crate::files::hash;
    use std::path::Path;

    #[test]
    fn invariant_the_data_version_covers_every_file_of_the_folders() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut expected = std::collections::BTreeMap::new();
        for folder in ["parameters", "scenarios", "targets"] {
            for entry in std::fs::read_dir(root.join(folder)).unwrap().flatten() {
                let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
                expected.insert(path, hash(&std::fs::read(entry.path()).unwrap()));
            }
        }
        assert_eq!(shipped_files().unwrap(), expected);
    }
}
