//! What is asked of the engine, and what it hands back.

use super::step::Dense;
use crate::error::Reason;
use crate::numeric::root_between;
use std::convert::Infallible;

/// How accurately and how patiently to integrate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Error of a step relative to the state.
    pub relative_tolerance: f64,
    /// Error of a step in multiples of each state's scale.
    pub absolute_tolerance: f64,
    /// First step, at the start and after an event, which the error estimate cannot see coming: with
    /// 0.25 in place of 0.1, one in a thousand subjects of a wide population errs by over 1e-5.
    pub first_step: f64,
    /// Longest step.
    pub max_step: f64,
    /// Most steps of one subject.
    pub max_steps: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            relative_tolerance: 1e-6,
            absolute_tolerance: 1e-8,
            first_step: 0.1,
            max_step: 48.0,
            max_steps: 100_000.0,
        }
    }
}

/// Kinds of events that a system can tell apart.
pub const KINDS: usize = 2;

/// What is wanted of every subject.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Number of outputs of each subject: as many as the times in
    /// [`Start::outputs`](super::Start::outputs).
    pub outputs: usize,
    /// End of the integration.
    pub end: f64,
    /// The level above which time is counted; NaN for none.
    pub level: f64,
    /// Tolerances.
    pub options: Options,
}

/// A run of subjects and the places for what comes of them.
#[derive(Debug)]
pub struct Block<'a> {
    /// Number of the first subject.
    pub first_subject: usize,
    /// The outputs, subject by subject; those of a failed subject after its failure stay as given.
    pub values: &'a mut [f64],
    /// What became of each subject; as many as there are subjects.
    pub endings: &'a mut [Ending],
}

/// What became of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ending {
    /// Time reached.
    pub reached: f64,
    /// Why it is not the end; none where it is.
    pub failure: Option<Reason>,
    /// Position of the state in which it failed, where one is known.
    pub state: Option<usize>,
    /// Whether the reference engine integrated the subject: the one asked for, or after the lanes failed.
    pub by_reference: bool,
    /// Whether all states of the model were integrated, the drug's too, rather than taken in closed form.
    pub all_states: bool,
    /// When a look first omitted events of each kind.
    pub omitted_at: [Option<f64>; KINDS],
    /// Steps tried.
    pub steps: f64,
    /// Largest output.
    pub maximum: f64,
    /// When it was reached.
    pub maximum_at: f64,
    /// First time at or above the level.
    pub first_above: Option<f64>,
    /// Last time at or above the level.
    pub last_above: Option<f64>,
    /// Time spent at or above the level.
    pub time_above: f64,
    /// Longest uninterrupted time at or above the level.
    pub longest_above: f64,
}

impl Ending {
    pub(super) fn failed(reached: f64, reason: Reason) -> Self {
        Self { reached, failure: Some(reason), ..Self::default() }
    }

    pub(super) fn add_stretch(&mut self, from: f64, to: f64) {
        self.first_above = self.first_above.or(Some(from));
        self.last_above = Some(to);
        self.time_above += to - from;
        self.longest_above = self.longest_above.max(to - from);
    }
}

/// How closely crossings and maxima are found, as a share of a step.
const SHARE_TOLERANCE: f64 = 1e-10;

impl Dense {
    /// Where between two shares of the step the output crosses `level`.
    pub(super) fn crossing(self, level: f64, from: f64, to: f64) -> f64 {
        let distance = |share| Ok::<_, Infallible>(self.at(share) - level);
        root_between((from, to), SHARE_TOLERANCE, distance).unwrap_or(to)
    }

    /// Where in the step the output turns.
    pub(super) fn turn(self) -> f64 {
        let slope = |share| Ok::<_, Infallible>(self.slope(share));
        root_between((0.0, 1.0), SHARE_TOLERANCE, slope).unwrap_or(1.0)
    }

    /// Derivative with respect to the share of the step.
    fn slope(self, x: f64) -> f64 {
        let [_, rise, c, d, e] = self.0;
        let rest = 1.0 - x;
        // With g = d + (1 − x) e, inner = c + x g and middle = rise + (1 − x) inner:
        let inner = c + x * (d + rest * e);
        let inner_slope = d + rest * e - x * e;
        rise + rest * inner + x * (rest * inner_slope - inner)
    }
}
