//! What a true count is likely to be measured as: the error of the count, integrated.

use crate::numeric::normal_grid;
use crate::numeric::{exp, ln};
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
    Integral::of(error).at_or_above(count, level)
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
        let first = ln(level / REACHES);
        // Without variation between visits or patients the probability is a formula.
        let wanted = error.between_visit_omega > 0.0 || error.size_omega > 0.0;
        let last = ((ln(level * REACHES) - first) / SPACING).ceil();
        let number = if wanted { whole(last) + 2 } else { 0 };
        let values = table(&Integral::of(error), (first, number), level);
        Self { error: *error, level, first, values }
    }

    /// Probability that a true `count` is measured at or above the level.
    pub(super) fn of(&self, count: f64) -> f64 {
        let place = (ln(count) - self.first) / SPACING;
        let inside = place >= 1.0 && place + 3.0 < self.values.len() as f64;
        if !inside {
            return at_or_above(&self.error, count, self.level);
        }
        let before = whole(place);
        let t = place - before as f64;
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| self.values[before + i - 1]);
        let (below, above) = (t + 1.0, t - 1.0);
        -a * t * above * (t - 2.0) / 6.0 + b * below * above * (t - 2.0) / 2.0
            - c * below * t * (t - 2.0) / 2.0
            + d * below * t * above / 6.0
    }
}

/// [`at_or_above`] at so many places from the `first` on, by the logarithm of the count.
///
/// The integral over visits moves along the same logarithm: where a step of its rule is a number of whole
/// places, each value within visits serves all of the places that it contributes to.
fn table(integral: &Integral, (first, number): (f64, usize), level: f64) -> Vec<f64> {
    let count = |place: f64| exp(first + SPACING * place);
    let omega = integral.error.between_visit_omega;
    let stride = whole(normal_grid::STEP * omega / SPACING);
    if stride == 0 || integral.is_of_visits_alone() {
        let at = |place| integral.at_or_above(count(place as f64), level);
        return (0..number).into_par_iter().map(at).collect();
    }
    let points = normal_grid::points_apart(stride as f64 * SPACING / omega);
    let both_ends = stride * (points.len() - 1);
    let within = |place| integral.given_visit(count(place as f64 - 0.5 * both_ends as f64), level);
    let within: Vec<f64> = (0..number + both_ends).into_par_iter().map(within).collect();
    let at = |place: usize| {
        let along = within[place..].iter().step_by(stride);
        points.iter().zip(along).map(|((_, weight), value)| weight * value).sum()
    };
    (0..number).map(at).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "neither negative nor as large as the places of a table"
)]
fn whole(number: f64) -> usize {
    number as usize
}

/// Probability density of the measured count `y`, 10⁹/L, behind a true `count`.
#[must_use]
pub(super) fn density(error: &CountError, count: f64, y: f64) -> f64 {
    let normal = |z: f64| exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt();
    let integral = Integral::of(error);
    if integral.is_of_visits_alone() {
        let omega = error.between_visit_omega;
        return normal(ln(y / count) / omega) / (omega * y);
    }
    integral.over_visits(|factor| {
        integral.over_sizes(|proportional| {
            let sd = libm::hypot(error.additive, proportional * count * factor);
            normal((y - count * factor) / sd) / sd
        })
    })
}

/// Whether a measured count tells the true one exactly.
#[must_use]
pub(super) fn is_exact(error: &CountError) -> bool {
    error.additive <= 0.0 && error.proportional <= 0.0 && error.between_visit_omega <= 0.0
}

/// An error of counts with the points of its integrals.
#[derive(Debug)]
struct Integral {
    error: CountError,
    /// exp(b) of a visit, and its weight.
    visits: Vec<(f64, f64)>,
    /// The proportional part of the error in a patient, and its weight.
    proportional: Vec<(f64, f64)>,
}

impl Integral {
    fn of(error: &CountError) -> Self {
        let visits = lognormal(error.between_visit_omega);
        let own = |(size, weight)| (error.proportional * size, weight);
        let proportional = lognormal(error.size_omega).into_iter().map(own).collect();
        Self { error: *error, visits, proportional }
    }

    /// Whether counts differ between visits, and are otherwise exact.
    fn is_of_visits_alone(&self) -> bool {
        let CountError { additive, proportional, between_visit_omega, .. } = self.error;
        additive <= 0.0 && proportional <= 0.0 && between_visit_omega > 0.0
    }

    fn at_or_above(&self, count: f64, level: f64) -> f64 {
        if self.is_of_visits_alone() {
            return normal_cdf(ln(count / level) / self.error.between_visit_omega);
        }
        self.over_visits(|factor| self.given_visit(count * factor, level))
    }

    /// Probability that the `count` of a visit is measured at or above `level`.
    fn given_visit(&self, count: f64, level: f64) -> f64 {
        let above = count - level;
        self.over_sizes(|proportional| {
            let sd = libm::hypot(self.error.additive, proportional * count);
            if above >= CERTAIN * sd {
                1.0
            } else if above <= -CERTAIN * sd {
                0.0
            } else {
                normal_cdf(above / sd)
            }
        })
    }

    /// The mean over visits of a function of exp(b).
    fn over_visits(&self, value: impl Fn(f64) -> f64) -> f64 {
        self.visits.iter().map(|(factor, weight)| weight * value(*factor)).sum()
    }

    /// The mean over patients of a function of the proportional part of the error.
    fn over_sizes(&self, value: impl Fn(f64) -> f64) -> f64 {
        self.proportional.iter().map(|(part, weight)| weight * value(*part)).sum()
    }
}

/// Values of exp(x), x normal with mean 0 and standard deviation `omega`, and their weights.
fn lognormal(omega: f64) -> Vec<(f64, f64)> {
    if omega <= 0.0 {
        return vec![(1.0, 1.0)];
    }
    let of = |(z, weight): (f64, f64)| (exp(omega * z), weight);
    normal_grid::points().into_iter().map(of).collect()
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
