//! The one arithmetic trait of the crate.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A number in which the equations can be evaluated: `f64`, or a [`Dual`](super::Dual) that carries
/// exact derivatives along.
///
/// Model equations use the plain operators and the few functions below, and nothing else.
pub trait Real:
    Copy
    + Debug
    + Send
    + Sync
    + 'static
    + PartialEq
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
    + AddAssign
    + SubAssign
{
    /// The number 0.
    const ZERO: Self;
    /// The number 1.
    const ONE: Self;

    /// A constant: its derivatives are zero.
    fn constant(value: f64) -> Self;
    /// The value without derivatives.
    fn value(self) -> f64;
    /// Natural exponential.
    #[must_use]
    fn exp(self) -> Self;
    /// Natural logarithm; the argument must be positive.
    #[must_use]
    fn ln(self) -> Self;
    /// Square root; the argument must be positive.
    #[must_use]
    fn sqrt(self) -> Self;
    /// `self` to the power of `exponent`; the base must be positive.
    #[must_use]
    fn powf(self, exponent: Self) -> Self;
    /// The larger of two numbers, chosen by value; `self` where they are equal.
    #[must_use]
    fn larger(self, other: Self) -> Self;
    /// Absolute value.
    #[must_use]
    fn abs(self) -> Self;
    /// Sine of an angle in radians.
    #[must_use]
    fn sin(self) -> Self;
    /// Cosine of an angle in radians.
    #[must_use]
    fn cos(self) -> Self;
    /// Natural logarithm of the gamma function's absolute value.
    #[must_use]
    fn ln_gamma(self) -> Self;
    /// The largest whole number that is not above.
    #[must_use]
    fn floor(self) -> Self;
    /// `yes` where `self` is at least `threshold`, else `no`; what is not chosen has no effect, on
    /// derivatives neither.
    #[must_use]
    fn where_at_least(self, threshold: Self, yes: Self, no: Self) -> Self;

    /// `yes` where `self` is at least the constant `threshold`, else `no`.
    #[inline(always)]
    #[must_use]
    fn at_least(self, threshold: f64, yes: Self, no: Self) -> Self {
        self.where_at_least(Self::constant(threshold), yes, no)
    }

    /// The sum of several numbers, from the first to the last.
    #[inline(always)]
    fn sum(terms: impl IntoIterator<Item = Self>) -> Self {
        terms.into_iter().fold(Self::ZERO, |sum, term| sum + term)
    }
}

/// A [`Real`] of one patient that can be laid out as consecutive `f64`, which is how it travels
/// through an integrator.
pub trait Scalar: Real {
    /// How many `f64` one number takes: itself and its derivatives.
    const WIDTH: usize;

    /// The numbers laid out in `slots`; `loaded` is where they are put, unless they stand there as they
    /// are.
    fn view<'a>(slots: &'a [f64], loaded: &'a mut Vec<Self>) -> &'a [Self] {
        loaded.clear();
        loaded.extend(slots.chunks_exact(Self::WIDTH).map(Self::load));
        loaded
    }
    /// Reads a number from the first [`Self::WIDTH`] places of `slots`.
    fn load(slots: &[f64]) -> Self;
    /// Writes a number to the first [`Self::WIDTH`] places of `slots`.
    fn store(self, slots: &mut [f64]);

    /// The same number, with `rate` as its derivative with respect to time.
    #[must_use]
    fn moving_at(self, rate: f64) -> Self;
    /// The time `root` at which a quantity is zero, as a function of everything that the quantity
    /// depends on: the implicit function theorem, −(∂q/∂p)/(∂q/∂t).
    fn implicit_time(root: f64, quantity: Self) -> Self;
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    fn constant(value: f64) -> Self {
        value
    }
    fn value(self) -> f64 {
        self
    }
    fn exp(self) -> Self {
        libm::exp(self)
    }
    fn ln(self) -> Self {
        libm::log(self)
    }
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    fn powf(self, exponent: Self) -> Self {
        libm::pow(self, exponent)
    }
    fn larger(self, other: Self) -> Self {
        if other > self { other } else { self }
    }
    fn abs(self) -> Self {
        self.abs()
    }
    fn sin(self) -> Self {
        libm::sin(self)
    }
    fn cos(self) -> Self {
        libm::cos(self)
    }
    fn ln_gamma(self) -> Self {
        libm::lgamma(self)
    }
    fn floor(self) -> Self {
        self.floor()
    }
    fn where_at_least(self, threshold: Self, yes: Self, no: Self) -> Self {
        if self >= threshold { yes } else { no }
    }
}

impl Scalar for f64 {
    const WIDTH: usize = 1;

    fn view<'a>(slots: &'a [f64], _: &'a mut Vec<Self>) -> &'a [Self] {
        slots
    }
    fn load(slots: &[f64]) -> Self {
        slots[0]
    }
    fn store(self, slots: &mut [f64]) {
        slots[0] = self;
    }
    fn moving_at(self, _rate: f64) -> Self {
        self
    }
    fn implicit_time(root: f64, _quantity: Self) -> Self {
        root
    }
}
