//! The figures of a calibration: published against predicted, and profiles.

use super::drawing::canvas::Lettering;
use super::drawing::theme::Colour;
use super::figures::forest::{self, Forest, Predicted, Row};
use super::figures::profiles::{self, Profile, ProfileFigure};
use super::trial_figures::{forest_row, predicted};
use crate::calibrate::{Calibration, Problem, Scale};
use crate::error::Result;
use crate::trial::{Against, Design, Published, Role};
use std::path::Path;

/// Rise of −2 ln that bounds a 95 % interval.
const RISE: f64 = 3.84;

/// Published numbers of some roles against what calibrated trials predict, the variants side by side.
///
/// # Errors
/// The figure cannot be drawn.
pub fn calibration_forest(
    variants: &[(String, &[Against])],
    roles: &[Role],
    (title, caption): (&str, &str),
    lettering: Lettering,
) -> Result<String> {
    let first = variants.first().map_or(&[][..], |(_, against)| against);
    let all: Vec<&Published> = first.iter().map(|against| &against.published).collect();
    let wanted = all.iter().enumerate().filter(|(_, number)| roles.contains(&number.role));
    let row = |(i, number): (usize, &&Published)| {
        let of_variant = |(name, against): &(String, &[Against])| predicted(name, against.get(i)?);
        let predictions: Vec<Predicted> = variants.iter().filter_map(of_variant).collect();
        let short = |trial: &String| {
            Design::load(Path::new(trial)).map_or_else(|_| trial.clone(), |design| design.short)
        };
        let trials: Vec<String> = number.trials.iter().map(short).collect();
        let group = format!("{}, {}", trials.join(" and "), number.arm.replace('_', " "));
        forest_row(group, number, &all, predictions)
    };
    let rows: Vec<Row> = wanted.map(row).collect();
    let inside = |place: usize| {
        rows.iter().filter(move |row| {
            let seen = row.observed.as_ref().map(|o| o.value);
            let own = row.predictions.get(place);
            seen.zip(own).is_some_and(|(seen, own)| (own.low..=own.high).contains(&seen))
        })
    };
    let counts: Vec<String> = variants
        .iter()
        .enumerate()
        .map(|(place, (name, _))| format!("{} in variant {name}", inside(place).count()))
        .collect();
    let figure = Forest {
        title: format!(
            "{title}: of {} numbers, inside what is predicted are {}",
            rows.len(),
            counts.join(", ")
        ),
        model_name: "mechanistic model, calibrated".to_owned(),
        caption: caption.to_owned(),
        rows,
    };
    forest::draw(&figure, lettering)
}

/// The profiles of a calibration's parameters.
///
/// # Errors
/// The figure cannot be drawn.
pub fn calibration_profiles(
    problem: &Problem,
    calibration: &Calibration,
    lettering: Lettering,
) -> Result<String> {
    let one = |(i, profile): (usize, &crate::calibrate::Profile)| {
        let estimated = &problem.estimated[i];
        let (values, change): (Vec<f64>, Vec<f64>) = profile.points.iter().copied().unzip();
        let estimate = estimated.scale.value(calibration.found.x[i]);
        let below = crossing(profile.points.iter().rev().filter(|(v, _)| *v <= estimate));
        let above = crossing(profile.points.iter().filter(|(v, _)| *v >= estimate));
        let size = estimate.abs().log10();
        Profile {
            name: estimated.name.replace('_', " "),
            unit: String::new(),
            values,
            change,
            estimate,
            interval: (below, above),
            decimals: if size >= 1.0 { 0 } else { 2 },
            log: estimated.scale == Scale::Log,
        }
    };
    let figure = ProfileFigure {
        title: format!(
            "{} published numbers determine {:.1} of {} parameters; the priors hold the rest",
            problem.published.len(),
            calibration.effective_parameters,
            problem.estimated.len()
        ),
        model_name: format!("mechanistic model, variant {}", problem.variant),
        caption: format!(
            "Rise of −2 ln(likelihood × prior) when a parameter is moved and the others are searched for \
             along the derivatives of the optimum: an upper bound of the profile. Dashed: {RISE}. \
             {} candidates, seed {}.",
            problem.candidates, problem.seed
        ),
        profiles: calibration.profiles.iter().enumerate().map(one).collect(),
        colour: Colour::BLUE,
    };
    profiles::draw(&figure, lettering)
}

/// Where a profile, going outwards from its estimate, first rises above the bound.
fn crossing<'a>(mut outwards: impl Iterator<Item = &'a (f64, f64)>) -> Option<f64> {
    let mut last = *outwards.next()?;
    for (value, rise) in outwards {
        if *rise >= RISE {
            let share = (RISE - last.1) / (rise - last.1);
            return Some(last.0 + share * (value - last.0));
        }
        last = (*value, *rise);
    }
    None
}
