//! Staged content takes its place: what stood there is exchanged for it, moved aside, or left alone.

use super::contents::{Contents, RUN_RECORD, is_protected};
use super::interruption::uninterrupted;
use super::place::folder_of;
use super::renames::{PREVIOUS, exchange, move_aside, move_to, sync};
use super::seal::is_sealed;
use super::stage::{Stage, is_stage};
use crate::error::{Error, Refusal, Result};
use std::fs;
use std::io::ErrorKind::AlreadyExists;
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
    /// Something else; in a folder, the names of what the program did not write or what was changed.
    Foreign(Vec<String>),
}

impl Standing {
    /// At the absolute path `target`.
    ///
    /// # Errors
    /// It cannot be read; nobody may write to it.
    pub(super) fn at(target: &Path) -> Result<Self> {
        let Ok(found) = fs::symlink_metadata(target) else { return Ok(Self::Nothing) };
        if is_protected(&found) {
            return Err(Error::not_written(target, Refusal::Protected("write-protected")));
        }
        if !found.is_dir() {
            let content = fs::read(target).map_err(Error::io(target, "read"))?;
            return Ok(if is_sealed(&content) { Self::Own } else { Self::Foreign(Vec::new()) });
        }
        let mut entries = fs::read_dir(target).map_err(Error::io(target, "read"))?;
        if entries.all(|entry| entry.is_ok_and(|entry| is_stage(&entry.path()))) {
            return Ok(Self::Empty);
        }
        let contents = Contents::recorded(target).unwrap_or_default();
        let foreign = contents.foreign_in(target)?;
        Ok(if foreign.is_empty() { Self::Own } else { Self::Foreign(foreign) })
    }
}

/// Puts what is staged at `target`. What the program did not write, or what was changed since, is moved
/// aside with `force`, and left where it is without; where it went is returned.
///
/// # Errors
/// Something foreign stands there, or the system refuses: the error says where the new content is.
pub(super) fn put(stage: Stage, target: &Path, force: bool) -> Result<Option<PathBuf>> {
    let done = {
        let _uninterrupted = uninterrupted();
        let done = try_to_put(&stage, target, force);
        sync(folder_of(target));
        done
    };
    done.map_err(|error| keep(stage, target, error))
}

fn try_to_put(stage: &Stage, target: &Path, force: bool) -> Result<Option<PathBuf>> {
    let failed = |source| Error::io(target, "replaced")(source);
    let new = stage.new_entry();
    let mut aside = None;
    for _ in 0..ATTEMPTS {
        match Standing::at(target)? {
            Standing::Nothing => match move_to(&new, target) {
                Err(error) if error.kind() == AlreadyExists => continue,
                moved => return moved.map(|()| aside).map_err(failed),
            },
            Standing::Empty => return fill(&new, target).map(|()| aside),
            Standing::Own => {
                keep_modes(target, &new);
                return replace(stage, target).map(|back| back.or(aside));
            }
            Standing::Foreign(names) if !force || new.starts_with(target) => {
                return Err(Error::not_written(target, Refusal::Foreign(names)));
            }
            Standing::Foreign(_) => {
                aside = Some(move_aside(target, target, PREVIOUS).map_err(failed)?)
            }
        }
    }
    Err(failed(std::io::Error::from(AlreadyExists)))
}

/// Exchanges an unchanged result of the program for the new one. What came back is looked at again: if
/// it was changed in the last moment, it is moved aside, and where it went is returned.
fn replace(stage: &Stage, target: &Path) -> Result<Option<PathBuf>> {
    let failed = |source| Error::io(target, "replaced")(source);
    let new = stage.new_entry();
    let old = if exchange(&new, target).map_err(failed)? {
        new
    } else {
        let old = stage.old_entry();
        move_to(target, &old).map_err(failed)?;
        if let Err(error) = move_to(&new, target) {
            move_to(&old, target).map_err(failed)?;
            return Err(failed(error));
        }
        old
    };
    match Standing::at(&old) {
        Ok(Standing::Own | Standing::Empty | Standing::Nothing) => Ok(None),
        _ => move_aside(&old, target, PREVIOUS).map(Some).map_err(failed),
    }
}

/// Moves the entries of `new` into the empty folder `target`, the record last; takes back those that it
/// moved if that fails.
fn fill(new: &Path, target: &Path) -> Result<()> {
    let failed = |source| Error::io(target, "written")(source);
    let entries = fs::read_dir(new).map_err(failed)?;
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    names.sort_by_key(|name| (name == RUN_RECORD, name.clone()));
    for (i, name) in names.iter().enumerate() {
        if let Err(error) = move_to(&new.join(name), &target.join(name)) {
            for name in names.iter().take(i) {
                let _ = move_to(&target.join(name), &new.join(name));
            }
            return Err(failed(error));
        }
    }
    sync(target);
    Ok(())
}

/// Keeps the new content where the target could not be written, and says where it is.
fn keep(stage: Stage, target: &Path, error: Error) -> Error {
    let new = stage.new_entry();
    if fs::symlink_metadata(&new).is_err() {
        return error;
    }
    let kept = match move_aside(&new, target, NEW) {
        Ok(kept) => kept,
        Err(_) => stage.abandon().join(new.file_name().unwrap_or_default()),
    };
    Error::Kept { error: Box::new(error), kept }
}

/// Gives the entries of `new` the modes that the entries of the same names have in `old`.
fn keep_modes(old: &Path, new: &Path) {
    if let Ok(found) = fs::symlink_metadata(old) {
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
