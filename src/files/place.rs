//! Where a path leads: made absolute once, links followed, devices and descriptors recognised.

use crate::error::{Error, Refusal, Result};
use std::fs;
use std::io::ErrorKind::{InvalidInput, NotFound};
use std::path::{Path, PathBuf, absolute};

/// Most links that lead from one to the next.
const MOST_LINKS: usize = 40;
/// The lowest number of a descriptor that is not a standard stream.
const FIRST_OTHER_DESCRIPTOR: i32 = 3;

/// What an output path stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
    /// A descriptor that the caller opened.
    Descriptor(i32),
    /// A pipe or a device.
    Device(PathBuf),
    /// A file or folder, or nothing yet: absolute, without links.
    Entry(PathBuf),
}

impl Place {
    /// Follows `path` to where it leads.
    ///
    /// # Errors
    /// An empty path; links that lead nowhere or in a circle; a folder on the way that cannot be entered.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let failed = |source| Error::io(path, "written")(source);
        if path.as_os_str().is_empty() {
            return Err(Error::not_written(path, Refusal::NoName));
        }
        let mut next = absolute(path).map_err(failed)?;
        for _ in 0..MOST_LINKS {
            if let Some(stream) = Self::descriptor(&next) {
                return Ok(stream);
            }
            match fs::symlink_metadata(&next) {
                Ok(found) if found.is_symlink() => {
                    let target = fs::read_link(&next).map_err(failed)?;
                    next =
                        next.parent().map_or_else(|| target.clone(), |above| above.join(&target));
                }
                Ok(found) if found.is_file() || found.is_dir() => {
                    return fs::canonicalize(&next).map(Self::Entry).map_err(failed);
                }
                Ok(_) => return Ok(Self::Device(next)),
                Err(error) if error.kind() == NotFound => {
                    return without_links(&next).map(Self::Entry).map_err(failed);
                }
                Err(error) => return Err(failed(error)),
            }
        }
        Err(Error::not_written(path, Refusal::Circle))
    }

    /// The stream behind the names that systems give to open descriptors.
    fn descriptor(path: &Path) -> Option<Self> {
        match path.to_str()? {
            "/dev/stdout" => return Some(Self::Output),
            "/dev/stderr" => return Some(Self::Error),
            _ => {}
        }
        let folder = path.parent()?.to_str()?;
        let own = format!("/proc/{}/fd", std::process::id());
        if !["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd", own.as_str()].contains(&folder) {
            return None;
        }
        match path.file_name()?.to_str()?.parse().ok()? {
            1 => Some(Self::Output),
            2 => Some(Self::Error),
            number if number >= FIRST_OTHER_DESCRIPTOR => Some(Self::Descriptor(number)),
            _ => None,
        }
    }

    /// The file or folder, if it is one.
    pub(super) fn entry(&self) -> Option<&Path> {
        match self {
            Self::Entry(path) => Some(path),
            _ => None,
        }
    }
}

/// The path of something that does not exist yet, its existing part without links.
fn without_links(path: &Path) -> std::io::Result<PathBuf> {
    let Some(name) = path.file_name() else {
        let up = "a path that does not exist cannot end in `..`";
        return Err(std::io::Error::new(InvalidInput, up));
    };
    let parent = path.parent().unwrap_or(Path::new("/"));
    match fs::canonicalize(parent) {
        Ok(parent) => Ok(parent.join(name)),
        Err(error) if error.kind() == NotFound => Ok(without_links(parent)?.join(name)),
        Err(error) => Err(error),
    }
}

/// The folder that an absolute path lies in; the root lies in itself.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::Place;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    #[test]
    fn invariant_links_lead_to_what_they_name_and_streams_are_recognised() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap();
        symlink("beyond", real.join("dangling")).unwrap();
        symlink("dangling", real.join("second")).unwrap();
        symlink("/dev/stdout", real.join("out")).unwrap();
        symlink("circle", real.join("circle")).unwrap();
        std::fs::create_dir(real.join("inner")).unwrap();
        let of = |name: &str| Place::of(&real.join(name)).unwrap();
        assert_eq!(of("second"), Place::Entry(real.join("beyond")));
        assert_eq!(of("inner/."), Place::Entry(real.join("inner")));
        assert_eq!(of("inner/.."), Place::Entry(real.clone()));
        assert_eq!(of("inner/../new/deep"), Place::Entry(real.join("new/deep")));
        assert_eq!(of("out"), Place::Output);
        assert_eq!(Place::of(Path::new("/dev/fd/7")).unwrap(), Place::Descriptor(7));
        assert_eq!(Place::of(Path::new("/proc/self/fd/2")).unwrap(), Place::Error);
        let device = Place::Device("/dev/null".into());
        assert_eq!(Place::of(Path::new("/dev/null")).unwrap(), device);
        for wrong in ["circle", "none/../.."] {
            assert!(Place::of(&real.join(wrong)).is_err(), "{wrong}");
        }
        assert!(Place::of(Path::new("")).is_err());
    }
}
