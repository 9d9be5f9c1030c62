//! Sums of numbers that are known by their logarithms.

use super::{exp, ln};

/// ln(2π)/2, which a normal density has in its logarithm.
pub const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_7;

/// The logarithm of the sum of numbers with these logarithms, however large or small; minus infinity where all are 0.
pub fn log_sum_exp(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        return f64::NEG_INFINITY;
    }
    largest + ln(logs.map(|log| exp(log - largest)).sum())
}

#[cfg(test)]
mod tests {
    use super::log_sum_exp;

    #[test]
    fn analytic_the_logarithm_of_a_sum_is_that_of_the_sum_itself() {
        let found = log_sum_exp([0.0_f64, 2.0_f64.ln(), 3.0_f64.ln()].into_iter());
        assert!((found - 6.0_f64.ln()).abs() < 1e-15);
        let tiny = log_sum_exp([-2000.0, -2000.0].into_iter());
        assert!((tiny - (2.0_f64.ln() - 2000.0)).abs() < 1e-12);
        let nothing = log_sum_exp([f64::NEG_INFINITY].into_iter());
        assert!(nothing.is_infinite() && nothing < 0.0);
    }
}
