//! The posterior: the parameters that the published numbers inform most two by two, and the
//! correlations of all.

use super::name_of;
use crate::calibrate::{Calibration, Estimated, Place, Posterior, Problem, Scale};
use crate::error::Result;
use crate::report::drawing::axis::number;
use crate::report::drawing::canvas::Lettering;
use crate::report::drawing::theme::Colour;
use crate::report::figures::pairs::{self, PairFigure, PairParameter};
use crate::report::figures::signed_map::{self, SignedMap};
use nalgebra::DMatrix;

/// Most parameters of a readable sheet.
const MOST: usize = 6;
/// Bars of a margin.
const BARS: u32 = 16;
/// Share of the sample's weight left out at either end of an axis.
const TAIL: f64 = 0.004;

/// Pairs of the parameters with the least share of prior.
///
/// # Errors
/// The figure cannot be drawn.
pub(super) fn calibration_pairs(
    problem: &Problem,
    calibration: &Calibration,
    sample: &Posterior,
    lettering: Lettering,
) -> Result<String> {
    let shares = &calibration.prior_shares;
    let mut chosen: Vec<usize> = (0..shares.len()).collect();
    chosen.sort_by(|a, b| shares[*a].total_cmp(&shares[*b]));
    chosen.truncate(MOST);
    let worst = chosen.last().map_or(0.0, |i| shares[*i]);
    let all = correlations(sample);
    let one = |i: &usize| {
        let estimated = &problem.estimated[*i];
        let found = parameter(estimated, *i, sample, calibration.found.x[*i]);
        PairParameter { name: found.name.clone() + &unit_of(problem, estimated), ..found }
    };
    let figure = PairFigure {
        title: format!(
            "The {} parameters that the published numbers inform most, of {}",
            chosen.len(),
            shares.len()
        ),
        model_name: format!("mechanistic model, variant {}", problem.variant),
        caption: format!(
            "Chosen: the least share of the prior in what is known of a parameter, at most {:.0} % here; \
             correlations of all parameters are in the figure of correlations. Points: {} draws of the \
             posterior, the darker the more weight (effective sample size {:.0}). Diagonal: the margin \
             (bars), the prior (line), the estimate (upright). Above: correlations on the scales of the \
             search. Black points: the estimate. Seed {}.",
            100.0 * worst,
            sample.places.len(),
            sample.effective,
            problem.seed
        ),
        parameters: chosen.iter().map(one).collect(),
        weights: sample.weights.clone(),
        correlations: chosen
            .iter()
            .map(|row| chosen.iter().map(|column| all[(*row, *column)]).collect())
            .collect(),
        colour: Colour::BLUE,
    };
    pairs::draw(&figure, lettering)
}

/// Correlations of all parameters.
///
/// # Errors
/// The figure cannot be drawn.
pub(super) fn calibration_correlations(
    problem: &Problem,
    sample: &Posterior,
    lettering: Lettering,
) -> Result<String> {
    let all = correlations(sample);
    let count = problem.estimated.len();
    let lower = |row: usize| {
        (0..count.saturating_sub(1))
            .map(|column| if column < row { all[(row, column)] } else { f64::NAN })
            .collect()
    };
    let pairs = (0..count).flat_map(|row| (0..row).map(move |column| (row, column)));
    let strongest = pairs.max_by(|a, b| all[*a].abs().total_cmp(&all[*b].abs()));
    let name = |i: usize| name_of(&problem.estimated[i]);
    let figure = SignedMap {
        title: match strongest {
            Some((row, column)) => format!(
                "The strongest correlation is {}, of {} and {}",
                number(all[(row, column)], 2),
                name(column),
                name(row)
            ),
            None => "One parameter alone".to_owned(),
        },
        model_name: format!("mechanistic model, variant {}", problem.variant),
        caption: format!(
            "Correlations of the posterior's {} weighted draws on the scales of the search (effective \
             sample size {:.0}). Seed {}.",
            sample.places.len(),
            sample.effective,
            problem.seed
        ),
        heading: "Columns as numbered on the left".to_owned(),
        rows: (0..count).map(name).collect(),
        columns: (1..count).collect(),
        values: (0..count).map(lower).collect(),
        full: 1.0,
        decimals: 2,
        beside: None,
    };
    signed_map::draw(&figure, lettering)
}

/// The unit of a typical value, in brackets; spreads, errors and probabilities have none.
fn unit_of(problem: &Problem, estimated: &Estimated) -> String {
    let Place::Typical(symbol) = &estimated.place else { return String::new() };
    let typical = problem
        .patients_at(&problem.start(), "")
        .and_then(|patients| patients.typical_patient(problem.variant));
    let unit = typical.and_then(|set| Ok(set.symbol(symbol)?.unit.to_owned()));
    unit.map_or_else(|_| String::new(), |unit| format!(" ({})", unit.replace("10^9", "10⁹")))
}

fn correlations(sample: &Posterior) -> DMatrix<f64> {
    let (_, covariance) = sample.moments();
    DMatrix::from_fn(covariance.nrows(), covariance.ncols(), |i, j| {
        covariance[(i, j)] / (covariance[(i, i)] * covariance[(j, j)]).sqrt()
    })
}

fn parameter(estimated: &Estimated, i: usize, sample: &Posterior, estimate: f64) -> PairParameter {
    let log = estimated.scale == Scale::Log;
    // Where the axis is logarithmic densities are of the logarithm, else of the value.
    let axis = |value: f64| if log { value.ln() } else { value };
    let back = |place: f64| if log { place.exp() } else { place };
    let values: Vec<f64> = sample.places.iter().map(|x| estimated.scale.value(x[i])).collect();
    let estimate = estimated.scale.value(estimate);
    let mut sorted: Vec<(f64, f64)> =
        values.iter().map(|value| axis(*value)).zip(sample.weights.iter().copied()).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let quantile = |q: f64| {
        let mut sum = 0.0;
        let at = sorted.iter().find(|(_, weight)| {
            sum += weight;
            sum >= q
        });
        at.or(sorted.last()).map_or(f64::NAN, |(place, _)| *place)
    };
    let (low, high) = (quantile(TAIL), quantile(1.0 - TAIL));
    let room = 0.08 * (high - low);
    let (low, high) = (low.min(axis(estimate)) - room, high.max(axis(estimate)) + room);
    let width = (high - low) / f64::from(BARS);
    let bar = |k: u32| {
        let (from, to) = (low + f64::from(k) * width, low + f64::from(k + 1) * width);
        let own = sorted.iter().filter(|(place, _)| (from..to).contains(place));
        let weight: f64 = own.map(|(_, weight)| weight).sum();
        ((back(from), back(to)), weight / width)
    };
    let places = (0..=80).map(|k| back(low + f64::from(k) / 80.0 * (high - low)));
    let (xs, density) = places
        .filter(|x| estimated.scale.range().contains(*x))
        .map(|x| (x, prior_density(estimated, x, log)))
        .unzip();
    PairParameter {
        name: name_of(estimated),
        values,
        estimate,
        bars: (0..BARS).map(bar).collect(),
        prior: (xs, density),
        ends: (back(low), back(high)),
        log,
    }
}

/// Density of the prior at a value: of its logarithm, or of the value itself.
fn prior_density(estimated: &Estimated, value: f64, log: bool) -> f64 {
    let z = (estimated.scale.place(value) - estimated.prior_place()) / estimated.sd;
    let on_scale = (-0.5 * z * z).exp() / (estimated.sd * (2.0 * std::f64::consts::PI).sqrt());
    if log { on_scale } else { on_scale * estimated.scale.slope(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::Plan;

    #[test]
    fn analytic_the_density_of_a_prior_integrates_to_one_on_its_axis() {
        let plan = Plan::shipped().unwrap();
        for estimated in &plan.estimated {
            let log = estimated.scale == Scale::Log;
            let (low, high) = match estimated.scale {
                Scale::Log => (1e-6_f64.ln(), 1e5_f64.ln()),
                Scale::Logit => (1e-9, 1.0 - 1e-9),
                Scale::Fisher => (1e-9 - 1.0, 1.0 - 1e-9),
                Scale::Linear => (-50.0, 50.0),
            };
            let steps = 40_000;
            let width = (high - low) / f64::from(steps);
            let middle = |k: i32| low + (f64::from(k) + 0.5) * width;
            let value = |place: f64| if log { place.exp() } else { place };
            let sum: f64 =
                (0..steps).map(|k| prior_density(estimated, value(middle(k)), log) * width).sum();
            assert!((sum - 1.0).abs() < 1e-4, "{}: {sum}", estimated.name);
        }
    }

    #[test]
    fn invariant_a_margin_holds_the_weight_that_is_not_in_its_tails() {
        let plan = Plan::shipped().unwrap();
        let estimated = &plan.estimated[0];
        let at = |k: u32| vec![estimated.prior_place() + 0.01 * f64::from(k)];
        let weights: Vec<f64> = (0..200).map(|k| f64::from(k) / 19_900.0).collect();
        let sample = Posterior {
            places: (0..200).map(at).collect(),
            weights,
            effective: 150.0,
            log_marginal: 0.0,
        };
        let found = parameter(estimated, 0, &sample, estimated.prior_place() + 1.0);
        let width = (found.ends.1 / found.ends.0).ln() / f64::from(BARS);
        let weight: f64 = found.bars.iter().map(|(_, density)| density * width).sum();
        assert!(weight > 1.0 - 2.0 * TAIL && weight < 1.0 + 1e-9, "{weight}");
        assert!(found.ends.0 < found.estimate && found.estimate < found.ends.1);
    }
}
