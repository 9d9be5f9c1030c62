//! Regimens side by side: one panel each on one scale, then their summary numbers as dots.

use crate::error::Result;
use crate::report::drawing::axis::Axis;
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::dots::{self, DotPlot};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::marks::Curve;
use crate::report::drawing::page::{Block, MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel, X_AXIS_HEIGHT, X_LABELS_HEIGHT};
use crate::report::drawing::platelets::{self, Levels};
use crate::report::drawing::theme::{Anchor, Colour, Fill, Stroke, Type};

pub use crate::report::drawing::dots::{Estimate, Summary};

/// One regimen of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Regimen {
    /// Its name, above its panel and beside its dots.
    pub label: String,
    /// Platelet count for each day (10⁹/L).
    pub values: Vec<f64>,
    /// Lower and upper edge of the band around the curve (10⁹/L).
    pub band: Option<(Vec<f64>, Vec<f64>)>,
    /// First and last day of each interval at or above the lower level.
    pub windows: Vec<(f64, f64)>,
    /// Colour.
    pub colour: Colour,
}

/// A comparison of regimens.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// The answer in words.
    pub title: String,
    /// Model and variant.
    pub model_name: String,
    /// What is drawn.
    pub caption: String,
    /// Days from the first dose, ascending, shared by all curves.
    pub day: Vec<f64>,
    /// Regimens in a meaningful order.
    pub regimens: Vec<Regimen>,
    /// Which of them is the approved one, repeated in grey in every panel.
    pub approved: Option<usize>,
    /// Upper end of the axis (10⁹/L).
    pub y_max: f64,
    /// The counts that are marked.
    pub levels: Levels,
    /// Summary numbers, one dot column each.
    pub summaries: Vec<Summary>,
}

const COLUMN_GAP: f64 = 6.0;
const ROW_GAP: f64 = 4.0;
const KEY_HEIGHT: f64 = 7.0;
const DOTS_GAP: f64 = 7.0;

/// Draws a comparison.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(overview: &Overview, lettering: Lettering) -> Result<String> {
    let page = Page::new(SHEET_WIDTH, &overview.title, &overview.model_name, &overview.caption);
    let grid = Grid::new(overview, page.top() + KEY_HEIGHT);
    let names: Vec<(String, Colour)> =
        overview.regimens.iter().map(|r| (r.label.clone(), r.colour)).collect();
    let dots = DotPlot::new(&names, &overview.summaries, overview.approved, SHEET_WIDTH);
    let dots_top = grid.bottom + X_AXIS_HEIGHT + DOTS_GAP;
    let bottom = if overview.summaries.is_empty() {
        grid.bottom + X_AXIS_HEIGHT
    } else {
        dots_top + dots.height()
    };

    let mut canvas = page.cut(bottom);
    draw_key(&mut canvas, overview, page.top() + 5.0);
    for (i, (panel, title)) in grid.panels.iter().zip(&grid.titles).enumerate() {
        title.draw(&mut canvas, panel.frame.left, panel.frame.top - 1.2 - title.height());
        draw_panel(&mut canvas, panel, overview, i, i % grid.columns == 0);
    }
    let middle = grid.left + (SHEET_WIDTH - MARGIN - grid.left) / 2.0;
    let style = Type::TEXT.anchored(Anchor::Middle);
    let title = grid.panels.first().map_or("", |panel| panel.x.title.as_str());
    canvas.text((middle, grid.bottom + 8.8), title, style);
    if !overview.summaries.is_empty() {
        dots::draw(&dots, &mut canvas, dots_top);
    }
    canvas.finish(lettering)
}

/// The panels laid out in rows.
struct Grid {
    panels: Vec<Panel>,
    titles: Vec<Block>,
    columns: usize,
    left: f64,
    bottom: f64,
}

/// How many panels stand side by side.
fn columns(count: usize) -> usize {
    match count {
        0..=3 => count.max(1),
        4 => 2,
        5 | 6 | 9 => 3,
        _ => 4,
    }
}

impl Grid {
    fn new(overview: &Overview, top: f64) -> Self {
        let columns = columns(overview.regimens.len());
        let y = platelets::axis(overview.y_max);
        let numbers =
            y.ticks.iter().map(|tick| text_width(&tick.label, Type::TICK)).fold(0.0, f64::max);
        let left = MARGIN + numbers + 1.6;
        let gaps = COLUMN_GAP * (columns - 1) as f64;
        let width = (SHEET_WIDTH - MARGIN - 1.5 - left - gaps) / columns as f64;
        let height = (0.66 * width).clamp(28.0, 44.0);
        let days = Axis::weeks(
            overview.day.first().copied().unwrap_or(0.0),
            overview.day.last().copied().unwrap_or(0.0),
        );
        let titles: Vec<Block> = overview
            .regimens
            .iter()
            .map(|r| Block::new(&r.label, width, Type::VALUE.coloured(r.colour.for_text())))
            .collect();
        let mut panels = Vec::new();
        let mut row_top = top;
        for row in titles.chunks(columns) {
            let frame_top = row_top + row.iter().map(Block::height).fold(0.0, f64::max) + 1.2;
            for column in 0..row.len() {
                let x = left + column as f64 * (width + COLUMN_GAP);
                let frame = Rect::new(x, frame_top, width, height);
                panels.push(Panel::new(frame, days.clone(), y.clone()));
            }
            row_top = frame_top + height + X_LABELS_HEIGHT + ROW_GAP;
        }
        let bottom = panels.last().map_or(top, |panel| panel.frame.bottom());
        Self { panels, titles, columns, left, bottom }
    }
}

/// What the axis is and what the grey curve is, once for all panels.
fn draw_key(canvas: &mut Canvas, overview: &Overview, baseline: f64) {
    canvas.text((MARGIN, baseline), platelets::TITLE, Type::TEXT);
    let Some(approved) = overview.approved.and_then(|i| overview.regimens.get(i)) else {
        return;
    };
    let words = format!("grey in every panel: {}", approved.label);
    let (right, style) = (SHEET_WIDTH - MARGIN, Type::NOTE.anchored(Anchor::End));
    canvas.text((right, baseline), &words, style);
    let end = right - text_width(&words, style) - 1.5;
    let level = baseline - style.centre_drop();
    canvas.path(&[(end - 7.0, level), (end, level)], Stroke::data(Colour::REFERENCE));
}

fn draw_panel(canvas: &mut Canvas, panel: &Panel, overview: &Overview, i: usize, first: bool) {
    let regimen = &overview.regimens[i];
    let day = &overview.day;
    let furniture = Furniture { x_labels: true, y_labels: first, ..Furniture::NONE };
    panel.draw_axes(canvas, furniture);
    let curve = (day.as_slice(), regimen.values.as_slice());
    platelets::shade_windows(panel, canvas, curve, &regimen.windows, regimen.colour);
    platelets::draw_thresholds(panel, canvas, overview.levels);
    if let Some((lower, upper)) = &regimen.band {
        panel.band(canvas, day, lower, upper, Fill::band(regimen.colour));
    }
    let approved = overview.approved.filter(|&a| a != i).and_then(|a| overview.regimens.get(a));
    if let Some(approved) = approved {
        let grey = Stroke::data(Colour::REFERENCE);
        panel.curve(canvas, &approved.label, (day, &approved.values), grey);
    }
    panel.curve(canvas, &regimen.label, curve, Stroke::main(regimen.colour));
    let all = [regimen].into_iter().chain(approved);
    let curves: Vec<Curve<'_>> = all.map(|r| (day.as_slice(), r.values.as_slice())).collect();
    platelets::label_thresholds(panel, canvas, overview.levels, &curves);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::testing::{assert_presentable, days, hump};

    fn overview(count: usize) -> Overview {
        let regimen = |i: usize| Regimen {
            label: format!("Lusutrombopag {} mg × 7 days, stopped at 50 and a rise of 20", i + 1),
            values: hump(40.0 + 20.0 * i as f64, 12.0),
            band: (i == 1).then(|| (hump(45.0, 12.0), hump(90.0, 12.0))),
            windows: vec![(7.0, 20.0)],
            colour: Colour::dose_ramp(i as f64 / 8.0),
        };
        let estimate = |i: usize| Estimate {
            value: (i != 0).then_some(10.0 * i as f64),
            interval: (i > 1).then_some((8.0 * i as f64, 12.0 * i as f64)),
        };
        let summary = |title: &str| Summary {
            title: title.to_owned(),
            decimals: 1,
            values: (0..count).map(estimate).collect(),
        };
        Overview {
            title: "Three milligrams are enough".to_owned(),
            model_name: "Mechanistic model, variant B".to_owned(),
            caption: "Typical patient.".to_owned(),
            day: days(),
            regimens: (0..count).map(regimen).collect(),
            approved: Some(2),
            y_max: 200.0,
            levels: Levels::USUAL,
            summaries: ["Maximum (10⁹/L)", "Days at or above 50", "First day at or above 50"]
                .map(summary)
                .to_vec(),
        }
    }

    #[test]
    fn invariant_any_number_of_regimens_is_presentable() -> Result<()> {
        for count in 0..=9 {
            assert_presentable(&draw(&overview(count), Lettering::FromPage)?);
        }
        Ok(())
    }

    #[test]
    fn invariant_the_approved_regimen_is_grey_in_all_panels_but_its_own() -> Result<()> {
        let svg = draw(&overview(5), Lettering::FromPage)?;
        let width = format!("stroke-width=\"{}\"", 21);
        let grey = svg.lines().filter(|l| l.contains("stroke=\"#999999\"") && l.contains(&width));
        assert_eq!(grey.count(), 4 + 1, "four panels and the key");
        Ok(())
    }
}
