//! Shards of a trial: a range of its replicates, and the whole of it from the rows of all shards.

use super::Answer;
use super::console::Console;
use super::shard_args::finish;
use std::fmt::Write;
use thrombopoiesis::error::Result;
use thrombopoiesis::files::{OutputFolder, RunRecord};
use thrombopoiesis::model::Variant;
use thrombopoiesis::shards::{Header, Shard, Whole};
use thrombopoiesis::trial::{Collector, Outcome, Published, Run};

/// Runs the replicates of a shard, for each variant, and writes their rows.
pub(super) fn write(
    (shard, header): (Shard, Header),
    runs: &[Run<'_>],
    published: &[Published],
    folder: OutputFolder,
    (record, console): (&RunRecord, Console),
) -> Result<Answer> {
    let range = shard.range(header.total);
    let progress = console.progress();
    let mut rows = String::new();
    for (i, run) in runs.iter().enumerate() {
        let run = Run { first: range.start, replicates: range.len(), ..*run };
        let (all, done) = (runs.len() * range.len(), i * range.len());
        let tell = |own| progress.tell("trials", done + own, all);
        let (collector, _) = Collector::of(run, published, &mut |_, _| {}, &tell)?;
        for row in collector.rows() {
            let _ = writeln!(rows, "{}{BETWEEN}{row}", run.variant);
        }
    }
    drop(progress);
    finish((shard, header), rows, folder, record, console)
}

/// Separates a variant from the row of one of its replicates.
const BETWEEN: char = '\t';

/// The rows of a variant, in the order of the replicates.
fn rows_of(whole: &Whole, variant: Variant) -> Vec<&str> {
    let name = variant.to_string();
    let lines = whole.rows.iter().flat_map(|(_, rows)| rows.lines());
    let own = lines.filter_map(|line| line.split_once(BETWEEN).filter(|(of, _)| *of == name));
    own.map(|(_, row)| row).collect()
}

/// The replicates of a run: computed, or from the rows of all shards.
pub(super) fn collect<'a>(
    merged: Option<&Whole>,
    run: Run<'a>,
    (published, saved): (&[Published], usize),
    save: &mut (dyn FnMut(usize, &[Outcome]) + Send),
    tell: &(dyn Fn(usize) + Sync),
) -> Result<(Collector<'a>, Vec<Outcome>)> {
    match merged {
        None => Collector::of(run, published, save, tell),
        Some(whole) => {
            let rows = rows_of(whole, run.variant);
            Collector::of_rows(run, published, (&rows, saved), save, tell)
        }
    }
}
