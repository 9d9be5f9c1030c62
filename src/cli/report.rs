//! `thrombo report`: everything into one folder.

use super::args::ReportArgs;
use super::console::Console;
use super::document::Document;
use super::{Answer, Outcome};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::OutputFolder;
use thrombopoiesis::report;

pub(super) fn run(args: &ReportArgs, console: Console) -> Result<Answer> {
    let mut folder = OutputFolder::prepare(&args.out, args.force)?;
    let progress = console.progress();
    let tell =
        |stage: &str, done: usize, total: usize| progress.tell(stage.to_owned(), done, total);
    let report = report::build(args.parameters.as_deref(), &tell)?;
    drop(progress);
    let mut written: Vec<String> = report.files.iter().map(|(name, _)| name.clone()).collect();
    if args.png {
        for (name, content) in report::png_of(&report.files)? {
            written.push(name.clone());
            folder.add(name, content);
        }
    }
    for (name, content) in report.files {
        folder.add(name, content);
    }
    folder.finish(&report.record.to_toml())?;
    console.say(&format!("written: open {}", args.out.join("index.html").display()));
    let outcome = if report.converged { Outcome::Done } else { Outcome::NotConverged };
    console.answer(outcome, || {
        Ok(Document::of(&report.record)
            .with("folder", args.out.display().to_string())
            .with("written", written)
            .with("converged", report.converged))
    })
}
