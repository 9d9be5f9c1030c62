//! Staged content takes its place: what stood there is exchanged for it, moved aside, or left alone.

use super::contents::{Contents, RUN_RECORD, is_protected};
use super::forbidden;
use super::interruption::uninterrupted;
use super::place::folder_of;
use super::renames::{PREVIOUS, exchange, move_aside, move_to, sync};
use super::seal::is_sealed_file;
use super::stage::{Stage, is_stage, remove_own};
use crate::error::{Error, Refusal, Result};
use std::fs;
use std::io::ErrorKind::{AlreadyExists, NotFound};
use std::path::{Path, PathBuf};

/// What is appended to the name of a result that could not take its place.
const NEW: &str = "new";
/// Attempts where other programs write to the same target.
const ATTEMPTS: usize = 8;

/// What stands at a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing.
    Nothing,
    /// A folder without entries.
    Empty,
    /// A result of the program, unchanged.
    Own,
    /// A file that the program did not write, or that was changed since.
    ForeignFile,
    /// A folder with entries, named here, that the program did not write or that were changed since.
    ForeignFolder(Vec<String>),
}

impl Standing {
    /// At the absolute path `target`.
    ///
    /// # Errors
    /// It cannot be read; nobody may write to it.
    pub(super) fn at(target: &Path) -> Result<Self> {
        let mut found = Self::seen_at(target);
        for _ in 1..ATTEMPTS {
            // What was there a moment ago has just been exchanged by another program.
            match found {
                Err(Error::Io { ref source, .. }) if source.kind() == NotFound => {
                    found = Self::seen_at(target);
                }
                found => return found,
            }
        }
        found
    }

    fn seen_at(target: &Path) -> Result<Self> {
        let failed = |source| Error::io(target, "read")(source);
        let found = match fs::symlink_metadata(target) {
            Err(error) if error.kind() == NotFound => return Ok(Self::Nothing),
            found => found.map_err(failed)?,
        };
        if is_protected(&found) {
            return Err(Error::not_written(target, Refusal::WriteProtected));
        }
        if !found.is_dir() {
            return Ok(if is_sealed_file(target) { Self::Own } else { Self::ForeignFile });
        }
        let mut entries = fs::read_dir(target).map_err(failed)?;
        if entries.all(|entry| entry.is_ok_and(|entry| is_stage(&entry.path()))) {
            return Ok(Self::Empty);
        }
        let contents = Contents::recorded(target).unwrap_or_default();
        let foreign = contents.foreign_in(target)?;
        Ok(if foreign.is_empty() { Self::Own } else { Self::ForeignFolder(foreign) })
    }

    /// Why what stands there may not be replaced, if so.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Nothing | Self::Empty | Self::Own => None,
            Self::ForeignFile => Some(Refusal::ForeignFile),
            Self::ForeignFolder(names) => Some(Refusal::Foreign(names.clone())),
        }
    }
}

/// Where things are once staged content has taken its place.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// What stood there, if it was moved aside.
    pub(super) aside: Option<PathBuf>,
    /// A stage in which something foreign was left.
    pub(super) left: Option<PathBuf>,
}

/// Puts what is staged at `target`. What the program did not write, or what was changed since, is moved
/// aside with `force`, and left where it is without.
///
/// # Errors
/// Something foreign stands there, or the system refuses: the error says where the new content is, and
/// where what stood there is, if that had to move.
pub(super) fn put(stage: Stage, target: &Path, force: bool) -> Result<Placed> {
    let mut aside = None;
    let done = {
        let _uninterrupted = uninterrupted();
        let done = try_to_put(&stage, target, force, &mut aside);
        if done.is_err()
            && let Some(moved) = aside.take_if(|moved| move_to(moved, target).is_err())
        {
            // It could not go back: its new name is told.
            aside = Some(moved);
        } else if done.is_err() {
            aside = None;
        }
        sync(folder_of(target));
        done
    };
    match done {
        Ok(()) => Ok(Placed { aside, left: stage.close() }),
        Err(error) => Err(kept(stage, target, aside, error)),
    }
}

fn try_to_put(
    stage: &Stage,
    target: &Path,
    force: bool,
    aside: &mut Option<PathBuf>,
) -> Result<()> {
    let failed = |source| Error::io(target, "replaced")(source);
    let new = stage.new_entry();
    for _ in 0..ATTEMPTS {
        let standing = Standing::at(target)?;
        if let Some(refusal) = standing.refusal() {
            if !force || aside.is_some() || new.starts_with(target) {
                return Err(Error::not_written(target, refusal));
            }
            if target.is_dir() {
                forbidden::check(target)?;
            }
            let moved = move_aside(target, target, PREVIOUS).map_err(failed)?;
            keep_modes(&moved, &new);
            *aside = Some(moved);
            continue;
        }
        match standing {
            Standing::Nothing => match move_to(&new, target) {
                Err(error) if error.kind() == AlreadyExists => {}
                moved => return moved.map_err(failed),
            },
            // It only looked empty if another program has exchanged the folder and was removing the old one.
            Standing::Empty => match fill(stage, target) {
                Err(error) if error.kind() == AlreadyExists => {}
                filled => return filled.map_err(Error::io(target, "written")),
            },
            _ => {
                keep_modes(target, &new);
                return replace(stage, target, aside);
            }
        }
    }
    Err(failed(std::io::Error::from(AlreadyExists)))
}

/// Exchanges an unchanged result of the program for the new one, and removes it. What came back is looked
/// at again: if it was changed in the last moment, it is moved aside.
fn replace(stage: &Stage, target: &Path, aside: &mut Option<PathBuf>) -> Result<()> {
    let failed = |source| Error::io(target, "replaced")(source);
    let new = stage.new_entry();
    let old = if exchange(&new, target).map_err(failed)? {
        new
    } else {
        let old = stage.old_entry();
        move_to(target, &old).map_err(failed)?;
        if let Err(error) = move_to(&new, target) {
            if move_to(&old, target).is_err() {
                *aside = Some(move_aside(&old, target, PREVIOUS).unwrap_or(old));
            }
            return Err(failed(error));
        }
        old
    };
    if !remove_own(&old) {
        // The stage keeps what cannot be moved, and names it.
        *aside = move_aside(&old, target, PREVIOUS).ok().or(aside.take());
    }
    Ok(())
}

/// Moves what is staged into the empty folder `target`, the record last; takes back what it moved if that
/// fails.
fn fill(stage: &Stage, target: &Path) -> std::io::Result<()> {
    let new = stage.new_entry();
    let entries: std::io::Result<Vec<_>> = fs::read_dir(&new)?.collect();
    let mut names: Vec<_> = entries?.into_iter().map(|entry| entry.file_name()).collect();
    names.sort_by_key(|name| (name == RUN_RECORD, name.clone()));
    for (i, name) in names.iter().enumerate() {
        if let Err(error) = move_to(&new.join(name), &target.join(name)) {
            for name in names.iter().take(i) {
                let _ = move_to(&target.join(name), &new.join(name));
            }
            return Err(error);
        }
    }
    stage.disown();
    sync(target);
    Ok(())
}

/// Keeps the new content where the target could not be written, and says where it is.
fn kept(stage: Stage, target: &Path, predecessor: Option<PathBuf>, error: Error) -> Error {
    let new = stage.new_entry();
    let kept = match fs::symlink_metadata(&new) {
        Err(_) => None,
        Ok(_) => Some(move_aside(&new, target, NEW).unwrap_or_else(|_| {
            let name = new.file_name().unwrap_or_default().to_owned();
            stage.abandon().join(name)
        })),
    };
    if kept.is_none() && predecessor.is_none() {
        return error;
    }
    Error::Kept { error: Box::new(error), kept, predecessor }
}

/// Gives the entries of `new` the modes that the entries of the same names have in `old`.
fn keep_modes(old: &Path, new: &Path) {
    if let Ok(found) = fs::symlink_metadata(old)
        && !found.is_symlink()
    {
        let _ = fs::set_permissions(new, found.permissions());
    }
    let Ok(entries) = fs::read_dir(new) else { return };
    for entry in entries.flatten() {
        let old = old.join(entry.file_name());
        if fs::symlink_metadata(&old).is_ok() {
            keep_modes(&old, &entry.path());
        }
    }
}
