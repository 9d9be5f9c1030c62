//! The derivative of the logarithm of the gamma function.

use super::Real;

/// From here on the asymptotic series has an error below 1e-13.
const LARGE: f64 = 10.0;
/// Coefficients of x⁻², x⁻⁴, .. in ln x − 1/(2 x) − ψ(x): Bernoulli numbers over 2, 4, ..
const SERIES: [f64; 5] = [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0];

/// ψ(x) for positive x, in any number type: ψ(x) = ψ(x + 1) − 1/x up to where the series holds.
pub(crate) fn digamma<T: Real>(x: T) -> T {
    let (mut x, mut below) = (x, T::ZERO);
    while x.value() > 0.0 && x.value() < LARGE {
        below += T::ONE / x;
        x = x + 1.0;
    }
    let over_square = T::ONE / (x * x);
    let series =
        SERIES.iter().rev().fold(T::ZERO, |sum, coefficient| (sum + *coefficient) * over_square);
    x.ln() - T::constant(0.5) / x - series - below
}

#[cfg(test)]
mod tests {
    use super::digamma;

    // Source: the implementation of the crate statrs; ψ(1) is minus Euler's constant.
    #[test]
    fn val_digamma_agrees_with_another_implementation() {
        assert!((digamma(1.0) + 0.577_215_664_901_532_9).abs() < 1e-13);
        for x in [0.01, 0.3, 1.5, 7.0, 9.99, 10.0, 1234.5] {
            let other = statrs::function::gamma::digamma(x);
            assert!((digamma(x) - other).abs() < 1e-11 * (1.0 + other.abs()), "{x}");
        }
    }
}
