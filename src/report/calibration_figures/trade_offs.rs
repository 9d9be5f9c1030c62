//! What happens to the other numbers when one is forced.

use super::trial_and_arm;
use crate::calibrate::{Calibration, Problem, TradeOff, full_name};
use crate::error::Result;
use crate::report::drawing::canvas::Lettering;
use crate::report::figures::signed_map::{self, SignedMap};

/// Trade-offs as a table: rows forced, columns moved.
///
/// # Errors
/// The figure cannot be drawn.
pub(super) fn calibration_trade_offs(
    problem: &Problem,
    calibration: &Calibration,
    lettering: Lettering,
) -> Result<String> {
    let names: Vec<&String> = calibration
        .trade_offs
        .first()
        .map_or_else(Vec::new, |first| first.distances.iter().map(|(name, ..)| name).collect());
    let label = |name: &&String| {
        let number = problem.published.iter().find(|number| full_name(number) == **name);
        number.map_or_else(
            || (*name).clone(),
            |number| format!("{}: {}", trial_and_arm(number), number.label),
        )
    };
    let of = |name: &&String| calibration.trade_offs.iter().find(|t| t.forced == **name);
    let values: Vec<Vec<f64>> =
        names.iter().map(|name| of(name).map_or_else(Vec::new, moved)).collect();
    let costs: Vec<f64> = names.iter().map(|n| of(n).map_or(f64::NAN, |t| t.cost)).collect();
    let dearest = costs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let place = costs.iter().position(|cost| *cost >= dearest);
    let figure = SignedMap {
        title: match place.and_then(|place| names.get(place)) {
            Some(name) => format!(
                "The published number that costs the others most is {}",
                label(name).replace(": ", ", ")
            ),
            None => "No number could be forced".to_owned(),
        },
        model_name: format!("mechanistic model, variant {}, calibrated", problem.variant),
        caption: format!(
            "A row's number is made to count as much as a hundred trials and the parameters are moved by \
             one Gauss-Newton step; cells say by how many standard deviations of a published trial the \
             prediction of a column's number then moves (the diagonal: towards the published number). \
             Cost: by how much −2 ln(likelihood × prior) rises. {} candidates, seed {}.",
            problem.candidates, problem.seed
        ),
        heading:
            "Row: the number forced. Column: the number that moves, as numbered on the left (SD)"
                .to_owned(),
        rows: names.iter().map(label).collect(),
        columns: (1..=names.len()).collect(),
        values,
        full: 2.0,
        decimals: 1,
        beside: Some(("cost".to_owned(), costs.iter().map(|c| format!("{c:.1}")).collect())),
    };
    signed_map::draw(&figure, lettering)
}

/// How far each prediction moves, in standard deviations, upwards positive.
fn moved(trade_off: &TradeOff) -> Vec<f64> {
    trade_off.distances.iter().map(|(_, before, after)| before - after).collect()
}
