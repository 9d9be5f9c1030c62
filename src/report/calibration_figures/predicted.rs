//! The predicted distribution of every published number.

use super::{of_arm, trial_and_arm};
use crate::calibrate::{Calibration, Problem};
use crate::error::Result;
use crate::report::drawing::axis;
use crate::report::drawing::canvas::Lettering;
use crate::report::figures::predicted::{self, PredictedFigure, PredictedPanel};
use crate::report::trial_figures::observed;
use crate::trial::{Against, Form, Published, Quantity, Role};

/// Published numbers of some roles among the trials that the posterior predicts, one panel each.
///
/// # Errors
/// The figure cannot be drawn.
pub(super) fn calibration_predicted(
    problem: &Problem,
    calibration: &Calibration,
    (roles, subject): (&[Role], &str),
    lettering: Lettering,
) -> Result<String> {
    let all: Vec<&Published> = calibration.against.iter().map(|a| &a.published).collect();
    let own = calibration.against.iter().filter(|a| roles.contains(&a.published.role));
    let panels: Vec<PredictedPanel> = own.filter_map(|against| panel(against, &all)).collect();
    let inside = panels.iter().filter(|panel| !panel.is_missed()).count();
    let trials = calibration.against.iter().map(|a| a.prediction.values.len()).max();
    let figure = PredictedFigure {
        title: format!(
            "{subject}: {inside} of {} lie where 95 % of simulated trials do",
            panels.len()
        ),
        model_name: format!("mechanistic model, variant {}, calibrated", problem.variant),
        caption: format!(
            "In words: the published number, and where 95 % of the trials lie. Bars: {} simulated trials of the published size, over {} parameter sets of the posterior, \
             each panel to its own height; the paler ones lie outside the middle 95 %. Point and line: \
             the published number, with its own 95 % interval where one can be formed (shares: Clopper \
             and Pearson; means with a published SD: Student's t); vermillion where it lies outside what \
             is predicted. Colours by the dose, grey is placebo. Seed {}.",
            trials.unwrap_or(0),
            calibration.sets.len(),
            problem.seed
        ),
        panels,
    };
    predicted::draw(&figure, lettering)
}

fn panel(against: &Against, all: &[&Published]) -> Option<PredictedPanel> {
    let number = &against.published;
    let interval = against.prediction.interval?;
    let share = matches!(number.form, Form::Proportion(_));
    let scale = if share { 100.0 } else { 1.0 };
    let (low, high) = (scale * interval.lower.value, scale * interval.upper.value);
    let seen = observed(number, all);
    let unit = unit(number.form);
    let subset = number.subset.name().replace('_', " ");
    let n = number.n.map_or_else(String::new, |n| format!(", n\u{a0}=\u{a0}{n}"));
    let values = against.prediction.values.iter().map(|value| scale * value).collect();
    Some(PredictedPanel {
        group: format!("{}: {subset}{n}", trial_and_arm(number)),
        label: format!("{} ({unit})", number.label),
        words: format!(
            "{} (trials {} to {})",
            axis::number(scale * number.value, 1),
            axis::number(low, 1),
            axis::number(high, 1)
        ),
        step: step(against, share),
        values,
        interval: (low, high),
        published: scale * number.value,
        published_interval: seen.interval.map(|(low, high)| (scale * low, scale * high)),
        colour: of_arm(number),
    })
}

/// A share moves by one patient, a median day by half a day between two visits.
fn step(against: &Against, share: bool) -> f64 {
    match against.published.form {
        _ if share && against.prediction.n > 0.0 => 100.0 / against.prediction.n,
        Form::Median(Quantity::MaximumDay | Quantity::MaximumDayElapsed) => 0.5,
        _ => 0.0,
    }
}

fn unit(form: Form) -> &'static str {
    match form.unit() {
        "1" => "%",
        "10^9/L" => "10⁹/L",
        unit => unit,
    }
}
