//! Files that the program carries, found by name, and files of the user.

use super::read_text;
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Files that the program carries: their names without ending, and their texts.
pub type Shipped = &'static [(&'static str, &'static str)];

/// Path and text of the file at `path`; a shipped one of `folder` is also found by its name or by its
/// path `folder/NAME.toml` where no such file exists. `kind` is what such files are called.
///
/// # Errors
/// Neither exists, or the file cannot be read.
pub fn shipped_or_file(
    path: &Path,
    (kind, folder): (&'static str, &str),
    shipped: Shipped,
) -> Result<(PathBuf, Cow<'static, str>)> {
    let name = path.to_string_lossy();
    let bare = name.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&name);
    let bare = bare.strip_suffix(".toml").unwrap_or(bare);
    // A folder of that name, such as one of results, hides nothing.
    let exists = path.exists() && !path.is_dir();
    match shipped.iter().find(|(id, _)| *id == bare) {
        Some((id, text)) if !exists => {
            Ok((Path::new(folder).join(format!("{id}.toml")), Cow::Borrowed(text)))
        }
        None if !exists && path.extension().is_none() => Err(Error::Unknown {
            kind,
            name: name.into_owned(),
            known: shipped.iter().map(|(id, _)| (*id).to_owned()).collect(),
        }),
        _ => Ok((path.to_owned(), Cow::Owned(read_text(path)?))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Shipped, shipped_or_file};
    use std::path::Path;

    const SHIPPED: Shipped = &[("one", "its text")];

    #[test]
    fn invariant_shipped_files_are_found_by_name_and_by_path_and_others_are_not() {
        let found = |path: &str| shipped_or_file(Path::new(path), ("thing", "things"), SHIPPED);
        for path in ["one", "things/one", "things/one.toml", "one.toml"] {
            let (found, text) = found(path).expect(path);
            assert_eq!((found.as_path(), &*text), (Path::new("things/one.toml"), "its text"));
        }
        let said = found("two").expect_err("unknown").to_string();
        assert!(said.contains("thing `two`") && said.contains("one"), "{said}");
        assert!(found("elsewhere/one.toml").is_err(), "no such file");
        // A file that exists comes before what is shipped.
        let (path, text) = found("Cargo.toml").expect("a file");
        assert!(path == Path::new("Cargo.toml") && text.contains("[package]"));
    }
}
