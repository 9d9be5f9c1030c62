//! The descriptive curve on the page.

use super::table::{Cell, Column, PageTable};
use crate::fit::{Estimate, FitResult};
use serde::Serialize;

/// A curve through published summaries.
#[derive(Debug, Serialize)]
pub(in crate::report) struct DescriptiveSection {
    title: String,
    warnings: Vec<String>,
    with_profiles: bool,
    pub(super) table: PageTable,
}

impl DescriptiveSection {
    pub(in crate::report) fn new(result: &FitResult) -> Self {
        let caption = format!(
            "Estimates; {} degrees of freedom, condition number {:.1}.",
            result.degrees_of_freedom, result.condition
        );
        let columns = vec![
            Column::words("parameter", "parameter"),
            Column::numbers("estimate", "estimate", "1").means("estimate, in the unit of the row"),
            Column::words("unit", "unit"),
            Column::numbers("se", "SE", "1").means("standard error, in the unit of the row"),
            Column::numbers("rse", "RSE", "%").means("relative standard error"),
            Column::words("profile", "95 % by profile"),
            Column::words("plausible", "plausible range in the sources"),
        ];
        let rows = result.estimates.iter().map(row).collect();
        let table = PageTable::new("descriptive", caption, columns, rows)
            .called("Estimates of the descriptive curve");
        let with_profiles = !result.profiles.is_empty();
        Self {
            title: result.title.clone(),
            warnings: result.warnings.clone(),
            with_profiles,
            table,
        }
    }

    /// Its figures by their names.
    pub(super) fn figures(&self) -> Vec<&str> {
        let profiles = Some("profiles").filter(|_| self.with_profiles);
        ["fit"].into_iter().chain(profiles).collect()
    }
}

fn row(own: &Estimate) -> Vec<Cell> {
    let or = |value: Option<f64>, decimals: usize, missing: &str| {
        value.map_or(missing.to_owned(), |value| format!("{value:.decimals$}"))
    };
    let profile =
        format!("{} to {}", or(own.profile_low, 2, "open"), or(own.profile_high, 2, "open"));
    let plausible = own.plausible_low.zip(own.plausible_high);
    let plausible = plausible.map_or("–".to_owned(), |(low, high)| format!("{low} to {high}"));
    vec![
        own.symbol.as_str().into(),
        format!("{:.2}", own.value).into(),
        own.unit.as_str().into(),
        or(own.se, 2, "–").into(),
        or(own.rse_percent, 1, "–").into(),
        profile.into(),
        plausible.into(),
    ]
}
