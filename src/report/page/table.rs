//! A table of the page. It is written as a file beside the page too, and its columns are defined.

use crate::report::sentence::Sentence;
use crate::table::Table;
use serde::Serialize;

/// A table with a heading over each column; the first cell of a row names the row.
#[derive(Debug, Clone, Serialize)]
pub(in crate::report) struct PageTable {
    /// Its name in links, and of its file.
    id: String,
    /// What a screen reader calls the region that it scrolls in.
    label: String,
    caption: Sentence,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    /// Whether the rows are sentences, which need wide columns.
    is_prose: bool,
}

/// A column.
#[derive(Debug, Clone, Serialize)]
pub(in crate::report) struct Column {
    /// Its name in the file.
    key: String,
    heading: Sentence,
    /// The heading as plain text, without and with the unit.
    name: String,
    label: String,
    unit: String,
    /// What it holds, if the heading does not say it.
    meaning: Option<String>,
    /// Whether it holds numbers.
    is_number: bool,
}

/// A cell.
#[derive(Debug, Clone, Default, Serialize)]
pub(in crate::report) struct Cell {
    content: Sentence,
    /// The section that it leads to.
    link: Option<String>,
    /// Whether it holds a published result that was missed.
    is_missed: bool,
}

/// The definition of a column of a file.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::report) struct Definition {
    pub(super) key: String,
    pub(super) unit: String,
    pub(super) meaning: String,
}

impl Column {
    /// A column of words.
    pub(super) fn words(key: impl Into<String>, heading: impl Into<Sentence>) -> Self {
        let (key, heading) = (key.into(), heading.into());
        let name = heading.text();
        let label = name.clone();
        Self { key, heading, name, label, unit: String::new(), meaning: None, is_number: false }
    }

    /// A column of numbers in `unit`; the unit 1 is not shown.
    pub(super) fn numbers(
        key: impl Into<String>,
        heading: impl Into<Sentence>,
        unit: &str,
    ) -> Self {
        let own = Self::words(key, heading);
        let heading = match unit {
            "1" => own.heading,
            unit => own.heading.words(", ").input(unit),
        };
        Self { label: heading.text(), heading, unit: unit.to_owned(), is_number: true, ..own }
    }

    /// A column of days, which the heading says.
    pub(super) fn days(key: impl Into<String>, heading: impl Into<Sentence>) -> Self {
        Self { unit: "d".to_owned(), is_number: true, ..Self::words(key, heading) }
    }

    /// A column of shares, each with its sign.
    pub(super) fn shares(key: impl Into<String>, heading: impl Into<Sentence>) -> Self {
        Self { unit: "%".to_owned(), is_number: true, ..Self::words(key, heading) }
    }

    /// With what it holds, where the heading is short.
    pub(super) fn means(self, meaning: impl Into<String>) -> Self {
        Self { meaning: Some(meaning.into()), ..self }
    }

    /// Its definition, and those of the ends of the interval if the cells have one.
    fn definitions(&self, with_interval: bool) -> Vec<Definition> {
        let meaning = self.meaning.clone().unwrap_or_else(|| self.name.clone());
        let of = |ending: &str, words: &str| Definition {
            key: format!("{}{ending}", self.key),
            unit: self.unit.clone(),
            meaning: format!("{words}{meaning}"),
        };
        let mut all = vec![of("", "")];
        if with_interval {
            all.push(of("_lower", "lower end of the interval: "));
            all.push(of("_upper", "upper end of the interval: "));
        }
        all
    }
}

impl<S: Into<Sentence>> From<S> for Cell {
    fn from(content: S) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}

impl Cell {
    /// Leads to a section.
    pub(super) fn to(self, section: impl Into<String>) -> Self {
        Self { link: Some(section.into()), ..self }
    }

    /// Marked where a published result was missed.
    pub(super) fn missed(self, is_missed: bool) -> Self {
        Self { is_missed, ..self }
    }
}

impl PageTable {
    pub(super) fn new(
        id: impl Into<String>,
        caption: impl Into<Sentence>,
        columns: Vec<Column>,
        rows: Vec<Vec<Cell>>,
    ) -> Self {
        let (id, caption) = (id.into(), caption.into());
        let label = id.replace('_', " ");
        Self { id, label, caption, columns, rows, is_prose: false }
    }

    /// Called so by screen readers.
    pub(super) fn called(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// With rows of sentences.
    pub(super) fn of_prose(self) -> Self {
        Self { is_prose: true, ..self }
    }

    /// The name of its file.
    pub(in crate::report) fn file(&self) -> String {
        format!("tables/{}.csv", self.id)
    }

    /// Whether a cell of a column has an interval.
    fn has_interval(&self, column: usize) -> bool {
        self.rows.iter().any(|row| row[column].content.values().len() > 1)
    }

    /// What the columns of its file hold.
    pub(in crate::report) fn definitions(&self) -> Vec<Definition> {
        let of = |(i, column): (usize, &Column)| column.definitions(self.has_interval(i));
        self.columns.iter().enumerate().flat_map(of).collect()
    }

    /// As a file: the ends of intervals in columns of their own.
    pub(in crate::report) fn to_csv(&self) -> String {
        let mut all = Table::of(&self.rows);
        for (i, column) in self.columns.iter().enumerate() {
            let shown = |row: &Vec<Cell>| written(&row[i].content.values()[0], &column.unit);
            all = all.text(&column.key, shown);
            if self.has_interval(i) {
                let end = |row: &Vec<Cell>, which: usize| {
                    row[i].content.values().get(which).and_then(|end| written(end, &column.unit))
                };
                all = all.text(format!("{}_lower", column.key), |row| end(row, 1));
                all = all.text(format!("{}_upper", column.key), |row| end(row, 2));
            }
        }
        all.finish().to_csv()
    }
}

/// As a program reads it: nothing where a value is missing, and the minus sign of the keyboard.
fn written(shown: &str, unit: &str) -> Option<String> {
    let shown = shown.strip_suffix(" %").filter(|_| unit == "%").unwrap_or(shown);
    (!["", "–"].contains(&shown)).then(|| shown.replace('−', "-"))
}
