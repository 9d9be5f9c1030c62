//! Lusutrombopag: quantitative systems pharmacology from receptor binding to platelet ages.
//!
//! Shimizu R et al. CPT Pharmacometrics Syst Pharmacol 2021, doi 10.1002/psp4.12623. Time in days.
//!
//! ```text
//! dA/dt  = −ka A;  dA1/dt = ka A − (k12 + k13 + ke) A1 + k21 A2 + k31 A3     (S1)
//! dA2/dt = k12 A1 − k21 A2;  dA3/dt = k13 A1 − k31 A3;  C = 1000 A1/V        (S2)
//! PLT    = ΣL (1 − SPS)/BV/10⁹                                              (S3)
//! Rc0    = kon T0 Rp0/(koff + kint)                                         (S4)
//! dT/dt  = kint Rc0 − kon T Rp0 PLT/PLT0 + koff Y − kfn T + knf Tn           (S5)
//! dTn/dt = kfn T − knf Tn                                                   (S6)
//! dY/dt  = kon T Rp0 PLT/PLT0 − (koff + kint) Y                             (S7)
//! k0     = kout Emax T0/(EC50T + T0)                                        (S8)
//! kout1  = max(kout Emax [T/(EC50T + T) + C/(EC50L + C)], k0)               (S9)
//! dX1/dt = kout1 (1 − X1);  dXi/dt = kout1 (2 X(i−1) − Xi), i = 2..27        (S10)
//! dM1/dt = kout1 X27 − kout M1;  dMi/dt = kout (M(i−1) − Mi), i = 2..5       (S11)
//! dL1/dt = PP kout M5 − kout L1;  dLi/dt = kout (L(i−1) − Li), i = 2..9      (S12)
//! baseline: T = T0, Tn = kfn T0/knf, Y = Rc0, Xi = 2^(i−1), Mi = 2²⁶ k0/kout,
//!           Li = PP 2²⁶ k0/kout                                             (S13)
//! kint   = kint_healthy T0/t0_healthy,  Rp0 = rp0_healthy PLT0/plt0_healthy  (S14)
//! ```
//!
//! One of PP and SPS is given, the other follows from the steady state (S15). The progenitors X
//! never leave their initial values, because one rate multiplies inflow and outflow: the form with
//! none of them (21 states) is exactly equivalent to the full one (48 states).

use crate::error::{Error, Result};
use crate::model::chain::chain;
use crate::model::pharmacokinetics::DEPOT;
use crate::model::{
    DoseRange, Event, Intermediate, LUSUTROMBOPAG, Panel, Range, Readout, Real, StateBlock, Symbol,
    Theta, WT, Written, parameters, route_unknown, state,
};
use crate::units::{Amount, HOURS_PER_DAY, NG_PER_ML_PER_MG_PER_L, Route};
use std::borrow::Cow;

/// The model of Shimizu 2021 with `PROGENITORS` progenitor states written out: 27, or none.
#[derive(Debug, Clone, Copy)]
pub struct Shimizu2021<const PROGENITORS: usize>;

/// The full form, 48 states.
pub type Full = Shimizu2021<27>;
/// The equivalent form without the progenitors that never change, 21 states.
pub type Reduced = Shimizu2021<0>;

/// Cells in the last progenitor stage for one in the first: 2²⁶.
const AMPLIFICATION: f64 = 67_108_864.0;
const MEGAKARYOCYTE_STAGES: usize = 5;
const PLATELET_STAGES: usize = 9;
/// Platelets in 10⁹.
const CELLS_PER_1E9: f64 = 1e9;

parameters! {
    /// Everything that is not derived.
    pub struct Block {
        ka ["1/d"] POSITIVE: "first-order absorption rate constant",
        f1 ["1"] POSITIVE: "dose factor of the formulation and population",
        ke ["1/d"] POSITIVE: "elimination rate constant",
        k12 ["1/d"] NON_NEGATIVE: "passage to the first peripheral compartment",
        k21 ["1/d"] NON_NEGATIVE: "return from the first peripheral compartment",
        k13 ["1/d"] NON_NEGATIVE: "passage to the second peripheral compartment",
        k31 ["1/d"] NON_NEGATIVE: "return from the second peripheral compartment",
        vc ["L"] POSITIVE: "central volume",
        emax ["1"] POSITIVE: "maximal production rate relative to kout",
        ec50l ["ng/mL"] POSITIVE: "potency of lusutrombopag",
        ec50t ["pM"] POSITIVE: "potency of thrombopoietin",
        kon ["1/pM/d"] POSITIVE: "binding of thrombopoietin to its receptor",
        koff ["1/d"] POSITIVE: "dissociation from the receptor",
        kfn ["1/d"] NON_NEGATIVE: "non-specific binding",
        knf ["1/d"] POSITIVE: "release from non-specific binding",
        kint_healthy ["1/d"] POSITIVE: "internalisation at healthy thrombopoietin",
        rp0_healthy ["pM"] POSITIVE: "receptors on platelets at the healthy count",
        t0_healthy ["pM"] POSITIVE: "thrombopoietin in health",
        plt0_healthy ["10^9/L"] POSITIVE: "platelet count in health",
        t0 ["pM"] POSITIVE: "thrombopoietin without drug",
        plt0 ["10^9/L"] POSITIVE: "baseline platelet count",
        kout ["1/d"] POSITIVE: "passage through each stage",
        bv ["L"] POSITIVE: "blood volume",
    }
}

const PP: Symbol = Symbol {
    name: "pp",
    unit: "cell",
    meaning: "platelets from one megakaryocyte; derived where sps is given",
    range: Range::POSITIVE,
};
const SPS: Symbol = Symbol {
    name: "sps",
    unit: "1",
    meaning: "share of platelets pooled in the spleen; derived where pp is given",
    range: Range { min: 0.0, max: MOST_POOLED, closed: true },
};
/// With every platelet in the spleen there is no count.
const MOST_POOLED: f64 = 0.999;

/// One individual's parameters, with what follows from the steady state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters<T> {
    /// Everything that is not derived.
    pub block: Block<T>,
    /// Internalisation, 1/d.
    pub kint: T,
    /// Receptors at the subject's own baseline count, pM.
    pub rp0: T,
    /// Receptor complexes at baseline, pM.
    pub rc0: T,
    /// Production rate at baseline, 1/d.
    pub k0: T,
    /// Platelets from one megakaryocyte.
    pub pp: T,
    /// Share pooled in the spleen.
    pub sps: T,
    /// Body weight, kg; matters for doses per kg only.
    pub wt: T,
}

state! {
    /// Drug, thrombopoietin, progenitors, megakaryocytes and platelets by age.
    pub struct State<T, const PROGENITORS: usize> {
        depot: T ["mg"]: "drug still to be absorbed",
        central: T ["mg"]: "drug in the central compartment",
        peripheral1: T ["mg"]: "drug in the first peripheral compartment",
        peripheral2: T ["mg"]: "drug in the second peripheral compartment",
        tpo: T ["pM"]: "free thrombopoietin",
        tpo_nonspecific: T ["pM"]: "thrombopoietin bound elsewhere",
        complex: T ["pM"]: "thrombopoietin bound to its receptor",
        progenitor: [T; PROGENITORS] ["1"]: "progenitors",
        megakaryocyte: [T; MEGAKARYOCYTE_STAGES] ["1"]: "megakaryocytes",
        platelet: [T; PLATELET_STAGES] ["cell"]: "platelets by age",
    }
}

impl<const PROGENITORS: usize> Written for Shimizu2021<PROGENITORS> {
    const NAME: &'static str =
        if PROGENITORS == 0 { "shimizu_2021_reduced" } else { "shimizu_2021" };
    const TITLE: &'static str =
        if PROGENITORS == 0 { "Reduced model of Shimizu 2021" } else { "Model of Shimizu 2021" };
    const READOUTS: &'static [Readout] = &[
        Readout { column: "tpo_pm", meaning: "thrombopoietin, pM" },
        Readout { column: "drive", meaning: "production rate relative to baseline" },
        Readout { column: "megakaryocytes", meaning: "megakaryocytes relative to baseline" },
    ];
    const ROUTES: &'static [Route] = &[Route::Oral];
    const DOSES: &'static [(Route, DoseRange)] = &[(Route::Oral, LUSUTROMBOPAG)];
    const PANELS: &'static [Panel] = &[
        Panel {
            title: "Receptor drive (pSTAT5) and TPO",
            curves: Cow::Borrowed(&[("drive", "drive"), ("tpo_pm", "TPO")]),
        },
        Panel {
            title: "Megakaryocytes",
            curves: Cow::Borrowed(&[("megakaryocytes", "megakaryocytes")]),
        },
    ];

    type Parameters<T: Real> = Parameters<T>;
    type State<T: Real> = State<T, PROGENITORS>;

    fn symbols() -> Vec<Symbol> {
        [Block::<f64>::SYMBOLS, &[PP, SPS, WT]].concat()
    }

    fn individual<T: Real>(theta: &Theta<T>) -> Result<Parameters<T>> {
        let block = Block::from_theta(theta)?;
        let kint = block.kint_healthy * block.t0 / block.t0_healthy; // (S14)
        let rp0 = block.rp0_healthy * block.plt0 / block.plt0_healthy; // (S14)
        let rc0 = block.kon * block.t0 * rp0 / (block.koff + kint); // (S4)
        let k0 = block.kout * block.emax * block.t0 / (block.ec50t + block.t0); // (S8)
        let per_pp = k0 / block.kout * AMPLIFICATION * PLATELET_STAGES as f64;
        let circulating = block.plt0 * block.bv * CELLS_PER_1E9;
        let (pp, sps) = match (theta.given("pp"), theta.given("sps")) {
            (Some(pp), None) => (pp, T::ONE - circulating / (per_pp * pp)), // (S15)
            (None, Some(sps)) => (circulating / (per_pp * (T::ONE - sps)), sps), // (S15)
            _ => {
                return Err(Error::Contradiction {
                    first: "giving both or neither of `pp` and `sps`".to_owned(),
                    second: "the steady state, from which one of them follows".to_owned(),
                    remedy: "set pp in liver disease, sps in health".to_owned(),
                });
            }
        };
        Ok(Parameters { block, kint, rp0, rc0, k0, pp, sps, wt: theta.get("wt")? })
    }

    /// Thrombopoietin binds and leaves its receptor within minutes.
    fn fastest_rate<T: Real>(p: &Parameters<T>) -> T {
        let Block { kon, koff, kfn, .. } = p.block;
        (kon * p.rp0 + koff + p.kint + kfn) / HOURS_PER_DAY
    }

    fn check(p: &Parameters<f64>) -> Result<()> {
        SPS.check(p.sps)?;
        PP.check(p.pp)
    }

    fn baseline<T: Real>(p: &Parameters<T>) -> State<T, PROGENITORS> {
        let megakaryocytes = p.k0 / p.block.kout * AMPLIFICATION; // (S13)
        let mut progenitors = T::ONE;
        State {
            depot: T::ZERO,
            central: T::ZERO,
            peripheral1: T::ZERO,
            peripheral2: T::ZERO,
            tpo: p.block.t0,
            tpo_nonspecific: p.block.kfn * p.block.t0 / p.block.knf,
            complex: p.rc0,
            progenitor: std::array::from_fn(|_| {
                let this = progenitors;
                progenitors = progenitors * 2.0;
                this
            }),
            megakaryocyte: [megakaryocytes; MEGAKARYOCYTE_STAGES],
            platelet: [p.pp * megakaryocytes; PLATELET_STAGES],
        }
    }

    fn derivatives<T: Real>(p: &Parameters<T>, y: &State<T, PROGENITORS>) -> State<T, PROGENITORS> {
        let Block { ka, ke, k12, k21, k13, k31, koff, kfn, knf, kout, .. } = p.block;
        let Parameters { kint, rc0, pp, .. } = *p;
        let State {
            depot, central, peripheral1, peripheral2, tpo, tpo_nonspecific, complex, ..
        } = *y;
        let State { progenitor, megakaryocyte, platelet, .. } = *y;

        let binding = binding(p, y);
        let kout1 = production_rate(p, tpo, Self::conc(p, y));
        let matured = progenitor.last().copied().unwrap_or(T::constant(AMPLIFICATION));

        let per_day = State {
            depot: -ka * depot, // (S1)
            central: ka * depot - (k12 + k13 + ke) * central
                + k21 * peripheral1
                + k31 * peripheral2,
            peripheral1: k12 * central - k21 * peripheral1, // (S2)
            peripheral2: k13 * central - k31 * peripheral2,
            tpo: kint * rc0 - binding + koff * complex - kfn * tpo + knf * tpo_nonspecific, // (S5)
            tpo_nonspecific: kfn * tpo - knf * tpo_nonspecific,                             // (S6)
            complex: binding - (koff + kint) * complex,                                     // (S7)
            progenitor: doubling_chain(kout1, &progenitor),                                 // (S10)
            megakaryocyte: chain(kout1 * matured, kout, &megakaryocyte),                    // (S11)
            platelet: chain(pp * kout * megakaryocyte[MEGAKARYOCYTE_STAGES - 1], kout, &platelet), // (S12)
        };
        per_day.scaled(1.0 / HOURS_PER_DAY)
    }

    fn conc<T: Real>(p: &Parameters<T>, y: &State<T, PROGENITORS>) -> T {
        y.central / p.block.vc * NG_PER_ML_PER_MG_PER_L // (S2)
    }

    fn platelets<T: Real>(p: &Parameters<T>, y: &State<T, PROGENITORS>) -> T {
        T::sum(y.platelet) * (T::ONE - p.sps) / p.block.bv / CELLS_PER_1E9 // (S3)
    }

    fn readouts<T: Real>(p: &Parameters<T>, y: &State<T, PROGENITORS>) -> Vec<T> {
        let megakaryocytes = T::sum(Self::baseline(p).megakaryocyte);
        vec![
            y.tpo,
            production_rate(p, y.tpo, Self::conc(p, y)) / p.k0,
            T::sum(y.megakaryocyte) / megakaryocytes,
        ]
    }

    fn intermediates<T: Real>(
        p: &Parameters<T>,
        y: &State<T, PROGENITORS>,
    ) -> Vec<Intermediate<T>> {
        vec![
            ("kint", "1/d", p.kint),
            ("rp0", "pM", p.rp0),
            ("rc0", "pM", p.rc0),
            ("k0", "1/d", p.k0),
            ("pp", "cell", p.pp),
            ("sps", "1", p.sps),
            ("binding", "pM/d", binding(p, y)),
            ("stimulated", "1/d", stimulated_rate(p, y.tpo, Self::conc(p, y))),
            ("kout1", "1/d", production_rate(p, y.tpo, Self::conc(p, y))),
        ]
    }

    fn administer<T: Real>(
        p: &Parameters<T>,
        amount: Amount,
        route: Route,
    ) -> Result<Vec<(T, Event<T>)>> {
        match route {
            Route::Oral => {
                let amount = p.block.f1 * amount.in_mg(p.wt);
                Ok(vec![(T::ZERO, Event::Enter { state: DEPOT, amount })])
            }
            _ => Err(route_unknown(Self::NAME, route, Self::ROUTES)),
        }
    }
}

/// How fast thrombopoietin binds to its receptor, pM/d: a term of (S5) and (S7).
fn binding<T: Real, const PROGENITORS: usize>(p: &Parameters<T>, y: &State<T, PROGENITORS>) -> T {
    let Block { kon, plt0, .. } = p.block;
    kon * y.tpo * p.rp0 * Shimizu2021::platelets(p, y) / plt0
}

/// The production rate to which thrombopoietin and drug add up, 1/d: a term of (S9).
fn stimulated_rate<T: Real>(p: &Parameters<T>, tpo: T, conc: T) -> T {
    let Block { kout, emax, ec50t, ec50l, .. } = p.block;
    kout * emax * (tpo / (ec50t + tpo) + conc / (ec50l + conc))
}

/// The production rate kout1, 1/d: equation (S9).
fn production_rate<T: Real>(p: &Parameters<T>, tpo: T, conc: T) -> T {
    stimulated_rate(p, tpo, conc).larger(p.k0) // (S9)
}

/// Rates of change of the progenitors, each stage twice the one before: equation (S10).
fn doubling_chain<T: Real, const N: usize>(rate: T, stages: &[T; N]) -> [T; N] {
    let mut entering = T::ONE;
    stages.map(|stage| {
        let change = rate * (entering - stage);
        entering = stage * 2.0;
        change
    })
}
