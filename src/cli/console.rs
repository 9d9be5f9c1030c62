//! What the program says while it runs, and how text leaves it.
#![expect(clippy::print_stderr, reason = "the one place from which the program speaks")]

use super::document::{Document, misuse, refusal};
use super::{Answer, Outcome};
use clap::builder::Styles;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::{Duration, Instant};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::write_whole;

/// To whom the program speaks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    /// One JSON document in place of text.
    pub(super) json: bool,
    /// Nothing but results and errors.
    pub(super) quiet: bool,
}

impl Console {
    /// Says what went wrong.
    pub(super) fn say_error(self, error: &Error, exit_code: u8) {
        if self.json {
            eprintln!("{}", refusal(error, exit_code));
            return;
        }
        let style = Styles::default();
        let style = style.get_error();
        for line in error.to_string().lines() {
            // The stream leaves the colour away where it is not wanted.
            anstream::eprintln!("{style}error:{style:#} {line}");
        }
    }

    /// Says something about what was done, for people who watch.
    pub(super) fn say(self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    /// Prints a result for people; for programs it is in the document.
    pub(super) fn print(self, text: &str) -> Result<()> {
        if self.json { Ok(()) } else { print(text) }
    }

    /// Writes `text` to `path`, or prints it where that is `-`.
    pub(super) fn deliver(self, path: &Path, text: &str) -> Result<()> {
        if is_standard_output(path) { self.print(text) } else { write_whole(path, text.as_bytes()) }
    }

    /// The end of a command, with its document if one is wanted.
    pub(super) fn answer(
        self,
        outcome: Outcome,
        document: impl FnOnce() -> Result<Document>,
    ) -> Result<Answer> {
        let document = self.json.then(document).transpose()?;
        Ok(Answer { outcome, document })
    }

    /// A progress bar that appears after a second, on terminals only.
    pub(super) fn progress(self) -> Progress {
        Progress::new(self.quiet || !std::io::stderr().is_terminal())
    }
}

/// Says as a document what is wrong with the arguments.
pub(super) fn say_misuse(message: &str, exit_code: u8) {
    eprintln!("{}", misuse(message, exit_code));
}

/// Prints what is wrong with the arguments, or the help that they ask for.
pub(super) fn print_misuse(error: &clap::Error) {
    match super::usage::bounded(error).filter(|_| error.use_stderr()) {
        Some(said) => eprint!("{said}"),
        None => {
            let _ = error.print();
        }
    }
}

/// Whether `path` stands for standard output.
pub(super) fn is_standard_output(path: &Path) -> bool {
    path == Path::new("-")
}

/// Writes `text` to standard output. A reader that has heard enough, such as `head`, is no error.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::io(Path::new("standard output"), "written")(error))
        }
        _ => Ok(()),
    }
}

/// A progress bar with rate and time left.
pub(super) struct Progress {
    bar: ProgressBar,
    start: Instant,
}

impl Progress {
    fn new(is_hidden: bool) -> Self {
        let bar = if is_hidden { ProgressBar::hidden() } else { ProgressBar::new(1) };
        let style =
            ProgressStyle::with_template("{msg:12} {bar:24} {pos}/{len}, {per_sec}, {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { bar, start: Instant::now() }
    }

    /// Tells what is being done, and how far it is.
    pub(super) fn tell(&self, message: String, done: usize, total: usize) {
        if self.start.elapsed() >= Duration::from_secs(1) {
            if self.bar.length() != Some(total as u64) {
                // Another stage has another rate.
                self.bar.set_length(total as u64);
                self.bar.reset_eta();
            }
            self.bar.set_message(message);
            self.bar.set_position(done as u64);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
