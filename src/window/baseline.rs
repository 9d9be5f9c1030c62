//! Whose count is spoken of: the measured count of the patient before treatment, the true count, or all
//! patients whose measured count lies below a limit.

use super::measured;
use crate::error::{Error, Result};
use crate::model::{ParameterSet, Variant};
use crate::numeric::exp;
use crate::population::{Distribution, Streams, VirtualPatients};
use rayon::prelude::*;
use std::fmt;

/// What is known of the count before treatment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Baseline {
    /// It lies below this when measured, as at the entry of the trials, 10⁹/L.
    Below(f64),
    /// It was measured as this, 10⁹/L: the true count may be another.
    Measured(f64),
    /// It truly is this, 10⁹/L.
    True(f64),
}

impl Baseline {
    /// The count, 10⁹/L.
    #[must_use]
    pub fn count(self) -> f64 {
        let (Self::Below(count) | Self::Measured(count) | Self::True(count)) = self;
        count
    }

    /// The name of its kind, as in files: `below`, `measured` or `true`.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Below(_) => "below",
            Self::Measured(_) => "measured",
            Self::True(_) => "true",
        }
    }

    pub(super) fn check(self) -> Result<()> {
        let count = self.count();
        if count.is_finite() && count > 0.0 {
            return Ok(());
        }
        Err(Error::OutOfRange {
            symbol: "baseline".to_owned(),
            value: count,
            unit: "10^9/L".to_owned(),
            range: "(0, ∞)".to_owned(),
        })
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Below(count) => write!(f, "all below {count}"),
            Self::Measured(count) => write!(f, "measured {count}"),
            Self::True(count) => write!(f, "true {count}"),
        }
    }
}

/// Places at which the true count behind a measured one is weighed, in standard deviations of the
/// patients.
const STEP: f64 = 0.02;
const REACH: i32 = 300;
/// A measured count that is rarer than this, as a share of the patients per unit of its logarithm, is none of theirs.
const RAREST: f64 = 1e-12;

/// The true counts that can stand behind a measured one.
///
/// ```text
/// p(plt0 | y) ∝ p(plt0) p(y | plt0)    (D2)
/// ```
///
/// The first factor is the distribution among the patients, the second the error of the count.
#[derive(Debug, Clone)]
pub(super) struct TrueCounts {
    distribution: Distribution,
    typical: f64,
    /// Standard normal numbers, and the probability of lying at or below each.
    nodes: Vec<(f64, f64)>,
    streams: Streams,
}

impl TrueCounts {
    /// Behind the measured count `y` of these patients.
    pub(super) fn new(
        patients: &VirtualPatients,
        (set, variant): (&ParameterSet, Variant),
        y: f64,
        seed: u64,
    ) -> Result<Self> {
        let alone = |what: &str| Error::Contradiction {
            first: "a measured baseline".to_owned(),
            second: format!("the patients `{}`, {what}", patients.id),
            remedy: "give the true baseline, or use other patients".to_owned(),
        };
        let spread = patients.spreads(variant).into_iter().find(|s| s.symbol == "plt0");
        let spread = spread.ok_or_else(|| alone("who all have the same true count"))?;
        if patients.effects.iter().any(|effect| effect.symbol == "plt0") {
            return Err(alone("whose true count depends on covariates"));
        }
        let (distribution, typical) = (spread.distribution, set.value("plt0")?);
        let weight = |z: f64| {
            let count = distribution.individual(typical, z);
            exp(-0.5 * z * z) * measured::density(&patients.count_error, count, y)
        };
        let places: Vec<f64> = (-REACH..=REACH).map(|node| STEP * f64::from(node)).collect();
        let weights: Vec<f64> = places.par_iter().map(|z| weight(*z)).collect();
        let (mut nodes, mut total, mut before) = (Vec::new(), 0.0, 0.0);
        for (z, here) in places.into_iter().zip(weights) {
            total += 0.5 * (before + here);
            before = here;
            nodes.push((z, total));
        }
        let share = y * total * STEP / (2.0 * std::f64::consts::PI).sqrt();
        if !(share.is_finite() && share > RAREST) {
            return Err(alone("who cannot have this count"));
        }
        for (_, below) in &mut nodes {
            *below /= total;
        }
        let streams = Streams::new(seed, "true count behind the measured one");
        Ok(Self { distribution, typical, nodes, streams })
    }

    /// The true count of patient number `subject`, 10⁹/L, and how many standard deviations it is away from the typical one.
    /// Patients keep their rank whatever the measured count.
    pub(super) fn of(&self, subject: usize) -> (f64, f64) {
        let z = self.standard(self.streams.subject(subject).uniform());
        (self.distribution.individual(self.typical, z), z)
    }

    /// The standard normal number behind the true count at or below which a share of the patients lie.
    fn standard(&self, probability: f64) -> f64 {
        let after = self.nodes.partition_point(|(_, below)| *below < probability);
        let after = after.clamp(1, self.nodes.len() - 1);
        let ((z0, p0), (z1, p1)) = (self.nodes[after - 1], self.nodes[after]);
        let share = if p1 > p0 { (probability - p0) / (p1 - p0) } else { 0.0 };
        z0 + share.clamp(0.0, 1.0) * (z1 - z0)
    }
}

#[cfg(test)]
mod tests {
    use super::TrueCounts;
    use crate::error::Result;
    use crate::model::Variant;
    use crate::population::{CountError, Distribution, VirtualPatients};

    /// Patients and assay that are normal, so that the true counts behind a measured one are too.
    fn normal(sd: f64, assay: f64) -> Result<VirtualPatients> {
        let mut patients = VirtualPatients::load("patients_start")?;
        patients.count_error =
            CountError { additive: assay, proportional: 0.0, ..patients.count_error };
        for spread in &mut patients.spreads {
            if spread.symbol == "plt0" {
                spread.distribution = Distribution::TruncatedNormal { sd, lower: -1e3, upper: 1e3 };
            }
        }
        Ok(patients)
    }

    #[test]
    fn analytic_true_counts_lie_between_the_measured_one_and_the_typical_one() -> Result<()> {
        let patients = normal(7.5, 6.0)?;
        let set = patients.typical_patient(Variant::B)?;
        let typical = set.value("plt0")?;
        // Two normal laws: precisions add.
        let (prior, assay) = (7.5_f64.powi(-2), 6.0_f64.powi(-2));
        for y in [25.0, 40.0, 55.0] {
            let found = TrueCounts::new(&patients, (&set, Variant::B), y, 1)?;
            let mean = (prior * typical + assay * y) / (prior + assay);
            let sd = 1.0 / (prior + assay).sqrt();
            for z in [-1.5, 0.0, 2.0] {
                let quantile = found.standard(crate::statistics::normal_cdf(z));
                let quantile = found.distribution.individual(found.typical, quantile);
                assert!((quantile - (mean + sd * z)).abs() < 2e-3, "{y}, {z}: {quantile}");
            }
        }
        Ok(())
    }

    #[test]
    fn invariant_impossible_measurements_are_refused() -> Result<()> {
        let patients = VirtualPatients::load("patients_start")?;
        let set = patients.typical_patient(Variant::B)?;
        let refused = TrueCounts::new(&patients, (&set, Variant::B), 1e6, 1);
        assert!(refused.is_err());
        Ok(())
    }
}
