//! The hidden folder beside a target in which its content is written before it takes its place, and
//! what becomes of such a folder when the program that made it is gone.

use super::contents::{Contents, is_protected};
use super::interruption::uninterrupted;
use super::renames::{move_to, sync};
use super::seal::is_sealed;
use crate::error::{Error, Result};
use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Component, Path, PathBuf};

/// How the hidden folders are called.
const PREFIX: &str = ".thrombo-";
/// Held as long as the program lives that made the folder.
const LOCK: &str = "lock";
/// What the folder is for, and what is written into it.
const MANIFEST: &str = "manifest.toml";
/// The new content; after an exchange, what stood at the target.
const NEW: &str = "new";
/// What stood at the target, where the system cannot exchange.
const OLD: &str = "old";
/// The entry of the manifest that names the target; empty where the folder of the stage itself is filled.
const TARGET: &str = "target";
/// Attempts to make a folder that no other program sweeps away before it is locked.
const ATTEMPTS: usize = 5;

/// A folder that is being filled.
#[derive(Debug)]
pub(super) struct Stage {
    folder: PathBuf,
    _lock: File,
}

impl Stage {
    /// A new stage in the folder `place` for what is to become `target`, with these files below
    /// [`Self::new_entry`]; a single one without a name is the entry itself.
    ///
    /// # Errors
    /// Nothing can be written there.
    pub(super) fn open(place: &Path, target: &Path, files: &[(String, Vec<u8>)]) -> Result<Self> {
        let failed = |source| Error::io(target, "written")(source);
        let mut staged = uninterrupted();
        let mut stage = Self::locked(place);
        for _ in 1..ATTEMPTS {
            if stage.is_ok() {
                break;
            }
            stage = Self::locked(place);
        }
        let stage = stage.map_err(failed)?;
        let inside = files.iter().map(|(name, content)| (join(NEW, name), content.clone()));
        let contents = Contents::of(&inside.collect::<Vec<_>>());
        staged.push(Litter { folder: stage.folder.clone(), contents: contents.clone() });
        drop(staged);
        let name = if place == target { None } else { target.file_name() };
        let name = name.unwrap_or_default().to_string_lossy().into_owned();
        let head = toml::Table::from_iter([(TARGET.to_owned(), name.into())]);
        let manifest = toml::to_string(&head).unwrap_or_default() + &contents.table();
        stage.write(MANIFEST, manifest.as_bytes()).map_err(failed)?;
        for (name, content) in files {
            stage.write(&join(NEW, name), content).map_err(failed)?;
        }
        contents.folders().for_each(|name| sync(&stage.folder.join(name)));
        sync(&stage.folder);
        Ok(stage)
    }

    fn locked(place: &Path) -> std::io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?.keep();
        let made = File::create_new(folder.join(LOCK)).and_then(|lock| {
            match lock.try_lock() {
                Err(TryLockError::WouldBlock) => Err(std::io::ErrorKind::WouldBlock.into()),
                // Where there are no locks, nothing is swept either.
                _ => fs::metadata(folder.join(LOCK)).map(|_| lock),
            }
        });
        made.map(|lock| Self { folder: folder.clone(), _lock: lock }).inspect_err(|_| {
            let _ = fs::remove_dir(&folder);
        })
    }

    /// Writes one file down to the disk. A signal waits for it.
    fn write(&self, name: &str, content: &[u8]) -> std::io::Result<()> {
        let path = self.folder.join(name);
        let _uninterrupted = uninterrupted();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create_new(&path)?;
        file.write_all(content)?;
        file.sync_all()
    }

    /// The file or folder that is to take its place.
    pub(super) fn new_entry(&self) -> PathBuf {
        self.folder.join(NEW)
    }

    /// Where what stood at the target is kept for a moment, where the system cannot exchange.
    pub(super) fn old_entry(&self) -> PathBuf {
        self.folder.join(OLD)
    }

    /// Leaves the folder to the user: it holds something that must not be removed.
    pub(super) fn abandon(self) -> PathBuf {
        uninterrupted().retain(|litter| litter.folder != self.folder);
        let _ = fs::remove_file(self.folder.join(MANIFEST));
        let _ = fs::remove_file(self.folder.join(LOCK));
        self.folder.clone()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let mut staged = uninterrupted();
        if let Some(index) = staged.iter().position(|litter| litter.folder == self.folder) {
            staged.swap_remove(index).remove();
        }
    }
}

/// `name` below the entry `folder`; the entry itself where the name is empty.
fn join(folder: &str, name: &str) -> String {
    if name.is_empty() { folder.to_owned() } else { format!("{folder}/{name}") }
}

/// What a stage leaves behind.
#[derive(Debug)]
pub(super) struct Litter {
    folder: PathBuf,
    contents: Contents,
}

impl Litter {
    /// Removes what the program wrote and nobody changed; says whether nothing is left.
    pub(super) fn remove(&self) -> bool {
        let new = self.folder.join(NEW);
        // After an exchange it is an earlier result: what was written now tells nothing of that.
        if Contents::recorded(&new).is_none() && !is_sealed_file(&new) {
            self.contents.remove_from(&self.folder, true);
        }
        let is_empty = [NEW, OLD].iter().all(|name| remove_own(&self.folder.join(name)));
        if is_empty {
            for name in [MANIFEST, LOCK] {
                let _ = fs::remove_file(self.folder.join(name));
            }
            let _ = fs::remove_dir(&self.folder);
        }
        is_empty
    }
}

/// Removes a result that the program wrote and nobody changed; says whether nothing is there now.
fn remove_own(entry: &Path) -> bool {
    match fs::symlink_metadata(entry) {
        Err(_) => true,
        Ok(found) if found.is_dir() => {
            let is_own = |contents: &Contents| {
                contents.foreign_in(entry).is_ok_and(|foreign| foreign.is_empty())
            };
            let own = Contents::recorded(entry).filter(is_own);
            own.is_some_and(|contents| contents.remove_from(entry, false))
                || fs::remove_dir(entry).is_ok()
        }
        Ok(found) => {
            !is_protected(&found) && is_sealed_file(entry) && fs::remove_file(entry).is_ok()
        }
    }
}

fn is_sealed_file(entry: &Path) -> bool {
    fs::symlink_metadata(entry).is_ok_and(|found| found.is_file())
        && fs::read(entry).is_ok_and(|content| is_sealed(&content))
}

/// Sweeps the stages in `place` whose programs are gone: puts back what they took away, and removes what
/// they wrote. Whatever cannot be told to be the program's own stays, and is named.
pub(super) fn sweep(place: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(place) else { return Vec::new() };
    let stages = entries.flatten().map(|entry| entry.path()).filter(|path| is_stage(path));
    stages.filter(|stage| !sweep_one(stage, place)).collect()
}

/// Whether `path` is the stage of a program of this user.
pub(super) fn is_stage(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(PREFIX)
        && fs::symlink_metadata(path).is_ok_and(|found| found.is_dir() && is_of_this_user(&found))
}

#[cfg(unix)]
fn is_of_this_user(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_of_this_user(_: &fs::Metadata) -> bool {
    true
}

/// Whether nothing of the stage is left, or nothing of it is to be touched.
fn sweep_one(folder: &Path, place: &Path) -> bool {
    let Ok(lock) = File::open(folder.join(LOCK)) else {
        let _ = fs::remove_dir(folder);
        return true;
    };
    if lock.try_lock().is_err() {
        return true;
    }
    let text = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    let head: toml::Table = text.parse().unwrap_or_default();
    let contents = Contents::from_table(&text).unwrap_or_default();
    match head.get(TARGET).and_then(|name| name.as_str()) {
        Some("") if Contents::recorded(place).is_none() => {
            contents.below(NEW).remove_from(place, false);
        }
        Some(name) if Path::new(name).components().all(|p| matches!(p, Component::Normal(_))) => {
            // Does nothing where something stands.
            let _ = move_to(&folder.join(OLD), &place.join(name));
        }
        _ => {}
    }
    Litter { folder: folder.to_owned(), contents }.remove()
}
