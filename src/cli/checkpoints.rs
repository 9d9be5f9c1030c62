//! The checkpoints of a calibration: where they are, what is taken from them, when they go.

use super::calibrate_args::CalibrateArgs;
use super::console::Console;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use thrombopoiesis::calibrate::{Checkpoint, Known, Problem, Resumed};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::{RunRecord, hash};

/// All checkpoints of one run.
pub(super) struct Checkpoints<'a> {
    args: &'a CalibrateArgs,
    record: &'a RunRecord,
    console: Console<'a>,
    /// The folder of results, beside which they lie; without one there are none.
    results: Option<PathBuf>,
    opened: Mutex<Vec<Arc<Keeper<'a>>>>,
}

/// One of them, for one search.
pub(super) struct Keeper<'a> {
    checkpoint: Checkpoint,
    path: PathBuf,
    console: Console<'a>,
    has_failed: AtomicBool,
}

impl<'a> Checkpoints<'a> {
    pub(super) fn beside(
        results: Option<&Path>,
        args: &'a CalibrateArgs,
        record: &'a RunRecord,
        console: Console<'a>,
    ) -> Self {
        let results = results.map(Path::to_owned);
        Self { args, record, console, results, opened: Mutex::default() }
    }

    /// The checkpoint of the search called `name`, with what an earlier run left.
    pub(super) fn open(
        &self,
        name: &str,
        problem: &Problem,
    ) -> Result<(Option<Arc<Keeper<'a>>>, Vec<Known>)> {
        let Some(results) = &self.results else { return Ok((None, Vec::new())) };
        let folder = results.file_name().unwrap_or_default().to_string_lossy();
        let path = results.with_file_name(format!(".{folder}.{}.checkpoint", name.to_lowercase()));
        let above = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(above).map_err(Error::io(above, "created"))?;
        let inputs = hash(format!("{name} {}", self.record.to_toml()).as_bytes());
        let unknowns = problem.start().len();
        let (checkpoint, kept) = Checkpoint::open(&path, &inputs, unknowns, self.args.resume)?;
        let Resumed { known, aside } = kept;
        if let Some(aside) = aside {
            self.console.say(&format!("an earlier checkpoint was renamed: {}", aside.display()));
        }
        if !known.is_empty() {
            self.console.say(&format!("{name}: {} evaluations from an earlier run", known.len()));
        }
        let (console, has_failed) = (self.console, AtomicBool::new(false));
        let keeper = Arc::new(Keeper { checkpoint, path, console, has_failed });
        self.all().push(Arc::clone(&keeper));
        Ok((Some(keeper), known))
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Keeper<'a>>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes all: what they kept is in the results now.
    pub(super) fn remove(self) {
        for keeper in self.all().drain(..) {
            if let Some(keeper) = Arc::into_inner(keeper) {
                keeper.checkpoint.remove();
            }
        }
    }
}

impl Keeper<'_> {
    /// Keeps one evaluation. A disk that is full is no reason to stop, but one to say so, once.
    pub(super) fn save(&self, known: &Known) {
        if let Err(error) = self.checkpoint.save(known)
            && !self.has_failed.swap(true, Ordering::Relaxed)
        {
            let path = self.path.display();
            self.console.warn(&format!(
                "{path} cannot be written ({error}): the run continues, but can only be resumed \
                 up to this point"
            ));
        }
    }
}
