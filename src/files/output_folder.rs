//! A folder of results that appears, or replaces its predecessor, all at once.

use super::contents::{Contents, RUN_RECORD, is_protected};
use super::forbidden;
use super::place::{Place, folder_of};
use super::stage::Stage;
use super::swap::{Standing, put};
use super::sweep::sweep;
use super::written::Written;
use crate::error::{Error, Refusal, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// What may be done with what stands where the folder is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum May {
    /// A result of the program may be replaced.
    Replace,
    /// Anything may be moved aside.
    MoveAside,
    /// Only an empty folder may be there.
    FillOnly,
}

/// A folder that is being made. Files are kept in memory until [`Self::finish`], so that an interrupted
/// run leaves nothing behind.
#[derive(Debug)]
pub struct OutputFolder {
    /// As it was named.
    named: PathBuf,
    target: PathBuf,
    may: May,
    files: Vec<(String, Vec<u8>)>,
    /// What interrupted runs left that cannot be told to be the program's own.
    left: Vec<PathBuf>,
}

impl OutputFolder {
    /// Prepares the folder `path`. A result of the program that nobody has changed may be replaced, an
    /// empty folder filled; with `force`, anything else is moved aside to `NAME.previous`.
    ///
    /// # Errors
    /// The folder holds something else, or is one that is never touched (a root, a home, ..); nothing
    /// can be written there.
    pub fn prepare(path: &Path, force: bool) -> Result<Self> {
        Self::new(path, if force { May::MoveAside } else { May::Replace })
    }

    /// Prepares the new folder `path`, which must not exist or be empty.
    ///
    /// # Errors
    /// The folder holds something; nothing can be written there.
    pub fn prepare_new(path: &Path) -> Result<Self> {
        Self::new(path, May::FillOnly)
    }

    fn new(path: &Path, may: May) -> Result<Self> {
        let no_folder = || std::io::Error::from(std::io::ErrorKind::NotADirectory);
        let Place::Entry(target) = Place::of(path)? else {
            return Err(Error::io(path, "replaced")(no_folder()));
        };
        if target.exists() {
            if !target.is_dir() {
                return Err(Error::io(path, "replaced")(no_folder()));
            }
            forbidden::check(&target)?;
        }
        let (files, left) = (Vec::new(), Vec::new());
        let mut folder = Self { named: path.to_owned(), target, may, files, left };
        let place = folder.place();
        folder.left = sweep(&place);
        folder.left.extend(sweep(&folder.target));
        let standing = folder.standing()?;
        let place = if standing == Standing::Empty { &folder.target } else { &place };
        if fs::metadata(place).is_ok_and(|found| is_protected(&found)) {
            return Err(Error::not_written(place, Refusal::WriteProtected));
        }
        // Better to learn now than after the work that nothing can be written there.
        drop(Stage::open(place, &folder.target, &[])?);
        Ok(folder)
    }

    /// What stands at the target, if that is no reason to refuse.
    fn standing(&self) -> Result<Standing> {
        let standing = Standing::at(&self.target)?;
        let refusal = match self.may {
            May::Replace => standing.refusal(),
            May::MoveAside => None,
            May::FillOnly => {
                let is_free = matches!(standing, Standing::Nothing | Standing::Empty);
                (!is_free).then_some(Refusal::NotEmpty)
            }
        };
        refusal.map_or(Ok(standing), |refusal| Err(Error::not_written(&self.named, refusal)))
    }

    /// The nearest folder above the target that exists.
    fn place(&self) -> PathBuf {
        let above = self.target.ancestors().skip(1).find(|above| above.exists());
        above.unwrap_or(folder_of(&self.target)).to_owned()
    }

    /// Where the folder will be: absolute, without links.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Adds one file, whose `name` may contain folders.
    pub fn add(&mut self, name: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.files.push((name.into(), content.into()));
    }

    /// Puts the folder in place, with its run record and in that the SHA-256 of every file.
    ///
    /// # Errors
    /// The folder cannot be written or replaced. What stood there is still there, and the error says
    /// where the new one is, if it was written at all.
    pub fn finish(mut self, run_record: &str) -> Result<Written> {
        let record = Contents::of(&self.files).record(run_record);
        self.add(RUN_RECORD, record);
        self.finish_without_record()
    }

    /// Puts a folder in place that belongs to the user from then on: without a run record the program
    /// does not take it for its own.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub fn finish_without_record(self) -> Result<Written> {
        if self.may == May::FillOnly {
            self.standing()?;
        }
        let placed = put(self.stage()?, &self.target, self.may == May::MoveAside)?;
        let bytes = self.files.iter().map(|(_, content)| content.len()).sum();
        let (path, files, mut left) = (self.named, self.files.len(), self.left);
        left.extend(placed.left);
        Ok(Written { path, files, bytes, aside: placed.aside, left })
    }

    fn stage(&self) -> Result<Stage> {
        let in_place = Standing::at(&self.target).is_ok_and(|standing| standing == Standing::Empty);
        let place = if in_place { &self.target } else { folder_of(&self.target) };
        Stage::open(place, &self.target, &self.files)
    }
}
