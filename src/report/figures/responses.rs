//! How predictions answer when one parameter moves and the others stay: a row a published number, a
//! column a parameter.

use crate::error::Result;
use crate::report::drawing::axis::Axis;
use crate::report::drawing::canvas::{Canvas, Lettering};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::page::{Block, MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel, X_LABELS_HEIGHT};
use crate::report::drawing::theme::{Colour, Fill, Stroke, Type};

/// A parameter that moves.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseColumn {
    /// Its name.
    pub name: String,
    /// Its values, ascending.
    pub values: Vec<f64>,
    /// The estimate.
    pub estimate: f64,
    /// Whether the axis is logarithmic.
    pub log: bool,
}

/// A published number.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseRow {
    /// What it is.
    pub label: String,
    /// The number in the unit of the axis.
    pub published: f64,
    /// Its own 95 % interval, where it is known.
    pub interval: Option<(f64, f64)>,
    /// For every column, what is predicted at each of its values.
    pub curves: Vec<Vec<f64>>,
    /// What is predicted at the estimates.
    pub at_estimate: f64,
}

/// A figure of responses.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseFigure {
    /// The answer in words.
    pub title: String,
    /// Model and variant.
    pub model_name: String,
    /// What is drawn.
    pub caption: String,
    /// What the vertical axes measure.
    pub y_title: String,
    /// The parameters.
    pub columns: Vec<ResponseColumn>,
    /// The numbers.
    pub rows: Vec<ResponseRow>,
    /// Colour of the curves.
    pub colour: Colour,
}

/// Room for the words of the rows (mm).
const WORDS: f64 = 32.0;
/// Room for the numbers of the vertical axes (mm).
const LABELS: f64 = 6.0;
const HEIGHT: f64 = 20.0;
const COLUMN_GAP: f64 = 4.0;
const ROW_GAP: f64 = 4.0;

/// Draws the responses.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &ResponseFigure, lettering: Lettering) -> Result<String> {
    let page = Page::new(SHEET_WIDTH, &figure.title, &figure.model_name, &figure.caption);
    let left = MARGIN + WORDS + LABELS;
    let count = figure.columns.len().max(1) as f64;
    let width = (SHEET_WIDTH - MARGIN - 2.0 - left - COLUMN_GAP * (count - 1.0)) / count;
    let names: Vec<Block> =
        figure.columns.iter().map(|c| Block::new(&c.name, width, Type::TICK)).collect();
    let names_height = names.iter().map(Block::height).fold(Type::TEXT.line_height(), f64::max);
    let top = page.top() + 2.0 + names_height + 1.5;
    let rows = figure.rows.len().max(1) as f64;
    let bottom = top + rows * HEIGHT + (rows - 1.0) * ROW_GAP;
    let mut canvas = page.cut(bottom + X_LABELS_HEIGHT);
    canvas.text((MARGIN, top - 1.5), &figure.y_title, Type::TEXT);
    for (column, name) in names.iter().enumerate() {
        let x = left + column as f64 * (width + COLUMN_GAP);
        name.draw(&mut canvas, x, top - 1.5 - name.height());
    }
    for (i, row) in figure.rows.iter().enumerate() {
        let frame_top = top + i as f64 * (HEIGHT + ROW_GAP);
        let y = vertical(row);
        Block::new(&row.label, WORDS - 1.0, Type::TICK).draw(&mut canvas, MARGIN, frame_top);
        for (j, column) in figure.columns.iter().enumerate() {
            let x = left + j as f64 * (width + COLUMN_GAP);
            let frame = Rect::new(x, frame_top, width, HEIGHT);
            let panel = Panel::new(frame, horizontal(column), y.clone());
            let furniture = Furniture {
                x_labels: i + 1 == figure.rows.len(),
                y_labels: j == 0,
                ..Furniture::NONE
            };
            draw_panel(&mut canvas, &panel, (row, column, j), furniture, figure.colour);
        }
    }
    canvas.finish(lettering)
}

/// From 0, the same for all panels of a row, so that a flat curve looks flat.
fn vertical(row: &ResponseRow) -> Axis {
    let own = row.interval.map(|(low, high)| [low, high]).into_iter().flatten();
    Axis::from_zero(row.curves.iter().flatten().copied().chain(own), 3, "")
}

fn horizontal(column: &ResponseColumn) -> Axis {
    let low = column.values.first().copied().unwrap_or(0.0);
    let high = column.values.last().copied().unwrap_or(1.0);
    let axis =
        if column.log { Axis::log_between(low, high, "") } else { Axis::linear(low, high, 3, "") };
    axis.sparse(0.06)
}

fn draw_panel(
    canvas: &mut Canvas,
    panel: &Panel,
    (row, column, j): (&ResponseRow, &ResponseColumn, usize),
    furniture: Furniture,
    colour: Colour,
) {
    panel.draw_axes(canvas, furniture);
    let ends = [panel.x.low, panel.x.high];
    if let Some((low, high)) = row.interval {
        panel.band(canvas, &ends, &[low; 2], &[high; 2], Fill::window(Colour::PUBLISHED));
    }
    panel.level(canvas, row.published, Stroke::new(Colour::PUBLISHED, 0.9));
    if let Some(curve) = row.curves.get(j) {
        panel.line(canvas, &column.values, curve, Stroke::data(colour));
    }
    panel.point(canvas, (column.estimate, row.at_estimate), 0.9, colour);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::testing::assert_presentable;

    #[test]
    fn invariant_any_number_of_rows_and_columns_is_presentable() -> Result<()> {
        for (rows, columns) in [(0, 0), (1, 1), (2, 3), (5, 5)] {
            let column = |i: usize| ResponseColumn {
                name: "no transfusion below the threshold, L-PLUS 2".to_owned(),
                values: (1..=9).map(|k| f64::from(k) * 0.07).collect(),
                estimate: 0.2,
                log: i.is_multiple_of(2),
            };
            let row = |i: usize| ResponseRow {
                label: "L-PLUS 1 and L-PLUS 2, placebo: rose by half or more".to_owned(),
                published: 12.8,
                interval: i.is_multiple_of(2).then_some((7.7, 19.8)),
                curves: vec![(1..=9).map(|k| f64::from(k) * 5.0).collect(); columns],
                at_estimate: 14.0,
            };
            let figure = ResponseFigure {
                title: "Practice moves the placebo's share".to_owned(),
                model_name: "mechanistic model, variant B".to_owned(),
                caption: "One parameter moved at a time.".to_owned(),
                y_title: "Patients (%)".to_owned(),
                columns: (0..columns).map(column).collect(),
                rows: (0..rows).map(row).collect(),
                colour: Colour::INK,
            };
            assert_presentable(&draw(&figure, Lettering::FromPage)?);
        }
        Ok(())
    }
}
