//! The forecast of a subject: its counts, the course to come, and the probabilities by day.

use super::drawing::canvas::Lettering;
use super::drawing::platelets::Levels;
use super::drawing::theme::Colour;
use super::figures::sheet::{self, ChancePanel, DoseMark, PlateletPanel, RegimenSheet};
use super::forecast_words::{day, days, days_at_level, percent, wanted_days};
use crate::error::Result;
use crate::forecast::{Answer, At, Forecast, Question};
use crate::records::Subject;
use std::collections::BTreeSet;

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
    let quantile = |place: usize| -> Vec<f64> {
        let one = |at: &At| at.quantiles.get(place).copied().unwrap_or(f64::NAN);
        forecast.times.iter().map(one).collect()
    };
    let day: Vec<f64> = forecast.times.iter().map(|at| days(at.time_h)).collect();
    let points: Vec<(f64, f64)> =
        forecast.observed.iter().map(|(time_h, count)| (days(*time_h), *count)).collect();
    let to_come = &forecast.times[forecast.to_come..];
    let chance = |of: fn(&At) -> f64| to_come.iter().map(of).collect();
    let figure = RegimenSheet {
        title: title(&drawn.subject.id, &forecast.answer, question),
        caption: caption(drawn),
        model_name: format!("{} observations, {}", forecast.observed.len(), drawn.population),
        panels: Vec::new(),
        platelets: PlateletPanel::of_quantiles(&day, quantile, points),
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

fn title(id: &str, answer: &Answer, question: &Question<'_>) -> String {
    let (time_h, best) = match answer.procedure {
        Some(then) => (then.best_h, then.best),
        None => (answer.best_h, answer.best),
    };
    format!(
        "ID {id}: {} probability of measuring {} or more on elapsed day {}",
        percent(best),
        question.level,
        day(time_h)
    )
}

/// The doses of a subject until `last` days, those that a record repeats included.
fn doses(subject: &Subject, last: f64) -> Vec<DoseMark> {
    let given = subject.rows.iter().filter_map(|row| Some((row.time_h, row.dose?)));
    let all = given.flat_map(|(time_h, dose)| {
        (0..=dose.addl).map(move |number| days(time_h + dose.ii_h * number as f64))
    });
    all.filter(|day| *day <= last).map(|day| DoseMark { day, taken: true }).collect()
}

fn strip(answer: &Answer, question: &Question<'_>) -> Vec<(String, String)> {
    let mut strip = vec![
        ("best day".to_owned(), format!("{}, {}", day(answer.best_h), percent(answer.best))),
        (
            format!("days with {} or more", percent(question.probability)),
            wanted_days(answer).unwrap_or_else(|| "none".to_owned()),
        ),
    ];
    if let Some(then) = answer.procedure {
        strip.push(("lowest at the procedure".to_owned(), percent(then.lowest)));
    }
    strip.push((format!("days ≥ {}", question.level), days_at_level(answer)));
    strip.push((format!("ever > {}", question.too_high), percent(answer.ever_too_high)));
    strip
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
        question.populations.iter().map(|own| own.individuals().len()).sum::<usize>()
    )
}

/// IDs as names of figures; the second of two that become the same is numbered.
pub fn figure_names<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let mut taken = BTreeSet::new();
    let mut name = |id: &str| {
        let own: String = id.chars().take(60).map(plain).collect();
        let numbered = (2..).map(|number| format!("{own}_{number}"));
        let free = [own.clone()].into_iter().chain(numbered).find(|name| !taken.contains(name));
        let name = free.unwrap_or(own);
        taken.insert(name.clone());
        name
    };
    ids.map(&mut name).collect()
}

#[cfg(test)]
mod tests {
    use super::figure_names;

    #[test]
    fn invariant_subjects_have_figures_of_their_own() {
        let ids = ["7", "a b", "a_b", "a/b", "a_b_2"];
        assert_eq!(figure_names(ids.into_iter()), ["7", "a_b", "a_b_2", "a_b_3", "a_b_2_2"]);
    }
}
