//! Observed against predicted: one row a statistic, one panel a unit.

mod layout;
#[cfg(test)]
mod tests;

use crate::error::Result;
use crate::report::drawing::axis::{Axis, number};
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::{Point, Rect, keep};
use crate::report::drawing::page::{Block, MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel};
use crate::report::drawing::theme::{Anchor, Colour, Dash, Fill, Stroke, Type};
use layout::{Columns, Content, Layout, Section};

/// What a statistic is measured in. Statistics of one unit share a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A share, 0 to 1; drawn in per cent.
    Share,
    /// A count (10⁹/L).
    Count,
    /// A visit day, 1 being the day of the first dose.
    VisitDay,
    /// Days.
    Days,
    /// Doses.
    Doses,
    /// A ratio to the first row.
    Ratio,
}

/// A published number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// The number.
    pub value: f64,
    /// Its own interval, where it is known.
    pub interval: Option<(f64, f64)>,
}

/// Where simulated trials fall.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicted {
    /// Structural variant, or another short name; written where a row has several predictions.
    pub name: String,
    /// Lower end of the interval that holds 95 % of trials.
    pub low: f64,
    /// Median of the trials.
    pub median: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Standardised distance of the observed number.
    pub distance: Option<f64>,
    /// Whether the observed number lies inside; none where that is not asked.
    pub inside: Option<bool>,
}

/// A statistic.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Trial and arm, written once above the rows that share them.
    pub group: String,
    /// What it is.
    pub label: String,
    /// On whom: the subset and n.
    pub note: String,
    /// Unit of all its numbers.
    pub unit: Unit,
    /// As published; none for a statistic that no one published.
    pub observed: Option<Observed>,
    /// As predicted, by one variant or by several in the same order in all rows.
    pub predictions: Vec<Predicted>,
}

/// A forest plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    /// The answer in words.
    pub title: String,
    /// Model and variant.
    pub model_name: String,
    /// What is drawn.
    pub caption: String,
    /// Rows; those of one group and unit need not stand together.
    pub rows: Vec<Row>,
}

impl Unit {
    /// In the order of the panels.
    const ALL: [Self; 6] =
        [Self::Ratio, Self::Share, Self::Count, Self::VisitDay, Self::Days, Self::Doses];

    fn title(self) -> &'static str {
        match self {
            Self::Share => "Share of patients (%)",
            Self::Count => "Platelets (10⁹/L)",
            Self::VisitDay => "Visit day",
            Self::Days => "Days",
            Self::Doses => "Doses",
            Self::Ratio => "Ratio to the first row",
        }
    }

    fn scale(self) -> f64 {
        if self == Self::Share { 100.0 } else { 1.0 }
    }

    fn axis(self, values: impl Iterator<Item = f64>) -> Axis {
        match self {
            Self::Share => Axis::linear(0.0, 100.0, 5, self.title()),
            _ => Axis::around(values.map(|value| self.scale() * value), 5, self.title()),
        }
    }
}

impl Predicted {
    fn is_missed(&self) -> bool {
        self.inside == Some(false)
    }
}

impl Row {
    /// Whether the observed number lies outside an interval of its row.
    #[must_use]
    pub fn is_missed(&self) -> bool {
        self.predictions.iter().any(Predicted::is_missed)
    }
}

/// Distance between the lanes of a row with several predictions (mm).
const LANE: f64 = 1.75;
/// Height of the bar of a single prediction (mm).
const BAR: f64 = 3.2;
const KEY_HEIGHT: f64 = 6.0;

/// Draws a forest plot.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(forest: &Forest, lettering: Lettering) -> Result<String> {
    let page = Page::new(SHEET_WIDTH, &forest.title, &forest.model_name, &forest.caption);
    let layout = Layout::new(forest, page.top() + KEY_HEIGHT);
    let mut canvas = page.cut(layout.bottom);
    draw_key(&mut canvas, &layout.columns, page.top() + 4.6);
    draw_headings(&mut canvas, &layout);
    for section in &layout.sections {
        draw_section(&mut canvas, forest, &layout.columns, section);
    }
    canvas.finish(lettering)
}

/// Samples of the marks with their names.
fn draw_key(canvas: &mut Canvas, columns: &Columns, baseline: f64) {
    let middle = baseline - Type::NOTE.centre_drop();
    let panel = Panel::new(
        Rect::new(MARGIN, middle - 1.0, 200.0, 2.0),
        Axis::linear(0.0, 200.0, 1, ""),
        Axis::linear(-1.0, 1.0, 1, ""),
    );
    let mut x = 0.0;
    let say = |canvas: &mut Canvas, x: f64, words: &str| {
        canvas.text((MARGIN + x, baseline), words, Type::NOTE);
        x + text_width(words, Type::NOTE) + 5.0
    };
    if columns.observes {
        panel.error_bar_level(canvas, 0.0, (x, x + 8.0), Stroke::new(Colour::PUBLISHED, 1.2));
        panel.dot(canvas, (x + 4.0, 0.0), 1.15, Colour::PUBLISHED);
        x = say(canvas, x + 9.4, "observed");
    }
    if columns.names.len() < 2 {
        draw_bar(canvas, &panel, 0.0, (x, x + 4.0, x + 8.0));
        x = say(canvas, x + 9.4, "predicted");
    } else {
        for name in &columns.names {
            draw_lane(canvas, &panel, 0.0, (x, x + 5.5, x + 11.0), variant_stroke(name));
            x = say(canvas, x + 12.4, name);
        }
    }
    if columns.asks {
        panel.dot(canvas, (x + 1.0, 0.0), 1.15, Colour::VERMILLION);
        say(canvas, x + 3.2, "outside the prediction interval");
    }
}

/// What the columns of numbers are.
fn draw_headings(canvas: &mut Canvas, layout: &Layout) {
    let columns = &layout.columns;
    let style = Type::NOTE.anchored(Anchor::End);
    let baseline = layout.top + 3.6;
    if columns.observes {
        canvas.text((columns.observed_right, baseline), "observed", style);
    }
    if let Some(right) = columns.predicted_right {
        canvas.text((right, baseline), "predicted", style);
        if columns.observes {
            canvas.text((SHEET_WIDTH - MARGIN, baseline), "distance", style);
        }
        return;
    }
    for (i, name) in columns.names.iter().enumerate() {
        canvas.text((columns.distance_right(i), baseline), name, style);
    }
    if !columns.names.is_empty() {
        let what = if columns.observes { "distance" } else { "median" };
        canvas.text((SHEET_WIDTH - MARGIN, baseline - 3.7), what, style);
    }
}

fn draw_section(canvas: &mut Canvas, forest: &Forest, columns: &Columns, section: &Section) {
    let rows = section.rows(forest);
    let ends = |row: &Row| {
        let observed = row.observed.into_iter().flat_map(|o| {
            [o.value].into_iter().chain(o.interval.into_iter().flat_map(|(l, h)| [l, h]))
        });
        let predicted = row.predictions.iter().flat_map(|p| [p.low, p.median, p.high]);
        observed.chain(predicted).collect::<Vec<f64>>()
    };
    let x = section.unit.axis(rows.flat_map(ends));
    let frame = Rect::new(columns.plot_left, section.top, columns.plot_width, section.height);
    let y = Axis::linear(-section.height, 0.0, 1, "").with_ticks(&[], 0);
    let panel = Panel::new(frame, x, y);
    panel.draw_axes(canvas, Furniture { x_labels: true, x_title: true, ..Furniture::NONE });
    for line in &section.lines {
        match &line.content {
            Content::Group(name) => name.draw(canvas, MARGIN, section.top + line.top + 1.6),
            Content::Row { row, label, note } => {
                let middle = line.top + line.height / 2.0;
                let half = f64::midpoint(label.height(), note.height());
                let top = section.top + middle - half;
                label.draw(canvas, MARGIN, top);
                note.draw(canvas, MARGIN, top + label.height());
                draw_row(canvas, columns, &panel, &forest.rows[*row], -middle);
            }
        }
    }
}

fn draw_row(canvas: &mut Canvas, columns: &Columns, panel: &Panel, row: &Row, level: f64) {
    let scale = row.unit.scale();
    let scaled = |p: &Predicted| (scale * p.low, scale * p.median, scale * p.high);
    let mut observed_level = level;
    if columns.predicted_right.is_some() {
        panel.level(canvas, level, Stroke::new(Colour::GRID, 0.6));
        for predicted in &row.predictions {
            draw_bar(canvas, panel, level, scaled(predicted));
        }
    } else {
        let lanes = row.predictions.len() as f64;
        observed_level = level + LANE * lanes / 2.0;
        if let Some(observed) = row.observed.filter(|o| panel.x.holds(scale * o.value)) {
            let at = |y: f64| panel.at(scale * observed.value, y);
            let hair = [at(observed_level), at(observed_level - LANE * (lanes + 0.3))];
            canvas.path(&hair, Stroke::new(Colour::REFERENCE, 0.6));
        }
        for (i, predicted) in row.predictions.iter().enumerate() {
            let mut stroke = variant_stroke(&predicted.name);
            if predicted.is_missed() {
                stroke.colour = Colour::VERMILLION;
            }
            let lane = observed_level - LANE * (i + 1) as f64;
            draw_lane(canvas, panel, lane, scaled(predicted), stroke);
        }
    }
    if let Some(observed) = row.observed {
        let colour = if row.is_missed() { Colour::VERMILLION } else { Colour::PUBLISHED };
        if let Some((low, high)) = observed.interval {
            let stroke = Stroke::new(colour, 1.2);
            panel.error_bar_level(canvas, observed_level, (scale * low, scale * high), stroke);
        }
        panel.dot(canvas, (scale * observed.value, observed_level), 1.15, colour);
    }
    draw_numbers(canvas, columns, row, panel.y_at(level));
}

/// The numbers at the right, on a line around `middle` (mm).
fn draw_numbers(canvas: &mut Canvas, columns: &Columns, row: &Row, middle: f64) {
    let style = Type::TICK.anchored(Anchor::End);
    let loud = style.coloured(Colour::VERMILLION.for_text());
    let baseline = middle + style.centre_drop();
    let own = if row.is_missed() { loud } else { style };
    if let Some(observed) = row.observed {
        canvas.text((columns.observed_right, baseline), &words(row.unit, observed.value), own);
    }
    for (i, predicted) in row.predictions.iter().enumerate() {
        let style = if predicted.is_missed() { loud } else { style };
        if let Some(right) = columns.predicted_right {
            canvas.text((right, baseline), &range_words(row.unit, predicted), style);
        }
        // The range has the median already.
        if columns.predicted_right.is_some() && !columns.observes {
            continue;
        }
        let last = if columns.observes {
            distance_words(predicted.distance.unwrap_or(f64::NAN))
        } else {
            words(row.unit, predicted.median)
        };
        canvas.text((columns.distance_right(i), baseline), &last, style);
    }
}

fn words(unit: Unit, value: f64) -> String {
    // Half a digit is rounded up, as publications do: 13 of 16 are 81.3 %.
    let (decimals, tenths) = if unit == Unit::Ratio { (2, 100.0) } else { (1, 10.0) };
    number((tenths * unit.scale() * value).round() / tenths, decimals)
}

fn range_words(unit: Unit, predicted: &Predicted) -> String {
    let [low, median, high] =
        [predicted.low, predicted.median, predicted.high].map(|value| words(unit, value));
    format!("{median} ({low} to {high})")
}

/// A distance with its sign; a dash where there is none.
fn distance_words(distance: f64) -> String {
    let words = number(distance, 1);
    if distance > 0.0 && words != "0.0" { format!("+{words}") } else { words }
}

/// The line of a variant: its dash, and where the name is none of the four, a solid line.
fn variant_stroke(name: &str) -> Stroke {
    let letter = name.chars().next().filter(|_| name.chars().count() == 1).unwrap_or('B');
    Stroke::data(Colour::INK).with_dash(Dash::of_variant(letter))
}

/// A grey bar with its median.
fn draw_bar(canvas: &mut Canvas, panel: &Panel, level: f64, (low, median, high): (f64, f64, f64)) {
    let place = |x: f64| panel.x_at(keep(x, panel.x.low, panel.x.high));
    let (left, right, middle) = (place(low), place(high), panel.y_at(level));
    // An interval without width is still seen.
    let width = (right - left).max(0.5);
    let frame = Rect::new(left, middle - BAR / 2.0, width, BAR);
    canvas.rect(frame, Fill { colour: Colour::REFERENCE, opacity: 0.5 });
    let ends: [Point; 2] =
        [(place(median), middle - BAR / 2.0), (place(median), middle + BAR / 2.0)];
    canvas.path(&ends, Stroke::new(Colour::INK, 1.4));
}

/// A line with its median, for rows with several predictions.
fn draw_lane(
    canvas: &mut Canvas,
    panel: &Panel,
    level: f64,
    (low, median, high): (f64, f64, f64),
    stroke: Stroke,
) {
    let place = |x: f64| (panel.x_at(keep(x, panel.x.low, panel.x.high)), panel.y_at(level));
    canvas.path(&[place(low), place(high)], stroke);
    // A broken line may end in a gap.
    for (at, half, width) in [(low, 0.4, 0.8), (median, 0.7, 1.6), (high, 0.4, 0.8)] {
        let (x, y) = place(at);
        canvas.path(&[(x, y - half), (x, y + half)], Stroke::new(stroke.colour, width));
    }
}

/// The label of a row and what is said below it.
fn row_blocks(row: &Row, width: f64) -> (Block, Block) {
    let style = if row.is_missed() {
        Type::TEXT.coloured(Colour::VERMILLION.for_text())
    } else {
        Type::TEXT
    };
    (Block::new(&row.label, width, style), Block::new(&row.note, width, Type::NOTE))
}
