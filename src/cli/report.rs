//! `thrombo report`: everything into one folder.

use super::Outcome;
use super::args::ReportArgs;
use super::console::{Progress, say};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::OutputFolder;
use thrombopoiesis::report;

pub(super) fn run(args: &ReportArgs) -> Result<Outcome> {
    let mut folder = OutputFolder::prepare(&args.out, args.force)?;
    let progress = Progress::new();
    let tell =
        |stage: &str, done: usize, total: usize| progress.tell(stage.to_owned(), done, total);
    let report = report::build(args.parameters.as_deref(), &tell)?;
    drop(progress);
    if args.png {
        for (name, content) in report::png_of(&report.files)? {
            folder.add(name, content);
        }
    }
    for (name, content) in report.files {
        folder.add(name, content);
    }
    folder.finish(&report.record.to_toml())?;
    say(&format!("written: open {}", args.out.join("index.html").display()));
    Ok(if report.converged { Outcome::Done } else { Outcome::NotConverged })
}
