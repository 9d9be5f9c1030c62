//! What the engine has to know of the equations that it integrates.

use crate::numeric::Lane;

/// Equations of `N` states with `P` parameters, driven by a sum of `K` decaying exponentials.
///
/// ```text
/// dy/dt = rates(p, f(t), y),   f(t) = Σ a_j exp(−λ_j (t − t_0)),   j = 1..K
/// ```
///
/// Subjects differ in parameters, λ, start and events; the equations are the same for all. The
/// amplitudes a change at events only.
pub trait System<const N: usize, const P: usize, const K: usize>: Sync {
    /// Rates of change at state `y` and forcing `f`. Everything in it has to be inlined.
    fn rates(&self, p: &[Lane; P], f: Lane, y: &[Lane; N]) -> [Lane; N];

    /// The wanted output, **linear** in `y`: the engine applies it to rates too.
    fn output(&self, p: &[Lane; P], y: &[Lane; N]) -> Lane;

    /// Fills in everything about one subject. False: the subject has no valid parameters.
    fn start(&self, subject: usize, start: &mut Start<N, P, K>) -> bool;

    /// Lets an event happen; true where it changed the rates at this very time.
    fn apply(
        &self,
        subject: usize,
        event: &Event,
        p: &[f64; P],
        y: &mut [f64; N],
        amplitude: &mut [f64; K],
    ) -> bool;

    /// Shows the output at look number `look`; where a kind of events is answered, those planned for
    /// now or later are omitted.
    fn look(&self, subject: usize, look: usize, output: f64) -> Option<usize>;
}

/// One subject at the start.
#[derive(Debug, Clone)]
pub struct Start<const N: usize, const P: usize, const K: usize> {
    /// Parameters.
    pub parameters: [f64; P],
    /// State at time 0.
    pub state: [f64; N],
    /// Rates at time 0: zero in an equilibrium.
    pub rates: [f64; N],
    /// What size of each state is small change, in the sense of the absolute tolerance.
    pub scale: [f64; N],
    /// λ of the forcing.
    pub decay: [f64; K],
    /// a of the forcing at time 0.
    pub amplitude: [f64; K],
    /// Events in the order of their times; handed over empty.
    pub events: Vec<Event>,
    /// Times of the wanted outputs, rising, within the integration; handed over empty.
    pub outputs: Vec<f64>,
    /// Times at which [`System::look`] is asked, rising, within the integration; handed over empty.
    pub looks: Vec<f64>,
}

impl<const N: usize, const P: usize, const K: usize> Default for Start<N, P, K> {
    fn default() -> Self {
        Self {
            parameters: [0.0; P],
            state: [0.0; N],
            rates: [0.0; N],
            scale: [1.0; N],
            decay: [0.0; K],
            amplitude: [0.0; K],
            events: Vec::new(),
            outputs: Vec::new(),
            looks: Vec::new(),
        }
    }
}

/// Something that changes state or forcing at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// When it happens.
    pub time: f64,
    /// What it counts as when a look omits events planned for now or later.
    pub planned: f64,
    /// Which kind it is, below [`KINDS`](super::KINDS); the system's own numbering.
    pub kind: usize,
    /// How much.
    pub size: f64,
}
