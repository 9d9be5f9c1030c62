//! Eltrombopag in chronic liver disease: population pharmacokinetics and pharmacodynamics.
//!
//! Farrell C et al. Br J Clin Pharmacol 2014, doi 10.1111/bcp.12244.
//!
//! ```text
//! dA/dt  = −ka A                                              (F1)   depot
//! dA1/dt =  ka A − (CL + Q)/Vc A1 + Q/Vp A2                    (F2)   central
//! dA2/dt =  Q/Vc A1 − Q/Vp A2                                  (F3)   peripheral
//! C      =  1000 A1/Vc                                         (F4)   ng/mL
//! ka     =  ka_early from each dose time until t_early after it, then ka_late until the next (F5)
//! CL     =  cl · e_female_cl^female · e_east_asian_cl^east_asian
//!              · [e_cld_cl (1 − e_child_pugh_cl (CP − 5))]^cld  (F6)
//! Vc     =  vc · e_south_asian_vc^south_asian                   (F7)
//! SLOP   =  slop · e_east_asian_slop^east_asian                 (F8)
//! ```
//!
//! A dose enters the depot after a lag, counted like `t_early` from the dose time. Precursors and
//! platelets follow (L1) to (L5) with kin given, so that kout = kin/PLT0.

use crate::error::Result;
use crate::model::linear_precursors as precursors;
use crate::model::pharmacokinetics::DEPOT;
use crate::model::{
    CHILD_PUGH_SCORE, DoseRange, Event, Panel, Range, Readout, Real, Symbol, Theta, WT, Written,
    parameters, route_unknown, state,
};
use crate::units::{Amount, NG_PER_ML_PER_MG_PER_L, Route};
use std::borrow::Cow;

/// The model of Farrell 2014.
#[derive(Debug, Clone, Copy)]
pub struct Farrell2014;

parameters! {
    /// Absorption and disposition.
    pub struct Disposition {
        tlag ["h"] NON_NEGATIVE: "absorption lag",
        ka_early ["1/h"] POSITIVE: "absorption rate constant until t_early after a dose",
        ka_late ["1/h"] POSITIVE: "absorption rate constant from then on",
        t_early ["h"] NON_NEGATIVE: "time after a dose at which absorption becomes faster",
        cl ["L/h"] POSITIVE: "apparent clearance CL/F",
        vc ["L"] POSITIVE: "apparent central volume Vc/F",
        q1 ["L/h"] NON_NEGATIVE: "apparent intercompartmental clearance Q/F",
        vp1 ["L"] POSITIVE: "apparent peripheral volume Vp/F",
    }
}

parameters! {
    /// Production, maturation and drug effect.
    pub struct Production {
        kin ["10^9/L/h"] POSITIVE: "production of platelets",
        ktr ["1/h"] POSITIVE: "maturation of each precursor stage",
        slop ["mL/ug"] NON_NEGATIVE: "slope of the drug effect on production",
        plt0 ["10^9/L"] POSITIVE: "baseline platelet count",
    }
}

parameters! {
    /// Covariate effects.
    pub struct CovariateEffects {
        e_female_cl ["1"] POSITIVE: "factor on clearance in women",
        e_east_asian_cl ["1"] POSITIVE: "factor on clearance in East Asians",
        e_cld_cl ["1"] POSITIVE: "factor on clearance in chronic liver disease at Child-Pugh score 5",
        e_child_pugh_cl ["1"] SHARE: "relative loss of clearance for each point of the score above 5",
        e_south_asian_vc ["1"] POSITIVE: "factor on the central volume in South and Central Asians",
        e_east_asian_slop ["1"] POSITIVE: "factor on the slope in East Asians",
    }
}

/// Position of the absorption rate constant in the state.
const KA: usize = 1;

/// A covariate that is 1 where the statement holds and 0 otherwise.
const fn flag(name: &'static str, meaning: &'static str) -> Symbol {
    Symbol { name, unit: "1", meaning, range: Range::SHARE }
}

const FLAGS: &[Symbol] = &[
    flag("female", "1 for a woman, 0 for a man"),
    flag("east_asian", "1 for East Asian ancestry, Japanese included"),
    flag("south_asian", "1 for South or Central Asian ancestry"),
    flag("cld", "1 in chronic liver disease"),
];

/// One individual's parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters<T> {
    /// Absorption and disposition.
    pub pk: Disposition<T>,
    /// Production and loss.
    pub pd: precursors::Parameters<T>,
    /// Body weight, kg; matters for doses per kg only.
    pub wt: T,
}

state! {
    /// Drug, the absorption rate in force, precursors and platelets.
    pub struct State<T> {
        depot: T ["mg"]: "drug still to be absorbed",
        ka: T ["1/h"]: "absorption rate constant in force, changed by events only",
        central: T ["mg"]: "drug in the central compartment",
        peripheral: T ["mg"]: "drug in the peripheral compartment",
        pd: precursors::State<T> [""]: "precursors and platelets",
    }
}

impl Written for Farrell2014 {
    const NAME: &'static str = "farrell_2014";
    const TITLE: &'static str = "Model of Farrell 2014";
    const READOUTS: &'static [Readout] =
        &[Readout { column: "precursors", meaning: "precursors relative to baseline" }];
    const ROUTES: &'static [Route] = &[Route::Oral];
    // Twice the largest dose of the label in immune thrombocytopenia.
    const DOSES: &'static [(Route, DoseRange)] =
        &[(Route::Oral, (Amount::Mg(0.0), Amount::Mg(150.0)))];
    const PANELS: &'static [Panel] =
        &[Panel { title: "Precursors", curves: Cow::Borrowed(&[("precursors", "precursors")]) }];

    type Parameters<T: Real> = Parameters<T>;
    type State<T: Real> = State<T>;

    fn symbols() -> Vec<Symbol> {
        [
            Disposition::<f64>::SYMBOLS,
            Production::<f64>::SYMBOLS,
            CovariateEffects::<f64>::SYMBOLS,
            FLAGS,
            &[WT, CHILD_PUGH_SCORE],
        ]
        .concat()
    }

    fn individual<T: Real>(theta: &Theta<T>) -> Result<Parameters<T>> {
        let e = CovariateEffects::from_theta(theta)?;
        let [female, east_asian, south_asian, cld] = [
            theta.get("female")?,
            theta.get("east_asian")?,
            theta.get("south_asian")?,
            theta.get("cld")?,
        ];
        let points = theta.get("child_pugh_score")? - 5.0;
        let liver = e.e_cld_cl * (T::ONE - e.e_child_pugh_cl * points);

        let mut pk = Disposition::from_theta(theta)?;
        let e_cl =
            e.e_female_cl.powf(female) * e.e_east_asian_cl.powf(east_asian) * liver.powf(cld);
        pk.cl = pk.cl * e_cl; // (F6)
        pk.vc = pk.vc * e.e_south_asian_vc.powf(south_asian); // (F7)

        let Production { kin, ktr, slop, plt0 } = Production::from_theta(theta)?;
        let slop = slop * e.e_east_asian_slop.powf(east_asian); // (F8)
        let pd = precursors::Parameters { kout: kin / plt0, ktr, slop, plt0 };
        Ok(Parameters { pk, pd, wt: theta.get("wt")? })
    }

    fn check(p: &Parameters<f64>) -> Result<()> {
        let meaning = "apparent clearance CL/F, covariates applied";
        Symbol { name: "cl", unit: "L/h", meaning, range: Range::POSITIVE }.check(p.pk.cl)
    }

    fn baseline<T: Real>(p: &Parameters<T>) -> State<T> {
        let pd = precursors::baseline(&p.pd);
        State { depot: T::ZERO, ka: p.pk.ka_late, central: T::ZERO, peripheral: T::ZERO, pd }
    }

    fn derivatives<T: Real>(p: &Parameters<T>, y: &State<T>) -> State<T> {
        let Disposition { cl, vc, q1, vp1, .. } = p.pk;
        let State { depot, ka, central, peripheral, .. } = *y;

        State {
            depot: -ka * depot,                                                     // (F1)
            ka: T::ZERO,                                                            // (F5)
            central: ka * depot - (cl + q1) / vc * central + q1 / vp1 * peripheral, // (F2)
            peripheral: q1 / vc * central - q1 / vp1 * peripheral,                  // (F3)
            pd: precursors::derivatives(&p.pd, &y.pd, Self::conc(p, y)),
        }
    }

    fn conc<T: Real>(p: &Parameters<T>, y: &State<T>) -> T {
        y.central / p.pk.vc * NG_PER_ML_PER_MG_PER_L // (F4)
    }

    fn platelets<T: Real>(_: &Parameters<T>, y: &State<T>) -> T {
        y.pd.platelets
    }

    fn readouts<T: Real>(p: &Parameters<T>, y: &State<T>) -> Vec<T> {
        vec![precursors::precursors_relative(&p.pd, &y.pd)]
    }

    fn administer<T: Real>(
        p: &Parameters<T>,
        amount: Amount,
        route: Route,
    ) -> Result<Vec<(T, Event<T>)>> {
        match route {
            Route::Oral => Ok(vec![
                (T::ZERO, Event::Switch { state: KA, value: p.pk.ka_early }), // (F5)
                (p.pk.tlag, Event::Enter { state: DEPOT, amount: amount.in_mg(p.wt) }),
                (p.pk.t_early, Event::Switch { state: KA, value: p.pk.ka_late }), // (F5)
            ]),
            _ => Err(route_unknown(Self::NAME, route, Self::ROUTES)),
        }
    }
}
