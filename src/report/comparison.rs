//! All regimens of lusutrombopag in liver disease on one scale.

use super::drawing::dots::{Estimate, Summary};
use super::figures::overview::{Overview, Regimen};
use super::regimen_course::RegimenCourse;
use super::regimen_sheet::in_words;
use crate::units::HOURS_PER_DAY;

/// The comparison of `courses`; `approved` is the place of the approved regimen among them.
pub(super) fn comparison(courses: &[&RegimenCourse], approved: usize, y_max: f64) -> Overview {
    let regimens = courses.iter().map(|course| Regimen {
        label: in_words(&course.scenario.short),
        values: course.platelets(),
        band: None,
        windows: course.windows_days(),
        colour: course.colour(),
    });
    Overview {
        title: title(courses, approved),
        model_name: "Mechanistic model, variant B, typical patient; lusutrombopag".to_owned(),
        caption: "Start values of variant B, not calibrated; one typical patient, without \
                  variability. Shaded: at or above 50 × 10⁹/L. 2 and 4 mg, and courses of 5, 10 and \
                  14 days, lie outside the label; there the structural variants disagree, see each \
                  regimen's own sheet. Dashed line in the dot plot: the approved regimen."
            .to_owned(),
        day: courses.first().map(|course| course.day.clone()).unwrap_or_default(),
        regimens: regimens.collect(),
        approved: Some(approved),
        y_max,
        summaries: vec![
            summary("Maximum (10⁹/L)", 0, courses, |course| {
                Some(course.maximum.map_or(course.baseline(), |maximum| maximum.value))
            }),
            summary("Days ≥ 50", 1, courses, |course| Some(course.days_above())),
            summary("First day ≥ 50", 1, courses, |course| {
                course.windows.first().map(|window| window.from_h / HOURS_PER_DAY)
            }),
        ],
    }
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
            "{} keeps a typical patient at or above 50 for {:.1} days, {} for {:.1}",
            in_words(&approved.scenario.short),
            approved.days_above(),
            in_words(&longest.scenario.short),
            longest.days_above()
        ),
        _ => "Regimens compared".to_owned(),
    }
}
