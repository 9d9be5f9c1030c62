//! What every panel of platelet counts says: the levels, the days at or above the lower one, the maximum.

use super::axis::{Axis, number};
use super::canvas::{Canvas, text_width};
use super::geometry::keep;
use super::marks::Curve;
use super::panel::Panel;
use super::theme::{Anchor, Colour, Fill, Stroke, Type};
use crate::window::{THRESHOLD, TOO_HIGH};

/// Title of the axis.
pub const TITLE: &str = "Platelets (10⁹/L)";

/// The counts that a panel marks (10⁹/L).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levels {
    /// From here on a procedure needs no transfusion.
    pub enough: f64,
    /// Above this the risk of thrombosis is a concern.
    pub too_many: f64,
}

impl Levels {
    /// Those that are asked about unless others are.
    pub const USUAL: Self = Self { enough: THRESHOLD, too_many: TOO_HIGH };

    /// Both, rising.
    fn both(self) -> [f64; 2] {
        [self.enough, self.too_many]
    }
}

/// The axis of platelet counts from 0 to `most` (10⁹/L).
#[must_use]
pub fn axis(most: f64) -> Axis {
    Axis::linear(0.0, most, 4, TITLE)
}

/// The thresholds inside the range, dashed; to be drawn before the curves.
pub fn draw_thresholds(panel: &Panel, canvas: &mut Canvas, levels: Levels) {
    for level in levels.both() {
        panel.level(canvas, level, Stroke::reference());
    }
}

/// The labels of the thresholds, clear of the curves; to be drawn after them.
pub fn label_thresholds(panel: &Panel, canvas: &mut Canvas, levels: Levels, curves: &[Curve<'_>]) {
    for level in levels.both() {
        panel.label_level(canvas, level, &level_words(level), curves);
    }
}

/// A level as it is written: in full, since it was chosen.
#[must_use]
pub fn level_words(level: f64) -> String {
    format!("{level}")
}

/// A count as it is written: no decimals from 100 on.
#[must_use]
pub fn count_words(count: f64) -> String {
    number(count, usize::from(count.abs() < 99.95))
}

/// The shade under a curve between the first and the last day of each interval (days).
pub fn shade_windows(
    panel: &Panel,
    canvas: &mut Canvas,
    curve: Curve<'_>,
    windows: &[(f64, f64)],
    colour: Colour,
) {
    for &window in windows {
        panel.window(canvas, curve, window, Fill::window(colour));
    }
}

/// First and last day of each interval, written above the axis inside its shade.
pub fn label_windows(
    panel: &Panel,
    canvas: &mut Canvas,
    level: f64,
    windows: &[(f64, f64)],
    colour: Colour,
) {
    let style = Type::NOTE.coloured(colour.for_text()).over_lines();
    let mut taken = f64::NEG_INFINITY;
    for &(from, to) in windows.iter().filter(|(from, to)| panel.x.holds(*from) && to > from) {
        let words = WindowWords::new(panel, level, (from, to));
        let base = if crowded(panel, level) { panel.y_at(level) } else { panel.frame.bottom() };
        let low = base - 1.5;
        let baseline = if words.left() < taken + 1.0 { low - style.line_height() } else { low };
        words.draw(canvas, baseline, style);
        taken = words.right();
    }
}

/// Whether the lower threshold lies so close to the axis that no words fit between.
fn crowded(panel: &Panel, level: f64) -> bool {
    panel.frame.bottom() - panel.y_at(level) < 5.0
}

/// The words about one interval and where they stand (mm).
struct WindowWords {
    pieces: Vec<(f64, String)>,
}

impl WindowWords {
    fn new(panel: &Panel, level: f64, (from, to): (f64, f64)) -> Self {
        let open = to >= panel.x.high - 1e-9;
        // The label of the threshold stands at the right edge; keep clear of it.
        let right = if open { panel.frame.right() - 8.0 } else { panel.x_at(to) - 1.2 };
        let left = panel.x_at(from) + 1.2;
        let first = format!("day {}", number(from, 1));
        let last = if open { "and beyond".to_owned() } else { format!("day {}", number(to, 1)) };
        let width = |words: &str| text_width(words, Type::NOTE);
        if !crowded(panel, level) && width(&first) + width(&last) + 3.0 <= right - left {
            let long = |days: &str| format!("{days} days at or above {}", level_words(level));
            let days = (!open).then(|| number(to - from, 1));
            return Self::apart(
                (left, right),
                (first, last),
                days.map(|d| (long(&d), format!("{d} days"))),
            );
        }
        let both = if open {
            format!("from day {} on", number(from, 1))
        } else {
            format!("days {} to {}", number(from, 1), number(to, 1))
        };
        let inside = left + (right - left - width(&both)) / 2.0;
        let beside = (right + 2.4).min(panel.frame.right() - 8.0 - width(&both));
        let start = if width(&both) <= right - left { inside } else { beside };
        Self { pieces: vec![(start, both)] }
    }

    /// First day at the left, last day at the right, between them how long, where there is room.
    fn apart(
        (left, right): (f64, f64),
        (first, last): (String, String),
        days: Option<(String, String)>,
    ) -> Self {
        let width = |words: &str| text_width(words, Type::NOTE);
        let (after, before) = (left + width(&first), right - width(&last));
        let mut pieces = vec![(left, first), (before, last)];
        if let Some((long, short)) = days {
            let fits = |words: &String| width(words) + 8.0 <= before - after;
            if let Some(words) = [long, short].into_iter().find(fits) {
                pieces.insert(1, (after + (before - after - width(&words)) / 2.0, words));
            }
        }
        Self { pieces }
    }

    fn left(&self) -> f64 {
        self.pieces[0].0
    }

    fn right(&self) -> f64 {
        self.pieces.iter().map(|(x, words)| x + text_width(words, Type::NOTE)).fold(0.0, f64::max)
    }

    fn draw(&self, canvas: &mut Canvas, baseline: f64, style: Type) {
        for (x, words) in &self.pieces {
            canvas.text((*x, baseline), words, style);
        }
    }
}

/// The maximum, marked and written above the `others`, curves that share the days `over`; above the
/// axis an arrow says so.
pub fn draw_maximum(
    panel: &Panel,
    canvas: &mut Canvas,
    (day, count): (f64, f64),
    colour: Colour,
    (over, others): (&[f64], &[&[f64]]),
) {
    if !panel.x.holds(day) || !count.is_finite() {
        return;
    }
    let style = Type::VALUE.coloured(colour.for_text()).over_lines();
    let words = format!("{} at day {}", count_words(count), number(day, 1));
    let (x, y) = panel.at_within(day, count);
    let half = text_width(&words, style) / 2.0;
    let style = style.anchored(Anchor::Middle);
    if count > panel.y.high {
        let x = keep(x, panel.frame.left + half + 4.0, panel.frame.right() - half - 1.0);
        canvas.text((x, panel.frame.top + 3.6), &format!("↑ {words}"), style);
        return;
    }
    panel.point(canvas, (day, count), 0.85, colour);
    // Close to the upper edge the words stand above the frame, where the title of the axis is.
    let y = others
        .iter()
        .flat_map(|curve| over.iter().zip(curve.iter()))
        .filter(|(day, count)| count.is_finite() && (panel.x_at(**day) - x).abs() <= half)
        .map(|(_, count)| panel.y_at(*count))
        .fold(y, f64::min)
        .max(panel.frame.top);
    let title =
        if y - panel.frame.top < 5.2 { text_width(&panel.y.title, Type::TEXT) } else { 0.0 };
    let least = panel.frame.left + title + half + 1.0;
    let x = keep(x, least, panel.frame.right() - half - 1.0);
    canvas.text((x, y - 2.2), &words, style);
}
