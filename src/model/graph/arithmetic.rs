//! What values are made by: functions of one number and operators between two, in any number type.

use crate::numeric::{Real, elementary};

/// A function of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// The negative.
    Minus,
    /// The exponential.
    Exp,
    /// The natural logarithm.
    Ln,
    /// The square root.
    Sqrt,
    /// The absolute value.
    Abs,
    /// The sine.
    Sin,
    /// The cosine.
    Cos,
    /// The logarithm of the gamma function.
    LnGamma,
    /// The largest whole number that is not above.
    Floor,
}

/// An operator between two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// The sum.
    Plus,
    /// The difference.
    Minus,
    /// The product.
    Times,
    /// The quotient.
    Over,
    /// The power.
    Power,
}

impl Function {
    /// The function of `x`.
    pub(in crate::model) fn of<T: Real>(self, x: T) -> T {
        match self {
            Self::Minus => -x,
            Self::Exp => x.exp(),
            Self::Ln => x.ln(),
            Self::Sqrt => x.sqrt(),
            Self::Abs => x.abs(),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::LnGamma => x.ln_gamma(),
            Self::Floor => x.floor(),
        }
    }

    /// The value with the bits that lanes give.
    #[inline(always)]
    pub(super) fn in_lanes(self, x: f64) -> f64 {
        match self {
            Self::Exp => elementary::exp(x),
            Self::Ln => elementary::ln(x),
            other => other.of(x),
        }
    }
}

impl Operator {
    /// What the operator makes of `x` and `y`.
    pub(in crate::model) fn between<T: Real>(self, x: T, y: T) -> T {
        match self {
            Self::Plus => x + y,
            Self::Minus => x - y,
            Self::Times => x * y,
            Self::Over => x / y,
            Self::Power => x.powf(y),
        }
    }

    /// The value with the bits that lanes give.
    pub(super) fn in_lanes(self, x: f64, y: f64) -> f64 {
        match self {
            Self::Power => elementary::powf(x, y),
            other => other.between(x, y),
        }
    }
}
