//! Answers that were given last, so that the same question is computed once.

use hyper::body::Bytes;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Answers kept: some 20 KB each, so less than 1 MB, and more than anybody moves back and forth between.
const MOST: usize = 32;

/// The reply to a query, or its refusal.
pub(super) type Reply = Result<Bytes, Bytes>;

/// The newest replies by query: the same view always gives the same bytes.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<VecDeque<(String, Reply)>>);

impl Kept {
    pub(super) fn find(&self, query: &str) -> Option<Reply> {
        let kept = self.lock();
        kept.iter().find(|(own, _)| own == query).map(|(_, reply)| reply.clone())
    }

    /// Keeps a reply in place of the oldest.
    pub(super) fn keep(&self, query: String, reply: Reply) {
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back((query, reply));
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(String, Reply)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
