//! Moves of files and folders that never replace anything by accident.

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// What is appended to the name of something that was moved aside.
pub(super) const PREVIOUS: &str = "previous";
/// Most names that are tried for something that is moved aside.
const MOST_NAMES: usize = 10_000;

/// Moves `from` to `to`, where nothing may stand.
///
/// # Errors
/// Something stands there, or the system refuses.
pub(super) fn move_to(from: &Path, to: &Path) -> Result<()> {
    match system::move_to(from, to) {
        Err(error) if is_unknown(&error) && !from.is_dir() => {
            // A second name never replaces.
            std::fs::hard_link(from, to)?;
            std::fs::remove_file(from)
        }
        Err(error) if is_unknown(&error) => {
            if std::fs::symlink_metadata(to).is_ok() {
                return Err(Error::from(ErrorKind::AlreadyExists));
            }
            // Onto a folder with entries, or a file, a folder is never moved.
            std::fs::rename(from, to)
        }
        moved => moved,
    }
}

/// Moves `from` to the first free name of the form `TARGET.ENDING`, `TARGET.ENDING-2`, .., and says which.
///
/// # Errors
/// The system refuses.
pub(super) fn move_aside(from: &Path, target: &Path, ending: &str) -> Result<PathBuf> {
    let name = target.file_name().unwrap_or_default().to_os_string();
    for number in 1..MOST_NAMES {
        let mut name = name.clone();
        name.push(format!(".{ending}"));
        if number > 1 {
            name.push(format!("-{number}"));
        }
        let to = target.with_file_name(name);
        match move_to(from, &to) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            moved => return moved.map(|()| to),
        }
    }
    Err(Error::from(ErrorKind::AlreadyExists))
}

/// Exchanges two entries in one step; `false` where the system or the file system has no such step.
///
/// # Errors
/// The system refuses.
pub(super) fn exchange(one: &Path, other: &Path) -> Result<bool> {
    match system::exchange(one, other) {
        Ok(()) => Ok(true),
        Err(error) if is_unknown(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes the entries of a folder down to the disk, where the system can.
pub(super) fn sync(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Whether the system does not have what was asked for.
fn is_unknown(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::InvalidInput)
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
mod system {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use std::io::Result;
    use std::path::Path;

    pub(super) fn move_to(from: &Path, to: &Path) -> Result<()> {
        Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
    }

    pub(super) fn exchange(one: &Path, other: &Path) -> Result<()> {
        Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
mod system {
    use std::io::{Error, ErrorKind, Result};
    use std::path::Path;

    pub(super) fn move_to(_: &Path, _: &Path) -> Result<()> {
        Err(Error::from(ErrorKind::Unsupported))
    }

    pub(super) fn exchange(_: &Path, _: &Path) -> Result<()> {
        Err(Error::from(ErrorKind::Unsupported))
    }
}
