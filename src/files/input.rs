//! Reading text, and the hash by which a content is known again.

use crate::error::{Error, FileProblem, Result};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The SHA-256 of `content`, in hexadecimal.
#[must_use]
pub fn hash(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// Texts in memory by their path, each with the number of holders.
type Held = HashMap<PathBuf, (Arc<str>, usize)>;

static HELD: Mutex<Option<Held>> = Mutex::new(None);

/// A text in memory that commands read like a file until this value is dropped.
///
/// ```
/// use thrombopoiesis::files::{InMemory, read_text};
/// let held = InMemory::new("own", ".model", "model own");
/// assert_eq!(read_text(held.path())?, "model own");
/// # Ok::<(), thrombopoiesis::error::Error>(())
/// ```
#[derive(Debug)]
pub struct InMemory {
    path: PathBuf,
}

impl InMemory {
    /// The text `content` under a path made of `stem`, of its SHA-256 and of `ending`: the same content has
    /// the same path in every process.
    #[must_use]
    pub fn new(stem: &str, ending: &str, content: &str) -> Self {
        const DIGITS: usize = 12;
        let path = PathBuf::from(format!("{stem}-{}{ending}", &hash(content.as_bytes())[..DIGITS]));
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        let held = held.get_or_insert_default();
        held.entry(path.clone()).or_insert_with(|| (content.into(), 0)).1 += 1;
        Self { path }
    }

    /// The path under which the text is read.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for InMemory {
    fn drop(&mut self) {
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(held) = held.as_mut() else { return };
        if let Some((_, holders)) = held.get_mut(&self.path) {
            *holders -= 1;
            if *holders == 0 {
                held.remove(&self.path);
            }
        }
    }
}

/// The text held in memory under `path`.
fn held(path: &Path) -> Option<String> {
    let held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    held.as_ref()?.get(path).map(|(text, _)| text.to_string())
}

/// The text of the file `path`, or the text held in memory under that path.
///
/// # Errors
/// The file cannot be read, or is not UTF-8; then the problem names the line.
pub fn read_text(path: &Path) -> Result<String> {
    if let Some(text) = held(path) {
        return Ok(text);
    }
    let bytes = fs::read(path).map_err(Error::io(path, "read"))?;
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|byte| *byte == b'\n').count();
        let rule = if is_utf16 { "is text in UTF-16" } else { "is not text in UTF-8" };
        let rule = format!("{rule}: save the file as UTF-8");
        Error::Files(vec![FileProblem { path: path.to_owned(), line, key: String::new(), rule }])
    })
}
