//! A wish that a run should end before it is done.

use crate::error::{Error, Result};
use std::sync::atomic::{AtomicBool, Ordering};

/// A switch that ends a run from any thread.
///
/// ```
/// use thrombopoiesis::machine::Stop;
/// let stop = Stop::new();
/// std::thread::scope(|scope| scope.spawn(|| stop.stop()).join()).unwrap();
/// assert!(stop.check().is_err());
/// ```
#[derive(Debug, Default)]
pub struct Stop(AtomicBool);

impl Stop {
    /// A switch with which runs go on.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// Ends the runs that have this switch.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the run is to go on.
    ///
    /// # Errors
    /// [`Error::Stopped`] once it is to end.
    pub fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
    }
}
