//! All regimens of lusutrombopag in liver disease on one scale.

use super::drawing::dots::{Estimate, Summary};
use super::drawing::platelets::Levels;
use super::figures::overview::{Overview, Regimen};
use super::regimen_course::RegimenCourse;
use super::regimen_result::{MAIN, RegimenResult, SEED};
use super::regimen_sheet::in_words;
use crate::units::HOURS_PER_DAY;
use crate::window::{ENTRY, Outlook, THRESHOLD};

/// The comparison of `courses`; `approved` is the place of the approved regimen among them.
pub(super) fn comparison(results: &[&RegimenResult], approved: usize, y_max: f64) -> Overview {
    let courses: Vec<&RegimenCourse> = results.iter().map(|result| &result.main).collect();
    let courses = courses.as_slice();
    let regimens = courses.iter().map(|course| Regimen {
        label: in_words(&course.scenario.short),
        values: course.platelets(),
        band: None,
        windows: course.windows_days(),
        colour: course.colour(),
    });
    let outlooks: Vec<Option<&Outlook>> = results.iter().map(|result| result.outlook()).collect();
    Overview {
        title: title(courses, approved),
        model_name: format!(
            "Mechanistic model, variant {MAIN}, calibrated; {}",
            courses.first().map_or("", |course| &course.scenario.drug)
        ),
        caption: format!(
            "Curves: one typical patient, without variability; shaded: at or above {THRESHOLD} × 10⁹/L. Dots: typical \
             patient; P(≥ {THRESHOLD}): best day, and days with their 90 % interval, among {} virtual patients \
             measured below {ENTRY} before treatment, seed {SEED}. 2 and 4 mg, and courses of 5, 10 and 14 days, \
             lie outside the label; there the structural variants may disagree, see each regimen's own sheet. \
             Dashed line in the dot plot: the approved regimen.",
            outlooks.iter().flatten().map(|outlook| outlook.subjects).max().unwrap_or(0)
        ),
        day: courses.first().map(|course| course.day.clone()).unwrap_or_default(),
        regimens: regimens.collect(),
        approved: Some(approved),
        y_max,
        levels: Levels::USUAL,
        summaries: vec![
            summary("Maximum (10⁹/L)", 0, courses, |course| {
                Some(course.maximum.map_or(course.baseline(), |maximum| maximum.value))
            }),
            summary(&format!("First day ≥ {THRESHOLD}"), 1, courses, |course| {
                course.windows.first().map(|window| window.from_h / HOURS_PER_DAY)
            }),
            Summary {
                title: format!("Days ≥ {THRESHOLD}, patients"),
                decimals: 0,
                values: outlooks.iter().map(|outlook| days(*outlook)).collect(),
            },
            Summary {
                title: format!("P(≥ {THRESHOLD}) (%)"),
                decimals: 0,
                values: outlooks.iter().map(|outlook| chance(*outlook)).collect(),
            },
        ],
    }
}

fn days(outlook: Option<&Outlook>) -> Estimate {
    let days = outlook.map(|outlook| outlook.days_at_threshold);
    Estimate { value: days.map(|d| d.q50), interval: days.map(|d| (d.q05, d.q95)) }
}

fn chance(outlook: Option<&Outlook>) -> Estimate {
    let best = outlook.map(|outlook| 100.0 * outlook.best().at_threshold);
    Estimate { value: best, interval: None }
}

fn summary(
    title: &str,
    decimals: usize,
    courses: &[&RegimenCourse],
    value: impl Fn(&RegimenCourse) -> Option<f64>,
) -> Summary {
    let values = courses.iter().map(|course| Estimate { value: value(course), interval: None });
    Summary { title: title.to_owned(), decimals, values: values.collect() }
}

fn title(courses: &[&RegimenCourse], approved: usize) -> String {
    let days = |course: &&RegimenCourse| course.days_above();
    let longest = courses.iter().max_by(|a, b| days(a).total_cmp(&days(b)));
    match (courses.get(approved), longest) {
        (Some(approved), Some(longest)) => format!(
            "{} keeps a typical patient at or above {THRESHOLD} for {:.1} days, {} for {:.1}",
            in_words(&approved.scenario.short),
            approved.days_above(),
            in_words(&longest.scenario.short),
            longest.days_above()
        ),
        _ => "Regimens compared".to_owned(),
    }
}
