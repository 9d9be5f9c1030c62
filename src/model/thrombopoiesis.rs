//! From the receptor's drive to the count: progenitors, maturing megakaryocytes, platelets and the
//! thrombopoietin that they clear. Time in days.
//!
//! ```text
//! dT/dt  = kT [T0 − T ((1 − λ) + λ (w Ptot/Ptot0 + (1 − w) Mtot/Mtot0))]   (M1)  thrombopoietin
//! dN/dt  = (U^gN − N)/tauN                                                (M2)  progenitors
//! v      = U^gV,  kM = 4/TMK                                              (M3)  maturation speed
//! dM1/dt = N − kM v M1;  dMi/dt = kM v (M(i−1) − Mi), i = 2..4             (M4)  megakaryocytes
//! F      = F0 kM v M4,  F0 = Ptot0/life                                   (M5)  release
//! life   = Σj (kP/(kP + d))^(j−1)/(kP + d),  kP = nP/TP                    (M6)  mean residence
//! dP1/dt = F − (kP + d) P1;  dPj/dt = kP P(j−1) − (kP + d) Pj              (M7)  platelets
//! PLT    = PLT0 ΣP/Ptot0,  Ptot0 = 1                                      (M8)  count
//! baseline: T = T0, N = 1, Mi = 1/kM, Pj = F0/(kP + d) (kP/(kP + d))^(j−1) (M9)
//! transfusion of n·10⁹: ΣP rises by n (1 − fS)/BV/PLT0, equally in each Pj (M10)
//! ```
//!
//! Cell states are relative to their own steady state, because only the product of the scales,
//! the baseline count, can be known from counts.

use super::chain::{chain, lossy_chain};
use super::receptor::Receptor;
use super::structure::{Link, Node, OUTSIDE, Stages, Structure};
use super::{Intermediate, Real, Theta, parameters, state};
use crate::error::Result;

/// Stages of the maturing megakaryocyte.
const MEGAKARYOCYTE_STAGES: usize = 4;

parameters! {
    /// Turnover and maturation.
    pub struct Parameters {
        t0 ["pM"] POSITIVE: "thrombopoietin without drug",
        ktpo ["1/d"] POSITIVE: "turnover of thrombopoietin",
        lambda ["1"] SHARE: "share of thrombopoietin clearance that follows cell mass",
        w ["1"] SHARE: "platelets' share of that cell mass, megakaryocytes having the rest",
        gn ["1"] NON_NEGATIVE: "amplification: exponent of the drive on progenitors",
        gv ["1"] NON_NEGATIVE: "exponent of the drive on the speed of maturation",
        taun ["d"] POSITIVE: "time constant of the progenitors",
        tmk ["d"] POSITIVE: "maturation time of megakaryocytes",
        tp ["d"] POSITIVE: "residence of platelets without random loss",
        d ["1/d"] NON_NEGATIVE: "random loss of platelets",
        fs ["1"] FRACTION: "share of platelets pooled in the spleen",
        bv ["L"] POSITIVE: "blood volume",
        plt0 ["10^9/L"] POSITIVE: "baseline platelet count",
    }
}

state! {
    /// Thrombopoietin and cells.
    pub struct State<T, const STAGES: usize> {
        tpo: T ["pM"]: "free thrombopoietin",
        progenitors: T ["1"]: "progenitors relative to baseline",
        megakaryocyte: [T; MEGAKARYOCYTE_STAGES] ["d"]: "megakaryocyte stages (times baseline inflow)",
        platelet: [T; STAGES] ["1"]: "platelet stages relative to the baseline total",
    }
}

/// What leads to what in the cells: equations (M2) to (M8), and (M10).
pub const CELLS: Structure = Structure {
    title: "Cells",
    clock: "per day",
    nodes: &[
        Node::state("progenitors", "progenitors").with(&["taun"]).by(&["M2"]),
        Node::state("megakaryocyte", "megakaryocytes")
            .in_stages(Stages::Fixed(MEGAKARYOCYTE_STAGES))
            .with(&["tmk"])
            .by(&["M3", "M4"]),
        Node::state("platelet", "platelets")
            .in_stages(Stages::Chosen("n_platelet_stages"))
            .by(&["M5", "M6", "M7"]),
        Node::computed("count", "count").with(&["plt0"]).by(&["M8"]),
    ],
    links: &[
        Link::influence("drive", "progenitors").says("U to the power").with(&["gn"]),
        Link::influence("drive", "megakaryocyte").says("speed, U to the power").with(&["gv"]),
        Link::flow("progenitors", "megakaryocyte"),
        Link::flow("megakaryocyte", "platelet").says("release"),
        Link::flow(OUTSIDE, "platelet").says("transfusion (M10)").with(&["fs", "bv"]),
        Link::flow("platelet", OUTSIDE).says("lost").with(&["tp", "d"]),
        Link::influence("platelet", "count"),
    ],
};

/// What leads to what in thrombopoietin: equation (M1).
pub const THROMBOPOIETIN: Structure = Structure {
    title: "Thrombopoietin",
    clock: "per day",
    nodes: &[
        Node::state("tpo", "thrombopoietin").with(&["t0"]).by(&["M1"]),
        Node::computed("clearance", "clearance").with(&["lambda"]).by(&["M1"]),
    ],
    links: &[
        Link::flow(OUTSIDE, "tpo").says("made").with(&["ktpo"]),
        Link::flow("tpo", "clearance"),
        Link::influence("megakaryocyte", "clearance").says("mass, 1 − w"),
        Link::influence("platelet", "clearance").says("mass").with(&["w"]),
    ],
};

/// One individual's thrombopoiesis, with its derived rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thrombopoiesis<T, const STAGES: usize> {
    /// Turnover and maturation.
    pub parameters: Parameters<T>,
    /// The receptor that drives it.
    pub receptor: Receptor<T>,
    /// Maturation rate of each megakaryocyte stage, 1/d.
    pub k_mk: T,
    /// Passage rate of each platelet stage, 1/d.
    pub k_plt: T,
    /// Baseline release relative to the baseline total, 1/d.
    pub release0: T,
}

impl<T: Real, const STAGES: usize> Thrombopoiesis<T, STAGES> {
    /// The thrombopoiesis of one individual.
    ///
    /// # Errors
    /// A symbol without a value, or values that contradict the variant.
    pub fn from_theta(theta: &Theta<T>) -> Result<Self> {
        let parameters = Parameters::from_theta(theta)?;
        let receptor = Receptor::from_theta(theta, parameters.t0)?;
        let k_mk = T::constant(MEGAKARYOCYTE_STAGES as f64) / parameters.tmk; // (M3)
        let k_plt = T::constant(STAGES as f64) / parameters.tp; // (M6)
        let residence = stage_residences::<T, STAGES>(k_plt, parameters.d);
        let release0 = T::ONE / T::sum(residence); // (M5)
        Ok(Self { parameters, receptor, k_mk, k_plt, release0 })
    }

    /// The equilibrium without drug: equation (M9).
    pub fn baseline(&self) -> State<T, STAGES> {
        let residence = stage_residences::<T, STAGES>(self.k_plt, self.parameters.d);
        State {
            tpo: self.parameters.t0,
            progenitors: T::ONE,
            megakaryocyte: [T::ONE / self.k_mk; MEGAKARYOCYTE_STAGES],
            platelet: residence.map(|time| self.release0 * time),
        }
    }

    /// Rates of change, **per day**, at concentration `conc` in ng/mL: equations (M1) to (M7).
    #[inline(always)]
    pub fn derivatives(&self, y: &State<T, STAGES>, conc: T) -> State<T, STAGES> {
        let Parameters { t0, ktpo, lambda, w, gn, taun, d, .. } = self.parameters;
        let Self { k_plt, release0, .. } = *self;
        let State { tpo, progenitors, megakaryocyte, platelet } = *y;

        let u = self.receptor.drive(tpo, conc); // (R6)
        let cells = w * T::sum(platelet) + (T::ONE - w) * self.megakaryocytes_relative(y);
        let speed = self.speed(u);
        let release = release0 * speed * megakaryocyte[MEGAKARYOCYTE_STAGES - 1]; // (M5)

        State {
            tpo: ktpo * (t0 - tpo * (T::ONE - lambda + lambda * cells)), // (M1)
            progenitors: (u.powf(gn) - progenitors) / taun,              // (M2)
            megakaryocyte: chain(progenitors, speed, &megakaryocyte),    // (M4)
            platelet: lossy_chain(release, k_plt, d, &platelet),         // (M7)
        }
    }

    /// Maturation rate kM v of each megakaryocyte stage under drive `u`, 1/d: equation (M3).
    #[inline(always)]
    fn speed(&self, u: T) -> T {
        self.k_mk * u.powf(self.parameters.gv) // (M3)
    }

    /// Names and units of values that the equations compute on their way.
    pub fn intermediates(&self, y: &State<T, STAGES>, conc: T) -> Vec<Intermediate<T>> {
        let u = self.receptor.drive(y.tpo, conc);
        let mut named = vec![
            ("kt", "pM", self.receptor.kt),
            ("signal0", "1", self.receptor.signal0),
            ("k_mk", "1/d", self.k_mk),
            ("k_plt", "1/d", self.k_plt),
            ("release0", "1/d", self.release0),
            ("drive", "1", u),
            ("speed", "1/d", self.speed(u)),
        ];
        if !self.receptor.variant.is_additive() {
            named.push(("stimulus", "1", self.receptor.stimulus(y.tpo, conc)));
        }
        named
    }

    /// Platelet count, 10⁹/L: equation (M8).
    #[inline(always)]
    pub fn platelets(&self, y: &State<T, STAGES>) -> T {
        self.parameters.plt0 * T::sum(y.platelet) // (M8)
    }

    /// All megakaryocytes relative to baseline.
    #[inline(always)]
    pub fn megakaryocytes_relative(&self, y: &State<T, STAGES>) -> T {
        T::sum(y.megakaryocyte) * self.k_mk / MEGAKARYOCYTE_STAGES as f64
    }

    /// Adds `given` · 10⁹ transfused platelets, of which the spleen takes its share: equation (M10).
    pub fn transfuse(&self, y: &mut State<T, STAGES>, given: T) {
        let Parameters { fs, bv, plt0, .. } = self.parameters;
        let rise = given * (T::ONE - fs) / bv / plt0; // (M10)
        y.platelet = y.platelet.map(|stage| stage + rise / STAGES as f64);
    }
}

/// Mean time that a platelet spends in each stage, d: the terms of equation (M6).
fn stage_residences<T: Real, const STAGES: usize>(k_plt: T, d: T) -> [T; STAGES] {
    let survival = k_plt / (k_plt + d);
    let mut residence = T::ONE / (k_plt + d);
    std::array::from_fn(|_| {
        let this = residence;
        residence = residence * survival;
        this
    })
}
