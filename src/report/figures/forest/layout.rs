//! Where the parts of a forest plot stand.

use super::{Forest, LANE, Row, Unit, distance_words, range_words, row_blocks, words};
use crate::report::drawing::canvas::text_width;
use crate::report::drawing::page::{Block, MARGIN, SHEET_WIDTH};
use crate::report::drawing::panel::X_AXIS_HEIGHT;
use crate::report::drawing::theme::Type;

/// Room for the labels of the rows (mm).
const LABELS: f64 = 56.0;
const COLUMN_GAP: f64 = 3.5;
const SECTION_GAP: f64 = 4.0;
/// Paper around a row (mm).
const ROOM: f64 = 1.6;

/// The columns, from the left: labels, plot, observed, predicted, distance.
pub(super) struct Columns {
    /// Names of the predictions.
    pub(super) names: Vec<String>,
    pub(super) plot_left: f64,
    pub(super) plot_width: f64,
    pub(super) observed_right: f64,
    /// Whether anything was observed; where not, the medians stand in place of the distances.
    pub(super) observes: bool,
    /// Whether it is asked of any number whether it lies inside.
    pub(super) asks: bool,
    /// None where rows have several predictions, whose numbers would not fit.
    pub(super) predicted_right: Option<f64>,
    distance_width: f64,
}

/// A line of a section.
pub(super) struct Line {
    /// Distance from the top of the section (mm).
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) content: Content,
}

/// What stands on it.
pub(super) enum Content {
    Group(Block),
    Row { row: usize, label: Block, note: Block },
}

/// The rows of one unit.
pub(super) struct Section {
    pub(super) unit: Unit,
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) lines: Vec<Line>,
}

/// The whole plot.
pub(super) struct Layout {
    pub(super) columns: Columns,
    pub(super) sections: Vec<Section>,
    /// Where the headings of the columns begin (mm).
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Columns {
    fn new(forest: &Forest) -> Self {
        let longest = forest.rows.iter().max_by_key(|row| row.predictions.len());
        let names: Vec<String> = longest
            .into_iter()
            .flat_map(|r| r.predictions.iter().map(|p| p.name.clone()))
            .collect();
        let widest = |heading: &str, cells: &mut dyn Iterator<Item = String>| {
            let cells = cells.map(|cell| text_width(&cell, Type::TICK));
            cells.fold(text_width(heading, Type::NOTE), f64::max)
        };
        let rows = &forest.rows;
        let predicted = || rows.iter().flat_map(|r| r.predictions.iter().map(|p| (r.unit, p)));
        let single = names.len() < 2;
        let heading = if single { "distance" } else { "+0.0" };
        let distances = predicted().filter_map(|(_, p)| p.distance.map(distance_words));
        let distance_width = widest(heading, &mut distances.chain(names.iter().cloned()));
        let all_distances = distance_width * names.len().max(1) as f64
            + COLUMN_GAP * (names.len().saturating_sub(1)) as f64;
        let mut right = SHEET_WIDTH - MARGIN - all_distances - COLUMN_GAP;
        let predicted_right = single.then_some(right);
        if single {
            right -= widest("predicted", &mut predicted().map(|(u, p)| range_words(u, p)));
            right -= COLUMN_GAP;
        }
        let observed = rows.iter().filter_map(|r| r.observed.map(|o| words(r.unit, o.value)));
        let plot_left = MARGIN + LABELS + 2.0;
        let plot_right = right - widest("observed", &mut observed.into_iter()) - COLUMN_GAP;
        Self {
            names,
            observes: rows.iter().any(|row| row.observed.is_some()),
            asks: rows.iter().flat_map(|row| &row.predictions).any(|p| p.inside.is_some()),
            plot_left,
            plot_width: (plot_right - plot_left).max(10.0),
            observed_right: right,
            predicted_right,
            distance_width,
        }
    }

    /// Right edge of the distances of a prediction (mm).
    pub(super) fn distance_right(&self, prediction: usize) -> f64 {
        let after = self.names.len().saturating_sub(prediction + 1) as f64;
        SHEET_WIDTH - MARGIN - after * (self.distance_width + COLUMN_GAP)
    }
}

impl Section {
    fn new(forest: &Forest, unit: Unit, top: f64) -> Self {
        let own = || forest.rows.iter().enumerate().filter(|(_, row)| row.unit == unit);
        let mut groups: Vec<&str> = Vec::new();
        for (_, row) in own() {
            if !groups.contains(&row.group.as_str()) {
                groups.push(&row.group);
            }
        }
        let mut section = Self { unit, top, height: 0.6, lines: Vec::new() };
        for group in groups {
            if !group.is_empty() {
                let name = Block::new(group, LABELS, Type::VALUE);
                section.add(name.height() + 2.2, Content::Group(name));
            }
            for (i, row) in own().filter(|(_, row)| row.group == group) {
                let (label, note) = row_blocks(row, LABELS);
                let lanes = row.predictions.len();
                let marks = if lanes < 2 { 4.0 } else { LANE * (lanes + 1) as f64 };
                let height = (label.height() + note.height()).max(marks) + ROOM;
                section.add(height, Content::Row { row: i, label, note });
            }
        }
        section.height += 0.6;
        section
    }

    fn add(&mut self, height: f64, content: Content) {
        self.lines.push(Line { top: self.height, height, content });
        self.height += height;
    }

    /// Its rows.
    pub(super) fn rows<'a>(&'a self, forest: &'a Forest) -> impl Iterator<Item = &'a Row> {
        forest.rows.iter().filter(|row| row.unit == self.unit)
    }
}

impl Layout {
    pub(super) fn new(forest: &Forest, top: f64) -> Self {
        let columns = Columns::new(forest);
        // Names of variants stand under the heading of their numbers.
        let headings_top = top + if columns.names.len() > 1 { 3.7 } else { 0.0 };
        let mut bottom = headings_top + 5.0;
        let mut sections = Vec::new();
        for unit in Unit::ALL {
            let section = Section::new(forest, unit, bottom);
            if !section.lines.is_empty() {
                bottom = section.top + section.height + X_AXIS_HEIGHT + SECTION_GAP;
                sections.push(section);
            }
        }
        Self { columns, sections, top: headings_top, bottom: bottom - SECTION_GAP }
    }
}
