//! Every table that the program reads: CSV with a header, whatever program saved it.
//!
//! A byte-order mark, quotes and all kinds of line ends are accepted; cells are separated by the comma,
//! semicolon or tab that the header uses. Comments (`#`) and blank lines may stand anywhere. `.`, `NA`
//! and an empty cell are missing numbers.

use super::Problems;
use super::cell::{is_missing, number_rule};
use crate::error::{Result, choose, echo};
use std::cell::RefCell;
use std::path::Path;

/// Separators in the order of preference.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// A table of text cells with the lines that they stand in, and the problems found so far.
#[derive(Debug)]
pub struct CsvTable {
    columns: Vec<String>,
    header_line: usize,
    separator: char,
    rows: Vec<Row>,
    /// The cells of all rows, one after the other: a text for each would take several times the memory.
    text: String,
    /// Where each of them ends, counted from the beginning of its row.
    ends: Vec<u32>,
    problems: RefCell<Problems>,
}

/// One row below the header, as many cells as columns.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Line in the file, counted from 1.
    pub line: usize,
    /// Where its text begins.
    start: usize,
    /// Position of the end of its first cell.
    first: usize,
}

impl CsvTable {
    /// Reads `text`, the content of `path`. Problems are kept for [`Self::finish`].
    #[must_use]
    pub fn parse(path: &Path, text: &str) -> Self {
        let (table, header) = Self::parse_lines(path, text, None);
        table.check_header(header);
        table
    }

    /// The same for a table whose columns may have any names, also twice or none. Rows whose first cell
    /// begins with the letter `ignore` are comments.
    #[must_use]
    pub fn parse_any_names(path: &Path, text: &str, ignore: Option<char>) -> Self {
        let (table, header) = Self::parse_lines(path, text, ignore);
        table.check_quotes(header);
        table
    }

    fn parse_lines<'t>(path: &Path, content: &'t str, ignore: Option<char>) -> (Self, &'t str) {
        let mut lines = written_lines(content);
        let (header_line, header) = lines.next().unwrap_or((1, ""));
        let separator = separator_of(header);
        let mut columns = split(header, separator);
        while columns.last().is_some_and(String::is_empty) {
            columns.pop();
        }
        let problems = RefCell::new(Problems::new(path));
        let (rows, text, ends) = (Vec::new(), String::with_capacity(content.len()), Vec::new());
        let mut table = Self { columns, header_line, separator, rows, text, ends, problems };
        let is_ignored = |text: &str| ignore.is_some_and(|c| text.trim_start().starts_with(c));
        for (line, text) in lines.filter(|(_, text)| !is_ignored(text)) {
            table.add_row(line, text);
        }
        (table, header)
    }

    /// Line of the header, counted from 1.
    #[must_use]
    pub fn header_line(&self) -> usize {
        self.header_line
    }

    /// What separates the cells.
    #[must_use]
    pub fn separator(&self) -> char {
        self.separator
    }

    /// The text of a cell; `None` where it is missing.
    #[must_use]
    pub fn cell(&self, row: &Row, column: usize) -> Option<&str> {
        Some(self.text(row, column)).filter(|cell| !is_missing(cell))
    }

    /// The text of a cell, also where it is missing.
    #[must_use]
    pub fn text(&self, row: &Row, column: usize) -> &str {
        if column >= self.columns.len() {
            return "";
        }
        let end = |cell: usize| self.ends.get(cell).map_or(0, |end| row.start + *end as usize);
        let start = if column == 0 { row.start } else { end(row.first + column - 1) };
        self.text.get(start..end(row.first + column)).unwrap_or_default()
    }

    /// The names in the header.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows that have as many cells as the header.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Position of the column called `name`.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Notes that `key` in `line` breaks `rule`.
    pub fn problem(&self, line: usize, key: &str, rule: impl Into<String>) {
        self.problems.borrow_mut().note(line, key, rule.into());
    }

    /// Notes that the header breaks `rule`.
    pub fn header_problem(&self, key: &str, rule: impl Into<String>) {
        self.problem(self.header_line, key, rule);
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.borrow().is_empty()
    }

    /// Refuses every column that is not one of `known`, with what was probably meant.
    pub fn refuse_unknown(&self, known: &[&str]) {
        for name in self.columns.iter().filter(|name| !known.contains(&name.as_str())) {
            let rule = upper_case_rule(name, known)
                .unwrap_or_else(|| format!("is not a column here{}", choose(name, known)));
            self.header_problem(name, rule);
        }
    }

    /// A finite number that must be there.
    pub fn number(&self, row: &Row, column: usize) -> Option<f64> {
        match self.optional_number(row, column) {
            Some(None) => {
                self.problem(
                    row.line,
                    self.name(column),
                    "is missing: a finite number is needed here",
                );
                None
            }
            other => other.flatten(),
        }
    }

    /// A finite number, or `Some(None)` where it is missing; `None` where the cell is neither.
    pub fn optional_number(&self, row: &Row, column: usize) -> Option<Option<f64>> {
        let cell = self.text(row, column);
        if is_missing(cell) {
            return Some(None);
        }
        let number = cell.parse::<f64>().ok().filter(|number| number.is_finite());
        if number.is_none() {
            self.problem(row.line, self.name(column), number_rule(cell));
        }
        number.map(Some)
    }

    /// `result`, unless something is wrong.
    ///
    /// # Errors
    /// Every problem of the table with its line.
    pub fn finish<T>(self, result: T) -> Result<T> {
        let problems = self.problems.into_inner();
        if problems.is_empty() { Ok(result) } else { Err(problems.into_error()) }
    }

    fn name(&self, column: usize) -> &str {
        self.columns.get(column).map_or("", String::as_str)
    }

    fn check_quotes(&self, header: &str) {
        if self.columns.is_empty() {
            self.header_problem("", "is empty: add a header that names the columns");
        }
        if !header.matches('"').count().is_multiple_of(2) {
            self.header_problem("", "has a quote that is not closed");
        }
    }

    fn check_header(&self, header: &str) {
        self.check_quotes(header);
        for (i, name) in self.columns.iter().enumerate() {
            if name.is_empty() {
                self.header_problem("", format!("has no name for column {}", i + 1));
            } else if self.columns[..i].contains(name) {
                self.header_problem(name, "is the name of two columns: keep one of them");
            } else if name.split_whitespace().nth(1).is_some() {
                self.header_problem(
                    name,
                    "has a blank in it: separate columns by commas, and write _ in a name",
                );
            }
        }
    }

    fn add_row(&mut self, line: usize, text: &str) {
        if !text.matches('"').count().is_multiple_of(2) {
            self.problem(line, "", "has a quote that is not closed");
            return;
        }
        let row = Row { line, start: self.text.len(), first: self.ends.len() };
        if text.contains('"') {
            for cell in split(text, self.separator) {
                self.add_cell(row, &cell);
            }
        } else {
            for cell in text.split(self.separator) {
                self.add_cell(row, cell.trim());
            }
        }
        let needed = self.columns.len();
        while self.ends.len() - row.first > needed && self.ends_with_an_empty_cell(row) {
            self.ends.pop();
        }
        let found = self.ends.len() - row.first;
        if found == needed {
            self.rows.push(row);
            return;
        }
        self.text.truncate(row.start);
        self.ends.truncate(row.first);
        if needed > 0 {
            self.problem(line, "", self.length_rule(text, found));
        }
    }

    fn add_cell(&mut self, row: Row, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(u32::try_from(self.text.len() - row.start).unwrap_or(u32::MAX));
    }

    fn ends_with_an_empty_cell(&self, row: Row) -> bool {
        match &self.ends[row.first..] {
            [.., before, last] => before == last,
            [only] => *only == 0,
            [] => false,
        }
    }

    /// What a row with another number of cells breaks.
    fn length_rule(&self, text: &str, found: usize) -> String {
        let needed = self.columns.len();
        let cells = |n: usize| if n == 1 { "1 cell".to_owned() } else { format!("{n} cells") };
        let other = separator_of(text);
        let is_decimal = |c: char| c.is_ascii_digit() || ",.- ".contains(c);
        let hint = if found == 1 && other != self.separator && text.contains(other) {
            ": use the same separator as in the header"
        } else if self.separator == ',' && found > needed && text.chars().all(is_decimal) {
            ": it looks like a decimal comma, write a point"
        } else {
            ": write . for a missing number"
        };
        format!("must have {}, as many as the header, but has {}{hint}", cells(needed), found)
    }
}

/// The rule that a name in capitals breaks where names are written in small letters.
#[must_use]
pub fn upper_case_rule(name: &str, known: &[&str]) -> Option<String> {
    let lower = name.to_lowercase();
    let meant = known.iter().find(|known| known.to_lowercase() == lower && **known != name)?;
    Some(format!("must be in lower case: write {meant}"))
}

/// The lines that hold something, with their numbers from 1: no comments, no blank lines.
pub(super) fn written_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Old spreadsheets end lines with a carriage return alone.
    let lone = !text.contains('\n');
    let lines = text.split(move |c| c == '\n' || lone && c == '\r');
    let holds = |line: &str| {
        let line = line.trim();
        let is_blank = line.chars().all(|c| SEPARATORS.contains(&c) || c.is_whitespace());
        !is_blank && !line.starts_with('#')
    };
    let lines = lines.enumerate().map(|(i, line)| (i + 1, line.trim_end_matches('\r')));
    lines.filter(move |(_, line)| holds(line))
}

/// The separator that `line` uses most outside quotes.
pub(super) fn separator_of(line: &str) -> char {
    let unquoted: String = line.split('"').step_by(2).collect();
    let uses = |separator: &char| unquoted.matches(*separator).count();
    let most = SEPARATORS.iter().rev().max_by_key(|separator| uses(separator));
    most.copied().unwrap_or(',')
}

/// The cells of one line, without quotes and blanks around them.
pub(super) fn split(line: &str, separator: char) -> Vec<String> {
    let trimmed = |cell: &str| cell.trim().to_owned();
    if !line.contains('"') {
        return line.split(separator).map(trimmed).collect();
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .buffer_capacity(line.len().max(16))
        .from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => record.iter().map(trimmed).collect(),
        _ => vec![echo(line)],
    }
}

#[cfg(test)]
mod tests {
    use super::CsvTable;
    use std::path::Path;

    fn numbers(text: &str) -> Result<Vec<Vec<Option<f64>>>, String> {
        let table = CsvTable::parse(Path::new("t.csv"), text);
        let columns = 0..table.columns().len();
        let row = |row| columns.clone().map(|c| table.optional_number(row, c).flatten()).collect();
        let rows = table.rows().iter().map(row).collect();
        table.finish(rows).map_err(|error| error.to_string())
    }

    #[test]
    fn invariant_the_same_table_is_read_whatever_program_saved_it() {
        let expected = vec![vec![Some(0.0), Some(40.5)], vec![Some(24.0), None]];
        for text in [
            "a,b\n0,40.5\n24,.\n",
            "\u{feff}a,b\r\n0,40.5\r\n24,NA\r\n",
            "\u{feff}\"a\",\"b\"\n\"0\",\"40.5\"\n\"24\",\"\"\n",
            "# made by hand\n\na;b\n\n0;40.5\n# a remark\n 24 ; . \n\n",
            "a\tb\n0\t40.5\n24\t\n",
            "a,b\r0,40.5\r24,na",
            ",,\na,b,,\n0,40.5,,\n,,\n24,.,,\n",
        ] {
            assert_eq!(numbers(text), Ok(expected.clone()), "{text:?}");
        }
    }

    #[test]
    fn invariant_lines_are_those_of_the_file_and_hints_say_what_to_write() {
        for (text, expected) in [
            ("a,b\n\n# remark\n1,x\n", "t.csv:4: `b` = \"x\": a finite number is needed"),
            (
                "a;b\n1;40,5\n",
                "t.csv:2: `b` = \"40,5\": a finite number is needed; this looks like a decimal comma, write 40.5",
            ),
            (
                "a,b\n1,40,5\n",
                "t.csv:2: must have 2 cells, as many as the header, but has 3: it looks like a decimal comma",
            ),
            (
                "a,b\n1;2\n",
                "t.csv:2: must have 2 cells, as many as the header, but has 1: use the same separator as in the header",
            ),
            ("a,b\n1,40 mg\n", "write the number without its unit"),
            ("a,b\n1,nan\n", "write . for a missing number"),
            ("a,b\n1,\"2\n", "t.csv:2: has a quote that is not closed"),
            ("a,a\n1,2\n", "t.csv:1: `a` is the name of two columns"),
            ("a b\n1 2\n", "separate columns by commas"),
            ("", "t.csv:1: is empty"),
            ("a,,b\n1,2,3\n", "has no name for column 2"),
        ] {
            let error = numbers(text).expect_err(text);
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }
}
