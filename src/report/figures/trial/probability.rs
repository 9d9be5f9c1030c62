//! The probability that a count is high enough, by arm and visit day.

use super::protocol::{Protocol, draw_doses};
use super::{Arm, Words, last_known};
use crate::error::Result;
use crate::report::drawing::axis::Axis;
use crate::report::drawing::canvas::{Canvas, Lettering};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::marks::EndLabel;
use crate::report::drawing::page::{MARGIN, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel, X_AXIS_HEIGHT};
use crate::report::drawing::theme::{Fill, Stroke, Type};

/// The probability of one arm.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmProbability {
    /// The arm.
    pub arm: Arm,
    /// Share of the patients at or above the level on each day (0 to 1).
    pub share: Vec<f64>,
    /// Half the width of its Monte-Carlo band on each day.
    pub error: Vec<f64>,
}

/// The probabilities of a trial.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbabilityFigure {
    /// What stands around it.
    pub words: Words,
    /// Visits and procedure.
    pub protocol: Protocol,
    /// Title of the axis.
    pub y_title: String,
    /// Visit days of the shares, rising.
    pub days: Vec<f64>,
    /// Days of the planned doses of any arm.
    pub doses: Vec<f64>,
    /// Arms in the order of the protocol.
    pub arms: Vec<ArmProbability>,
}

const KEY_HEIGHT: f64 = 7.0;
const DOSES_HEIGHT: f64 = 3.0;
const HEIGHT: f64 = 70.0;

/// Draws the probabilities.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &ProbabilityFigure, lettering: Lettering) -> Result<String> {
    let page = figure.words.page();
    let labels: Vec<EndLabel> = figure.arms.iter().map(end_label).collect();
    let y = Axis::linear(0.0, 100.0, 5, &figure.y_title);
    let left = MARGIN + y.label_width() + 1.6;
    let width = SHEET_WIDTH - MARGIN - Panel::end_label_room(&labels) - left;
    let frame = Rect::new(left, page.top() + KEY_HEIGHT + DOSES_HEIGHT, width, HEIGHT);
    let panel = Panel::new(frame, figure.protocol.axis(width), y);

    let mut canvas = page.cut(frame.bottom() + X_AXIS_HEIGHT);
    canvas.text((MARGIN, page.top() + 5.0), &figure.y_title, Type::TEXT);
    figure.protocol.draw_key(&mut canvas, page.top() + 5.0, !figure.doses.is_empty());
    figure.protocol.shade(&panel, &mut canvas);
    panel.draw_axes(&mut canvas, Furniture { y_title: false, ..Furniture::ALL });
    draw_doses(&panel, &mut canvas, &figure.doses);
    for arm in &figure.arms {
        draw_band(&mut canvas, &panel, &figure.days, arm);
    }
    for arm in &figure.arms {
        let (share, stroke) = (percent(&arm.share), Stroke::main(arm.arm.colour));
        panel.curve(&mut canvas, &arm.arm.name, (&figure.days, &share), stroke);
    }
    panel.end_labels(&mut canvas, &labels);
    canvas.finish(lettering)
}

fn draw_band(canvas: &mut Canvas, panel: &Panel, days: &[f64], arm: &ArmProbability) {
    let edge = |sign: f64| -> Vec<f64> {
        arm.share.iter().zip(&arm.error).map(|(p, e)| 100.0 * (p + sign * e)).collect()
    };
    panel.band(canvas, days, &edge(-1.0), &edge(1.0), Fill::band(arm.arm.colour));
}

fn percent(shares: &[f64]) -> Vec<f64> {
    shares.iter().map(|share| 100.0 * share).collect()
}

fn end_label(arm: &ArmProbability) -> EndLabel {
    let end = 100.0 * last_known(arm.share.iter().copied());
    arm.arm.end_label(end, Stroke::main(arm.arm.colour))
}
