//! `--shard`: a part of a run, written into a folder for `thrombo merge`.

use super::console::Console;
use super::document::Document;
use super::{Answer, Outcome};
use clap::Args as ClapArgs;
use std::path::Path;
use std::sync::Arc;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::{OutputFolder, Outputs, RunRecord};
use thrombopoiesis::report::data_version;
use thrombopoiesis::shards::{Header, Part, Shard, Whole};

/// Which part of a run is computed.
#[derive(Debug, Clone, Default, ClapArgs)]
pub(super) struct ShardArgs {
    /// Compute only shard K of N and write it into the folder --out, for `thrombo merge`
    #[arg(long, value_name = "K/N", value_parser = shard)]
    pub(super) shard: Option<Shard>,
    /// The rows of all shards, in place of a computation.
    #[arg(skip)]
    pub(super) merged: Option<Arc<Whole>>,
}

fn shard(text: &str) -> std::result::Result<Shard, String> {
    text.parse().map_err(|error: Error| error.to_string())
}

/// Replaces a single file that is not written.
const NOWHERE: &str = "-";

impl ShardArgs {
    /// Whether a shard is computed, or shards are merged.
    pub(super) fn is_given(&self) -> bool {
        self.shard.is_some() || self.merged.is_some()
    }

    /// The header that all shards of the run behind `record` share, for a total of so many units.
    ///
    /// # Errors
    /// The rows that are merged are of a run that differs from this one.
    pub(super) fn header(&self, record: &RunRecord, units: (&str, usize)) -> Result<Header> {
        let header = Header::of(record, data_version(), units);
        let merged = self.merged.as_deref();
        if let Some((field, theirs, own)) = merged.and_then(|of| of.header.difference(&header)) {
            return Err(Error::Contradiction {
                first: format!("the {field} of the shards, {theirs},"),
                second: format!("that of this merge, {own}"),
                remedy: "merge with the program, files and kind of machine of the shards"
                    .to_owned(),
            });
        }
        Ok(header)
    }

    /// The folder of a shard, which `--out` names.
    ///
    /// # Errors
    /// `--out` is missing, or its folder is not writable.
    pub(super) fn folder(
        &self,
        outputs: &mut Outputs,
        out: Option<&Path>,
        force: bool,
    ) -> Result<Option<OutputFolder>> {
        let Some(shard) = self.shard else { return Ok(None) };
        match out.filter(|out| *out != Path::new(NOWHERE)) {
            Some(out) => outputs.folder(out, force).map(Some),
            None => Err(Error::Contradiction {
                first: format!("--shard {shard}"),
                second: "a run without a folder".to_owned(),
                remedy: "name the folder of the shard with --out".to_owned(),
            }),
        }
    }

    /// Where the result of the whole run goes: nowhere while a shard is computed.
    pub(super) fn file<'p>(&self, out: &'p Path) -> &'p Path {
        if self.shard.is_some() { Path::new(NOWHERE) } else { out }
    }

    /// Refuses a shard of a run that cannot be cut.
    ///
    /// # Errors
    /// `--shard` was given.
    pub(super) fn require_none(&self, of: &str) -> Result<()> {
        match self.shard {
            None => Ok(()),
            Some(shard) => Err(Error::Contradiction {
                first: format!("--shard {shard}"),
                second: of.to_owned(),
                remedy: "omit --shard".to_owned(),
            }),
        }
    }
}

/// Writes a shard, and ends the command with its description.
pub(super) fn finish(
    (shard, header): (Shard, Header),
    rows: String,
    folder: OutputFolder,
    record: &RunRecord,
    console: Console,
) -> Result<Answer> {
    let from = folder.target().to_owned();
    let part = Part { from, header, shard, rows };
    let written = part.write(folder, record)?;
    console.say(&written.to_string());
    let (unit, range) = (part.header.unit.clone(), part.range());
    console.answer(Outcome::Done, || {
        Ok(Document::of(record)
            .with("shard", shard.to_string())
            .with("unit", unit)
            .with("first", range.start)
            .with("count", range.len()))
    })
}
