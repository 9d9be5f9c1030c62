//! Target files: published summaries of a course, or counts of one patient.

use super::counts::read_counts;
use super::plausibility::{notices, too_accurate};
use super::target::{Spread, Statistic, Target};
use crate::error::Result;
use crate::files::{FileKind, Section, carried, hash, is_table, read_toml};
use crate::model::GRADES;
use crate::regimen::Regimen;
use crate::simulate::{days, regimen};
use crate::units::{HOURS_PER_DAY, Time};
use std::path::Path;

/// Most patients behind a target.
const MOST_PATIENTS: u32 = 1_000_000;

/// What a file asks to be met.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets {
    /// The work the numbers come from.
    pub citation: String,
    /// The doses that were given.
    pub regimen: Regimen,
    /// Length of the simulation.
    pub until: Time,
    /// The numbers.
    pub items: Vec<Target>,
    /// Whether the numbers are summaries of many patients rather than counts of one.
    pub are_summaries: bool,
    /// Name of the file, for the record.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// What looks like a mistake, a sentence each.
    pub notices: Vec<String>,
}

impl Targets {
    /// The targets that the program carries: three published summaries of 3 mg once daily for 7
    /// days.
    ///
    /// # Errors
    /// None in practice; a test reads the file.
    pub fn application_note() -> Result<Self> {
        let path = "targets/application_note.toml";
        Self::read_toml(Path::new(path), carried(path)?)
    }

    /// Reads a target file: TOML, or a table of counts, for which `regimen` says what was given.
    ///
    /// # Errors
    /// Every problem of the file with its line.
    pub fn read(path: &Path, text: &str, regimen: &Regimen) -> Result<Self> {
        if !is_table(path, text) {
            return Self::read_toml(path, text);
        }
        FileKind::Counts.require(path, text)?;
        let (items, is_in_hours) = read_counts(path, text)?;
        let last_h = items.iter().filter_map(|item| match item.statistic {
            Statistic::CountAt { time_h } => Some(time_h),
            _ => None,
        });
        let notices = notices(&path.display().to_string(), &items, is_in_hours);
        Ok(Self {
            citation: format!("counts in {}", file_name(path)),
            regimen: regimen.clone(),
            until: Time::hours(last_h.fold(HOURS_PER_DAY, f64::max)),
            items,
            are_summaries: false,
            file: file_name(path),
            sha256: hash(text.as_bytes()),
            notices,
        })
    }

    /// What one of them is called.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        if self.are_summaries { "target" } else { "count" }
    }

    fn read_toml(path: &Path, text: &str) -> Result<Self> {
        FileKind::Targets.require(path, text)?;
        read_toml(path, text, |root| {
            root.schema(1);
            let citation = root.text("citation");
            let regimen = regimen(root);
            let until = days(root);
            let known_end = until.filter(|_| root.is_sound("days"));
            let items = root.list("target", |target| read_target(target, known_end));
            if items.is_empty() && root.is_sound("target") {
                root.problem("target", "is missing: add at least one [[target]]");
            }
            Some(Self {
                citation: citation?,
                regimen: regimen?,
                until: until?,
                items,
                are_summaries: true,
                file: file_name(path),
                sha256: hash(text.as_bytes()),
                notices: Vec::new(),
            })
        })
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The kinds of statistic that a file may name.
#[derive(Clone, Copy)]
enum Kind {
    VisitDayOfMaximum,
    ElapsedDayOfMaximum,
    Maximum,
    DaysAtOrAbove,
    CountAt,
}

fn read_target(section: &Section<'_>, until: Option<Time>) -> Option<Target> {
    let kinds = [
        ("visit_day_of_maximum", Kind::VisitDayOfMaximum),
        ("elapsed_day_of_maximum", Kind::ElapsedDayOfMaximum),
        ("maximum", Kind::Maximum),
        ("days_at_or_above", Kind::DaysAtOrAbove),
        ("count_at", Kind::CountAt),
    ];
    let statistic = match section.choice("statistic", &kinds) {
        Some(Kind::VisitDayOfMaximum) => Some(Statistic::VisitDayOfMaximum),
        Some(Kind::ElapsedDayOfMaximum) => Some(Statistic::ElapsedDayOfMaximum),
        Some(Kind::Maximum) => Some(Statistic::Maximum),
        Some(Kind::DaysAtOrAbove) => {
            section.number("level").map(|level| Statistic::DaysAtOrAbove { level })
        }
        Some(Kind::CountAt) => section.number("time_h").map(|time_h| Statistic::CountAt { time_h }),
        None => {
            // Which of them it needs is not known.
            section.ignore_all(&["level", "time_h"]);
            None
        }
    };
    let value = section.number("value");
    let unit = section.text("unit");
    let se = standard_error(section);
    if let Some(rule) = value.zip(se).and_then(|(value, se)| too_accurate(value, se)) {
        let key = if section.has("se") { "se" } else { "sd" };
        section.problem(key, rule);
    }
    let spreads = [("published", Spread::Published), ("assumed", Spread::Assumed)];
    let spread = section.choice("se_status", &spreads);
    let arm = section.text("arm");
    let subset = section.text("subset");
    let source = section.text("source");
    let grade = section.choice("grade", GRADES);
    let statistic = statistic?;
    if unit.is_some_and(|unit| unit != statistic.unit()) {
        section.problem("unit", format!("must be \"{}\": convert the value", statistic.unit()));
    }
    if let (Some(value), Some(until)) = (value, until) {
        refuse_beyond(section, statistic, value, until);
    }
    Some(Target {
        statistic,
        value: value?,
        se: se?,
        spread: spread?,
        arm: arm?,
        subset: subset?,
        source: source?,
        grade: grade?,
    })
}

/// Refuses what the simulation, which ends at `until`, cannot reach.
fn refuse_beyond(section: &Section<'_>, statistic: Statistic, value: f64, until: Time) {
    let days = until.in_days();
    let (key, given, first, last, unit) = match statistic {
        Statistic::VisitDayOfMaximum => ("value", value, 1.0, days + 1.0, "d"),
        Statistic::ElapsedDayOfMaximum | Statistic::DaysAtOrAbove { .. } => {
            ("value", value, 0.0, days, "d")
        }
        Statistic::CountAt { time_h } => ("time_h", time_h, 0.0, until.in_hours(), "h"),
        Statistic::Maximum => return,
    };
    if !(first..=last).contains(&given) {
        section.problem(
            key,
            format!(
                "= {given} is outside [{first}, {last}] {unit}, the course that `days = {days}` simulates: \
                 increase days, or remove the target"
            ),
        );
    }
}

/// The standard error: given as `se`, or as `sd` of `n` patients.
fn standard_error(section: &Section<'_>) -> Option<f64> {
    let positive = |key: &str| section.has(key).then(|| section.positive(key));
    let se = positive("se");
    let sd = positive("sd");
    let n = section.has("n").then(|| section.whole("n", 1, MOST_PATIENTS));
    match (se, sd, n) {
        (Some(se), None, _) => se,
        (None, Some(sd), Some(n)) => Some(sd? / (n? as f64).sqrt()),
        (Some(_), Some(_), _) => {
            section.problem("se", "must stand alone: give se, or sd and n");
            None
        }
        _ => {
            section.problem("se", "is missing: give se, or sd and n");
            None
        }
    }
}
