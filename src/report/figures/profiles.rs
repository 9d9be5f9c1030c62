//! Likelihood profiles: how much worse the fit becomes when one parameter is held at another value.

use crate::error::Result;
use crate::report::drawing::axis::{Axis, number};
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::page::{Block, FIGURE_WIDTH, MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel, X_LABELS_HEIGHT};
use crate::report::drawing::theme::{Colour, Fill, Stroke, Type};

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
    /// Whether its labels are thinned: over several decades those of 1, 2 and 5 would touch.
    pub sparse: bool,
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
const ROW_GAP: f64 = 4.0;

/// Draws the profiles.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &ProfileFigure, lettering: Lettering) -> Result<String> {
    let count = figure.profiles.len();
    let width = if count > 1 { SHEET_WIDTH } else { FIGURE_WIDTH };
    let page = Page::new(width, &figure.title, &figure.model_name, &figure.caption);
    let grid = Grid::new(&figure.profiles, width, page.top() + 7.5);
    let bottom =
        grid.panels.last().map_or(page.top() + 7.5, |p| p.frame.bottom() + X_LABELS_HEIGHT);
    let mut canvas = page.cut(bottom);
    canvas.text((MARGIN, page.top() + 5.0), "Change in −2 log L", Type::TEXT);
    for (i, (panel, profile)) in grid.panels.iter().zip(&figure.profiles).enumerate() {
        let (left, foot) = (panel.frame.left, panel.frame.top - 1.4);
        let [name, estimate] = &grid.headings[i];
        estimate.draw(&mut canvas, left, foot - estimate.height());
        name.draw(&mut canvas, left, foot - estimate.height() - name.height());
        draw_profile(&mut canvas, panel, profile, figure.colour, i % grid.columns == 0);
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

/// The panels laid out in rows, and what stands above each.
struct Grid {
    panels: Vec<Panel>,
    headings: Vec<[Block; 2]>,
    columns: usize,
}

impl Grid {
    fn new(profiles: &[Profile], page_width: f64, top: f64) -> Self {
        let columns = columns(profiles.len());
        let y = Axis::linear(0.0, HIGHEST, 4, "");
        let left = MARGIN + text_width("0", Type::TICK) + 1.6;
        let gaps = COLUMN_GAP * (columns - 1) as f64;
        let width = (page_width - MARGIN - 2.0 - left - gaps) / columns as f64;
        let heading = |p: &Profile| {
            [
                Block::new(&full_name(p), width, Type::VALUE),
                // A little over the edge costs less than a second line.
                Block::new(&estimate_words(p), width + 0.6 * COLUMN_GAP, Type::TEXT),
            ]
        };
        let headings: Vec<[Block; 2]> = profiles.iter().map(heading).collect();
        let mut panels = Vec::new();
        let mut row_top = top;
        for (row, of_row) in headings.chunks(columns).zip(profiles.chunks(columns)) {
            let heights = row.iter().map(|[name, estimate]| name.height() + estimate.height());
            let frame_top = row_top + heights.fold(0.0, f64::max) + 1.4;
            for (column, profile) in of_row.iter().enumerate() {
                let x = left + column as f64 * (width + COLUMN_GAP);
                let frame = Rect::new(x, frame_top, width, HEIGHT);
                panels.push(Panel::new(frame, parameter_axis(profile), y.clone()));
            }
            row_top = frame_top + HEIGHT + X_LABELS_HEIGHT + ROW_GAP;
        }
        Self { panels, headings, columns }
    }
}

fn full_name(profile: &Profile) -> String {
    if profile.unit.is_empty() {
        profile.name.clone()
    } else {
        format!("{} ({})", profile.name, profile.unit)
    }
}

fn parameter_axis(profile: &Profile) -> Axis {
    let low = profile.values.first().copied().unwrap_or(f64::NAN);
    let high = profile.values.last().copied().unwrap_or(f64::NAN);
    let axis =
        if profile.log { Axis::log_between(low, high, "") } else { Axis::linear(low, high, 4, "") };
    if profile.sparse { axis.sparse(0.02) } else { axis }
}

fn draw_profile(
    canvas: &mut Canvas,
    panel: &Panel,
    profile: &Profile,
    colour: Colour,
    first: bool,
) {
    let furniture = Furniture { x_labels: true, y_labels: first, ..Furniture::NONE };
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
    panel.label_level(canvas, LIMIT, &number(LIMIT, 2), &[curve]);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::testing::{assert_presentable, texts};

    fn profile(i: u32) -> Profile {
        let estimate = 10_f64.powi(i.cast_signed() - 3) * 4.2;
        let values: Vec<f64> = (0..=40).map(|j| estimate * (0.5 + f64::from(j) * 0.03)).collect();
        let change = values.iter().map(|v| 40.0 * (v / estimate - 1.0).powi(2)).collect();
        let limit = |share: f64| Some(share * estimate);
        let interval = match i % 4 {
            0 => (limit(0.69), limit(1.31)),
            1 => (None, limit(1.31)),
            2 => (limit(0.69), None),
            _ => (None, None),
        };
        let (name, unit) = (format!("parameter {i}"), "10⁹/L/h".to_owned());
        Profile {
            name,
            unit,
            values,
            change,
            estimate,
            interval,
            decimals: 4,
            log: i % 2 == 1,
            sparse: i % 4 == 3,
        }
    }

    fn figure(count: u32) -> ProfileFigure {
        ProfileFigure {
            title: "Some parameters are bounded".to_owned(),
            model_name: "Mechanistic model, variant B".to_owned(),
            caption: "Each parameter held in turn, all others refitted.".to_owned(),
            profiles: (0..count).map(profile).collect(),
            colour: Colour::BLUE,
        }
    }

    #[test]
    fn invariant_any_number_of_profiles_is_presentable() -> Result<()> {
        for count in 0..=8 {
            assert_presentable(&draw(&figure(count), Lettering::FromPage)?);
        }
        Ok(())
    }

    #[test]
    fn invariant_a_failed_refit_leaves_a_gap() -> Result<()> {
        let mut broken = figure(1);
        broken.profiles[0].change[20] = f64::INFINITY;
        broken.profiles[0].estimate = f64::NAN;
        assert_presentable(&draw(&broken, Lettering::FromPage)?);
        Ok(())
    }

    #[test]
    fn regress_open_intervals_are_said_in_words() {
        let said = |i: u32| estimate_words(&profile(i));
        assert_eq!(said(0), "0.0042 (0.0029 to 0.0055)");
        assert_eq!(said(1), "0.0420 (0.0550 or less)");
        assert_eq!(said(2), "0.4200 (0.2898 or more)");
        assert_eq!(said(3), "4.2000 (no limits)");
    }

    #[test]
    fn invariant_every_panel_has_the_line_at_the_limit() -> Result<()> {
        let svg = draw(&figure(7), Lettering::FromPage)?;
        assert_eq!(texts(&svg).iter().filter(|text| text.words == "3.84").count(), 7);
        Ok(())
    }
}
