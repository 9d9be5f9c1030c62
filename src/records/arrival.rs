//! What is on its way to a subject.

use super::schedule::Form;
use std::cmp::Ordering;

/// An amount and the state that it enters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Input {
    /// Position of the state.
    pub(super) target: usize,
    /// How it enters.
    pub(super) form: Form,
    /// The route and entry whose properties it has.
    pub(super) entry: Option<(usize, usize)>,
    /// Whether its rate is that of the model.
    pub(super) is_modelled: bool,
}

/// A dose and its copies at equal intervals, of which one is the next to arrive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Series {
    /// The row of the dose.
    pub(super) row: usize,
    /// When the dose itself arrives, h.
    pub(super) first_h: f64,
    /// Interval between copies, h.
    pub(super) interval_h: f64,
    /// Number of the one that is next; 0 is the dose itself.
    pub(super) at: usize,
    /// Number of the last.
    pub(super) last: usize,
}

impl Series {
    /// The same with the copy after this one, if there is one.
    pub(super) fn next(self) -> Option<Self> {
        (self.at < self.last).then_some(Self { at: self.at + 1, ..self })
    }

    /// When the next one arrives, h.
    pub(super) fn at_h(&self) -> f64 {
        self.first_h + self.interval_h * self.at as f64
    }
}

/// What arrives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum What {
    /// A dose.
    Dose(Input, Series),
    /// A route is dosed; its lag is still to come.
    Given {
        /// Position of the route.
        route: usize,
        /// The amount of the record.
        amount: f64,
        /// The dose and its copies.
        series: Series,
    },
    /// The end of an infusion that stems from a row.
    Stop { infusion: usize, row: usize, entry: Option<(usize, usize)> },
}

/// Something that arrives at a time; of several at one time the one scheduled first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Arrival {
    /// When, h.
    pub(super) at_h: f64,
    /// In which order it was scheduled.
    pub(super) order: u64,
    /// What.
    pub(super) what: What,
}

impl Eq for Arrival {}

impl Ord for Arrival {
    /// The earliest is the greatest, so that it leaves a heap first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.at_h.total_cmp(&self.at_h).then(other.order.cmp(&self.order))
    }
}

impl PartialOrd for Arrival {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
