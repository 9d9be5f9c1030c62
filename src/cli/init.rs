//! `thrombo init`: a project to start from.

use super::console::Console;
use super::document::Document;
use super::{Answer, Outcome};
use clap::Args as ClapArgs;
use std::path::{Path, PathBuf};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::OutputFolder;

/// The files of a project.
const FILES: [(&str, &str); 7] = [
    ("README.md", include_str!("project/README.md")),
    ("scenario.toml", include_str!("project/scenario.toml")),
    ("trial.toml", include_str!("project/trial.toml")),
    ("targets.toml", include_str!("project/targets.toml")),
    ("counts.csv", include_str!("project/counts.csv")),
    ("report.toml", include_str!("project/report.toml")),
    ("run.sh", include_str!("project/run.sh")),
];

/// What stands in `run.sh` for the path of this program.
const PROGRAM: &str = "@PROGRAM@";

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Files: README.md, scenario.toml, trial.toml, targets.toml, counts.csv, report.toml, each with comments,
and run.sh, which checks, simulates, fits and runs the trial. It uses `thrombo` from the PATH or,
failing that, the program that created the project. A folder that is not empty is left unchanged.

Examples:
  thrombo init project
  cd project && sh run.sh")]
pub(super) struct InitArgs {
    /// Folder to create
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
}

pub(super) fn run(args: &InitArgs, typed: &str, console: Console) -> Result<Answer> {
    let mut folder = OutputFolder::prepare_new(&args.folder)?;
    let program = this_program();
    for (name, content) in FILES {
        folder.add(name, content.replace(PROGRAM, &program));
    }
    console.say(&folder.finish_without_record()?.to_string());
    let shown = args.folder.display();
    let names = FILES.map(|(name, _)| name);
    console.print(&format!("{shown}: {}\nNext: cd {shown} && sh run.sh\n", names.join(", ")))?;
    console.answer(Outcome::Done, || {
        Ok(Document::new(typed).with("folder", shown.to_string()).with("written", names))
    })
}

/// The path of this program as a word of a shell; its name if the path is not text.
fn this_program() -> String {
    let path = std::env::current_exe().ok();
    let path = path.as_deref().and_then(Path::to_str).unwrap_or("thrombo");
    format!("'{}'", path.replace('\'', r"'\''"))
}
