//! What the fixed numbers decide that nobody measured: each is set to the ends of its plausible range.

use super::decision::{Decision, SUBJECTS, approved};
use super::table::{Cell, Column, PageTable};
use crate::calibrate::Anew;
use crate::error::{Error, Result};
use crate::model::{Entry, Status};
use crate::report::cast::Cast;
use crate::report::figure::Figure;
use crate::report::figures::forest::{self, Forest, Predicted, Row, Unit};
use crate::report::regimen_result::SEED;
use crate::report::regimen_sheet::in_percent;
use crate::simulate::population::Failures;
use crate::trial::Published;
use crate::units::rounding::{Form, significant};
use crate::window::{ENTRY, Outlook, THRESHOLD, Treatment};
use rayon::prelude::*;
use serde::Serialize;

/// Candidates of a trial behind the calibration anew.
const CANDIDATES: usize = 1000;

/// Fixed numbers on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct SensitivitySection {
    finding: String,
    pub(super) table: PageTable,
    commands: Vec<String>,
    /// How many patients could not be integrated, in words.
    failed: Option<String>,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
}

/// A number with what follows from its ends.
struct Varied<'a> {
    entry: &'a Entry,
    meaning: &'a str,
    value: f64,
    ends: (f64, f64),
    at_ends: [Decision; 2],
    /// The same in patients who are calibrated anew.
    anew: Option<[Decision; 2]>,
}

/// The section with its figure; none where no fixed number has a plausible range.
pub(in crate::report) fn sensitivity_section(
    casts: &[Cast],
    published: &[Published],
    tell: &(dyn Fn(usize, usize) + Sync),
) -> Result<Option<(SensitivitySection, Figure)>> {
    let asked: Vec<&Entry> = casts[0].typical.entries.iter().filter(|own| is_open(own)).collect();
    if asked.is_empty() {
        return Ok(None);
    }
    let anew = calibrations(casts, published)?;
    let mut failures = Failures::default();
    let mut decision = |change: Option<(&str, f64)>, anew: Option<&[Anew]>| -> Result<Decision> {
        let own = |(i, cast): (usize, &Cast)| outlook(cast, change, anew.map(|all| &all[i]));
        let outlooks: Vec<Outlook> =
            casts.par_iter().enumerate().map(own).collect::<Result<_>>()?;
        failures.add(&Failures::sum(outlooks.iter().map(|outlook| &outlook.failures)));
        Ok(Decision::mean(&outlooks))
    };
    let reference = decision(None, None)?;
    let mut all = Vec::new();
    for (i, entry) in asked.iter().enumerate() {
        tell(i, asked.len());
        let (Some(value), Some(ends)) = (entry.value, entry.plausible) else { continue };
        let mut at = |end: f64, anew: Option<&[Anew]>| {
            if is_same(end, value) {
                Ok(reference)
            } else {
                decision(Some((entry.symbol.as_str(), end)), anew)
            }
        };
        let at_ends = [at(ends.0, None)?, at(ends.1, None)?];
        let anew = anew.as_deref();
        let anew = anew.map(|own| Ok([at(ends.0, Some(own))?, at(ends.1, Some(own))?]));
        let meaning = casts[0].typical.symbol(&entry.symbol).map_or("", |own| own.meaning);
        all.push(Varied { entry, meaning, value, ends, at_ends, anew: anew.transpose()? });
    }
    all.sort_by(|a, b| swing(b.at_ends).total_cmp(&swing(a.at_ends)));
    let figure = figure(&all, reference)?;
    let section = SensitivitySection {
        finding: format!("{}.", title(&all)),
        table: table(&all),
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

/// How the estimates of each variant follow a change; none where the patients are not those that the program calibrated.
fn calibrations(casts: &[Cast], published: &[Published]) -> Result<Option<Vec<Anew>>> {
    if !casts.iter().all(|cast| cast.carried) {
        return Ok(None);
    }
    let of = |cast: &Cast| Anew::new((&cast.patients, cast.variant), published, (SEED, CANDIDATES));
    casts.iter().map(of).collect()
}

/// The approved treatment in patients of a variant, of whom the typical value of one parameter is another, and who are
/// calibrated `anew` if it is there; of a variant that does not admit the value, the patients as they are.
fn outlook(cast: &Cast, change: Option<(&str, f64)>, anew: Option<&Anew>) -> Result<Outlook> {
    let Some((symbol, value)) = change else { return approved(&cast.patients, cast.variant) };
    let changed = || match anew {
        Some(anew) => anew.with_typical(symbol, value),
        None => cast.patients.clone().with_typical(symbol, value).map(Some),
    };
    let found = changed().and_then(|patients| match patients {
        Some(patients) => approved(&patients, cast.variant),
        None => approved(&cast.patients, cast.variant),
    });
    match found {
        Err(Error::Contradiction { .. }) => approved(&cast.patients, cast.variant),
        found => found,
    }
}

fn figure(all: &[Varied<'_>], reference: Decision) -> Result<Figure> {
    let chance = format!("Measured at {THRESHOLD} or more on the best day");
    let days = format!("Days at or above {THRESHOLD}, median patient");
    let chance = all
        .iter()
        .flat_map(|own| own.bars(reference, (&chance, Unit::Share), |decision| decision.chance));
    let days = all
        .iter()
        .flat_map(|own| own.bars(reference, (&days, Unit::Days), |decision| decision.days));
    let with_anew = all.iter().any(|own| own.anew.is_some());
    let anew = "Below each: the estimates follow the change as far as the published results and the priors ask for it. ";
    let figure = Forest {
        title: title(all),
        model_name: "Mechanistic model, calibrated in each variant, mean of the variants"
            .to_owned(),
        caption: format!(
            "{} in virtual patients with a measured count below {ENTRY} × 10⁹/L before treatment, {SUBJECTS} of each \
             variant. The bar spans the results at both ends of the plausible range of a fixed number of grade D, the mark is \
             at its value. {}A variant without the number counts as unchanged.",
            Treatment::approved(),
            if with_anew { anew } else { "" }
        ),
        rows: chance.chain(days).collect(),
    };
    Figure::new("sensitivity", |lettering| forest::draw(&figure, lettering))
}

fn title(all: &[Varied<'_>]) -> String {
    let Some(widest) = all.first() else { return "No fixed number has a range".to_owned() };
    let anew = widest.anew.map_or(String::new(), |ends| {
        format!(", {:.1} in patients calibrated anew", 100.0 * swing(ends))
    });
    format!(
        "Of the fixed numbers without good evidence, {}, {}, matters most: {:.1} percentage points in the probability{anew}",
        widest.entry.symbol,
        widest.meaning,
        100.0 * swing(widest.at_ends)
    )
}

/// Difference of the probabilities at the ends.
fn swing([low, high]: [Decision; 2]) -> f64 {
    (high.chance - low.chance).abs()
}

fn table(all: &[Varied<'_>]) -> PageTable {
    let caption = format!(
        "{}, mean of the four variants: probability of a measured count of {THRESHOLD} or more on the best day, and days at or \
         above {THRESHOLD} of the median patient, with each fixed number of grade D at the ends of its plausible range; \
         {SUBJECTS} patients of each variant. Calibrated anew: the estimates follow the change as far as the published results \
         and the priors ask for it; at the low and at the high end. A variant without the number counts as \
         unchanged.",
        Treatment::approved()
    );
    let columns = vec![
        Column::words("symbol", "symbol"),
        Column::words("meaning", "meaning"),
        Column::numbers("value", "value", "1").means("value, in the unit of the row"),
        Column::words("range", "range").means("plausible range, in the unit of the row"),
        Column::words("unit", "unit").means("unit of the value and the range"),
        Column::numbers("at_threshold_low", "probability at the low end", "%"),
        Column::numbers("at_threshold_high", "at the high end", "%")
            .means("probability at the high end"),
        Column::days("days_low", "days at the low end"),
        Column::days("days_high", "at the high end").means("days at the high end"),
        Column::words("at_threshold_anew", "probability, calibrated anew, %")
            .means("probability at the low and the high end, calibrated anew, %"),
        Column::words("days_anew", "days, calibrated anew")
            .means("days at the low and the high end, calibrated anew"),
        Column::words("source", "source"),
    ];
    PageTable::new("sensitivity", caption, columns, all.iter().map(Varied::row).collect())
        .of_prose()
        .called("Fixed numbers")
}

impl SensitivitySection {
    /// What makes it again.
    pub(super) fn commands(&self) -> &[String] {
        &self.commands
    }
}

impl Varied<'_> {
    /// The rows of the figure: in patients as they are, and calibrated anew.
    fn bars(
        &self,
        reference: Decision,
        (group, unit): (&str, Unit),
        of: fn(Decision) -> f64,
    ) -> Vec<Row> {
        let row = |label: String, note: &str, at_ends: [Decision; 2]| {
            let (median, [a, b]) = (of(reference), at_ends.map(of));
            Row {
                group: group.to_owned(),
                label,
                note: note.to_owned(),
                unit,
                observed: None,
                predictions: vec![Predicted {
                    name: String::new(),
                    low: a.min(b).min(median),
                    median,
                    high: a.max(b).max(median),
                    distance: None,
                    inside: None,
                }],
            }
        };
        let ends = self.ends;
        let label = format!("{}: {} to {}", self.entry.symbol, plain(ends.0), plain(ends.1));
        let anew = self.anew.map(|at_ends| row(String::new(), "calibrated anew", at_ends));
        [row(label, "", self.at_ends)].into_iter().chain(anew).collect()
    }

    fn row(&self) -> Vec<Cell> {
        let [low, high] = self.at_ends;
        let days = |own: Decision| format!("{:.1}", own.days);
        let anew = |of: &dyn Fn(Decision) -> String| -> Cell {
            let ends = self.anew.map(|ends| ends.map(of).join(", "));
            ends.unwrap_or("–".to_owned()).into()
        };
        vec![
            self.entry.symbol.as_str().into(),
            self.meaning.into(),
            plain(self.value).into(),
            format!("{} to {}", plain(self.ends.0), plain(self.ends.1)).into(),
            (if self.entry.unit == "1" { "" } else { &self.entry.unit }).into(),
            in_percent(low.chance).into(),
            in_percent(high.chance).into(),
            days(low).into(),
            days(high).into(),
            anew(&|own| in_percent(own.chance)),
            anew(&days),
            self.entry.source.as_str().into(),
        ]
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
