//! Panels of one scale in rows, each with its heading.

use crate::report::drawing::axis::Axis;
use crate::report::drawing::canvas::Canvas;
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::page::{Block, MARGIN, SHEET_WIDTH};
use crate::report::drawing::panel::{Panel, X_LABELS_HEIGHT};
use crate::report::drawing::theme::Type;

/// What stands above a panel: lines of text, each in its style.
pub(super) type Heading = Vec<(String, Type)>;

/// How the panels are laid out.
pub(super) struct Plan {
    /// Panels side by side.
    pub(super) columns: usize,
    /// Distance between them (mm).
    pub(super) gap: f64,
    /// Height of each (mm).
    pub(super) height: f64,
    /// Room under a row that another one follows, beside that for numbers (mm).
    pub(super) row_gap: f64,
}

impl Plan {
    /// Where the first panel of a row begins, and the width of every panel (mm).
    fn measures(&self, y: &Axis) -> (f64, f64) {
        let left = MARGIN + y.label_width() + 1.6;
        let gaps = self.gap * self.columns.saturating_sub(1) as f64;
        (left, (SHEET_WIDTH - MARGIN - 1.5 - left - gaps) / self.columns.max(1) as f64)
    }

    /// Width of every panel beside a vertical axis (mm).
    pub(super) fn width(&self, y: &Axis) -> f64 {
        self.measures(y).1
    }
}

/// The panels.
pub(super) struct Grid {
    pub(super) panels: Vec<Panel>,
    headings: Vec<Vec<Block>>,
    pub(super) columns: usize,
    pub(super) bottom: f64,
}

impl Grid {
    /// `top` is where the first heading begins (mm); `x` makes the horizontal axis for a width.
    pub(super) fn new(
        headings: &[Heading],
        plan: &Plan,
        x: impl Fn(f64) -> Axis,
        y: &Axis,
        top: f64,
    ) -> Self {
        let columns = plan.columns.max(1);
        let (left, width) = plan.measures(y);
        let block = |(text, style): &(String, Type)| Block::new(text, width, *style);
        let headings: Vec<Vec<Block>> =
            headings.iter().map(|lines| lines.iter().map(block).collect()).collect();
        let mut panels = Vec::new();
        let mut bottom = top;
        for (row, of_row) in headings.chunks(columns).enumerate() {
            let row_top = if row == 0 { top } else { bottom + X_LABELS_HEIGHT + plan.row_gap };
            let frame_top = row_top + of_row.iter().map(|h| height(h)).fold(0.0, f64::max) + 1.6;
            for column in 0..of_row.len() {
                let x_left = left + column as f64 * (width + plan.gap);
                let frame = Rect::new(x_left, frame_top, width, plan.height);
                panels.push(Panel::new(frame, x(width), y.clone()));
            }
            bottom = frame_top + plan.height;
        }
        Self { panels, headings, columns, bottom }
    }

    /// Sets the headings; `lift` is the paper between a heading and its panel (mm).
    pub(super) fn draw_headings(&self, canvas: &mut Canvas, lift: f64) {
        for (panel, lines) in self.panels.iter().zip(&self.headings) {
            let mut top = panel.frame.top - lift - height(lines);
            for line in lines {
                line.draw(canvas, panel.frame.left, top);
                top += line.height();
            }
        }
    }

    /// Whether a panel is the first of its row.
    pub(super) fn is_first(&self, panel: usize) -> bool {
        panel.is_multiple_of(self.columns)
    }
}

fn height(lines: &[Block]) -> f64 {
    lines.iter().map(Block::height).sum()
}
