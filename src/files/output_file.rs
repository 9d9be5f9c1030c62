//! A single file of results: replaced only if it carries the program's own seal unbroken; devices,
//! pipes and descriptors are written to as they are.

use super::contents::{RUN_RECORD, is_protected};
use super::place::{Place, folder_of};
use super::seal::Comment;
use super::stage::Stage;
use super::swap::{Standing, put};
use super::sweep::sweep;
use super::written::Written;
use crate::error::{Error, Refusal, Result};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file that is to be written.
#[derive(Debug)]
pub struct OutputFile {
    named: PathBuf,
    place: Place,
    force: bool,
    /// What interrupted runs left that cannot be told to be the program's own.
    left: Vec<PathBuf>,
}

impl OutputFile {
    /// Prepares the file `path`. A file that exists may be replaced if the program wrote it and nobody has
    /// changed it since; with `force`, any other is moved aside to `NAME.previous`.
    ///
    /// # Errors
    /// The file was not written by the program, or is write-protected; nothing can be written there.
    pub fn prepare(path: &Path, force: bool) -> Result<Self> {
        let (named, place) = (path.to_owned(), Place::of(path)?);
        let mut file = Self { named, place, force, left: Vec::new() };
        let Some(target) = file.place.entry() else { return Ok(file) };
        if target.is_dir() {
            let is_folder = std::io::Error::from(std::io::ErrorKind::IsADirectory);
            return Err(Error::io(path, "written")(is_folder));
        }
        let standing = Standing::at(target)?;
        // The record of a folder is no file of its own.
        let is_record = standing == Standing::Own && target.ends_with(RUN_RECORD);
        if !force && (standing.refusal().is_some() || is_record) {
            return Err(Error::not_written(path, Refusal::ForeignFile));
        }
        let folder = folder_of(target);
        let found = fs::metadata(folder).map_err(Error::io(path, "written"))?;
        if is_protected(&found) {
            return Err(Error::not_written(folder, Refusal::WriteProtected));
        }
        let left = sweep(folder);
        // Better to learn now than after the work that nothing can be written there.
        drop(Stage::open(folder, target, &[])?);
        file.left = left;
        Ok(file)
    }

    /// Where the file will be, absolute and without links; none for devices and descriptors.
    #[must_use]
    pub fn target(&self) -> Option<&Path> {
        self.place.entry()
    }

    /// Whether it is standard output.
    #[must_use]
    pub fn is_standard_output(&self) -> bool {
        self.place == Place::Output
    }

    /// Writes `content`, in a file sealed by a comment of the form that its format has.
    ///
    /// # Errors
    /// It cannot be written or replaced. What stood there is still there, and the error says where the
    /// new file is, if it was written at all.
    pub fn write(self, content: &[u8], comment: Comment) -> Result<Written> {
        let Self { named, place, force, mut left } = self;
        let failed = |source| Error::io(&named, "written")(source);
        let (mut aside, mut bytes) = (None, content.len());
        match &place {
            Place::Output => stream(std::io::stdout(), content).map_err(failed)?,
            Place::Error => stream(std::io::stderr(), content).map_err(failed)?,
            Place::Descriptor(number) => {
                let opened = descriptor(*number);
                opened.and_then(|opened| stream(opened, content)).map_err(failed)?;
            }
            Place::Device(path) => {
                let opened = OpenOptions::new().write(true).open(path);
                opened.and_then(|opened| stream(opened, content)).map_err(failed)?;
            }
            Place::Entry(target) => {
                let sealed = comment.seal(content);
                bytes = sealed.len();
                let stage = Stage::open(folder_of(target), target, &[(String::new(), sealed)])?;
                let placed = put(stage, target, force)?;
                aside = placed.aside;
                left.extend(placed.left);
            }
        }
        Ok(Written { path: named, files: 1, bytes, aside, left })
    }
}

fn stream(mut to: impl Write, content: &[u8]) -> std::io::Result<()> {
    to.write_all(content).and_then(|()| to.flush())
}

/// The open file behind a descriptor, with the place in it at which the caller is.
#[cfg(target_os = "linux")]
fn descriptor(number: i32) -> std::io::Result<File> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
    let own = pidfd_open(getpid(), PidfdFlags::empty());
    let same = own.and_then(|own| pidfd_getfd(own, number, PidfdGetfdFlags::empty()));
    // Older systems open it again: at the end, so that nothing is overwritten.
    same.map(File::from).or_else(|_| reopened(number))
}

#[cfg(not(target_os = "linux"))]
fn descriptor(number: i32) -> std::io::Result<File> {
    reopened(number)
}

fn reopened(number: i32) -> std::io::Result<File> {
    OpenOptions::new().append(true).open(format!("/dev/fd/{number}"))
}
