//! Units in the names of columns: `TIME_D`, `AMT_MG`.

use crate::error::echo;

/// Hours in a unit of time, by the names that follow `TIME_`.
const TIMES: [(&str, f64); 17] = [
    ("s", 1.0 / 3600.0),
    ("sec", 1.0 / 3600.0),
    ("min", 1.0 / 60.0),
    ("mins", 1.0 / 60.0),
    ("h", 1.0),
    ("hr", 1.0),
    ("hrs", 1.0),
    ("hour", 1.0),
    ("hours", 1.0),
    ("d", 24.0),
    ("day", 24.0),
    ("days", 24.0),
    ("w", 168.0),
    ("wk", 168.0),
    ("wks", 168.0),
    ("week", 168.0),
    ("weeks", 168.0),
];

/// Names of masses and their size in mg.
const MASSES: [(&str, f64); 8] = [
    ("pg", 1e-9),
    ("ng", 1e-6),
    ("ug", 1e-3),
    ("mcg", 1e-3),
    ("\u{b5}g", 1e-3),
    ("mg", 1.0),
    ("g", 1e3),
    ("kg", 1e6),
];

/// Names of amounts of substance and their size in mmol, so that times g/mol gives mg.
const SUBSTANCES: [(&str, f64); 6] = [
    ("pmol", 1e-9),
    ("nmol", 1e-6),
    ("umol", 1e-3),
    ("\u{b5}mol", 1e-3),
    ("mmol", 1.0),
    ("mol", 1e3),
];

/// Volumes that an amount may be divided by, and their size in L.
const VOLUMES: [(&str, f64); 4] = [("l", 1.0), ("dl", 0.1), ("ml", 1e-3), ("ul", 1e-6)];

/// Hours in the unit of time called `name`, case ignored.
#[must_use]
pub fn hours_in(name: &str) -> Option<f64> {
    let name = name.to_lowercase();
    TIMES.iter().find(|(known, _)| *known == name).map(|(_, hours)| *hours)
}

/// The usual name of the unit of time that has so many hours.
#[must_use]
pub fn time_name(hours: f64) -> &'static str {
    let usual = ["h", "d", "min", "s", "wk"];
    let is = |name: &&&str| hours_in(name).is_some_and(|own| (own / hours - 1.0).abs() < 1e-12);
    usual.iter().find(is).copied().unwrap_or("units of the model")
}

/// What an amount is counted in.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// A mass, mg in one unit.
    Mass(f64),
    /// An amount of substance, mmol in one unit.
    Substance(f64),
    /// Anything else, compared by its name.
    Other,
}

/// A unit of amounts: a mass, an amount of substance, either per kg or the like, or another.
#[derive(Debug, Clone, PartialEq)]
pub struct AmountUnit {
    name: String,
    kind: Kind,
    per: String,
}

impl AmountUnit {
    /// The unit called `name`, such as `mg`, `nmol`, `ug/kg`, `IU`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let lower = name.trim().to_lowercase();
        let (first, per) = lower.split_once('/').unwrap_or((&lower, ""));
        let size = |table: &[(&str, f64)]| {
            table.iter().find(|(known, _)| *known == first).map(|(_, size)| *size)
        };
        let kind = match (size(&MASSES), size(&SUBSTANCES)) {
            (Some(mg), _) => Kind::Mass(mg),
            (None, Some(mmol)) => Kind::Substance(mmol),
            (None, None) => Kind::Other,
        };
        Self { name: name.trim().to_owned(), kind, per: per.to_owned() }
    }

    /// The unit that ends the name of a column, such as `MG` or `UG_KG`; `None` where it is no unit.
    #[must_use]
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        let unit = Self::of(&suffix.to_lowercase().replacen('_', "/", 1));
        let is_known = unit.kind != Kind::Other || matches!(unit.name.as_str(), "iu" | "u" | "miu");
        let is_per = matches!(unit.per.as_str(), "" | "kg" | "m2");
        (is_known && is_per).then_some(unit)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many of `other` there are in one of this unit, with the molar mass of the drug in g/mol;
    /// `None` where the one cannot be converted into the other.
    #[must_use]
    pub fn in_units_of(&self, other: &Self, molar_mass: Option<f64>) -> Option<f64> {
        let volume = |per: &str| VOLUMES.iter().find(|(known, _)| *known == per).map(|own| own.1);
        let share = match (volume(&self.per), volume(&other.per)) {
            (Some(own), Some(other)) => other / own,
            _ if self.per == other.per => 1.0,
            _ => return None,
        };
        let factor = match (self.kind, other.kind) {
            (Kind::Mass(own), Kind::Mass(other))
            | (Kind::Substance(own), Kind::Substance(other)) => Some(own / other),
            (Kind::Substance(own), Kind::Mass(other)) => molar_mass.map(|mass| own * mass / other),
            (Kind::Mass(own), Kind::Substance(other)) => {
                molar_mass.filter(|mass| *mass > 0.0).map(|mass| own / mass / other)
            }
            _ => return self.name.eq_ignore_ascii_case(&other.name).then_some(1.0),
        };
        factor.map(|factor| factor * share)
    }

    /// Why values in a column called `column` cannot be those of `what`, as in "the route `oral` takes".
    #[must_use]
    pub fn refusal(&self, column: &str, what: &str, wanted: &Self) -> String {
        let differ = matches!(
            (self.kind, wanted.kind),
            (Kind::Mass(_), Kind::Substance(_)) | (Kind::Substance(_), Kind::Mass(_))
        );
        let why = if differ && self.per == wanted.per {
            "the model has no molar mass"
        } else {
            "the one cannot be converted into the other"
        };
        format!("{}: {} {}, and {why}", echo(column), echo(what), wanted.name)
    }
}

#[cfg(test)]
mod tests {
    use super::{AmountUnit, hours_in, time_name};

    #[test]
    fn analytic_units_of_columns_have_their_factors() {
        for (name, hours) in [("H", 1.0), ("days", 24.0), ("MIN", 1.0 / 60.0), ("Wk", 168.0)] {
            assert_eq!(hours_in(name), Some(hours), "{name}");
        }
        assert_eq!(hours_in("NOM"), None);
        assert_eq!((time_name(24.0), time_name(1.0), time_name(1.0 / 60.0)), ("d", "h", "min"));
        let factor = |from: &str, to: &str, mass| {
            AmountUnit::of_suffix(from).and_then(|unit| unit.in_units_of(&AmountUnit::of(to), mass))
        };
        assert_eq!(factor("UG", "mg", None), Some(1e-3));
        assert_eq!(factor("MG_KG", "ug/kg", None), Some(1e3));
        assert_eq!(factor("MG_KG", "mg", None), None);
        assert_eq!(factor("NMOL", "mg", None), None);
        assert!(factor("NMOL", "mg", Some(500.0)).is_some_and(|f| (f - 5e-4).abs() < 1e-18));
        assert!(factor("MG", "nmol", Some(500.0)).is_some_and(|f| (f - 2000.0).abs() < 1e-9));
        assert_eq!(factor("IU", "IU", None), Some(1.0));
        let ratio = AmountUnit::of("ng/mL").in_units_of(&AmountUnit::of("mg/L"), None);
        assert!(ratio.is_some_and(|f| (f - 1e-3).abs() < 1e-18), "{ratio:?}");
        assert_eq!(
            AmountUnit::of("10^9/l").in_units_of(&AmountUnit::of("10^9/L"), None),
            Some(1.0)
        );
        assert_eq!(factor("PLANNED", "mg", None), None);
    }
}
