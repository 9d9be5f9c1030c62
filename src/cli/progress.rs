//! How far a long run is.

use super::console::Console;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Shorter runs are over before anyone asks how far they are.
const PATIENCE: Duration = Duration::from_secs(2);
/// Parts of the work that the bar can tell apart.
const PARTS: u64 = 1000;

/// On a terminal a bar with the time that is left, by the speed so far; elsewhere a line a stage.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    console: Console,
    start: Instant,
    /// The stage that was last named in a line.
    named: Mutex<String>,
}

impl Progress {
    pub(super) fn new(console: Console) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = if console.quiet { ProgressBar::hidden() } else { ProgressBar::new(PARTS) };
            let style =
                ProgressStyle::with_template("{msg:20} {bar:24} {percent:>3} %, {eta} left");
            style.map_or(bar.clone(), |style| bar.with_style(style))
        });
        Self { bar, console, start: Instant::now(), named: Mutex::default() }
    }

    /// Tells which stage of the work is being done, and how far the whole of it is.
    pub(super) fn tell(&self, stage: &str, done: usize, total: usize) {
        let parts = PARTS * done.min(total) as u64 / total.max(1) as u64;
        if self.start.elapsed() < PATIENCE {
            return;
        }
        if let Some(bar) = &self.bar {
            bar.set_message(stage.to_owned());
            bar.set_position(parts);
            return;
        }
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if *named != stage {
            stage.clone_into(&mut named);
            self.console.say(&format!("{stage} ({} % done)", 100 * parts / PARTS));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
