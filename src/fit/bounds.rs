//! Where an unknown is searched for: where the model means something.
//!
//! The plausible range of the parameter file, or its value divided and multiplied by
//! [`AROUND_VALUE`], widened by [`WIDENED`] on either side. Factors apply on the scale of the
//! parameter: to the excess over 1 above 1, to the odds of a share.

use super::FIGURES;
use crate::error::{Error, Result};
use crate::model::ParameterSet;
use crate::numeric::Transform;
use crate::units::rounding::rounded;

/// Where a parameter file names no plausible range, its value divided and multiplied by this stands
/// for one.
pub const AROUND_VALUE: f64 = 5.0;
/// By how much a plausible range is widened on either side.
pub const WIDENED: f64 = 20.0;

/// The bounds of `symbol`, which is to start from `start`, in its unit.
///
/// # Errors
/// The model has no such symbol; a start outside the bounds.
pub(super) fn bounds(
    set: &ParameterSet,
    symbol: &str,
    start: f64,
    transform: Transform,
) -> Result<(f64, f64)> {
    let of_file = set.of_file()?;
    let entry = of_file.entry(symbol);
    let on_scale = |value: f64| transform.forward(value).is_finite();
    let value = entry.and_then(|entry| entry.value).filter(|value| on_scale(*value));
    let value = value.unwrap_or(start);
    let plausible = entry.and_then(|entry| entry.plausible);
    let (low, high) = plausible.unwrap_or((f64::NAN, f64::NAN));
    let end =
        |end: f64, factor: f64| if on_scale(end) { end } else { times(transform, value, factor) };
    let low = times(transform, end(low, 1.0 / AROUND_VALUE), 1.0 / WIDENED);
    let high = times(transform, end(high, AROUND_VALUE), WIDENED);
    let range = set.symbol(symbol)?.range;
    let (low, high) = (low.max(range.min), high.min(range.max));
    if (low..=high).contains(&start) {
        return Ok((low, high));
    }
    Err(Error::OutOfRange {
        symbol: symbol.to_owned(),
        value: start,
        unit: set.symbol(symbol)?.unit.to_owned(),
        range: format!(
            "[{}, {}], where a fit searches",
            rounded(low, FIGURES),
            rounded(high, FIGURES)
        ),
    })
}

/// `value` times `factor`, in the sense of its scale.
pub(super) fn times(transform: Transform, value: f64, factor: f64) -> f64 {
    match transform {
        Transform::Log => value * factor,
        Transform::LogAboveOne => 1.0 + (value - 1.0) * factor,
        Transform::Logit => {
            let odds = factor * value / (1.0 - value);
            odds / (1.0 + odds)
        }
        Transform::Linear => {
            let size = if value == 0.0 { 1.0 } else { value.abs() };
            value + size * (factor - 1.0 / factor)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::bounds;
    use crate::error::Result;
    use crate::model::{MODEL_NAMES, parameter_set};
    use crate::numeric::Transform;

    #[test]
    fn analytic_bounds_are_the_plausible_range_or_the_value_of_the_file_widened() -> Result<()> {
        let mut set = parameter_set("mechanistic", None)?;
        // A value of the user moves no bound.
        set.set("kc", 1000.0)?;
        for (symbol, start, transform, expected) in [
            ("kc", 1000.0, Transform::Log, (1.5, 15_000.0)),
            ("tmk", 4.5, Transform::Log, (0.2, 120.0)),
            ("plt0", 39.2, Transform::Log, (0.392, 3920.0)),
            ("emax", 4.52, Transform::LogAboveOne, (1.175, 201.0)),
            ("lambda", 0.2, Transform::Logit, (1.0 / 401.0, 20.0 / 21.0)),
        ] {
            let found = bounds(&set, symbol, start, transform)?;
            assert!((found.0 / expected.0 - 1.0).abs() < 1e-12, "{symbol}: {found:?}");
            assert!((found.1 / expected.1 - 1.0).abs() < 1e-12, "{symbol}: {found:?}");
        }
        Ok(())
    }

    #[test]
    fn invariant_every_symbol_of_every_model_starts_inside_its_bounds() -> Result<()> {
        for model in MODEL_NAMES {
            let set = parameter_set(model, None)?;
            for symbol in set.symbols() {
                let transform = Transform::for_range(symbol.range.min, symbol.range.max);
                let Ok(value) = set.value(symbol.name) else { continue };
                if !transform.forward(value).is_finite() {
                    continue;
                }
                let (low, high) = bounds(&set, symbol.name, value, transform)?;
                assert!(low < value && value < high, "{model}, {}", symbol.name);
                let range = symbol.range;
                assert!(low >= range.min && high <= range.max, "{model}, {}", symbol.name);
            }
        }
        Ok(())
    }

    #[test]
    fn invariant_a_start_outside_the_bounds_is_refused_with_both() -> Result<()> {
        let set = parameter_set("mechanistic", None)?;
        for start in [1e-9, 1e14, f64::INFINITY] {
            let refused = bounds(&set, "kc", start, Transform::Log).err();
            let said = refused.map(|error| error.to_string()).unwrap_or_default();
            assert!(
                said.contains("ng/mL` is outside [1.5, 15000], where a fit searches"),
                "{said}"
            );
        }
        Ok(())
    }
}
