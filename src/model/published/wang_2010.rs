//! Romiplostim in healthy volunteers: target-mediated disposition and chains of lifespans.
//!
//! Wang YMC et al. AAPS J 2010, doi 10.1208/s12248-010-9234-9.
//!
//! ```text
//! Ctot    = A1/Vc,  Rtot = ξ PLT                                        (W1)
//! Cf      = ½ [b + √(b² + 4 KD Ctot)],  b = Ctot − Rtot − KD            (W2)   free drug
//! dA/dt   = −ka A                                                      (W3)   depot
//! dA1/dt  = ka A − (kel + kcp) Cf Vc + kpc A2 − kint (Ctot − Cf) Vc      (W4)   central
//! dA2/dt  = kcp Cf Vc − kpc A2                                          (W5)   peripheral
//! dM1/dt  = kin (1 + Smax Cf/(SC50 + Cf)) − (10/TP) M1,  kin = PLT0/TPLT (W6)
//! dMi/dt  = (10/TP) (M(i−1) − Mi), i = 2..10                            (W7)   megakaryocytes
//! dP1/dt  = (10/TP) M10 − (10/TPLT) P1                                  (W8)
//! dPi/dt  = (10/TPLT) (P(i−1) − Pi), i = 2..10;  PLT = ΣP               (W9)   platelets
//! baseline: Mi = kin TP/10, Pi = PLT0/10                               (W10)
//! ```
//!
//! Amounts per kg of body weight: µg/kg, so that volumes are L/kg and A1/Vc is ng/mL. The
//! concentration shown is the free one.

use crate::error::Result;
use crate::model::chain::chain;
use crate::model::pharmacokinetics::{CENTRAL, DEPOT};
use crate::model::{
    DoseRange, Event, Intermediate, Panel, Readout, Real, Symbol, Theta, WT, Written, parameters,
    route_unknown, state,
};
use crate::units::{Amount, Route};
use std::borrow::Cow;

/// The model of Wang 2010.
#[derive(Debug, Clone, Copy)]
pub struct Wang2010;

/// Stages of each of the two chains.
const STAGES: usize = 10;

parameters! {
    /// Disposition, binding, production and lifespans.
    pub struct Block {
        ka ["1/h"] POSITIVE: "first-order absorption rate constant",
        f1 ["1"] SHARE: "bioavailability of a subcutaneous dose",
        vc ["L/kg"] POSITIVE: "central volume",
        kel ["1/h"] NON_NEGATIVE: "elimination of free drug",
        kcp ["1/h"] NON_NEGATIVE: "passage of free drug to the periphery",
        kpc ["1/h"] POSITIVE: "return from the periphery",
        kint ["1/h"] NON_NEGATIVE: "internalisation of bound drug",
        xi ["fg/cell"] NON_NEGATIVE: "binding capacity of platelets",
        kd ["ng/mL"] POSITIVE: "dissociation constant",
        sc50 ["ng/mL"] POSITIVE: "free concentration of half-maximal stimulation",
        smax ["1"] NON_NEGATIVE: "maximal stimulation of production",
        tp ["h"] POSITIVE: "lifespan of megakaryocytes",
        tplt ["h"] POSITIVE: "lifespan of platelets",
        plt0 ["10^9/L"] POSITIVE: "baseline platelet count",
    }
}

/// One individual's parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters<T> {
    /// All but the weight.
    pub block: Block<T>,
    /// Body weight, kg; matters for doses in mg only.
    pub wt: T,
}

state! {
    /// Drug, megakaryocytes and platelets.
    pub struct State<T> {
        depot: T ["ug/kg"]: "drug still to be absorbed",
        central: T ["ug/kg"]: "drug in the central compartment, free and bound",
        peripheral: T ["ug/kg"]: "drug in the peripheral compartment",
        megakaryocyte: [T; STAGES] ["10^9/L"]: "megakaryocyte stages",
        platelet: [T; STAGES] ["10^9/L"]: "platelet stages",
    }
}

/// b of equation (W2) and its root.
fn binding<T: Real>(p: &Block<T>, y: &State<T>) -> (T, T, T) {
    let ctot = y.central / p.vc; // (W1)
    let rtot = p.xi * T::sum(y.platelet); // (W1)
    let b = ctot - rtot - p.kd;
    (ctot, b, (b * b + p.kd * ctot * 4.0).sqrt())
}

impl Written for Wang2010 {
    const NAME: &'static str = "wang_2010";
    const TITLE: &'static str = "Model of Wang 2010";
    const READOUTS: &'static [Readout] = &[
        Readout { column: "production", meaning: "stimulated production relative to baseline" },
        Readout { column: "megakaryocytes", meaning: "megakaryocytes relative to baseline" },
    ];
    const ROUTES: &'static [Route] = &[Route::Subcutaneous, Route::Intravenous];
    const UNIT_DOSE: Amount = Amount::UgPerKg(1.0);
    // Up to the largest weekly dose of the label.
    const DOSES: &'static [(Route, DoseRange)] = &[
        (Route::Subcutaneous, (Amount::UgPerKg(0.0), Amount::UgPerKg(10.0))),
        (Route::Intravenous, (Amount::UgPerKg(0.0), Amount::UgPerKg(10.0))),
    ];
    const PANELS: &'static [Panel] = &[
        Panel { title: "Production", curves: Cow::Borrowed(&[("production", "production")]) },
        Panel {
            title: "Megakaryocytes",
            curves: Cow::Borrowed(&[("megakaryocytes", "megakaryocytes")]),
        },
    ];

    type Parameters<T: Real> = Parameters<T>;
    type State<T: Real> = State<T>;

    fn symbols() -> Vec<Symbol> {
        [Block::<f64>::SYMBOLS, &[WT]].concat()
    }

    fn individual<T: Real>(theta: &Theta<T>) -> Result<Parameters<T>> {
        Ok(Parameters { block: Block::from_theta(theta)?, wt: theta.get("wt")? })
    }

    fn baseline<T: Real>(p: &Parameters<T>) -> State<T> {
        let Block { tp, tplt, plt0, .. } = p.block;
        State {
            depot: T::ZERO,
            central: T::ZERO,
            peripheral: T::ZERO,
            megakaryocyte: [plt0 / tplt * tp / STAGES as f64; STAGES], // (W10)
            platelet: [plt0 / STAGES as f64; STAGES],                  // (W10)
        }
    }

    fn derivatives<T: Real>(p: &Parameters<T>, y: &State<T>) -> State<T> {
        let Block { ka, vc, kel, kcp, kpc, kint, tp, tplt, plt0, .. } = p.block;
        let State { depot, central, peripheral, megakaryocyte, platelet } = *y;

        let cf = Self::conc(p, y);
        let bound = central / vc - cf;
        let kin = plt0 / tplt; // (W6)
        let maturation = T::constant(STAGES as f64) / tp;
        let ageing = T::constant(STAGES as f64) / tplt;

        State {
            depot: -ka * depot, // (W3)
            central: ka * depot - (kel + kcp) * cf * vc + kpc * peripheral - kint * bound * vc, // (W4)
            peripheral: kcp * cf * vc - kpc * peripheral, // (W5)
            megakaryocyte: chain(kin * stimulation(p, cf), maturation, &megakaryocyte), // (W6), (W7)
            platelet: chain(maturation * megakaryocyte[STAGES - 1], ageing, &platelet), // (W8), (W9)
        }
    }

    fn conc<T: Real>(p: &Parameters<T>, y: &State<T>) -> T {
        let (_, b, root) = binding(&p.block, y);
        (b + root) * 0.5 // (W2)
    }

    fn conc_rate<T: Real>(p: &Parameters<T>, y: &State<T>, rates: &State<T>) -> T {
        let (_, b, root) = binding(&p.block, y);
        let ctot_rate = rates.central / p.block.vc;
        let b_rate = ctot_rate - p.block.xi * T::sum(rates.platelet);
        (b_rate + (b * b_rate + p.block.kd * ctot_rate * 2.0) / root) * 0.5
    }

    fn platelets<T: Real>(_: &Parameters<T>, y: &State<T>) -> T {
        T::sum(y.platelet) // (W9)
    }

    fn readouts<T: Real>(p: &Parameters<T>, y: &State<T>) -> Vec<T> {
        let baseline = T::sum(Self::baseline(p).megakaryocyte);
        vec![stimulation(p, Self::conc(p, y)), T::sum(y.megakaryocyte) / baseline]
    }

    fn intermediates<T: Real>(p: &Parameters<T>, y: &State<T>) -> Vec<Intermediate<T>> {
        let (ctot, b, root) = binding(&p.block, y);
        vec![("ctot", "ng/mL", ctot), ("b", "ng/mL", b), ("root", "ng/mL", root)]
    }

    fn administer<T: Real>(
        p: &Parameters<T>,
        amount: Amount,
        route: Route,
    ) -> Result<Vec<(T, Event<T>)>> {
        let amount = amount.in_ug_per_kg(p.wt);
        match route {
            Route::Subcutaneous => {
                let amount = p.block.f1 * amount;
                Ok(vec![(T::ZERO, Event::Enter { state: DEPOT, amount })])
            }
            Route::Intravenous => Ok(vec![(T::ZERO, Event::Enter { state: CENTRAL, amount })]),
            _ => Err(route_unknown(Self::NAME, route, Self::ROUTES)),
        }
    }
}

/// Production relative to baseline at free concentration `cf`: the bracket of equation (W6).
fn stimulation<T: Real>(p: &Parameters<T>, cf: T) -> T {
    p.block.smax * cf / (p.block.sc50 + cf) + 1.0
}
