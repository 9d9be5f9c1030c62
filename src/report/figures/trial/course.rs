//! The count by arm: median and bands over visit days.

use super::grid::{Grid, Plan};
use super::protocol::{Protocol, draw_doses};
use super::{Arm, Words, last_known};
use crate::error::Result;
use crate::report::drawing::canvas::{Canvas, Lettering};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::marks::{Curve, EndLabel};
use crate::report::drawing::page::{MARGIN, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel, X_AXIS_HEIGHT};
use crate::report::drawing::platelets::{self, Levels};
use crate::report::drawing::theme::{Anchor, Fill, Stroke, Type};

/// The course of one arm.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmCourse {
    /// The arm.
    pub arm: Arm,
    /// Quantiles 5, 25, 50, 75 and 95 % of the count on each day (10⁹/L).
    pub quantiles: Vec<[f64; 5]>,
    /// Days of the planned doses.
    pub doses: Vec<f64>,
}

/// The courses of a trial.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseFigure {
    /// What stands around it.
    pub words: Words,
    /// Visits and procedure.
    pub protocol: Protocol,
    /// Visit days of the quantiles, rising.
    pub days: Vec<f64>,
    /// Arms in the order of the protocol.
    pub arms: Vec<ArmCourse>,
    /// Upper end of the axis (10⁹/L).
    pub y_max: f64,
    /// The counts that are marked.
    pub levels: Levels,
}

const KEY_HEIGHT: f64 = 7.0;
/// Room for the doses above a frame (mm).
const DOSES_HEIGHT: f64 = 3.0;
const HEIGHT: f64 = 78.0;
const SMALL_HEIGHT: f64 = 46.0;

impl ArmCourse {
    fn quantile(&self, place: usize) -> Vec<f64> {
        self.quantiles.iter().map(|quantiles| quantiles[place]).collect()
    }
}

/// Draws the courses: two arms in one panel, more in small multiples.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &CourseFigure, lettering: Lettering) -> Result<String> {
    let page = figure.words.page();
    let top = page.top() + KEY_HEIGHT;
    let y = platelets::axis(figure.y_max);
    let doses = figure.arms.iter().any(|arm| !arm.doses.is_empty());
    if figure.arms.len() <= 2 {
        let labels: Vec<EndLabel> = figure.arms.iter().map(end_label).collect();
        let left = MARGIN + y.label_width() + 1.6;
        let width = SHEET_WIDTH - MARGIN - Panel::end_label_room(&labels) - left;
        let frame = Rect::new(left, top + DOSES_HEIGHT, width, HEIGHT);
        let panel = Panel::new(frame, figure.protocol.axis(width), y);
        let mut canvas = page.cut(frame.bottom() + X_AXIS_HEIGHT);
        draw_keys(&mut canvas, figure, page.top() + 5.0, doses);
        figure.protocol.shade(&panel, &mut canvas);
        panel.draw_axes(&mut canvas, Furniture { y_title: false, ..Furniture::ALL });
        draw_courses(&mut canvas, &panel, figure, &figure.arms);
        panel.end_labels(&mut canvas, &labels);
        return canvas.finish(lettering);
    }
    let heading =
        |a: &ArmCourse| vec![(a.arm.name.clone(), Type::VALUE.coloured(a.arm.colour.for_text()))];
    let headings: Vec<_> = figure.arms.iter().map(heading).collect();
    let columns = if figure.arms.len() == 4 { 2 } else { 3 };
    let plan = Plan { columns, gap: 6.0, height: SMALL_HEIGHT, row_gap: 4.0 + DOSES_HEIGHT };
    let grid = Grid::new(&headings, &plan, |width| figure.protocol.axis(width), &y, top + 2.0);
    let mut canvas = page.cut(grid.bottom + X_AXIS_HEIGHT);
    draw_keys(&mut canvas, figure, page.top() + 5.0, doses);
    grid.draw_headings(&mut canvas, 1.6 + 0.8 * DOSES_HEIGHT);
    for (i, (panel, arm)) in grid.panels.iter().zip(&figure.arms).enumerate() {
        figure.protocol.shade(panel, &mut canvas);
        let furniture = Furniture { x_labels: true, y_labels: grid.is_first(i), ..Furniture::NONE };
        panel.draw_axes(&mut canvas, furniture);
        draw_courses(&mut canvas, panel, figure, std::slice::from_ref(arm));
    }
    let style = Type::TEXT.anchored(Anchor::Middle);
    canvas.text((SHEET_WIDTH / 2.0, grid.bottom + 8.8), "Visit day", style);
    canvas.finish(lettering)
}

fn draw_keys(canvas: &mut Canvas, figure: &CourseFigure, baseline: f64, doses: bool) {
    canvas.text((MARGIN, baseline), platelets::TITLE, Type::TEXT);
    figure.protocol.draw_key(canvas, baseline, doses);
}

fn end_label(course: &ArmCourse) -> EndLabel {
    let end = last_known(course.quantiles.iter().map(|quantiles| quantiles[2]));
    course.arm.end_label(end, Stroke::main(course.arm.colour))
}

/// The bands of all arms, then all their medians.
fn draw_courses(canvas: &mut Canvas, panel: &Panel, figure: &CourseFigure, arms: &[ArmCourse]) {
    platelets::draw_thresholds(panel, canvas, figure.levels);
    let days = &figure.days;
    for course in arms {
        let fill = Fill::band(course.arm.colour);
        for (lower, upper) in [(0, 4), (1, 3)] {
            panel.band(canvas, days, &course.quantile(lower), &course.quantile(upper), fill);
        }
    }
    let medians: Vec<Vec<f64>> = arms.iter().map(|course| course.quantile(2)).collect();
    for (course, median) in arms.iter().zip(&medians) {
        let stroke = Stroke::main(course.arm.colour);
        panel.curve(canvas, &course.arm.name, (days, median), stroke);
        draw_doses(panel, canvas, &course.doses);
    }
    let curves: Vec<Curve<'_>> = medians.iter().map(|m| (days.as_slice(), m.as_slice())).collect();
    platelets::label_thresholds(panel, canvas, figure.levels, &curves);
}
