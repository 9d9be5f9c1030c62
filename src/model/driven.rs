//! Models whose drug runs its course by itself, so that only the rest has to be integrated: the
//! concentration comes from [`closed_form`](super::closed_form).

use super::published::katsube_2019;
use super::{
    Katsube2019, Mechanistic, Real, Variant, Written, linear_precursors, mechanistic,
    pharmacokinetics, thrombopoiesis,
};
use crate::units::HOURS_PER_DAY;

/// What is the same in all individuals and known before the equations are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// The drug and thrombopoietin act through two separate terms (variants C and D).
    pub additive: bool,
    /// The exponents of the drive are `gn` = 1 and `gv` = 0, so no power has to be computed.
    pub plain: bool,
}

impl Form {
    /// For what does not depend on the form.
    const ANY: Self = Self { additive: false, plain: false };
}

/// A model with linear pharmacokinetics, with the `N` numbers of its state besides the drug, and
/// the `P` numbers by which one individual's equations for them differ from another's.
pub trait Driven<const N: usize, const P: usize>: Written {
    /// Pharmacokinetics of an individual.
    fn pk(p: &Self::Parameters<f64>) -> &pharmacokinetics::Parameters<f64>;

    /// Body weight, kg.
    fn wt(p: &Self::Parameters<f64>) -> f64;

    /// The numbers of an individual.
    fn pack(p: &Self::Parameters<f64>) -> [f64; P];

    /// The state without drug.
    fn rest(p: &Self::Parameters<f64>) -> [f64; N];

    /// Rates of change, per hour, at concentration `conc` in ng/mL.
    fn rates<T: Real>(p: &[T; P], form: Form, conc: T, y: &[T; N]) -> [T; N];

    /// Platelet count, 10⁹/L.
    fn count<T: Real>(p: &[T; P], y: &[T; N]) -> T;

    /// Adds `given` · 10⁹ transfused platelets; false where the model does not describe it.
    fn transfuse(p: &[f64; P], y: &mut [f64; N], given: f64) -> bool;
}

/// Numbers by which the thrombopoiesis of one individual differs from another's.
const THROMBOPOIESIS_NUMBERS: usize = 19;

#[inline(always)]
fn thrombopoiesis<T: Real, const STAGES: usize>(
    p: &[T; THROMBOPOIESIS_NUMBERS],
    form: Form,
) -> thrombopoiesis::Thrombopoiesis<T, STAGES> {
    let [t0, ktpo, lambda, w, gn, gv, taun, d, fs, bv, plt0, ..] = *p;
    let [.., kc, kt, emax, eb, signal0, k_mk, k_plt, release0] = *p;
    // What `k_mk` and `k_plt` are made of is not used any more.
    let (tmk, tp) = (T::ZERO, T::ZERO);
    // A power with a constant exponent 0 or 1 costs nothing; the numbers are the same.
    let (gn, gv) = if form.plain { (T::ONE, T::ZERO) } else { (gn, gv) };
    // Given the potency `kt`, only whether effects add up still tells the variants apart.
    let variant = if form.additive { Variant::C } else { Variant::B };
    thrombopoiesis::Thrombopoiesis {
        parameters: thrombopoiesis::Parameters {
            t0,
            ktpo,
            lambda,
            w,
            gn,
            gv,
            taun,
            tmk,
            tp,
            d,
            fs,
            bv,
            plt0,
        },
        receptor: super::receptor::Receptor { variant, kc, kt, emax, eb, signal0 },
        k_mk,
        k_plt,
        release0,
    }
}

#[inline(always)]
fn state<T: Real, const STAGES: usize>(y: &[T]) -> thrombopoiesis::State<T, STAGES> {
    let mut platelet = [T::ZERO; STAGES];
    platelet.copy_from_slice(&y[6..6 + STAGES]);
    thrombopoiesis::State {
        tpo: y[0],
        progenitors: y[1],
        megakaryocyte: [y[2], y[3], y[4], y[5]],
        platelet,
    }
}

#[inline(always)]
fn numbers<T: Real, const STAGES: usize, const N: usize>(
    state: &thrombopoiesis::State<T, STAGES>,
) -> [T; N] {
    let mut y = [T::ZERO; N];
    (y[0], y[1]) = (state.tpo, state.progenitors);
    y[2..6].copy_from_slice(&state.megakaryocyte);
    y[6..6 + STAGES].copy_from_slice(&state.platelet);
    y
}

macro_rules! mechanistic {
    ($($stages:literal has $n:literal,)+) => {
        $(impl Driven<$n, THROMBOPOIESIS_NUMBERS> for Mechanistic<$stages> {
            fn pk(p: &Self::Parameters<f64>) -> &pharmacokinetics::Parameters<f64> {
                &p.pk
            }
            fn wt(p: &Self::Parameters<f64>) -> f64 {
                p.wt
            }
            fn pack(p: &Self::Parameters<f64>) -> [f64; THROMBOPOIESIS_NUMBERS] {
                pack(p)
            }
            fn rest(p: &Self::Parameters<f64>) -> [f64; $n] {
                numbers(&p.pd.baseline())
            }
            #[inline(always)]
            fn rates<T: Real>(
                p: &[T; THROMBOPOIESIS_NUMBERS],
                form: Form,
                conc: T,
                y: &[T; $n],
            ) -> [T; $n] {
                let pd = thrombopoiesis::<T, $stages>(p, form);
                let mut rates = numbers(&pd.derivatives(&state(y), conc));
                for i in 0..$n {
                    rates[i] = rates[i] * (1.0 / HOURS_PER_DAY);
                }
                rates
            }
            #[inline(always)]
            fn count<T: Real>(p: &[T; THROMBOPOIESIS_NUMBERS], y: &[T; $n]) -> T {
                thrombopoiesis::<T, $stages>(p, Form::ANY).platelets(&state(y))
            }
            fn transfuse(p: &[f64; THROMBOPOIESIS_NUMBERS], y: &mut [f64; $n], given: f64) -> bool {
                let mut after = state(y);
                thrombopoiesis::<f64, $stages>(p, Form::ANY).transfuse(&mut after, given);
                *y = numbers(&after);
                true
            }
        })+
    };
}
mechanistic! { 1 has 7, 9 has 15, }

fn pack<const STAGES: usize>(
    p: &mechanistic::Parameters<f64, STAGES>,
) -> [f64; THROMBOPOIESIS_NUMBERS] {
    let thrombopoiesis::Thrombopoiesis { parameters, receptor, k_mk, k_plt, release0 } = p.pd;
    let thrombopoiesis::Parameters { t0, ktpo, lambda, w, gn, gv, taun, d, fs, bv, plt0, .. } =
        parameters;
    let super::receptor::Receptor { kc, kt, emax, eb, signal0, .. } = receptor;
    [
        t0, ktpo, lambda, w, gn, gv, taun, d, fs, bv, plt0, kc, kt, emax, eb, signal0, k_mk, k_plt,
        release0,
    ]
}

impl Driven<4, 4> for Katsube2019 {
    fn pk(p: &katsube_2019::Parameters<f64>) -> &pharmacokinetics::Parameters<f64> {
        &p.pk
    }
    fn wt(p: &katsube_2019::Parameters<f64>) -> f64 {
        p.wt
    }
    fn pack(p: &katsube_2019::Parameters<f64>) -> [f64; 4] {
        let linear_precursors::Parameters { kout, ktr, slop, plt0 } = p.pd;
        [kout, ktr, slop, plt0]
    }
    fn rest(p: &katsube_2019::Parameters<f64>) -> [f64; 4] {
        let linear_precursors::State { precursor: [p1, p2, p3], platelets } =
            linear_precursors::baseline(&p.pd);
        [p1, p2, p3, platelets]
    }
    #[inline(always)]
    fn rates<T: Real>(p: &[T; 4], _: Form, conc: T, y: &[T; 4]) -> [T; 4] {
        let [kout, ktr, slop, plt0] = *p;
        let [p1, p2, p3, platelets] = *y;
        let parameters = linear_precursors::Parameters { kout, ktr, slop, plt0 };
        let state = linear_precursors::State { precursor: [p1, p2, p3], platelets };
        let rates = linear_precursors::derivatives(&parameters, &state, conc);
        let [p1, p2, p3] = rates.precursor;
        [p1, p2, p3, rates.platelets]
    }
    #[inline(always)]
    fn count<T: Real>(_: &[T; 4], y: &[T; 4]) -> T {
        y[3]
    }
    fn transfuse(_: &[f64; 4], _: &mut [f64; 4], _: f64) -> bool {
        false
    }
}
