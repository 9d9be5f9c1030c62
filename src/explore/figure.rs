//! The figure of the page: counts above, probabilities below, over the same days.

use super::answer::Answer;
use super::settings::Settings;
use super::view::View;
use super::words;
use crate::error::Result;
use crate::report::Lettering;
use crate::report::drawing::axis::{Axis, number};
use crate::report::drawing::canvas::{Canvas, text_width};
use crate::report::drawing::geometry::{Rect, interpolate};
use crate::report::drawing::marks::{Curve, EndLabel, TopMark};
use crate::report::drawing::page::MARGIN;
use crate::report::drawing::panel::{Furniture, Panel, X_AXIS_HEIGHT};
use crate::report::drawing::platelets;
use crate::report::drawing::theme::{Anchor, Colour, Dash, Fill, Stroke, Type};
use crate::window::{TOO_HIGH, WANTED};

/// Widths that a figure may have, mm.
pub(super) const WIDTHS: (f64, f64) = (80.0, 260.0);
const COUNTS_HEIGHT: f64 = 62.0;
const NARROW_COUNTS_HEIGHT: f64 = 46.0;
const CHANCES_HEIGHT: f64 = 30.0;
const TOP: f64 = 9.0;
const GAP: f64 = 9.5;
const LEGEND_HEIGHT: f64 = 6.0;
/// Below this width (mm) a line of names under the figure replaces those beside the curves.
const NARROW: f64 = 125.0;

/// Curves over the visit days, in elapsed days.
#[derive(Default)]
struct Daily {
    day: Vec<f64>,
    low: Vec<f64>,
    median: Vec<f64>,
    high: Vec<f64>,
    enough: Vec<f64>,
    too_many: Vec<f64>,
}

impl Daily {
    /// Empty where nothing is to be expected.
    fn of(answer: &Answer) -> Self {
        let Some(outlook) = &answer.outlook else { return Self::default() };
        let days = &outlook.days;
        let of = |value: &dyn Fn(&crate::window::Day) -> f64| days.iter().map(value).collect();
        Self {
            day: of(&|day| day.elapsed_day as f64),
            low: of(&|day| day.count.q05),
            median: of(&|day| day.count.q50),
            high: of(&|day| day.count.q95),
            enough: of(&|day| 100.0 * day.at_threshold),
            too_many: of(&|day| 100.0 * day.too_high),
        }
    }
}

/// Draws the answer on a sheet `width` mm wide.
///
/// # Errors
/// If the drawing back-end fails.
pub(super) fn draw(
    (view, answer): (&View, &Answer),
    settings: &Settings,
    caption: &str,
    width: f64,
) -> Result<String> {
    let daily = Daily::of(answer);
    let colour = colour(view, settings);
    let [counts, chances] = lay_out(view, answer, &daily, width);
    let legend = if is_narrow(width) { LEGEND_HEIGHT } else { 0.0 };
    let height = chances.frame.bottom() + X_AXIS_HEIGHT + legend + MARGIN;
    let mut canvas = Canvas::new(width, height, &words::sentence(view, answer), caption);
    canvas.rect(Rect::new(0.0, 0.0, width, height), Fill::solid(Colour::WHITE));
    draw_counts(&mut canvas, &counts, (view, answer), &daily, colour);
    draw_procedure(&mut canvas, [&counts, &chances], view.start as f64);
    draw_chances(&mut canvas, &chances, (view, answer), &daily, colour);
    draw_doses(&mut canvas, &counts, view);
    if is_narrow(width) {
        draw_legend(&mut canvas, height - MARGIN - 0.8, (view, answer), colour);
    }
    for (panel, lift) in [(&counts, 4.8), (&chances, 2.6)] {
        panel.draw_y_title(&mut canvas, MARGIN, lift);
    }
    canvas.finish(Lettering::FromPage)
}

/// Blue as the label says, orange outside it, grey for placebo.
fn colour(view: &View, settings: &Settings) -> Colour {
    match words::label(view, settings) {
        _ if view.dose <= 0.0 => Colour::PLACEBO,
        (true, _) => Colour::OFF_LABEL,
        (false, _) => Colour::APPROVED,
    }
}

fn count_labels(answer: &Answer, daily: &Daily, colour: Colour) -> Vec<EndLabel> {
    let last = |values: &[f64]| values.last().copied().unwrap_or(f64::NAN);
    let label =
        |text: &str, value: f64, stroke: Stroke| EndLabel { value, text: text.to_owned(), stroke };
    vec![
        label("median", last(&daily.median), Stroke::main(colour)),
        label("typical", last(&answer.typical.count), typical_stroke()),
    ]
}

fn typical_stroke() -> Stroke {
    Stroke::new(Colour::HEADLINE, 1.1).with_dash(Dash::Dashed)
}

fn chance_labels(view: &View, daily: &Daily, colour: Colour) -> Vec<EndLabel> {
    let last = |values: &[f64]| values.last().copied().unwrap_or(f64::NAN);
    vec![
        EndLabel {
            value: last(&daily.enough),
            text: format!("≥ {}", words::shown(view.threshold)),
            stroke: Stroke::main(colour),
        },
        EndLabel {
            value: last(&daily.too_many),
            text: format!("> {TOO_HIGH}"),
            stroke: Stroke::data(Colour::OVERSHOOT),
        },
    ]
}

/// What the band is.
fn band_name(answer: &Answer) -> &'static str {
    match (&answer.outlook, answer.given) {
        (None, _) => "points: counts",
        (Some(_), None) => "band: 90 % of patients",
        (Some(_), Some(_)) => "points: counts, band: 90 %",
    }
}

/// The two panels, with the same left and right edges.
fn lay_out(view: &View, answer: &Answer, daily: &Daily, width: f64) -> [Panel; 2] {
    let days = Axis::weeks(0.0, answer.typical.day.last().copied().unwrap_or(0.0));
    let highest = daily.high.iter().chain(&answer.typical.count).copied();
    let highest = highest.chain(view.counts.iter().map(|own| own.count));
    let counts = Axis::from_zero(highest.chain([view.threshold]), 4, platelets::TITLE);
    let chances = Axis::linear(0.0, 100.0, 2, "Probability of a measured count (%)");
    let labels =
        [count_labels(answer, daily, Colour::BLACK), chance_labels(view, daily, Colour::BLACK)];
    let room = labels.iter().map(|labels| Panel::end_label_room(labels)).fold(0.0, f64::max);
    // Half of the last number under the axis stands beyond it.
    let room = if is_narrow(width) { 2.0 } else { room };
    let numbers = text_width("100", Type::TICK);
    let left = MARGIN + numbers + 1.6;
    let frame = |top, height| Rect::new(left, top, width - MARGIN - room - left, height);
    let height = if is_narrow(width) { NARROW_COUNTS_HEIGHT } else { COUNTS_HEIGHT };
    let lower = TOP + height + GAP;
    [
        Panel::new(frame(TOP, height), days.clone(), counts),
        Panel::new(frame(lower, CHANCES_HEIGHT), days, chances),
    ]
}

fn draw_counts(
    canvas: &mut Canvas,
    panel: &Panel,
    (view, answer): (&View, &Answer),
    daily: &Daily,
    colour: Colour,
) {
    let typical = &answer.typical;
    panel.draw_axes(canvas, Furniture { y_title: false, ..Furniture::STACKED });
    let levels = [view.threshold, TOO_HIGH];
    for level in levels {
        panel.level(canvas, level, Stroke::reference());
    }
    panel.band(canvas, &daily.day, &daily.low, &daily.high, Fill::band(colour));
    panel.line(canvas, &daily.day, &daily.median, Stroke::main(colour));
    panel.line(canvas, &typical.day, &typical.count, typical_stroke());
    for own in &view.counts {
        panel.point(canvas, (own.elapsed_day, own.count), 0.95, Colour::INK);
    }
    let curves: [Curve<'_>; 2] = [(&daily.day, &daily.median), (&typical.day, &typical.count)];
    for level in levels {
        panel.label_level(canvas, level, &number(level, 0), &curves);
    }
    if !is_narrow(canvas.width()) {
        panel.end_labels(canvas, &count_labels(answer, daily, colour));
    }
    let style = Type::NOTE.anchored(Anchor::End);
    let place = (panel.frame.right(), panel.frame.top - 4.8);
    canvas.text(place, band_name(answer), style);
}

fn draw_chances(
    canvas: &mut Canvas,
    panel: &Panel,
    (view, answer): (&View, &Answer),
    daily: &Daily,
    colour: Colour,
) {
    panel.draw_axes(canvas, Furniture { y_title: false, ..Furniture::ALL });
    let curve = (daily.day.as_slice(), daily.enough.as_slice());
    if let Some(window) = answer.outlook.as_ref().and_then(|outlook| outlook.window) {
        let (first, last) = window;
        // A window of one day has no width: half a day to either side shows it.
        let margin = if first == last { 0.5 } else { 0.0 };
        let (from, to) = (first as f64 - margin, last as f64 + margin);
        panel.window(canvas, curve, (from, to), Fill::window(colour));
    }
    panel.level(canvas, 100.0 * WANTED, Stroke::reference());
    panel.line(canvas, &daily.day, &daily.too_many, Stroke::data(Colour::OVERSHOOT));
    panel.line(canvas, &daily.day, &daily.enough, Stroke::main(colour));
    let label = number(100.0 * WANTED, 0);
    panel.label_level(canvas, 100.0 * WANTED, &label, &[curve]);
    let at = view.start as f64;
    if let Some(chance) = interpolate(&daily.day, &daily.enough, at) {
        panel.point(canvas, (at, chance), 0.85, colour);
        let style = Type::VALUE.coloured(colour.for_text());
        beside_procedure(canvas, panel, at, &format!("{} %", number(chance, 0)), style);
    }
    if !is_narrow(canvas.width()) {
        panel.end_labels(canvas, &chance_labels(view, daily, colour));
    }
}

/// The day of the procedure through both panels, named at its foot.
fn draw_procedure(canvas: &mut Canvas, [counts, chances]: [&Panel; 2], day: f64) {
    for panel in [counts, chances] {
        panel.upright(canvas, day, Stroke::new(Colour::INK, 0.8));
    }
    let words = format!("procedure, day {}", number(day, 0));
    beside_procedure(canvas, counts, day, &words, Type::NOTE.coloured(Colour::INK));
}

/// Words at the foot of the line of the procedure, on the side where there is room.
fn beside_procedure(canvas: &mut Canvas, panel: &Panel, day: f64, words: &str, style: Type) {
    let x = panel.x_at(day);
    let fits = x + 1.2 + text_width(words, style) <= panel.frame.right();
    let (x, anchor) = if fits { (x + 1.2, Anchor::Start) } else { (x - 1.2, Anchor::End) };
    canvas.text((x, panel.frame.bottom() - 2.4), words, style.anchored(anchor).over_lines());
}

fn is_narrow(width: f64) -> bool {
    width < NARROW
}

/// The names of the lines, from left to right.
fn draw_legend(
    canvas: &mut Canvas,
    baseline: f64,
    (view, answer): (&View, &Answer),
    colour: Colour,
) {
    const SWATCH: f64 = 4.0;
    let names = [
        (format!("median, P(≥ {})", words::shown(view.threshold)), Stroke::main(colour)),
        ("typical".to_owned(), typical_stroke()),
        (format!("P(> {TOO_HIGH})"), Stroke::data(Colour::OVERSHOOT)),
    ];
    let mut x = MARGIN;
    let is_drawn = |name: &str| answer.outlook.is_some() || name == "typical";
    for (name, stroke) in names.into_iter().filter(|(name, _)| is_drawn(name)) {
        let middle = baseline - Type::NOTE.centre_drop();
        canvas.path(&[(x, middle), (x + SWATCH, middle)], stroke);
        x += SWATCH + 1.0;
        let style = Type::NOTE.coloured(stroke.colour.for_text());
        canvas.text((x, baseline), &name, style);
        x += text_width(&name, style) + 2.5;
    }
}

/// Doses along the upper edge, missed ones hollow.
fn draw_doses(canvas: &mut Canvas, panel: &Panel, view: &View) {
    let due = if view.dose > 0.0 { view.days } else { 0 };
    for day in 0..due {
        let is_missed = view.missed.contains(&(day + 1));
        let mark = if is_missed { TopMark::Hollow } else { TopMark::Filled };
        panel.top_mark(canvas, day as f64, mark, Colour::INK);
    }
}
