//! Dual numbers: a value with its exact derivatives with respect to `N` quantities.

use super::{Real, Scalar, digamma};
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A value and its first derivatives with respect to `N` quantities.
///
/// Where times are looked for, the last of the quantities is the time: parameters take the first
/// `N - 1` places.
///
/// ```
/// use thrombopoiesis::numeric::{Dual, Real};
/// let x = Dual::<1>::variable(3.0, 0);
/// let y = x * x + x.ln();
/// assert_eq!(y.derivative(0), 2.0 * 3.0 + 1.0 / 3.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dual<const N: usize> {
    value: f64,
    derivatives: [f64; N],
}

impl<const N: usize> Dual<N> {
    /// The quantity number `index` itself: derivative 1 there, 0 elsewhere.
    #[must_use]
    pub fn variable(value: f64, index: usize) -> Self {
        Self::constant(value).with_derivative(index, 1.0)
    }

    /// The derivative with respect to quantity number `index`.
    #[must_use]
    pub fn derivative(&self, index: usize) -> f64 {
        self.derivatives[index]
    }

    /// All derivatives, in the order of the quantities.
    #[must_use]
    pub fn derivatives(&self) -> [f64; N] {
        self.derivatives
    }

    /// The same number with the derivative with respect to quantity number `index` replaced.
    #[must_use]
    pub fn with_derivative(mut self, index: usize, derivative: f64) -> Self {
        self.derivatives[index] = derivative;
        self
    }

    /// `f(self)` by the chain rule, from the value and the slope of `f`.
    fn chain(self, value: f64, slope: f64) -> Self {
        Self { value, derivatives: self.derivatives.map(|d| slope * d) }
    }

    /// `f(self, other)` by the chain rule, from the value and the two partial slopes of `f`.
    fn chain2(self, other: Self, value: f64, slope_self: f64, slope_other: f64) -> Self {
        let mut derivatives = [0.0; N];
        for (i, derivative) in derivatives.iter_mut().enumerate() {
            *derivative = slope_self * self.derivatives[i] + slope_other * other.derivatives[i];
        }
        Self { value, derivatives }
    }
}

impl<const N: usize> Real for Dual<N> {
    const ZERO: Self = Self { value: 0.0, derivatives: [0.0; N] };
    const ONE: Self = Self { value: 1.0, derivatives: [0.0; N] };

    fn constant(value: f64) -> Self {
        Self { value, derivatives: [0.0; N] }
    }
    fn value(self) -> f64 {
        self.value
    }
    fn exp(self) -> Self {
        let exp = libm::exp(self.value);
        self.chain(exp, exp)
    }
    fn ln(self) -> Self {
        self.chain(libm::log(self.value), 1.0 / self.value)
    }
    fn sqrt(self) -> Self {
        let root = self.value.sqrt();
        self.chain(root, 0.5 / root)
    }
    fn powf(self, exponent: Self) -> Self {
        let power = libm::pow(self.value, exponent.value);
        if self.value == 0.0 {
            // The limits from above: of x^g for g > 1, for g = 1, and below; with respect to g it is 0.
            let slope = exponent.value * libm::pow(self.value, exponent.value - 1.0);
            return self.chain(power, slope);
        }
        self.chain2(
            exponent,
            power,
            exponent.value * power / self.value,
            power * libm::log(self.value),
        )
    }
    fn larger(self, other: Self) -> Self {
        if other.value > self.value { other } else { self }
    }
    fn abs(self) -> Self {
        self.chain(self.value.abs(), self.value.signum())
    }
    fn sin(self) -> Self {
        self.chain(libm::sin(self.value), libm::cos(self.value))
    }
    fn cos(self) -> Self {
        self.chain(libm::cos(self.value), -libm::sin(self.value))
    }
    fn ln_gamma(self) -> Self {
        self.chain(libm::lgamma(self.value), digamma(self.value))
    }
    fn floor(self) -> Self {
        Self::constant(self.value.floor())
    }
    fn where_at_least(self, threshold: Self, yes: Self, no: Self) -> Self {
        if self.value >= threshold.value { yes } else { no }
    }
}

impl<const N: usize> Scalar for Dual<N> {
    const WIDTH: usize = 1 + N;

    fn load(slots: &[f64]) -> Self {
        let mut derivatives = [0.0; N];
        derivatives.copy_from_slice(&slots[1..=N]);
        Self { value: slots[0], derivatives }
    }
    fn store(self, slots: &mut [f64]) {
        slots[0] = self.value;
        slots[1..=N].copy_from_slice(&self.derivatives);
    }
    fn moving_at(self, rate: f64) -> Self {
        self.with_derivative(N - 1, rate)
    }
    fn implicit_time(root: f64, quantity: Self) -> Self {
        let along_time = quantity.derivatives[N - 1];
        Self { value: root, derivatives: quantity.derivatives.map(|d| -d / along_time) }
            .moving_at(0.0)
    }
}

impl<const N: usize> Add for Dual<N> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.chain2(other, self.value + other.value, 1.0, 1.0)
    }
}
impl<const N: usize> Sub for Dual<N> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.chain2(other, self.value - other.value, 1.0, -1.0)
    }
}
impl<const N: usize> Mul for Dual<N> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.chain2(other, self.value * other.value, other.value, self.value)
    }
}
impl<const N: usize> Div for Dual<N> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let quotient = self.value / other.value;
        self.chain2(other, quotient, 1.0 / other.value, -quotient / other.value)
    }
}
impl<const N: usize> Neg for Dual<N> {
    type Output = Self;
    fn neg(self) -> Self {
        self.chain(-self.value, -1.0)
    }
}
impl<const N: usize> Add<f64> for Dual<N> {
    type Output = Self;
    fn add(self, other: f64) -> Self {
        self.chain(self.value + other, 1.0)
    }
}
impl<const N: usize> Sub<f64> for Dual<N> {
    type Output = Self;
    fn sub(self, other: f64) -> Self {
        self.chain(self.value - other, 1.0)
    }
}
impl<const N: usize> Mul<f64> for Dual<N> {
    type Output = Self;
    fn mul(self, other: f64) -> Self {
        self.chain(self.value * other, other)
    }
}
impl<const N: usize> Div<f64> for Dual<N> {
    type Output = Self;
    fn div(self, other: f64) -> Self {
        self.chain(self.value / other, 1.0 / other)
    }
}
impl<const N: usize> AddAssign for Dual<N> {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl<const N: usize> SubAssign for Dual<N> {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
