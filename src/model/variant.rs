//! The choices that a model declares by name: its structural variants, and whom its numbers describe.

use crate::error::{Error, Result};
use crate::names::name;
use std::fmt;
use std::str::FromStr;

/// What every name that a model declares can do.
macro_rules! declared_name {
    ($Name:ident) => {
        impl $Name {
            /// The one called `text`, of whatever model.
            #[must_use]
            pub fn named(text: &str) -> Self {
                Self(name(text))
            }

            /// Its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                self.0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.0)
            }
        }
    };
}
declared_name!(Variant);
declared_name!(Population);

/// A structural variant, by the name that its model gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Variant(&'static str);

impl Variant {
    /// Thrombopoietin-deficient baseline, shared ceiling: of the mechanistic model.
    pub const A: Self = Self("A");
    /// Normal baseline drive, shared ceiling: the default of the mechanistic model.
    pub const B: Self = Self("B");
    /// Normal baseline drive, two additive Emax terms: of the mechanistic model.
    pub const C: Self = Self("C");
    /// Thrombopoietin-deficient baseline, two additive Emax terms: of the mechanistic model.
    pub const D: Self = Self("D");
    /// The four of the mechanistic model, in order.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];
}

impl FromStr for Variant {
    type Err = Error;

    /// A variant of the mechanistic model by its letter.
    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|variant| variant.0.eq_ignore_ascii_case(text));
        found.ok_or_else(|| Error::Unknown {
            kind: "variant",
            name: text.to_owned(),
            known: Self::ALL.iter().map(ToString::to_string).collect(),
        })
    }
}

/// Whom the parameters describe, by the name that a parameter file or a model gives the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Population(&'static str);

impl Population {
    /// Chronic liver disease with thrombocytopenia.
    pub const CLD: Self = Self("cld");
    /// Whom a text describes where no preset is chosen.
    pub const AS_WRITTEN: Self = Self("as written");
    /// Healthy volunteers.
    pub const HEALTHY: Self = Self("healthy");
}

impl Default for Population {
    fn default() -> Self {
        Self::CLD
    }
}
