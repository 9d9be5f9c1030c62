//! How the placebo's published shares move with practice and with noise.

use super::{name_of, trial_and_arm};
use crate::calibrate::{Calibration, Nature, Problem, Response, Scale, placebo_rows};
use crate::error::Result;
use crate::report::drawing::canvas::Lettering;
use crate::report::drawing::theme::Colour;
use crate::report::figures::responses::{self, ResponseColumn, ResponseFigure, ResponseRow};
use crate::report::trial_figures::observed;
use crate::trial::{Event, Form, Published};

/// The placebo's numbers as each parameter of practice and noise moves.
///
/// # Errors
/// The figure cannot be drawn.
pub(super) fn calibration_placebo(
    problem: &Problem,
    calibration: &Calibration,
    lettering: Lettering,
) -> Result<String> {
    let column = |response: &Response| {
        let estimated = &problem.estimated[response.parameter];
        let kind = if response.nature == Nature::Practice { "practice" } else { "noise" };
        ResponseColumn {
            name: format!("{} ({kind})", name_of(estimated)),
            values: response.values.clone(),
            estimate: estimated.scale.value(calibration.found.x[response.parameter]),
            log: estimated.scale == Scale::Log,
        }
    };
    let rows = placebo_rows(problem);
    let row = |(i, j): (usize, &usize)| {
        let number = &problem.published[*j];
        let seen = observed(number, &[]);
        let percent = |shares: &Vec<f64>| shares.iter().map(|share| 100.0 * share).collect();
        ResponseRow {
            label: format!("{}: {}", trial_and_arm(number), number.label),
            published: 100.0 * number.value,
            interval: seen.interval.map(|(low, high)| (100.0 * low, 100.0 * high)),
            curves: calibration.placebo.iter().map(|r| percent(&r.expected[i])).collect(),
            at_estimate: 100.0 * calibration.found.evaluation.likelihood.plain[*j],
        }
    };
    let figure = ResponseFigure {
        title: title(problem, calibration),
        model_name: format!("mechanistic model, variant {}, calibrated", problem.variant),
        caption: format!(
            "Curves: what is expected of the placebo arm as one parameter moves over 95 % of its prior and \
             all others stay at their estimates (point). Black line: the published share; shade: its own \
             95 % interval (Clopper and Pearson). Noise: proportional is that of a count's measurement, between visit \
             omega that from visit to visit. {} candidates, seed {}.",
            problem.candidates, problem.seed
        ),
        y_title: "Patients (%)".to_owned(),
        columns: calibration.placebo.iter().map(column).collect(),
        rows: rows.iter().enumerate().map(row).collect(),
        colour: Colour::INK,
    };
    responses::draw(&figure, lettering)
}

/// What moves the share not transfused, and what the shares that rose.
fn title(problem: &Problem, calibration: &Calibration) -> String {
    let rows = placebo_rows(problem);
    let spared = |number: &Published| {
        matches!(number.form, Form::Proportion(Event::NoTransfusion | Event::NoTransfusionNoRescue))
    };
    let most = |nature: Nature, wanted: bool| {
        let of = rows.iter().enumerate().filter(|(_, j)| spared(&problem.published[**j]) == wanted);
        let own = calibration.placebo.iter().filter(|response| response.nature == nature);
        let ranges =
            of.flat_map(|(i, _)| own.clone().map(move |response| 100.0 * response.range(i)));
        ranges.fold(0.0, f64::max)
    };
    format!(
        "Placebo without transfusion: practice moves it by up to {:.0} points, noise by {:.0}; placebo \
         whose count rose: {:.0} and {:.0}",
        most(Nature::Practice, true),
        most(Nature::Noise, true),
        most(Nature::Practice, false),
        most(Nature::Noise, false)
    )
}
