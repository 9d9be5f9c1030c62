//! The page: one self-contained HTML file.

use super::regimen_course::RegimenCourse;
use crate::error::{Error, Result};
use crate::fit::FitResult;
use crate::model::ParameterSet;
use crate::simulate::Label;
use crate::units::HOURS_PER_DAY;
use minijinja::Environment;
use serde::Serialize;
use std::fmt::Write;

/// Style of the controls and of paper.
pub(super) const STYLE: &str = include_str!("report.css");
/// What adds the controls.
pub(super) const SCRIPT: &str = include_str!("report.js");

/// Everything on the page.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    pub(super) program: String,
    pub(super) font_face: String,
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    pub(super) fit: &'a FitResult,
    pub(super) fit_figure: &'a str,
    pub(super) profiles_figure: &'a str,
    pub(super) overview_figure: &'a str,
    pub(super) regimens: Vec<RegimenSection<'a>>,
    pub(super) parameters: Vec<ParameterRow>,
    pub(super) record: String,
}

/// One regimen on the page.
#[derive(Debug, Serialize)]
pub(super) struct RegimenSection<'a> {
    id: &'a str,
    title: &'a str,
    note: &'a str,
    label: &'static str,
    figure: &'a str,
    maximum: String,
    visit_day: String,
    first: String,
    last: String,
    days: String,
    command: String,
    variants: Vec<VariantRow>,
}

/// One structural variant of a regimen.
#[derive(Debug, Serialize)]
struct VariantRow {
    name: String,
    maximum: String,
    visit_day: String,
    days: String,
}

/// One parameter on the page.
#[derive(Debug, Serialize)]
pub(super) struct ParameterRow {
    symbol: String,
    meaning: String,
    value: String,
    unit: String,
    status: String,
    grade: String,
    source: String,
}

impl<'a> RegimenSection<'a> {
    pub(super) fn new(
        course: &'a RegimenCourse,
        others: &[RegimenCourse],
        figure: &'a str,
    ) -> Self {
        let scenario = &course.scenario;
        let label = match scenario.label {
            Label::Approved => "approved regimen, or a deviation from it",
            Label::Outside => "outside the label",
            Label::None => "",
        };
        let first = course.windows.first().map(|window| window.from_h / HOURS_PER_DAY);
        let last = course.windows.last().map(|window| window.to_h / HOURS_PER_DAY);
        let is_cut = course.is_cut();
        let variants = if others.is_empty() { Vec::new() } else { variant_rows(course, others) };
        Self {
            id: &scenario.id,
            title: &scenario.title,
            note: &scenario.note,
            label,
            figure,
            maximum: maximum(course),
            visit_day: visit_day(course),
            first: first.map_or("never".to_owned(), |day| format!("{day:.1}")),
            last: match last {
                Some(_) if is_cut => "after the end".to_owned(),
                Some(day) => format!("{day:.1}"),
                None => "never".to_owned(),
            },
            days: format!("{}{:.1}", if is_cut { "≥ " } else { "" }, course.days_above()),
            command: command(course),
            variants,
        }
    }
}

fn variant_rows(course: &RegimenCourse, others: &[RegimenCourse]) -> Vec<VariantRow> {
    let mut all: Vec<&RegimenCourse> = others.iter().chain([course]).collect();
    all.sort_by_key(|course| course.set.variant.to_string());
    let row = |course: &RegimenCourse| VariantRow {
        name: format!("{}: {}", course.set.variant, course.set.variant.meaning()),
        maximum: maximum(course),
        visit_day: visit_day(course),
        days: format!("{:.1}", course.days_above()),
    };
    all.into_iter().map(row).collect()
}

fn maximum(course: &RegimenCourse) -> String {
    format!("{:.1}", course.maximum.map_or(course.baseline(), |maximum| maximum.value))
}

fn visit_day(course: &RegimenCourse) -> String {
    course.maximum.map_or("–".to_owned(), |maximum| format!("{:.1}", maximum.visit_day()))
}

/// The command that reproduces the numbers of a regimen.
fn command(course: &RegimenCourse) -> String {
    let scenario = &course.scenario;
    let mut command = format!(
        "thrombo simulate --model {} --regimen \"{}\"",
        scenario.model, scenario.regimen_text
    );
    for (symbol, value) in &scenario.set {
        let _ = write!(command, " --set {symbol}={value}");
    }
    command
}

/// The parameters of `set`, with meaning and origin.
pub(super) fn parameter_rows(set: &ParameterSet) -> Vec<ParameterRow> {
    let row = |entry: &crate::model::Entry| ParameterRow {
        symbol: entry.symbol.clone(),
        meaning: set.symbol(&entry.symbol).map_or(String::new(), |s| s.meaning.to_owned()),
        value: entry.value.map_or("derived".to_owned(), |value| value.to_string()),
        unit: if entry.unit == "1" { String::new() } else { entry.unit.clone() },
        status: entry.status.to_string(),
        grade: entry.grade.to_owned(),
        source: entry.source.clone(),
    };
    set.entries.iter().map(row).collect()
}

/// The page as HTML.
pub(super) fn render(page: &Page<'_>) -> Result<String> {
    const TEMPLATE: &str = "report.html";
    let error = |source| Error::Page { page: TEMPLATE, source };
    let mut environment = Environment::new();
    environment.add_template(TEMPLATE, include_str!("report.html")).map_err(error)?;
    environment
        .get_template(TEMPLATE)
        .and_then(|t| t.render(minijinja::value::Serde(page)))
        .map_err(error)
}
