//! The figures of a calibration: published against predicted, and profiles.

mod placebo;
mod posterior;
mod predicted;
mod trade_offs;

use super::drawing::canvas::Lettering;
use super::drawing::theme::Colour;
use super::figures::forest::{self, Forest, Predicted, Row};
use super::figures::profiles::{self, Profile, ProfileFigure};
use super::regimen_course::dose_colour;
use super::trial_figures::{forest_row, predicted as predicted_by};
use super::words::{grouped, listed};
use crate::calibrate::{Calibration, Estimated, Place, Problem, Scale};
use crate::error::Result;
use crate::trial::{Against, Design, Published, Role};
use std::path::Path;

use placebo::calibration_placebo;
use posterior::{calibration_correlations, calibration_pairs};
use predicted::calibration_predicted;
use trade_offs::calibration_trade_offs;

/// The roles whose numbers are set against predictions, each with the name of its figure and in words.
pub const FORESTS: [(Role, &str, &str); 4] = [
    (Role::Calibrate, "targets", "Calibration targets"),
    (Role::CheckSamePatients, "checks", "Other results of the same patients"),
    (Role::ValidateOtherPatients, "validation", "Patients not used"),
    (Role::CompareModel, "models", "Predictions of other models"),
];

/// The figures of one variant's calibration, by the names of their files.
///
/// # Errors
/// A figure cannot be drawn.
pub fn calibration_figures(
    problem: &Problem,
    calibration: &Calibration,
    lettering: Lettering,
) -> Result<Vec<(String, String)>> {
    const OTHERS: [Role; 2] = [Role::CheckSamePatients, Role::ValidateOtherPatients];
    let mut figures = Vec::new();
    let mut add = |name: &str, figure: String| {
        let letter = problem.variant.to_string().to_lowercase();
        figures.push((format!("{name}_{letter}.svg"), figure));
    };
    add("profiles", calibration_profiles(problem, calibration, lettering)?);
    for (name, roles, subject) in [
        ("predicted", &[Role::Calibrate][..], "Calibration targets"),
        ("predicted_others", &OTHERS, "Results not used in the calibration"),
    ] {
        if calibration.against.iter().any(|against| roles.contains(&against.published.role)) {
            let of = (roles, subject);
            add(name, calibration_predicted(problem, calibration, of, lettering)?);
        }
    }
    if let Some(sample) = &calibration.posterior {
        add("pairs", calibration_pairs(problem, calibration, sample, lettering)?);
        add("correlations", calibration_correlations(problem, sample, lettering)?);
    }
    if !calibration.trade_offs.is_empty() {
        add("trade_offs", calibration_trade_offs(problem, calibration, lettering)?);
    }
    if !calibration.placebo.is_empty() {
        add("placebo", calibration_placebo(problem, calibration, lettering)?);
    }
    Ok(figures)
}

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
        let of_variant =
            |(name, against): &(String, &[Against])| predicted_by(name, against.get(i)?);
        let predictions: Vec<Predicted> = variants.iter().filter_map(of_variant).collect();
        forest_row(trial_and_arm(number), number, &all, predictions)
    };
    let rows: Vec<Row> = wanted.map(row).collect();
    let inside = |against: &[Against]| {
        let own = against.iter().filter(|a| roles.contains(&a.published.role));
        own.filter(|a| a.is_inside() == Some(true)).count()
    };
    let counts = variants.iter().map(|(name, against)| (inside(against), name.clone()));
    let count = |(count, names): (usize, Vec<String>)| {
        let several = if names.len() == 1 { "" } else { "s" };
        format!("{count} of {} (variant{several} {})", rows.len(), listed(&names))
    };
    let counts: Vec<String> = grouped(counts).into_iter().map(count).collect();
    let figure = Forest {
        title: if roles.iter().any(|role| role.is_of_patients()) {
            format!("{title}: {} inside their 95 % prediction intervals", counts.join(", "))
        } else {
            format!(
                "{title}: {} results, not based on patients and therefore not judged",
                rows.len()
            )
        },
        model_name: "mechanistic model, calibrated".to_owned(),
        caption: caption.to_owned(),
        rows,
    };
    forest::draw(&figure, lettering)
}

/// The short name of a trial.
pub(super) fn short(trial: &str) -> String {
    Design::load(Path::new(trial)).map_or_else(|_| trial.to_owned(), |design| design.short)
}

/// The protocol of the first trial of a published number.
fn first_protocol(number: &Published) -> Option<Design> {
    number.protocols.first().and_then(|protocol| Design::load(Path::new(protocol)).ok())
}

/// The arm of a published number in words.
pub(super) fn arm_of(number: &Published) -> String {
    let design = first_protocol(number);
    let title = design.and_then(|d| Some(d.arms[d.arm(&number.arm)?].title.to_lowercase()));
    title.unwrap_or_else(|| number.arm.clone())
}

/// Trials and arm of a published number in words.
fn trial_and_arm(number: &Published) -> String {
    let trials: Vec<String> = number.protocols.iter().map(|trial| short(trial)).collect();
    format!("{}, {}", trials.join(" and "), arm_of(number))
}

/// An estimated number in words.
fn name_of(estimated: &Estimated) -> String {
    let name = match &estimated.place {
        Place::NoTransfusionBelow(trial)
        | Place::TransfusionAbove(trial)
        | Place::Rescue(trial) => estimated.name.replace(trial, &short(trial)),
        _ => estimated.name.clone(),
    };
    name.replace('_', " ")
}

/// The colour of the arm behind a published number, by its doses.
fn of_arm(number: &Published) -> Colour {
    let design = first_protocol(number);
    let arm = design.and_then(|design| Some(design.arms[design.arm(&number.arm)?].clone()));
    arm.map_or(Colour::APPROVED, |arm| dose_colour(&arm.regimen))
}

/// The profiles of a calibration's parameters.
///
/// # Errors
/// The figure cannot be drawn.
fn calibration_profiles(
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
            name: name_of(estimated),
            unit: String::new(),
            values,
            change,
            estimate,
            interval: (below, above),
            decimals: if size >= 1.0 { 0 } else { 2 },
            log: estimated.scale == Scale::Log,
            sparse: false,
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
