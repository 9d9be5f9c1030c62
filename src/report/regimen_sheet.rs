//! The sheet of one regimen: what is drawn on it, and the words around it.

use super::drawing::platelets::Levels;
use super::drawing::theme::{Colour, Dash};
use super::figures::sheet::{
    Band, ChancePanel, DoseMark, MechanismPanel, PlateletPanel, RegimenSheet, Series,
};
use super::regimen_course::RegimenCourse;
use super::regimen_result::{RegimenResult, SEED};
use crate::model::{Population, Variant};
use crate::simulate::{Fate, Label};
use crate::units::HOURS_PER_DAY;
use crate::window::{Answer, Day, Outlook, THRESHOLD, TOO_HIGH, WANTED};
use std::fmt::Write;

/// The sheet of `course`, with the same regimen in the other structural variants where the answer
/// depends on them, and the approved regimen to compare with.
pub(super) fn regimen_sheet(
    result: &RegimenResult,
    approved: Option<&RegimenCourse>,
    y_max: f64,
) -> RegimenSheet {
    let (course, others) = (&result.main, result.shown_beside());
    let outlook = result.outlook();
    let colour = course.colour();
    let reference = approved.map(|approved| Series {
        label: in_words(&approved.scenario.short),
        values: approved.platelets(),
        // Placebo is grey itself.
        colour: if colour == Colour::PLACEBO { Colour::APPROVED } else { Colour::REFERENCE },
        dash: Dash::Solid,
    });
    let is_compared = !others.is_empty() || reference.is_some();
    let main_label = match (others.is_empty(), is_compared) {
        (false, _) => course.set.variant.to_string(),
        (true, true) => "this regimen".to_owned(),
        (true, false) => String::new(),
    };
    RegimenSheet {
        title: title(course),
        caption: caption(course, others, result.main_answer()),
        model_name: model_name(course),
        day: course.day.clone(),
        panels: mechanism_panels(course, colour),
        platelets: PlateletPanel {
            main: series(&main_label, course.platelets(), colour, Dash::Solid),
            variants: others.iter().map(variant_series).collect(),
            reference,
            bands: outlook.map(|outlook| band(course, outlook)).into_iter().collect(),
            points: Vec::new(),
            y_max,
        },
        chances: outlook.map(|outlook| chances(course, outlook)),
        doses: doses(course),
        stop_day: course.course.stopped_at.map(crate::units::Time::in_days),
        levels: Levels::USUAL,
        windows: course.windows_days(),
        procedure: None,
        maximum: course.maximum.map(|maximum| (maximum.elapsed_days(), maximum.value)),
        strip: [strip(course), outlook.map(strip_of_many).unwrap_or_default()].concat(),
        colour,
    }
}

/// The days of an outlook that are drawn.
fn drawn_days<'a>(course: &RegimenCourse, outlook: &'a Outlook) -> impl Iterator<Item = &'a Day> {
    let last = course.scenario.until.in_days();
    outlook.days.iter().filter(move |day| day.elapsed_day as f64 <= last)
}

fn band(course: &RegimenCourse, outlook: &Outlook) -> Band {
    let days = || drawn_days(course, outlook);
    Band {
        day: days().map(|day| day.elapsed_day as f64).collect(),
        lower: days().map(|day| day.count.q05).collect(),
        upper: days().map(|day| day.count.q95).collect(),
    }
}

fn chances(course: &RegimenCourse, outlook: &Outlook) -> ChancePanel {
    let days = || drawn_days(course, outlook);
    ChancePanel {
        day: days().map(|day| day.elapsed_day as f64).collect(),
        at_threshold: days().map(|day| day.at_threshold).collect(),
        too_high: days().map(|day| day.too_high).collect(),
    }
}

/// What the strip says of many patients.
fn strip_of_many(outlook: &Outlook) -> Vec<(String, String)> {
    let best = outlook.best();
    let days = outlook.days_at_threshold;
    let cell = |name: String, value: String| (name, value);
    vec![
        cell(
            format!("P(≥ {THRESHOLD}), best day"),
            format!("{:.0} % on day {}", 100.0 * best.at_threshold, best.elapsed_day),
        ),
        cell(
            format!("P(≥ {THRESHOLD}) is {} or more", percent(WANTED)),
            outlook
                .window
                .map_or("on no day".to_owned(), |(first, last)| format!("days {first} to {last}")),
        ),
        cell(format!("P(> {TOO_HIGH}) at any time"), percent(outlook.ever_too_high)),
        cell(
            format!("days ≥ {THRESHOLD}, 90 % of patients"),
            format!("{:.0} ({:.0} to {:.0})", days.q50, days.q05, days.q95),
        ),
    ]
}

/// A share in per cent, small ones with what is left of them.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", in_percent(share))
}

/// A share in per cent, without the sign.
pub(super) fn in_percent(share: f64) -> String {
    match share {
        s if s < 5e-4 => "< 0.1".to_owned(),
        s if s < 0.1 => format!("{:.1}", 100.0 * s),
        s => format!("{:.0}", 100.0 * s),
    }
}

/// A short name with a true multiplication sign.
pub(super) fn in_words(short: &str) -> String {
    short.replace(" x", " × ")
}

fn series(label: &str, values: Vec<f64>, colour: Colour, dash: Dash) -> Series {
    Series { label: label.to_owned(), values, colour, dash }
}

/// A variant is told apart by its dash first, by its colour second.
fn variant_series(course: &RegimenCourse) -> Series {
    let variant = course.set.variant;
    let colour = match variant {
        Variant::A => Colour::ORANGE,
        Variant::C => Colour::GREEN,
        Variant::D => Colour::PURPLE,
        _ => Colour::APPROVED,
    };
    let letter = variant.name().chars().next().unwrap_or_default();
    series(variant.name(), course.platelets(), colour, Dash::of_variant(letter))
}

fn mechanism_panels(course: &RegimenCourse, colour: Colour) -> Vec<MechanismPanel> {
    let mut panels = Vec::new();
    if course.conc().iter().any(|conc| *conc > 0.0) {
        panels.push(MechanismPanel {
            y_title: "Concentration (ng/mL)".to_owned(),
            series: vec![series("", course.conc(), colour, Dash::Solid)],
            log: false,
            reference: None,
        });
    }
    panels.extend(course.set.model.panels().iter().filter_map(|panel| {
        let shown = panel.curves.iter().filter_map(|(column, label)| {
            let values = course.relative_readout(column)?;
            Some(series(label, values, colour_of(column, colour), Dash::Solid))
        });
        let series: Vec<Series> = shown.collect();
        let y_title = format!("{} (relative to baseline)", panel.title);
        (!series.is_empty()).then_some(MechanismPanel {
            y_title,
            series,
            log: false,
            reference: Some(1.0),
        })
    }));
    panels
}

/// The colour of a readout; `colour` where it has none of its own.
fn colour_of(column: &str, colour: Colour) -> Colour {
    match column {
        "tpo_pm" => Colour::PURPLE,
        "progenitors" => Colour::SKY_BLUE,
        _ => colour,
    }
}

fn doses(course: &RegimenCourse) -> Vec<DoseMark> {
    let doses = course.course.doses.iter().filter(|(_, fate)| *fate != Fate::Stopped);
    doses
        .map(|(dose, fate)| DoseMark { day: dose.time.in_days(), taken: *fate == Fate::Taken })
        .collect()
}

fn title(course: &RegimenCourse) -> String {
    let name = &course.scenario.title;
    let windows = course.windows_days();
    match (course.maximum, windows.as_slice()) {
        (None, _) => format!("{name}: the count stays at {:.1}", course.baseline()),
        (Some(_), [(from, to)]) if course.is_cut() => {
            format!("{name}: at or above {THRESHOLD} from day {from:.1} to the end, day {to:.0}")
        }
        (Some(_), [(from, to)]) => {
            format!("{name}: at or above {THRESHOLD} from day {from:.1} to day {to:.1}")
        }
        (Some(maximum), []) if course.baseline() < THRESHOLD => {
            format!("{name}: the count reaches {:.1} and stays below {THRESHOLD}", maximum.value)
        }
        (Some(maximum), _) => {
            let day = maximum.elapsed_days();
            format!("{name}: the count rises to {:.0} at day {day:.1}", maximum.value)
        }
    }
}

fn model_name(course: &RegimenCourse) -> String {
    let name = course.set.title();
    let label = match course.scenario.label {
        Label::Outside => "; outside the label",
        Label::Approved | Label::None => "",
    };
    format!("{name}, {}{label}", subject(course))
}

fn subject(course: &RegimenCourse) -> String {
    let changes = &course.scenario.set;
    let is_healthy = course.set.population == Population::HEALTHY;
    let who = if is_healthy { "healthy volunteer" } else { "patient" };
    if changes.is_empty() {
        return format!("typical {who}");
    }
    let values = changes.iter().map(|(symbol, value)| {
        let unit = course.set.symbol(symbol).map_or("", |symbol| symbol.unit);
        format!("{symbol} {value} {unit}")
    });
    format!("{who} with {}", values.collect::<Vec<_>>().join(", "))
}

fn caption(course: &RegimenCourse, others: &[RegimenCourse], many: Option<&Answer>) -> String {
    let mut caption = course.scenario.note.clone();
    let _ = write!(caption, " {} ", course.set.model.origin());
    caption += "The line is one ";
    caption += &subject(course);
    caption += ", without variability. ";
    if let Some(Answer { outlook, baseline, .. }) = many {
        let _ = write!(
            caption,
            "Band: 90 % of {} virtual patients measured below {} before treatment, seed {SEED}, variant {}. \
             Probabilities are those of a measured count. ",
            outlook.subjects,
            baseline.count(),
            course.set.variant
        );
    }
    if !others.is_empty() {
        caption += "All four structural variants are drawn, each calibrated: counts alone cannot tell \
                    them apart. Above the platelets, variant B. ";
    }
    if !course.windows_days().is_empty() {
        let _ = write!(caption, "Shaded: at or above {THRESHOLD} × 10⁹/L. ");
    }
    if course.course.doses.iter().any(|(_, fate)| *fate == Fate::Missed) {
        caption += "Hollow mark: missed dose. ";
    }
    if course.course.stopped_at.is_some() {
        caption += "Bar: the stopping rule is met. ";
    }
    caption.trim_end().to_owned()
}

fn strip(course: &RegimenCourse) -> Vec<(String, String)> {
    let Some(maximum) = course.maximum else {
        return vec![("count".to_owned(), format!("{:.1} throughout", course.baseline()))];
    };
    let mut strip = vec![
        ("maximum (10⁹/L)".to_owned(), format!("{:.1}", maximum.value)),
        ("reached".to_owned(), format!("day {:.1}", maximum.elapsed_days())),
    ];
    if course.baseline() < THRESHOLD {
        let first = course.windows.first().map(|window| window.from_h / HOURS_PER_DAY);
        let last = course.windows.last().map(|window| window.to_h / HOURS_PER_DAY);
        let day = |day: Option<f64>| day.map_or("never".to_owned(), |day| format!("day {day:.1}"));
        let last = if course.is_cut() { "after the end".to_owned() } else { day(last) };
        strip.push((format!("first at ≥ {THRESHOLD}"), day(first)));
        strip.push((format!("last at ≥ {THRESHOLD}"), last));
        let at_least = if course.is_cut() { "at least " } else { "" };
        strip
            .push((format!("days ≥ {THRESHOLD}"), format!("{at_least}{:.1}", course.days_above())));
    }
    if let Some(stop) = course.course.stopped_at {
        strip.push(("stopped".to_owned(), format!("visit day {:.0}", stop.in_days() + 1.0)));
    }
    strip
}
