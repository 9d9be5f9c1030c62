//! Whose question is computed next.
//!
//! The newest few questions go first, in the order in which they came; older ones wait until none of
//! these is left. In ordinary use all questions are among the newest few. In a flood of clients that
//! ask again once they are answered, each answer brings one new question, so that a new question stays
//! among the newest few until it is answered, however many older ones wait.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot::{self, Receiver, Sender};

/// The newest questions that go first: more than a few open pages ask at a time, and few enough to be
/// computed within a fraction of a second.
const NEWEST: usize = 3;
/// Older questions that may wait: as many as leave room for the other connections among the 1024 files
/// that most systems let a program open.
const OLDER: usize = 512;

/// The line of those who wait for their turn.
#[derive(Debug, Default)]
pub(super) struct Turns(Arc<Mutex<Line>>);

#[derive(Debug, Default)]
struct Line {
    is_taken: bool,
    newest: VecDeque<Sender<Turn>>,
    older: VecDeque<Sender<Turn>>,
}

/// The right to compute, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn(Arc<Mutex<Line>>);

impl Turns {
    /// Waits for a turn; none if so many wait that this one has been given up.
    pub(super) async fn take(&self) -> Option<Turn> {
        let waiting = {
            let mut line = line(&self.0);
            if !line.is_taken {
                line.is_taken = true;
                return Some(Turn(Arc::clone(&self.0)));
            }
            line.join()
        };
        waiting.await.ok()
    }
}

impl Line {
    fn join(&mut self) -> Receiver<Turn> {
        let (sender, receiver) = oneshot::channel();
        self.newest.retain(|waiting| !waiting.is_closed());
        self.newest.push_back(sender);
        if self.newest.len() > NEWEST {
            self.older.retain(|waiting| !waiting.is_closed());
            self.older.extend(self.newest.pop_front());
        }
        if self.older.len() > OLDER {
            self.older.pop_front();
        }
        receiver
    }

    /// Who is next; if nobody waits, the turn is free.
    fn next(&mut self) -> Option<Sender<Turn>> {
        let next = self.newest.pop_front().or_else(|| self.older.pop_front());
        self.is_taken = next.is_some();
        next
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = line(&self.0).next();
        if let Some(next) = next {
            // A client that has left does not take the turn: it is dropped here, and so passed on.
            let _ = next.send(Self(Arc::clone(&self.0)));
        }
    }
}

fn line(line: &Mutex<Line>) -> MutexGuard<'_, Line> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{NEWEST, OLDER, Turns};
    use std::future::Future;
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    type Waiting<'a> = Pin<Box<dyn Future<Output = Option<super::Turn>> + 'a>>;

    fn look(waiting: &mut Waiting<'_>) -> Poll<Option<super::Turn>> {
        waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    /// `count` questions in line, each having been looked at once.
    fn in_line(turns: &Turns, count: usize) -> Vec<Option<Waiting<'_>>> {
        let one = |_| {
            let mut waiting: Waiting<'_> = Box::pin(turns.take());
            assert!(look(&mut waiting).is_pending(), "two turns at once");
            Some(waiting)
        };
        (0..count).map(one).collect()
    }

    /// Numbers of those that are answered, in their order; those given up are left out.
    fn order(first: super::Turn, mut line: Vec<Option<Waiting<'_>>>) -> Vec<usize> {
        let (mut turn, mut order) = (Some(first), Vec::new());
        while turn.take().is_some() {
            for (number, place) in line.iter_mut().enumerate() {
                let Some(waiting) = place else { continue };
                let Poll::Ready(found) = look(waiting) else { continue };
                *place = None;
                if found.is_some() {
                    assert!(turn.is_none(), "two turns at once");
                    order.push(number);
                    turn = found;
                }
            }
        }
        order
    }

    fn first(turns: &Turns) -> super::Turn {
        let mut taking = pin!(turns.take());
        match taking.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(turn)) => turn,
            _ => unreachable!("the first turn is free"),
        }
    }

    #[test]
    fn invariant_few_questions_keep_their_order_and_in_a_flood_the_newest_go_first() {
        let turns = Turns::default();
        let few = first(&turns);
        assert_eq!(order(few, in_line(&turns, NEWEST)), [0, 1, 2]);
        let many = first(&turns);
        assert_eq!(order(many, in_line(&turns, NEWEST + 3)), [3, 4, 5, 0, 1, 2]);
    }

    #[test]
    fn invariant_a_client_that_has_left_has_no_turn_and_holds_up_nobody() {
        let turns = Turns::default();
        let turn = first(&turns);
        let mut line = in_line(&turns, NEWEST + 4);
        for left in [0, 2, 5] {
            line[left] = None;
        }
        assert_eq!(order(turn, line), [4, 6, 1, 3]);
        drop(first(&turns));
    }

    #[test]
    fn invariant_of_more_questions_than_may_wait_the_oldest_are_given_up() {
        let turns = Turns::default();
        let turn = first(&turns);
        let answered = order(turn, in_line(&turns, NEWEST + OLDER + 2));
        assert_eq!(answered.len(), NEWEST + OLDER);
        assert!(!answered.contains(&0) && !answered.contains(&1));
    }
}
