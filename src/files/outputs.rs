//! The outputs of one command: one path, one role.

use super::output_file::OutputFile;
use super::output_folder::OutputFolder;
use crate::error::{Error, Refusal, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The paths that a command reads and writes.
#[derive(Debug, Default)]
pub struct Outputs {
    inputs: Vec<PathBuf>,
    outputs: Vec<PathBuf>,
}

impl Outputs {
    /// Of a command that reads `inputs`; names of shipped files, which do not exist as files, are left out.
    #[must_use]
    pub fn beside<P: AsRef<Path>>(inputs: impl IntoIterator<Item = P>) -> Self {
        let found = |path: P| fs::canonicalize(path).ok();
        Self { inputs: inputs.into_iter().filter_map(found).collect(), outputs: Vec::new() }
    }

    /// Prepares a folder, as [`OutputFolder::prepare`] does.
    ///
    /// # Errors
    /// As there; an input lies in it, or another output is to be there.
    pub fn folder(&mut self, path: &Path, force: bool) -> Result<OutputFolder> {
        let folder = OutputFolder::prepare(path, force)?;
        self.take(path, folder.target())?;
        Ok(folder)
    }

    /// Prepares a file, as [`OutputFile::prepare`] does.
    ///
    /// # Errors
    /// As there; it is an input, or another output is to be there.
    pub fn file(&mut self, path: &Path, force: bool) -> Result<OutputFile> {
        let file = OutputFile::prepare(path, force)?;
        if let Some(target) = file.target() {
            self.take(path, target)?;
        }
        Ok(file)
    }

    /// Refuses an output that an input or another output is, or lies in.
    fn take(&mut self, path: &Path, target: &Path) -> Result<()> {
        if self.inputs.iter().any(|input| input.starts_with(target) || is_same_file(input, target))
        {
            return Err(Error::not_written(path, Refusal::Input));
        }
        let own = spelled(target);
        let overlaps = |other: &PathBuf| other.starts_with(&own) || own.starts_with(other);
        if self.outputs.iter().any(overlaps) {
            return Err(Error::not_written(path, Refusal::Twice));
        }
        self.outputs.push(own);
        Ok(())
    }
}

/// A path as its system tells it from others: some take capital and small letters for the same.
fn spelled(path: &Path) -> PathBuf {
    if cfg!(any(windows, target_os = "macos")) {
        PathBuf::from(path.to_string_lossy().to_lowercase())
    } else {
        path.to_owned()
    }
}

/// Whether two names lead to one file.
#[cfg(unix)]
fn is_same_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |path: &Path| fs::metadata(path).map(|found| (found.dev(), found.ino())).ok();
    number(one).is_some() && number(one) == number(other)
}

#[cfg(not(unix))]
fn is_same_file(_: &Path, _: &Path) -> bool {
    false
}
