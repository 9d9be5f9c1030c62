//! How a parameter is spread over patients, as a function of a standard normal number.

use crate::numeric::{exp, ln};
use crate::statistics::{normal_cdf, normal_quantile};

/// A value farther from the typical one than so many standard deviations counts as one that far away.
const FARTHEST: f64 = 4.0;

/// The distribution of one parameter around its typical value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distribution {
    /// Typical value times exp(ω z): the typical value is the median (V1).
    LogNormal {
        /// Standard deviation of the logarithm.
        omega: f64,
    },
    /// Between two ends, 0 and 1 for shares: logit of the typical value plus ω z (V2).
    LogitNormal {
        /// Standard deviation of the logit.
        omega: f64,
        /// Lower end.
        lower: f64,
        /// Upper end.
        upper: f64,
    },
    /// Normal around the typical value.
    Normal {
        /// Standard deviation.
        sd: f64,
    },
    /// Normal around the typical value, cut off at both ends: what lies outside is spread over the
    /// inside (V3).
    TruncatedNormal {
        /// Standard deviation before truncation.
        sd: f64,
        /// Lower end.
        lower: f64,
        /// Upper end.
        upper: f64,
    },
}

/// Values that stand for all where a moment has no closed form.
const QUANTILES: u32 = 2000;

impl std::fmt::Display for Distribution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LogNormal { omega } => write!(f, "log-normal, omega {omega:.4}"),
            Self::LogitNormal { omega, lower, upper }
                if [*lower, *upper].map(f64::to_bits) == [0.0_f64, 1.0].map(f64::to_bits) =>
            {
                write!(f, "logit-normal, omega {omega:.4}")
            }
            Self::LogitNormal { omega, lower, upper } => {
                write!(f, "logit-normal between {lower} and {upper}, omega {omega:.4}")
            }
            Self::Normal { sd } => write!(f, "normal, SD {sd:.4}"),
            Self::TruncatedNormal { sd, lower, upper } => {
                write!(f, "normal, SD {sd:.4}, cut off at {lower} and {upper}")
            }
        }
    }
}

impl Distribution {
    /// The patient's value from the typical one and a standard normal number `z`.
    #[must_use]
    pub fn individual(self, typical: f64, z: f64) -> f64 {
        match self {
            Self::LogNormal { omega } => typical * exp(omega * z), // (V1)
            Self::LogitNormal { omega, lower, upper } => {
                let share = (typical - lower) / (upper - lower);
                let odds = exp(ln(share / (1.0 - share)) + omega * z); // (V2)
                lower + (upper - lower) * (odds / (1.0 + odds))
            }
            Self::Normal { sd } => typical + sd * z,
            Self::TruncatedNormal { sd, lower, upper } => {
                let [low, high] = [lower, upper].map(|end| normal_cdf((end - typical) / sd));
                let probability = low + normal_cdf(z) * (high - low); // (V3)
                let tiny = f64::EPSILON;
                typical + sd * normal_quantile(probability.clamp(tiny, 1.0 - tiny))
            }
        }
    }

    /// Standard deviation between patients as a share of their mean.
    #[must_use]
    pub fn coefficient_of_variation(self, typical: f64) -> f64 {
        match self {
            Self::LogNormal { omega } => (exp(omega * omega) - 1.0).sqrt(),
            Self::Normal { sd } => sd / typical,
            // Without tails, so that quantiles at equal distances tell the moments.
            Self::LogitNormal { .. } | Self::TruncatedNormal { .. } => {
                let count = f64::from(QUANTILES);
                let value = |i: u32| {
                    self.individual(typical, normal_quantile((f64::from(i) + 0.5) / count))
                };
                let mean = (0..QUANTILES).map(value).sum::<f64>() / count;
                let squares = (0..QUANTILES).map(|i| (value(i) - mean).powi(2)).sum::<f64>();
                (squares / count).sqrt() / mean
            }
        }
    }

    /// The standard normal number behind a patient's `value`, within ±4: the inverse of
    /// [`Distribution::individual`].
    #[must_use]
    pub fn standard(self, typical: f64, value: f64) -> f64 {
        let (z, _) = Stretched::new(self, typical).standard(self.stretched(value).0);
        if z.is_nan() { 0.0 } else { z.clamp(-FARTHEST, FARTHEST) }
    }
}

/// A distribution on the scale on which it is normal, with what every value needs of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretched {
    centre: f64,
    scale: f64,
    /// Probabilities of a normal number below the lower end, and between the ends, where it is cut off.
    ends: Option<(f64, f64)>,
    /// Logarithm of the derivative of the standard normal number with respect to the stretched value, but for what depends on
    /// the value.
    pub(super) log_slope: f64,
}

impl Stretched {
    pub(super) fn new(distribution: Distribution, typical: f64) -> Self {
        let (centre, _) = distribution.stretched(typical);
        let scale = match distribution {
            Distribution::LogNormal { omega } | Distribution::LogitNormal { omega, .. } => omega,
            Distribution::Normal { sd } | Distribution::TruncatedNormal { sd, .. } => sd,
        };
        let ends = match distribution {
            Distribution::TruncatedNormal { sd, lower, upper } => {
                let [low, high] = [lower, upper].map(|end| normal_cdf((end - typical) / sd));
                Some((low, high - low))
            }
            _ => None,
        };
        let within = ends.map_or(0.0, |(_, within)| ln(within));
        Self { centre, scale, ends, log_slope: -ln(scale) - within }
    }

    /// The standard normal number behind a stretched value, however large, and what the logarithm of its derivative has
    /// beside [`Self::log_slope`].
    pub(super) fn standard(&self, stretched: f64) -> (f64, f64) {
        let x = (stretched - self.centre) / self.scale;
        let Some((low, within)) = self.ends else { return (x, 0.0) };
        let tiny = f64::EPSILON;
        let probability = (normal_cdf(x) - low) / within;
        let z = normal_quantile(probability.clamp(tiny, 1.0 - tiny));
        (z, 0.5 * (z * z - x * x))
    }
}

impl Distribution {
    /// A value on the scale on which it is normal, and the logarithm of the derivative of that scale there.
    pub(super) fn stretched(self, value: f64) -> (f64, f64) {
        match self {
            Self::LogNormal { .. } => (ln(value), -ln(value)),
            Self::LogitNormal { lower, upper, .. } => {
                let slope = (upper - lower) / ((value - lower) * (upper - value));
                (ln((value - lower) / (upper - value)), ln(slope))
            }
            Self::Normal { .. } | Self::TruncatedNormal { .. } => (value, 0.0),
        }
    }

    /// Whether both are normal on the same scale.
    pub(super) fn is_on_scale_of(self, other: Self) -> bool {
        match (self, other) {
            (Self::LogNormal { .. }, Self::LogNormal { .. }) => true,
            (
                Self::LogitNormal { lower, upper, .. },
                Self::LogitNormal { lower: other_lower, upper: other_upper, .. },
            ) => {
                (lower.to_bits(), upper.to_bits()) == (other_lower.to_bits(), other_upper.to_bits())
            }
            _ => {
                let is_plain =
                    |own: Self| matches!(own, Self::Normal { .. } | Self::TruncatedNormal { .. });
                is_plain(self) && is_plain(other)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Distribution, Stretched};

    #[test]
    fn analytic_the_standard_number_behind_a_value_is_the_inverse() {
        for distribution in [
            Distribution::LogNormal { omega: 0.7 },
            Distribution::LogitNormal { omega: 0.5, lower: 0.0, upper: 60.0 },
            Distribution::Normal { sd: 7.5 },
            Distribution::TruncatedNormal { sd: 7.5, lower: 24.2, upper: 50.0 },
        ] {
            for z in [-2.5, -0.3, 0.0, 1.0, 3.0] {
                let found = distribution.standard(39.2, distribution.individual(39.2, z));
                assert!((found - z).abs() < 1e-6, "{distribution}: {found} is not {z}");
            }
        }
        // A value that no patient has counts as the farthest one.
        let cut = Distribution::TruncatedNormal { sd: 7.5, lower: 24.2, upper: 50.0 };
        for (value, expected) in [(10.0, -4.0), (60.0, 4.0)] {
            assert!((cut.standard(39.2, value) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn analytic_the_slope_is_that_of_a_difference() {
        for distribution in [
            Distribution::LogNormal { omega: 0.7 },
            Distribution::LogitNormal { omega: 0.5, lower: 0.0, upper: 60.0 },
            Distribution::Normal { sd: 7.5 },
            Distribution::TruncatedNormal { sd: 7.5, lower: 24.2, upper: 50.0 },
        ] {
            for value in [26.0, 39.0, 45.0] {
                let own = Stretched::new(distribution, 39.2);
                let at = |value| own.standard(distribution.stretched(value).0).0;
                assert!((distribution.individual(39.2, at(value)) - value).abs() < 1e-9);
                let (stretched, of_scale) = distribution.stretched(value);
                let slope = own.log_slope + of_scale + own.standard(stretched).1;
                let difference = (at(value + 1e-4) - at(value - 1e-4)) / 2e-4;
                assert!((difference / slope.exp() - 1.0).abs() < 1e-6, "{distribution}: {slope}");
            }
        }
    }

    #[test]
    fn analytic_medians_and_quantiles() {
        let log = Distribution::LogNormal { omega: 1.3 };
        assert!((log.individual(150.0, 0.0) - 150.0).abs() < 1e-12);
        assert!((log.individual(150.0, 1.0) - 150.0 * 1.3_f64.exp()).abs() < 1e-10);
        let logit = Distribution::LogitNormal { omega: 0.5, lower: 0.0, upper: 1.0 };
        assert!((logit.individual(0.79, 0.0) - 0.79).abs() < 1e-14);
        let odds = 0.79 / 0.21 * (-0.5_f64).exp();
        assert!((logit.individual(0.79, -1.0) - odds / (1.0 + odds)).abs() < 1e-14);
        // Source: mpmath 1.3 with 30 digits, quantile of the normal law cut off at 24.2 and 50.
        let cut = Distribution::TruncatedNormal { sd: 7.5, lower: 24.2, upper: 50.0 };
        for (z, expected) in TRUNCATED {
            let found = cut.individual(39.2, z);
            assert!((found - expected).abs() < 1e-9, "{z}: {found} is not {expected}");
        }
    }

    #[test]
    fn analytic_coefficients_of_variation() {
        let of = |distribution: Distribution| distribution.coefficient_of_variation(39.2);
        // An exponential of a normal number with SD ω has a CV of sqrt(exp(ω²) - 1).
        assert!((of(Distribution::LogNormal { omega: 0.5 }) - 0.532_940_350_0).abs() < 1e-9);
        assert!((of(Distribution::Normal { sd: 7.84 }) - 0.2).abs() < 1e-12);
        // Hardly cut off, it is that of the normal one; cut to a narrow band, that of a uniform one.
        let cut =
            |sd: f64, lower: f64, upper: f64| Distribution::TruncatedNormal { sd, lower, upper };
        assert!((of(cut(3.92, 0.0, 100.0)) - 0.1).abs() < 1e-4);
        assert!((of(cut(1e3, 38.2, 40.2)) - 2.0 / 12.0_f64.sqrt() / 39.2).abs() < 1e-6);
        let logit = Distribution::LogitNormal { omega: 0.01, lower: 0.0, upper: 78.4 };
        assert!((of(logit) - 0.005).abs() < 1e-5);
    }

    const TRUNCATED: [(f64, f64); 4] = [
        (-4.0, 24.203_967_658_111_19),
        (-1.0, 31.921_511_038_300_58),
        (0.0, 38.709_131_756_686_19),
        (2.5, 49.711_025_266_358_1),
    ];
}
