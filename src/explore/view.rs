//! What is looked at: the state of the page, as it stands in its address.

use super::control::{CONTROLS, Control};
use crate::error::{Error, Result};
use crate::model::Variant;
use crate::window::{APPROVED_DAYS, APPROVED_MG, THRESHOLD, Treatment};
use std::fmt::Write;

/// The settings of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Each dose, mg; 0 is placebo.
    pub dose_mg: f64,
    /// Days of treatment, one dose a day.
    pub days: usize,
    /// Doses that are missed, by number from 1, rising.
    pub missed: Vec<usize>,
    /// Days from the first dose to the procedure.
    pub start: usize,
    /// Measured count before treatment, 10⁹/L: the typical patient truly has it.
    pub baseline: f64,
    /// Count wanted at the procedure, 10⁹/L.
    pub threshold: f64,
    /// Structural variant; none for the first of the patients.
    pub variant: Option<Variant>,
    /// Potency of the drug in the typical patient, ng/mL; none for that of the patients.
    pub kc: Option<f64>,
    /// Residence of platelets in the typical patient, d; none for that of the patients.
    pub tp: Option<f64>,
}

/// A setting that could not be used.
#[derive(Debug)]
pub(super) struct Fault {
    /// The name of the setting in the address.
    pub(super) key: String,
    /// Why it could not be used.
    pub(super) error: Error,
}

impl Fault {
    pub(super) fn new(key: &str, error: Error) -> Self {
        Self { key: key.to_owned(), error }
    }
}

impl Default for View {
    /// The approved course, begun 12 days before the procedure, at a count of 40.
    fn default() -> Self {
        Self {
            dose_mg: APPROVED_MG,
            days: APPROVED_DAYS,
            missed: Vec::new(),
            start: 12,
            baseline: 40.0,
            threshold: THRESHOLD,
            variant: None,
            kc: None,
            tp: None,
        }
    }
}

/// Names in an address that are no [`Control`].
const OTHERS: [&str; 2] = ["variant", "miss"];

impl View {
    /// Reads the query of an address, such as `dose=3&days=7&miss=4,6`; what is absent has its default.
    ///
    /// # Errors
    /// The first setting that is unknown, given twice, unreadable or outside its range.
    pub fn parse(query: &str) -> Result<Self> {
        let (view, faults) = Self::mended(form_urlencoded::parse(query.as_bytes()));
        faults.into_iter().next().map_or(Ok(view), |fault| Err(fault.error))
    }

    /// Reads settings; each faulty one keeps its default and is listed.
    pub(super) fn mended<K: AsRef<str>, V: AsRef<str>>(
        pairs: impl Iterator<Item = (K, V)>,
    ) -> (Self, Vec<Fault>) {
        let (mut view, mut seen, mut faults) = (Self::default(), Vec::new(), Vec::new());
        for (key, text) in pairs {
            let (key, text) = (key.as_ref(), text.as_ref());
            let read = once(&mut seen, key).and_then(|()| view.read(key, text));
            faults.extend(read.err().map(|error| Fault::new(key, error)));
        }
        if let Err(error) = view.treatment().regimen() {
            // Dose and days are in range by now: a missed dose is not due.
            view.missed.clear();
            faults.push(Fault::new("miss", error));
        }
        (view, faults)
    }

    fn read(&mut self, key: &str, text: &str) -> Result<()> {
        if key == "variant" {
            self.variant = Some(text.parse()?);
        } else if key == "miss" {
            self.missed = missed(text)?;
        } else {
            let control = Control::named(key).ok_or_else(|| unknown(key))?;
            self.put(key, control.read(text)?);
        }
        Ok(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "days and start are whole and within their range"
    )]
    fn put(&mut self, key: &str, value: f64) {
        match key {
            "dose" => self.dose_mg = value,
            "days" => self.days = value as usize,
            "start" => self.start = value as usize,
            "baseline" => self.baseline = value,
            "threshold" => self.threshold = value,
            "kc" => self.kc = Some(value),
            _ => self.tp = Some(value),
        }
    }

    /// The query that [`View::parse`] reads as this view.
    #[must_use]
    pub fn query(&self) -> String {
        let Self { dose_mg, days, start, baseline, threshold, .. } = self;
        let mut query = format!(
            "dose={dose_mg}&days={days}&start={start}&baseline={baseline}&threshold={threshold}"
        );
        // Writing to a string cannot fail.
        for (key, value) in [("kc", self.kc), ("tp", self.tp)] {
            let _ = value.map(|value| write!(query, "&{key}={value}"));
        }
        let _ = self.variant.map(|variant| write!(query, "&variant={variant}"));
        if !self.missed.is_empty() {
            let numbers: Vec<String> = self.missed.iter().map(ToString::to_string).collect();
            let _ = write!(query, "&miss={}", numbers.join(","));
        }
        query
    }

    /// The course of treatment.
    #[must_use]
    pub fn treatment(&self) -> Treatment {
        Treatment { missed: self.missed.clone(), ..Treatment::new(self.dose_mg, self.days) }
    }
}

/// Refuses a name that has been seen.
pub(super) fn once(seen: &mut Vec<String>, key: &str) -> Result<()> {
    if seen.iter().any(|other| other == key) {
        return Err(Error::Contradiction {
            first: format!("`{key}`"),
            second: "another one in the same address".to_owned(),
            remedy: "give it once".to_owned(),
        });
    }
    seen.push(key.to_owned());
    Ok(())
}

fn unknown(key: &str) -> Error {
    let known = CONTROLS.iter().map(|control| control.key).chain(OTHERS);
    Error::Unknown {
        kind: "setting",
        name: key.to_owned(),
        known: known.map(str::to_owned).collect(),
    }
}

/// Numbers of doses, such as `4,6`; none in an empty text.
fn missed(text: &str) -> Result<Vec<usize>> {
    let number = |part: &str| {
        part.parse().map_err(|_| Error::Syntax {
            text: format!("miss={text}"),
            expected: "a list of missed doses",
            part: part.to_owned(),
            rule: "must be the number of a dose, such as 4; separate several by commas".to_owned(),
        })
    };
    let parts = text.split(',').map(str::trim).filter(|_| !text.trim().is_empty());
    let mut numbers = parts.map(number).collect::<Result<Vec<usize>>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}
