//! The figures of `thrombo window`: heat maps of the probability, and the courses compared.

use super::drawing::canvas::Lettering;
use super::figures::heat_map::{self, HeatMap};
use super::figures::optimum::{self, CourseLine, OptimumFigure, VariantPanels};
use super::words::{grouped, listed};
use crate::error::Result;
use crate::model::Variant;
use crate::simulate::population::Failures;
use crate::window::{APPROVED_DAYS, APPROVED_MG, Answer, Baseline, Choice, Question, Reach};
use std::ops::RangeInclusive;

/// Days from the first dose that are drawn.
const DAYS: RangeInclusive<usize> = 7..=20;

/// Probability by day, one row a baseline.
///
/// # Errors
/// The figure cannot be drawn.
pub fn by_baseline(
    question: &Question<'_>,
    answers: &[Answer],
    lettering: Lettering,
) -> Result<String> {
    let row = |answer: &Answer| format!("{}", answer.baseline.count());
    let is_true = answers.iter().any(|answer| matches!(answer.baseline, Baseline::True(_)));
    let kind = if is_true { "True" } else { "Measured" };
    let treatment = answers.first().map_or(String::new(), |a| a.treatment.to_string());
    let from = |answer: &Answer| {
        format!("from a {} count of {} on", kind.to_lowercase(), answer.baseline.count())
    };
    let title = format!("{treatment}: {}", first_window(question, answers, from));
    let y_title = format!("{kind} count before treatment (10⁹/L)");
    by_day(question, (&title, &y_title, ""), answers, row, lettering)
}

/// Probability by day, one row a dose.
///
/// # Errors
/// The figure cannot be drawn.
pub fn by_dose(
    question: &Question<'_>,
    answers: &[Answer],
    lettering: Lettering,
) -> Result<String> {
    let days = answers.first().map_or(0, |answer| answer.treatment.days);
    let from = |answer: &Answer| format!("from {} mg on", answer.treatment.dose);
    let title = format!("{days} days of treatment: {}", first_window(question, answers, from));
    let row = |answer: &Answer| format!("{}", answer.treatment.dose);
    by_day(question, (&title, "Dose (mg once daily)", &outside()), answers, row, lettering)
}

/// Probability by day, one row a number of days of treatment.
///
/// # Errors
/// The figure cannot be drawn.
pub fn by_days(
    question: &Question<'_>,
    answers: &[Answer],
    lettering: Lettering,
) -> Result<String> {
    let dose = answers.first().map_or(0.0, |answer| answer.treatment.dose);
    let from = |answer: &Answer| format!("from {} days of treatment on", answer.treatment.days);
    let title = format!("{dose} mg once daily: {}", first_window(question, answers, from));
    let row = |answer: &Answer| answer.treatment.days.to_string();
    by_day(question, (&title, "Days of treatment", &outside()), answers, row, lettering)
}

/// Probability at the procedure, one row a day on which treatment starts, one column a number of
/// days of treatment. Procedures before the last dose are left empty.
///
/// # Errors
/// The figure cannot be drawn.
pub fn by_start(
    question: &Question<'_>,
    answers: &[Answer],
    starts: RangeInclusive<usize>,
    lettering: Lettering,
) -> Result<String> {
    let at = |start: usize, answer: &Answer| {
        let is_over = start >= answer.treatment.days;
        is_over.then(|| answer.started_before(start)).flatten().unwrap_or(f64::NAN)
    };
    let row = |start: usize| answers.iter().map(|answer| at(start, answer)).collect();
    let map = HeatMap {
        title: start_title(question, answers, starts.clone()),
        caption: caption(question, answers, &outside()),
        x_title: "Days of treatment".to_owned(),
        x_labels: answers.iter().map(|answer| answer.treatment.days.to_string()).collect(),
        y_title: "Days from first dose to procedure".to_owned(),
        y_labels: starts.clone().map(|start| start.to_string()).collect(),
        values: starts.map(row).collect(),
        wanted: question.probability,
    };
    heat_map::draw(&map, lettering)
}

/// When to start the course of the approved length, or the first one that is long enough.
fn start_title(
    question: &Question<'_>,
    answers: &[Answer],
    starts: RangeInclusive<usize>,
) -> String {
    let dose = answers.first().map_or(0.0, |answer| answer.treatment.dose);
    let enough = |answer: &Answer| {
        let is_enough = |start: &usize| {
            *start >= answer.treatment.days
                && answer.started_before(*start).is_some_and(|p| p >= question.probability)
        };
        let mut of = starts.clone().filter(is_enough);
        let first = of.next()?;
        Some((answer.treatment.days, first, of.next_back().unwrap_or(first)))
    };
    let approved = answers.iter().filter(|answer| answer.treatment.days == APPROVED_DAYS);
    let found = approved.chain(answers).find_map(enough);
    match found {
        None => {
            format!("{dose} mg once daily: no start is early enough for the wanted probability")
        }
        Some((days, first, last)) if first == last => {
            format!("{dose} mg for {days} days are best started {first} days before the procedure")
        }
        Some((days, first, last)) => format!(
            "{dose} mg for {days} days are best started {first} to {last} days before the procedure"
        ),
    }
}

/// From which row on the wanted probability is reached, and when there.
fn first_window(
    question: &Question<'_>,
    answers: &[Answer],
    from: impl Fn(&Answer) -> String,
) -> String {
    let wanted = format!("{:.0} % at {} or more", 100.0 * question.probability, question.threshold);
    let first = answers.iter().find_map(|answer| Some((answer, answer.outlook.window?)));
    match first {
        None => format!("nowhere {wanted}"),
        Some((answer, (day, last))) if day == last => {
            format!("{wanted} {}, there on day {day}", from(answer))
        }
        Some((answer, (first, last))) => {
            format!("{wanted} {}, there on days {first} to {last}", from(answer))
        }
    }
}

/// What is outside the label.
fn outside() -> String {
    format!(" All but {APPROVED_MG} mg for {APPROVED_DAYS} days is outside the label.")
}

fn by_day(
    question: &Question<'_>,
    (title, y_title, note): (&str, &str, &str),
    answers: &[Answer],
    label: impl Fn(&Answer) -> String,
    lettering: Lettering,
) -> Result<String> {
    let row = |answer: &Answer| {
        DAYS.map(|day| answer.outlook.days.get(day).map_or(f64::NAN, |d| d.at_threshold)).collect()
    };
    let map = HeatMap {
        title: title.to_owned(),
        caption: caption(question, answers, note),
        x_title: "Days from the first dose to the procedure".to_owned(),
        x_labels: DAYS.map(|day| day.to_string()).collect(),
        y_title: y_title.to_owned(),
        y_labels: answers.iter().map(label).collect(),
        values: answers.iter().map(row).collect(),
        wanted: question.probability,
    };
    heat_map::draw(&map, lettering)
}

fn caption(question: &Question<'_>, answers: &[Answer], note: &str) -> String {
    let Question { patients, threshold, probability, seed, subjects, variant, .. } = question;
    let failures = Failures::sum(answers.iter().map(|answer| &answer.outlook.failures));
    let failed = match failures.failed {
        0 => "0".to_owned(),
        failed => format!("{failed} of {} in all rows", failures.subjects),
    };
    let rule = answers.iter().any(|answer| answer.treatment.rule.is_some());
    let stop = if rule { " with the stopping rule of L-PLUS 1 and 2" } else { "" };
    let of: Vec<Baseline> = answers.iter().map(|answer| answer.baseline).collect();
    let whom = match of.first() {
        Some(first) if of.iter().all(|other| other == first) => format!(" ({first})"),
        _ => String::new(),
    };
    format!(
        "Probability (%) of a measured count of {threshold} (10⁹/L) or more{stop}; outlined from {:.0} % on. {}: \
         {subjects} virtual patients a row{whom}, seed {seed}; {failed} could not be \
         integrated.{note}",
        100.0 * probability,
        patients.title_in(*variant)
    )
}

/// Probability at the procedure and of too high a count against the days of treatment, dose by dose,
/// a row of panels each variant.
///
/// # Errors
/// The figure cannot be drawn.
pub fn optimum(
    question: &Question<'_>,
    choice: &Choice,
    grids: &[(Variant, Vec<Reach>)],
    lettering: Lettering,
) -> Result<String> {
    let figure = OptimumFigure {
        title: optimum_title(question, choice, grids),
        caption: optimum_caption(question, choice) + &failed(grids),
        at_title: format!("P(count ≥ {}) at the procedure (%)", question.threshold),
        too_high_title: format!("P(a daily count > {}) (%)", question.too_many),
        wanted: question.probability,
        limit: choice.limit,
        approved: (APPROVED_DAYS as f64, APPROVED_MG),
        variants: grids.iter().map(panels).collect(),
    };
    optimum::draw(&figure, lettering)
}

fn panels((variant, grid): &(Variant, Vec<Reach>)) -> VariantPanels {
    let mut lines: Vec<CourseLine> = Vec::new();
    for reach in grid {
        let new = lines.last().is_none_or(|line| (line.dose_mg - reach.dose_mg).abs() > 0.0);
        if new {
            lines.push(CourseLine { dose_mg: reach.dose_mg, ..CourseLine::default() });
        }
        if let Some(line) = lines.last_mut() {
            line.days.push(reach.days as f64);
            line.at_threshold.push(reach.at_threshold);
            line.too_high.push(reach.too_high);
        }
    }
    VariantPanels { name: format!("Variant {variant}"), lines }
}

fn optimum_title(
    question: &Question<'_>,
    choice: &Choice,
    grids: &[(Variant, Vec<Reach>)],
) -> String {
    let is_enough = |reach: &&Reach| {
        (reach.dose_mg - APPROVED_MG).abs() < 1e-9
            && reach.at_threshold >= question.probability
            && reach.too_high <= choice.limit
    };
    let days = |grid: &[Reach]| grid.iter().find(is_enough).map(|reach| reach.days);
    let each = grids.iter().map(|(variant, grid)| (days(grid), variant.to_string()));
    let groups = grouped(each);
    let each = groups.iter().map(|(days, variants)| {
        let of = listed(variants);
        days.map_or(format!("never in {of}"), |days| format!("with {days} days in {of}"))
    });
    format!(
        "{APPROVED_MG} mg once daily reaches {:.0} % {}",
        100.0 * question.probability,
        each.collect::<Vec<_>>().join(", ")
    )
}

/// How many patients of all courses could not be integrated; empty where nobody.
fn failed(grids: &[(Variant, Vec<Reach>)]) -> String {
    let reaches = grids.iter().flat_map(|(_, grid)| grid);
    let words = Failures::sum(reaches.map(|reach| &reach.failures)).in_words();
    words.map(|words| format!(" {words}, all courses together.")).unwrap_or_default()
}

fn optimum_caption(question: &Question<'_>, choice: &Choice) -> String {
    let Question { patients, subjects, seed, .. } = question;
    let whose = match patients.variant {
        Some(_) => "Calibrated patients of each variant",
        None => &patients.title,
    };
    format!(
        "Left: probability of the wanted count at the procedure, started on the best of {} to {} days before it and \
         not before the last dose. Right: probability that a daily count is too high at least once in six weeks. \
         Dashed: the wanted probability {:.0} %, and the limit {:.0} %. Ringed: the approved course, {APPROVED_MG} mg for {APPROVED_DAYS} \
         days; everything else is outside the label. {whose}: the same {subjects} virtual patients in every course, seed \
         {seed}; structural variants that counts alone cannot tell apart.",
        choice.starts.start(),
        choice.starts.end(),
        100.0 * question.probability,
        100.0 * choice.limit
    )
}
