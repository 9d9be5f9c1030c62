//! The hidden folder beside a target in which its content is written before it takes its place.

use super::contents::{Contents, is_protected};
use super::interruption::uninterrupted;
use super::renames::sync;
use super::seal::is_sealed_file;
use crate::error::{Error, Result};
use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

/// How the hidden folders are called.
pub(super) const PREFIX: &str = ".thrombo-";
/// Held as long as the program lives that made the folder.
pub(super) const LOCK: &str = "lock";
/// What the folder is for and what is being written into it; [`STAGED`] once all of it is.
pub(super) const STAGING: &str = "staging.toml";
/// The same when everything is written.
pub(super) const STAGED: &str = "staged.toml";
/// The new content; after an exchange, what stood at the target.
pub(super) const NEW: &str = "new";
/// What stood at the target, where the system cannot exchange.
pub(super) const OLD: &str = "old";
/// Attempts to make a folder that no other program sweeps away before it is locked.
const ATTEMPTS: usize = 5;

/// A folder that is being filled.
#[derive(Debug)]
pub(super) struct Stage {
    folder: PathBuf,
    _lock: File,
}

impl Stage {
    /// A new stage in the folder `place`, which is made if need be, for what is to become `target`, with
    /// these files below [`Self::new_entry`]; a single one without a name is the entry itself.
    ///
    /// # Errors
    /// Nothing can be written there.
    pub(super) fn open(place: &Path, target: &Path, files: &[(String, Vec<u8>)]) -> Result<Self> {
        let failed = |source| Error::io(target, "written")(source);
        let inside = files.iter().map(|(name, content)| (join(NEW, name), content.clone()));
        let contents = Contents::of(&inside.collect::<Vec<_>>());
        let stage = Self::begin(place, &contents)?;
        let manifest = Manifest::of(place, target).text() + &contents.table();
        stage.write(STAGING, manifest.as_bytes()).map_err(failed)?;
        for (name, content) in files {
            stage.write(&join(NEW, name), content).map_err(failed)?;
        }
        contents.folders().for_each(|name| sync(&stage.folder.join(name)));
        stage.complete().map_err(failed)?;
        sync(&stage.folder);
        Ok(stage)
    }

    /// The folder, locked and known to [`uninterrupted`].
    fn begin(place: &Path, contents: &Contents) -> Result<Self> {
        let failed = |source| Error::io(place, "written")(source);
        let mut staged = uninterrupted();
        let missing = place.ancestors().take_while(|above| !above.exists());
        let parents: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        fs::create_dir_all(place).map_err(failed)?;
        let mut stage = Self::locked(place);
        for _ in 1..ATTEMPTS {
            if stage.is_ok() {
                break;
            }
            stage = Self::locked(place);
        }
        let stage = stage.inspect_err(|_| remove_empty(&parents)).map_err(failed)?;
        let (folder, contents) = (stage.folder.clone(), contents.clone());
        staged.push(Litter { folder, contents, is_torn: true, parents });
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

    /// From now on every file is whole: one that is shorter than listed was changed.
    fn complete(&self) -> std::io::Result<()> {
        let mut staged = uninterrupted();
        fs::rename(self.folder.join(STAGING), self.folder.join(STAGED))?;
        if let Some(own) = staged.iter_mut().find(|litter| litter.folder == self.folder) {
            own.is_torn = false;
        }
        Ok(())
    }

    /// The file or folder that is to take its place.
    pub(super) fn new_entry(&self) -> PathBuf {
        self.folder.join(NEW)
    }

    /// Where what stood at the target is kept for a moment, where the system cannot exchange.
    pub(super) fn old_entry(&self) -> PathBuf {
        self.folder.join(OLD)
    }

    /// What was staged is the user's now: no later run takes it back.
    pub(super) fn disown(&self) {
        let _ = fs::remove_file(self.folder.join(STAGED));
    }

    /// Leaves the folder to the user: it holds something that must not be removed.
    pub(super) fn abandon(self) -> PathBuf {
        uninterrupted().retain(|litter| litter.folder != self.folder);
        for name in [STAGING, STAGED, LOCK] {
            let _ = fs::remove_file(self.folder.join(name));
        }
        self.folder.clone()
    }

    /// Removes the folder; says where it is if something foreign in it has to stay.
    pub(super) fn close(self) -> Option<PathBuf> {
        if self.remove() {
            return None;
        }
        let folder = self.abandon();
        fs::remove_dir(&folder).is_err().then_some(folder)
    }

    fn remove(&self) -> bool {
        let mut staged = uninterrupted();
        let own = staged.iter().position(|litter| litter.folder == self.folder);
        own.is_none_or(|index| staged.swap_remove(index).remove())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.remove();
    }
}

/// `name` below the entry `folder`; the entry itself where the name is empty.
fn join(folder: &str, name: &str) -> String {
    if name.is_empty() { folder.to_owned() } else { format!("{folder}/{name}") }
}

/// What a stage is for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Manifest {
    /// The machine whose lock tells whether its program lives.
    pub(super) host: String,
    /// The name of the target beside the stage; none where the stage lies in it, or where the name is no
    /// text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<String>,
    /// Whether the folder that the stage lies in is filled.
    pub(super) in_place: bool,
}

impl Manifest {
    fn of(place: &Path, target: &Path) -> Self {
        let in_place = place == target;
        let name = target.file_name().and_then(|name| name.to_str()).filter(|_| !in_place);
        Self { host: host(), target: name.map(str::to_owned), in_place }
    }

    fn text(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
}

/// The name of this machine.
#[cfg(unix)]
pub(super) fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The name of this machine: all folders are its own.
#[cfg(not(unix))]
pub(super) fn host() -> String {
    String::new()
}

/// What a stage leaves behind.
#[derive(Debug)]
pub(super) struct Litter {
    pub(super) folder: PathBuf,
    pub(super) contents: Contents,
    /// Whether files may have been cut off while they were written.
    pub(super) is_torn: bool,
    /// Folders that were made for it.
    pub(super) parents: Vec<PathBuf>,
}

impl Litter {
    /// Removes what the program wrote and nobody changed; says whether nothing is left.
    pub(super) fn remove(&self) -> bool {
        // An error of the system may pass.
        self.remove_once() || self.remove_once()
    }

    fn remove_once(&self) -> bool {
        self.contents.remove_from(&self.folder, self.is_torn);
        let old = self.folder.join(OLD);
        if remove_own(&self.folder.join(NEW)) && fs::symlink_metadata(old).is_err() {
            // The lock goes last: without it, no later run would remove the folder.
            let is_absent = |name: &str| {
                let path = self.folder.join(name);
                fs::remove_file(&path).is_ok() || fs::symlink_metadata(path).is_err()
            };
            let _ = is_absent(STAGING) && is_absent(STAGED) && is_absent(LOCK);
        }
        let is_gone =
            fs::remove_dir(&self.folder).is_ok() || fs::symlink_metadata(&self.folder).is_err();
        remove_empty(&self.parents);
        is_gone
    }
}

/// Removes those folders that are empty.
fn remove_empty(folders: &[PathBuf]) {
    for folder in folders {
        let _ = fs::remove_dir(folder);
    }
}

/// Removes a result that the program wrote and nobody changed; says whether nothing is there now.
pub(super) fn remove_own(entry: &Path) -> bool {
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
