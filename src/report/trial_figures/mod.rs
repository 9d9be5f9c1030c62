//! The figures of a trial in words and numbers: what its replicates and the patients of its first one say.

mod courses;
mod flow;
mod patients;
mod published;
#[cfg(test)]
mod tests;

pub use courses::{trial_course, trial_probability};
pub use flow::trial_flow;
pub use patients::{trial_time_above, trial_waterfall};
pub use published::{forest_row, observed, predicted, trial_forest};

use super::drawing::axis::number;
use super::drawing::canvas::Lettering;
use super::figures::trial::{Arm, Protocol};
use super::regimen_course::dose_colour;
use crate::error::Result;
use crate::trial::{Design, Outcome, Run, Summary};

/// The seed of a run, and whether its parameters are those of a posterior.
fn seed_of(run: &Run<'_>) -> String {
    let over = if run.sets.is_empty() { "" } else { ", parameters drawn from the posterior" };
    format!("seed {}{over}", run.seed)
}

/// All figures of a trial, by the names of their files; `first` are the patients of its first replicate.
///
/// # Errors
/// A figure cannot be drawn.
pub fn trial_figures(
    run: &Run<'_>,
    summary: &Summary,
    first: &[Outcome],
    lettering: Lettering,
) -> Result<Vec<(String, String)>> {
    let mut figures = vec![
        ("flow.svg".to_owned(), trial_flow(run, summary, first, lettering)?),
        ("course.svg".to_owned(), trial_course(run, summary, lettering)?),
        ("probability.svg".to_owned(), trial_probability(run, summary, lettering)?),
        ("waterfall.svg".to_owned(), trial_waterfall(run, first, lettering)?),
        ("time_above.svg".to_owned(), trial_time_above(run, summary, first, lettering)?),
    ];
    if !summary.against.is_empty() {
        figures.push(("forest.svg".to_owned(), trial_forest(&[(*run, summary)], lettering)?));
    }
    Ok(figures)
}

fn arms(design: &Design) -> Vec<Arm> {
    let arm = |arm: &crate::trial::Arm| Arm {
        name: arm.title.clone(),
        colour: dose_colour(&arm.regimen),
    };
    design.arms.iter().map(arm).collect()
}

fn protocol(design: &Design) -> Protocol {
    Protocol {
        visits: design.visits.days.clone(),
        last_day: design.endpoints.last_day,
        procedure: (design.procedure.first_day, design.procedure.last_day),
    }
}

/// Visit days of the planned doses of an arm.
fn dose_days(arm: &crate::trial::Arm) -> Vec<f64> {
    arm.regimen.planned().iter().map(|dose| dose.time.in_days() + 1.0).collect()
}

/// The line under a title.
fn model_name(run: &Run<'_>) -> String {
    format!(
        "{}; {} model; virtual patients: {}",
        run.design.short,
        run.patients.model,
        lower_first(&run.patients.title_in(run.variant))
    )
}

/// The same words on one line.
fn unbroken(words: &str) -> String {
    words.replace(' ', "\u{a0}")
}

/// A name in the middle of a sentence. One that begins with several capitals keeps them.
fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if letters.clone().next().is_none_or(char::is_lowercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => name.to_owned(),
    }
}

fn day_words(day: f64) -> String {
    number(day, usize::from(day.fract().abs() > 1e-9))
}

fn count_words(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
