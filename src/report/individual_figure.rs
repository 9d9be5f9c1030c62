//! The parameters of one patient: its counts on the course that they leave, and the estimates.

use super::drawing::canvas::Lettering;
use super::drawing::platelets::Levels;
use super::drawing::theme::Colour;
use super::figures::sheet::{self, RegimenSheet};
use super::forecast_figure::{DrawnForecast, doses, individuals, observations, platelets};
use super::forecast_words::days;
use super::regimen_sheet::percent;
use crate::error::Result;
use crate::forecast::{IndividualParameter, MedianAndInterval};
use crate::units::COUNT_UNIT;
use crate::units::rounding::{Form, significant};

/// Significant figures of the numbers.
const FIGURES: u8 = 3;

/// Draws the counts of a patient with the course until the last of them, and the parameters.
///
/// # Errors
/// The figure cannot be drawn.
pub fn individual_figure(drawn: &DrawnForecast<'_>, lettering: Lettering) -> Result<String> {
    let DrawnForecast { question, forecast, .. } = *drawn;
    let day: Vec<f64> = forecast.times.iter().map(|at| days(at.time_h)).collect();
    let figure = RegimenSheet {
        title: title(&forecast.parameters),
        caption: format!(
            "Points: measured counts. Line: median of the true count, bands: 50 % and 90 %, given these counts. Below: median and \
             90 % interval of each parameter of the patient, and the share of the estimate that comes from the population. \
             Effective size {:.0} of {} individuals. For research; not for treating patients.",
            forecast.effective_size,
            individuals(question)
        ),
        model_name: observations(drawn),
        panels: Vec::new(),
        platelets: platelets(drawn, &day),
        chances: None,
        doses: doses(drawn.subject, day.last().copied().unwrap_or(0.0)),
        stop_day: None,
        levels: Levels { enough: question.level, too_many: question.too_high },
        windows: Vec::new(),
        procedure: None,
        maximum: None,
        strip: forecast.parameters.iter().map(cell).collect(),
        colour: Colour::APPROVED,
        day,
    };
    sheet::draw(&figure, lettering)
}

/// The estimate that owes least to the prior.
fn title(parameters: &[IndividualParameter]) -> String {
    let least = parameters.iter().min_by(|a, b| a.from_prior.total_cmp(&b.from_prior));
    let Some(own) = least else { return "No parameter differs between individuals".to_owned() };
    let MedianAndInterval { low, median, high } = own.posterior;
    format!(
        "{} is {}{} (90 % interval {} to {}), {} of the estimate from the prior",
        own.symbol,
        rounded(median),
        unit(&own.unit),
        rounded(low),
        rounded(high),
        percent(own.from_prior)
    )
}

/// A parameter in the strip.
fn cell(own: &IndividualParameter) -> (String, String) {
    let MedianAndInterval { low, median, high } = own.posterior;
    (
        format!("{}{}, {} from the prior", own.symbol, in_unit(&own.unit), percent(own.from_prior)),
        format!("{} ({} to {})", rounded(median), rounded(low), rounded(high)),
    )
}

fn rounded(number: f64) -> String {
    significant(number, FIGURES, Form::Label)
}

/// A unit behind a number.
fn unit(unit: &str) -> String {
    match unit {
        "1" => String::new(),
        COUNT_UNIT => " × 10⁹/L".to_owned(),
        unit => format!(" {unit}"),
    }
}

/// A unit behind a name.
fn in_unit(unit: &str) -> String {
    match unit {
        "1" => String::new(),
        COUNT_UNIT => " (10⁹/L)".to_owned(),
        unit => format!(" ({unit})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{Answer, At, Forecast, Question};
    use crate::records::{Row, Subject};
    use crate::report::drawing::testing::{Written, assert_presentable, texts};

    fn parameter(number: usize) -> IndividualParameter {
        let known = MedianAndInterval { low: 26.43, median: 103.7, high: 431.9 };
        IndividualParameter {
            symbol: format!("parameter_{number}"),
            unit: ["ng/mL", "1", COUNT_UNIT][number % 3].to_owned(),
            prior: known,
            posterior: known,
            from_prior: 0.9 - 0.1 * number as f64,
        }
    }

    fn forecast(parameters: usize) -> Forecast {
        let at = |day: u32| At {
            time_h: 24.0 * f64::from(day),
            quantiles: [20.0, 30.0, 35.0, 40.0, 55.0].map(|count| count + f64::from(day)).to_vec(),
            at_least: 0.5,
            of_populations: Vec::new(),
            measured_at_least: 0.5,
            share_wanted: None,
            measured_too_high: 0.0,
        };
        let answer = Answer {
            best_h: 0.0,
            best: 0.5,
            share_wanted: None,
            enough_h: None,
            procedure: None,
            time_at_level_h: vec![0.0; 3],
            ever_too_high: 0.0,
        };
        Forecast {
            times: (0..=20).map(at).collect(),
            to_come: 20,
            answer,
            plans: Vec::new(),
            next: Vec::new(),
            observed: vec![(0.0, 33.0), (96.0, 38.0), (480.0, 54.0)],
            parameters: (0..parameters).map(parameter).collect(),
            of_populations: vec![1.0],
            effective_size: 1234.0,
            pareto_k: None,
            rounds: 0,
            error_size: 0.0,
            individuals: 10_000,
            failed: 0,
        }
    }

    #[test]
    fn invariant_figures_of_few_and_many_parameters_are_presentable() {
        let subject = Subject {
            id: "1".to_owned(),
            rows: vec![Row::asking(0.0, Vec::new(), None)],
            occasions: Vec::new(),
        };
        let question = Question {
            populations: &[],
            output: "plt",
            times_h: &[],
            level: 50.0,
            too_high: 200.0,
            probability: 0.5,
            quantiles: &[],
            time_quantiles: &[],
            procedure_h: None,
            plans: &[],
            next_h: &[],
        };
        for parameters in [1, 5, 9] {
            let forecast = &forecast(parameters);
            let drawn = DrawnForecast {
                question: &question,
                subject: &subject,
                forecast,
                population: "10000 individuals of variants A, B, C, D with equal prior weights",
            };
            let figure = individual_figure(&drawn, Lettering::Embedded).expect("a figure");
            assert_presentable(&figure);
            let of_parameter = |text: &&Written| {
                text.words.starts_with("parameter_") && text.words.ends_with("from the prior")
            };
            // Each in the strip, and the best known in the title.
            assert_eq!(texts(&figure).iter().filter(of_parameter).count(), parameters + 1);
        }
    }
}
