//! What can be moved on the page, with its range.

use crate::error::{Error, Result};
use crate::window::{APPROVED_DAYS, APPROVED_MG, THRESHOLD};

/// One number that can be moved.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Control {
    /// Its name in an address.
    pub key: &'static str,
    /// What it is, in a few words.
    pub label: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// Step of the slider; a control whose step and ends are whole takes whole numbers only.
    pub step: f64,
    /// The value at the start; none where it is that of the patients.
    pub value: Option<f64>,
    /// What else to know; empty if nothing.
    pub hint: &'static str,
}

/// Everything that can be moved, in the order of the page.
pub const CONTROLS: [Control; 7] = [
    Control {
        key: "dose",
        label: "Dose, once daily",
        unit: "mg",
        low: 0.0,
        high: 6.0,
        step: 0.25,
        value: Some(APPROVED_MG),
        hint: "0 is placebo",
    },
    Control {
        key: "days",
        label: "Days of treatment",
        unit: "d",
        low: 1.0,
        high: 14.0,
        step: 1.0,
        value: Some(APPROVED_DAYS as f64),
        hint: "",
    },
    Control {
        key: "start",
        label: "Start of treatment before the procedure",
        unit: "d",
        low: 1.0,
        high: 35.0,
        step: 1.0,
        value: Some(12.0),
        hint: "the label specifies 8 to 14",
    },
    Control {
        key: "baseline",
        label: "Count before treatment, measured",
        unit: "10^9/L",
        low: 10.0,
        high: 70.0,
        step: 1.0,
        value: Some(40.0),
        hint: "",
    },
    Control {
        key: "threshold",
        label: "Count required at the procedure",
        unit: "10^9/L",
        low: 20.0,
        high: 150.0,
        step: 5.0,
        value: Some(THRESHOLD),
        hint: "",
    },
    Control {
        key: "kc",
        label: "Potency KC, typical patient",
        unit: "ng/mL",
        low: 10.0,
        high: 1000.0,
        step: 5.0,
        value: None,
        hint: "concentration of half-maximal effect: lower means more potent",
    },
    Control {
        key: "tp",
        label: "Platelet lifespan TP, typical patient",
        unit: "d",
        low: 2.0,
        high: 12.0,
        step: 0.1,
        value: None,
        hint: "",
    },
];

/// Names of the controls that only take whole numbers.
const WHOLE: [&str; 2] = ["days", "start"];

impl Control {
    /// The control called `key`, if there is one.
    #[must_use]
    pub fn named(key: &str) -> Option<&'static Self> {
        CONTROLS.iter().find(|control| control.key == key)
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
        let whole = WHOLE.contains(&self.key);
        let fits = !whole || value.fract().abs() <= 0.0;
        if (self.low..=self.high).contains(&value) && fits {
            return Ok(value);
        }
        let only = if whole { ", whole numbers" } else { "" };
        Err(Error::OutOfRange {
            symbol: self.key.to_owned(),
            value,
            unit: self.unit.to_owned(),
            range: format!("[{}, {}]{only}", self.low, self.high),
        })
    }
}
