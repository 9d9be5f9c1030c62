//! The cells of one row as numbers and words, before any rule is applied.

use super::columns::{Columns, Item};
use super::problem::{Findings, Place};
use super::record::record_name;
use crate::error::echo;
use crate::files::{CsvTable, Row as CsvRow, number_hint};

/// A numeric cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    /// Missing, or without a column.
    Missing,
    /// Not a number; the problem is noted.
    Faulty,
    /// A finite number.
    Number(f64),
}

impl Cell {
    /// The number, 0 where it is missing; `None` where the cell is faulty.
    pub(super) fn or_zero(self) -> Option<f64> {
        match self {
            Self::Missing => Some(0.0),
            Self::Faulty => None,
            Self::Number(number) => Some(number),
        }
    }

    /// The number, if there is one.
    pub(super) fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Missing | Self::Faulty => None,
        }
    }
}

/// The whole number that `number` is, if it is one of at least 0.
pub(super) fn count(number: f64) -> Option<usize> {
    let is_count = number.fract() == 0.0 && (0.0..=9.0e15).contains(&number);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and in range"
    )]
    is_count.then_some(number as usize)
}

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Cells<'t> {
    /// Line in the file, counted from 1.
    pub(super) line: usize,
    pub(super) id: &'t str,
    pub(super) time_text: &'t str,
    /// TIME in the unit of the file.
    pub(super) time: Cell,
    pub(super) amt: Cell,
    pub(super) rate: Cell,
    pub(super) ii: Cell,
    pub(super) addl: Cell,
    pub(super) ss: Cell,
    pub(super) evid: Cell,
    pub(super) mdv: Cell,
    pub(super) cmt: Cell,
    pub(super) dv: Cell,
    pub(super) cens: Cell,
    pub(super) limit: Cell,
    pub(super) lloq: Cell,
    pub(super) sd: Cell,
    pub(super) dvid: Option<&'t str>,
    pub(super) occ: Option<&'t str>,
    pub(super) event: Option<&'t str>,
    pub(super) covariates: Vec<Cell>,
}

impl Cells<'_> {
    /// Where the row stands, for messages.
    pub(super) fn place(&self) -> Place {
        place(self.line, self.id, self.time_text)
    }
}

fn place(line: usize, id: &str, time: &str) -> Place {
    Place { line, record: record_name(id, time) }
}

/// Reads the cells of rows.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    table: &'t CsvTable,
    columns: &'t Columns,
}

/// The ID of the only subject of a table of counts without IDs.
const ONLY: &str = "1";

impl<'t> Reader<'t> {
    pub(super) fn new(table: &'t CsvTable, columns: &'t Columns) -> Self {
        Self { table, columns }
    }

    /// The cells of `row`; those that are no numbers are noted.
    pub(super) fn read(&self, row: &CsvRow, findings: &mut Findings) -> Cells<'t> {
        let text = |item| self.text(row, item);
        let (id, time_text) = (text(Item::Id), text(Item::Time));
        for (item, cell) in [(Item::Id, id), (Item::Time, time_text)] {
            if cell.is_none() && self.columns.has(item) {
                let text = format!("{} is missing", self.columns.name(item));
                findings.refuse(&self.place(row), "E08", text);
            }
        }
        let mut number = |item| {
            let position = self.columns.position(item);
            position.map_or(Cell::Missing, |i| self.number(row, i, findings))
        };
        Cells {
            time: number(Item::Time),
            amt: number(Item::Amt),
            rate: number(Item::Rate),
            ii: number(Item::Ii),
            addl: number(Item::Addl),
            ss: number(Item::Ss),
            evid: number(Item::Evid),
            mdv: number(Item::Mdv),
            cmt: number(Item::Cmt),
            dv: number(Item::Dv),
            cens: number(Item::Cens),
            limit: number(Item::Limit),
            lloq: number(Item::Lloq),
            sd: number(Item::Sd),
            dvid: text(Item::Dvid),
            occ: text(Item::Occ),
            event: text(Item::Event),
            covariates: self.covariates(row, findings),
            id: id.unwrap_or(if self.columns.has(Item::Id) { "" } else { ONLY }),
            time_text: time_text.unwrap_or_default(),
            line: row.line,
        }
    }

    fn covariates(&self, row: &CsvRow, findings: &mut Findings) -> Vec<Cell> {
        let columns = self.columns.covariates.iter();
        let cell = |column: &Option<usize>| {
            column.map_or(Cell::Missing, |i| self.number(row, i, findings))
        };
        columns.map(cell).collect()
    }

    fn text(&self, row: &CsvRow, item: Item) -> Option<&'t str> {
        self.table.cell(row, self.columns.position(item)?)
    }

    fn place(&self, row: &CsvRow) -> Place {
        let text = |item| self.text(row, item).unwrap_or_default();
        place(row.line, text(Item::Id), text(Item::Time))
    }

    fn number(&self, row: &CsvRow, column: usize, findings: &mut Findings) -> Cell {
        let Some(cell) = self.table.cell(row, column) else { return Cell::Missing };
        if let Some(number) = cell.parse::<f64>().ok().filter(|number| number.is_finite()) {
            return Cell::Number(number);
        }
        let is_time = self.columns.position(Item::Time) == Some(column);
        let (name, shown) = (echo(&self.columns.names[column]), echo(cell));
        if is_time && is_clock_time(cell) {
            let text = format!("{name} {shown} is a clock time: write elapsed hours");
            findings.refuse(&self.place(row), "E24", text);
        } else {
            let hint = number_hint(cell).map(|hint| format!("; {hint}")).unwrap_or_default();
            let text = format!("{name} {shown} is not a finite number{hint}");
            findings.refuse(&self.place(row), "E08", text);
        }
        Cell::Faulty
    }
}

/// Whether the cell is a time of day, such as `9:30`.
fn is_clock_time(cell: &str) -> bool {
    let is_mark = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ' ' | '-' | '/' | 'T');
    cell.contains(':') && cell.chars().all(is_mark)
}
