//! What is looked at: the state of the page, as it stands in its address.

use super::counts::{self, COUNTS, Count};
use super::settings::Settings;
use crate::error::{Error, Result};
use crate::model::{Population, Variant};
use crate::units::Route;
use crate::window::{Treatment, Way};
use std::fmt::Write;

/// The settings of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Each dose, in the unit of its way; 0 is placebo.
    pub dose: f64,
    /// How doses are given.
    pub way: Way,
    /// Days of treatment, one dose a day.
    pub days: usize,
    /// Doses that are missed, by number from 1, rising.
    pub missed: Vec<usize>,
    /// Days from the first dose to the procedure.
    pub start: usize,
    /// Count before treatment, 10⁹/L: measured where the settings say so; the typical patient truly has it. Without
    /// meaning where there are counts.
    pub baseline: f64,
    /// Measured counts of a patient, in the order of their days.
    pub counts: Vec<Count>,
    /// Count wanted at the procedure, 10⁹/L.
    pub threshold: f64,
    /// Structural variant; none for the first of the patients.
    pub variant: Option<Variant>,
    /// Preset of a text; none for the values of the text itself.
    pub preset: Option<Population>,
    /// Typical values that are not those of the patients.
    pub values: Vec<(String, f64)>,
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
        Self::at_start(&Settings::lusutrombopag())
    }
}

/// Names in an address that are no number.
const OTHERS: [&str; 5] = ["variant", "route", "preset", "miss", COUNTS];

impl View {
    /// The initial values of all controls of `settings`.
    #[must_use]
    pub fn at_start(settings: &Settings) -> Self {
        let mut view = Self {
            dose: 0.0,
            way: settings.ways.first().copied().unwrap_or_default(),
            days: 1,
            missed: Vec::new(),
            start: 1,
            baseline: 0.0,
            counts: Vec::new(),
            threshold: 0.0,
            variant: None,
            preset: None,
            values: Vec::new(),
        };
        for control in &settings.controls {
            if let Some(value) = control.value {
                view.put(&control.key, value);
            }
        }
        view
    }

    /// Reads the query of an address of lusutrombopag, such as `dose=3&days=7&miss=4,6`; what is absent
    /// has its default.
    ///
    /// # Errors
    /// The first setting that is unknown, given twice, unreadable or outside its range.
    pub fn parse(query: &str) -> Result<Self> {
        Self::of(&Settings::lusutrombopag(), query)
    }

    /// The same where `settings` say what can be moved.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn of(settings: &Settings, query: &str) -> Result<Self> {
        let (view, faults) = Self::mended(settings, form_urlencoded::parse(query.as_bytes()));
        faults.into_iter().next().map_or(Ok(view), |fault| Err(fault.error))
    }

    /// Reads settings; each faulty one keeps its default and is listed.
    pub(super) fn mended<K: AsRef<str>, V: AsRef<str>>(
        settings: &Settings,
        pairs: impl Iterator<Item = (K, V)>,
    ) -> (Self, Vec<Fault>) {
        let (mut view, mut seen, mut faults) = (Self::at_start(settings), Vec::new(), Vec::new());
        for (key, text) in pairs {
            let (key, text) = (key.as_ref(), text.as_ref());
            let read = once(&mut seen, key).and_then(|()| view.read(settings, key, text));
            faults.extend(read.err().map(|error| Fault::new(key, error)));
        }
        if let Err(error) = view.treatment().regimen() {
            // Dose and days are in range by now: a missed dose is not due.
            view.missed.clear();
            faults.push(Fault::new("miss", error));
        }
        (view, faults)
    }

    fn read(&mut self, settings: &Settings, key: &str, text: &str) -> Result<()> {
        match key {
            "variant" => self.variant = Some(*chosen("variant", text, &settings.variants)?),
            "preset" => self.preset = Some(*chosen("preset", text, &settings.presets)?),
            "route" => {
                let routes: Vec<Route> = settings.ways.iter().map(|way| way.route).collect();
                let route = chosen("route", text, &routes)?;
                self.way = Way { route: *route, ..self.way };
            }
            "miss" => self.missed = missed(text)?,
            COUNTS => self.counts = counts::read(text)?,
            _ => {
                let control = settings.named(key).ok_or_else(|| unknown(settings, key))?;
                self.put(key, control.read(text)?);
            }
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
            "dose" => self.dose = value,
            "days" => self.days = value as usize,
            "start" => self.start = value as usize,
            "baseline" => self.baseline = value,
            "threshold" => self.threshold = value,
            symbol => self.values.push((symbol.to_owned(), value)),
        }
    }

    /// The query that is read as this view.
    #[must_use]
    pub fn query(&self) -> String {
        let Self { dose, days, start, baseline, threshold, .. } = self;
        let mut query = format!(
            "dose={dose}&days={days}&start={start}&baseline={baseline}&threshold={threshold}"
        );
        // Writing to a string cannot fail.
        for (symbol, value) in &self.values {
            let _ = write!(query, "&{symbol}={value}");
        }
        let _ = self.variant.map(|variant| write!(query, "&variant={variant}"));
        let _ = self.preset.map(|preset| write!(query, "&preset={preset}"));
        if self.way.route != Route::Oral {
            let _ = write!(query, "&route={}", self.way.route);
        }
        if !self.missed.is_empty() {
            let numbers: Vec<String> = self.missed.iter().map(ToString::to_string).collect();
            let _ = write!(query, "&miss={}", numbers.join(","));
        }
        if !self.counts.is_empty() {
            let _ = write!(query, "&{COUNTS}={}", counts::written(&self.counts));
        }
        query
    }

    /// The course of treatment.
    #[must_use]
    pub fn treatment(&self) -> Treatment {
        let Self { dose, way, days, missed, .. } = self;
        Treatment { way: *way, missed: missed.clone(), ..Treatment::new(*dose, *days) }
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

/// The one of `known` that is called `name`, case ignored.
fn chosen<'a, T: ToString>(kind: &'static str, name: &str, known: &'a [T]) -> Result<&'a T> {
    let found = known.iter().find(|own| own.to_string().eq_ignore_ascii_case(name));
    found.ok_or_else(|| Error::Unknown {
        kind,
        name: name.to_owned(),
        known: known.iter().map(ToString::to_string).collect(),
    })
}

fn unknown(settings: &Settings, key: &str) -> Error {
    let known = settings.controls.iter().map(|control| control.key.as_str()).chain(OTHERS);
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
