//! Probabilities by day with their 95 % intervals over the parameters.

use crate::error::Result;
use crate::report::drawing::axis::Axis;
use crate::report::drawing::canvas::Lettering;
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::marks::{Curve, EndLabel};
use crate::report::drawing::page::{Block, MARGIN, Page};
use crate::report::drawing::panel::{Furniture, Panel, X_AXIS_HEIGHT};
use crate::report::drawing::theme::{Fill, Stroke, Type};

/// A probability by day.
#[derive(Debug, Clone, PartialEq)]
pub struct UncertainLine {
    /// Its name.
    pub name: String,
    /// How it is drawn; the interval takes its colour.
    pub stroke: Stroke,
    /// Median on each day, in per cent.
    pub median: Vec<f64>,
    /// Ends of the interval on each day, in per cent; empty without one.
    pub interval: [Vec<f64>; 2],
}

/// Probabilities by day.
#[derive(Debug, Clone, PartialEq)]
pub struct UncertainFigure {
    /// Width of the sheet (mm).
    pub width: f64,
    /// The answer in words.
    pub title: String,
    /// What is drawn.
    pub caption: String,
    /// Title of the axis.
    pub y_title: String,
    /// The level that is marked, in per cent, and its label.
    pub wanted: (f64, String),
    /// First and last day of the window in which procedures take place, from the first dose.
    pub procedure: (f64, f64),
    /// Days from the first dose.
    pub days: Vec<f64>,
    /// The lines, the last on top.
    pub lines: Vec<UncertainLine>,
}

const HEIGHT: f64 = 72.0;
const HEAD: f64 = 7.0;

/// Draws the probabilities.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &UncertainFigure, lettering: Lettering) -> Result<String> {
    let page = Page::new(figure.width, &figure.title, "", &figure.caption);
    let labels: Vec<EndLabel> = figure.lines.iter().map(end_label).collect();
    let y = Axis::linear(0.0, 100.0, 5, &figure.y_title);
    let left = MARGIN + y.label_width() + 1.6;
    let width = figure.width - MARGIN - Panel::end_label_room(&labels) - left;
    let y_title = Block::new(&figure.y_title, figure.width - 2.0 * MARGIN, Type::TEXT);
    let head = HEAD + y_title.height() - Type::TEXT.line_height();
    let frame = Rect::new(left, page.top() + head, width, HEIGHT);
    let last = figure.days.last().copied().unwrap_or(1.0);
    let panel = Panel::new(frame, Axis::weeks(0.0, last), y);

    let mut canvas = page.cut(frame.bottom() + X_AXIS_HEIGHT);
    y_title.draw(&mut canvas, MARGIN, page.top() + 1.4);
    panel.shade(&mut canvas, figure.procedure);
    panel.draw_axes(&mut canvas, Furniture { y_title: false, ..Furniture::ALL });
    for UncertainLine { stroke, interval: [lower, upper], .. } in &figure.lines {
        panel.band(&mut canvas, &figure.days, lower, upper, Fill::band(stroke.colour));
    }
    let (wanted, label) = (figure.wanted.0, &figure.wanted.1);
    panel.level(&mut canvas, wanted, Stroke::reference());
    for line in &figure.lines {
        panel.curve(&mut canvas, &line.name, (&figure.days, &line.median), line.stroke);
    }
    for UncertainLine { name, stroke, interval: [lower, upper], .. } in &figure.lines {
        if !lower.is_empty() {
            panel.keep_band(&mut canvas, (name, stroke.colour), &figure.days, [lower, upper]);
        }
    }
    let curves: Vec<Curve<'_>> =
        figure.lines.iter().map(|line| (&figure.days[..], &line.median[..])).collect();
    panel.label_level(&mut canvas, wanted, label, &curves);
    panel.end_labels(&mut canvas, &labels);
    canvas.finish(lettering)
}

fn end_label(line: &UncertainLine) -> EndLabel {
    let value = line.median.last().copied().unwrap_or(f64::NAN);
    EndLabel { value, text: line.name.clone(), stroke: line.stroke }
}
