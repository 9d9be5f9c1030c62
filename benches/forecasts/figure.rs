//! The figure of what counts tell, drawn from its numbers alone.

use super::evidence::{
    BASELINES, Evidence, LEVEL, TARGET_DAY, UNLIKELY, VISITS, WANTED, in_words, of_baseline,
};
use thrombopoiesis::error::Result;
use thrombopoiesis::report::Lettering;
use thrombopoiesis::report::drawing::theme::Colour;
use thrombopoiesis::report::figures::narrowing::{Called, NarrowingFigure, NarrowingGroup, draw};

/// The figure as SVG.
///
/// # Errors
/// It cannot be drawn.
pub(crate) fn figure(rows: &[Evidence]) -> Result<String> {
    let all = of_baseline(rows, BASELINES[0]);
    let parts = &BASELINES[1..];
    let share = |i: usize| i as f64 / (parts.len() - 1) as f64;
    let groups = parts.iter().enumerate().map(|(i, own)| group(rows, *own, share(i))).collect();
    let days = VISITS.map(|day| day.to_string());
    let [first @ .., last] = &days;
    let percent = |p: f64| 100.0 * p;
    let figure = NarrowingFigure {
        title: title(&all),
        caption: format!(
            "{} virtual patients with a measured count below {LEVEL} × 10⁹/L before treatment take 3 mg once daily for 7 days. Without a \
             count it is known only that it was below {LEVEL}; later counts are those of elapsed days {} and {last}. Left: median \
             width of the 90 % interval of the true count on elapsed day {TARGET_DAY}. Right: probability of measuring {LEVEL} or \
             more on that day, and what was measured; grey: probability between {} and {} %.",
            all.first().map_or(0, |own| own.patients),
            first.join(", "),
            percent(UNLIKELY),
            percent(WANTED),
        ),
        widths_title: "Width of the 90 % interval (10⁹/L)".to_owned(),
        groups_title: "Patients (%), by the count before treatment (10⁹/L)".to_owned(),
        x_title: "Number of known counts".to_owned(),
        x_labels: (0..=VISITS.len()).map(|counts| counts.to_string()).collect(),
        key: (
            [
                format!("probability of {} % or more", percent(WANTED)),
                format!("probability of {} % or less", percent(UNLIKELY)),
            ],
            [format!("measured at {LEVEL} or more"), format!("measured below {LEVEL}")],
        ),
        groups,
    };
    draw(&figure, Lettering::Embedded)
}

/// The widths of all patients after each number of counts.
fn title(all: &[&Evidence]) -> String {
    let width = |counts: usize| all.get(counts).map_or(f64::NAN, |own| own.width);
    format!(
        "Forecast of elapsed day {TARGET_DAY}: the 90 % interval is {:.0} × 10⁹/L wide after a count before treatment, {:.0} with one on \
         day {}, {:.0} with another on day {}",
        width(1),
        width(2),
        VISITS[1],
        width(3),
        VISITS[2]
    )
}

fn group(rows: &[Evidence], baseline: (f64, f64), share: f64) -> NarrowingGroup {
    let own = of_baseline(rows, baseline);
    let called = |own: &&Evidence| {
        let percent = |number: usize| 100.0 * number as f64 / own.patients.max(1) as f64;
        Called {
            high_came: percent(own.high.1),
            high_failed: percent(own.high.0 - own.high.1),
            low_failed: percent(own.low.0 - own.low.1),
            low_came: percent(own.low.1),
        }
    };
    NarrowingGroup {
        name: in_words(baseline),
        size: format!("{} patients", own.first().map_or(0, |own| own.patients)),
        colour: Colour::dose_ramp(share),
        widths: own.iter().map(|own| own.width).collect(),
        called: own.iter().map(called).collect(),
    }
}
