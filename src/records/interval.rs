//! One interval of a regimen in steady state, as a list of what happens in it.

use super::schedule::{Form, Steady};

/// What happens between two doses of a regimen in steady state. The interval ends at the time of the row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interval {
    /// Infusions that run at its beginning, and go on unless they are stopped: number, state and rate.
    pub running: Vec<(usize, usize, f64)>,
    /// What happens, in order.
    pub steps: Vec<IntervalStep>,
    /// How long it is, h.
    pub length_h: f64,
}

/// Something that happens in an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntervalStep {
    /// When, h after its beginning.
    pub at_h: f64,
    /// What.
    pub what: Entering,
    /// The route and its entry from whose properties it follows.
    pub entry: Option<(usize, usize)>,
}

/// How something enters, in the unit of the state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Entering {
    /// An amount is added to a state.
    Bolus {
        /// Position of the state.
        target: usize,
        /// The amount.
        amount: f64,
    },
    /// An infusion begins.
    Start {
        /// Its number.
        infusion: usize,
        /// Position of the state.
        target: usize,
        /// Amount per h.
        rate: f64,
    },
    /// An infusion ends.
    Stop {
        /// Its number.
        infusion: usize,
    },
}

impl IntervalStep {
    /// Nothing happens any more: an infusion ends that never began.
    pub(super) const END: Self =
        Self { at_h: 0.0, what: Entering::Stop { infusion: usize::MAX }, entry: None };
}

impl Interval {
    /// The interval of `steady`; `constant_h` long for a constant infusion, which has none of its own.
    #[must_use]
    pub fn of(steady: &Steady, constant_h: f64) -> Self {
        let length_h = steady.interval_h.unwrap_or(constant_h);
        let mut interval = Self { length_h, ..Self::default() };
        let mut infusions = 0;
        for input in &steady.inputs {
            let (at_h, target, entry) = (input.offset_h, input.target, input.entry);
            let mut happens = |at_h: f64, what| {
                interval.steps.push(IntervalStep { at_h, what, entry });
            };
            let (rate, duration_h) = match input.form {
                Form::Bolus(amount) => {
                    happens(at_h, Entering::Bolus { target, amount });
                    continue;
                }
                Form::Infusion { rate, duration_h } => (rate, duration_h),
            };
            let overlapping = (duration_h / length_h).floor();
            if !overlapping.is_finite() || steady.interval_h.is_none() {
                interval.running.push((infusions, target, rate));
                infusions += 1;
                continue;
            }
            let rest_h = (duration_h - overlapping * length_h).max(0.0);
            let (begins, ends) = (infusions, at_h + rest_h);
            infusions += 1;
            if ends > length_h {
                // It was begun in the interval before.
                interval.running.push((infusions, target, rate));
                interval.steps.push(IntervalStep {
                    at_h: ends - length_h,
                    what: Entering::Stop { infusion: infusions },
                    entry,
                });
                infusions += 1;
                let what = Entering::Start { infusion: begins, target, rate };
                interval.steps.push(IntervalStep { at_h, what, entry });
            } else if rest_h > 0.0 {
                happens(at_h, Entering::Start { infusion: begins, target, rate });
                happens(ends, Entering::Stop { infusion: begins });
            }
            if overlapping > 0.0 {
                interval.running.push((infusions, target, rate * overlapping));
                infusions += 1;
            }
        }
        interval.steps.sort_by(|a, b| a.at_h.total_cmp(&b.at_h));
        interval
    }
}
