//! The tables of the page.

use crate::model::text::{Parameter, Residual, Shape, Sheet, Source, TextModel, Variability};
use crate::report::page::formula;
use crate::units::rounding::{Form, significant};
use serde::Serialize;

/// A parameter.
#[derive(Debug, Serialize)]
pub(super) struct ParameterRow {
    name: String,
    meaning: String,
    value: String,
    unit: String,
    /// What follows the typical value on its line.
    effects: String,
    /// How people differ, as a coefficient of variation where there is one.
    variability: String,
    bounds: String,
    is_fixed: bool,
    grade: String,
    source: String,
}

/// A covariate.
#[derive(Debug, Serialize)]
pub(super) struct CovariateRow {
    name: String,
    meaning: String,
    value: String,
    unit: String,
    categories: String,
}

/// A route.
#[derive(Debug, Serialize)]
pub(super) struct RouteRow {
    name: String,
    unit: String,
    range: String,
    /// The state that doses enter, and its properties as MathML.
    entries: Vec<(String, Vec<(String, String)>)>,
}

/// An output.
#[derive(Debug, Serialize)]
pub(super) struct OutputRow {
    name: String,
    meaning: String,
    unit: String,
    value: String,
    errors: String,
}

/// A unit as it is shown: nothing for a pure number, a factor in few digits.
pub(in crate::report) fn unit(text: &str) -> String {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let factor = text[..text.len() - rest.len()].trim_end_matches('.').parse::<f64>().ok();
    match factor {
        _ if text == "1" => String::new(),
        Some(factor) if rest.starts_with(|c: char| c.is_alphabetic()) => {
            format!("{factor:.2e} {rest}")
        }
        _ => text.replace("10^9", "10⁹").replace("^2", "²"),
    }
}

fn number(value: f64) -> String {
    significant(value, 6, Form::Label)
}

fn grade(source: &Source) -> String {
    source.grade.unwrap_or("–").to_owned()
}

pub(super) fn parameters(sheet: &Sheet) -> Vec<ParameterRow> {
    let row = |own: &Parameter| ParameterRow {
        name: own.name.clone(),
        meaning: own.meaning.clone(),
        value: number(own.value),
        unit: unit(own.unit.text()),
        effects: own.effects.trim().to_owned(),
        variability: own
            .variability
            .iter()
            .map(|spread| variability(own.value, spread))
            .collect::<Vec<_>>()
            .join("; "),
        bounds: own.bounds.map_or_else(String::new, |(low, high)| bounds(low, high)),
        is_fixed: own.is_fixed,
        grade: grade(&own.source),
        source: own.source.text.clone(),
    };
    sheet.parameters.iter().map(row).collect()
}

fn bounds(low: f64, high: f64) -> String {
    if high.is_finite() { format!("{low} to {high}") } else { format!("{low} or more") }
}

/// How people differ: a coefficient of variation, or where there is none the standard deviation of the logit.
fn variability(value: f64, spread: &Variability) -> String {
    let percent = |cv: f64| format!("{} %", significant(100.0 * cv, 3, Form::Label));
    let size = match spread.shape {
        Shape::Lognormal => percent((spread.sd * spread.sd).exp_m1().sqrt()),
        Shape::Normal if value != 0.0 => percent((spread.sd / value).abs()),
        Shape::Normal => format!("SD {}", number(spread.sd)),
        Shape::Logitnormal => format!("SD {} of the logit", number(spread.sd)),
    };
    match &spread.occasion {
        Some(occasion) => format!("{size} between values of {occasion}"),
        None => size,
    }
}

pub(super) fn correlations(text: &TextModel) -> Vec<(String, f64)> {
    let name = |i: usize| text.parameters.get(i).map_or("", |own| own.name.as_str());
    let pair = |own: [usize; 2]| format!("{} and {}", name(own[0]), name(own[1]));
    text.correlations.iter().map(|own| (pair(own.parameters), own.value)).collect()
}

pub(super) fn covariates(sheet: &Sheet) -> Vec<CovariateRow> {
    let category = |(name, code): &(String, u32)| format!("{name} = {code}");
    let row = |own: &crate::model::text::Covariate| CovariateRow {
        name: own.name.clone(),
        meaning: own.meaning.clone(),
        value: number(own.value),
        unit: unit(own.unit.text()),
        categories: own.categories.iter().map(category).collect::<Vec<_>>().join(", "),
    };
    sheet.covariates.iter().map(row).collect()
}

pub(super) fn routes(text: &TextModel, sheet: &Sheet) -> Vec<RouteRow> {
    let lines = text.dosing();
    let row = |own: &crate::model::text::Route| {
        let entries = lines.iter().filter(|line| line.route == own.name).map(|line| {
            let shown = line.properties.iter();
            let shown = shown.map(|(name, latex)| (name.clone(), formula(latex)));
            (line.target.clone(), shown.collect())
        });
        RouteRow {
            name: own.name.clone(),
            unit: unit(own.unit.text()),
            range: own.range.map_or_else(String::new, |(low, high)| bounds(low, high)),
            entries: entries.collect(),
        }
    };
    sheet.routes.iter().map(row).collect()
}

pub(super) fn outputs(text: &TextModel, sheet: &Sheet) -> Vec<OutputRow> {
    let values = sheet.at_typical();
    let rows = text.outputs.iter().zip(&sheet.outputs).zip(text.outputs_in_latex());
    rows.map(|((own, found), latex)| OutputRow {
        name: own.name.clone(),
        meaning: own.meaning.clone(),
        unit: unit(own.unit.text()),
        value: formula(&latex),
        errors: found
            .errors
            .iter()
            .map(|error| residual(error, &values, own.unit.text()))
            .collect::<Vec<_>>()
            .join(" + "),
    })
    .collect()
}

/// A residual error with its sizes, such as `proportional, CV 15 %`.
fn residual(error: &Residual, values: &[f64], of: &str) -> String {
    let argument = |(name, id, _): &(String, usize, bool)| {
        let value = values.get(*id).copied().unwrap_or(f64::NAN);
        match (name.as_str(), error.kind.as_str()) {
            ("cv", _) => format!("CV {} %", number(100.0 * value)),
            ("sd", "lognormal" | "power") => format!("SD {}", number(value)),
            ("sd", _) => format!("SD {} {}", number(value), unit(of)).trim_end().to_owned(),
            _ => format!("{name} {}", number(value)),
        }
    };
    let arguments = error.arguments.iter().map(argument).collect::<Vec<_>>().join(", ");
    format!("{}, {arguments}", error.kind)
}
