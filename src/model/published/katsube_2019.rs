//! Lusutrombopag in chronic liver disease: population pharmacokinetics and pharmacodynamics.
//!
//! Katsube T et al. Clin Pharmacokinet 2019, doi 10.1007/s40262-019-00770-4.
//!
//! Three-compartment pharmacokinetics (P1 to P5), linear effect on three precursor stages (L1 to
//! L5). Covariates:
//!
//! ```text
//! Vc, Vp1 ∝ wt/wt_ref                                         (K1)
//! CL      ∝ (wt/wt_ref)^e_wt_cl                               (K2)
//! SLOP    × e_child_pugh_slop where the Child-Pugh score is 9 or more   (K3)
//! ```

use crate::error::Result;
use crate::model::linear_precursors as precursors;
use crate::model::{
    CHILD_PUGH_SCORE, DoseRange, Event, Intermediate, LUSUTROMBOPAG, Panel, Readout, Real, Symbol,
    Theta, WT, Written, parameters, pharmacokinetics, state,
};
use crate::units::{Amount, Route};
use std::borrow::Cow;

/// The model of Katsube 2019.
#[derive(Debug, Clone, Copy)]
pub struct Katsube2019;

parameters! {
    /// Covariate effects.
    pub struct CovariateEffects {
        wt_ref ["kg"] POSITIVE: "body weight of the typical patient",
        e_wt_cl ["1"] NON_NEGATIVE: "exponent of body weight on clearance",
        e_child_pugh_slop ["1"] POSITIVE: "factor on the slope at a Child-Pugh score of 9 or more",
    }
}

/// One individual's parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters<T> {
    /// Absorption and disposition.
    pub pk: pharmacokinetics::Parameters<T>,
    /// Production and loss.
    pub pd: precursors::Parameters<T>,
    /// Body weight, kg.
    pub wt: T,
}

state! {
    /// Drug, precursors and platelets.
    pub struct State<T> {
        pk: pharmacokinetics::State<T> [""]: "amounts of drug",
        pd: precursors::State<T> [""]: "precursors and platelets",
    }
}

/// The Child-Pugh score from which the drug acts more strongly.
const HIGH_CHILD_PUGH: f64 = 9.0;

impl Written for Katsube2019 {
    const NAME: &'static str = "katsube_2019";
    const TITLE: &'static str = "Model of Katsube 2019";
    const READOUTS: &'static [Readout] =
        &[Readout { column: "precursors", meaning: "precursors relative to baseline" }];
    const ROUTES: &'static [Route] = &[Route::Oral];
    const DOSES: &'static [(Route, DoseRange)] = &[(Route::Oral, LUSUTROMBOPAG)];
    const PANELS: &'static [Panel] =
        &[Panel { title: "Precursors", curves: Cow::Borrowed(&[("precursors", "precursors")]) }];

    type Parameters<T: Real> = Parameters<T>;
    type State<T: Real> = State<T>;

    fn symbols() -> Vec<Symbol> {
        [
            pharmacokinetics::Parameters::<f64>::SYMBOLS,
            precursors::Parameters::<f64>::SYMBOLS,
            CovariateEffects::<f64>::SYMBOLS,
            &[WT, CHILD_PUGH_SCORE],
        ]
        .concat()
    }

    fn individual<T: Real>(theta: &Theta<T>) -> Result<Parameters<T>> {
        let effects = CovariateEffects::from_theta(theta)?;
        let wt = theta.get("wt")?;
        let size = wt / effects.wt_ref;
        let mut pk = pharmacokinetics::Parameters::from_theta(theta)?;
        pk.vc = pk.vc * size; // (K1)
        pk.vp1 = pk.vp1 * size; // (K1)
        pk.cl = pk.cl * size.powf(effects.e_wt_cl); // (K2)
        let mut pd = precursors::Parameters::from_theta(theta)?;
        let child_pugh_score = theta.get("child_pugh_score")?;
        let e_slop = child_pugh_score.at_least(HIGH_CHILD_PUGH, effects.e_child_pugh_slop, T::ONE);
        pd.slop = pd.slop * e_slop; // (K3)
        Ok(Parameters { pk, pd, wt })
    }

    fn linear_pk<T: Real>(p: &Self::Parameters<T>) -> Option<pharmacokinetics::Parameters<T>> {
        Some(p.pk)
    }

    fn baseline<T: Real>(p: &Parameters<T>) -> State<T> {
        State { pk: pharmacokinetics::State::EMPTY, pd: precursors::baseline(&p.pd) }
    }

    fn derivatives<T: Real>(p: &Parameters<T>, y: &State<T>) -> State<T> {
        State {
            pk: pharmacokinetics::derivatives(&p.pk, &y.pk),
            pd: precursors::derivatives(&p.pd, &y.pd, pharmacokinetics::conc(&p.pk, &y.pk)),
        }
    }

    fn conc<T: Real>(p: &Parameters<T>, y: &State<T>) -> T {
        pharmacokinetics::conc(&p.pk, &y.pk)
    }

    fn platelets<T: Real>(_: &Parameters<T>, y: &State<T>) -> T {
        y.pd.platelets
    }

    fn readouts<T: Real>(p: &Parameters<T>, y: &State<T>) -> Vec<T> {
        vec![precursors::precursors_relative(&p.pd, &y.pd)]
    }

    fn intermediates<T: Real>(p: &Parameters<T>, _: &State<T>) -> Vec<Intermediate<T>> {
        vec![
            ("cl_wt", "L/h", p.pk.cl),
            ("vc_wt", "L", p.pk.vc),
            ("vp1_wt", "L", p.pk.vp1),
            ("slop_child_pugh", "mL/ug", p.pd.slop),
            ("kin", "10^9/L/h", precursors::production(&p.pd)),
        ]
    }

    fn administer<T: Real>(
        p: &Parameters<T>,
        amount: Amount,
        route: Route,
    ) -> Result<Vec<(T, Event<T>)>> {
        pharmacokinetics::administer(&p.pk, Self::NAME, p.wt, amount, route)
    }
}
