//! The thrombopoietin receptor: thrombopoietin and drug make a signal, read out as STAT5
//! phosphorylation. Algebraic, because phosphorylation takes minutes and maturation days.
//!
//! ```text
//! s0 = (1 − eb)/(Emax − 1)                                    (R1)   so that A = 1 in health
//! KT = T0/s0 in variants B and C, t0_healthy/s0 in A and D    (R2)
//! s  = T/KT + C/KC                                            (R3)
//! A  = eb + (Emax − eb) s/(1 + s)              variants A, B  (R4)   shared ceiling
//! A  = Emax [T/(KT + T) + C/(KC + C)]          variants C, D  (R5)   additive; eb = 0
//! U  = A/A0,  A0 = A at T = T0, C = 0                         (R6)   drive
//! ```

use super::structure::{Link, Node, Structure};
use super::{Real, Theta, Variant, parameters};
use crate::error::{Error, Result};

/// How baseline and drug share the receptor. Platelet counts alone cannot tell the four apart.
impl Variant {
    /// Whether thrombopoietin and drug act through two separate terms.
    #[must_use]
    pub fn is_additive(self) -> bool {
        self == Self::C || self == Self::D
    }

    /// Whether the patient's own thrombopoietin is too low for a normal drive at baseline.
    #[must_use]
    pub fn is_deficient(self) -> bool {
        self == Self::A || self == Self::D
    }

    /// Whether a parameter of the receptor matters: there is no floor where two terms add up, and thrombopoietin in
    /// health matters only where the patient's own is too low.
    #[must_use]
    pub fn uses(self, symbol: &str) -> bool {
        match symbol {
            "eb" => !self.is_additive(),
            "t0_healthy" => self.is_deficient(),
            _ => true,
        }
    }
}

/// The variants with what each assumes, in words.
pub const VARIANTS: [(Variant, &str); 4] = [
    (Variant::A, "TPO-deficient baseline, shared ceiling"),
    (Variant::B, "normal baseline drive, shared ceiling"),
    (Variant::C, "normal baseline drive, additive effects"),
    (Variant::D, "TPO-deficient baseline, additive effects"),
];

parameters! {
    /// Potencies and ceiling.
    pub struct Potency {
        kc ["ng/mL"] POSITIVE: "potency of the drug: concentration of half effect when alone",
        emax ["1"] ABOVE_ONE: "ceiling of the drive relative to healthy",
        eb ["1"] SHARE: "floor of the drive without any receptor signal",
        t0_healthy ["pM"] POSITIVE: "thrombopoietin in health, which defines the potency in A and D",
    }
}

/// What leads to what: equations (R1) to (R6).
pub const STRUCTURE: Structure = Structure {
    title: "Receptor",
    clock: "algebraic",
    nodes: &[
        Node::computed("signal", "signal A")
            .with(&["emax", "eb", "t0_healthy"])
            .by(&["R1", "R2", "R3", "R4", "R5"]),
        Node::computed("drive", "drive U = A/A0").by(&["R6"]),
    ],
    links: &[
        Link::influence("central", "signal").says("drug C").with(&["kc"]),
        Link::influence("tpo", "signal").says("thrombopoietin T").with(&["kt"]),
        Link::influence("signal", "drive"),
    ],
};

/// One individual's receptor, with the derived potency of thrombopoietin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Receptor<T> {
    /// Structural variant.
    pub variant: Variant,
    /// Potency of the drug, ng/mL.
    pub kc: T,
    /// Potency of thrombopoietin, pM.
    pub kt: T,
    /// Ceiling of the drive relative to healthy.
    pub emax: T,
    /// Floor of the drive; 0 in variants C and D.
    pub eb: T,
    /// The signal without drug at the patient's own thrombopoietin.
    pub signal0: T,
}

impl<T: Real> Receptor<T> {
    /// The receptor of an individual whose thrombopoietin without drug is `t0` pM.
    ///
    /// # Errors
    /// A symbol without a value, or a floor where the variant has none.
    pub fn from_theta(theta: &Theta<T>, t0: T) -> Result<Self> {
        let variant = theta.variant;
        let Potency { kc, emax, eb, t0_healthy } = Potency::from_theta(theta)?;
        if variant.is_additive() && eb != T::ZERO {
            return Err(Error::Contradiction {
                first: "a floor `eb` above 0".to_owned(),
                second: format!("variant {variant}, which has no floor"),
                remedy: "use variant A or B, or set eb=0".to_owned(),
            });
        }
        let s0 = (T::ONE - eb) / (emax - 1.0); // (R1)
        let reference = if variant.is_deficient() { t0_healthy } else { t0 };
        let kt = theta.given("kt").unwrap_or(reference / s0); // (R2)
        let mut receptor = Self { variant, kc, kt, emax, eb, signal0: T::ONE };
        receptor.signal0 = receptor.signal(t0, T::ZERO);
        Ok(receptor)
    }

    /// The signal A (phosphorylated STAT5) at thrombopoietin `tpo` pM and drug `conc` ng/mL.
    #[inline(always)]
    pub fn signal(&self, tpo: T, conc: T) -> T {
        let Self { variant, kc, kt, emax, eb, .. } = *self;
        if variant.is_additive() {
            emax * (tpo / (kt + tpo) + conc / (kc + conc)) // (R5)
        } else {
            let s = self.stimulus(tpo, conc);
            eb + (emax - eb) * (s / (s + 1.0)) // (R4)
        }
    }

    /// What thrombopoietin and drug add up to, each relative to its potency.
    #[inline(always)]
    pub fn stimulus(&self, tpo: T, conc: T) -> T {
        tpo / self.kt + conc / self.kc // (R3)
    }

    /// The drive U: the signal relative to the one without drug.
    #[inline(always)]
    pub fn drive(&self, tpo: T, conc: T) -> T {
        self.signal(tpo, conc) / self.signal0 // (R6)
    }
}
