//! The descriptive fit: the fitted curve, and beside it what was published against what it predicts.

use crate::error::Result;
use crate::report::drawing::axis::{Axis, number};
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::marks::{Curve, EndLabel};
use crate::report::drawing::page::{MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::panel::{
    Furniture, Panel, X_AXIS_HEIGHT, X_LABELS_HEIGHT, Y_TITLE_HEIGHT,
};
use crate::report::drawing::platelets::{self, Levels};
use crate::report::drawing::theme::{Anchor, Colour, Stroke, Type};

pub use super::sheet::Series;

/// A value with its spread.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// Who says so, and what the bar is: "published, mean and SD".
    pub label: String,
    /// The value.
    pub value: f64,
    /// The bar around it.
    pub interval: Option<(f64, f64)>,
}

/// A statistic that was published and is predicted.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What it is, with the unit.
    pub title: String,
    /// Decimals written.
    pub decimals: usize,
    /// Published.
    pub published: Spread,
    /// Predicted.
    pub predicted: Spread,
}

/// Everything on the figure.
#[derive(Debug, Clone, PartialEq)]
pub struct DescriptiveFit {
    /// The answer in words.
    pub title: String,
    /// Model and what was estimated.
    pub model_name: String,
    /// What is drawn.
    pub caption: String,
    /// Days from the first dose, ascending.
    pub day: Vec<f64>,
    /// The fitted curve (10⁹/L).
    pub fitted: Series,
    /// Curves to compare with, such as the published parameter value (10⁹/L).
    pub others: Vec<Series>,
    /// The counts that are marked.
    pub levels: Levels,
    /// First and last day of each interval at or above the lower of them, of the fitted curve.
    pub windows: Vec<(f64, f64)>,
    /// Day and count of the maximum of the fitted curve.
    pub maximum: Option<(f64, f64)>,
    /// Upper end of the axis (10⁹/L).
    pub y_max: f64,
    /// Published against predicted.
    pub targets: Vec<Target>,
}

const HEIGHT: f64 = 76.0;
const TARGETS_WIDTH: f64 = 58.0;
const BETWEEN: f64 = 5.0;
const TARGET_TITLE: f64 = 4.8;
const TARGET_GAP: f64 = 4.0;

/// Draws the fit.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(fit: &DescriptiveFit, lettering: Lettering) -> Result<String> {
    let page = Page::new(SHEET_WIDTH, &fit.title, &fit.model_name, &fit.caption);
    let top = page.top() + Y_TITLE_HEIGHT + 1.5;
    let y = platelets::axis(fit.y_max);
    let numbers = y.ticks.iter().map(|t| text_width(&t.label, Type::TICK)).fold(0.0, f64::max);
    let left = MARGIN + numbers + 1.6;
    let targets_left = SHEET_WIDTH - MARGIN - TARGETS_WIDTH;
    let room = Panel::end_label_room(&labels(fit));
    let frame = Rect::new(left, top, targets_left - BETWEEN - room - left, HEIGHT);
    let days = Axis::weeks(
        fit.day.first().copied().unwrap_or(0.0),
        fit.day.last().copied().unwrap_or(0.0),
    );
    let panel = Panel::new(frame, days, y);

    let mut canvas = page.cut(panel.frame.bottom() + X_AXIS_HEIGHT);
    draw_curves(&mut canvas, &panel, fit);
    let pitch =
        (Y_TITLE_HEIGHT + HEIGHT + X_LABELS_HEIGHT + TARGET_GAP) / fit.targets.len().max(1) as f64;
    for (i, target) in fit.targets.iter().enumerate() {
        let top = top - Y_TITLE_HEIGHT + i as f64 * pitch;
        draw_target(
            &mut canvas,
            target,
            fit.fitted.colour,
            Rect::new(targets_left, top, TARGETS_WIDTH, pitch),
        );
    }
    canvas.finish(lettering)
}

fn draw_curves(canvas: &mut Canvas, panel: &Panel, fit: &DescriptiveFit) {
    let (day, fitted) = (&fit.day, &fit.fitted);
    panel.draw_axes(canvas, Furniture::ALL);
    platelets::shade_windows(panel, canvas, (day, &fitted.values), &fit.windows, fitted.colour);
    platelets::draw_thresholds(panel, canvas, fit.levels);
    for other in &fit.others {
        let stroke = Stroke::data(other.colour).with_dash(other.dash);
        panel.curve(canvas, &other.label, (day, &other.values), stroke);
    }
    let stroke = Stroke::main(fitted.colour).with_dash(fitted.dash);
    panel.curve(canvas, &fitted.label, (day, &fitted.values), stroke);
    let labels = labels(fit);
    let all = [fitted].into_iter().chain(&fit.others);
    let curves: Vec<Curve<'_>> = all.map(|s| (day.as_slice(), s.values.as_slice())).collect();
    platelets::label_thresholds(panel, canvas, fit.levels, &curves);
    platelets::label_windows(panel, canvas, fit.levels.enough, &fit.windows, fitted.colour);
    if let Some(maximum) = fit.maximum {
        let others: Vec<&[f64]> = fit.others.iter().map(|o| o.values.as_slice()).collect();
        let around = (fit.day.as_slice(), others.as_slice());
        platelets::draw_maximum(panel, canvas, maximum, fitted.colour, around);
    }
    panel.end_labels(canvas, &labels);
}

fn labels(fit: &DescriptiveFit) -> Vec<EndLabel> {
    let label = |series: &Series| EndLabel {
        value: series.values.iter().rev().copied().find(|v| v.is_finite()).unwrap_or(f64::NAN),
        text: series.label.clone(),
        stroke: Stroke::data(series.colour).with_dash(series.dash),
    };
    [&fit.fitted].into_iter().chain(&fit.others).map(label).collect()
}

/// One statistic: its title, published above predicted, each with its number, and an axis of its own.
fn draw_target(canvas: &mut Canvas, target: &Target, colour: Colour, place: Rect) {
    canvas.text((place.left, place.top + 3.3), &target.title, Type::TEXT);
    let rows = [(&target.published, Colour::PUBLISHED), (&target.predicted, colour)];
    let ends = |s: &Spread| [Some(s.value), s.interval.map(|i| i.0), s.interval.map(|i| i.1)];
    let values = rows.iter().flat_map(|(spread, _)| ends(spread)).flatten();
    let levels = Axis::linear(0.0, 2.0, 1, "").with_ticks(&[], 0);
    let numbers = rows
        .iter()
        .map(|(spread, _)| text_width(&number(spread.value, target.decimals), Type::VALUE))
        .fold(0.0, f64::max);
    let height = (place.height - TARGET_TITLE - X_LABELS_HEIGHT - TARGET_GAP).min(20.0);
    let width = place.width - numbers - 3.0;
    let frame = Rect::new(place.left, place.top + TARGET_TITLE, width, height);
    let panel = Panel::new(frame, Axis::around(values, 4, ""), levels);
    panel.draw_axes(canvas, Furniture { x_labels: true, ..Furniture::NONE });
    for ((spread, colour), row) in rows.into_iter().zip([1.3, 0.3]) {
        if let Some(interval) = spread.interval {
            panel.error_bar_level(canvas, row, interval, Stroke::data(colour));
        }
        panel.dot(canvas, (spread.value, row), 1.15, colour);
        let note = Type::NOTE.coloured(colour.for_text()).over_lines();
        canvas.text((frame.left, panel.y_at(row + 0.32)), &spread.label, note);
        let style = Type::VALUE.anchored(Anchor::End).coloured(colour.for_text());
        let baseline = panel.y_at(row) + style.centre_drop();
        canvas.text((place.right(), baseline), &number(spread.value, target.decimals), style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::testing::{assert_presentable, days, hump, texts};
    use crate::report::drawing::theme::Dash;

    fn fit() -> DescriptiveFit {
        let series = |label: &str, values, colour| Series {
            label: label.to_owned(),
            values,
            colour,
            dash: Dash::Solid,
        };
        let spread = |label: &str, value: f64| Spread {
            label: label.to_owned(),
            value,
            interval: Some((0.8 * value, 1.2 * value)),
        };
        let target = |(title, value): (&str, f64)| Target {
            title: title.to_owned(),
            decimals: 1,
            published: spread("published, mean ± SD", value),
            predicted: spread("predicted, mean ± SD", 1.03 * value),
        };
        let targets = [
            ("Visit day of the maximum (days)", 12.0),
            ("Maximum (10⁹/L)", 86.9),
            ("Days at or above 50", 19.2),
        ];
        DescriptiveFit {
            title: "The fitted curve meets the published results".to_owned(),
            model_name: "Farrell model, KC estimated".to_owned(),
            caption: "Published: 48 patients.".to_owned(),
            day: days(),
            fitted: series("fitted", hump(79.0, 12.0), Colour::BLUE),
            others: vec![series("KC 150", hump(66.0, 12.4), Colour::REFERENCE)],
            levels: Levels::USUAL,
            windows: vec![(5.7, 23.7)],
            maximum: Some((12.0, 79.0)),
            y_max: 120.0,
            targets: targets.map(target).to_vec(),
        }
    }

    #[test]
    fn invariant_the_figure_is_presentable_with_any_number_of_targets() -> Result<()> {
        for count in 0..=3 {
            let mut figure = fit();
            figure.targets.truncate(count);
            assert_presentable(&draw(&figure, Lettering::FromPage)?);
        }
        Ok(())
    }

    #[test]
    fn invariant_a_published_mean_is_never_a_point_on_the_curve() -> Result<()> {
        let svg = draw(&fit(), Lettering::FromPage)?;
        let black: Vec<&str> = svg
            .lines()
            .filter(|line| line.starts_with("<circle") && line.contains("fill=\"#000000\""))
            .collect();
        assert_eq!(black.len(), 3);
        let left_edge = (SHEET_WIDTH - MARGIN - TARGETS_WIDTH) * 960.0 / 25.4;
        for circle in black {
            let x = circle.split("cx=\"").nth(1).and_then(|rest| rest.split('"').next());
            let x: f64 = x.and_then(|x| x.parse().ok()).unwrap_or(f64::NAN);
            assert!(x > left_edge, "{circle}");
        }
        assert!(texts(&svg).iter().any(|text| text.words == "86.9"));
        Ok(())
    }
}
