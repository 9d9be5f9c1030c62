//! Reading text, and the hash by which a content is known again.

use crate::error::{Error, FileProblem, Result};
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
/// The file cannot be read, or is not UTF-8; then the problem names the line.
pub fn read_text(path: &Path) -> Result<String> {
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
