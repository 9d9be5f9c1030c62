//! One regimen on the page, and all of them in a table.

use crate::report::cast::Cast;
use crate::report::regimen_course::RegimenCourse;
use crate::report::regimen_result::{RegimenResult, SEED};
use crate::report::regimen_sheet::percent;
use crate::simulate::Label;
use crate::units::HOURS_PER_DAY;
use crate::window::{Answer, ENTRY, THRESHOLD, Treatment};
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
    variants: Vec<VariantRow>,
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
    days: String,
    day_of_maximum: String,
    never: String,
    seed: u64,
}

/// One structural variant of a regimen.
#[derive(Debug, Serialize)]
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
        Self {
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
            variants: variants.into_iter().map(row).collect(),
        }
    }

    /// The commands that simulate it.
    pub(super) fn commands(&self) -> Vec<String> {
        [self.command.clone()].into_iter().chain(self.many_command.clone()).collect()
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
        let chances: Vec<f64> =
            self.variants.iter().filter_map(|row| Some(row.many.as_ref()?.chance_number)).collect();
        let low = chances.iter().copied().fold(f64::INFINITY, f64::min);
        let high = chances.iter().copied().fold(0.0, f64::max);
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
            days: format!("{:.1} ({:.1} to {:.1})", days.q50, days.q05, days.q95),
            day_of_maximum: day_of_maximum.map_or("–".to_owned(), |d| {
                format!("{:.1} ({:.1} to {:.1})", d.q50, d.q05, d.q95)
            }),
            never: percent(outlook.never),
            seed: SEED,
        }
    }
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
