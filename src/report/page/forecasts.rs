//! The subjects of the user's file: what is to be expected of each, given its counts so far.

use super::table::{Cell, Column, PageTable};
use crate::error::Result;
use crate::forecast::{Forecast, Particles, Question};
use crate::records::Subject;
use crate::report::drawing::canvas::Lettering;
use crate::report::figure::Figure;
use crate::report::forecast_figure::{DrawnForecast, figure_names, forecast_figure};
use crate::report::forecast_words::{
    day, days_at_level, lengths, no_forecast, percent, range, span, thin, unusual, wanted_days,
};
use crate::report::forecasts::{AskedForecasts, Remarks};
use crate::units::HOURS_PER_DAY;
use serde::Serialize;

/// The names of the figures on the page begin with it, so that they meet no other.
const PREFIX: &str = "forecast_";

/// The forecasts on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct ForecastSection {
    file: String,
    /// The doses of every subject, unless they are rows of the file.
    regimen: Option<String>,
    population: String,
    /// Their forecasts in numbers, if anybody has one.
    pub(super) table: Option<PageTable>,
    /// Visit days of the procedure, and the same as elapsed days.
    visits: String,
    procedure: String,
    subjects: Vec<SubjectPart>,
    /// What is doubtful, and who has no forecast.
    warnings: Vec<String>,
    command: String,
    #[serde(skip)]
    pub(in crate::report) remarks: Remarks,
}

/// The part of a subject.
#[derive(Debug, Serialize)]
struct SubjectPart {
    id: String,
    /// The name of its figure and of its part of the section.
    name: String,
    words: String,
}

/// The section with a figure for each subject.
pub(in crate::report) fn forecast_section(
    asked: &AskedForecasts<'_>,
    tell: &dyn Fn(usize, usize),
) -> Result<(ForecastSection, Vec<Figure>)> {
    let populations = asked.particles()?;
    let question = asked.question(&populations);
    let individuals = populations.iter().map(|own: &Particles| own.individuals().len()).sum();
    let mut remarks = asked.remarks();
    let mut known: Vec<(&Subject, Forecast)> = Vec::new();
    for (subject, own) in asked.forecasts(&question, tell)? {
        match own {
            Ok(forecast) => {
                remarks.warnings.extend(thin(subject, &forecast));
                remarks.warnings.extend(unusual(subject, &forecast));
                known.push((subject, forecast));
            }
            Err(error) => {
                remarks.failed_subjects += 1;
                remarks.warnings.push(no_forecast(subject, error));
            }
        }
    }
    let population = asked.population();
    let names = figure_names(known.iter().map(|(subject, _)| subject.id.as_str()));
    let (mut rows, mut subjects, mut figures) = (Vec::new(), Vec::new(), Vec::new());
    for ((subject, forecast), name) in known.iter().zip(names) {
        let name = format!("{PREFIX}{name}");
        let drawn =
            DrawnForecast { question: &question, subject, forecast, population: &population };
        let draw = |lettering: Lettering| forecast_figure(&drawn, lettering);
        figures.push(Figure::new(name.clone(), draw)?);
        rows.push(row((subject, &name), forecast));
        subjects.push(SubjectPart::new(&question, (subject, name), forecast));
    }
    let (first_h, last_h) = question.procedure_h.unwrap_or_default();
    let section = ForecastSection {
        file: asked.file.path.display().to_string(),
        regimen: asked.file.regimen.clone(),
        population,
        table: (!rows.is_empty()).then(|| table(&question, individuals, rows)),
        visits: span(first_h + HOURS_PER_DAY, last_h + HOURS_PER_DAY),
        procedure: span(first_h, last_h),
        subjects,
        warnings: remarks.warnings.clone(),
        command: asked.command(),
        remarks,
    };
    Ok((section, figures))
}

impl ForecastSection {
    /// Its figures by their names.
    pub(super) fn figures(&self) -> Vec<&str> {
        self.subjects.iter().map(|own| own.name.as_str()).collect()
    }

    /// What makes it again.
    pub(super) fn command(&self) -> &str {
        &self.command
    }
}

impl SubjectPart {
    fn new(
        question: &Question<'_>,
        (subject, name): (&Subject, String),
        forecast: &Forecast,
    ) -> Self {
        let words =
            [best(question, forecast), procedure(question, forecast), length(question, forecast)];
        Self { id: subject.id.clone(), name, words: words.join(" ") }
    }
}

fn table(question: &Question<'_>, individuals: usize, rows: Vec<Vec<Cell>>) -> PageTable {
    let Question { level, too_high, .. } = *question;
    let wanted = percent(question.probability);
    let (first_h, last_h) = question.procedure_h.unwrap_or_default();
    let procedure = span(first_h, last_h);
    let last_day = day(question.times_h.last().copied().unwrap_or_default());
    let caption = format!(
        "Forecasts of all subjects. Probability: of a measured count of {level} × 10⁹/L or more. True count: {level} or more \
         on all procedure days to come, days at or above {level} until day {last_day} as median with a 90 % interval, and ever \
         above {too_high}. Effective size: the number of equally weighted individuals that would tell as much, of {individuals}."
    );
    let columns = vec![
        Column::words("subject", "subject"),
        Column::numbers("counts", "counts", "1").means("counts that the forecast is made from"),
        Column::days("best_day", "best day"),
        Column::shares("best", "probability on it"),
        Column::days("wanted_days", format!("{wanted} or more on days")),
        Column::shares("procedure", format!("probability on days {procedure}")),
        Column::shares("throughout", format!("true ≥ {level} on all of them")),
        Column::days("days", format!("days ≥ {level}")),
        Column::shares("too_high", format!("ever > {too_high}")),
        Column::numbers("effective_size", "effective size", "1"),
    ];
    PageTable::new("forecasts", caption, columns, rows).called("Forecasts of all subjects")
}

/// The forecast of a subject in numbers; `name` is that of its part of the section.
fn row((subject, name): (&Subject, &str), forecast: &Forecast) -> Vec<Cell> {
    let answer = &forecast.answer;
    let then = answer.procedure.as_ref();
    let over = || "over".to_owned();
    let numbers = [
        forecast.observed.len().to_string(),
        day(answer.best_h),
        percent(answer.best),
        wanted_days(answer).unwrap_or_else(|| "never".to_owned()),
        then.map_or_else(over, range),
        then.map_or_else(over, |then| percent(then.throughout)),
        days_at_level(answer),
        percent(answer.ever_too_high),
        format!("{:.0}", forecast.effective_size),
    ];
    let subject = Cell::from(subject.id.as_str()).to(name);
    [subject].into_iter().chain(numbers.map(Cell::from)).collect()
}

/// When a measured count is most likely to be high enough.
fn best(question: &Question<'_>, Forecast { answer, .. }: &Forecast) -> String {
    let wanted = percent(question.probability);
    let days = match wanted_days(answer) {
        Some(days) if days.contains(' ') => format!("{wanted} or higher on days {days}"),
        Some(only) => format!("{wanted} or higher on day {only}"),
        None => format!("below {wanted} on every day to come"),
    };
    format!(
        "A measured count of {} × 10⁹/L or more is most likely on elapsed day {}, with a probability of {}; the probability is {days}.",
        question.level,
        day(answer.best_h),
        percent(answer.best)
    )
}

/// The days of the procedure, or those that are to come.
fn procedure(question: &Question<'_>, forecast: &Forecast) -> String {
    let (from_h, to_h) = question.procedure_h.unwrap_or_default();
    let label = "procedure days of the label";
    let Some(then) = &forecast.answer.procedure else {
        return format!("The {label}, elapsed days {}, are over.", span(from_h, to_h));
    };
    let first_h = forecast.times[forecast.to_come].time_h;
    let days = if first_h > from_h {
        format!("{label} that are to come, elapsed days {},", span(first_h, to_h))
    } else {
        format!("{label}, elapsed days {},", span(from_h, to_h))
    };
    format!(
        "On the {days} it is {}; the true count is {} × 10⁹/L or more on all of them with a probability of {}.",
        range(then),
        question.level,
        percent(then.throughout)
    )
}

/// How long the true count is high enough.
fn length(question: &Question<'_>, forecast: &Forecast) -> String {
    let [low, median, high] = lengths(&forecast.answer);
    let last_h = question.times_h.last().copied().unwrap_or_default();
    format!(
        "Between elapsed days {} and {}, the true count is at or above {} × 10⁹/L for {median} days (90 % interval {low} to {high}).",
        day(forecast.times[forecast.to_come].time_h),
        day(last_h),
        question.level
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{Answer, At, AtProcedure};

    /// The forecast from elapsed day `from` on.
    fn forecast(from: usize, procedure: Option<AtProcedure>) -> Forecast {
        let at = |day: u16| At {
            time_h: HOURS_PER_DAY * f64::from(day),
            quantiles: Vec::new(),
            at_least: 0.5,
            of_populations: Vec::new(),
            measured_at_least: 0.5,
            share_wanted: None,
            measured_too_high: 0.0,
        };
        let answer = Answer {
            best_h: 12.0 * HOURS_PER_DAY,
            best: 0.83,
            share_wanted: None,
            enough_h: Some((10.0 * HOURS_PER_DAY, 15.0 * HOURS_PER_DAY)),
            procedure,
            time_at_level_h: vec![120.0, 288.0, 480.0],
            ever_too_high: 0.004,
        };
        Forecast {
            times: (0..=40).map(at).collect(),
            to_come: from,
            answer,
            plans: Vec::new(),
            next: Vec::new(),
            observed: vec![(0.0, 38.0)],
            of_populations: vec![1.0],
            parameters: Vec::new(),
            effective_size: 812.4,
            pareto_k: None,
            rounds: 0,
            error_size: 0.0,
            individuals: 10_000,
            failed: 0,
        }
    }

    #[test]
    fn invariant_the_words_of_a_forecast_say_which_days_are_to_come() {
        let question = Question {
            populations: &[],
            output: "plt",
            times_h: &[0.0, 960.0],
            level: 50.0,
            too_high: 200.0,
            probability: 0.7,
            quantiles: &[],
            time_quantiles: &[],
            procedure_h: Some((192.0, 312.0)),
            plans: &[],
            next_h: &[],
        };
        let then = AtProcedure { best_h: 288.0, best: 0.83, lowest: 0.61, throughout: 0.58 };
        assert_eq!(
            best(&question, &forecast(7, Some(then))),
            "A measured count of 50 × 10⁹/L or more is most likely on elapsed day 12, with a probability of 83 %; the \
             probability is 70 % or higher on days 10 to 15."
        );
        assert_eq!(
            procedure(&question, &forecast(7, Some(then))),
            "On the procedure days of the label, elapsed days 8 to 13, it is 61 to 83 %; the true count is 50 × 10⁹/L or \
             more on all of them with a probability of 58 %."
        );
        let some = procedure(&question, &forecast(10, Some(then)));
        assert!(some.contains("label that are to come, elapsed days 10 to 13, it is"), "{some}");
        let none = procedure(&question, &forecast(14, None));
        assert_eq!(none, "The procedure days of the label, elapsed days 8 to 13, are over.");
        assert_eq!(
            length(&question, &forecast(7, None)),
            "Between elapsed days 7 and 40, the true count is at or above 50 × 10⁹/L for 12.0 days (90 % interval 5.0 to 20.0)."
        );
    }
}
