//! The prediction bands of a population.

use super::drawing::canvas::Lettering;
use super::drawing::platelets::Levels;
use super::drawing::theme::Colour;
use super::figures::sheet::{self, DoseMark, PlateletPanel, RegimenSheet};
use crate::error::Result;
use crate::simulate::population::{Request, Row, Summary};
use crate::units::HOURS_PER_DAY;

/// Draws median, 50 % and 90 % band of a summary made with the quantiles 5, 25, 50, 75 and 95 % and
/// the shares at or above two levels.
///
/// # Errors
/// The figure cannot be drawn.
pub fn population_figure(
    request: &Request<'_>,
    summary: &Summary,
    lettering: Lettering,
) -> Result<String> {
    let rows = summary.rows();
    let quantile = |place: usize| -> Vec<f64> {
        rows.iter().map(|row| row.quantiles.get(place).copied().unwrap_or(f64::NAN)).collect()
    };
    let day: Vec<f64> = rows.iter().map(|row| row.time_h / HOURS_PER_DAY).collect();
    let doses = request.regimen.planned().iter();
    let levels = levels(summary);
    let figure = RegimenSheet {
        title: title(levels, &rows),
        caption: caption(request, summary),
        model_name: format!("Model {}, {} patients", request.set.model, summary.subjects),
        panels: Vec::new(),
        platelets: PlateletPanel::of_quantiles(&day, quantile, Vec::new()),
        chances: None,
        doses: doses
            .map(|dose| DoseMark { day: dose.time.in_days(), taken: !dose.missed })
            .collect(),
        stop_day: None,
        levels,
        windows: Vec::new(),
        procedure: None,
        maximum: None,
        strip: strip(levels, &rows),
        colour: Colour::APPROVED,
        day,
    };
    sheet::draw(&figure, lettering)
}

/// The row with the largest share at or above the level in `place`.
fn best(rows: &[Row], place: usize) -> Option<(&Row, f64)> {
    let shares = rows.iter().filter_map(|row| Some((row, *row.at_or_above.get(place)?)));
    shares.fold(None, |best, (row, share)| match best {
        Some((_, highest)) if highest >= share => best,
        _ => Some((row, share)),
    })
}

/// The counts that the summary gives the shares of patients at or above for.
fn levels(summary: &Summary) -> Levels {
    let level = |place: usize| summary.levels().get(place).copied().unwrap_or(f64::NAN);
    Levels { enough: level(0), too_many: level(1) }
}

fn title(levels: Levels, rows: &[Row]) -> String {
    match best(rows, 0) {
        Some((row, share)) => format!(
            "{:.0} % of patients are at or above {} on day {:.1}, more than on any other day",
            100.0 * share,
            levels.enough,
            row.time_h / HOURS_PER_DAY
        ),
        None => "No patient could be integrated".to_owned(),
    }
}

fn strip(levels: Levels, rows: &[Row]) -> Vec<(String, String)> {
    let median = rows.iter().filter_map(|row| Some((row, *row.quantiles.get(2)?)));
    let top = median.fold(None, |top: Option<(&Row, f64)>, (row, count)| match top {
        Some((_, highest)) if highest >= count => top,
        _ => Some((row, count)),
    });
    let cell = |name: &str, found: Option<(&Row, f64)>, scale: f64, unit: &str| {
        let words = found.map(|(row, value)| {
            format!("{:.1}{unit}, day {:.1}", scale * value, row.time_h / HOURS_PER_DAY)
        });
        (name.to_owned(), words.unwrap_or_default())
    };
    vec![
        cell("highest median (10⁹/L)", top, 1.0, ""),
        cell(&format!("highest share ≥ {}", levels.enough), best(rows, 0), 100.0, " %"),
        cell(&format!("highest share ≥ {}", levels.too_many), best(rows, 1), 100.0, " %"),
    ]
}

fn caption(request: &Request<'_>, summary: &Summary) -> String {
    let varied: Vec<_> = request
        .variability
        .iter()
        .map(|v| format!("{} (omega {:.2}, CV {:.0} %)", v.symbol, v.omega, 100.0 * v.cv()))
        .collect();
    let failed = match summary.failures.len() {
        0 => "0 patients".to_owned(),
        failed => format!("{failed} of {} patients", summary.tally.subjects),
    };
    let varied = if varied.is_empty() { "nothing".to_owned() } else { varied.join(", ") };
    format!(
        "Median of {} patients; the bands hold 50 % and 90 % of them. Seed {}. Between patients {varied} \
         varies, log-normal around the typical value; no measurement error. {failed} could not be \
         integrated.",
        summary.subjects, request.seed
    )
}
