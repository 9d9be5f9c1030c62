//! Counts and probabilities by arm and day, over many trials.

use super::{arms, day_words, dose_days, lower_first, model_name, protocol, seed_of, unbroken};
use crate::error::Result;
use crate::report::drawing::axis::number;
use crate::report::drawing::canvas::Lettering;
use crate::report::drawing::platelets::{Levels, level_words};
use crate::report::figures::trial::Words;
use crate::report::figures::trial::course::{self, ArmCourse, CourseFigure};
use crate::report::figures::trial::probability::{self, ArmProbability, ProbabilityFigure};
use crate::report::words::listed;
use crate::statistics::Z_95;
use crate::trial::{Design, Run, Summary};

/// Median and bands of the true count by arm.
///
/// # Errors
/// The figure cannot be drawn.
pub fn trial_course(run: &Run<'_>, summary: &Summary, lettering: Lettering) -> Result<String> {
    let design = run.design;
    let courses = arms(design).into_iter().zip(&summary.courses).zip(&design.arms);
    let courses = courses.map(|((arm, course), planned)| ArmCourse {
        arm,
        quantiles: course.quantiles.clone(),
        doses: dose_days(planned),
    });
    let figure = CourseFigure {
        words: Words {
            title: course_title(design, summary),
            model_name: model_name(run),
            caption: course_caption(run, summary),
        },
        protocol: protocol(design),
        days: days(summary),
        arms: courses.collect(),
        y_max: most(highest(summary), levels(design)),
        levels: levels(design),
    };
    course::draw(&figure, lettering)
}

/// Share of the patients with a count high enough, by arm and visit day.
///
/// # Errors
/// The figure cannot be drawn.
pub fn trial_probability(run: &Run<'_>, summary: &Summary, lettering: Lettering) -> Result<String> {
    let design = run.design;
    let all = arms(design).into_iter().zip(&summary.courses).map(|(arm, course)| {
        let n = course.patients.max(1) as f64;
        let error = course.at_least.iter().map(|p| Z_95 * (p * (1.0 - p) / n).sqrt()).collect();
        ArmProbability { arm, share: course.at_least.clone(), error }
    });
    let mut doses: Vec<f64> = design.arms.iter().flat_map(dose_days).collect();
    doses.sort_by(f64::total_cmp);
    doses.dedup();
    let level = level_words(design.endpoints.at_least);
    let figure = ProbabilityFigure {
        words: Words {
            title: probability_title(design, summary),
            model_name: model_name(run),
            caption: format!(
                "Share of patients whose true count is at or above {level}, transfusions included; bands: \
                 where the share may lie given the number of simulated patients (95 %, Monte-Carlo). {}",
                patients(run, summary)
            ),
        },
        protocol: protocol(design),
        y_title: format!("Patients at or above {level} × 10⁹/L (%)"),
        days: days(summary),
        doses,
        arms: all.collect(),
    };
    probability::draw(&figure, lettering)
}

fn highest(summary: &Summary) -> f64 {
    let quantiles = summary.courses.iter().flat_map(|course| course.quantiles.iter().flatten());
    quantiles.copied().filter(|count| count.is_finite()).fold(0.0, f64::max)
}

/// The counts that the design looks at.
fn levels(design: &Design) -> Levels {
    Levels { enough: design.endpoints.at_least, too_many: design.endpoints.high }
}

/// Upper end of the axis: up to the count that is too high only if counts come near, or half of the
/// figure would be empty.
fn most(highest: f64, Levels { enough, too_many }: Levels) -> f64 {
    if highest > 0.7 * too_many {
        (1.06 * highest).max(1.08 * too_many)
    } else {
        1.1 * highest.max(enough)
    }
}

fn days(summary: &Summary) -> Vec<f64> {
    summary.courses.first().map(|course| course.days.clone()).unwrap_or_default()
}

fn course_title(design: &Design, summary: &Summary) -> String {
    let arms = design.arms.iter().zip(&summary.courses).filter_map(|(arm, course)| {
        let medians = course.days.iter().zip(&course.quantiles).map(|(day, q)| (*day, q[2]));
        let known = medians.filter(|(_, count)| count.is_finite());
        let (day, count) = known.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        let on = unbroken(&format!("{} on day {}", number(count, 0), day_words(day)));
        Some(format!("{on} ({})", unbroken(&lower_first(&arm.title))))
    });
    let words: Vec<String> = arms.collect();
    if words.is_empty() {
        return "No patient could be integrated".to_owned();
    }
    format!("The median count peaks at {}", listed(&words))
}

fn course_caption(run: &Run<'_>, summary: &Summary) -> String {
    let levels = levels(run.design);
    let [enough, too_many] = [levels.enough, levels.too_many].map(level_words);
    let shown = most(highest(summary), levels) > levels.too_many;
    format!(
        "Lines: median of the true count, transfusions included; bands: 50 % and 90 % of the patients. \
         Dashed: {}. {}",
        if shown { format!("{enough} and {too_many}") } else { enough },
        patients(run, summary)
    )
}

/// How many patients stand behind the courses, and the seed.
fn patients(run: &Run<'_>, summary: &Summary) -> String {
    let arms = run.design.arms.iter().zip(&summary.courses);
    let counts: Vec<String> = arms
        .map(|(arm, course)| format!("{} of {}", course.patients, lower_first(&arm.title)))
        .collect();
    let failed = match summary.failed {
        0 => String::new(),
        failed => format!(
            " {failed} of {} patients of all trials could not be integrated.",
            summary.failures.subjects
        ),
    };
    let dropped = match summary.dropped_out {
        0 => "",
        _ => " Patients who left the trial are followed to its end.",
    };
    format!("Simulated patients: {}; {}.{failed}{dropped}", listed(&counts), seed_of(run))
}

fn probability_title(design: &Design, summary: &Summary) -> String {
    let (first, last) = (design.procedure.first_day, design.procedure.last_day);
    let arms = design.arms.iter().zip(&summary.courses).filter_map(|(arm, course)| {
        let within = course.days.iter().zip(&course.at_least);
        let within = within.filter(|(day, p)| (first..=last).contains(*day) && p.is_finite());
        let (low, high) =
            within.fold((f64::INFINITY, 0.0_f64), |(l, h), (_, p)| (l.min(*p), h.max(*p)));
        let [from, to] = [low, high].map(|share| number(100.0 * share, 0));
        let range = if from == to { format!("{from} %") } else { format!("{from} to {to} %") };
        let words = || format!("{} ({})", unbroken(&range), unbroken(&lower_first(&arm.title)));
        low.is_finite().then(words)
    });
    let words: Vec<String> = arms.collect();
    let level = level_words(design.endpoints.at_least);
    format!(
        "At or above {level} on days {} to {}: {}",
        day_words(first),
        day_words(last),
        if words.is_empty() { "no one".to_owned() } else { listed(&words) }
    )
}
