//! A fit of counts: the counts on the fitted curve with the band in which they are expected, and the
//! residuals below.

use super::sheet::Series;
use crate::error::Result;
use crate::report::drawing::axis::Axis;
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::marks::EndLabel;
use crate::report::drawing::page::{FIGURE_WIDTH, MARGIN, Page};
use crate::report::drawing::panel::{Furniture, Panel, X_AXIS_HEIGHT, Y_TITLE_HEIGHT};
use crate::report::drawing::platelets::{self, Levels};
use crate::report::drawing::theme::{Colour, Fill, Stroke, Type};
use crate::statistics::Z_95;

/// A measured count.
#[derive(Debug, Clone, PartialEq)]
pub struct Count {
    /// Days from the first dose.
    pub day: f64,
    /// Count (10⁹/L).
    pub value: f64,
    /// The bar around it.
    pub interval: (f64, f64),
    /// Measured minus fitted, in standard deviations of the count.
    pub residual: f64,
}

/// Everything on the figure.
#[derive(Debug, Clone, PartialEq)]
pub struct CountsFit {
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
    /// The counts that are marked.
    pub levels: Levels,
    /// Lower and upper edge of the band in which a count is expected (10⁹/L).
    pub band: (Vec<f64>, Vec<f64>),
    /// The counts.
    pub counts: Vec<Count>,
}

const HEIGHT: f64 = 58.0;
const RESIDUALS_HEIGHT: f64 = 20.0;
const RADIUS: f64 = 0.95;
/// Least distance of two labelled levels, mm.
const APART: f64 = 4.0;

/// Draws the fit.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(fit: &CountsFit, lettering: Lettering) -> Result<String> {
    let page = Page::new(FIGURE_WIDTH, &fit.title, &fit.model_name, &fit.caption);
    let highest = fit.counts.iter().map(|count| count.interval.1);
    let highest = highest.chain(fit.band.1.iter().copied()).filter(|value| value.is_finite());
    let y = platelets::axis(highest.fold(1.0, f64::max) * 1.08);
    let most = fit.counts.iter().map(|count| count.residual.abs()).fold(Z_95, f64::max) * 1.15;
    let residuals = Axis::linear(-most, most, 4, "(measured − fitted) / SD");
    let ticks = y.ticks.iter().chain(&residuals.ticks);
    let numbers = ticks.map(|tick| text_width(&tick.label, Type::TICK)).fold(0.0, f64::max);
    let (left, top) = (MARGIN + numbers + 1.6, page.top() + Y_TITLE_HEIGHT + 1.5);
    let labels = labels(fit);
    let width = FIGURE_WIDTH - MARGIN - Panel::end_label_room(&labels) - left;
    let days = Axis::weeks(
        fit.day.first().copied().unwrap_or(0.0),
        fit.day.last().copied().unwrap_or(0.0),
    );
    let upper = Panel::new(Rect::new(left, top, width, HEIGHT), days.clone(), y);
    let below = upper.frame.bottom() + Y_TITLE_HEIGHT + 3.0;
    let lower = Panel::new(Rect::new(left, below, width, RESIDUALS_HEIGHT), days, residuals);

    let mut canvas = page.cut(lower.frame.bottom() + X_AXIS_HEIGHT);
    draw_counts(&mut canvas, &upper, fit);
    upper.end_labels(&mut canvas, &labels);
    draw_residuals(&mut canvas, &lower, fit);
    canvas.finish(lettering)
}

fn draw_counts(canvas: &mut Canvas, panel: &Panel, fit: &CountsFit) {
    let (day, fitted) = (fit.day.as_slice(), &fit.fitted);
    panel.draw_axes(canvas, Furniture::STACKED);
    panel.band(canvas, day, &fit.band.0, &fit.band.1, Fill::band(fitted.colour));
    platelets::draw_thresholds(panel, canvas, fit.levels);
    let stroke = Stroke::main(fitted.colour).with_dash(fitted.dash);
    panel.curve(canvas, &fitted.label, (day, &fitted.values), stroke);
    for count in &fit.counts {
        panel.error_bar(canvas, count.day, count.interval, Stroke::new(Colour::PUBLISHED, 0.7));
        panel.point(canvas, (count.day, count.value), RADIUS, Colour::PUBLISHED);
    }
    // On an axis of thousands the labels would touch.
    if panel.y_at(fit.levels.enough) - panel.y_at(fit.levels.too_many) > APART {
        platelets::label_thresholds(panel, canvas, fit.levels, &[(day, &fitted.values)]);
    }
}

fn draw_residuals(canvas: &mut Canvas, panel: &Panel, fit: &CountsFit) {
    panel.draw_axes(canvas, Furniture::ALL);
    let ends = [panel.x.low, panel.x.high];
    panel.band(canvas, &ends, &[-Z_95; 2], &[Z_95; 2], Fill::band(fit.fitted.colour));
    panel.level(canvas, 0.0, Stroke::data(fit.fitted.colour));
    for count in &fit.counts {
        panel.point(canvas, (count.day, count.residual), RADIUS, Colour::PUBLISHED);
    }
}

fn labels(fit: &CountsFit) -> Vec<EndLabel> {
    let last = fit.fitted.values.iter().rev().copied().find(|value| value.is_finite());
    vec![EndLabel {
        value: last.unwrap_or(f64::NAN),
        text: fit.fitted.label.clone(),
        stroke: Stroke::main(fit.fitted.colour).with_dash(fit.fitted.dash),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::testing::{assert_presentable, days, hump, texts};
    use crate::report::drawing::theme::Dash;

    fn fit(counts: &[(f64, f64, f64)]) -> CountsFit {
        let values = hump(79.0, 12.0);
        let edge = |factor: f64| values.iter().map(|value| factor * value).collect();
        let count = |&(day, value, residual): &(f64, f64, f64)| Count {
            day,
            value,
            interval: (0.8 * value, 1.2 * value),
            residual,
        };
        CountsFit {
            title: "Curve through 3 counts of one patient".to_owned(),
            model_name: "Mechanistic model, variant B; converged: KC 52.6 ng/mL".to_owned(),
            caption: "Points: measured counts.".to_owned(),
            day: days(),
            levels: Levels::USUAL,
            band: (edge(0.7), edge(1.3)),
            fitted: Series {
                label: "fitted".to_owned(),
                values,
                colour: Colour::BLUE,
                dash: Dash::Solid,
            },
            counts: counts.iter().map(count).collect(),
        }
    }

    #[test]
    fn invariant_every_count_is_drawn_on_the_curve_and_as_a_residual() -> Result<()> {
        for counts in [
            &[][..],
            &[(0.0, 40.0, 0.1)],
            &[(0.0, 31_000.0, 900.0), (12.0, 80.0, -2.5), (20.0, 60.0, 0.0)],
        ] {
            let svg = draw(&fit(counts), Lettering::FromPage)?;
            assert_presentable(&svg);
            let is_count = |line: &&str| line.starts_with("<circle") && line.contains("#000000");
            assert_eq!(svg.lines().filter(is_count).count(), 2 * counts.len());
            assert!(texts(&svg).iter().any(|text| text.words == "(measured − fitted) / SD"));
        }
        Ok(())
    }
}
