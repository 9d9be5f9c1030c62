//! The tables of the answers, as CSV. A missing value is `.`.

use super::answer::Answer;
use super::optimum::{Best, Optimum, Reach};
use super::outlook::Spread;
use super::question::Question;
use super::treatment::Treatment;
use crate::files::{Csv, cell};
use crate::model::Variant;
use crate::simulate::population::Failures;
use std::ops::RangeInclusive;

/// A table with the columns that are listed.
fn table(columns: &str) -> Csv {
    Csv::new(&columns.split(',').collect::<Vec<_>>())
}

fn spread(of: Option<Spread>) -> [String; 3] {
    [of.map(|s| s.q05), of.map(|s| s.q50), of.map(|s| s.q95)].map(cell)
}

/// What was asked, in the first columns of a row.
const ASKED: &str =
    "variant,baseline,baseline_1e9_l,threshold_1e9_l,too_high_1e9_l,dose_mg,days,missed,rule";

fn asked(answer: &Answer) -> Vec<String> {
    let Answer { variant, baseline, threshold, too_high, treatment, .. } = answer;
    vec![
        variant.to_string(),
        baseline.kind().to_owned(),
        cell(baseline.count()),
        cell(*threshold),
        cell(*too_high),
        cell(treatment.dose_mg),
        treatment.days.to_string(),
        missed(treatment),
        u8::from(treatment.rule.is_some()).to_string(),
    ]
}

/// The numbers of missed doses, apart by spaces.
fn missed(treatment: &Treatment) -> String {
    let numbers: Vec<String> = treatment.missed.iter().map(ToString::to_string).collect();
    if numbers.is_empty() { ".".to_owned() } else { numbers.join(" ") }
}

/// One row a day: `days.csv`.
#[must_use]
pub fn days(answers: &[Answer]) -> String {
    let mut csv = table(&format!(
        "{ASKED},elapsed_day,p_at_threshold,se,p_too_high,plt_1e9_l_q05,plt_1e9_l_q50,plt_1e9_l_q95"
    ));
    for answer in answers {
        for day in &answer.outlook.days {
            let mut row = asked(answer);
            row.push(day.elapsed_day.to_string());
            row.extend([day.at_threshold, day.se, day.too_high].map(cell));
            row.extend(spread((answer.outlook.subjects > 0).then_some(day.count)));
            csv.row(&row);
        }
    }
    failed(answers.iter().map(|answer| &answer.outlook.failures)) + &csv.finish()
}

/// One row an answer: `windows.csv`.
#[must_use]
pub fn windows(answers: &[Answer]) -> String {
    let quantiles = [
        "days_at_threshold",
        "elapsed_day_of_maximum",
        "own_first_elapsed_day",
        "own_last_elapsed_day",
    ];
    let quantiles = quantiles.map(|name| format!("{name}_q05,{name}_q50,{name}_q95")).join(",");
    let mut csv = table(&format!(
        "{ASKED},subjects,failed,best_elapsed_day,p_at_threshold,se,first_elapsed_day,last_elapsed_day,p_ever_too_high,\
         p_maximum_too_high,p_never,p_stopped,{quantiles}"
    ));
    for answer in answers {
        let outlook = &answer.outlook;
        let whole = |day: Option<usize>| day.map_or(".".to_owned(), |day| day.to_string());
        let any = outlook.subjects > 0;
        let mut row = asked(answer);
        row.extend([outlook.subjects, outlook.failed].map(|count| count.to_string()));
        row.push(whole(any.then_some(outlook.best_day)));
        row.extend([outlook.best().at_threshold, outlook.best().se].map(cell));
        row.extend([outlook.window.map(|w| w.0), outlook.window.map(|w| w.1)].map(whole));
        row.extend([outlook.ever_too_high, outlook.maximum_too_high].map(cell));
        row.extend([outlook.never, outlook.stopped].map(cell));
        row.extend(spread(any.then_some(outlook.days_at_threshold)));
        row.extend(spread(outlook.day_of_maximum));
        row.extend(spread(outlook.own_first));
        row.extend(spread(outlook.own_last));
        csv.row(&row);
    }
    csv.finish()
}

/// One row a day on which treatment may start, counted back from the procedure: `starts.csv`. Only
/// procedures after the last dose.
#[must_use]
pub fn starts(answers: &[Answer], starts: &RangeInclusive<usize>) -> String {
    let mut csv = table(&format!("{ASKED},start,p_at_threshold,se,p_too_high"));
    for answer in answers {
        let after_dosing = starts.clone().filter(|start| *start >= answer.treatment.days);
        for start in after_dosing {
            let Some(day) = answer.outlook.days.get(start) else { continue };
            let mut row = asked(answer);
            row.push(start.to_string());
            row.extend([day.at_threshold, day.se, day.too_high].map(cell));
            csv.row(&row);
        }
    }
    failed(answers.iter().map(|answer| &answer.outlook.failures)) + &csv.finish()
}

/// For whom a course is sought, and the counts that its probabilities are about.
const SOUGHT: &str = "variant,baseline,baseline_1e9_l,threshold_1e9_l,too_high_1e9_l";

fn sought(variant: Variant, asked: &Question<'_>) -> Vec<String> {
    let Question { baseline, threshold, too_many, .. } = asked;
    let mut row = vec![variant.to_string(), baseline.kind().to_owned()];
    row.extend([baseline.count(), *threshold, *too_many].map(cell));
    row
}

const REACHED: &str =
    "dose_mg,days,start,total_mg,p_at_threshold,se,p_ever_too_high,days_at_threshold_q50";

fn reached(of: &Reach) -> Vec<String> {
    let mut row = vec![cell(of.dose_mg), of.days.to_string(), of.start.to_string()];
    row.extend([of.total_mg(), of.at_threshold, of.se].map(cell));
    row.extend([of.too_high, of.days_at_threshold].map(cell));
    row
}

/// The courses found for every number of days, with what they were to reach: `optimum.csv`.
#[must_use]
pub fn optimum(asked: &Question<'_>, limit: f64, optima: &[(Variant, Optimum)]) -> String {
    let columns = format!("{SOUGHT},probability,limit,course,verdict,simulations,{REACHED}");
    let mut csv = table(&columns);
    for (variant, optimum) in optima {
        for best in &optimum.by_days {
            let Best { verdict, course, whole_mg, within_limit, simulations } = best;
            let courses = [
                ("smallest_dose", Some(course)),
                ("whole_mg", whole_mg.as_ref()),
                ("within_limit", within_limit.as_ref()),
            ];
            for (name, course) in courses {
                let Some(course) = course else { continue };
                let mut row = sought(*variant, asked);
                row.extend([asked.probability, limit].map(cell));
                row.extend([name.to_owned(), verdict.name().to_owned(), simulations.to_string()]);
                row.extend(reached(course));
                csv.row(&row);
            }
        }
    }
    let reaches = optima.iter().flat_map(|(_, optimum)| optimum.reaches());
    failed(reaches.map(|reach| &reach.failures)) + &csv.finish()
}

/// Doses and days gone through: `courses.csv`.
#[must_use]
pub fn courses(asked: &Question<'_>, grids: &[(Variant, Vec<Reach>)]) -> String {
    let mut csv = table(&format!("{SOUGHT},{REACHED}"));
    for (variant, grid) in grids {
        for reach in grid {
            let mut row = sought(*variant, asked);
            row.extend(reached(reach));
            csv.row(&row);
        }
    }
    let reaches = grids.iter().flat_map(|(_, grid)| grid);
    failed(reaches.map(|reach| &reach.failures)) + &csv.finish()
}

/// How many patients of all answers could not be integrated, as a comment line; empty where nobody.
fn failed<'a>(answers: impl Iterator<Item = &'a Failures>) -> String {
    Failures::sum(answers).comment()
}
