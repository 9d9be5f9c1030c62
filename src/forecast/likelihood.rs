//! How an observation differs from its prediction.

use super::visits::{Variation, Visits};
use crate::numeric::{HALF_LN_TWO_PI, exp, ln, powf};
use crate::population::{CountError, VirtualPatients};
use crate::records::Censoring;
use crate::simulate::records::Predictor;
use crate::statistics::normal_cdf;
use crate::units::{COUNT_UNIT, HOURS_PER_DAY};

/// One part of a residual error; the variances of several add.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Residual {
    /// Standard deviation in the unit of the output.
    Additive(f64),
    /// Coefficient of variation.
    Proportional(f64),
    /// Coefficient of variation that differs between individuals: `cv` times exp(`omega` z), z standard normal.
    Individual {
        /// In the median individual.
        cv: f64,
        /// Standard deviation of its logarithm between individuals.
        omega: f64,
    },
    /// What differs between visits, and is remembered from one to the next.
    Visits {
        /// Coefficient of variation.
        omega: f64,
        /// Time over which it is forgotten, days.
        days: f64,
    },
    /// Standard deviation of the logarithm; stands alone.
    Lognormal(f64),
    /// The standard deviation is `sd` times the prediction to this power.
    Power {
        /// At a prediction of 1.
        sd: f64,
        /// The power.
        exponent: f64,
    },
    /// The standard deviation is `sd` plus `cv` times the prediction.
    Combined1 {
        /// In the unit of the output.
        sd: f64,
        /// Coefficient of variation.
        cv: f64,
    },
}

/// The residual error of one output.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResidualError(pub Vec<Residual>);

impl ResidualError {
    /// Output by output: those of the model, and for counts that of the patients if they have one.
    #[must_use]
    pub fn of_patients(predictor: &Predictor<f64>, patients: &VirtualPatients) -> Vec<Self> {
        let of_counts = Self::of_counts(&patients.count_error);
        let mut errors = Self::of_model(predictor);
        for (error, output) in errors.iter_mut().zip(&predictor.structure().outputs) {
            if output.unit == COUNT_UNIT && !of_counts.is_empty() {
                *error = of_counts.clone();
            }
        }
        errors
    }

    /// That of measured counts.
    #[must_use]
    pub fn of_counts(error: &CountError) -> Self {
        let (cv, omega) = (error.proportional, error.size_omega);
        let own = if omega > 0.0 {
            Residual::Individual { cv, omega }
        } else {
            Residual::Proportional(cv)
        };
        let visits =
            Residual::Visits { omega: error.between_visit_omega, days: error.between_visit_days };
        let is_there = |part: &Residual| match part {
            Residual::Additive(size) | Residual::Proportional(size) => *size > 0.0,
            Residual::Individual { cv, .. } => *cv > 0.0,
            Residual::Visits { omega, .. } => *omega > 0.0,
            _ => true,
        };
        Self(
            [Residual::Additive(error.additive), own, visits]
                .into_iter()
                .filter(is_there)
                .collect(),
        )
    }

    /// That of an observation whose standard deviation is known.
    #[must_use]
    pub fn known(sd: f64) -> Self {
        Self(vec![Residual::Additive(sd)])
    }

    /// Whether the size of the error differs between individuals.
    #[must_use]
    pub fn is_individual(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Residual::Individual { .. }))
    }

    /// The residual errors of all outputs of a model text.
    #[must_use]
    pub fn of_model(predictor: &Predictor<f64>) -> Vec<Self> {
        let outputs = 0..predictor.structure().outputs.len();
        outputs.map(|output| Self::of_parts(&predictor.residuals(output))).collect()
    }

    fn of_parts(parts: &[(&str, Vec<(&str, f64)>)]) -> Self {
        let part = |(kind, arguments): &(&str, Vec<(&str, f64)>)| {
            let of = |wanted: &str| {
                arguments.iter().find(|(name, _)| *name == wanted).map_or(0.0, |(_, value)| *value)
            };
            Some(match *kind {
                "additive" => Residual::Additive(of("sd")),
                "proportional" => Residual::Proportional(of("cv")),
                "lognormal" => Residual::Lognormal(of("sd")),
                "power" => Residual::Power { sd: of("sd"), exponent: of("exponent") },
                "combined1" => Residual::Combined1 { sd: of("sd"), cv: of("cv") },
                _ => return None,
            })
        };
        Self(parts.iter().filter_map(part).collect())
    }

    /// That of an individual whose error has this `size`, the same whatever size is asked of it.
    pub(super) fn at_size(&self, size: f64) -> Self {
        let part = |part: &Residual| match *part {
            Residual::Individual { cv, omega } => Residual::Proportional(cv * exp(omega * size)),
            other => other,
        };
        Self(self.0.iter().map(part).collect())
    }

    /// Whether the residual error is unknown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn lognormal(&self) -> Option<f64> {
        self.0.iter().find_map(|part| match part {
            Residual::Lognormal(sd) => Some(*sd),
            _ => None,
        })
    }

    /// How it varies between visits, if it does.
    pub(super) fn visits(&self) -> Option<Visits> {
        self.0.iter().find_map(|part| match *part {
            Residual::Visits { omega, days } => {
                Some(Visits { omega, memory_h: HOURS_PER_DAY * days })
            }
            _ => None,
        })
    }

    /// What is known of the variation between visits without an observation.
    fn unknown(&self) -> Variation {
        self.visits().map_or(Variation::default(), Visits::unknown)
    }

    /// The variance at a prediction, in the square of its unit, of an individual with this `z`, but for what differs
    /// between visits.
    pub(super) fn own_variance(&self, prediction: f64, z: f64) -> f64 {
        let variance = self.0.iter().map(|part| {
            let sd = match part {
                Residual::Additive(sd) => *sd,
                Residual::Proportional(cv) => cv * prediction,
                Residual::Individual { cv, omega } => cv * exp(omega * z) * prediction,
                Residual::Power { sd, exponent } => sd * powf(prediction.abs(), *exponent),
                Residual::Combined1 { sd, cv } => sd + cv * prediction.abs(),
                Residual::Visits { .. } | Residual::Lognormal(_) => 0.0,
            };
            sd * sd
        });
        variance.sum()
    }

    /// Mean and standard deviation of a measurement where so much is known of the variation between visits.
    fn measurement(&self, prediction: f64, z: f64, known: Variation) -> (f64, f64) {
        let visits = prediction * prediction * known.variance;
        (prediction * (1.0 + known.mean), (self.own_variance(prediction, z) + visits).sqrt())
    }

    /// The observation whose standardised distance from its mean is `z`, in an individual whose error has this `size`.
    pub(super) fn observation(
        &self,
        prediction: f64,
        (size, known): (f64, Variation),
        z: f64,
    ) -> f64 {
        if let Some(sd) = self.lognormal() {
            return prediction * exp(sd * z);
        }
        let (mean, sd) = self.measurement(prediction, size, known);
        mean + sd * z
    }

    /// Log-density of an observation, or log-probability of its interval if it is censored, in an individual whose error
    /// has this `size`, in standard deviations of its logarithm.
    #[must_use]
    pub fn log_likelihood(&self, dv: (f64, Censoring), prediction: f64, size: f64) -> f64 {
        self.log_likelihood_given(dv, prediction, size, self.unknown())
    }

    /// The same where so much is known of the variation between visits.
    pub(super) fn log_likelihood_given(
        &self,
        (observed, censoring): (f64, Censoring),
        prediction: f64,
        size: f64,
        known: Variation,
    ) -> f64 {
        let (of, mean, sd): (fn(f64) -> f64, f64, f64) = if let Some(sd) = self.lognormal() {
            (ln, ln(prediction), sd)
        } else {
            let (mean, sd) = self.measurement(prediction, size, known);
            (|own| own, mean, sd)
        };
        let z = |value: f64| (of(value) - mean) / sd;
        match censoring {
            Censoring::None => {
                let jacobian = if self.lognormal().is_some() { ln(observed) } else { 0.0 };
                let z = z(observed);
                -0.5 * z * z - ln(sd) - jacobian - HALF_LN_TWO_PI
            }
            Censoring::Below(limit) => ln(normal_cdf(z(limit))),
            Censoring::Above(limit) => ln(normal_cdf(-z(limit))),
            Censoring::Between(from, to) => ln(normal_cdf(z(to)) - normal_cdf(z(from))),
        }
    }

    /// Probability of measuring at least `level`, in an individual whose error has this `size`.
    #[must_use]
    pub fn at_least(&self, level: f64, prediction: f64, size: f64) -> f64 {
        self.at_least_given(level, prediction, size, self.unknown())
    }

    /// The same where so much is known of the variation between visits.
    pub(super) fn at_least_given(
        &self,
        level: f64,
        prediction: f64,
        size: f64,
        known: Variation,
    ) -> f64 {
        if let Some(sd) = self.lognormal() {
            return if level > 0.0 { normal_cdf((ln(prediction) - ln(level)) / sd) } else { 1.0 };
        }
        let (mean, sd) = self.measurement(prediction, size, known);
        if sd > 0.0 { normal_cdf((mean - level) / sd) } else { f64::from(u8::from(mean >= level)) }
    }
}
