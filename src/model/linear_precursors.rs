//! Production raised in proportion to the concentration, three precursor stages, no feedback: the
//! pharmacodynamics of Farrell 2014 and Katsube 2019.
//!
//! ```text
//! kin     = kout PLT0                                         (L1)
//! dP1/dt  = kin (1 + SLOP C) − ktr P1                         (L2)   C in µg/mL
//! dPi/dt  = ktr (P(i−1) − Pi),  i = 2, 3                      (L3)
//! dPLT/dt = ktr P3 − kout PLT                                 (L4)
//! baseline: Pi = kin/ktr, PLT = PLT0                          (L5)
//! ```

use super::chain::chain;
use super::{Real, parameters, state};
use crate::units::NG_PER_ML_PER_MG_PER_L;

parameters! {
    /// Parameters of production and loss.
    pub struct Parameters {
        kout ["1/h"] POSITIVE: "first-order loss of platelets",
        ktr ["1/h"] POSITIVE: "maturation of each precursor stage",
        slop ["mL/ug"] NON_NEGATIVE: "slope of the drug effect on production",
        plt0 ["10^9/L"] POSITIVE: "baseline platelet count",
    }
}

state! {
    /// Precursors and platelets.
    pub struct State<T> {
        precursor: [T; 3] ["10^9/L"]: "precursor stages",
        platelets: T ["10^9/L"]: "platelet count",
    }
}

/// Production without drug, 10⁹/L/h: equation (L1).
#[inline(always)]
pub fn production<T: Real>(p: &Parameters<T>) -> T {
    p.kout * p.plt0 // (L1)
}

/// The equilibrium without drug: equation (L5).
pub fn baseline<T: Real>(p: &Parameters<T>) -> State<T> {
    let kin = production(p);
    State { precursor: [kin / p.ktr; 3], platelets: p.plt0 } // (L5)
}

/// Rates of change, 10⁹/L/h, at concentration `conc` in ng/mL: equations (L1) to (L4).
#[inline(always)]
pub fn derivatives<T: Real>(p: &Parameters<T>, y: &State<T>, conc: T) -> State<T> {
    let Parameters { kout, ktr, slop, .. } = *p;
    let State { precursor, platelets } = *y;

    let c = conc / NG_PER_ML_PER_MG_PER_L;
    let stimulated = production(p) * (slop * c + 1.0);

    State {
        precursor: chain(stimulated, ktr, &precursor), // (L2), (L3)
        platelets: ktr * precursor[2] - kout * platelets, // (L4)
    }
}

/// Mean of the precursor stages relative to baseline.
pub fn precursors_relative<T: Real>(p: &Parameters<T>, y: &State<T>) -> T {
    T::sum(y.precursor) / T::sum(baseline(p).precursor)
}
