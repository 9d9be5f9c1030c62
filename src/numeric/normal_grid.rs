//! Integrals over a standard normal variable by the trapezoidal rule: for smooth functions its error falls faster than any
//! power of the step.

use super::elementary::exp;

/// Step of the rule, in standard deviations.
const STEP: f64 = 0.75;
/// The rule reaches this many steps to either side.
const REACH: i32 = 8;

/// The points of the rule, in standard deviations, and their weights, which are not normalised.
pub(crate) fn normal_grid() -> impl Iterator<Item = (f64, f64)> {
    (-REACH..=REACH).map(|node| {
        let z = STEP * f64::from(node);
        (z, exp(-0.5 * z * z))
    })
}

#[cfg(test)]
mod tests {
    use super::normal_grid;

    #[test]
    fn analytic_the_mean_of_a_lognormal_variable_is_that_of_the_textbook() {
        let total: f64 = normal_grid().map(|(_, weight)| weight).sum();
        for omega in [0.1, 0.6, 1.0_f64] {
            let mean: f64 = normal_grid().map(|(z, weight)| weight * (omega * z).exp()).sum();
            assert!((mean / total - (0.5 * omega * omega).exp()).abs() < 1e-6, "{omega}");
        }
    }
}
