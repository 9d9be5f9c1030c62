//! The forecast of a subject: its counts, the course to come, and the probabilities by day.

use super::drawing::canvas::Lettering;
use super::drawing::platelets::Levels;
use super::drawing::theme::Colour;
use super::figures::sheet::{self, ChancePanel, DoseMark, PlateletPanel, RegimenSheet};
use super::regimen_sheet::percent;
use crate::error::Result;
use crate::forecast::{Answer, At, Forecast, Question};
use crate::records::Subject;
use crate::units::HOURS_PER_DAY;

/// A forecast that is to be drawn.
#[derive(Debug, Clone, Copy)]
pub struct DrawnForecast<'a> {
    /// The question, with the quantiles 5, 25, 50, 75 and 95 %.
    pub question: &'a Question<'a>,
    /// The subject.
    pub subject: &'a Subject,
    /// Its forecast.
    pub forecast: &'a Forecast,
    /// The individuals in words, such as `calibrated patients`.
    pub population: &'a str,
}

/// Draws the forecast of a platelet count.
///
/// # Errors
/// The figure cannot be drawn.
pub fn forecast_figure(drawn: &DrawnForecast<'_>, lettering: Lettering) -> Result<String> {
    let DrawnForecast { question, forecast, .. } = *drawn;
    let day: Vec<f64> = forecast.times.iter().map(|at| days(at.time_h)).collect();
    let to_come = &forecast.times[forecast.to_come..];
    let chance = |of: fn(&At) -> f64| to_come.iter().map(of).collect();
    let figure = RegimenSheet {
        title: title(&drawn.subject.id, &forecast.answer, question),
        caption: caption(drawn),
        model_name: observations(drawn),
        panels: Vec::new(),
        platelets: platelets(drawn, &day),
        chances: Some(ChancePanel {
            day: to_come.iter().map(|at| days(at.time_h)).collect(),
            at_threshold: chance(|at| at.measured_at_least),
            too_high: chance(|at| at.measured_too_high),
        }),
        doses: doses(drawn.subject, day.last().copied().unwrap_or(0.0)),
        stop_day: None,
        levels: Levels { enough: question.level, too_many: question.too_high },
        windows: Vec::new(),
        procedure: question.procedure_h.map(|(from, to)| (days(from), days(to))),
        maximum: None,
        strip: strip(&forecast.answer, question),
        colour: Colour::APPROVED,
        day,
    };
    sheet::draw(&figure, lettering)
}

/// The true counts by day with the observations.
pub(super) fn platelets(drawn: &DrawnForecast<'_>, day: &[f64]) -> PlateletPanel {
    let forecast = drawn.forecast;
    let quantile = |place: usize| -> Vec<f64> {
        let one = |at: &At| at.quantiles.get(place).copied().unwrap_or(f64::NAN);
        forecast.times.iter().map(one).collect()
    };
    let points = forecast.observed.iter().map(|(time_h, count)| (days(*time_h), *count));
    PlateletPanel::of_quantiles(day, quantile, points.collect())
}

/// What is known, and of whom.
pub(super) fn observations(drawn: &DrawnForecast<'_>) -> String {
    format!("{} observations, {}", drawn.forecast.observed.len(), drawn.population)
}

/// Number of individuals of all populations.
pub(super) fn individuals(question: &Question<'_>) -> usize {
    question.populations.iter().map(|own| own.individuals().len()).sum()
}

pub(super) fn days(time_h: f64) -> f64 {
    time_h / HOURS_PER_DAY
}

fn title(id: &str, answer: &Answer, question: &Question<'_>) -> String {
    let (time_h, best) = match answer.procedure {
        Some(then) => (then.best_h, then.best),
        None => (answer.best_h, answer.best),
    };
    format!(
        "ID {id}: {} probability of measuring {} or more on elapsed day {:.0}",
        percent(best),
        question.level,
        days(time_h)
    )
}

/// The doses of a subject until `last` days, those that a record repeats included.
pub(super) fn doses(subject: &Subject, last: f64) -> Vec<DoseMark> {
    let given = subject.rows.iter().filter_map(|row| Some((row.time_h, row.dose?)));
    let all = given.flat_map(|(time_h, dose)| {
        (0..=dose.addl).map(move |number| days(time_h + dose.ii_h * number as f64))
    });
    all.filter(|day| *day <= last).map(|day| DoseMark { day, taken: true }).collect()
}

fn strip(answer: &Answer, question: &Question<'_>) -> Vec<(String, String)> {
    let length =
        |place: usize| days(answer.time_at_level_h.get(place).copied().unwrap_or(f64::NAN));
    let mut strip = vec![
        ("best day".to_owned(), format!("{:.0}, {}", days(answer.best_h), percent(answer.best))),
        (
            format!("days with {} or more", percent(question.probability)),
            enough(answer).unwrap_or_else(|| "none".to_owned()),
        ),
    ];
    if let Some(then) = answer.procedure {
        strip.push(("lowest at the procedure".to_owned(), percent(then.lowest)));
    }
    strip.push((
        format!("days ≥ {}", question.level),
        format!("{:.1} ({:.1} to {:.1})", length(1), length(0), length(2)),
    ));
    strip.push((format!("ever > {}", question.too_high), percent(answer.ever_too_high)));
    strip
}

/// First and last day on which the wanted probability is reached.
fn enough(answer: &Answer) -> Option<String> {
    let (first, last) = answer.enough_h?;
    Some(format!("{:.0} to {:.0}", days(first), days(last)))
}

fn caption(drawn: &DrawnForecast<'_>) -> String {
    let DrawnForecast { forecast, question, .. } = drawn;
    let shade = match question.procedure_h {
        Some(_) => " Grey: days of the procedure.",
        None => "",
    };
    format!(
        "Points: measured counts. Line: median of the true count, bands: 50 % and 90 %, given these counts. Below: probability \
         that a count measured on the day is at least {} or more than {}.{shade} Effective size {:.0} of {} individuals. For \
         research; not for treating patients.",
        question.level,
        question.too_high,
        forecast.effective_size,
        individuals(question)
    )
}
