//! A bounded number of connections at the same stage.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::{AbortHandle, Id};
use tokio::time::{Instant, sleep};

/// Connections at one stage, the longest-held place first.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    held: Mutex<VecDeque<Held>>,
}

#[derive(Debug)]
struct Held {
    since: Instant,
    connection: AbortHandle,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self { most, held: Mutex::default() }
    }

    /// Takes a place. If there is none left, the connection with the longest-held place is closed.
    pub(super) fn take(&self, connection: AbortHandle) {
        let mut held = self.held();
        if held.len() >= self.most
            && let Some(oldest) = held.pop_front()
        {
            oldest.connection.abort();
        }
        held.push_back(Held { since: Instant::now(), connection });
    }

    /// Gives a place back; none if the connection has lost it.
    pub(super) fn leave(&self, connection: Id) -> Option<AbortHandle> {
        let mut held = self.held();
        let place = held.iter().position(|held| held.connection.id() == connection)?;
        held.remove(place).map(|held| held.connection)
    }

    /// Closes the connection with the longest-held place.
    pub(super) fn close_oldest(&self) {
        if let Some(oldest) = self.held().pop_front() {
            oldest.connection.abort();
        }
    }

    /// Waits until a place is free, or has been held for `least` and may be taken away.
    pub(super) async fn available(&self, least: Duration) {
        while let Some(wait) = self.wait(least) {
            sleep(wait).await;
        }
    }

    fn wait(&self, least: Duration) -> Option<Duration> {
        let held = self.held();
        let oldest = held.front().filter(|_| held.len() >= self.most)?;
        least.checked_sub(oldest.since.elapsed()).filter(|wait| !wait.is_zero())
    }

    /// The places of connections that are still open.
    fn held(&self) -> MutexGuard<'_, VecDeque<Held>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|held| !held.connection.is_finished());
        held
    }
}
