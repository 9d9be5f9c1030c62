//! One number that can be moved on the page, with its range.

use crate::error::{Error, Result};

/// One number that can be moved.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Control {
    /// Its name in an address.
    pub key: String,
    /// What it is, in a few words.
    pub label: String,
    /// Unit.
    pub unit: String,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// Step of the slider; a control whose step and ends are whole takes whole numbers only.
    pub step: f64,
    /// The value at the start; none where it is that of the patients.
    pub value: Option<f64>,
    /// What else to know; empty if nothing.
    pub hint: String,
}

/// Names of the controls that only take whole numbers.
const WHOLE: [&str; 2] = ["days", "start"];
/// Number of steps of a slider if its range is not round.
const STEPS: f64 = 100.0;

impl Control {
    /// A control for values around `value`, whose ends and step are round numbers inside `range`.
    #[must_use]
    pub(super) fn around(key: &str, (label, unit): (&str, &str), range: (f64, f64)) -> Self {
        let (low, high) = range;
        let step = round_step((high - low) / STEPS);
        let (first, last) = ((low / step).ceil(), (high / step).floor());
        Self {
            key: key.to_owned(),
            label: label.to_owned(),
            unit: if unit == "1" { String::new() } else { unit.to_owned() },
            low: decimal(first, step),
            high: decimal(last, step),
            step,
            value: None,
            hint: String::new(),
        }
    }

    /// The value nearest to `value` that the slider can take.
    pub(super) fn nearest(&self, value: f64) -> f64 {
        let steps = ((value - self.low) / self.step).round();
        let last = ((self.high - self.low) / self.step).round();
        let first = (self.low / self.step).round();
        decimal(first + steps.clamp(0.0, last), self.step)
    }

    /// Reads a value.
    ///
    /// # Errors
    /// No number, a number outside the range, or a broken one where only whole ones make sense.
    pub fn read(&self, text: &str) -> Result<f64> {
        let value = text.trim().parse::<f64>().map_err(|_| Error::Syntax {
            text: format!("{}={text}", self.key),
            expected: "a setting",
            part: text.to_owned(),
            rule: "must be a number".to_owned(),
        })?;
        let whole = WHOLE.contains(&self.key.as_str());
        let fits = !whole || value.fract().abs() <= 0.0;
        if (self.low..=self.high).contains(&value) && fits {
            return Ok(value);
        }
        let only = if whole { ", whole numbers" } else { "" };
        Err(Error::OutOfRange {
            symbol: self.key.clone(),
            value,
            unit: self.unit.clone(),
            range: format!("[{}, {}]{only}", self.low, self.high),
        })
    }
}

/// 1, 2 or 5 times a power of ten, at least `size`.
fn round_step(size: f64) -> f64 {
    let power = 10_f64.powf(size.log10().floor());
    let own = [1.0, 2.0, 5.0, 10.0].into_iter().find(|own| own * power >= size * (1.0 - 1e-9));
    // The quotient of whole numbers is the nearest decimal number.
    let (own, exponent) = (own.unwrap_or(10.0), power.log10().round());
    if exponent < 0.0 { own / 10_f64.powf(-exponent) } else { own * 10_f64.powf(exponent) }
}

/// `count` steps as a decimal number.
fn decimal(count: f64, step: f64) -> f64 {
    let per_one = (1.0 / step).round();
    if step < 1.0 && (per_one * step - 1.0).abs() < 1e-9 { count / per_one } else { count * step }
}

#[cfg(test)]
mod tests {
    use super::Control;

    #[test]
    fn analytic_sliders_have_round_ends_and_steps_inside_their_range() {
        for (range, expected) in [
            ((0.0, 6.0), (0.0, 6.0, 0.1)),
            ((37.5, 600.0), (40.0, 600.0, 10.0)),
            ((0.05, 0.8), (0.05, 0.8, 0.01)),
            ((1.0, 3.0), (1.0, 3.0, 0.02)),
        ] {
            let own = Control::around("x", ("x", "1"), range);
            assert_eq!((own.low, own.high, own.step), expected, "{range:?}");
        }
        let own = Control::around("x", ("x", "mg"), (0.0, 12.0));
        assert_eq!((own.nearest(3.0), own.nearest(3.05), own.nearest(40.0)), (3.0, 3.0, 12.0));
    }
}
