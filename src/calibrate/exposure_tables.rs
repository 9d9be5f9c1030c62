//! Published exposures beside predicted ones, as text and as a table.

use super::exposure::ExposureAgainst;
use super::exposure_file::{ExposureFile, Measure, PublishedExposure, Summary};
use super::result_tables::predicted;
use crate::model::Variant;
use crate::table::Table;
use crate::units::COUNT_UNIT;
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

/// The same as a table with the columns of [`against_table`](super::against_table).
#[must_use]
pub fn exposure_table(variant: Variant, file: &ExposureFile, against: &[ExposureAgainst]) -> Table {
    let rows: Vec<(&PublishedExposure, &ExposureAgainst)> =
        against.iter().map(|against| (&file.numbers[against.number], against)).collect();
    let table = Table::of(&rows)
        .text("variant", |_| variant.to_string())
        .text("trials", |_| file.id.clone())
        .text("arm", |_| file.regimen_text.clone())
        .text("id", |(number, _)| number.id.clone())
        .text("form", |(number, _)| match number.form {
            Summary::Mean => "mean".to_owned(),
            Summary::Cv => "cv".to_owned(),
        })
        .text("of", |(number, _)| match number.of {
            Measure::Cmax => "cmax".to_owned(),
            Measure::Auc => "auc".to_owned(),
        })
        // No exposure looks at a count.
        .number("level", COUNT_UNIT, |_| f64::NAN)
        .number("rise", COUNT_UNIT, |_| f64::NAN)
        .text("subset", |_| "all".to_owned())
        .text("role", |(number, _)| number.role.name().to_owned())
        .whole("n", "1", |_| file.n)
        .number("published", "", |(number, _)| number.value);
    predicted(table, |(_, against)| against.interval.as_ref())
        .number("distance", "1", |(_, against)| against.distance)
        .text("grade", |(number, _)| number.grade.to_owned())
        .text("source", |(number, _)| number.source.clone())
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::against_table;

    #[test]
    fn invariant_exposures_have_the_columns_of_published_numbers() {
        let columns = |table: Table| -> Vec<(String, String)> {
            table.columns().iter().map(|c| (c.name.clone(), c.unit.to_string())).collect()
        };
        let file = ExposureFile::shipped().unwrap();
        let exposures = columns(exposure_table(Variant::B, &file, &[]));
        assert_eq!(exposures, columns(against_table(Variant::B, &[])));
    }
}
