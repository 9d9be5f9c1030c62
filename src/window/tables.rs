//! The tables of the answers.

use super::answer::Answer;
use super::optimum::{Best, Optimum, Reach};
use super::outlook::{Day, Outlook, Spread};
use super::question::Question;
use super::treatment::Treatment;
use super::uncertainty::{Range, Uncertain, UncertainDay};
use crate::model::Variant;
use crate::simulate::population::Failures;
use crate::table::{Table, TableOf};
use crate::units::COUNT_UNIT;
use std::ops::RangeInclusive;

/// With what was asked.
fn asked<'r, R>(table: TableOf<'r, R>, of: impl Fn(&'r R) -> &'r Answer + Copy) -> TableOf<'r, R> {
    described(table.text("variant", |row| of(row).variant.to_string()), of)
}

/// With for whom, and under what treatment.
fn described<'r, R>(table: TableOf<'r, R>, of: impl Fn(&'r R) -> &'r Answer) -> TableOf<'r, R> {
    table
        .text("baseline", |row| of(row).baseline.kind().to_owned())
        .number("baseline_1e9_l", COUNT_UNIT, |row| of(row).baseline.count())
        .number("threshold_1e9_l", COUNT_UNIT, |row| of(row).threshold)
        .number("too_high_1e9_l", COUNT_UNIT, |row| of(row).too_high)
        .number("dose_mg", "mg", |row| of(row).treatment.dose)
        .whole("days", "d", |row| of(row).treatment.days)
        .text("missed", |row| missed(&of(row).treatment))
        .flag("rule", |row| of(row).treatment.rule.is_some())
}

/// The numbers of missed doses, apart by spaces.
fn missed(treatment: &Treatment) -> Option<String> {
    let numbers: Vec<String> = treatment.missed.iter().map(ToString::to_string).collect();
    (!numbers.is_empty()).then(|| numbers.join(" "))
}

/// With 5, 50 and 95 % of something.
fn spread<'r, R>(
    table: TableOf<'r, R>,
    (name, unit): (&str, &'static str),
    of: impl Fn(&'r R) -> Option<Spread>,
) -> TableOf<'r, R> {
    table
        .number(format!("{name}_q05"), unit, |row| of(row).map(|s| s.q05))
        .number(format!("{name}_q50"), unit, |row| of(row).map(|s| s.q50))
        .number(format!("{name}_q95"), unit, |row| of(row).map(|s| s.q95))
}

/// One row a day: `days.csv`.
#[must_use]
pub fn days(answers: &[Answer]) -> Table {
    let mut rows: Vec<(&Answer, &Day)> = Vec::new();
    for answer in answers {
        rows.extend(answer.outlook.days.iter().map(|day| (answer, day)));
    }
    let table = asked(Table::of(&rows), |(answer, _)| answer)
        .whole("elapsed_day", "d", |(_, day)| day.elapsed_day)
        .number("p_at_threshold", "1", |(_, day)| day.at_threshold)
        .number("se", "1", |(_, day)| day.se)
        .number("p_too_high", "1", |(_, day)| day.too_high);
    spread(table, ("plt_1e9_l", COUNT_UNIT), |(answer, day)| {
        (answer.outlook.subjects > 0).then_some(day.count)
    })
    .finish()
    .with_comments(&failed_in(answers))
}

/// One row an answer: `windows.csv`.
#[must_use]
pub fn windows(answers: &[Answer]) -> Table {
    let any = |outlook: &Outlook| outlook.subjects > 0;
    let table = asked(Table::of(answers), |answer| answer)
        .whole("subjects", "1", |answer| answer.outlook.subjects)
        .whole("failed", "1", |answer| answer.outlook.failed)
        .whole("best_elapsed_day", "d", |Answer { outlook, .. }| {
            any(outlook).then_some(outlook.best_day)
        })
        .number("p_at_threshold", "1", |answer| answer.outlook.best().at_threshold)
        .number("se", "1", |answer| answer.outlook.best().se)
        .whole("first_elapsed_day", "d", |answer| answer.outlook.window.map(|w| w.0))
        .whole("last_elapsed_day", "d", |answer| answer.outlook.window.map(|w| w.1))
        .number("p_ever_too_high", "1", |answer| answer.outlook.ever_too_high)
        .number("p_maximum_too_high", "1", |answer| answer.outlook.maximum_too_high)
        .number("p_never", "1", |answer| answer.outlook.never)
        .number("p_stopped", "1", |answer| answer.outlook.stopped);
    let table = spread(table, ("days_at_threshold", "d"), |Answer { outlook, .. }| {
        any(outlook).then_some(outlook.days_at_threshold)
    });
    let table =
        spread(table, ("elapsed_day_of_maximum", "d"), |answer| answer.outlook.day_of_maximum);
    let table = spread(table, ("own_first_elapsed_day", "d"), |answer| answer.outlook.own_first);
    spread(table, ("own_last_elapsed_day", "d"), |answer| answer.outlook.own_last).finish()
}

/// Parameter uncertainty of an answer, in one variant or in all together.
#[derive(Debug, Clone, PartialEq)]
pub struct UncertainRow {
    /// The variant, or that of all.
    pub name: String,
    /// What was asked.
    pub answer: Answer,
    /// Over the sets of the posterior.
    pub uncertain: Uncertain,
}

/// One row a day over the sets of a posterior: `uncertainty.csv`.
#[must_use]
pub fn uncertainty(all: &[UncertainRow]) -> Table {
    let rows: Vec<(&UncertainRow, &UncertainDay)> =
        all.iter().flat_map(|row| row.uncertain.days.iter().map(move |day| (row, day))).collect();
    let table =
        described(Table::of(&rows).text("variant", |(row, _)| row.name.clone()), |(row, _)| {
            &row.answer
        });
    let range = |table, name: &str, of: fn(&UncertainDay) -> Range| {
        let own = move |row: &(&UncertainRow, &UncertainDay)| of(row.1);
        between(table, name, own)
    };
    let table = table.whole("sets", "1", |(row, _)| row.uncertain.sets).whole(
        "elapsed_day",
        "d",
        |(_, day)| day.elapsed_day,
    );
    let table = range(table, "p_at_threshold", |day| day.at_threshold);
    let table = table.number("share_of_sets_as_wanted", "1", |(_, day)| day.wanted);
    range(table, "p_too_high", |day| day.too_high).finish()
}

/// With median and 95 % interval of something.
fn between<'r, R>(
    table: TableOf<'r, R>,
    name: &str,
    of: impl Fn(&'r R) -> Range + Copy,
) -> TableOf<'r, R> {
    table
        .number(format!("{name}_median"), "1", move |row| of(row).median)
        .number(format!("{name}_q2.5"), "1", move |row| of(row).lower)
        .number(format!("{name}_q97.5"), "1", move |row| of(row).upper)
}

/// One row a day on which treatment may start, counted back from the procedure: `starts.csv`. Only
/// procedures after the last dose.
#[must_use]
pub fn starts(answers: &[Answer], starts: &RangeInclusive<usize>) -> Table {
    let mut rows: Vec<(&Answer, usize, &Day)> = Vec::new();
    for answer in answers {
        let after_dosing = starts.clone().filter(|start| *start >= answer.treatment.days);
        let days = &answer.outlook.days;
        rows.extend(after_dosing.filter_map(|start| Some((answer, start, days.get(start)?))));
    }
    asked(Table::of(&rows), |(answer, ..)| answer)
        .whole("start", "d", |(_, start, _)| *start)
        .number("p_at_threshold", "1", |(.., day)| day.at_threshold)
        .number("se", "1", |(.., day)| day.se)
        .number("p_too_high", "1", |(.., day)| day.too_high)
        .finish()
        .with_comments(&failed_in(answers))
}

/// With whom a course is sought for, and the counts that its probabilities are about.
fn sought<'r, R>(
    table: TableOf<'r, R>,
    variant: impl Fn(&'r R) -> Variant,
    asked: &Question<'_>,
) -> TableOf<'r, R> {
    let Question { baseline, threshold, too_many, .. } = *asked;
    table
        .text("variant", |row| variant(row).to_string())
        .text("baseline", |_| baseline.kind().to_owned())
        .number("baseline_1e9_l", COUNT_UNIT, |_| baseline.count())
        .number("threshold_1e9_l", COUNT_UNIT, |_| threshold)
        .number("too_high_1e9_l", COUNT_UNIT, |_| too_many)
}

/// With a course and what is reached by it.
fn reached<'r, R>(table: TableOf<'r, R>, of: impl Fn(&'r R) -> &'r Reach) -> TableOf<'r, R> {
    table
        .number("dose_mg", "mg", |row| of(row).dose_mg)
        .whole("days", "d", |row| of(row).days)
        .whole("start", "d", |row| of(row).start)
        .number("total_mg", "mg", |row| of(row).total_mg())
        .number("p_at_threshold", "1", |row| of(row).at_threshold)
        .number("se", "1", |row| of(row).se)
        .number("p_ever_too_high", "1", |row| of(row).too_high)
        .number("days_at_threshold_q50", "d", |row| of(row).days_at_threshold)
}

/// A course of a number of days, and why it was chosen.
struct Chosen<'a> {
    variant: Variant,
    name: &'static str,
    best: &'a Best,
    course: &'a Reach,
}

/// The courses found for every number of days, with what they were to reach: `optimum.csv`.
#[must_use]
pub fn optimum(asked: &Question<'_>, limit: f64, optima: &[(Variant, Optimum)]) -> Table {
    let mut rows: Vec<Chosen<'_>> = Vec::new();
    for (variant, optimum) in optima {
        for best in &optimum.by_days {
            let courses = [
                ("smallest_dose", Some(&best.course)),
                ("whole_mg", best.whole_mg.as_ref()),
                ("within_limit", best.within_limit.as_ref()),
            ];
            rows.extend(courses.into_iter().filter_map(|(name, course)| {
                Some(Chosen { variant: *variant, name, best, course: course? })
            }));
        }
    }
    let table = sought(Table::of(&rows), |row| row.variant, asked)
        .number("probability", "1", |_| asked.probability)
        .number("limit", "1", |_| limit)
        .text("course", |row| row.name.to_owned())
        .text("verdict", |row| row.best.verdict.name().to_owned())
        .whole("simulations", "1", |row| usize::try_from(row.best.simulations).ok());
    let reaches = optima.iter().flat_map(|(_, optimum)| optimum.reaches());
    reached(table, |row| row.course)
        .finish()
        .with_comments(&failed(reaches.map(|reach| &reach.failures)))
}

/// Doses and days gone through: `courses.csv`.
#[must_use]
pub fn courses(asked: &Question<'_>, grids: &[(Variant, Vec<Reach>)]) -> Table {
    let mut rows: Vec<(Variant, &Reach)> = Vec::new();
    for (variant, grid) in grids {
        rows.extend(grid.iter().map(|reach| (*variant, reach)));
    }
    let table = sought(Table::of(&rows), |(variant, _)| *variant, asked);
    let reaches = grids.iter().flat_map(|(_, grid)| grid);
    reached(table, |(_, reach)| reach)
        .finish()
        .with_comments(&failed(reaches.map(|reach| &reach.failures)))
}

fn failed_in(answers: &[Answer]) -> String {
    failed(answers.iter().map(|answer| &answer.outlook.failures))
}

/// How many patients of all answers could not be integrated, as a comment line; empty where nobody.
fn failed<'a>(answers: impl Iterator<Item = &'a Failures>) -> String {
    Failures::sum(answers).comment()
}
