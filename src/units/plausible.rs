//! Plausible values of quantities given by users: a value outside is accepted, with a warning that names
//! the likely mistake. The table "Plausible values" of `docs/formats.md` shows the same ranges. Parameters have ranges
//! of their own, in the files of the models.

use super::Amount;
use crate::error::after;
use std::fmt;

/// A quantity that people give, and the values that can be meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plausible {
    /// What it is.
    pub quantity: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The smallest and the largest plausible value.
    pub range: (f64, f64),
    /// Another unit in which it is often given, and how many of it one unit is.
    slip: Option<(&'static str, f64)>,
}

/// A platelet count.
pub const COUNT: Plausible = Plausible {
    quantity: "platelet count",
    unit: "10^9/L",
    range: (1.0, 2000.0),
    slip: Some(("/uL", 1000.0)),
};
/// One dose, as an amount.
pub const DOSE_MG: Plausible =
    Plausible { quantity: "dose", unit: "mg", range: (0.1, 200.0), slip: Some(("ug", 1000.0)) };
/// One dose, by body weight.
pub const DOSE_UG_PER_KG: Plausible = Plausible {
    quantity: "dose by weight",
    unit: "ug/kg",
    range: (0.1, 100.0),
    slip: Some(("ng/kg", 1000.0)),
};
/// The spread of a parameter between patients, as the standard deviation of its logarithm.
pub const OMEGA: Plausible =
    Plausible { quantity: "omega", unit: "1", range: (0.0, 2.0), slip: Some(("per cent", 100.0)) };
/// The same as a coefficient of variation.
pub const CV: Plausible = Plausible {
    quantity: "coefficient of variation",
    unit: "1",
    range: (0.0, 3.0),
    slip: Some(("per cent", 100.0)),
};

/// All of them.
pub const ALL: [Plausible; 5] = [COUNT, DOSE_MG, DOSE_UG_PER_KG, OMEGA, CV];

impl Plausible {
    /// One dose in the unit of `amount`.
    #[must_use]
    pub const fn of_dose(amount: Amount) -> Self {
        match amount {
            Amount::Mg(_) => DOSE_MG,
            Amount::UgPerKg(_) => DOSE_UG_PER_KG,
            Amount::Of(_, unit) => {
                Self { quantity: "dose", unit, range: (0.0, f64::INFINITY), slip: None }
            }
        }
    }

    /// The same quantity between other limits.
    #[must_use]
    pub const fn within(self, low: f64, high: f64) -> Self {
        Self { range: (low, high), ..self }
    }

    /// What is to be said of a value given for `what`; nothing where it is plausible.
    #[must_use]
    pub fn doubt(&self, what: &str, value: f64) -> Option<String> {
        let (low, high) = self.range;
        if (low..=high).contains(&value) {
            return None;
        }
        let meant = self.slip.map(|(other, many)| (other, value / many));
        let meant = meant.filter(|(_, meant)| (low..=high).contains(meant));
        let remedy = meant.map_or_else(
            || CHECK.to_owned(),
            |(other, meant)| format!("if it is in {other}, write {meant}"),
        );
        let outside = Outside {
            name: what,
            value: value.to_string(),
            unit: self.unit,
            range: self.range,
            is_far: false,
        };
        Some(format!("{outside}: {remedy}"))
    }
}

/// What to do about a value whose likely mistake is not known.
pub const CHECK: &str = "check value and unit";

/// A value outside its plausible range, in the one sentence of all warnings.
#[derive(Debug, Clone, PartialEq)]
pub struct Outside<'a> {
    /// The quantity.
    pub name: &'a str,
    /// Its value, as it is shown.
    pub value: String,
    /// Unit of value and range; `1` for pure numbers.
    pub unit: &'a str,
    /// The plausible range.
    pub range: (f64, f64),
    /// Whether the value is far outside.
    pub is_far: bool,
}

impl fmt::Display for Outside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, unit, range: (low, high), is_far } = self;
        let (given, unit) = (given(name, value, unit), after(unit));
        let far = if *is_far { "far " } else { "" };
        write!(f, "{given} is {far}outside the plausible range {low} to {high}{unit}")
    }
}

/// A value with its name, as messages quote it.
#[must_use]
pub fn given(name: &str, value: &str, unit: &str) -> String {
    format!("`{name} = {value}{}`", after(unit))
}

#[cfg(test)]
mod tests {
    use super::{ALL, COUNT, CV, DOSE_MG};

    #[test]
    fn analytic_a_doubt_names_the_likely_unit() {
        assert_eq!(COUNT.doubt("count", 31.0), None);
        assert_eq!(
            COUNT.doubt("count", 31_000.0).as_deref(),
            Some(
                "`count = 31000 10^9/L` is outside the plausible range 1 to 2000 10^9/L: if it is in /uL, write 31"
            )
        );
        let said = |of: super::Plausible, value| of.doubt("value", value).unwrap_or_default();
        assert!(said(DOSE_MG, 3000.0).ends_with("if it is in ug, write 3"));
        assert!(said(CV, 30.0).ends_with("if it is in per cent, write 0.3"));
        assert!(said(COUNT, f64::INFINITY).ends_with("check value and unit"));
    }

    #[test]
    fn invariant_the_table_of_the_documents_shows_the_same_ranges() {
        let text = include_str!("../../docs/formats.md");
        for of in ALL {
            let (low, high) = of.range;
            let row = format!("| {} | {} | {low} to {high} |", of.quantity, of.unit);
            assert!(text.contains(&row), "no row {row}");
        }
    }
}
