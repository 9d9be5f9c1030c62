//! Two arms and the difference of their risks.

use super::{Interval, Level, Proportion};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The events of two arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The treated arm.
    pub treated: Proportion,
    /// The arm it is compared with.
    pub control: Proportion,
}

/// A difference of risks, treated less control, with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The difference.
    pub value: f64,
    /// Its interval.
    pub interval: Interval,
}

impl fmt::Display for Difference {
    /// The difference and its interval, with the decimals that the format asks for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value, f)?;
        f.write_str(" (")?;
        fmt::Display::fmt(&self.interval, f)?;
        f.write_str(")")
    }
}

impl Table {
    /// The crude difference of risks with Newcombe's hybrid score interval (Z4), method 10, from
    /// Wilson's limits l and u of the arms; none where an arm is empty.
    ///
    /// ```text
    /// d − √((p1 − l1)² + (u0 − p0)²),  d + √((u1 − p1)² + (p0 − l0)²)       (Z4)
    /// ```
    ///
    /// 1 is the treated arm, 0 the control. Newcombe, Stat Med 1998, 17:873.
    #[must_use]
    pub fn newcombe(&self, level: Level) -> Option<Difference> {
        let (treated, control) = (self.treated.share()?, self.control.share()?);
        let (of_treated, of_control) = (self.treated.wilson(level)?, self.control.wilson(level)?);
        let value = treated - control;
        let below = libm::hypot(treated - of_treated.lower, of_control.upper - control);
        let above = libm::hypot(of_treated.upper - treated, control - of_control.lower);
        let interval = Interval::of_difference(value - below, value + above); // (Z4)
        Some(Difference { value, interval })
    }
}

#[cfg(test)]
mod tests {
    use super::super::reference::{proportion, rows, tables};
    use super::*;

    #[test]
    fn val_newcombe_equals_his_table() {
        // Source: Newcombe, Stat Med 1998, 17:873, table II, method 10; to 4 decimals.
        for (counts, lower, upper) in [
            ("56/70 48/80", 0.0524, 0.3339),
            ("9/10 3/10", 0.1705, 0.8090),
            ("6/7 2/7", 0.0582, 0.8062),
            ("5/56 0/29", -0.0381, 0.1926),
            ("0/10 0/20", -0.1611, 0.2775),
            ("0/10 0/10", -0.2775, 0.2775),
            ("10/10 0/20", 0.6791, 1.0),
            ("10/10 0/10", 0.6075, 1.0),
        ] {
            let found = tables(counts)[0].newcombe(Level::NINETY_FIVE).unwrap().interval;
            let is_close = |found: f64, expected: f64| (found - expected).abs() < 5.1e-5;
            assert!(
                is_close(found.lower, lower) && is_close(found.upper, upper),
                "{counts} {found}"
            );
        }
    }

    #[test]
    fn val_newcombe_equals_that_from_wilson_limits_of_r() {
        // Source: tests/reference/statistics.R; rounding.
        for row in rows("newcombe") {
            let found = tables(&row.input)[0].newcombe(Level::new(row.level).unwrap()).unwrap();
            let found = match row.quantity.as_str() {
                "difference" => found.value,
                "lower" => found.interval.lower,
                _ => found.interval.upper,
            };
            assert!((found - row.value).abs() < 1e-13, "{row:?}: {found}");
        }
    }

    #[test]
    fn invariant_swapping_the_arms_turns_the_interval_round() {
        let counts: Vec<_> = (1..=6).flat_map(|n| (0..=n).map(move |k| (k, n))).collect();
        let arms = counts.iter().map(|(k, n)| Proportion::new(*k, *n).unwrap());
        let arms: Vec<_> = arms.collect();
        for (treated, control) in arms.iter().flat_map(|t| arms.iter().map(|c| (*t, *c))) {
            let [there, back] =
                [(treated, control), (control, treated)].map(|(treated, control)| {
                    Table { treated, control }.newcombe(Level::NINETY_FIVE).unwrap()
                });
            assert!(there.interval.contains(there.value), "{treated:?} {control:?}");
            assert!((there.value + back.value).abs() < 1e-15);
            assert!((there.interval.lower + back.interval.upper).abs() < 1e-15);
        }
    }

    #[test]
    fn invariant_an_empty_arm_has_no_difference() {
        let [nobody, some] = ["0/0", "1/3"].map(proportion);
        for (treated, control) in [(nobody, some), (some, nobody), (nobody, nobody)] {
            assert_eq!(Table { treated, control }.newcombe(Level::NINETY_FIVE), None);
        }
    }
}
