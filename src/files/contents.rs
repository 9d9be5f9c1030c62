//! What a folder of results holds, by the record in it: the one rule that *the program removes only
//! files that it wrote and that are unchanged since* is kept here.

use super::input::hash;
use super::seal::{Comment, is_sealed_file};
use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path};

/// Name of the run record, by which the program knows its own folders again.
pub(super) const RUN_RECORD: &str = "run.toml";
/// The table of the record that lists the files of its folder.
const FILES: &str = "files";

/// The files of a folder: SHA-256 and length by name, folders separated by `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contents(BTreeMap<String, Written>);

/// What was written into a file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Written {
    sha256: String,
    length: u64,
}

impl Contents {
    /// Of files by name.
    pub(super) fn of(files: &[(String, Vec<u8>)]) -> Self {
        let written =
            |content: &Vec<u8>| Written { sha256: hash(content), length: content.len() as u64 };
        Self(files.iter().map(|(name, content)| (name.clone(), written(content))).collect())
    }

    /// The record `run_record` with this table at its end, sealed.
    pub(super) fn record(&self, run_record: &str) -> Vec<u8> {
        let mut text = run_record.to_owned();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        Comment::Hash.seal((text + "\n" + &self.table()).as_bytes())
    }

    /// As a table of TOML.
    pub(super) fn table(&self) -> String {
        let files = self.0.iter().map(|(name, written)| {
            let Written { sha256, length } = written;
            (name.clone(), toml::Value::from(format!("{sha256} {length}")))
        });
        let files = toml::Value::Table(files.collect());
        let table = toml::Table::from_iter([(FILES.to_owned(), files)]);
        toml::to_string(&table).unwrap_or_default()
    }

    /// What the record in `folder` lists, itself included; none where there is no record that the
    /// program wrote and nobody changed.
    pub(super) fn recorded(folder: &Path) -> Option<Self> {
        let path = folder.join(RUN_RECORD);
        if !fs::symlink_metadata(&path).ok()?.is_file() {
            return None;
        }
        if !is_sealed_file(&path) {
            return None;
        }
        let record = fs::read(path).ok()?;
        let mut contents = Self::from_table(std::str::from_utf8(&record).ok()?)?;
        let own = Written { sha256: hash(&record), length: record.len() as u64 };
        contents.0.insert(RUN_RECORD.to_owned(), own);
        Some(contents)
    }

    /// What the table in the TOML text `text` lists.
    pub(super) fn from_table(text: &str) -> Option<Self> {
        let table: toml::Table = text.parse().ok()?;
        let one = |(name, value): (&String, &toml::Value)| {
            // A record from elsewhere may name whatever it likes.
            Path::new(name)
                .components()
                .all(|part| matches!(part, Component::Normal(_)))
                .then_some(())?;
            let (sha256, length) = value.as_str()?.split_once(' ')?;
            let written = Written { sha256: sha256.to_owned(), length: length.parse().ok()? };
            Some((name.clone(), written))
        };
        let files = table.get(FILES)?.as_table()?;
        files.iter().map(one).collect::<Option<_>>().map(Self)
    }

    /// Everything in `folder` that these contents do not account for: other files and folders, files
    /// that were changed, write-protected or replaced by something else.
    ///
    /// # Errors
    /// The folder, or a file in it, cannot be read.
    pub(super) fn foreign_in(&self, folder: &Path) -> Result<Vec<String>> {
        let mut foreign = Vec::new();
        self.look(folder, "", &mut foreign)?;
        foreign.sort();
        Ok(foreign)
    }

    fn look(&self, folder: &Path, prefix: &str, foreign: &mut Vec<String>) -> Result<()> {
        let failed = |source| Error::io(folder, "read")(source);
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let found = entry.metadata().map_err(failed)?;
            let inside = format!("{name}/");
            if found.is_dir() && self.0.keys().any(|known| known.starts_with(&inside)) {
                if is_protected(&found) {
                    foreign.push(format!("{inside} (write-protected)"));
                }
                self.look(&entry.path(), &inside, foreign)?;
            } else if found.is_dir() {
                foreign.push(inside);
            } else if !self.is_own(&entry.path(), &name, &found) {
                foreign.push(name);
            } else if is_protected(&found) {
                foreign.push(format!("{name} (write-protected)"));
            }
        }
        Ok(())
    }

    /// Whether a file is as it was written.
    fn is_own(&self, path: &Path, name: &str, found: &fs::Metadata) -> bool {
        let is_same = |written: &Written| {
            found.is_file()
                && found.len() == written.length
                && fs::read(path).is_ok_and(|content| hash(&content) == written.sha256)
        };
        self.0.get(name).is_some_and(is_same)
    }

    /// Removes these files from `folder` where they are as they were written, then every folder that is
    /// empty; says whether `folder` itself is gone. With `torn`, files that were cut off count as written:
    /// only where nobody but the program writes.
    pub(super) fn remove_from(&self, folder: &Path, torn: bool) -> bool {
        // The record goes last: as long as it is there, the rest can be told to be the program's own.
        let is_record = |name: &str| name == RUN_RECORD;
        let (record, rest): (Vec<_>, Vec<_>) = self.0.iter().partition(|(name, _)| is_record(name));
        for (name, written) in rest.into_iter().chain(record) {
            let path = folder.join(name);
            let Ok(found) = fs::symlink_metadata(&path) else { continue };
            if !lies_in(&path, folder) {
                continue;
            }
            let is_torn = torn && found.is_file() && found.len() < written.length;
            if is_torn || self.is_own(&path, name, &found) {
                let _ = fs::remove_file(path);
            }
        }
        for below in self.folders() {
            // Only empty folders can be removed so.
            let _ = fs::remove_dir(folder.join(below));
        }
        let _ = fs::remove_dir(folder);
        fs::symlink_metadata(folder).is_err()
    }

    /// Whether every file is in `folder` as it was written.
    pub(super) fn are_all_in(&self, folder: &Path) -> bool {
        self.0.keys().all(|name| {
            let path = folder.join(name);
            fs::symlink_metadata(&path).is_ok_and(|found| self.is_own(&path, name, &found))
        })
    }

    /// The folders of the files, each before the one that it lies in.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        let above = |name| Path::new(name).ancestors().skip(1);
        let all: BTreeSet<&Path> = self.0.keys().flat_map(above).collect();
        all.into_iter().rev().filter(|folder| !folder.as_os_str().is_empty())
    }

    /// Those below the folder `folder`, with their names in it.
    pub(super) fn below(&self, folder: &str) -> Self {
        let name = |name: &str| name.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned);
        let below =
            self.0.iter().filter_map(|(path, written)| Some((name(path)?, written.clone())));
        Self(below.collect())
    }
}

/// Whether no link leads from `folder` to somewhere else on the way to `path`.
fn lies_in(path: &Path, folder: &Path) -> bool {
    let between = path.ancestors().skip(1).take_while(|above| *above != folder);
    between.into_iter().all(|above| fs::symlink_metadata(above).is_ok_and(|found| found.is_dir()))
}

/// Whether nobody may write to it, which the owner of the machine respects too.
pub(super) fn is_protected(found: &fs::Metadata) -> bool {
    found.permissions().readonly()
}

#[cfg(test)]
mod tests {
    use super::{Contents, RUN_RECORD};
    use std::fs;
    use std::path::Path;

    fn made(folder: &Path) -> Contents {
        let files =
            [("a.csv".to_owned(), b"1,2\n".to_vec()), ("f/x.svg".to_owned(), b"<svg/>".to_vec())];
        fs::create_dir(folder.join("f")).unwrap();
        for (name, content) in &files {
            fs::write(folder.join(name), content).unwrap();
        }
        let contents = Contents::of(&files);
        fs::write(folder.join(RUN_RECORD), contents.record("program = \"x\"")).unwrap();
        contents
    }

    #[test]
    fn invariant_whatever_is_not_as_it_was_written_is_foreign() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        made(folder);
        let foreign = || match Contents::recorded(folder) {
            Some(contents) => contents.foreign_in(folder).unwrap().join(" "),
            None => "no record".to_owned(),
        };
        assert_eq!(foreign(), "");
        fs::write(folder.join("a.csv"), "1,3\n").unwrap();
        fs::write(folder.join("f/notes"), "").unwrap();
        fs::create_dir(folder.join("g")).unwrap();
        assert_eq!(foreign(), "a.csv f/notes g/");
        fs::remove_file(folder.join("a.csv")).unwrap();
        assert_eq!(foreign(), "f/notes g/", "what the user removed is nobody's loss");
        let record = fs::read_to_string(folder.join(RUN_RECORD)).unwrap();
        fs::write(folder.join(RUN_RECORD), record.replace("\"x\"", "\"y\"")).unwrap();
        assert_eq!(foreign(), "no record");
    }

    #[test]
    fn invariant_a_record_can_only_name_what_lies_in_its_folder() {
        for name in ["../x", "/etc/x", "a/../../x", "./x"] {
            let text = format!("[files]\n{name:?} = \"00 1\"\n");
            assert_eq!(Contents::from_table(&text), None, "{name}");
        }
        assert!(Contents::from_table("[files]\n\"a/x\" = \"00 1\"\n").is_some());
    }

    #[test]
    #[cfg(unix)]
    fn invariant_nothing_is_removed_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, elsewhere) = (folder.path().join("inner"), folder.path().join("elsewhere"));
        fs::create_dir(&inner).unwrap();
        let contents = made(&inner);
        fs::rename(inner.join("f"), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, inner.join("f")).unwrap();
        assert!(!contents.remove_from(&inner, false));
        assert!(elsewhere.join("x.svg").exists() && inner.join("f").is_symlink());
    }

    #[test]
    fn invariant_only_what_was_written_and_is_unchanged_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        made(&inner);
        fs::write(inner.join("f/x.svg"), "<svg").unwrap();
        fs::write(inner.join("mine"), "years of work").unwrap();
        let contents = Contents::recorded(&inner).unwrap();
        assert!(!contents.remove_from(&inner, false));
        assert!(inner.join("f/x.svg").exists() && inner.join("mine").exists());
        assert!(!inner.join("a.csv").exists() && !inner.join(RUN_RECORD).exists());
        assert!(!contents.remove_from(&inner, true));
        assert!(!inner.join("f").exists(), "a torn file in a folder of the program's own");
        fs::remove_file(inner.join("mine")).unwrap();
        assert!(contents.remove_from(&inner, false) && folder.path().exists());
    }
}
