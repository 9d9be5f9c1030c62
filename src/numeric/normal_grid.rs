//! Integrals over a standard normal variable by the trapezoidal rule: for smooth functions its error falls faster than any
//! power of the step.

use super::elementary::exp;

/// Step of the rule, in standard deviations.
pub(crate) const STEP: f64 = 0.75;
/// The rule reaches at least so many standard deviations to either side.
pub(crate) const END: f64 = 6.0;

/// The points of the rule, in standard deviations, and their weights, whose sum is 1.
pub(crate) fn points() -> Vec<(f64, f64)> {
    points_apart(STEP)
}

/// The same with another `step` between the points.
pub(crate) fn points_apart(step: f64) -> Vec<(f64, f64)> {
    let right = std::iter::successors(Some(0.0), |n| Some(n + 1.0)).map(|n: f64| step * n);
    let mut right: Vec<f64> = right.take_while(|z| *z < END).collect();
    right.push(step * right.len() as f64);
    let left: Vec<f64> = right[1..].iter().rev().map(|z| -z).collect();
    let weight = |z: f64| exp(-0.5 * z * z);
    let all = left.into_iter().chain(right);
    let sum: f64 = all.clone().map(weight).sum();
    all.map(|z| (z, weight(z) / sum)).collect()
}

#[cfg(test)]
mod tests {
    use super::points;

    #[test]
    fn analytic_the_mean_of_a_lognormal_variable_is_that_of_the_textbook() {
        for omega in [0.1, 0.6, 1.0_f64] {
            let mean: f64 = points().iter().map(|(z, weight)| weight * (omega * z).exp()).sum();
            assert!((mean - (0.5 * omega * omega).exp()).abs() < 1e-6, "{omega}");
        }
    }
}
