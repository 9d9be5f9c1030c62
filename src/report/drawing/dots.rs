//! A dot plot: one row a regimen, one column a summary number, each column on its own axis.

use super::axis::{Axis, number};
use super::canvas::{Canvas, text_width};
use super::geometry::Rect;
use super::page::{Block, MARGIN};
use super::panel::{Furniture, Panel, X_LABELS_HEIGHT};
use super::theme::{Anchor, Colour, Stroke, Type};

/// A summary number of one regimen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The number; none if it does not exist, such as the first day at or above 50 when there is no such day.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
}

/// A summary number of all regimens.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// What it is, with the unit.
    pub title: String,
    /// Decimals written.
    pub decimals: usize,
    /// One for each regimen, in their order.
    pub values: Vec<Estimate>,
}

/// A dot plot measured for a page.
#[derive(Debug, Clone)]
pub(in crate::report) struct DotPlot<'a> {
    names: Vec<(Block, Colour)>,
    summaries: &'a [Summary],
    titles: Vec<Block>,
    approved: Option<usize>,
    rows: Vec<f64>,
    plots_left: f64,
    plot_width: f64,
    number_width: f64,
}

const NAME_WIDTH: f64 = 52.0;
const COLUMN_GAP: f64 = 6.0;

impl<'a> DotPlot<'a> {
    pub(in crate::report) fn new(
        names: &[(String, Colour)],
        summaries: &'a [Summary],
        approved: Option<usize>,
        page_width: f64,
    ) -> Self {
        let names: Vec<(Block, Colour)> = names
            .iter()
            .map(|(name, colour)| (Block::new(name, NAME_WIDTH, Type::TEXT), *colour))
            .collect();
        let name_width = names.iter().map(|(block, _)| block.width()).fold(0.0, f64::max);
        let plots_left = MARGIN + name_width + 4.0;
        let count = summaries.len().max(1) as f64;
        let plot_width = (page_width - MARGIN - plots_left - COLUMN_GAP * (count - 1.0)) / count;
        let titles =
            summaries.iter().map(|s| Block::new(&s.title, plot_width, Type::TEXT)).collect();
        let number_width = summaries
            .iter()
            .flat_map(|s| s.values.iter().map(|e| text_width(&words(s, *e), Type::TICK)))
            .fold(0.0, f64::max);
        let rows = names.iter().map(|(block, _)| (block.height() + 1.8).max(6.0)).collect();
        Self { names, summaries, titles, approved, rows, plots_left, plot_width, number_width }
    }

    fn heading(&self) -> f64 {
        self.titles.iter().map(Block::height).fold(0.0, f64::max) + 1.5
    }

    fn rows_height(&self) -> f64 {
        self.rows.iter().sum()
    }

    /// How far under the first row's upper edge the middle of a row lies (mm).
    fn middle(&self, row: usize) -> f64 {
        self.rows[..row].iter().sum::<f64>() + self.rows[row] / 2.0
    }

    pub(in crate::report) fn height(&self) -> f64 {
        self.heading() + self.rows_height() + X_LABELS_HEIGHT
    }
}

fn words(summary: &Summary, estimate: Estimate) -> String {
    let known = estimate.value.filter(|value| value.is_finite());
    known.map_or_else(|| "none".to_owned(), |value| number(value, summary.decimals))
}

pub(in crate::report) fn draw(plot: &DotPlot<'_>, canvas: &mut Canvas, top: f64) {
    let rows_top = top + plot.heading();
    for (i, (name, _)) in plot.names.iter().enumerate() {
        let middle = rows_top + plot.middle(i);
        name.draw(canvas, MARGIN, middle - name.height() / 2.0);
    }
    for (i, (summary, title)) in plot.summaries.iter().zip(&plot.titles).enumerate() {
        let left = plot.plots_left + i as f64 * (plot.plot_width + COLUMN_GAP);
        title.draw(canvas, left, rows_top - 1.5 - title.height());
        let width = plot.plot_width - plot.number_width - 2.5;
        let frame = Rect::new(left, rows_top, width, plot.rows_height());
        draw_column(plot, canvas, summary, frame);
    }
}

fn draw_column(plot: &DotPlot<'_>, canvas: &mut Canvas, summary: &Summary, frame: Rect) {
    let ends = |e: &Estimate| [e.value, e.interval.map(|i| i.0), e.interval.map(|i| i.1)];
    let values = summary.values.iter().flat_map(ends).flatten();
    let rows = Axis::linear(-plot.rows_height(), 0.0, 1, "").with_ticks(&[], 0);
    let panel = Panel::new(frame, Axis::from_zero(values, 3, ""), rows);
    panel.draw_axes(canvas, Furniture { x_labels: true, ..Furniture::NONE });
    for row in 0..plot.names.len() {
        panel.level(canvas, -plot.middle(row), Stroke::new(Colour::GRID, 0.6));
    }
    let approved = plot.approved.and_then(|i| summary.values.get(i)).and_then(|e| e.value);
    if let Some(value) = approved {
        panel.upright(canvas, value, Stroke::reference());
    }
    let right = frame.right() + 2.5 + plot.number_width;
    for (i, (estimate, (_, colour))) in summary.values.iter().zip(&plot.names).enumerate() {
        let row = -plot.middle(i);
        if let Some(interval) = estimate.interval {
            let ends = [panel.at(interval.0, row), panel.at(interval.1, row)];
            canvas.path(&ends, Stroke::data(*colour));
        }
        if let Some(value) = estimate.value {
            panel.dot(canvas, (value, row), 1.15, *colour);
        }
        let style = Type::TICK.anchored(Anchor::End);
        let style = if estimate.value.is_some() { style } else { style.coloured(Colour::NOTE) };
        let baseline = panel.y_at(row) + style.centre_drop();
        canvas.text((right, baseline), &words(summary, *estimate), style);
    }
}
