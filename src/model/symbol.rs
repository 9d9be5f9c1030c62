//! What a symbol of the equations means: its unit, its meaning, its admissible range.

use crate::error::{Error, Result};
use std::fmt;

/// A symbol of the equations. The glossary in `docs/glossary.md` lists them all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Symbol {
    /// Name in code, files and on the command line.
    pub name: &'static str,
    /// Unit; `1` for pure numbers.
    pub unit: &'static str,
    /// What it is, in a few words.
    pub meaning: &'static str,
    /// Where it means something.
    pub range: Range,
}

impl Symbol {
    /// Refuses a value given by the user that lies outside the range, or that no parameter can have.
    ///
    /// # Errors
    /// [`Error::OutOfRange`].
    pub(super) fn check_given(self, value: f64) -> Result<()> {
        self.check(value)?;
        let (least, most) = MAGNITUDES;
        if value == 0.0 || (least..=most).contains(&value.abs()) {
            return Ok(());
        }
        Err(Error::OutOfRange {
            symbol: self.name.to_owned(),
            value,
            unit: self.unit.to_owned(),
            range: format!("[{least:e}, {most:e}], which holds every parameter"),
        })
    }

    /// Refuses a value outside the range.
    ///
    /// # Errors
    /// [`Error::OutOfRange`].
    pub fn check(self, value: f64) -> Result<()> {
        if self.range.contains(value) {
            return Ok(());
        }
        Err(Error::OutOfRange {
            symbol: self.name.to_owned(),
            value,
            unit: self.unit.to_owned(),
            range: self.range.to_string(),
        })
    }
}

/// Smallest and largest magnitude, apart from 0, of a value that a user may give: in the units used
/// here no parameter means anything beyond.
pub(super) const MAGNITUDES: (f64, f64) = (1e-12, 1e12);

/// An interval of admissible values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Lower end.
    pub min: f64,
    /// Upper end.
    pub max: f64,
    /// Whether the ends themselves are admissible (an infinite end never is).
    pub closed: bool,
}

impl Range {
    /// (0, ∞)
    pub const POSITIVE: Self = Self { min: 0.0, max: f64::INFINITY, closed: false };
    /// [0, ∞)
    pub const NON_NEGATIVE: Self = Self { min: 0.0, max: f64::INFINITY, closed: true };
    /// (1, ∞)
    pub const ABOVE_ONE: Self = Self { min: 1.0, max: f64::INFINITY, closed: false };
    /// (0, 1)
    pub const FRACTION: Self = Self { min: 0.0, max: 1.0, closed: false };
    /// [0, 1]
    pub const SHARE: Self = Self { min: 0.0, max: 1.0, closed: true };

    /// Whether `value` is finite and inside.
    #[must_use]
    pub fn contains(self, value: f64) -> bool {
        let above = if self.closed { value >= self.min } else { value > self.min };
        let below = if self.closed { value <= self.max } else { value < self.max };
        value.is_finite() && above && below
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = if self.closed && self.min.is_finite() { '[' } else { '(' };
        let right = if self.closed && self.max.is_finite() { ']' } else { ')' };
        let end = |value: f64| match value {
            f64::INFINITY => "∞".to_owned(),
            value => value.to_string(),
        };
        write!(f, "{left}{}, {}{right}", end(self.min), end(self.max))
    }
}

/// Declares a block of parameters once: the struct, its documentation, its [`Symbol`]s and how it is
/// read from a [`Theta`](crate::model::Theta).
macro_rules! parameters {
    (
        $(#[$about:meta])*
        pub struct $Block:ident {
            $($field:ident [$unit:literal] $range:ident: $meaning:literal,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $Block<T> {
            $(#[doc = concat!($meaning, ", ", $unit)] pub $field: T,)+
        }

        impl<T: $crate::numeric::Real> $Block<T> {
            /// The symbols of this block, in the order of its fields.
            pub const SYMBOLS: &'static [$crate::model::Symbol] = &[
                $($crate::model::Symbol {
                    name: stringify!($field),
                    unit: $unit,
                    meaning: $meaning,
                    range: $crate::model::Range::$range,
                },)+
            ];

            /// Reads the block by the names of its fields.
            ///
            /// # Errors
            /// A symbol that has no value.
            pub fn from_theta(theta: &$crate::model::Theta<T>) -> $crate::error::Result<Self> {
                Ok(Self { $($field: theta.get(stringify!($field))?,)+ })
            }
        }
    };
}
pub(crate) use parameters;
