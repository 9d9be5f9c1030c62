//! Reading text, and the hash by which a content is known again.

use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// The SHA-256 of `content`, in hexadecimal.
#[must_use]
pub fn hash(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// The text of the file `path`.
///
/// # Errors
/// The file cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(Error::io(path, "read"))
}
