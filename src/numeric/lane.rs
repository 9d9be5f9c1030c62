//! The number type of the lane engine.

use super::{Real, elementary};
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// One patient's number among the several that a vector register holds.
///
/// It is an `f64` with branch-free functions and with every operation inlined, so that a loop over
/// patients, `for lane in 0..W`, compiles to vector instructions: the compiler sees through the
/// model's equations and keeps what is between two lines of them in registers.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
#[repr(transparent)]
pub struct Lane(pub f64);

/// Fills a row of `W` lanes with what the expression says of each, eight at a time: eight results wait
/// in a vector register until all of their inputs have been read, so that the row may be one of these.
macro_rules! fill_row {
    ($W:ident, $row:expr, |$l:ident| $value:expr) => {{
        let mut first = 0;
        while first + 8 <= $W {
            let mut eight = [0.0; 8];
            for i in 0..8 {
                let $l = first + i;
                eight[i] = $value;
            }
            $row[first..first + 8].copy_from_slice(&eight);
            first += 8;
        }
        while first < $W {
            let $l = first;
            let one = $value;
            $row[first] = one;
            first += 1;
        }
    }};
}
pub(crate) use fill_row;

impl Real for Lane {
    const ZERO: Self = Self(0.0);
    const ONE: Self = Self(1.0);

    #[inline(always)]
    fn constant(value: f64) -> Self {
        Self(value)
    }
    #[inline(always)]
    fn value(self) -> f64 {
        self.0
    }
    #[inline(always)]
    fn exp(self) -> Self {
        Self(elementary::exp(self.0))
    }
    #[inline(always)]
    fn ln(self) -> Self {
        Self(elementary::ln(self.0))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(self.0.sqrt())
    }
    #[inline(always)]
    fn powf(self, exponent: Self) -> Self {
        Self(elementary::powf(self.0, exponent.0))
    }
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        if other.0 > self.0 { other } else { self }
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self(self.0.abs())
    }
    #[inline(always)]
    fn sin(self) -> Self {
        Self(libm::sin(self.0))
    }
    #[inline(always)]
    fn cos(self) -> Self {
        Self(libm::cos(self.0))
    }
    #[inline(always)]
    fn ln_gamma(self) -> Self {
        Self(libm::lgamma(self.0))
    }
    #[inline(always)]
    fn floor(self) -> Self {
        Self(self.0.floor())
    }
    #[inline(always)]
    fn where_at_least(self, threshold: Self, yes: Self, no: Self) -> Self {
        if self.0 >= threshold.0 { yes } else { no }
    }
}

macro_rules! operators {
    ($($Trait:ident $method:ident $operator:tt,)+) => {
        $(impl $Trait for Lane {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(self.0 $operator other.0)
            }
        }
        impl $Trait<f64> for Lane {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                Self(self.0 $operator other)
            }
        })+
    };
}
operators! { Add add +, Sub sub -, Mul mul *, Div div /, }

impl Neg for Lane {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl AddAssign for Lane {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl SubAssign for Lane {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}
