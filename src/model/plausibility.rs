//! Whether a value given by the user is plausible: one rule for options, scenarios and patients' files.
//!
//! A value outside the `plausible` range of its file is warned of, and called far outside where it
//! lies more than a factor of 10 beyond. Where a file gives no range, a factor of 1000 from the file's
//! own value is warned of. What no symbol can mean is refused: see [`super::symbol::MAGNITUDES`].

use super::parameter_set::Entry;
use crate::error::after;
use crate::units::plausible::{CHECK, Outside, given};

/// Beyond a plausible range by this factor a value is far outside.
const FAR: f64 = 10.0;
/// Without a plausible range, a value this many times larger or smaller than the file's own is warned of.
const SUSPICIOUS: f64 = 1000.0;

/// The warning about `value` in place of the entry `own`; none if it is plausible.
#[must_use]
pub(super) fn implausible(own: &Entry, value: f64) -> Option<String> {
    let (source, unit) = (&own.file, own.unit.as_str());
    if let Some((low, high)) = own.plausible {
        if (low..=high).contains(&value) {
            return None;
        }
        let is_far = value < low / FAR || value > high * FAR;
        let (name, range) = (own.symbol.as_str(), (low, high));
        let outside = Outside { name, value: value.to_string(), unit, range, is_far };
        return Some(format!("{outside} of {source}: {CHECK}"));
    }
    let default = own.value.filter(|default| *default != 0.0 && value != 0.0)?;
    let factor = (value / default).abs();
    (!(1.0 / SUSPICIOUS..=SUSPICIOUS).contains(&factor)).then(|| {
        let given = given(&own.symbol, &value.to_string(), unit);
        let default = format!("{default}{}", after(unit));
        format!("{given} differs by more than a factor of {SUSPICIOUS} from the {default} of {source}: {CHECK}")
    })
}

#[cfg(test)]
mod tests {
    use super::implausible;
    use crate::model::{Population, parameter_set};

    #[test]
    fn analytic_values_are_judged_by_the_range_or_the_value_of_their_file()
    -> crate::error::Result<()> {
        let set = parameter_set("mechanistic", Population::CLD)?;
        let said = |symbol: &str, value| {
            set.entry(symbol).and_then(|own| implausible(own, value)).unwrap_or_default()
        };
        for (symbol, value) in [("w", 0.6), ("gn", 2.0), ("plt0", 35.0), ("bv", 4900.0)] {
            assert_eq!(said(symbol, value), "", "{symbol} = {value}");
        }
        let near = said("t0", 5.0);
        let range = "`t0 = 5 pM` is outside the plausible range 0.26 to 3.8 pM of parameters/mechanistic.toml";
        assert!(near.contains(range), "{near}");
        assert!(said("t0", 39.0).contains("is far outside"), "{}", said("t0", 39.0));
        let factor = said("plt0", 40_000.0);
        assert!(factor.contains("factor of 1000 from the 39.2 10^9/L of parameters/"), "{factor}");
        Ok(())
    }
}
