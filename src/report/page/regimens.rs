//! One regimen on the page, and all of them in a table.

use super::table::{Cell, Column, PageTable};
use crate::report::cast::Cast;
use crate::report::regimen_course::RegimenCourse;
use crate::report::regimen_result::{RegimenResult, SEED};
use crate::report::regimen_sheet::percent;
use crate::report::sentence::Estimate;
use crate::simulate::Label;
use crate::units::HOURS_PER_DAY;
use crate::window::{Answer, ENTRY, Spread, THRESHOLD, TOO_HIGH, Treatment, WANTED};
use serde::Serialize;
use std::fmt::Write;

/// One regimen.
#[derive(Debug, Serialize)]
pub(in crate::report) struct RegimenSection {
    id: String,
    title: String,
    short: String,
    note: String,
    label: &'static str,
    typical: Typical,
    many: Option<Many>,
    command: String,
    many_command: Option<String>,
    /// The structural variants side by side, if it has several.
    pub(super) table: Option<PageTable>,
    #[serde(skip)]
    chances: Vec<f64>,
}

/// The typical patient.
#[derive(Debug, Serialize)]
struct Typical {
    maximum: String,
    maximum_day: String,
    first: String,
    last: String,
    days: String,
}

/// Many patients.
#[derive(Debug, Serialize)]
struct Many {
    subjects: usize,
    failed: usize,
    best_day: String,
    chance: String,
    chance_number: f64,
    window: String,
    too_high: String,
    #[serde(skip)]
    days: Estimate,
    #[serde(skip)]
    day_of_maximum: Estimate,
    never: String,
    seed: u64,
}

/// One structural variant of a regimen.
struct VariantRow {
    name: String,
    typical: Typical,
    many: Option<Many>,
}

impl RegimenSection {
    pub(in crate::report) fn new(result: &RegimenResult, main: &Cast) -> Self {
        let scenario = &result.main.scenario;
        let many_of = |course: &RegimenCourse| {
            result.answers.iter().find(|answer| answer.variant == course.set.variant)
        };
        let row = |course: &RegimenCourse| VariantRow {
            name: course.set.variant.to_string(),
            typical: Typical::new(course),
            many: many_of(course).map(Many::new),
        };
        let missed = scenario.regimen.planned().iter().any(|dose| dose.missed);
        let variants = if result.others.is_empty() { Vec::new() } else { result.variants() };
        let rows: Vec<VariantRow> = variants.into_iter().map(row).collect();
        let chances = rows.iter().filter_map(|row| Some(row.many.as_ref()?.chance_number));
        Self {
            chances: chances.collect(),
            table: (!rows.is_empty()).then(|| variants_table(&scenario.id, &rows)),
            id: scenario.id.clone(),
            title: scenario.title.clone(),
            short: scenario.short.replace(" x", " × "),
            note: scenario.note.clone(),
            label: match scenario.label {
                Label::Approved if missed => "approved, with missed doses",
                Label::Approved => "approved",
                Label::Outside => "outside the label",
                Label::None => "",
            },
            typical: Typical::new(&result.main),
            many: result.main_answer().map(Many::new),
            command: typical_command(&result.main, &main.name),
            many_command: result.main_answer().map(|answer| many_command(answer, &main.name)),
        }
    }

    /// The commands that simulate it.
    pub(super) fn commands(&self) -> Vec<String> {
        [self.command.clone()].into_iter().chain(self.many_command.clone()).collect()
    }

    /// The name of its figure and of its part of the page.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Whether this is the regimen with that name.
    pub(super) fn is(&self, id: &str) -> bool {
        self.id == id
    }

    /// The line of the answer about a typical patient.
    pub(super) fn typical_in_words(&self) -> String {
        let Typical { maximum, maximum_day, first, last, days } = &self.typical;
        format!(
            "A typical patient with chronic liver disease reaches {maximum} × 10⁹/L on day {maximum_day} and \
             stays at or above {THRESHOLD} for {days} days, from day {first} to day {last} after the first dose."
        )
    }

    /// The line of the answer about many patients.
    pub(super) fn many_in_words(&self, placebo: Option<&Self>) -> Option<String> {
        let many = self.many.as_ref()?;
        let low = self.chances.iter().copied().fold(f64::INFINITY, f64::min);
        let high = self.chances.iter().copied().fold(0.0, f64::max);
        let placebo = placebo
            .and_then(|section| section.many.as_ref())
            .map_or(String::new(), |placebo| format!(" (placebo: {} at best)", placebo.chance));
        Some(format!(
            "Of {} virtual patients with a measured count below {ENTRY} before treatment, {} have a measured count of {THRESHOLD} or more on day {}{placebo}; \
             the four structural variants predict {:.1} to {:.1} %.",
            many.subjects,
            many.chance,
            many.best_day,
            100.0 * low,
            100.0 * high
        ))
    }
}

impl Typical {
    fn cells(&self) -> [Cell; 3] {
        [&self.maximum, &self.maximum_day, &self.days].map(|own| own.as_str().into())
    }

    fn new(course: &RegimenCourse) -> Self {
        let first = course.windows.first().map(|window| window.from_h / HOURS_PER_DAY);
        let last = course.windows.last().map(|window| window.to_h / HOURS_PER_DAY);
        let is_cut = course.is_cut();
        let maximum = course.maximum.map_or(course.baseline(), |maximum| maximum.value);
        Self {
            maximum: format!("{maximum:.1}"),
            maximum_day: course
                .maximum
                .map_or("–".to_owned(), |m| format!("{:.1}", m.elapsed_days())),
            first: first.map_or("never".to_owned(), |day| format!("{day:.1}")),
            last: match last {
                Some(_) if is_cut => "after the end".to_owned(),
                Some(day) => format!("{day:.1}"),
                None => "never".to_owned(),
            },
            days: format!("{}{:.1}", if is_cut { "≥ " } else { "" }, course.days_above()),
        }
    }
}

/// A median with the range of most patients.
fn of_patients(days: &Spread) -> Estimate {
    let [median, low, high] = [days.q50, days.q05, days.q95].map(|own| format!("{own:.1}"));
    Estimate::with_range(median, (low, high), "90 % of patients")
}

impl Many {
    fn new(Answer { outlook, treatment, .. }: &Answer) -> Self {
        // Without a drug the days on which noise is highest mean nothing.
        let treated = treatment.dose > 0.0;
        let day_of_maximum = outlook.day_of_maximum.filter(|_| treated);
        let best = outlook.best();
        let days = outlook.days_at_threshold;
        Self {
            subjects: outlook.subjects,
            failed: outlook.failed,
            best_day: if treated { outlook.best_day.to_string() } else { "–".to_owned() },
            chance: format!("{:.1} %", 100.0 * best.at_threshold),
            chance_number: best.at_threshold,
            window: outlook
                .window
                .map_or("never".to_owned(), |(first, last)| format!("{first} to {last}")),
            too_high: percent(outlook.ever_too_high),
            days: of_patients(&days),
            day_of_maximum: day_of_maximum
                .map_or_else(|| Estimate::alone("–"), |d| of_patients(&d)),
            never: percent(outlook.never),
            seed: SEED,
        }
    }
}

/// All regimens compared.
#[derive(Debug, Serialize)]
pub(in crate::report) struct ComparisonSection {
    finding: Option<String>,
    pub(super) table: PageTable,
}

impl ComparisonSection {
    /// With a row for each regimen, which leads to its sheet where the page has one.
    pub(in crate::report) fn new(all: &[RegimenSection], with_sheets: bool) -> Self {
        Self { finding: finding(all), table: comparison_table(all, with_sheets) }
    }
}

/// How many regimens reach the wanted probability, if any is asked for it.
fn finding(all: &[RegimenSection]) -> Option<String> {
    let treated: Vec<&Many> = all.iter().filter_map(|own| own.many.as_ref()).collect();
    let treated: Vec<&&Many> = treated.iter().filter(|many| many.best_day != "–").collect();
    let reached = treated.iter().filter(|many| many.window != "never").count();
    (!treated.is_empty()).then(|| {
        format!(
            "With {reached} of {} regimens, {} or more of the patients are at {THRESHOLD} or more on some day.",
            treated.len(),
            percent(WANTED)
        )
    })
}

/// A row for each regimen; it leads to the sheet of its regimen where the page has one.
fn comparison_table(all: &[RegimenSection], with_sheets: bool) -> PageTable {
    let caption = format!(
        "All regimens compared: the typical patient, and virtual patients with a measured count below {ENTRY} × 10⁹/L before \
         treatment, whose days at or above {THRESHOLD} are given as median with the range of 90 % of the patients. P: \
         probability of a measured count. Days are counted from the first dose."
    );
    let mut columns = vec![Column::words("regimen", "regimen"), Column::words("label", "label")];
    columns.extend(of_typical());
    columns.extend([
        at_threshold(),
        Column::days("best_day", "best day"),
        Column::days("window", format!("P is {} or more on days", percent(WANTED))),
        days_of_patients(),
        ever_too_high(),
    ]);
    let row = |own: &RegimenSection| {
        let name = Cell::from(own.short.as_str());
        let name = if with_sheets { name.to(own.id.as_str()) } else { name };
        let many = own.many.as_ref();
        let of = |value: fn(&Many) -> &String| Cell::from(many.map_or("–", |own| value(own)));
        let days = many.map_or_else(|| Cell::from("–"), |own| own.days.clone().into());
        let own = [name, own.label.into()].into_iter().chain(own.typical.cells());
        own.chain([of(|m| &m.chance), of(|m| &m.best_day), of(|m| &m.window)])
            .chain([days, of(|m| &m.too_high)])
            .collect()
    };
    PageTable::new("comparison", caption, columns, all.iter().map(row).collect())
        .called("All regimens compared")
}

/// A regimen in every structural variant.
fn variants_table(id: &str, rows: &[VariantRow]) -> PageTable {
    let first = rows.iter().find_map(|row| row.many.as_ref());
    let patients = first.map_or(String::new(), |many| {
        format!("; {} patients each, seed {}", many.subjects, many.seed)
    });
    let caption = format!("The regimen in all structural variants{patients}.");
    let mut columns = vec![Column::words("variant", "variant")];
    columns.extend(of_typical());
    columns.extend([
        at_threshold(),
        Column::days("best_day", "best day"),
        days_of_patients(),
        Column::days("day_of_maximum_patients", "day of maximum, patients")
            .means("day of the maximum: median and range of 90 % of the patients"),
        Column::shares("never", format!("never ≥ {THRESHOLD}"))
            .means(format!("share of patients whose true count never reaches {THRESHOLD}")),
        ever_too_high(),
    ]);
    let row = |row: &VariantRow| {
        let many = row.many.as_ref();
        let of = |value: fn(&Many) -> Cell| many.map_or_else(|| Cell::from("–"), value);
        let name = [Cell::from(row.name.as_str())];
        let name = name.into_iter().chain(row.typical.cells());
        name.chain([
            of(|m| m.chance.as_str().into()),
            of(|m| m.best_day.as_str().into()),
            of(|m| m.days.clone().into()),
            of(|m| m.day_of_maximum.clone().into()),
            of(|m| m.never.as_str().into()),
            of(|m| m.too_high.as_str().into()),
        ])
        .collect()
    };
    PageTable::new(format!("regimen_{id}"), caption, columns, rows.iter().map(row).collect())
}

/// The columns of a typical patient.
fn of_typical() -> [Column; 3] {
    [
        Column::numbers("maximum", "maximum", "10⁹/L")
            .means("largest count of the typical patient"),
        Column::days("maximum_day", "its day").means("day of that maximum"),
        Column::days("days_at_threshold", format!("days ≥ {THRESHOLD}"))
            .means(format!("days of the typical patient at or above {THRESHOLD}")),
    ]
}

fn at_threshold() -> Column {
    Column::shares("at_threshold", format!("P(≥ {THRESHOLD}), best day"))
        .means(format!("probability of a measured count of {THRESHOLD} or more on the best day"))
}

fn days_of_patients() -> Column {
    Column::days("days_at_threshold_patients", format!("days ≥ {THRESHOLD}, patients"))
        .means(format!("days at or above {THRESHOLD}: median and range of 90 % of the patients"))
}

fn ever_too_high() -> Column {
    Column::shares("too_high", format!("P(> {TOO_HIGH})"))
        .means(format!("share of patients whose true count ever exceeds {TOO_HIGH}"))
}

/// The command that gives the typical patient's numbers again.
fn typical_command(course: &RegimenCourse, name: &str) -> String {
    let scenario = &course.scenario;
    let whose = if course.set.variants_apply() {
        format!("--parameters {name}")
    } else {
        format!("--model {} --population {}", scenario.model, course.set.population)
    };
    let regimen = match scenario.regimen_text.as_str() {
        "" => scenario.regimen.to_string(),
        text => text.to_owned(),
    };
    let mut command = format!(
        "thrombo simulate {whose} --regimen \"{regimen}\" --until \"{} d\"",
        scenario.until.in_days()
    );
    for (symbol, value) in &scenario.set {
        let _ = write!(command, " --set {symbol}={value}");
    }
    command
}

/// The command that gives the numbers of many patients again.
fn many_command(answer: &Answer, name: &str) -> String {
    let Treatment { dose, days, missed, rule, .. } = &answer.treatment;
    let mut command = format!("thrombo window --dose {dose} --days {days}");
    if !missed.is_empty() {
        let numbers: Vec<String> = missed.iter().map(ToString::to_string).collect();
        let _ = write!(command, " --miss {}", numbers.join(","));
    }
    command += if rule.is_some() { " --rule" } else { "" };
    if !name.starts_with("calibrated_") {
        let _ = write!(command, " --parameters {name} --variant {}", answer.variant);
    }
    command
}
