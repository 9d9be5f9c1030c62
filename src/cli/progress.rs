//! How far a long run is.

use super::console::Console;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use thrombopoiesis::machine::leave_if_stopped;

/// Shorter runs are over before anyone asks how far they are: on a terminal, and elsewhere.
const PATIENCE: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];
/// Parts of the work that the bar can tell apart.
const PARTS: u64 = 1000;

/// On a terminal a bar with the time that is left, by the speed so far; elsewhere a line a stage.
pub(super) struct Progress<'a> {
    bar: Option<ProgressBar>,
    console: Console<'a>,
    start: Instant,
    /// The stage that was last named in a line.
    named: Mutex<String>,
}

impl<'a> Progress<'a> {
    pub(super) fn new(console: Console<'a>) -> Self {
        let is_bar = !console.heard.is_called() && std::io::stderr().is_terminal();
        let bar = is_bar.then(|| {
            let bar = if console.quiet { ProgressBar::hidden() } else { ProgressBar::new(PARTS) };
            let style =
                ProgressStyle::with_template("{msg:20} {bar:24} {percent:>3} %, {eta} left");
            style.map_or(bar.clone(), |style| bar.with_style(style))
        });
        Self { bar, console, start: Instant::now(), named: Mutex::default() }
    }

    /// Tells which stage of the work is being done, and how far the whole of it is.
    pub(super) fn tell(&self, stage: &str, done: usize, total: usize) {
        leave_if_stopped();
        if self.console.heard.progress(stage, done, total) {
            return;
        }
        let parts = PARTS * done.min(total) as u64 / total.max(1) as u64;
        if self.start.elapsed() < PATIENCE[usize::from(self.bar.is_none())] {
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
            let left = self.left(done, total);
            self.console.say(&format!("{stage} ({} % done{left})", 100 * parts / PARTS));
        }
    }
}

impl Progress<'_> {
    /// The time that is left at the speed so far, once there is one.
    fn left(&self, done: usize, total: usize) -> String {
        if done == 0 || done >= total {
            return String::new();
        }
        let seconds = self.start.elapsed().as_secs_f64() * (total - done) as f64 / done as f64;
        let (number, unit) = match seconds {
            ..60.0 => (seconds, "s"),
            ..3600.0 => (seconds / 60.0, "min"),
            ..172_800.0 => (seconds / 3600.0, "h"),
            _ => (seconds / 86_400.0, "days"),
        };
        format!(", about {number:.0} {unit} left")
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
