//! The posterior of a few parameters, two by two: points below the diagonal, margins on it,
//! correlations above.

use crate::error::Result;
use crate::report::drawing::axis::{Axis, number};
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::page::{MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel};
use crate::report::drawing::theme::{Anchor, Colour, Fill, Stroke, Type};
use std::cmp::Ordering;

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct PairParameter {
    /// Its name, with the unit.
    pub name: String,
    /// Its value in every draw.
    pub values: Vec<f64>,
    /// The estimate.
    pub estimate: f64,
    /// The margin: edges of equal width on the axis, and the density between them.
    pub bars: Vec<((f64, f64), f64)>,
    /// The prior: values, ascending, and its density on the same measure.
    pub prior: (Vec<f64>, Vec<f64>),
    /// Ends of the axis.
    pub ends: (f64, f64),
    /// Whether the axis is logarithmic.
    pub log: bool,
}

/// A figure of pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct PairFigure {
    /// The answer in words.
    pub title: String,
    /// Model and variant.
    pub model_name: String,
    /// What is drawn.
    pub caption: String,
    /// The parameters.
    pub parameters: Vec<PairParameter>,
    /// Weights of the draws.
    pub weights: Vec<f64>,
    /// Correlations on the scales of the search.
    pub correlations: Vec<Vec<f64>>,
    /// Colour of the model.
    pub colour: Colour,
}

const GAP: f64 = 3.0;
/// Room for the numbers of the vertical axes (mm).
const LABELS: f64 = 10.0;
/// Room for the names above the panels (mm).
const NAMES: f64 = 6.0;
/// Room for the numbers under the panels (mm).
const FOOT: f64 = 5.0;
const HIGHEST: f64 = 22.0;
/// Draws whose weight is below this share of the largest are not drawn.
const FAINTEST: f64 = 0.003;

/// Draws the pairs.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &PairFigure, lettering: Lettering) -> Result<String> {
    let count = figure.parameters.len().max(1) as f64;
    let page = Page::new(SHEET_WIDTH, &figure.title, &figure.model_name, &figure.caption);
    let left = MARGIN + LABELS;
    let width = (SHEET_WIDTH - MARGIN - left - GAP * (count - 1.0)) / count;
    let height = (0.8 * width).min(HIGHEST);
    let top = page.top() + NAMES;
    let bottom = top + count * height + (count - 1.0) * GAP;
    let mut canvas = page.cut(bottom + FOOT);
    for (row, vertical) in figure.parameters.iter().enumerate() {
        for (column, level) in figure.parameters.iter().enumerate() {
            let frame = Rect::new(
                left + column as f64 * (width + GAP),
                top + row as f64 * (height + GAP),
                width,
                height,
            );
            let furniture = Furniture {
                x_labels: row + 1 == figure.parameters.len(),
                y_labels: column == 0 && row > 0,
                ..Furniture::NONE
            };
            match row.cmp(&column) {
                Ordering::Equal => {
                    draw_margin(&mut canvas, frame, level, furniture, figure.colour);
                    let style = Type::VALUE.anchored(Anchor::Middle);
                    let half = 0.5 * text_width(&level.name, style);
                    let middle = (frame.left + 0.5 * frame.width).max(MARGIN + half);
                    canvas.text((middle, frame.top - 1.0), &level.name, style);
                }
                Ordering::Greater => {
                    let panel = Panel::new(frame, axis(level), axis(vertical));
                    draw_points(&mut canvas, &panel, (level, vertical), furniture, figure);
                }
                Ordering::Less => {
                    draw_correlation(&mut canvas, frame, figure.correlations[row][column]);
                }
            }
        }
    }
    canvas.finish(lettering)
}

fn axis(parameter: &PairParameter) -> Axis {
    let (low, high) = parameter.ends;
    // Numbers at the very ends would run into those of the next panel.
    let axis = if parameter.log {
        Axis::log_between(low, high, "")
    } else {
        Axis::linear(low, high, 3, "")
    };
    axis.sparse(0.08)
}

fn draw_margin(
    canvas: &mut Canvas,
    frame: Rect,
    parameter: &PairParameter,
    furniture: Furniture,
    colour: Colour,
) {
    let most = parameter.bars.iter().map(|(_, density)| *density);
    let most = most.chain(parameter.prior.1.iter().copied()).fold(0.0, f64::max);
    let height = Axis::linear(0.0, 1.08 * most.max(1e-12), 1, "").with_ticks(&[], 0);
    let panel = Panel::new(frame, axis(parameter), height);
    panel.draw_axes(canvas, Furniture { y_labels: false, ..furniture });
    for ((from, to), density) in &parameter.bars {
        let fill = Fill { colour, opacity: 0.5 };
        panel.bar_between(canvas, (*from, *to), (0.0, *density), fill);
    }
    panel.line(canvas, &parameter.prior.0, &parameter.prior.1, Stroke::new(Colour::INK, 1.1));
    panel.upright(canvas, parameter.estimate, Stroke::new(Colour::BLACK, 1.0));
}

fn draw_points(
    canvas: &mut Canvas,
    panel: &Panel,
    (level, vertical): (&PairParameter, &PairParameter),
    furniture: Furniture,
    figure: &PairFigure,
) {
    panel.draw_axes(canvas, furniture);
    let largest = figure.weights.iter().copied().fold(0.0, f64::max);
    let pairs = level.values.iter().zip(&vertical.values).zip(&figure.weights);
    for ((x, y), weight) in pairs.filter(|(_, weight)| **weight >= FAINTEST * largest) {
        if panel.x.holds(*x) && panel.y.holds(*y) {
            let opacity = 0.75 * (weight / largest).sqrt();
            canvas.disc(panel.at(*x, *y), 0.5, Fill { colour: figure.colour, opacity });
        }
    }
    panel.point(canvas, (level.estimate, vertical.estimate), 0.8, Colour::BLACK);
}

/// A correlation in words as large as it is strong.
fn draw_correlation(canvas: &mut Canvas, frame: Rect, correlation: f64) {
    let strength = correlation.abs().min(1.0);
    let style = Type { size_pt: 8.0 + 5.0 * strength, ..Type::TEXT };
    let colour = if strength < 0.2 { Colour::NOTE } else { Colour::HEADLINE };
    let style = style.coloured(colour).anchored(Anchor::Middle);
    let place = (frame.left + frame.width / 2.0, frame.top + frame.height / 2.0);
    canvas.text((place.0, place.1 + style.centre_drop()), &number(correlation, 2), style);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::testing::assert_presentable;

    fn parameter(i: u32) -> PairParameter {
        let scale = 10_f64.powi(i.cast_signed() - 2);
        let value = |k: u32| scale * (1.0 + 0.3 * f64::from((k * (7 + i)) % 50) / 50.0);
        let edge = |k: u32| scale * (1.0 + 0.03 * f64::from(k));
        PairParameter {
            name: format!("parameter {i}"),
            values: (0..50).map(value).collect(),
            estimate: 1.15 * scale,
            bars: (0..10).map(|k| ((edge(k), edge(k + 1)), f64::from(k))).collect(),
            prior: ((0..=10).map(edge).collect(), vec![4.0; 11]),
            ends: (0.98 * scale, 1.32 * scale),
            log: i % 2 == 1,
        }
    }

    #[test]
    fn invariant_any_number_of_pairs_is_presentable() -> Result<()> {
        for count in 1..=6_u32 {
            let size = count as usize;
            let figure = PairFigure {
                title: "The published numbers inform these parameters most".to_owned(),
                model_name: "mechanistic model, variant B".to_owned(),
                caption: "50 draws of the posterior.".to_owned(),
                parameters: (0..count).map(parameter).collect(),
                weights: (0..50).map(|k| f64::from(k) / 1225.0).collect(),
                correlations: vec![vec![-0.87; size]; size],
                colour: Colour::BLUE,
            };
            let svg = draw(&figure, Lettering::FromPage)?;
            assert_presentable(&svg);
            assert_eq!(svg.matches("−0.87").count(), size * (size - 1) / 2);
        }
        Ok(())
    }
}
