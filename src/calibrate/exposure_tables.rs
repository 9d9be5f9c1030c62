//! Published exposures beside predicted ones, as text and as rows of CSV.

use super::exposure::ExposureAgainst;
use super::exposure_file::{ExposureFile, Measure, PublishedExposure, Summary};
use crate::files::cell;
use crate::model::Variant;
use std::fmt::Write;

/// A heading and a line for each number.
#[must_use]
pub fn exposure_text(file: &ExposureFile, against: &[ExposureAgainst]) -> String {
    let mut text = format!("exposure, {} ({})\n", file.regimen_text, file.citation);
    for against in against {
        let number = &file.numbers[against.number];
        let show = |v: f64| match number.form {
            Summary::Mean => format!("{v:.0}"),
            Summary::Cv => format!("{:.1} %", 100.0 * v),
        };
        let Some(interval) = &against.interval else { continue };
        let [low, median, high] =
            [&interval.lower, &interval.median, &interval.upper].map(|q| q.value);
        let inside = (low..=high).contains(&number.value);
        let range = format!("{} ({} to {})", show(median), show(low), show(high));
        let distance = against.distance.map_or_else(String::new, |d| format!("{d:+.1} SD"));
        let _ = writeln!(
            text,
            "  {:36} {:24} {:>8} n {:3} {range:30} {distance:8} {}",
            number.label,
            number.role.name(),
            show(number.value),
            file.n,
            if inside { "" } else { "OUTSIDE" }
        );
    }
    text
}

/// The same as rows for [`against_csv`](super::tables::against_csv).
#[must_use]
pub fn exposure_rows(
    variant: Variant,
    file: &ExposureFile,
    against: &[ExposureAgainst],
) -> Vec<Vec<String>> {
    let one =
        |against: &ExposureAgainst| row(variant, file, &file.numbers[against.number], against);
    against.iter().map(one).collect()
}

fn row(
    variant: Variant,
    file: &ExposureFile,
    number: &PublishedExposure,
    against: &ExposureAgainst,
) -> Vec<String> {
    let interval = against.interval.as_ref();
    vec![
        variant.to_string(),
        file.id.clone(),
        file.regimen_text.clone(),
        number.id.clone(),
        match number.form {
            Summary::Mean => "mean".to_owned(),
            Summary::Cv => "cv".to_owned(),
        },
        match number.of {
            Measure::Cmax => "cmax".to_owned(),
            Measure::Auc => "auc".to_owned(),
        },
        // No exposure looks at a count.
        ".".to_owned(),
        ".".to_owned(),
        "all".to_owned(),
        number.role.name().to_owned(),
        file.n.to_string(),
        cell(number.value),
        cell(interval.map(|i| i.lower.value)),
        cell(interval.map(|i| i.median.value)),
        cell(interval.map(|i| i.upper.value)),
        cell(against.distance),
        number.grade.to_owned(),
        number.source.clone(),
    ]
}
