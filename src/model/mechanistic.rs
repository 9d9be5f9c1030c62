//! The project's model: oral pharmacokinetics, the receptor, and thrombopoiesis.
//!
//! Eleven states with one platelet stage: four of the drug (P1 to P4), thrombopoietin, progenitors,
//! four megakaryocyte stages and the platelets (M1 to M7).

use super::equations::{Equations, Individual};
use super::structure::Structure;
use super::thrombopoiesis::{self, Thrombopoiesis};
use super::{
    DoseRange, Event, Family, Intermediate, LUSUTROMBOPAG, Panel, Range, Readout, Real, StateBlock,
    Symbol, Theta, Variant, WT, Written, pharmacokinetics, receptor, state,
};
use crate::error::{Error, Result};
use crate::units::{Amount, HOURS_PER_DAY, Route};
use std::borrow::Cow;
use std::sync::Arc;

/// The mechanistic model with `STAGES` platelet stages (one in liver disease, nine in health).
#[derive(Debug, Clone, Copy)]
pub struct Mechanistic<const STAGES: usize>;

/// One individual's parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters<T, const STAGES: usize> {
    /// Absorption and disposition.
    pub pk: pharmacokinetics::Parameters<T>,
    /// Receptor, cells and count.
    pub pd: Thrombopoiesis<T, STAGES>,
    /// Body weight, kg; matters for doses per kg only.
    pub wt: T,
}

state! {
    /// Drug, thrombopoietin and cells.
    pub struct State<T, const STAGES: usize> {
        pk: pharmacokinetics::State<T> [""]: "amounts of drug",
        pd: thrombopoiesis::State<T, STAGES> [""]: "thrombopoietin and cells",
    }
}

/// The potency that the model derives unless it is set: equation (R2).
const KT: Symbol =
    Symbol { name: "kt", unit: "pM", meaning: "potency of thrombopoietin", range: Range::POSITIVE };

/// The symbol by which the number of platelet stages is chosen.
pub const PLATELET_STAGES: Symbol = Symbol {
    name: "n_platelet_stages",
    unit: "1",
    meaning: "number of platelet stages, a whole number",
    range: Range { min: 1.0, max: 12.0, closed: true },
};

/// What leads to what, from the dose to the count and back. The initial state (M9) and body weight, which matters for
/// doses per kg only, have no place in it.
pub const STRUCTURE: [Structure; 4] = [
    pharmacokinetics::STRUCTURE,
    receptor::STRUCTURE,
    thrombopoiesis::CELLS,
    thrombopoiesis::THROMBOPOIETIN,
];

impl<const STAGES: usize> Written for Mechanistic<STAGES> {
    const NAME: &'static str = "mechanistic";
    const TITLE: &'static str = "Mechanistic model";
    const ORIGIN: &'static str =
        "Calibrated to the published trials; pharmacokinetics of Katsube 2019.";
    const READOUTS: &'static [Readout] = &[
        Readout { column: "tpo_pm", meaning: "thrombopoietin, pM" },
        Readout { column: "drive", meaning: "receptor drive (pSTAT5) relative to baseline" },
        Readout { column: "progenitors", meaning: "progenitors relative to baseline" },
        Readout { column: "megakaryocytes", meaning: "megakaryocytes relative to baseline" },
    ];
    const VARIANTS: &'static [(Variant, &'static str)] = &receptor::VARIANTS;
    const ROUTES: &'static [Route] = &[Route::Oral];
    const DOSES: &'static [(Route, DoseRange)] = &[(Route::Oral, LUSUTROMBOPAG)];
    const PANELS: &'static [Panel] = &[
        Panel {
            title: "Receptor drive (pSTAT5) and TPO",
            curves: Cow::Borrowed(&[("drive", "drive"), ("tpo_pm", "TPO")]),
        },
        Panel {
            title: "Progenitors and megakaryocytes",
            curves: Cow::Borrowed(&[
                ("progenitors", "progenitors"),
                ("megakaryocytes", "megakaryocytes"),
            ]),
        },
    ];

    type Parameters<T: Real> = Parameters<T, STAGES>;
    type State<T: Real> = State<T, STAGES>;

    fn symbols() -> Vec<Symbol> {
        [
            pharmacokinetics::Parameters::<f64>::SYMBOLS,
            receptor::Potency::<f64>::SYMBOLS,
            thrombopoiesis::Parameters::<f64>::SYMBOLS,
            &[KT, WT, PLATELET_STAGES],
        ]
        .concat()
    }

    fn individual<T: Real>(theta: &Theta<T>) -> Result<Self::Parameters<T>> {
        Ok(Parameters {
            pk: pharmacokinetics::Parameters::from_theta(theta)?,
            pd: Thrombopoiesis::from_theta(theta)?,
            wt: theta.get("wt")?,
        })
    }

    fn linear_pk<T: Real>(p: &Self::Parameters<T>) -> Option<pharmacokinetics::Parameters<T>> {
        Some(p.pk)
    }

    fn baseline<T: Real>(p: &Self::Parameters<T>) -> Self::State<T> {
        State { pk: pharmacokinetics::State::EMPTY, pd: p.pd.baseline() }
    }

    fn derivatives<T: Real>(p: &Self::Parameters<T>, y: &Self::State<T>) -> Self::State<T> {
        let conc = pharmacokinetics::conc(&p.pk, &y.pk);
        State {
            pk: pharmacokinetics::derivatives(&p.pk, &y.pk),
            pd: p.pd.derivatives(&y.pd, conc).scaled(1.0 / HOURS_PER_DAY),
        }
    }

    fn conc<T: Real>(p: &Self::Parameters<T>, y: &Self::State<T>) -> T {
        pharmacokinetics::conc(&p.pk, &y.pk)
    }

    fn platelets<T: Real>(p: &Self::Parameters<T>, y: &Self::State<T>) -> T {
        p.pd.platelets(&y.pd)
    }

    fn readouts<T: Real>(p: &Self::Parameters<T>, y: &Self::State<T>) -> Vec<T> {
        vec![
            y.pd.tpo,
            p.pd.receptor.drive(y.pd.tpo, pharmacokinetics::conc(&p.pk, &y.pk)),
            y.pd.progenitors,
            p.pd.megakaryocytes_relative(&y.pd),
        ]
    }

    fn intermediates<T: Real>(p: &Self::Parameters<T>, y: &Self::State<T>) -> Vec<Intermediate<T>> {
        p.pd.intermediates(&y.pd, pharmacokinetics::conc(&p.pk, &y.pk))
    }

    fn administer<T: Real>(
        p: &Self::Parameters<T>,
        amount: Amount,
        route: Route,
    ) -> Result<Vec<(T, Event<T>)>> {
        pharmacokinetics::administer(&p.pk, Self::NAME, p.wt, amount, route)
    }

    fn transfuse<T: Real>(p: &Self::Parameters<T>, y: &mut Self::State<T>, given: T) -> Result<()> {
        p.pd.transfuse(&mut y.pd, given);
        Ok(())
    }
}

/// The mechanistic model with as many platelet stages as the parameter [`PLATELET_STAGES`] says.
#[derive(Debug, Clone, Copy)]
pub struct AnyStages;

/// The number of stages is part of the state's type, so that no number of it is looked up while
/// integrating; here the number becomes the type. Each is compiled, so there is a largest.
macro_rules! with_stages {
    ($stages:expr, $Model:ident => $result:expr, [$($n:literal)+]) => {{
        let stages: f64 = $stages;
        $(if (stages - f64::from($n)).abs() < f64::EPSILON {
            type $Model = Mechanistic<$n>;
            return $result;
        })+
        Err(Error::OutOfRange {
            symbol: PLATELET_STAGES.name.to_owned(),
            value: stages,
            unit: PLATELET_STAGES.unit.to_owned(),
            range: "the whole numbers 1 to 12".to_owned(),
        })
    }};
}

impl Family for AnyStages {
    type Any = Mechanistic<1>;

    fn equations<T: Real>(theta: &Theta<T>) -> Result<Arc<dyn Equations<T>>> {
        let stages = theta.get(PLATELET_STAGES.name)?.value();
        with_stages!(
            stages,
            Staged => Ok(Arc::new(Individual::<Staged, T>(Staged::individual(theta)?))),
            [1 2 3 4 5 6 7 8 9 10 11 12]
        )
    }

    fn admits(theta: &Theta<f64>) -> Result<()> {
        Self::equations(theta).map(drop)
    }
}
