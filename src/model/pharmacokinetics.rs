//! Three compartments with first-order absorption after a lag: the pharmacokinetics of
//! lusutrombopag (Katsube 2019).
//!
//! ```text
//! dA/dt  = −ka A                                              (P1)   depot
//! dA1/dt =  ka A − (CL + Q1 + Q2)/Vc A1 + Q1/Vp1 A2 + Q2/Vp2 A3   (P2)   central
//! dA2/dt =  Q1/Vc A1 − Q1/Vp1 A2                               (P3)   first peripheral
//! dA3/dt =  Q2/Vc A1 − Q2/Vp2 A3                               (P4)   second peripheral
//! C      =  1000 A1/Vc                                         (P5)   ng/mL
//! ```
//!
//! A dose enters the depot as `f1 · dose` at the dose time plus `tlag`.

use super::structure::{Link, Node, OUTSIDE, Structure};
use super::{Event, Real, parameters, route_unknown, state};
use crate::error::Result;
use crate::units::{Amount, NG_PER_ML_PER_MG_PER_L, Route};

parameters! {
    /// Parameters of absorption and disposition.
    pub struct Parameters {
        ka ["1/h"] POSITIVE: "first-order absorption rate constant",
        tlag ["h"] NON_NEGATIVE: "absorption lag",
        f1 ["1"] POSITIVE: "bioavailability relative to the fasted solution",
        cl ["L/h"] POSITIVE: "apparent clearance CL/F",
        vc ["L"] POSITIVE: "apparent central volume Vc/F",
        q1 ["L/h"] NON_NEGATIVE: "apparent clearance to the first peripheral compartment",
        vp1 ["L"] POSITIVE: "apparent volume of the first peripheral compartment",
        q2 ["L/h"] NON_NEGATIVE: "apparent clearance to the second peripheral compartment",
        vp2 ["L"] POSITIVE: "apparent volume of the second peripheral compartment",
    }
}

state! {
    /// Amounts of drug.
    pub struct State<T> {
        depot: T ["mg"]: "drug still to be absorbed",
        central: T ["mg"]: "drug in the central compartment",
        peripheral1: T ["mg"]: "drug in the first peripheral compartment",
        peripheral2: T ["mg"]: "drug in the second peripheral compartment",
    }
}

/// What leads to what: equations (P1) to (P5).
pub const STRUCTURE: Structure = Structure {
    title: "Pharmacokinetics",
    clock: "per hour",
    nodes: &[
        Node::state("depot", "depot").by(&["P1"]),
        Node::state("central", "central").with(&["vc"]).by(&["P2", "P5"]),
        Node::state("peripheral1", "first peripheral").with(&["vp1"]).by(&["P3"]),
        Node::state("peripheral2", "second peripheral").with(&["vp2"]).by(&["P4"]),
    ],
    links: &[
        Link::flow(OUTSIDE, "depot").says("dose").with(&["f1", "tlag"]),
        Link::flow("depot", "central").says("absorbed").with(&["ka"]),
        Link::flow("central", "peripheral1").with(&["q1"]),
        Link::flow("peripheral1", "central"),
        Link::flow("central", "peripheral2").with(&["q2"]),
        Link::flow("peripheral2", "central"),
        Link::flow("central", OUTSIDE).says("cleared").with(&["cl"]),
    ],
};

impl<T: Real> State<T> {
    /// No drug anywhere.
    pub const EMPTY: Self =
        Self { depot: T::ZERO, central: T::ZERO, peripheral1: T::ZERO, peripheral2: T::ZERO };
}

/// Rates of change, mg/h: equations (P1) to (P4).
#[inline(always)]
pub fn derivatives<T: Real>(p: &Parameters<T>, y: &State<T>) -> State<T> {
    let Parameters { ka, cl, vc, q1, vp1, q2, vp2, .. } = *p;
    let State { depot, central, peripheral1, peripheral2 } = *y;

    State {
        depot: -ka * depot, // (P1)
        central: ka * depot - (cl + q1 + q2) / vc * central // (P2)
            + q1 / vp1 * peripheral1
            + q2 / vp2 * peripheral2,
        peripheral1: q1 / vc * central - q1 / vp1 * peripheral1, // (P3)
        peripheral2: q2 / vc * central - q2 / vp2 * peripheral2, // (P4)
    }
}

/// Plasma concentration, ng/mL: equation (P5).
#[inline(always)]
pub fn conc<T: Real>(p: &Parameters<T>, y: &State<T>) -> T {
    y.central / p.vc * NG_PER_ML_PER_MG_PER_L // (P5)
}

/// Where linear pharmacokinetics stand in a model whose other equations depend on the drug in one way only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearPk<T> {
    /// Their parameters.
    pub parameters: Parameters<T>,
    /// Position in the state of the drug that is still to be absorbed.
    pub depot: usize,
    /// Position of the drug in the central compartment.
    pub central: usize,
    /// What the other equations depend on.
    pub drives: Drives,
}

/// What of the drug the other equations of a model depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drives {
    /// The plasma concentration, ng/mL.
    Conc,
    /// The amount in the central compartment.
    Central,
}

/// Positions in the state of a model that begins with these pharmacokinetics.
pub(crate) const DEPOT: usize = 0;
/// The central compartment.
pub(crate) const CENTRAL: usize = 1;

/// What a dose of `amount` sets off in a patient of `wt` kg.
///
/// # Errors
/// Any other route than by mouth.
pub fn administer<T: Real>(
    p: &Parameters<T>,
    model: &str,
    wt: T,
    amount: Amount,
    route: Route,
) -> Result<Vec<(T, Event<T>)>> {
    match route {
        Route::Oral => {
            let amount = p.f1 * amount.in_mg(wt);
            Ok(vec![(p.tlag, Event::Enter { state: DEPOT, amount })])
        }
        _ => Err(route_unknown(model, route, &[Route::Oral])),
    }
}
