//! What a true count is likely to be measured as: the error of the count, integrated.

use crate::numeric::elementary::{exp, ln};
use crate::numeric::normal_grid;
use crate::population::CountError;
use crate::statistics::normal_cdf;
use rayon::prelude::*;

/// Beyond this many standard deviations a probability is 0 or 1.
const CERTAIN: f64 = 9.0;

/// Probability that a true `count` is measured at or above `level`, with the error of the count
/// integrated:
///
/// ```text
/// P(y ≥ L) = E_b E_s Φ((c exp(b) − L)/d),  d² = (σp s c exp(b))² + σa²    (D1)
/// ```
#[must_use]
pub fn at_or_above(error: &CountError, count: f64, level: f64) -> f64 {
    let noiseless = error.additive <= 0.0 && error.proportional <= 0.0;
    if noiseless && error.between_visit_omega > 0.0 {
        return normal_cdf(ln(count / level) / error.between_visit_omega);
    }
    over_visits(error, &|factor| {
        over_sizes(error, &|error| given_visit(error, count * factor, level))
    })
}

/// Distance of the places of a table, on the logarithm of the count.
const SPACING: f64 = 0.003;
/// A table reaches from a twentieth of its level to twenty times it; beyond, the integral is taken anew.
const REACHES: f64 = 20.0;

/// [`at_or_above`] of one error and level as a table over the true count: the integral at places of
/// equal distance on the logarithm of the count, a cubic through the four nearest between them.
#[derive(Debug, Clone)]
pub(super) struct Chances {
    error: CountError,
    level: f64,
    first: f64,
    values: Vec<f64>,
}

impl Chances {
    pub(super) fn new(error: &CountError, level: f64) -> Self {
        let (first, last) = (ln(level / REACHES), ln(level * REACHES));
        let places = std::iter::successors(Some(first), |place| Some(place + SPACING));
        // Without variation between visits or patients the probability is a formula.
        let wanted = error.between_visit_omega > 0.0 || error.size_omega > 0.0;
        let places = places.take_while(|place| wanted && *place <= last + SPACING);
        let places: Vec<f64> = places.collect();
        let values =
            places.par_iter().map(|place| at_or_above(error, exp(*place), level)).collect();
        Self { error: *error, level, first, values }
    }

    /// Probability that a true `count` is measured at or above the level.
    pub(super) fn of(&self, count: f64) -> f64 {
        let place = (ln(count) - self.first) / SPACING;
        let inside = place >= 1.0 && place + 3.0 < self.values.len() as f64;
        if !inside {
            return at_or_above(&self.error, count, self.level);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and the number of places"
        )]
        let before = place as usize;
        let t = place - before as f64;
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| self.values[before + i - 1]);
        let (below, above) = (t + 1.0, t - 1.0);
        -a * t * above * (t - 2.0) / 6.0 + b * below * above * (t - 2.0) / 2.0
            - c * below * t * (t - 2.0) / 2.0
            + d * below * t * above / 6.0
    }
}

/// Probability density of the measured count `y`, 10⁹/L, behind a true `count`.
#[must_use]
pub(super) fn density(error: &CountError, count: f64, y: f64) -> f64 {
    let omega = error.between_visit_omega;
    let normal = |z: f64| exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt();
    if omega > 0.0 && error.additive <= 0.0 && error.proportional <= 0.0 {
        return normal(ln(y / count) / omega) / (omega * y);
    }
    let of = |error: &CountError, count: f64| {
        let sd = deviation(error, count);
        normal((y - count) / sd) / sd
    };
    over_visits(error, &|factor| over_sizes(error, &|error| of(error, count * factor)))
}

/// Whether a measured count tells the true one exactly.
#[must_use]
pub(super) fn is_exact(error: &CountError) -> bool {
    error.additive <= 0.0 && error.proportional <= 0.0 && error.between_visit_omega <= 0.0
}

/// Standard deviation of the assay noise.
fn deviation(error: &CountError, count: f64) -> f64 {
    libm::hypot(error.additive, error.proportional * count)
}

fn given_visit(error: &CountError, count: f64, level: f64) -> f64 {
    let (above, sd) = (count - level, deviation(error, count));
    if above >= CERTAIN * sd {
        1.0
    } else if above <= -CERTAIN * sd {
        0.0
    } else {
        normal_cdf(above / sd)
    }
}

/// The mean over visits of a function of exp(b).
fn over_visits(error: &CountError, value: &dyn Fn(f64) -> f64) -> f64 {
    over_lognormal(error.between_visit_omega, value)
}

/// The mean over patients of a function of the error in a patient: its proportional part differs.
fn over_sizes(error: &CountError, value: &dyn Fn(&CountError) -> f64) -> f64 {
    let of = |size: f64| {
        value(&CountError { proportional: error.proportional * size, size_omega: 0.0, ..*error })
    };
    over_lognormal(error.size_omega, &of)
}

/// The mean of a function of exp(x), x normal with mean 0 and standard deviation `omega`.
fn over_lognormal(omega: f64, value: &dyn Fn(f64) -> f64) -> f64 {
    if omega <= 0.0 {
        return value(1.0);
    }
    let (mut sum, mut weights) = (0.0, 0.0);
    for (z, weight) in normal_grid() {
        sum += weight * value(exp(omega * z));
        weights += weight;
    }
    sum / weights
}

#[cfg(test)]
mod tests {
    use super::{Chances, at_or_above, density};
    use crate::population::{CountError, CountStreams};
    use crate::statistics::normal_cdf;

    const ASSAY: CountError = CountError {
        additive: 2.5,
        proportional: 0.15,
        size_omega: 0.0,
        between_visit_omega: 0.0,
        between_visit_days: 7.0,
    };
    const BOTH: CountError = CountError { between_visit_omega: 0.2, ..ASSAY };
    const SIZES: CountError = CountError { size_omega: 0.6, ..BOTH };

    #[test]
    fn analytic_shares_of_assay_noise_and_of_variation_between_visits() {
        let sd = (2.5_f64.powi(2) + 6.0_f64.powi(2)).sqrt();
        let expected = normal_cdf(-10.0 / sd);
        assert!((at_or_above(&ASSAY, 40.0, 50.0) - expected).abs() < 1e-15);
        let visits = CountError { additive: 0.0, proportional: 0.0, ..BOTH };
        let expected = normal_cdf((0.8_f64).ln() / 0.2);
        assert!((at_or_above(&visits, 40.0, 50.0) - expected).abs() < 1e-15);
        let exact = CountError::default();
        assert!(at_or_above(&exact, 50.0, 50.0) > 0.99 && at_or_above(&exact, 49.9, 50.0) < 0.01);
    }

    #[test]
    fn analytic_a_table_is_the_integral() {
        // Cubic through places 0.002 apart: 3/128 h⁴ times the fourth derivative, about 2000 here.
        const CLOSE: f64 = 2e-9;
        let small = CountError { between_visit_omega: 0.05, ..ASSAY };
        for error in [small, BOTH, ASSAY, SIZES] {
            let table = Chances::new(&error, 50.0);
            for i in 0..4000 {
                let count = 1.0 + 0.17 * f64::from(i);
                let (found, exact) = (table.of(count), at_or_above(&error, count, 50.0));
                assert!((found - exact).abs() < CLOSE, "{count}: {found} is not {exact}");
            }
        }
    }

    #[test]
    fn invariant_shares_are_those_of_drawn_counts() {
        let n = 200_000;
        let streams = CountStreams::new(3, &[8.0]);
        for error in [ASSAY, BOTH, SIZES] {
            let is_above = |s: &usize| error.measured(45.0, streams.noise(&error, *s)[0]) >= 50.0;
            let drawn = (0..n).filter(is_above).count() as f64 / n as f64;
            let expected = at_or_above(&error, 45.0, 50.0);
            // Four standard errors of the draws.
            let se = (expected * (1.0 - expected) / n as f64).sqrt();
            assert!((drawn - expected).abs() < 4.0 * se, "{drawn} is not {expected}");
        }
    }

    #[test]
    fn analytic_density_is_the_slope_of_the_share() {
        let visits = CountError { additive: 0.0, proportional: 0.0, ..BOTH };
        for error in [ASSAY, BOTH, SIZES, visits] {
            for y in [25.0, 40.0, 60.0] {
                let step = 1e-3;
                let share = |level: f64| at_or_above(&error, 40.0, level);
                let slope = (share(y - step) - share(y + step)) / (2.0 * step);
                let found = density(&error, 40.0, y);
                assert!((slope - found).abs() < 1e-7, "{y}: {found} is not {slope}");
            }
        }
    }
}
