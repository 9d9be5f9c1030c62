//! A table of numbers that may be positive or negative, coloured by size and sign.

use crate::error::Result;
use crate::report::drawing::axis::number;
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::page::{FIGURE_WIDTH, MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::theme::{Anchor, Colour, Fill, Type};

/// The table. Rows and columns carry the same numbers: column 3 is what row 3 names.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedMap {
    /// The answer in words.
    pub title: String,
    /// Model and variant.
    pub model_name: String,
    /// What is drawn.
    pub caption: String,
    /// What the rows are, and what the columns are.
    pub heading: String,
    /// One label a row.
    pub rows: Vec<String>,
    /// Number of the first row, and of each column.
    pub columns: Vec<usize>,
    /// Numbers row by row; one that is not a number leaves its cell empty.
    pub values: Vec<Vec<f64>>,
    /// The size at which the colour is full.
    pub full: f64,
    /// Decimals written.
    pub decimals: usize,
    /// A last column without colour: its heading, and a word for each row.
    pub beside: Option<(String, Vec<String>)>,
}

const ROW: f64 = 5.8;
const WIDEST: f64 = 11.0;
/// Narrowest cell of a figure that is not as wide as a sheet (mm).
const NARROW: f64 = 7.6;
const GAP: f64 = 0.25;
/// Sizes of the numbers in the cells (pt); where not even the last fits there are none.
const SIZES: [f64; 4] = [7.0, 6.5, 6.0, 5.5];
/// Room for headings of the columns (mm).
const HEADING: f64 = 5.0;

/// Draws the table.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(map: &SignedMap, lettering: Lettering) -> Result<String> {
    let labels: Vec<String> =
        map.rows.iter().enumerate().map(|(i, label)| format!("{}  {label}", i + 1)).collect();
    let widest = labels.iter().map(|label| text_width(label, Type::TICK)).fold(0.0, f64::max);
    let beside = map.beside.as_ref().map_or(0.0, |(heading, words)| {
        let words = words.iter().chain([heading]);
        3.0 + words.map(|word| text_width(word, Type::TICK)).fold(0.0, f64::max)
    });
    let left = MARGIN + widest + 2.0;
    let columns = map.columns.len().max(1) as f64;
    let cell = |page: f64| ((page - MARGIN - left - beside) / columns).min(WIDEST);
    let page_width = if cell(FIGURE_WIDTH) >= NARROW { FIGURE_WIDTH } else { SHEET_WIDTH };
    let width = cell(page_width).max(0.5);
    let page = Page::new(page_width, &map.title, &map.model_name, &map.caption);
    let heading = page.top() + 5.0;
    let top = heading + 2.0 + HEADING;
    let mut canvas = page.cut(top + ROW * map.rows.len() as f64);
    canvas.text((MARGIN, heading), &map.heading, Type::TEXT);
    let middle = |column: usize| left + (column as f64 + 0.5) * width;
    for (column, name) in map.columns.iter().enumerate() {
        let style = Type::TICK.anchored(Anchor::Middle);
        canvas.text((middle(column), top - 1.4), &name.to_string(), style);
    }
    let right = left + columns * width + beside;
    if let Some((heading, _)) = &map.beside {
        canvas.text((right, top - 1.4), heading, Type::TICK.anchored(Anchor::End));
    }
    for (row, label) in labels.iter().enumerate() {
        let upper = top + row as f64 * ROW;
        let baseline = upper + 0.5 * ROW + Type::TICK.centre_drop();
        canvas.text((left - 1.6, baseline), label, Type::TICK.anchored(Anchor::End));
        for (column, value) in map.values.get(row).into_iter().flatten().enumerate() {
            draw_cell(&mut canvas, map, (left + column as f64 * width, upper, width), *value);
        }
        if let Some(word) = map.beside.as_ref().and_then(|(_, words)| words.get(row)) {
            canvas.text((right, baseline), word, Type::TICK.anchored(Anchor::End));
        }
    }
    canvas.finish(lettering)
}

fn draw_cell(
    canvas: &mut Canvas,
    map: &SignedMap,
    (left, top, width): (f64, f64, f64),
    value: f64,
) {
    if !value.is_finite() {
        return;
    }
    let colour = Colour::signed(value / map.full);
    let frame = Rect::new(left + GAP / 2.0, top + GAP / 2.0, width - GAP, ROW - GAP);
    canvas.rect(frame, Fill::solid(colour));
    let words = number(value, map.decimals);
    let fits =
        |size: &f64| text_width(&words, Type { size_pt: *size, ..Type::TICK }) < width - GAP - 0.2;
    if let Some(size_pt) = SIZES.into_iter().find(fits) {
        let style = Type { size_pt, ..Type::TICK };
        let style = style.anchored(Anchor::Middle).coloured(colour.text_on_it());
        canvas.text((left + width / 2.0, top + ROW / 2.0 + style.centre_drop()), &words, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::testing::{assert_presentable, texts};

    fn map(size: usize) -> SignedMap {
        let value = |row: usize, column: usize| {
            if column > row { f64::NAN } else { row as f64 / 4.0 - column as f64 / 3.0 }
        };
        let row = |row: usize| (0..size).map(|column| value(row, column)).collect();
        SignedMap {
            title: "Forcing one number moves others by up to 2.1 standard deviations".to_owned(),
            model_name: "mechanistic model, variant B".to_owned(),
            caption: "Rows forced, columns moved.".to_owned(),
            heading: "Row: the number that is forced. Column: the number that moves".to_owned(),
            rows: vec!["L-PLUS 2, lusutrombopag: no transfusion and no rescue".to_owned(); size],
            columns: (1..=size).collect(),
            values: (0..size).map(row).collect(),
            full: 2.0,
            decimals: 1,
            beside: (size > 1).then(|| ("cost".to_owned(), vec!["12.1".to_owned(); size])),
        }
    }

    #[test]
    fn invariant_tables_of_any_size_are_presentable_and_empty_cells_stay_empty() -> Result<()> {
        for size in [0, 1, 2, 6, 13] {
            let svg = draw(&map(size), Lettering::FromPage)?;
            assert_presentable(&svg);
            let cells = size * (size + 1) / 2;
            let beside = if size > 1 { size } else { 0 };
            let written = texts(&svg).iter().filter(|text| text.words.contains('.')).count();
            // Title and caption have a point each.
            assert_eq!(written, cells + beside + 2 + 1);
        }
        Ok(())
    }
}
