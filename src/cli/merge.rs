//! `thrombo merge`: the shards of a run back to its result.

use super::args::Command;
use super::console::Console;
use super::{Answer, answer, args::Args, counts, parsed};
use clap::{Args as ClapArgs, CommandFactory};
use std::path::PathBuf;
use std::sync::Arc;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::shards::{Part, whole};

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
The result has the same bytes as that of one process. Shards that are missing, overlap, were computed twice with
different rows, or are of another program, seed, input or kind of machine are refused by name. The merge reads the
same input files as the shards, so run it in the same folder.

Examples:
  thrombo trial l_plus_2 --replicates 10000 --shard 1/2 --out shards/1
  thrombo trial l_plus_2 --replicates 10000 --shard 2/2 --out shards/2
  thrombo merge shards/1 shards/2 --out l_plus_2")]
pub(super) struct MergeArgs {
    /// The folders of all shards of one run, in any order
    #[arg(value_name = "FOLDER", required = true)]
    pub(super) folders: Vec<PathBuf>,
    /// Folder, or CSV file, of the result: as --out of the command that was cut [default: print the result only]
    #[arg(long, value_name = "PATH")]
    pub(super) out: Option<PathBuf>,
    /// If a folder or file that thrombo did not write, or that has been modified, is in the way, rename it
    #[arg(long)]
    pub(super) force: bool,
    /// Number of threads; does not affect the result
    #[arg(long, value_name = "N", value_parser = counts::threads)]
    pub(super) threads: Option<usize>,
}

pub(super) fn run(args: &MergeArgs, console: Console) -> Result<Answer> {
    let parts = args.folders.iter().map(|folder| Part::read(folder)).collect::<Result<Vec<_>>>()?;
    let merged = Arc::new(whole(parts)?);
    let typed = merged.header.command.clone();
    let (out, force, threads) = (args.out.clone(), args.force, args.threads);
    let mut command = repeated(&typed)?;
    match &mut command {
        Command::Trial(own) => {
            (own.out, own.force, own.threads) = (out, force, threads);
            own.shards.merged = Some(merged);
        }
        Command::Simulate(own) => {
            own.out = out.unwrap_or_else(|| own.out.clone());
            (own.force, own.threads) = (force, threads);
            own.shards.merged = Some(merged);
        }
        Command::Forecast(own) => {
            (own.out, own.force, own.threads) = (out, force, threads);
            own.shards.merged = Some(merged);
        }
        _ => return Err(not_cut(&typed)),
    }
    answer(&command, &typed, console)
}

/// The command that was cut into shards.
fn repeated(typed: &str) -> Result<Command> {
    let words = shlex::split(typed).ok_or_else(|| not_cut(typed))?;
    let parsed = parsed(&mut Args::command(), words.into_iter().map(Into::into));
    parsed.map(|(args, _)| args.command).map_err(|_| not_cut(typed))
}

fn not_cut(typed: &str) -> Error {
    Error::Contradiction {
        first: format!("the command `{typed}` of the shards"),
        second: "this version, which merges trial, simulate --subjects and forecast".to_owned(),
        remedy: "merge with the version that computed the shards".to_owned(),
    }
}
