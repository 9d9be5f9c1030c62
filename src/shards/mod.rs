//! Shards: parts of a run that are computed by themselves, on other machines if need be, and merged to the
//! result of one process, bit by bit.
//!
//! A shard holds a [`Header`], which all shards of a run share, and rows of text, whose meaning
//! belongs to the command. Rows are keyed by a number from 0 (a replicate, a subject); shard k of n holds
//! a contiguous range. Nothing that was summed is in a shard: sums are formed of the merged rows.

mod merge;
mod shard;

pub use merge::{Whole, whole};
pub use shard::Shard;

use crate::error::{Error, FileProblem, Result};
use crate::files::{OutputFolder, RunRecord, Written, hash, read_text};
use crate::machine::arithmetic;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The files of a shard.
const HEADER: &str = "shard.toml";
const ROWS: &str = "rows.jsonl";

/// What all shards of one run have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Name and version of the program.
    pub program: String,
    /// Version of the shipped data.
    pub data: String,
    /// The command of the whole run.
    pub command: String,
    /// The unit that rows are numbered by, such as `replicates`.
    pub unit: String,
    /// Number of them in the whole run.
    pub total: usize,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Relative tolerance, as text.
    pub relative_tolerance: String,
    /// Kind of machine: see [`arithmetic`].
    pub machine: String,
    /// SHA-256 of every input, by name.
    pub inputs: BTreeMap<String, String>,
}

impl Header {
    /// Of the whole run that `record` describes, with so many `unit`s.
    #[must_use]
    pub fn of(record: &RunRecord, data: String, (unit, total): (&str, usize)) -> Self {
        Self {
            program: record.program.clone(),
            data,
            command: record.command.clone(),
            unit: unit.to_owned(),
            total,
            seed: record.seed.unwrap_or_default(),
            relative_tolerance: format!("{:e}", record.relative_tolerance),
            machine: arithmetic(),
            inputs: record.inputs.clone(),
        }
    }

    /// The first field in which another header differs: its name, and the values here and there.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<(String, String, String)> {
        let rest = [
            ("program", &self.program, &other.program),
            ("data", &self.data, &other.data),
            ("command", &self.command, &other.command),
            ("unit", &self.unit, &other.unit),
            ("tolerance", &self.relative_tolerance, &other.relative_tolerance),
            ("machine", &self.machine, &other.machine),
        ];
        let pair = |name: &str, own: String, others: String| Some((name.to_owned(), own, others));
        if self.seed != other.seed {
            return pair("seed", self.seed.to_string(), other.seed.to_string());
        }
        if self.total != other.total {
            return pair("total", self.total.to_string(), other.total.to_string());
        }
        if let Some((name, own, others)) = rest.into_iter().find(|(_, own, others)| own != others) {
            return pair(name, own.clone(), others.clone());
        }
        let names = self.inputs.keys().chain(other.inputs.keys());
        let hash = |inputs: &BTreeMap<String, String>, name: &str| {
            inputs.get(name).map_or("no such input", String::as_str).to_owned()
        };
        names.into_iter().find_map(|name| {
            let both = (hash(&self.inputs, name), hash(&other.inputs, name));
            (both.0 != both.1).then(|| (format!("input {name}"), both.0, both.1))
        })
    }
}

/// A shard.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Where it comes from, for messages.
    pub from: PathBuf,
    /// The header that it shares with the others.
    pub header: Header,
    /// Which shard it is.
    pub shard: Shard,
    /// Its rows, one a line.
    pub rows: String,
}

/// The file that describes a shard.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    shard: String,
    first: usize,
    count: usize,
    rows_sha256: String,
    run: Header,
}

impl Part {
    /// The numbers that it holds.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.shard.range(self.header.total)
    }

    /// Writes the shard as a folder.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, mut folder: OutputFolder, record: &RunRecord) -> Result<Written> {
        let range = self.range();
        let description = Description {
            shard: self.shard.to_string(),
            first: range.start,
            count: range.len(),
            rows_sha256: hash(self.rows.as_bytes()),
            run: self.header.clone(),
        };
        folder.add(HEADER, toml::to_string(&description).unwrap_or_default());
        folder.add(ROWS, self.rows.as_str());
        folder.finish(&record.to_toml())
    }

    /// Reads the shard in a folder.
    ///
    /// # Errors
    /// The folder holds no shard, or one that was changed or not written whole.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(HEADER);
        let wrong = |path: &Path, rule: String| {
            let (path, key) = (path.to_owned(), String::new());
            Error::Files(vec![FileProblem { path, line: 0, key, rule }])
        };
        if !path.exists() {
            let rule = format!("holds no {HEADER}: give a folder that a shard was written into");
            return Err(wrong(folder, rule));
        }
        let text = read_text(&path)?;
        let description: Description = toml::from_str(&text).map_err(|error| {
            let rule = format!("is not the description of a shard: {}", error.message());
            wrong(&path, rule)
        })?;
        let shard: Shard = description.shard.parse()?;
        let rows = read_text(&folder.join(ROWS))?;
        let is_whole = hash(rows.as_bytes()) == description.rows_sha256;
        let range = shard.range(description.run.total);
        if !is_whole || range != (description.first..description.first + description.count) {
            let rule = "does not belong to its shard.toml: run this shard again".to_owned();
            return Err(wrong(&folder.join(ROWS), rule));
        }
        Ok(Self { from: folder.to_owned(), header: description.run, shard, rows })
    }
}
