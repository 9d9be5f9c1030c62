//! What the fixed numbers decide that nobody measured: each is set to the ends of its plausible range.

use crate::error::{Error, Result};
use crate::model::{Entry, Status};
use crate::population::VirtualPatients;
use crate::report::cast::Cast;
use crate::report::figure::Figure;
use crate::report::figures::forest::{self, Forest, Predicted, Row, Unit};
use crate::report::regimen_sheet::percent;
use crate::simulate::population::Failures;
use crate::units::rounding::{Form, significant};
use crate::window::{ENTRY, Outlook, People, Question, THRESHOLD, Treatment};
use rayon::prelude::*;
use serde::Serialize;

/// Patients of each variant with each value.
const SUBJECTS: usize = 2000;

/// Fixed numbers on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct SensitivitySection {
    subjects: usize,
    rows: Vec<SensitivityRow>,
    commands: Vec<String>,
    /// How many patients could not be integrated, in words.
    failed: Option<String>,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
}

/// One number at both ends of its range.
#[derive(Debug, Serialize)]
struct SensitivityRow {
    symbol: String,
    meaning: String,
    value: String,
    low: String,
    high: String,
    chance_low: String,
    chance_high: String,
    days_low: String,
    days_high: String,
    source: String,
}

/// What a decision rests on, averaged over the variants.
#[derive(Debug, Clone, Copy)]
struct Decision {
    /// Probability of a measured count of the threshold or more on the best day.
    chance: f64,
    /// Days at or above the threshold, median patient.
    days: f64,
}

/// A number with what follows from its ends.
struct Varied<'a> {
    entry: &'a Entry,
    meaning: &'a str,
    value: f64,
    ends: (f64, f64),
    at_ends: [Decision; 2],
}

/// The section with its figure; none where no fixed number has a plausible range.
pub(in crate::report) fn sensitivity_section(
    casts: &[Cast],
    tell: &(dyn Fn(usize, usize) + Sync),
) -> Result<Option<(SensitivitySection, Figure)>> {
    let asked: Vec<&Entry> = casts[0].typical.entries.iter().filter(|own| is_open(own)).collect();
    if asked.is_empty() {
        return Ok(None);
    }
    let mut failures = Failures::default();
    let mut decision = |change: Option<(&str, f64)>| -> Result<Decision> {
        let outlooks: Vec<Outlook> =
            casts.par_iter().map(|cast| outlook(cast, change)).collect::<Result<_>>()?;
        failures.add(&Failures::sum(outlooks.iter().map(|outlook| &outlook.failures)));
        let mean = |of: fn(&Outlook) -> f64| -> f64 {
            outlooks.iter().map(of).sum::<f64>() / outlooks.len() as f64
        };
        let chance = mean(|own| own.best().at_threshold);
        Ok(Decision { chance, days: mean(|own| own.days_at_threshold.q50) })
    };
    let reference = decision(None)?;
    let mut all = Vec::new();
    for (i, entry) in asked.iter().enumerate() {
        tell(i, asked.len());
        let (Some(value), Some(ends)) = (entry.value, entry.plausible) else { continue };
        let at = |end: f64| Some((entry.symbol.as_str(), end)).filter(|_| !is_same(end, value));
        let at_ends = [decision(at(ends.0))?, decision(at(ends.1))?];
        let meaning = casts[0].typical.symbol(&entry.symbol).map_or("", |own| own.meaning);
        all.push(Varied { entry, meaning, value, ends, at_ends });
    }
    all.sort_by(|a, b| b.swing().total_cmp(&a.swing()));
    let figure = figure(&all, reference)?;
    let section = SensitivitySection {
        subjects: SUBJECTS,
        rows: all.iter().map(Varied::row).collect(),
        commands: all.first().map(Varied::commands).unwrap_or_default(),
        failed: failures.in_words(),
        failures,
    };
    Ok(Some((section, figure)))
}

/// Whether a number is fixed on weak evidence and the sources leave a range.
fn is_open(entry: &Entry) -> bool {
    entry.grade == "D"
        && matches!(entry.status, Status::Fixed | Status::Assumed)
        && entry.plausible.is_some()
}

fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

/// The approved treatment in patients of a variant, whose typical value of one parameter is another; of a variant that does
/// not admit it, the patients as they are.
fn outlook(cast: &Cast, change: Option<(&str, f64)>) -> Result<Outlook> {
    let of = |patients: &VirtualPatients| -> Result<Outlook> {
        let question =
            Question { variant: cast.variant, subjects: SUBJECTS, ..Question::new(patients) };
        Ok(People::new(question)?.answer(&Treatment::approved())?.outlook)
    };
    let Some((symbol, value)) = change else { return of(&cast.patients) };
    match of(&cast.patients.clone().with_typical(symbol, value)?) {
        Err(Error::Contradiction { .. }) => of(&cast.patients),
        found => found,
    }
}

fn figure(all: &[Varied<'_>], reference: Decision) -> Result<Figure> {
    let predicted = |own: &Varied<'_>, of: fn(Decision) -> f64| {
        let [a, b] = own.at_ends.map(of);
        let median = of(reference);
        Predicted {
            name: String::new(),
            low: a.min(b).min(median),
            median,
            high: a.max(b).max(median),
            distance: None,
            inside: None,
        }
    };
    let row = |own: &Varied<'_>, group: String, unit: Unit, of: fn(Decision) -> f64| Row {
        group,
        label: format!("{}: {} to {}", own.entry.symbol, plain(own.ends.0), plain(own.ends.1)),
        note: String::new(),
        unit,
        observed: None,
        predictions: vec![predicted(own, of)],
    };
    let chance = all.iter().map(|own| {
        let group = format!("Measured at {THRESHOLD} or more on the best day");
        row(own, group, Unit::Share, |own| own.chance)
    });
    let days = all.iter().map(|own| {
        let group = format!("Days at or above {THRESHOLD}, median patient");
        row(own, group, Unit::Days, |own| own.days)
    });
    let figure = Forest {
        title: title(all),
        model_name: "Mechanistic model, calibrated in each variant, mean of the variants"
            .to_owned(),
        caption: format!(
            "{} in virtual patients with a measured count below {ENTRY} × 10⁹/L before treatment, {SUBJECTS} of each \
             variant. The bar spans the results at both ends of the plausible range of a fixed number of grade D, the mark is \
             at its value. Patients are as calibrated, not calibrated anew; a variant without the number counts as unchanged.",
            Treatment::approved()
        ),
        rows: chance.chain(days).collect(),
    };
    Figure::new("sensitivity", |lettering| forest::draw(&figure, lettering))
}

fn title(all: &[Varied<'_>]) -> String {
    all.first().map_or("No fixed number has a range".to_owned(), |widest| {
        format!(
            "Of the fixed numbers without good evidence, {}, {}, matters most: {:.1} percentage points in the probability",
            widest.entry.symbol,
            widest.meaning,
            100.0 * widest.swing()
        )
    })
}

impl Varied<'_> {
    /// Difference of the probabilities at the ends.
    fn swing(&self) -> f64 {
        (self.at_ends[1].chance - self.at_ends[0].chance).abs()
    }

    fn row(&self) -> SensitivityRow {
        let [low, high] = self.at_ends;
        SensitivityRow {
            symbol: self.entry.symbol.clone(),
            meaning: self.meaning.to_owned(),
            value: plain(self.value),
            low: plain(self.ends.0),
            high: plain(self.ends.1),
            chance_low: percent(low.chance),
            chance_high: percent(high.chance),
            days_low: format!("{:.1}", low.days),
            days_high: format!("{:.1}", high.days),
            source: self.entry.source.clone(),
        }
    }

    /// What shows both ends again, variant by variant.
    fn commands(&self) -> Vec<String> {
        let of = |end: f64| {
            format!(
                "thrombo window --variant A,B,C,D --subjects {SUBJECTS} --set {}={}",
                self.entry.symbol,
                plain(end)
            )
        };
        vec![of(self.ends.0), of(self.ends.1)]
    }
}

fn plain(value: f64) -> String {
    significant(value, 4, Form::Label)
}
