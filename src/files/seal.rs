//! The line by which the program recognises a file that it wrote and that nobody has changed since:
//! a comment with the SHA-256 of everything else in the file.

use super::input::hash;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// What stands before the hash in the line.
const WORDS: &str = "written by thrombo; SHA-256 of the rest of this file: ";
/// Hexadecimal digits of a SHA-256.
const DIGITS: usize = 64;
/// Longest line that seals a file, and more, bytes.
const LONGEST: u64 = 256;

/// How a format writes the comment line, if it can hold one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comment {
    /// `# ..`, as the first line: TOML, CSV, R.
    Hash,
    /// `// ..`, as the first line: C++.
    Slashes,
    /// `;; ..`, as the first line: NONMEM.
    Semicolons,
    /// `% ..`, as the last line: PDF.
    Percent,
    /// `<!-- .. -->`, as the last line: XML, SVG.
    Xml,
    /// The format has no comments.
    Impossible,
}

impl Comment {
    /// What stands before and after the words, and whether the line is the first of its file.
    fn around(self) -> Option<(&'static str, &'static str, bool)> {
        match self {
            Self::Hash => Some(("# ", "\n", true)),
            Self::Slashes => Some(("// ", "\n", true)),
            Self::Semicolons => Some((";; ", "\n", true)),
            Self::Percent => Some(("% ", "\n", false)),
            Self::Xml => Some(("<!-- ", " -->\n", false)),
            Self::Impossible => None,
        }
    }

    /// `content` with the line that seals it.
    #[must_use]
    pub fn seal(self, content: &[u8]) -> Vec<u8> {
        let Some((before, after, is_first)) = self.around() else { return content.to_owned() };
        let ends_its_line = is_first || content.is_empty() || content.ends_with(b"\n");
        let mut rest = content.to_owned();
        if !ends_its_line {
            rest.push(b'\n');
        }
        let line = [before, WORDS, &hash(&rest), after].concat().into_bytes();
        if is_first { [line, rest].concat() } else { [rest, line].concat() }
    }
}

/// Whether the file `path` carries a seal that fits the rest of it. A large file is read whole only if a
/// seal stands at one of its ends.
pub(super) fn is_sealed_file(path: &Path) -> bool {
    let ends = || -> std::io::Result<bool> {
        let mut file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Ok(false);
        }
        let (mut first, mut last) = (Vec::new(), Vec::new());
        file.by_ref().take(LONGEST).read_to_end(&mut first)?;
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(length.saturating_sub(LONGEST)))?;
        file.read_to_end(&mut last)?;
        let has = |end: &[u8]| end.windows(WORDS.len()).any(|words| words == WORDS.as_bytes());
        Ok(has(&first) || has(&last))
    };
    let is_link = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    !is_link
        && ends().unwrap_or(false)
        && std::fs::read(path).is_ok_and(|content| is_sealed(&content))
}

/// Whether `content` carries a seal that fits the rest of it.
#[must_use]
fn is_sealed(content: &[u8]) -> bool {
    let all =
        [Comment::Hash, Comment::Slashes, Comment::Semicolons, Comment::Percent, Comment::Xml];
    all.into_iter().filter_map(Comment::around).any(|(before, after, is_first)| {
        let length = before.len() + WORDS.len() + DIGITS + after.len();
        let Some(elsewhere) = content.len().checked_sub(length) else { return false };
        let (line, rest) = if is_first {
            content.split_at(length)
        } else {
            let (rest, line) = content.split_at(elsewhere);
            (line, rest)
        };
        line.starts_with([before, WORDS].concat().as_bytes())
            && line == [before, WORDS, &hash(rest), after].concat().as_bytes()
    })
}

#[cfg(test)]
mod tests {
    use super::{Comment, is_sealed};
    use proptest::prelude::*;

    const ALL: [Comment; 5] =
        [Comment::Hash, Comment::Slashes, Comment::Semicolons, Comment::Percent, Comment::Xml];

    #[test]
    fn invariant_what_is_sealed_is_recognised_until_a_byte_of_it_changes() {
        for comment in ALL {
            for content in ["", "a", "a,b\n1,2\n", "last line without an end"] {
                let sealed = comment.seal(content.as_bytes());
                assert!(is_sealed(&sealed), "{comment:?}, {content:?}");
                assert!(String::from_utf8_lossy(&sealed).contains(content));
                assert!(!is_sealed(content.as_bytes()));
                assert!(!is_sealed(&[&sealed[..], b"\n"].concat()), "{comment:?}: a line more");
                for i in 0..sealed.len() {
                    let mut changed = sealed.clone();
                    changed[i] ^= 1;
                    assert!(!is_sealed(&changed), "{comment:?}, {content:?}, byte {i}");
                }
            }
        }
        assert_eq!(Comment::Impossible.seal(b"a"), b"a");
    }

    proptest! {
        #[test]
        fn prop_foreign_bytes_are_never_taken_for_sealed(content in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(!is_sealed(&content));
        }
    }
}
