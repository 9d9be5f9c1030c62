//! The distributions behind the statistics; the only file that knows statrs.
//!
//! Probabilities are those of statrs. Quantiles of the beta and the t distribution are not: those
//! of statrs 0.19.1 lose digits with large samples (beta, and so Clopper-Pearson limits: 3e-8
//! relative at n = 10⁴, 4e-4 at n = 10⁶; t: 1e-8 at 10⁴ degrees of freedom, 3e-4 at 10⁶), and for
//! some events of n = 10⁷ they do not return (statrs issue 435). Bisection of the probability does
//! neither.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::beta::beta_reg;
use statrs::function::gamma::gamma_ur;

/// The standard normal quantile of a probability between 0 and 1, for intervals. It differs from
/// [`normal_quantile`](super::normal_quantile), that of the random streams, in the last digit, which
/// printed intervals and errors show.
pub(super) fn statrs_normal_quantile(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}

/// Probability that chi-squared with so many degrees of freedom is larger.
#[must_use]
pub fn chi_squared_above(statistic: f64, freedom: f64) -> f64 {
    if statistic > 0.0 { gamma_ur(0.5 * freedom, 0.5 * statistic) } else { 1.0 }
}

/// The quantile of Beta(a, b), both positive, of a probability between 0 and 1.
pub(super) fn beta_quantile(a: f64, b: f64, probability: f64) -> f64 {
    let (mut lower, mut upper) = (0.0, 1.0);
    loop {
        let middle = f64::midpoint(lower, upper);
        if middle <= lower || middle >= upper {
            return middle;
        }
        if beta_reg(a, b, middle) < probability {
            lower = middle;
        } else {
            upper = middle;
        }
    }
}

/// The quantile of Student's t with `freedom` > 0 of a probability between 0.5 and 1.
pub(super) fn student_quantile(freedom: f64, probability: f64) -> f64 {
    // t²/(freedom + t²) is Beta(1/2, freedom/2), and what is left to 1 is Beta(freedom/2, 1/2).
    let share = beta_quantile(0.5, 0.5 * freedom, 2.0 * probability - 1.0);
    let rest = if share < 0.5 {
        1.0 - share
    } else {
        beta_quantile(0.5 * freedom, 0.5, 2.0 * (1.0 - probability))
    };
    (freedom * share / rest).sqrt()
}

/// The probability of at most `k` events in `n` with the probability `p` each.
pub(super) fn binomial_at_most(k: usize, n: usize, p: f64) -> f64 {
    if k >= n { 1.0 } else { beta_reg((n - k) as f64, (k + 1) as f64, 1.0 - p) }
}

#[cfg(test)]
mod tests {
    use super::super::reference::{Row, counts, rows};
    use super::*;

    /// Between here and R: rounding in the logarithms of the gamma function.
    const TOLERANCE: f64 = 1e-12;

    fn assert_close(found: f64, row: &Row, tolerance: f64) {
        let error = (found - row.value).abs() / row.value;
        assert!(error < tolerance, "{row:?}: {found}, {error:e}");
    }

    #[test]
    fn val_distributions_equal_those_of_r() {
        // Source: tests/reference/statistics.R.
        for row in rows("chi_squared") {
            assert_close(chi_squared_above(row.input.parse().unwrap(), 1.0), &row, 1e-13);
        }
        for row in rows("normal") {
            assert_close(statrs_normal_quantile(f64::midpoint(1.0, row.level)), &row, TOLERANCE);
        }
        for row in rows("student") {
            let freedom: f64 = row.input.parse().unwrap();
            // Rounding of the same logarithms, which grow with the degrees of freedom.
            let tolerance = 1e-14 * freedom.max(500.0);
            let quantile = student_quantile(freedom, f64::midpoint(1.0, row.level));
            assert_close(quantile, &row, tolerance);
        }
        for row in rows("binomial") {
            let (k, n) = counts(&row.input);
            assert_close(binomial_at_most(k, n, row.level), &row, TOLERANCE);
        }
    }

    #[test]
    fn analytic_beta_quantiles_of_a_power_are_its_roots() {
        // Beta(a, 1) has the distribution function x^a, Beta(1, b) has 1 − (1 − x)^b.
        for n in [1.0, 2.0, 7.0, 1000.0, 1e7] {
            for probability in [0.001, 0.025, 0.5, 0.975] {
                let rising = beta_quantile(n, 1.0, probability);
                assert!((rising - f64::powf(probability, 1.0 / n)).abs() < 1e-13, "{n}");
                let falling = beta_quantile(1.0, n, probability);
                let expected = -f64::exp_m1(f64::ln_1p(-probability) / n);
                // The logarithms of the gamma function grow with n, and with them their rounding.
                let tolerance = 1e-14 * n.max(100.0);
                assert!((falling - expected).abs() < tolerance * expected, "{n}: {falling}");
            }
        }
    }
}
