//! Likelihood profiles: how much worse the fit becomes when one parameter is held at another value.

use super::axis::{Axis, number};
use super::canvas::{Canvas, Lettering, text_width};
use super::geometry::Rect;
use super::page::{FIGURE_WIDTH, MARGIN, Page, SHEET_WIDTH};
use super::panel::{Furniture, Panel, X_AXIS_HEIGHT};
use super::theme::{Colour, Fill, Stroke, Type};
use crate::error::Result;

/// The profile of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Symbol of the parameter.
    pub name: String,
    /// Its unit; empty if it has none.
    pub unit: String,
    /// Values at which it was held, ascending.
    pub values: Vec<f64>,
    /// Change in −2 log L at each of them.
    pub change: Vec<f64>,
    /// The estimate.
    pub estimate: f64,
    /// Lower and upper limit of the interval, where the profile has them.
    pub interval: (Option<f64>, Option<f64>),
    /// Decimals written.
    pub decimals: usize,
    /// Whether the axis is logarithmic.
    pub log: bool,
}

/// A figure of profiles.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileFigure {
    /// The answer in words.
    pub title: String,
    /// Model and variant.
    pub model_name: String,
    /// What is drawn.
    pub caption: String,
    /// Profiles, in the order of the parameters.
    pub profiles: Vec<Profile>,
    /// Colour of the model.
    pub colour: Colour,
}

/// Rise of −2 log L at the limits of a 95 % interval: the quantile of chi-squared with one degree of freedom.
const LIMIT: f64 = 3.84;
/// Upper end of the vertical axis, the same for every parameter.
const HIGHEST: f64 = 8.0;
const HEIGHT: f64 = 36.0;
const COLUMN_GAP: f64 = 7.0;
const HEADING: f64 = 6.0;
const ROW_GAP: f64 = 4.0;

/// Draws the profiles.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &ProfileFigure, lettering: Lettering) -> Result<String> {
    let count = figure.profiles.len();
    let width = if count > 1 { SHEET_WIDTH } else { FIGURE_WIDTH };
    let page = Page::new(width, &figure.title, &figure.model_name, &figure.caption);
    let panels = lay_out(&figure.profiles, width, page.top() + 7.0);
    let bottom = panels.last().map_or(page.top(), |p| p.frame.bottom() + X_AXIS_HEIGHT);
    let mut canvas = page.cut(bottom);
    canvas.text((MARGIN, page.top() + 5.0), "Change in −2 log L", Type::TEXT);
    for (panel, profile) in panels.iter().zip(&figure.profiles) {
        let first = (panel.frame.left - panels[0].frame.left).abs() < 1e-9;
        draw_profile(&mut canvas, panel, profile, figure.colour, first);
    }
    canvas.finish(lettering)
}

fn columns(count: usize) -> usize {
    match count {
        0..=4 => count.max(1),
        5 | 6 => 3,
        _ => 4,
    }
}

fn lay_out(profiles: &[Profile], page_width: f64, top: f64) -> Vec<Panel> {
    let columns = columns(profiles.len());
    let y = Axis::linear(0.0, HIGHEST, 4, "");
    let left = MARGIN + text_width("0", Type::TICK) + 1.6;
    let gaps = COLUMN_GAP * (columns - 1) as f64;
    let width = (page_width - MARGIN - 2.0 - left - gaps) / columns as f64;
    let pitch = HEADING + HEIGHT + X_AXIS_HEIGHT + ROW_GAP;
    let panel = |(i, profile): (usize, &Profile)| {
        let x = left + (i % columns) as f64 * (width + COLUMN_GAP);
        let y_top = top + HEADING + (i / columns) as f64 * pitch;
        Panel::new(Rect::new(x, y_top, width, HEIGHT), parameter_axis(profile), y.clone())
    };
    profiles.iter().enumerate().map(panel).collect()
}

fn parameter_axis(profile: &Profile) -> Axis {
    let title = if profile.unit.is_empty() {
        profile.name.clone()
    } else {
        format!("{} ({})", profile.name, profile.unit)
    };
    let low = profile.values.first().copied().unwrap_or(f64::NAN);
    let high = profile.values.last().copied().unwrap_or(f64::NAN);
    if profile.log {
        Axis::log_between(low, high, &title)
    } else {
        Axis::linear(low, high, 4, &title)
    }
}

fn draw_profile(
    canvas: &mut Canvas,
    panel: &Panel,
    profile: &Profile,
    colour: Colour,
    first: bool,
) {
    let furniture = Furniture { y_labels: first, y_title: false, ..Furniture::ALL };
    panel.draw_axes(canvas, furniture);
    let (low, high) = profile.interval;
    let inside = (low.unwrap_or(panel.x.low), high.unwrap_or(panel.x.high));
    let curve = (profile.values.as_slice(), profile.change.as_slice());
    panel.window(canvas, curve, inside, Fill::window(colour));
    panel.level(canvas, LIMIT, Stroke::reference());
    for limit in [low, high].into_iter().flatten().filter(|&limit| panel.x.holds(limit)) {
        canvas.path(&[panel.at(limit, 0.0), panel.at(limit, LIMIT)], Stroke::new(colour, 0.8));
    }
    panel.line(canvas, &profile.values, &profile.change, Stroke::data(colour));
    panel.point(canvas, (profile.estimate, 0.0), 1.0, colour);
    let ends: Vec<f64> = profile.change.last().copied().into_iter().collect();
    panel.label_level(canvas, LIMIT, &number(LIMIT, 2), &ends);
    canvas.text((panel.frame.left, panel.frame.top - 2.0), &estimate_words(profile), Type::VALUE);
}

fn estimate_words(profile: &Profile) -> String {
    let written = |value: f64| number(value, profile.decimals);
    let interval = match profile.interval {
        (Some(low), Some(high)) => format!("{} to {}", written(low), written(high)),
        (Some(low), None) => format!("{} or more", written(low)),
        (None, Some(high)) => format!("{} or less", written(high)),
        (None, None) => "no limits".to_owned(),
    };
    format!("{} ({interval})", written(profile.estimate))
}
