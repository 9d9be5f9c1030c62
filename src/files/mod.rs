//! Files: TOML and tables with every problem found at once, output that is written whole or not at all and never
//! destroys what the program did not write, and the record of what a result was made from.

mod carried;
mod cell;
mod contents;
mod csv_table;
mod document;
mod forbidden;
mod input;
mod interruption;
mod journal;
mod kind;
mod output_file;
mod output_folder;
mod outputs;
mod place;
mod problems;
mod renames;
mod run_record;
mod seal;
mod stage;
mod swap;
mod sweep;
mod syntax;
mod written;

pub use carried::{Carried, carried};
pub(crate) use cell::hint as number_hint;
pub use csv_table::{CsvTable, Row, upper_case_rule};
pub use document::{Section, read_toml};
pub use input::{InMemory, hash, read_text};
pub use interruption::end_cleanly_when_interrupted;
pub use journal::{Earlier, Journal};
pub use kind::{COUNT_COLUMNS, FileKind, is_table};
pub use output_file::OutputFile;
pub use output_folder::OutputFolder;
pub use outputs::Outputs;
pub use problems::Problems;
pub use run_record::{Integrated, RunRecord, quoted};
pub use seal::Comment;
pub use written::Written;
