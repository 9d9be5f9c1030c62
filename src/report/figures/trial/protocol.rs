//! What figures show of a protocol: visits, the window of the procedure, doses.

use crate::report::drawing::axis::{Axis, Tick, number};
use crate::report::drawing::canvas::{Canvas, text_width};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::marks::TopMark;
use crate::report::drawing::page::{MARGIN, SHEET_WIDTH};
use crate::report::drawing::panel::Panel;
use crate::report::drawing::theme::{Colour, Fill, Type};

/// The days of a trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Protocol {
    /// Visit days, rising.
    pub visits: Vec<f64>,
    /// Last visit day that is drawn.
    pub last_day: f64,
    /// First and last day of the window of the procedure.
    pub procedure: (f64, f64),
}

impl Protocol {
    /// Visit days from 1 on a line of `width` mm: a tick at every visit, a number at those that have room for one.
    pub(super) fn axis(&self, width: f64) -> Axis {
        let mut axis = Axis::linear(1.0, self.last_day, 1, "Visit day");
        let mut taken = f64::NEG_INFINITY;
        axis.ticks.clear();
        let (low, high) = (axis.low, axis.high);
        for &at in self.visits.iter().filter(|day| (low..=high).contains(*day)) {
            let words = number(at, usize::from(at.fract().abs() > 1e-9));
            let (middle, half) = (axis.fraction(at) * width, text_width(&words, Type::TICK) / 2.0);
            let fits = middle - half > taken + 1.2;
            if fits {
                taken = middle + half;
            }
            axis.ticks.push(Tick { at, label: if fits { words } else { String::new() } });
        }
        axis
    }

    /// Shades the window of the procedure; to be drawn before anything else.
    pub(super) fn shade(&self, panel: &Panel, canvas: &mut Canvas) {
        panel.shade(canvas, self.procedure);
    }

    /// What the shade and the marks at the upper edge are, at the right end of a line of text.
    pub(super) fn draw_key(&self, canvas: &mut Canvas, baseline: f64, with_doses: bool) {
        let style = Type::NOTE;
        let (from, to) = self.procedure;
        let day = |day: f64| number(day, usize::from(day.fract().abs() > 1e-9));
        let words = format!("window of the procedure, days {} to {}", day(from), day(to));
        let mut x = SHEET_WIDTH - MARGIN - text_width(&words, style);
        canvas.text((x, baseline), &words, style);
        canvas.rect(Rect::new(x - 6.2, baseline - 2.6, 5.0, 3.2), Fill::shade());
        if with_doses {
            let words = "planned dose";
            x -= 12.0 + text_width(words, style);
            canvas.text((x, baseline), words, style);
            let (middle, tip) = (x - 2.0, baseline);
            let triangle =
                vec![(middle - 0.95, tip - 1.9), (middle + 0.95, tip - 1.9), (middle, tip)];
            canvas.area(triangle, Fill::solid(Colour::INK));
        }
    }
}

/// Doses along the upper edge of a panel.
pub(super) fn draw_doses(panel: &Panel, canvas: &mut Canvas, days: &[f64]) {
    for day in days {
        panel.top_mark(canvas, *day, TopMark::Filled, Colour::INK);
    }
}
