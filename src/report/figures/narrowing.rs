//! What observations tell: how far they narrow a forecast, and what can be called from it, by group.

use crate::error::Result;
use crate::report::drawing::axis::{Axis, Tick};
use crate::report::drawing::canvas::{Canvas, Lettering};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::marks::EndLabel;
use crate::report::drawing::page::{Block, MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel, X_AXIS_HEIGHT};
use crate::report::drawing::theme::{Anchor, Colour, Fill, Stroke, Type};

/// Shares of the subjects of a group in per cent: those with a high and with a low probability of an event, each by whether
/// it came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Called {
    /// High probability, and the event came.
    pub high_came: f64,
    /// High probability, and it did not come.
    pub high_failed: f64,
    /// Low probability, and it did not come.
    pub low_failed: f64,
    /// Low probability, and it came.
    pub low_came: f64,
}

/// Subjects that have something in common.
#[derive(Debug, Clone, PartialEq)]
pub struct NarrowingGroup {
    /// What they have in common.
    pub name: String,
    /// How many they are, in words.
    pub size: String,
    /// Colour of its line.
    pub colour: Colour,
    /// Width of the interval after each number of observations, in the unit of the axis.
    pub widths: Vec<f64>,
    /// What is called after each number of observations.
    pub called: Vec<Called>,
}

/// A figure of what observations tell.
#[derive(Debug, Clone, PartialEq)]
pub struct NarrowingFigure {
    /// The answer in words.
    pub title: String,
    /// What is drawn.
    pub caption: String,
    /// What the widths are, with their unit.
    pub widths_title: String,
    /// What the groups have in common, with its unit.
    pub groups_title: String,
    /// What is counted along the horizontal axes.
    pub x_title: String,
    /// The numbers of observations in words.
    pub x_labels: Vec<String>,
    /// High and low probabilities in words, and the event and its absence.
    pub key: ([String; 2], [String; 2]),
    /// The groups, in a meaningful order.
    pub groups: Vec<NarrowingGroup>,
}

const HEIGHT: f64 = 56.0;
/// Frame of the widths (mm).
const WIDTHS: f64 = 56.0;
/// From the end labels of the widths to the numbers of the other axis (mm).
const GAP: f64 = 7.0;
const COLUMN_GAP: f64 = 4.0;
const KEY_ROW: f64 = 5.0;
const SWATCH: f64 = 3.2;
/// Half the width of a bar, where its neighbours stand at a distance of 1.
const HALF: f64 = 0.36;
/// Opacity of what came out otherwise than called.
const PALE: f64 = 0.35;

/// Draws the figure.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &NarrowingFigure, lettering: Lettering) -> Result<String> {
    let page = Page::new(SHEET_WIDTH, &figure.title, "", &figure.caption);
    let layout = Layout::new(figure, page.top() + 2.0);
    let key_top = layout.widths.frame.bottom() + X_AXIS_HEIGHT + 2.0;
    let mut canvas = page.cut(key_top + 2.0 * KEY_ROW);
    draw_widths(&mut canvas, &layout.widths, figure);
    layout.groups_title.draw(&mut canvas, layout.bars_left, page.top() + 2.0);
    for (i, (panel, group)) in layout.bars.iter().zip(&figure.groups).enumerate() {
        draw_bars(&mut canvas, panel, group, i == 0);
    }
    if let (Some(first), Some(last)) = (layout.bars.first(), layout.bars.last()) {
        let middle = f64::midpoint(first.frame.left, last.frame.right());
        let style = Type::TEXT.anchored(Anchor::Middle);
        canvas.text((middle, first.frame.bottom() + 8.8), &figure.x_title, style);
    }
    draw_key(&mut canvas, &figure.key, key_top);
    canvas.finish(lettering)
}

struct Layout {
    widths: Panel,
    bars_left: f64,
    groups_title: Block,
    bars: Vec<Panel>,
}

impl Layout {
    fn new(figure: &NarrowingFigure, top: f64) -> Self {
        let widths = figure.groups.iter().flat_map(|group| group.widths.iter().copied());
        let y = Axis::from_zero(widths, 5, &figure.widths_title);
        let percent = Axis::linear(0.0, 100.0, 5, "");
        let heading = |group: &NarrowingGroup, width: f64| -> f64 {
            names(group, width).iter().map(Block::height).sum()
        };
        let left = MARGIN + y.label_width() + 1.6;
        let count = figure.groups.len().max(1) as f64;
        let bars_left = left + WIDTHS + Panel::end_label_room(&labels(figure)) + GAP;
        let room = SHEET_WIDTH - MARGIN - bars_left;
        let groups_title = Block::new(&figure.groups_title, room, Type::TEXT);
        let first = bars_left + percent.label_width() + 1.6;
        let width = (SHEET_WIDTH - MARGIN - first - COLUMN_GAP * (count - 1.0)) / count;
        let headings = figure.groups.iter().map(|group| heading(group, width));
        let frame_top = top + groups_title.height() + headings.fold(0.0, f64::max) + 2.4;
        let bar = |i: usize| {
            let x = first + i as f64 * (width + COLUMN_GAP);
            let frame = Rect::new(x, frame_top, width, HEIGHT);
            Panel::new(frame, observations(figure, 0.5), percent.clone())
        };
        Self {
            widths: Panel::new(
                Rect::new(left, frame_top, WIDTHS, HEIGHT),
                observations(figure, 0.1),
                y,
            ),
            bars_left,
            groups_title,
            bars: (0..figure.groups.len()).map(bar).collect(),
        }
    }
}

/// The axis of the numbers of observations, with room at both ends.
fn observations(figure: &NarrowingFigure, room: f64) -> Axis {
    let last = figure.x_labels.len().saturating_sub(1) as f64;
    let mut axis = Axis::linear(-room, last + room, 1, &figure.x_title);
    let tick = |(i, label): (usize, &String)| Tick { at: i as f64, label: label.clone() };
    axis.ticks = figure.x_labels.iter().enumerate().map(tick).collect();
    axis
}

fn labels(figure: &NarrowingFigure) -> Vec<EndLabel> {
    let label = |group: &NarrowingGroup| EndLabel {
        value: group.widths.last().copied().unwrap_or(f64::NAN),
        text: group.name.clone(),
        stroke: Stroke::data(group.colour),
    };
    figure.groups.iter().map(label).collect()
}

fn places(count: usize) -> Vec<f64> {
    (0..count).map(|i| i as f64).collect()
}

fn draw_widths(canvas: &mut Canvas, panel: &Panel, figure: &NarrowingFigure) {
    panel.draw_axes(canvas, Furniture::ALL);
    for group in &figure.groups {
        let xs = places(group.widths.len());
        panel.curve(canvas, &group.name, (&xs, &group.widths), Stroke::data(group.colour));
        for (x, width) in xs.iter().zip(&group.widths) {
            panel.point(canvas, (*x, *width), 0.95, group.colour);
        }
    }
    panel.end_labels(canvas, &labels(figure));
}

/// Name and size of a group, above its bars.
fn names(group: &NarrowingGroup, width: f64) -> [Block; 2] {
    let style = Type::VALUE.coloured(group.colour.for_text());
    [Block::new(&group.name, width, style), Block::new(&group.size, width, Type::NOTE)]
}

fn draw_bars(canvas: &mut Canvas, panel: &Panel, group: &NarrowingGroup, first: bool) {
    let mut foot = panel.frame.top - 1.2;
    for block in names(group, panel.frame.width).iter().rev() {
        foot -= block.height();
        block.draw(canvas, panel.frame.left, foot);
    }
    panel.draw_axes(canvas, Furniture { x_labels: true, y_labels: first, ..Furniture::NONE });
    for (x, called) in places(group.called.len()).into_iter().zip(&group.called) {
        let mut bar = |from: f64, to: f64, fill: Fill| {
            if to > from {
                panel.bar_between(canvas, (x - HALF, x + HALF), (from, to), fill);
            }
        };
        let Called { high_came, high_failed, low_failed, low_came } = *called;
        let [high, high_wrong, low, low_wrong] = fills();
        bar(0.0, 100.0, Fill::shade());
        bar(0.0, high_came, high);
        bar(high_came, high_came + high_failed, high_wrong);
        bar(100.0 - low_failed, 100.0, low);
        bar(100.0 - low_failed - low_came, 100.0 - low_failed, low_wrong);
    }
}

/// Those of high probabilities, from which the event came or not, then those of low ones, from which it did not or did.
fn fills() -> [Fill; 4] {
    let pale = |colour| Fill { colour, opacity: PALE };
    let (high, low) = (Colour::BLUE, Colour::ORANGE);
    [Fill::solid(high), pale(high), Fill::solid(low), pale(low)]
}

/// A row for the high probabilities and one for the low ones.
fn draw_key(canvas: &mut Canvas, (probabilities, events): &([String; 2], [String; 2]), top: f64) {
    let [high, low] = probabilities;
    let [came, failed] = events;
    let words = [(high, came), (high, failed), (low, failed), (low, came)];
    for (i, ((probability, event), fill)) in words.into_iter().zip(fills()).enumerate() {
        let x = MARGIN + (i % 2) as f64 * (SHEET_WIDTH - 2.0 * MARGIN) / 2.0;
        let row = top + (i / 2) as f64 * KEY_ROW;
        let swatch = Rect::new(x, row + (KEY_ROW - SWATCH) / 2.0, SWATCH, SWATCH);
        canvas.rect(swatch, Fill::shade());
        canvas.rect(swatch, fill);
        let baseline = row + KEY_ROW / 2.0 + Type::TEXT.centre_drop();
        canvas.text((x + SWATCH + 1.6, baseline), &format!("{probability}, {event}"), Type::TEXT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::testing::assert_presentable;

    fn figure(groups: usize, observations: usize) -> NarrowingFigure {
        let called = |i: usize| Called {
            high_came: 10.0 * (i + 1) as f64,
            high_failed: 5.0,
            low_failed: 20.0,
            low_came: 3.0,
        };
        let group = |i: usize| NarrowingGroup {
            name: format!("{} to {}", 10 * i, 10 * i + 10),
            size: "1,234 patients".to_owned(),
            colour: Colour::dose_ramp(i as f64 / 4.0),
            widths: (0..observations).map(|n| 120.0 / (n + 1) as f64 + i as f64).collect(),
            called: (0..observations).map(called).collect(),
        };
        NarrowingFigure {
            title: "Three counts narrow the 90 % interval from 120 to 40 × 10⁹/L".to_owned(),
            caption: "Virtual patients.".to_owned(),
            widths_title: "Width of the 90 % interval (10⁹/L)".to_owned(),
            groups_title: "Patients (%), by the count before treatment (10⁹/L)".to_owned(),
            x_title: "Number of counts".to_owned(),
            x_labels: (0..observations).map(|n| n.to_string()).collect(),
            key: (
                ["probability of 70 % or more", "probability of 30 % or less"].map(str::to_owned),
                ["measured at 50 or more", "measured below 50"].map(str::to_owned),
            ),
            groups: (0..groups).map(group).collect(),
        }
    }

    #[test]
    fn invariant_any_number_of_groups_and_observations_is_presentable() -> Result<()> {
        for (groups, observations) in [(0, 0), (1, 1), (3, 4), (4, 5)] {
            let svg = draw(&figure(groups, observations), Lettering::FromPage)?;
            assert_presentable(&svg);
            let circles = svg.lines().filter(|line| line.starts_with("<circle")).count();
            assert_eq!(circles, 2 * groups * observations, "a point with its rim");
        }
        Ok(())
    }

    #[test]
    fn invariant_every_bar_has_its_parts_and_none_is_hidden() -> Result<()> {
        let svg = draw(&figure(3, 4), Lettering::FromPage)?;
        let parts = |colour: &str| {
            let is_part = |line: &&str| line.starts_with("<polygon") && line.contains(colour);
            svg.lines().filter(is_part).count()
        };
        // Two of each colour in every bar, and two in the key.
        assert_eq!((parts("#0072B2"), parts("#E69F00")), (2 * 3 * 4 + 2, 2 * 3 * 4 + 2));
        Ok(())
    }
}
