//! Files: TOML with every problem found at once, output that is written whole or not at all, and
//! hashes that say which input a result came from.

mod document;
mod output;

pub use document::{Section, read_toml};
pub use output::{OutputFolder, hash, read_text, write_whole};
