//! When to operate, with parameter uncertainty: the probability by day over the posterior.

use super::drawing::canvas::Lettering;
use super::drawing::page::SHEET_WIDTH;
use super::drawing::theme::{Colour, Dash, Stroke};
use super::figures::uncertain::{self, UncertainFigure, UncertainLine};
use super::sentence::{Estimate, Sentence};
use crate::error::Result;
use crate::trial::{Design, Procedure};
use crate::units::{HOURS_PER_DAY, Time};
use crate::window::{Question, Range, Uncertain, UncertainDay};
use std::path::Path;

/// The trial whose procedure window is shaded.
const TRIAL: &str = "l_plus_2";

/// Elapsed days between which the procedure took place in that trial, and its short name.
fn procedure() -> Result<((f64, f64), String)> {
    let design = Design::load(Path::new(TRIAL))?;
    let elapsed = |day: f64| Time::visit_day(day).in_hours() / HOURS_PER_DAY;
    let Procedure { first_day, last_day } = design.procedure;
    Ok(((elapsed(first_day), elapsed(last_day)), design.short))
}

/// A treatment, or a variant of the model, over the sets of a posterior.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Its name.
    pub name: &'a str,
    /// How its line is drawn.
    pub stroke: Stroke,
    /// Whether its interval is drawn.
    pub with_interval: bool,
    /// What is to be expected.
    pub uncertain: &'a Uncertain,
}

impl<'a> Named<'a> {
    /// The line that the figure is about, with its interval.
    #[must_use]
    pub fn main(name: &'a str, uncertain: &'a Uncertain) -> Self {
        let stroke = Stroke::main(Colour::APPROVED);
        Self { name, stroke, with_interval: true, uncertain }
    }

    /// The line of placebo.
    #[must_use]
    pub fn placebo(name: &'a str, uncertain: &'a Uncertain) -> Self {
        Self { name, stroke: Stroke::main(Colour::PLACEBO), with_interval: true, uncertain }
    }

    /// The line of a variant.
    #[must_use]
    pub fn variant(name: &'a str, uncertain: &'a Uncertain) -> Self {
        let dash = name.chars().next().map_or(Dash::Solid, Dash::of_variant);
        let stroke = Stroke::new(Colour::INK, 0.8).with_dash(dash);
        Self { name, stroke, with_interval: false, uncertain }
    }
}

/// The probability of the threshold or more by day. The last of `lines` is the one that the title is about.
///
/// # Errors
/// The figure cannot be drawn.
pub fn by_day(
    question: &Question<'_>,
    words: (&str, &str),
    lines: &[Named<'_>],
    lettering: Lettering,
) -> Result<String> {
    by_day_on(SHEET_WIDTH, question, words, lines, lettering)
}

/// The same on a sheet of a width (mm).
pub(super) fn by_day_on(
    width: f64,
    question: &Question<'_>,
    (treatment, whom): (&str, &str),
    lines: &[Named<'_>],
    lettering: Lettering,
) -> Result<String> {
    let Some(main) = lines.last().map(|line| line.uncertain) else {
        return Ok(String::new());
    };
    let Question { threshold, probability, .. } = question;
    let ((from, to), _) = procedure()?;
    let days = main.days.iter().map(|day| day.elapsed_day as f64).collect();
    let figure = UncertainFigure {
        width,
        title: title(main, treatment),
        // The page writes it below the figure.
        caption: match lettering {
            Lettering::FromPage => String::new(),
            _ => caption(question, Sentence::plain(whom), main)?.text(),
        },
        y_title: format!("Probability (%) of a measured count of {threshold} × 10⁹/L or more"),
        wanted: (100.0 * probability, format!("{:.0} %", 100.0 * probability)),
        procedure: (from, to),
        days,
        lines: lines.iter().map(line).collect(),
    };
    uncertain::draw(&figure, lettering)
}

/// What the figure shows: `whom` says in whom; `main` is the line that the title is about.
///
/// # Errors
/// The trial whose procedure window is shaded cannot be read.
pub(super) fn caption(
    question: &Question<'_>,
    whom: Sentence,
    main: &Uncertain,
) -> Result<Sentence> {
    let ((from, to), trial) = procedure()?;
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    Ok(whom
        .words(". Line: median over ")
        .input(main.sets)
        .words(" parameter sets of the posterior; band: ")
        .input("95 %")
        .words(" of them. Grey: elapsed days ")
        .input(format!("{from} to {to}"))
        .words(", the window of the procedure in ")
        .input(trial)
        .words(". ")
        .input(percent(question.probability))
        .words(" is reached on some day in ")
        .estimate(Estimate::alone(percent(main.reached)))
        .words(" of the posterior."))
}

fn line(of: &Named<'_>) -> UncertainLine {
    let percent = |value: fn(&Range) -> f64| -> Vec<f64> {
        let one = |day: &UncertainDay| 100.0 * value(&day.at_threshold);
        of.uncertain.days.iter().map(one).collect()
    };
    let interval = if of.with_interval {
        [percent(|range| range.lower), percent(|range| range.upper)]
    } else {
        [Vec::new(), Vec::new()]
    };
    UncertainLine {
        name: of.name.to_owned(),
        stroke: of.stroke,
        median: percent(|range| range.median),
        interval,
    }
}

/// The probability on the best day.
fn title(uncertain: &Uncertain, treatment: &str) -> String {
    let Range { median, lower, upper } = uncertain.best;
    format!(
        "{treatment}: {:.0} % (95 % interval {:.0} to {:.0} %) on the best day",
        100.0 * median,
        100.0 * lower,
        100.0 * upper,
    )
}
