//! A published number beside its predictions, as a row of a table.

use crate::model::Variant;
use crate::report::calibration_figures::{arm_of, short};
use crate::report::trial_figures::observed;
use crate::trial::{Against, Published};
use serde::Serialize;

/// One published number.
#[derive(Debug, Serialize)]
pub(super) struct TargetRow {
    trials: String,
    arm: String,
    label: String,
    subset: &'static str,
    role: &'static str,
    n: String,
    published: String,
    interval: String,
    predictions: Vec<PredictionCell>,
    grade: &'static str,
    source: String,
}

/// What one variant predicts.
#[derive(Debug, Serialize)]
struct PredictionCell {
    variant: String,
    range: String,
    distance: String,
    outside: bool,
}

/// How many of the rows lie inside the prediction intervals of all variants, and how many there are.
pub(super) fn met(rows: &[TargetRow]) -> (usize, usize) {
    let is_met = |row: &&TargetRow| row.predictions.iter().all(|cell| !cell.outside);
    (rows.iter().filter(is_met).count(), rows.len())
}

/// Rows of numbers that all variants were asked for in the same order.
pub(super) fn target_rows(variants: &[(Variant, &[Against])]) -> Vec<TargetRow> {
    let first = variants.first().map_or(&[][..], |(_, against)| against);
    let all: Vec<&Published> = first.iter().map(|against| &against.published).collect();
    let row = |(i, number): (usize, &&Published)| {
        let unit = number.form.unit();
        let own = observed(number, &all);
        TargetRow {
            trials: number
                .protocols
                .iter()
                .map(|trial| short(trial))
                .collect::<Vec<_>>()
                .join(" and "),
            arm: arm_of(number),
            label: number.label.clone(),
            subset: number.subset.meaning(),
            role: number.role.name(),
            n: number.n.map_or("–".to_owned(), |n| n.to_string()),
            published: shown(own.value, unit),
            interval: own.interval.map_or("–".to_owned(), |(lower, upper)| {
                format!("{} to {}", shown(lower, unit), shown(upper, unit))
            }),
            predictions: variants
                .iter()
                .filter_map(|(variant, against)| Some(cell(*variant, against.get(i)?)))
                .collect(),
            grade: number.grade,
            source: number.source.clone(),
        }
    };
    all.iter().enumerate().map(row).collect()
}

fn cell(variant: Variant, against: &Against) -> PredictionCell {
    let unit = against.published.form.unit();
    let range = against.prediction.interval.as_ref().map(|i| {
        let [median, lower, upper] = [i.median, i.lower, i.upper].map(|v| shown(v.value, unit));
        format!("{median} ({lower} to {upper})")
    });
    PredictionCell {
        variant: variant.to_string(),
        range: range.unwrap_or("not available".to_owned()),
        distance: against.distance.map_or_else(String::new, |d| format!(", {d:+.1} SD")),
        outside: against.is_inside() == Some(false),
    }
}

/// Shares in per cent.
fn shown(value: f64, unit: &str) -> String {
    // 13 of 16 are 81.3 %: a tie goes up, as in print.
    if unit == "1" { format!("{:.1} %", 100.0 * value + 1e-9) } else { format!("{value:.1}") }
}
