//! The strip at the foot of a sheet: a few numbers, each under its name.

use super::canvas::{Canvas, text_width};
use super::page::{MARGIN, rule};
use super::theme::Type;

/// Names and values in one row, or in several if the page is too narrow.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    rows: Vec<Vec<(String, String)>>,
    columns: Vec<f64>,
    width: f64,
}

const GAP: f64 = 4.0;
const ROW: f64 = 10.2;

impl Strip {
    /// A strip for a page of a width (mm).
    #[must_use]
    pub fn new(cells: &[(String, String)], page_width: f64) -> Self {
        let width = page_width - 2.0 * MARGIN;
        let most = cells.len().max(1);
        let columns = (1..=most)
            .map(|rows| column_widths(cells, most.div_ceil(rows)))
            .find(|columns| natural_width(columns) <= width)
            .unwrap_or_else(|| vec![width]);
        let rows = cells.chunks(columns.len()).map(<[_]>::to_vec).collect();
        Self { rows, columns, width }
    }

    /// Height (mm).
    #[must_use]
    pub fn height(&self) -> f64 {
        self.rows.len() as f64 * ROW
    }

    /// Draws the strip from its upper edge.
    pub fn draw(&self, canvas: &mut Canvas, top: f64) {
        let spare = (self.width - natural_width(&self.columns)) / self.columns.len() as f64;
        for (i, row) in self.rows.iter().enumerate() {
            let top = top + i as f64 * ROW;
            rule(canvas, MARGIN, MARGIN + self.width, top);
            let mut x = MARGIN;
            for (cell, column) in row.iter().zip(&self.columns) {
                canvas.text((x, top + 4.0), &cell.0, Type::NOTE);
                canvas.text((x, top + 8.4), &cell.1, Type::VALUE);
                x += column + GAP + spare;
            }
        }
    }
}

/// The width each of a number of columns needs.
fn column_widths(cells: &[(String, String)], columns: usize) -> Vec<f64> {
    let cell = |(name, value): &(String, String)| {
        text_width(name, Type::NOTE).max(text_width(value, Type::VALUE))
    };
    let widest = |column| cells.iter().skip(column).step_by(columns).map(cell).fold(0.0, f64::max);
    (0..columns).map(widest).collect()
}

fn natural_width(columns: &[f64]) -> f64 {
    columns.iter().sum::<f64>() + GAP * columns.len().saturating_sub(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_long_cells_take_more_rows() {
        let cell = |n: usize| ("name".to_owned(), "8".repeat(n));
        let rows = |n| Strip::new(&[cell(n), cell(n), cell(n), cell(n)], 180.0).rows.len();
        assert_eq!(rows(4), 1);
        assert_eq!(rows(35), 2);
        assert_eq!(Strip::new(&[], 180.0).rows.len(), 0);
    }
}
