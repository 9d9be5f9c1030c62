//! How patients are simulated: what every run of patients has in common.

use super::{Engine, TOLERANCE};
use crate::error::{Error, Result};
use crate::machine::{MOST_THREADS, Stop};

/// The tightest and the loosest relative tolerance that mean something.
const TOLERANCES: (f64, f64) = (1e-12, 1e-2);

/// How patients are simulated. The numbers of a patient depend on none of it but `tolerance` and
/// `engine`.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// Threads; all of the machine's where none are given.
    pub threads: Option<usize>,
    /// Relative tolerance; the absolute one is a hundredth of it, in multiples of each state's
    /// value without drug.
    pub tolerance: f64,
    /// What integrates.
    pub engine: Engine,
    /// Ends the run before it is done.
    pub stop: Option<&'a Stop>,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Self { threads: None, tolerance: TOLERANCE, engine: Engine::Lanes, stop: None }
    }
}

impl Settings<'_> {
    /// Refuses settings with which nothing can be simulated.
    ///
    /// # Errors
    /// A tolerance outside [1e-12, 0.01], no threads or too many.
    pub fn validate(&self) -> Result<()> {
        let out_of_range = |symbol: &str, value: f64, unit: &str, range: String| {
            Error::OutOfRange { symbol: symbol.to_owned(), value, unit: unit.to_owned(), range }
        };
        let (least, most) = TOLERANCES;
        if !(least..=most).contains(&self.tolerance) {
            let range = format!("[{least:e}, {most}]");
            return Err(out_of_range("relative tolerance", self.tolerance, "1", range));
        }
        match self.threads {
            Some(threads) if threads == 0 || threads > MOST_THREADS => {
                let range = format!("[1, {MOST_THREADS}]");
                Err(out_of_range("threads", threads as f64, "threads", range))
            }
            _ => Ok(()),
        }
    }

    /// Whether the run is to go on.
    ///
    /// # Errors
    /// [`Error::Stopped`] once it is to end.
    pub fn go_on(&self) -> Result<()> {
        self.stop.map_or(Ok(()), Stop::check)
    }
}
