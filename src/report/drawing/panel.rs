//! A panel: a frame on paper between two axes, and the axes drawn.

use super::axis::Axis;
use super::canvas::Canvas;
use super::geometry::{Point, Rect, keep};
use super::theme::{Anchor, Colour, Stroke, Type};

/// A frame and its axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Where the data are drawn (mm).
    pub frame: Rect,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
}

/// Which parts of the axes of a panel are drawn beside the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent parts, each named")]
pub struct Furniture {
    /// Numbers under the horizontal axis.
    pub x_labels: bool,
    /// Title under the horizontal axis.
    pub x_title: bool,
    /// Numbers left of the vertical axis.
    pub y_labels: bool,
    /// Title of the vertical axis, set level above the upper left corner.
    pub y_title: bool,
}

impl Furniture {
    /// Everything.
    pub const ALL: Self = Self { x_labels: true, x_title: true, y_labels: true, y_title: true };
    /// Grid and base line only.
    pub const NONE: Self =
        Self { x_labels: false, x_title: false, y_labels: false, y_title: false };
    /// Nothing under the panel: another panel follows below.
    pub const STACKED: Self =
        Self { x_labels: false, x_title: false, y_labels: true, y_title: true };
}

/// Height taken under a frame by numbers and title of the horizontal axis (mm).
pub const X_AXIS_HEIGHT: f64 = 9.6;
/// Height taken under a frame by the numbers alone (mm).
pub const X_LABELS_HEIGHT: f64 = 5.2;
/// Height taken above a frame by the title of the vertical axis (mm).
pub const Y_TITLE_HEIGHT: f64 = 5.5;

impl Panel {
    /// A panel.
    #[must_use]
    pub fn new(frame: Rect, x: Axis, y: Axis) -> Self {
        Self { frame, x, y }
    }

    /// Distance of a value from the left edge of the paper (mm).
    #[must_use]
    pub fn x_at(&self, x: f64) -> f64 {
        self.frame.left + self.x.fraction(x) * self.frame.width
    }

    /// Distance of a value from the upper edge of the paper (mm).
    #[must_use]
    pub fn y_at(&self, y: f64) -> f64 {
        self.frame.bottom() - self.y.fraction(y) * self.frame.height
    }

    /// The place of a pair of values on paper; it may lie outside the frame.
    #[must_use]
    pub fn at(&self, x: f64, y: f64) -> Point {
        (self.x_at(x), self.y_at(y))
    }

    /// The same with the vertical value kept inside the axis.
    #[must_use]
    pub fn at_within(&self, x: f64, y: f64) -> Point {
        let place = keep(self.y_at(y), self.frame.top, self.frame.bottom());
        (self.x_at(x), place)
    }

    /// Grid, base line, numbers and titles.
    pub fn draw_axes(&self, canvas: &mut Canvas, furniture: Furniture) {
        self.draw_grid(canvas);
        self.draw_base(canvas, furniture);
        if furniture.y_labels {
            let drop = Type::TICK.centre_drop();
            let style = Type::TICK.anchored(Anchor::End);
            for tick in &self.y.ticks {
                canvas.text((self.frame.left - 1.6, self.y_at(tick.at) + drop), &tick.label, style);
            }
        }
        if furniture.y_title {
            self.draw_y_title(canvas, self.frame.left - self.y_label_width() - 1.6, 2.2);
        }
    }

    /// The title of the vertical axis from `left` (mm), its baseline `lift` mm above the frame.
    pub fn draw_y_title(&self, canvas: &mut Canvas, left: f64, lift: f64) {
        canvas.text((left, self.frame.top - lift), &self.y.title, Type::TEXT);
    }

    /// Level lines at the ticks, and at the horizontal ticks fainter upright ones.
    fn draw_grid(&self, canvas: &mut Canvas) {
        let faint = Stroke::new(Colour(0xF0, 0xF0, 0xF0), 0.6);
        for tick in &self.x.ticks {
            let x = self.x_at(tick.at);
            canvas.path(&[(x, self.frame.top), (x, self.frame.bottom())], faint);
        }
        for tick in &self.y.ticks {
            let y = self.y_at(tick.at);
            let line = [(self.frame.left, y), (self.frame.right(), y)];
            canvas.path(&line, Stroke::new(Colour::GRID, 0.6));
        }
    }

    fn draw_base(&self, canvas: &mut Canvas, furniture: Furniture) {
        let bottom = self.frame.bottom();
        let thin = Stroke::new(Colour::INK, 0.7);
        canvas.path(&[(self.frame.left, bottom), (self.frame.right(), bottom)], thin);
        for tick in &self.x.ticks {
            let x = self.x_at(tick.at);
            canvas.path(&[(x, bottom), (x, bottom + 0.9)], thin);
            if furniture.x_labels {
                let style = Type::TICK.anchored(Anchor::Middle);
                canvas.text((x, bottom + 4.3), &tick.label, style);
            }
        }
        if furniture.x_title {
            let middle = self.frame.left + self.frame.width / 2.0;
            let style = Type::TEXT.anchored(Anchor::Middle);
            canvas.text((middle, bottom + 8.8), &self.x.title, style);
        }
    }

    /// Width of the widest number left of the frame (mm).
    #[must_use]
    pub fn y_label_width(&self) -> f64 {
        self.y.label_width()
    }
}
