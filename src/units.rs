//! Quantities at the door of the library. Inside it, numbers are plain `f64` in the units of the
//! house: h, mg, L, ng/mL, 10⁹/L (pM for thrombopoietin); days only on axes and in reports.

pub(crate) mod decimal;
pub mod plausible;
pub mod rounding;
pub mod spelling;

use crate::names::name;
use crate::numeric::Real;
use std::fmt;

/// Hours in a day.
pub const HOURS_PER_DAY: f64 = 24.0;
/// ng/mL in one mg/L.
pub const NG_PER_ML_PER_MG_PER_L: f64 = 1000.0;
/// The unit of platelet counts as tables write it.
pub const COUNT_UNIT: &str = "10^9/L";
/// µg in one mg.
pub const UG_PER_MG: f64 = 1000.0;

/// A time or a duration.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Time(f64);

impl Time {
    /// From hours.
    #[must_use]
    pub const fn hours(hours: f64) -> Self {
        Self(hours)
    }
    /// From days of 24 hours.
    #[must_use]
    pub const fn days(days: f64) -> Self {
        Self(days * HOURS_PER_DAY)
    }
    /// From days as a person writes them: 0.7 d is 16.8 h, which the product of doubles is not.
    #[must_use]
    pub fn written_days(days: f64) -> Self {
        Self(decimal::product(days, 24))
    }
    /// `count` times as long, in decimals: three times 0.1 h is 0.3 h.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self(decimal::product(self.0, count))
    }
    /// From a visit day of a trial, whose day 1 is the day of the first dose.
    #[must_use]
    pub const fn visit_day(day: f64) -> Self {
        Self::days(day - 1.0)
    }
    /// In hours.
    #[must_use]
    pub const fn in_hours(self) -> f64 {
        self.0
    }
    /// In days.
    #[must_use]
    pub const fn in_days(self) -> f64 {
        self.0 / HOURS_PER_DAY
    }
}

/// The amount of one dose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// Milligrams.
    Mg(f64),
    /// Micrograms per kg of body weight.
    UgPerKg(f64),
    /// So many of another unit, such as `mg/m^2` or `nmol`, which only models in text take.
    Of(f64, &'static str),
}

/// Units of doses besides mg and µg/kg: what one is in mg or µg/kg, where it is a mass.
const DOSE_UNITS: [(&str, Option<Amount>); 16] = [
    ("mg", Some(Amount::Mg(1.0))),
    ("g", Some(Amount::Mg(1000.0))),
    ("ug", Some(Amount::Mg(1e-3))),
    ("mcg", Some(Amount::Mg(1e-3))),
    ("ng", Some(Amount::Mg(1e-6))),
    ("ug/kg", Some(Amount::UgPerKg(1.0))),
    ("mcg/kg", Some(Amount::UgPerKg(1.0))),
    ("mg/kg", Some(Amount::UgPerKg(1000.0))),
    ("mg/m^2", None),
    ("ug/m^2", None),
    ("pmol", None),
    ("nmol", None),
    ("umol", None),
    ("mmol", None),
    ("iu", None),
    ("iu/kg", None),
];

impl Amount {
    /// `number` in the unit written `unit`, whatever the case; none where it is no unit of dose.
    #[must_use]
    pub fn written(number: f64, unit: &str) -> Option<Self> {
        let unit = unit.to_lowercase();
        let (known, one) = DOSE_UNITS.iter().find(|(known, _)| *known == unit)?;
        Some(match one {
            Some(Self::UgPerKg(one)) => Self::UgPerKg(number * one),
            Some(one) if one.number() < 1.0 => Self::Mg(number / one.number().recip().round()),
            Some(one) => Self::Mg(number * one.number()),
            None => Self::Of(number, if *known == "iu" { "IU" } else { known }),
        })
    }

    /// One of the amount's own unit.
    #[must_use]
    pub const fn one(self) -> Self {
        match self {
            Self::Mg(_) => Self::Mg(1.0),
            Self::UgPerKg(_) => Self::UgPerKg(1.0),
            Self::Of(_, unit) => Self::Of(1.0, unit),
        }
    }

    /// `factor` times as much.
    #[must_use]
    pub const fn times(self, factor: f64) -> Self {
        match self {
            Self::Mg(number) => Self::Mg(number * factor),
            Self::UgPerKg(number) => Self::UgPerKg(number * factor),
            Self::Of(number, unit) => Self::Of(number * factor, unit),
        }
    }

    /// The plain number, in the amount's own unit.
    #[must_use]
    pub const fn number(self) -> f64 {
        match self {
            Self::Mg(number) | Self::UgPerKg(number) | Self::Of(number, _) => number,
        }
    }
    /// The amount's own unit.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Mg(_) => "mg",
            Self::UgPerKg(_) => "ug/kg",
            Self::Of(_, unit) => unit,
        }
    }
    /// In mg, for a patient of `wt` kg; not a number in a unit that is none of mass.
    #[must_use]
    pub fn in_mg<T: Real>(self, wt: T) -> T {
        match self {
            Self::Mg(mg) => T::constant(mg),
            Self::UgPerKg(ug_per_kg) => wt * (ug_per_kg / UG_PER_MG),
            Self::Of(..) => T::constant(f64::NAN),
        }
    }
    /// In µg/kg, for a patient of `wt` kg; not a number in a unit that is none of mass.
    #[must_use]
    pub fn in_ug_per_kg<T: Real>(self, wt: T) -> T {
        match self {
            Self::Mg(mg) => T::constant(mg * UG_PER_MG) / wt,
            Self::UgPerKg(ug_per_kg) => T::constant(ug_per_kg),
            Self::Of(..) => T::constant(f64::NAN),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mg(mg) => write!(f, "{mg} mg"),
            Self::UgPerKg(ug_per_kg) => write!(f, "{ug_per_kg} ug/kg"),
            Self::Of(number, unit) => write!(f, "{number} {unit}"),
        }
    }
}

/// How a dose is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// By mouth, into the depot.
    Oral,
    /// Under the skin, into the depot.
    Subcutaneous,
    /// Into a vein, as a bolus into the central compartment.
    Intravenous,
    /// Another route, by the name that a model gives it.
    Named(&'static str),
}

impl Route {
    /// The route called `text`, whatever the case: `po` or `oral`, `sc`, `iv`, or a name of a model.
    #[must_use]
    pub fn called(text: &str) -> Self {
        match text.to_lowercase().as_str() {
            "po" | "oral" => Self::Oral,
            "sc" | "subcutaneous" => Self::Subcutaneous,
            "iv" | "intravenous" => Self::Intravenous,
            other => Self::Named(name(other)),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Oral => "po",
            Self::Subcutaneous => "sc",
            Self::Intravenous => "iv",
            Self::Named(name) => name,
        })
    }
}
