//! What the engine has to know of subjects and of the equations that it integrates.

use super::batch::Batch;
use super::layout::{Fixed, Layout, Sizes};
use crate::numeric::Lane;

/// The subjects: where they start, what happens to them, and who looks at them.
pub trait Subjects: Sync {
    /// Fills in everything about one subject. False: the subject has no valid parameters.
    fn start(&self, subject: usize, start: &mut Start) -> bool;

    /// Lets an event happen.
    fn apply(
        &self,
        subject: usize,
        event: &Event,
        state: &mut [f64],
        amplitude: &mut [f64],
    ) -> Change;

    /// Fills in the parameters that a subject has now, after an event that [changed](Change::parameters) them.
    fn parameters(&self, subject: usize, parameters: &mut Vec<f64>) {
        let _ = (subject, parameters);
    }

    /// Shows the output at look number `look`; where a kind of events is answered, those planned for
    /// now or later are omitted.
    fn look(&self, subject: usize, look: usize, output: f64) -> Option<usize>;
}

/// Compiled equations of `N` states with `P` parameters, driven by a sum of `K` decaying exponentials.
///
/// ```text
/// dy/dt = rates(p, f(t), y),   f(t) = Σ a_j exp(−λ_j (t − t_0)),   j = 1..K
/// ```
///
/// Subjects differ in parameters, λ, start and events; the equations are the same for all. The
/// amplitudes a change at events only.
pub trait System<const N: usize, const P: usize, const K: usize>: Subjects {
    /// Rates of change at state `y` and forcing `f`. Everything in it has to be inlined.
    fn rates(&self, p: &[Lane; P], f: Lane, y: &[Lane; N]) -> [Lane; N];

    /// The wanted output, **linear** in `y`: the engine applies it to rates too.
    fn output(&self, p: &[Lane; P], y: &[Lane; N]) -> Lane;
}

/// Equations as the engine advances them, whether they are compiled ([`System`]) or interpreted
/// ([`Program`](super::Program)).
pub trait Engine<L: Layout>: Subjects {
    /// How many numbers a subject has.
    fn sizes(&self) -> Sizes;
    /// Tries a step in every lane, and moves on those lanes in which it is good enough.
    fn step<const W: usize>(&self, batch: &mut Batch<W, L>);
    /// Computes the rates of lane `l` anew, at its present state and `forcing`.
    fn refresh_rates<const W: usize>(&self, batch: &mut Batch<W, L>, l: usize, forcing: f64);
    /// The output of lane `l` at its present state.
    fn output_of<const W: usize>(&self, batch: &Batch<W, L>, l: usize) -> f64;
}

impl<S: System<N, P, K>, const N: usize, const P: usize, const K: usize> Engine<Fixed<N, P, K>>
    for S
{
    fn sizes(&self) -> Sizes {
        Sizes { states: N, parameters: P, modes: K }
    }

    #[inline(always)]
    fn step<const W: usize>(&self, batch: &mut Batch<W, Fixed<N, P, K>>) {
        batch.compiled_step(self);
    }

    #[inline(always)]
    fn refresh_rates<const W: usize>(
        &self,
        batch: &mut Batch<W, Fixed<N, P, K>>,
        l: usize,
        forcing: f64,
    ) {
        let mut y = [Lane(0.0); N];
        for i in 0..N {
            y[i] = Lane(batch.state[i][l]);
        }
        let rates = self.rates(&batch.parameters_of(l), Lane(forcing), &y);
        for i in 0..N {
            batch.work.k[0][i][l] = rates[i].0;
        }
    }

    #[inline(always)]
    fn output_of<const W: usize>(&self, batch: &Batch<W, Fixed<N, P, K>>, l: usize) -> f64 {
        let mut y = [Lane(0.0); N];
        for i in 0..N {
            y[i] = Lane(batch.state[i][l]);
        }
        self.output(&batch.parameters_of(l), &y).0
    }
}

/// One subject at the start. The numbers are handed over as zeros, as many as there are; the lists
/// empty.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Parameters.
    pub parameters: Vec<f64>,
    /// State at time 0.
    pub state: Vec<f64>,
    /// Rates at time 0: zero in an equilibrium.
    pub rates: Vec<f64>,
    /// What size of each state is small change, in the sense of the absolute tolerance.
    pub scale: Vec<f64>,
    /// λ of the forcing.
    pub decay: Vec<f64>,
    /// a of the forcing at time 0.
    pub amplitude: Vec<f64>,
    /// Events in the order of their times.
    pub events: Vec<Event>,
    /// Times of the wanted outputs, rising, within the integration.
    pub outputs: Vec<f64>,
    /// Times at which [`Subjects::look`] is asked, rising, within the integration.
    pub looks: Vec<f64>,
    /// When the subject ends, if that is before the end of the integration.
    pub end: f64,
}

impl Start {
    pub(super) fn new(sizes: Sizes) -> Self {
        Self {
            parameters: vec![0.0; sizes.parameters],
            state: vec![0.0; sizes.states],
            rates: vec![0.0; sizes.states],
            scale: vec![1.0; sizes.states],
            decay: vec![0.0; sizes.modes],
            amplitude: vec![0.0; sizes.modes],
            end: f64::INFINITY,
            ..Self::default()
        }
    }

    pub(super) fn clear(&mut self) {
        self.events.clear();
        self.outputs.clear();
        self.looks.clear();
        self.end = f64::INFINITY;
    }
}

/// Something that changes state or forcing at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// When it happens.
    pub time: f64,
    /// What it counts as when a look omits events planned for now or later.
    pub planned: f64,
    /// As what a look omits it, below [`KINDS`](super::KINDS).
    pub kind: usize,
    /// What it is, in the subjects' own numbering.
    pub code: usize,
    /// How much.
    pub size: f64,
    /// Whether an event that [supersedes](Change::supersedes) cancels it, if it was planned later.
    pub is_superseded: bool,
}

/// What an event changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    /// State or forcing.
    pub what: Changed,
    /// What events planned earlier had still to come.
    pub supersedes: bool,
    /// The parameters.
    pub parameters: bool,
}

/// How far an event changed state or forcing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Changed {
    /// Not at all: the subject was only looked at, and its step may stay as long as it is.
    Nothing,
    /// Without a change of the rates at this very time.
    #[default]
    Smoothly,
    /// With the rates at this very time.
    Rates,
}

impl Changed {
    /// A change, with the rates at this very time or without.
    #[must_use]
    pub fn with_rates(rates: bool) -> Self {
        if rates { Self::Rates } else { Self::Smoothly }
    }
}
