//! The files that the program carries, found by name, and files of the user.

use super::read_text;
use crate::error::{Error, Result};
use include_dir::{Dir, include_dir};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

static FOLDERS: [(&str, Dir<'static>); 5] = [
    ("examples/models", include_dir!("$CARGO_MANIFEST_DIR/examples/models")),
    ("models", include_dir!("$CARGO_MANIFEST_DIR/models")),
    ("parameters", include_dir!("$CARGO_MANIFEST_DIR/parameters")),
    ("scenarios", include_dir!("$CARGO_MANIFEST_DIR/scenarios")),
    ("targets", include_dir!("$CARGO_MANIFEST_DIR/targets")),
];

/// The text of the file that the program carries at `path`, such as `targets/l_plus_2.toml`.
///
/// # Errors
/// The program carries no such file.
pub fn carried(path: &str) -> Result<&'static str> {
    let in_folder = |(folder, name)| {
        let (_, files) = FOLDERS.iter().find(|(known, _)| *known == folder)?;
        files.get_file(name)?.contents_utf8()
    };
    path.rsplit_once('/').and_then(in_folder).ok_or_else(|| Error::Unknown {
        kind: "file of the program",
        name: path.to_owned(),
        known: Vec::new(),
    })
}

/// The TOML files of one kind that the program carries.
#[derive(Debug, Clone, Copy)]
pub struct Carried {
    /// What such a file is called.
    pub kind: &'static str,
    /// The folder they lie in.
    pub folder: &'static str,
    /// Their names without ending, in the order in which they are shown.
    pub names: &'static [&'static str],
}

impl Carried {
    /// Path and text of every file, in the order in which they are shown.
    ///
    /// # Errors
    /// A name without a file; tests read them all.
    pub fn files(&self) -> Result<Vec<(PathBuf, &'static str)>> {
        self.names.iter().map(|name| self.file(name)).collect()
    }

    /// Path and text of the file called `name`.
    ///
    /// # Errors
    /// The program carries no such file.
    pub fn file(&self, name: &str) -> Result<(PathBuf, &'static str)> {
        let path = format!("{}/{name}.toml", self.folder);
        Ok((PathBuf::from(&path), carried(&path)?))
    }

    /// Path and text of the file at `path`; a carried one is also found by its name or by its path
    /// `FOLDER/NAME.toml` where no such file exists.
    ///
    /// # Errors
    /// Neither exists, or the file cannot be read.
    pub fn or_file(&self, path: &Path) -> Result<(PathBuf, Cow<'static, str>)> {
        let name = path.to_string_lossy();
        let bare = name.strip_prefix(self.folder).and_then(|rest| rest.strip_prefix('/'));
        let bare = bare.unwrap_or(&name);
        let bare = bare.strip_suffix(".toml").unwrap_or(bare);
        // A folder of that name, such as one of results, hides nothing.
        let exists = path.exists() && !path.is_dir();
        if exists {
            return Ok((path.to_owned(), Cow::Owned(read_text(path)?)));
        }
        if self.names.contains(&bare) {
            let (path, text) = self.file(bare)?;
            return Ok((path, Cow::Borrowed(text)));
        }
        if path.extension().is_none() {
            return Err(Error::Unknown {
                kind: self.kind,
                name: name.into_owned(),
                known: self.names.iter().map(|name| (*name).to_owned()).collect(),
            });
        }
        Ok((path.to_owned(), Cow::Owned(read_text(path)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THINGS: Carried = Carried { kind: "thing", folder: "scenarios", names: &["placebo"] };

    #[test]
    fn invariant_carried_files_are_found_by_name_and_by_path_and_others_are_not() {
        let found = |path: &str| THINGS.or_file(Path::new(path));
        for path in ["placebo", "scenarios/placebo", "placebo.toml"] {
            let (found, text) = found(path).expect(path);
            assert_eq!(found, Path::new("scenarios/placebo.toml"));
            assert!(text.starts_with("schema = 1"), "{text}");
        }
        let said = found("l_plus_2").expect_err("of another kind").to_string();
        assert!(said.contains("thing `l_plus_2`") && said.contains("placebo"), "{said}");
        assert!(found("elsewhere/placebo.toml").is_err(), "no such file");
        // A file that exists comes before what is carried.
        let (path, text) = found("Cargo.toml").expect("a file");
        assert!(path == Path::new("Cargo.toml") && text.contains("[package]"));
    }

    #[test]
    fn invariant_every_file_is_carried_as_it_is_and_a_wrong_name_is_told() {
        let mut count = 0;
        for (folder, files) in &FOLDERS {
            for entry in std::fs::read_dir(folder).expect("the folder") {
                let path = entry.expect("an entry").path();
                let text = carried(&path.to_string_lossy()).expect("carried");
                assert_eq!(text, std::fs::read_to_string(&path).expect("a text"));
                count += 1;
            }
            assert_eq!(files.dirs().count(), 0, "{folder} has a folder inside");
        }
        assert!(count > 40, "{count}");
        let wrong = Carried { names: &["placebo", "placebos"], ..THINGS };
        let said = wrong.files().expect_err("no such file").to_string();
        assert!(said.contains("scenarios/placebos.toml"), "{said}");
        for path in ["", "placebo.toml", "elsewhere/placebo.toml", "scenarios/", "scenarios/../x"] {
            assert!(carried(path).is_err(), "{path}");
        }
    }
}
