//! A file that only grows, line by line, so that work that was cut off can be resumed: each line carries
//! a hash of itself and of all lines before it.

use super::input::hash;
use super::renames::{PREVIOUS, move_aside, sync};
use crate::error::{Error, FileProblem, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Hexadecimal digits of a line's hash.
const DIGITS: usize = 16;

/// An open journal, which no other program writes to meanwhile.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Hash of the last line.
    last: String,
    /// Bytes that are written whole.
    length: u64,
    /// Whether a torn line could not be taken back, so that nothing may follow it.
    is_broken: bool,
}

/// What an earlier run left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Earlier {
    /// Nothing, or nothing that is wanted.
    Nothing,
    /// These lines.
    Lines(Vec<String>),
    /// A journal that is not wanted any more; it was moved there.
    SetAside(PathBuf),
}

/// What is read from a journal.
struct Found {
    heading: String,
    lines: Vec<String>,
    last: String,
    length: u64,
}

impl Journal {
    /// Opens the journal `path` under `heading`, a line that names what it belongs to. With `resume`, the
    /// lines of an earlier run under the same heading come back, without a last one that was cut off;
    /// otherwise an earlier journal is set aside and a new one begun.
    ///
    /// # Errors
    /// The file cannot be read or written, another program writes to it; with `resume`, a line was changed,
    /// or the heading is another.
    pub fn open(path: &Path, heading: &str, resume: bool) -> Result<(Self, Earlier)> {
        let failed = |source| Error::io(path, "opened")(source);
        let opened = OpenOptions::new().read(true).append(true).open(path);
        let mut file = match opened {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok((Self::begin(path, heading)?, Earlier::Nothing));
            }
            opened => opened.map_err(failed)?,
        };
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) || !is_at(&file, path) {
            return Err(problem(
                path,
                0,
                "is being written by another run: wait until that run has ended",
            ));
        }
        let mut content = Vec::new();
        file.read_to_end(&mut content).map_err(failed)?;
        let found = read(path, &content);
        let found = if resume { found? } else { found.unwrap_or(None) };
        match found {
            Some(found) if resume => {
                if found.heading != heading {
                    let rule = "belongs to a run with different targets, variant, seed or settings: start \
                                over, which keeps it under another name";
                    return Err(problem(path, 1, rule));
                }
                // A last line that was cut off is computed again.
                file.set_len(found.length).map_err(failed)?;
                file.seek(SeekFrom::End(0)).map_err(failed)?;
                let Found { lines, last, length, .. } = found;
                Ok((
                    Self { path: path.to_owned(), file, last, length, is_broken: false },
                    Earlier::Lines(lines),
                ))
            }
            _ if is_empty(&content, heading, found.as_ref()) => {
                file.set_len(0).map_err(failed)?;
                let (last, length) = (String::new(), 0);
                let is_broken = false;
                let journal = Self { path: path.to_owned(), file, last, length, is_broken };
                Ok((journal.headed(heading)?, Earlier::Nothing))
            }
            _ => {
                let aside = move_aside(path, path, PREVIOUS).map_err(failed)?;
                drop(file);
                Ok((Self::begin(path, heading)?, Earlier::SetAside(aside)))
            }
        }
    }

    fn begin(path: &Path, heading: &str) -> Result<Self> {
        let failed = |source| Error::io(path, "created")(source);
        let mut new = OpenOptions::new();
        let file = new.read(true).append(true).create_new(true).open(path).map_err(failed)?;
        // Where there are no locks, nothing keeps two runs apart but their names.
        let _ = file.try_lock();
        sync(path.parent().unwrap_or(Path::new(".")));
        let (path, last, length) = (path.to_owned(), String::new(), 0);
        Self { path, file, last, length, is_broken: false }.headed(heading)
    }

    fn headed(mut self, heading: &str) -> Result<Self> {
        self.append(heading).map_err(Error::io(&self.path, "written"))?;
        Ok(self)
    }

    /// Adds one line, which holds no line break, down to the disk. After an error the journal is as it
    /// was before.
    ///
    /// # Errors
    /// The disk is full, or the system refuses.
    pub fn append(&mut self, line: &str) -> std::io::Result<()> {
        if self.is_broken || line.contains('\n') {
            return Err(std::io::Error::from(ErrorKind::InvalidInput));
        }
        let next = chained(&self.last, line);
        let text = format!("{line} {next}\n");
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        if written.is_err() {
            self.is_broken = self.file.set_len(self.length).is_err();
        } else {
            self.length += text.len() as u64;
            self.last = next;
        }
        written
    }

    /// Removes the journal once its work is done, unless somebody else has written to it.
    pub fn remove(self) {
        if is_at(&self.file, &self.path)
            && self.file.metadata().is_ok_and(|found| found.len() == self.length)
        {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Whether `file` is still what stands at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |found: std::fs::Metadata| (found.dev(), found.ino());
    let open = file.metadata().map(number).ok();
    open.is_some() && open == std::fs::metadata(path).map(number).ok()
}

/// Whether `file` is still what stands at `path`.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// The hash of a line after the line with the hash `last`.
fn chained(last: &str, line: &str) -> String {
    let mut digits = hash([last, " ", line].concat().as_bytes());
    digits.truncate(DIGITS);
    digits
}

/// Whether nothing is lost if a journal is begun anew in the same file.
fn is_empty(content: &[u8], heading: &str, found: Option<&Found>) -> bool {
    let first = format!("{heading} {}\n", chained("", heading));
    first.as_bytes().starts_with(content) || found.is_some_and(|found| found.lines.is_empty())
}

/// What a journal holds; none where not even its heading is whole.
fn read(path: &Path, content: &[u8]) -> Result<Option<Found>> {
    let changed = |line: usize| {
        let rule =
            "has been modified: restore it, or start over, which keeps it under another name";
        problem(path, line, rule)
    };
    let (mut last, mut length, mut lines) = (String::new(), 0, Vec::new());
    for (i, line) in content.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let Some(whole) = line.strip_suffix(b"\n") else { break };
        let text = std::str::from_utf8(whole).ok().and_then(|text| text.rsplit_once(' '));
        let (text, digits) = text.ok_or_else(|| changed(i + 1))?;
        if chained(&last, text) != digits {
            return Err(changed(i + 1));
        }
        digits.clone_into(&mut last);
        lines.push(text.to_owned());
        length += line.len() as u64;
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let heading = lines.remove(0);
    Ok(Some(Found { heading, lines, last, length }))
}

fn problem(path: &Path, line: usize, rule: &str) -> Error {
    let (key, rule) = (String::new(), rule.to_owned());
    Error::Files(vec![FileProblem { path: path.to_owned(), line, key, rule }])
}

#[cfg(test)]
mod tests {
    use super::{Earlier, Journal};
    use std::fs;
    use std::path::Path;

    fn lines(lines: &[&str]) -> Earlier {
        Earlier::Lines(lines.iter().map(|line| (*line).to_owned()).collect())
    }

    fn three(path: &Path) {
        let (mut journal, _) = Journal::open(path, "of these inputs", true).unwrap();
        for line in ["first 1", "second 2", "third 3"] {
            journal.append(line).unwrap();
        }
    }

    #[test]
    fn invariant_lines_come_back_and_a_torn_one_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        three(&path);
        let whole = fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let (mut journal, earlier) = Journal::open(&path, "of these inputs", true).unwrap();
            let kept = String::from_utf8_lossy(&whole[..length]).matches('\n').count();
            let all = ["first 1", "second 2", "third 3"];
            match kept {
                0 => assert_eq!(earlier, Earlier::Nothing),
                kept => assert_eq!(earlier, lines(&all[..kept - 1])),
            }
            for line in &all[kept.saturating_sub(1)..] {
                journal.append(line).unwrap();
            }
            assert_eq!(fs::read(&path).unwrap(), whole, "cut at byte {length}");
        }
    }

    #[test]
    fn invariant_any_changed_byte_is_a_refusal_or_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        three(&path);
        let whole = fs::read(&path).unwrap();
        let mut accepted = 0;
        for i in 0..whole.len() {
            for change in [1, 2, 16, 32, 128, whole[i] ^ b'\n', whole[i] ^ b' '] {
                let mut changed = whole.clone();
                changed[i] ^= change;
                fs::write(&path, &changed).unwrap();
                if let Ok((_, earlier)) = Journal::open(&path, "of these inputs", true) {
                    accepted += 1;
                    let all = ["first 1", "second 2", "third 3"];
                    let kept = match &earlier {
                        Earlier::Lines(lines) => lines.len(),
                        _ => 0,
                    };
                    assert_eq!(earlier, lines(&all[..kept]), "byte {i} by {change}");
                }
            }
        }
        // The end of the last line, and what changes nothing.
        assert!(accepted > 0 && accepted < 100, "{accepted}");
    }

    #[test]
    fn invariant_nothing_is_emptied_and_two_runs_are_kept_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        three(&path);
        let whole = fs::read(&path).unwrap();
        assert!(Journal::open(&path, "of other inputs", true).is_err());
        assert_eq!(fs::read(&path).unwrap(), whole);
        let (journal, earlier) = Journal::open(&path, "of other inputs", false).unwrap();
        let aside = folder.path().join("journal.previous");
        assert_eq!(earlier, Earlier::SetAside(aside.clone()));
        assert_eq!(fs::read(&aside).unwrap(), whole);
        assert!(Journal::open(&path, "of other inputs", true).is_err(), "still open");
        drop(journal);
        // A heading alone is nothing to keep.
        let (journal, earlier) = Journal::open(&path, "of these inputs", false).unwrap();
        assert_eq!(earlier, Earlier::Nothing);
        journal.remove();
        assert!(!path.exists() && aside.exists());
    }
}
