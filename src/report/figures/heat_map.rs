//! A heat map of probabilities over two things that can be chosen, such as two days.

use crate::error::Result;
use crate::report::drawing::axis::{Axis, Tick, number};
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::{Point, Rect};
use crate::report::drawing::outline::outlines;
use crate::report::drawing::page::{FIGURE_WIDTH, MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::panel::{Panel, X_AXIS_HEIGHT, Y_TITLE_HEIGHT};
use crate::report::drawing::theme::{Anchor, Colour, Fill, Stroke, Type};

/// A heat map.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// The answer in words.
    pub title: String,
    /// What is drawn: n, seed, model and variant.
    pub caption: String,
    /// Title of the horizontal axis, with the unit.
    pub x_title: String,
    /// One label a column, from the left.
    pub x_labels: Vec<String>,
    /// Title of the vertical axis, with the unit.
    pub y_title: String,
    /// One label a row, from the bottom up as on any axis.
    pub y_labels: Vec<String>,
    /// Probabilities (0 to 1), row by row in the order of `y_labels`; one that is not a number leaves its cell empty.
    pub values: Vec<Vec<f64>>,
    /// The level that is wanted (0 to 1): cells at or above it are outlined.
    pub wanted: f64,
}

const KEY_HEIGHT: f64 = 7.0;
const ROW: f64 = 6.2;
/// Widest cell (mm).
const WIDEST: f64 = 16.0;
/// Narrowest cell of a figure that is not as wide as a sheet (mm).
const NARROW: f64 = 6.4;
/// Paper between cells (mm).
const GAP: f64 = 0.25;
/// Sizes of the numbers in the cells (pt); where not even the last fits there are none.
const SIZES: [f64; 2] = [8.0, 7.0];

/// Draws a heat map.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(map: &HeatMap, lettering: Lettering) -> Result<String> {
    let (columns, rows) = (map.x_labels.len(), map.y_labels.len());
    let labels = map.y_labels.iter().map(|label| text_width(label, Type::TICK));
    let left = MARGIN + labels.fold(0.0, f64::max) + 1.6;
    let cell = |page: f64| ((page - MARGIN - left) / columns.max(1) as f64).min(WIDEST);
    let fits = cell(FIGURE_WIDTH) >= NARROW
        && text_width(&map.y_title, Type::TEXT).max(text_width(&map.x_title, Type::TEXT))
            <= FIGURE_WIDTH - 2.0 * MARGIN;
    let page_width = if fits { FIGURE_WIDTH } else { SHEET_WIDTH };
    let page = Page::new(page_width, &map.title, "", &map.caption);
    let top = page.top() + KEY_HEIGHT + Y_TITLE_HEIGHT;
    let width = cell(page_width) * columns as f64;
    let frame = Rect::new(left, top, width.max(1.0), ROW * rows as f64);
    let x = axis(&map.x_labels, &map.x_title, frame.width);
    // A row is as high as a line of text, so that no label of it is ever left out.
    let panel = Panel::new(frame, x, axis(&map.y_labels, &map.y_title, f64::INFINITY));

    let mut canvas = page.cut(frame.bottom() + X_AXIS_HEIGHT);
    draw_key(&mut canvas, map, page.top() + 5.0);
    draw_axes(&mut canvas, &panel);
    draw_cells(&mut canvas, &panel, map);
    draw_outlines(&mut canvas, &panel, map);
    canvas.finish(lettering)
}

/// An axis with a tick in the middle of every cell; labels too wide for their cells are thinned out.
fn axis(labels: &[String], title: &str, length: f64) -> Axis {
    let count = labels.len().max(1);
    let widest = labels.iter().map(|l| text_width(l, Type::TICK) + 1.2).fold(0.1, f64::max);
    let every = (1..count).find(|n| *n as f64 * length / count as f64 >= widest).unwrap_or(count);
    let ticks = labels.iter().enumerate().step_by(every);
    let tick = |(i, label): (usize, &String)| Tick { at: i as f64 + 0.5, label: label.clone() };
    let mut axis = Axis::linear(0.0, count as f64, 1, title);
    axis.ticks = ticks.map(tick).collect();
    axis
}

/// Labels and titles. There is no grid and no base line: the cells are their own.
fn draw_axes(canvas: &mut Canvas, panel: &Panel) {
    let frame = panel.frame;
    for tick in &panel.x.ticks {
        let style = Type::TICK.anchored(Anchor::Middle);
        canvas.text((panel.x_at(tick.at), frame.bottom() + 3.9), &tick.label, style);
    }
    for tick in &panel.y.ticks {
        let style = Type::TICK.anchored(Anchor::End);
        let baseline = panel.y_at(tick.at) + style.centre_drop();
        canvas.text((frame.left - 1.6, baseline), &tick.label, style);
    }
    panel.draw_y_title(canvas, MARGIN, 2.2);
    // Under a map that is narrower than its title the title begins at the margin.
    let half = text_width(&panel.x.title, Type::TEXT) / 2.0;
    let middle = (frame.left + frame.width / 2.0).max(MARGIN + half);
    let style = Type::TEXT.anchored(Anchor::Middle);
    canvas.text((middle, frame.bottom() + 8.6), &panel.x.title, style);
}

fn draw_cells(canvas: &mut Canvas, panel: &Panel, map: &HeatMap) {
    let width = panel.frame.width / map.x_labels.len().max(1) as f64;
    let fits = |size: &f64| {
        text_width("100", Type { size_pt: *size, ..Type::TICK }) + 2.0 * GAP + 0.3 <= width
    };
    let size = SIZES.into_iter().find(fits);
    // The gap between cells, in cells.
    let (dx, dy) = (GAP / 2.0 / width, GAP / 2.0 / ROW);
    for (row, values) in map.values.iter().enumerate().take(map.y_labels.len()) {
        for (column, &value) in values.iter().enumerate().take(map.x_labels.len()) {
            if !value.is_finite() {
                continue;
            }
            let (x, y, colour) = (column as f64, row as f64, Colour::heat(value));
            let sides = ((x + dx, x + 1.0 - dx), (y + dy, y + 1.0 - dy));
            panel.cell(canvas, sides.0, sides.1, Fill::solid(colour));
            if let Some(size_pt) = size {
                let style = Type { size_pt, ..Type::TICK };
                let style = style.anchored(Anchor::Middle).coloured(colour.text_on_it());
                let (x, y) = panel.at(x + 0.5, y + 0.5);
                canvas.text((x, y + style.centre_drop()), &percent(value, map.wanted), style);
            }
        }
    }
}

/// A probability in whole percent. One below the wanted level is not rounded up to it, and no other up to certainty.
fn percent(value: f64, wanted: f64) -> String {
    let (value, wanted) = (100.0 * value, 100.0 * wanted);
    let rounded = value.round();
    let too_far = |level: f64| value < level && rounded >= level;
    number(if too_far(wanted) || too_far(100.0) { value.floor() } else { rounded }, 0)
}

fn reaches(map: &HeatMap, column: usize, row: usize) -> bool {
    let value = map.values.get(row).and_then(|values| values.get(column));
    value.is_some_and(|value| *value >= map.wanted)
}

/// The outline of the cells that reach the wanted level: dark, with a rim of paper by which it is seen on dark cells too.
/// The house's grey dashes would drown in the blues.
fn draw_outlines(canvas: &mut Canvas, panel: &Panel, map: &HeatMap) {
    let (columns, rows) = (map.x_labels.len(), map.y_labels.len());
    let lines = outlines(columns, rows, |column, row| reaches(map, column, row));
    for stroke in outline_strokes() {
        for line in &lines {
            // Round the corner once more, so that the line's ends meet as a corner too.
            let closed = line.iter().chain(line.get(1));
            let points: Vec<Point> = closed.map(|(x, y)| panel.at(*x as f64, *y as f64)).collect();
            canvas.path(&points, stroke);
        }
    }
}

fn outline_strokes() -> [Stroke; 2] {
    [Stroke::new(Colour::WHITE, 3.4), Stroke::new(Colour::HEADLINE, 1.8)]
}

/// The scale, and what the outline says.
fn draw_key(canvas: &mut Canvas, map: &HeatMap, baseline: f64) {
    const STEPS: u32 = 40;
    let style = Type::NOTE;
    let (high, middle) = (3.0, baseline - style.centre_drop());
    let mut x = MARGIN;
    canvas.text((x, baseline), "0", style);
    x += text_width("0", style) + 1.2;
    let long = 24.0;
    for i in 0..STEPS {
        let (from, to) = (f64::from(i) / f64::from(STEPS), f64::from(i + 1) / f64::from(STEPS));
        // Each piece runs on under the next, or hairlines of paper would show between them.
        let end = (to + 0.5 / f64::from(STEPS)).min(1.0);
        let piece = Rect::new(x + long * from, middle - high / 2.0, long * (end - from), high);
        canvas.rect(piece, Fill::solid(Colour::heat(f64::midpoint(from, to))));
    }
    x += long + 1.2;
    canvas.text((x, baseline), "100 %", style);
    x += text_width("100 %", style) + 6.0;
    let any = (0..map.y_labels.len())
        .any(|row| (0..map.x_labels.len()).any(|column| reaches(map, column, row)));
    let wanted = number(100.0 * map.wanted, usize::from((100.0 * map.wanted).fract() > 1e-9));
    if any {
        let [_, line] = outline_strokes();
        let (left, right) = (x, x + 5.0);
        let (top, bottom) = (middle - high / 2.0, middle + high / 2.0);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        let outline: Vec<Point> = corners.into_iter().chain([corners[0], corners[1]]).collect();
        canvas.path(&outline, line);
        canvas.text((x + 6.5, baseline), &format!("{wanted} % or more"), style);
    } else {
        canvas.text((x, baseline), &format!("none reaches {wanted} %"), style);
    }
}

#[cfg(test)]
mod tests;
