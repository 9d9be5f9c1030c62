//! Folders that are never replaced, moved or filled over, whatever the user says.

use super::place::folder_of;
use crate::error::{Error, Refusal, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// What version control keeps its history in.
const VERSION_CONTROL: [&str; 9] =
    [".git", ".hg", ".svn", ".bzr", ".jj", "_darcs", ".pijul", "CVS", ".fslckout"];
/// Folders whose subfolders are the homes of users.
const ABOVE_HOMES: [&str; 3] = ["/home", "/Users", "/export/home"];
/// Folders of the system.
const OF_SYSTEM: [&str; 27] = [
    "/Applications",
    "/Library",
    "/System",
    "/Users",
    "/Volumes",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/media",
    "/mnt",
    "/opt",
    "/private",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/tmp",
    "/usr",
    "/usr/local",
    "/var",
    "/var/tmp",
];
/// Most entries of a folder that are searched for version control.
const MOST_ENTRIES: usize = 200_000;

/// Refuses the existing folder `folder`, absolute and without links, where it is not to be touched.
///
/// # Errors
/// A root, a folder of the system, a home folder or one above it, one under version control; a mount
/// point, the working folder or a folder above it that holds anything; one that cannot be listed.
pub(super) fn check(folder: &Path) -> Result<()> {
    let refuse = |what: &'static str| Err(Error::not_written(folder, Refusal::Protected(what)));
    if folder.parent().is_none() {
        return refuse("the root of a file system");
    }
    if OF_SYSTEM.iter().any(|path| Path::new(path) == folder) {
        return refuse("a folder of the system");
    }
    if is_home(folder) {
        return refuse("a home folder, or a folder above one");
    }
    let mut entries = fs::read_dir(folder).map_err(Error::io(folder, "read"))?;
    if entries.next().is_none() {
        return Ok(());
    }
    if is_mount_point(folder) {
        return refuse("a mount point that holds files");
    }
    let working = std::env::current_dir().and_then(fs::canonicalize);
    if working.is_ok_and(|working| working.starts_with(folder)) {
        return refuse("the working folder, or a folder above it");
    }
    if holds_version_control(folder, &mut 0) {
        return refuse("a folder with version control in it");
    }
    Ok(())
}

fn is_home(folder: &Path) -> bool {
    let below = |above: &&str| folder_of(folder) == Path::new(above);
    ABOVE_HOMES.iter().any(below) || homes().iter().any(|home| home.starts_with(folder))
}

/// The home of this user by environment and by the list of users, and the homes of the others.
fn homes() -> Vec<PathBuf> {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let listed = users.lines().filter_map(|line| line.split(':').nth(5)).map(PathBuf::from);
    listed.chain(std::env::home_dir()).filter_map(|home| fs::canonicalize(home).ok()).collect()
}

#[cfg(unix)]
fn is_mount_point(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    // Binding mounts stay on one device; the system lists them.
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let mut points = mounts.lines().filter_map(|line| line.split(' ').nth(4)).map(unescaped);
    device(folder) != device(folder_of(folder)) || points.any(|point| Path::new(&point) == folder)
}

#[cfg(not(unix))]
fn is_mount_point(_: &Path) -> bool {
    false
}

/// A path of the list of mounts, in which white space is written in octal digits.
#[cfg(unix)]
fn unescaped(path: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(path.to_owned(), |path, (written, meant)| path.replace(written, meant))
}

/// Whether a folder, or one below it, is under version control.
fn holds_version_control(folder: &Path, seen: &mut usize) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    let mut below = Vec::new();
    for entry in entries.flatten() {
        *seen += 1;
        if entry.file_name().to_str().is_some_and(|name| VERSION_CONTROL.contains(&name)) {
            return true;
        }
        if *seen < MOST_ENTRIES && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            below.push(entry.path());
        }
    }
    below.iter().any(|folder| holds_version_control(folder, seen))
}

#[cfg(all(test, unix))]
mod tests {
    use super::check;
    use std::fs;
    use std::path::Path;

    #[test]
    fn invariant_roots_homes_and_version_control_are_refused_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        for name in ["plain/deep", "history/deep/.hg", "empty"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        assert!(check(&folder.join("plain")).is_ok());
        assert!(check(&folder.join("empty")).is_ok());
        let working = std::env::current_dir().unwrap().canonicalize().unwrap();
        let home = std::env::home_dir().unwrap();
        for refused in [
            Path::new("/"),
            Path::new("/etc"),
            &home,
            &working,
            working.parent().unwrap(),
            &folder.join("history"),
        ] {
            assert!(check(refused).is_err(), "{}", refused.display());
        }
    }
}
