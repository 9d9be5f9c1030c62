//! What the program says while it runs, and how text leaves it.
#![expect(clippy::print_stderr, reason = "the one place from which the program speaks")]

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::write_whole;

/// Says what went wrong.
pub(super) fn say_error(error: &Error) {
    for line in error.to_string().lines() {
        eprintln!("error: {line}");
    }
}

/// Says something about what was done, for people who watch.
pub(super) fn say(text: &str) {
    eprintln!("{text}");
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

/// Writes `text` to `path`, or to standard output where that is `-`.
pub(super) fn deliver(path: &Path, text: &str) -> Result<()> {
    if path == Path::new("-") { print(text) } else { write_whole(path, text.as_bytes()) }
}

/// A progress bar that appears after a second, on terminals only.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new() -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new(1)
        } else {
            ProgressBar::hidden()
        };
        let style =
            ProgressStyle::with_template("{msg:12} {bar:24} {pos}/{len}, {per_sec}, {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Tells what is being done, and how far it is.
    pub(super) fn tell(&self, message: String, done: usize, total: usize) {
        if self.bar.elapsed() >= Duration::from_secs(1) {
            self.bar.set_length(total as u64);
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
