//! A published number beside its predictions, as a row of a table.

use super::table::{Cell, Column, PageTable};
use crate::model::Variant;
use crate::report::calibration_figures::{arm_of, short};
use crate::report::sentence::{Estimate, Sentence};
use crate::report::trial_figures::observed;
use crate::trial::{Against, Published};

/// One published number.
#[derive(Debug)]
pub(super) struct TargetRow {
    what: String,
    n: String,
    published: Estimate,
    predictions: Vec<PredictionCell>,
    source: String,
}

/// What one variant predicts.
#[derive(Debug)]
struct PredictionCell {
    variant: String,
    range: Estimate,
    distance: String,
    outside: bool,
}

/// Published numbers beside the predictions of every variant.
pub(super) fn target_table(id: &str, rows: &[TargetRow]) -> PageTable {
    let caption = "Published and predicted results: median and 95 % prediction interval over simulated trials of the published \
                   size, and the distance of the published result in SDs of the simulated trials. Predictions of other models \
                   are not based on patients and therefore have no distance.";
    let mut columns = vec![
        Column::words("result", "result and patients"),
        Column::numbers("n", "n", "1").means("number of patients"),
        Column::words("published", "published")
            .means("published, with a 95 % interval where one can be formed"),
    ];
    let first = rows.first().map_or(&[][..], |row| &row.predictions);
    columns.extend(first.iter().map(|own| {
        Column::words(own.variant.to_lowercase(), own.variant.clone()).means(format!(
            "predicted, {}: median, 95 % prediction interval, distance",
            own.variant
        ))
    }));
    columns.push(Column::words("source", "source; grade"));
    let row = |row: &TargetRow| {
        let predicted = row.predictions.iter().map(|own| {
            let outside = if own.outside { ", outside" } else { "" };
            let words = format!("{}{outside}", own.distance);
            let content = Sentence::from(own.range.clone()).words(&words);
            Cell::from(content).missed(own.outside)
        });
        let own = [row.what.as_str().into(), row.n.as_str().into(), row.published.clone().into()];
        own.into_iter().chain(predicted).chain([row.source.as_str().into()]).collect()
    };
    PageTable::new(id, caption, columns, rows.iter().map(row).collect()).of_prose()
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
        let trials: Vec<String> = number.protocols.iter().map(|trial| short(trial)).collect();
        TargetRow {
            what: format!(
                "{}, {}: {}; {}",
                trials.join(" and "),
                arm_of(number),
                number.label,
                number.subset.meaning()
            ),
            n: number.n.map_or("–".to_owned(), |n| n.to_string()),
            published: match own.interval {
                Some((lower, upper)) => {
                    Estimate::new(shown(own.value, unit), (shown(lower, unit), shown(upper, unit)))
                }
                None => Estimate::alone(shown(own.value, unit)),
            },
            predictions: variants
                .iter()
                .filter_map(|(variant, against)| Some(cell(*variant, against.get(i)?)))
                .collect(),
            source: format!("{}; {}", number.source, number.grade),
        }
    };
    all.iter().enumerate().map(row).collect()
}

fn cell(variant: Variant, against: &Against) -> PredictionCell {
    let unit = against.published.form.unit();
    let range = against.prediction.interval.as_ref().map(|i| {
        let [median, lower, upper] = [i.median, i.lower, i.upper].map(|v| shown(v.value, unit));
        Estimate::new(median, (lower, upper))
    });
    PredictionCell {
        variant: variant.to_string(),
        range: range.unwrap_or_else(|| Estimate::alone("not available")),
        distance: against.distance.map_or_else(String::new, |d| format!(", {d:+.1} SD")),
        outside: against.is_inside() == Some(false),
    }
}

/// Shares in per cent.
fn shown(value: f64, unit: &str) -> String {
    // 13 of 16 are 81.3 %: a tie goes up, as in print.
    if unit == "1" { format!("{:.1} %", 100.0 * value + 1e-9) } else { format!("{value:.1}") }
}
