//! Output that is written whole or not at all.

use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Name of the run record, by which the program knows its own folders again.
const RUN_RECORD: &str = "run.toml";

/// The SHA-256 of `content`, in hexadecimal.
#[must_use]
pub fn hash(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// The text of the file `path`.
///
/// # Errors
/// The file cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(Error::io(path, "read"))
}

/// Writes `content` to `path`: into a temporary file beside it first, which then takes its place.
/// A link keeps pointing where it did; a device or a pipe is written to, not replaced.
///
/// # Errors
/// The file cannot be written; what stood there before still does.
pub fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if target.exists() && !target.is_file() {
        let device = fs::OpenOptions::new().write(true).open(&target);
        let written = device.and_then(|mut device| device.write_all(content));
        return written.map_err(Error::io(path, "written"));
    }
    let folder = folder_of(&target);
    fs::metadata(folder).map_err(Error::io(path, "written"))?;
    let mut file = tempfile::Builder::new()
        .prefix(".thrombo-")
        .tempfile_in(folder)
        .map_err(Error::io(path, "written"))?;
    file.write_all(content).map_err(Error::io(path, "written"))?;
    file.as_file().sync_all().map_err(Error::io(path, "written"))?;
    make_readable(file.path()).map_err(Error::io(path, "written"))?;
    file.persist(&target).map_err(|error| Error::io(path, "written")(error.error))?;
    Ok(())
}

/// The folder that `path` lies in.
fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or_else(|| Path::new("."))
}

/// A folder of results that appears, or replaces its predecessor, all at once.
///
/// Files are kept in memory until [`Self::finish`], so an interrupted run leaves nothing behind.
#[derive(Debug)]
pub struct OutputFolder {
    target: PathBuf,
    files: Vec<(String, Vec<u8>)>,
}

impl OutputFolder {
    /// Prepares the folder `target`. An earlier result of the program may be replaced, an empty
    /// folder filled; any other folder only with `force`.
    ///
    /// # Errors
    /// The folder holds foreign files, or its parent cannot be written to.
    pub fn prepare(target: &Path, force: bool) -> Result<Self> {
        if target.exists() && !target.is_dir() {
            let not_a_folder = std::io::Error::from(std::io::ErrorKind::NotADirectory);
            return Err(Error::io(target, "replaced")(not_a_folder));
        }
        if !force && is_foreign(target)? {
            return Err(Error::ForeignFolder { path: target.to_owned() });
        }
        // Better to learn now than after the work that nothing can be written there.
        drop(stage(target)?);
        Ok(Self { target: target.to_owned(), files: Vec::new() })
    }

    /// Prepares the new folder `target`, which must not exist or be empty.
    ///
    /// # Errors
    /// The folder holds something, or its parent cannot be written to.
    pub fn prepare_new(target: &Path) -> Result<Self> {
        let mut files = match fs::read_dir(target) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            files => Some(files.map_err(Error::io(target, "read"))?),
        };
        if files.as_mut().is_some_and(|files| files.next().is_some()) {
            return Err(Error::FullFolder { path: target.to_owned() });
        }
        Self::prepare(target, true)
    }

    /// Adds one file, whose `name` may contain folders.
    pub fn add(&mut self, name: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.files.push((name.into(), content.into()));
    }

    /// Puts the folder in place, with its run record.
    ///
    /// # Errors
    /// The folder cannot be written or replaced; its predecessor then stands unchanged.
    pub fn finish(mut self, run_record: &str) -> Result<()> {
        self.add(RUN_RECORD, run_record);
        self.finish_without_record()
    }

    /// Puts a folder in place that belongs to the user from then on: without a run record the program
    /// does not take it for its own.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub fn finish_without_record(self) -> Result<()> {
        let staging = stage(&self.target)?;
        for (name, content) in &self.files {
            let path = staging.path().join(name);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(Error::io(&self.target, "written"))?;
            }
            fs::write(&path, content).map_err(Error::io(&self.target.join(name), "written"))?;
        }
        make_traversable(staging.path()).map_err(Error::io(&self.target, "written"))?;
        self.replace(staging.path())
    }

    /// Moves `staged` to where the folder belongs; its predecessor comes back if that fails.
    fn replace(&self, staged: &Path) -> Result<()> {
        if !self.target.exists() {
            return fs::rename(staged, &self.target).map_err(Error::io(&self.target, "created"));
        }
        let retired = stage(&self.target)?;
        let previous = retired.path().join("previous");
        fs::rename(&self.target, &previous).map_err(Error::io(&self.target, "replaced"))?;
        if let Err(error) = fs::rename(staged, &self.target) {
            fs::rename(&previous, &self.target).map_err(Error::io(&self.target, "restored"))?;
            return Err(Error::io(&self.target, "replaced")(error));
        }
        Ok(())
    }
}

/// A temporary folder beside `target`, on the same disk.
fn stage(target: &Path) -> Result<tempfile::TempDir> {
    let parent = folder_of(target);
    fs::create_dir_all(parent).map_err(Error::io(parent, "created"))?;
    let staging = tempfile::Builder::new().prefix(".thrombo-").tempdir_in(parent);
    staging.map_err(Error::io(target, "created"))
}

fn is_foreign(folder: &Path) -> Result<bool> {
    if !folder.exists() {
        return Ok(false);
    }
    let mut files = fs::read_dir(folder).map_err(Error::io(folder, "read"))?;
    Ok(files.next().is_some() && !folder.join(RUN_RECORD).is_file())
}

/// Temporary files and folders are private to their owner; results are not.
#[cfg(unix)]
fn make_readable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(unix)]
fn make_traversable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_readable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn make_traversable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
