//! What a true count is likely to be measured as: the error of the count, integrated.

use crate::numeric::elementary::{exp, ln};
use crate::population::{CountError, normal_cdf};

/// Steps of the trapezoidal rule over the variation between visits, in its standard deviations: for
/// the smooth functions here its error falls faster than any power of the step.
const STEP: f64 = 0.5;
/// The rule reaches this many standard deviations to either side.
const REACH: i32 = 12;
/// Beyond this many standard deviations a probability is 0 or 1.
const CERTAIN: f64 = 9.0;

/// Probability that a true `count` is measured at or above `level`, with the error of the count
/// integrated:
///
/// ```text
/// P(y ≥ L) = E_b Φ((c exp(b) − L)/s),  s² = (σp c exp(b))² + σa²    (D1)
/// ```
#[must_use]
pub fn at_or_above(error: &CountError, count: f64, level: f64) -> f64 {
    let noiseless = error.additive <= 0.0 && error.proportional <= 0.0;
    if error.between_visit_omega <= 0.0 {
        return given_visit(error, count, level);
    }
    if noiseless {
        return normal_cdf(ln(count / level) / error.between_visit_omega);
    }
    let average = |value: &dyn Fn(f64) -> f64| over_visits(error.between_visit_omega, value);
    average(&|factor| given_visit(error, count * factor, level))
}

/// Probability density of the measured count `y`, 10⁹/L, behind a true `count`.
#[must_use]
pub(super) fn density(error: &CountError, count: f64, y: f64) -> f64 {
    let omega = error.between_visit_omega;
    let normal = |z: f64| exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt();
    let of = |count: f64| {
        let sd = deviation(error, count);
        normal((y - count) / sd) / sd
    };
    if omega <= 0.0 {
        of(count)
    } else if error.additive <= 0.0 && error.proportional <= 0.0 {
        normal(ln(y / count) / omega) / (omega * y)
    } else {
        over_visits(omega, &|factor| of(count * factor))
    }
}

/// Whether a measured count tells the true one exactly.
#[must_use]
pub(super) fn is_exact(error: &CountError) -> bool {
    error.additive <= 0.0 && error.proportional <= 0.0 && error.between_visit_omega <= 0.0
}

/// Standard deviation of the assay noise.
fn deviation(error: &CountError, count: f64) -> f64 {
    error.additive.hypot(error.proportional * count)
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

/// The mean of a function of exp(b), b normal with mean 0 and standard deviation `omega`.
fn over_visits(omega: f64, value: &dyn Fn(f64) -> f64) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for node in -REACH..=REACH {
        let z = STEP * f64::from(node);
        let weight = exp(-0.5 * z * z);
        sum += weight * value(exp(omega * z));
        weights += weight;
    }
    sum / weights
}

#[cfg(test)]
mod tests {
    use super::{at_or_above, density};
    use crate::population::{CountError, CountStreams, normal_cdf};

    const ASSAY: CountError = CountError {
        additive: 2.5,
        proportional: 0.15,
        between_visit_omega: 0.0,
        between_visit_days: 7.0,
    };
    const BOTH: CountError = CountError { between_visit_omega: 0.2, ..ASSAY };

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
    fn invariant_shares_are_those_of_drawn_counts() {
        let n = 200_000;
        let streams = CountStreams::new(3, &[8.0]);
        for error in [ASSAY, BOTH] {
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
        for error in [ASSAY, BOTH, visits] {
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
