//! Files: TOML with every problem found at once, output that is written whole or not at all, and
//! the record of what a result was made from.

mod document;
mod output;
mod run_record;
mod shipped;
mod table;

pub use document::{Section, read_toml};
pub use output::{OutputFolder, hash, read_text, write_whole};
pub use run_record::RunRecord;
pub use shipped::{Shipped, shipped_or_file};
pub use table::{Csv, cell, shortest};
