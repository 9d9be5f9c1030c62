//! A request that a run should end before it is done.

use crate::error::{Error, Result};
use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
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

thread_local! {
    /// The switch of the work that this thread does, where it has one.
    static CURRENT: RefCell<Option<Arc<Stop>>> = const { RefCell::new(None) };
}

/// What unwinds the threads of work that was stopped.
struct Left;

/// The switch of the work that this thread does.
pub(super) fn current() -> Option<Arc<Stop>> {
    CURRENT.with_borrow(Clone::clone)
}

/// From now on this thread works under `stop`.
pub(super) fn set_current(stop: Option<Arc<Stop>>) {
    CURRENT.set(stop);
}

/// Leaves the work that this thread does if it is under a switch that has been turned: the thread unwinds
/// up to [`stoppable`](super::stoppable). For places that return no [`Result`], such as the start of an integration.
pub fn leave_if_stopped() {
    if CURRENT.with_borrow(|stop| stop.as_ref().is_some_and(|stop| stop.check().is_err())) {
        resume_unwind(Box::new(Left));
    }
}

/// Does `work`, which threads may leave by [`leave_if_stopped`].
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|reason: Box<dyn Any + Send>| {
        if reason.is::<Left>() { Error::Stopped } else { resume_unwind(reason) }
    })
}
