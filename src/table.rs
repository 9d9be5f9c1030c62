//! Tables: columns with name, unit and values of one kind, which become CSV or rows for programs.

use serde_json::{Map, Value};
use std::borrow::Cow;

/// What stands in a file for a missing value.
const MISSING: &str = ".";

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Words.
    Text(Vec<Option<String>>),
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
    /// Numbers; one that is not finite is missing.
    Number(Vec<f64>),
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The unit of its values; 1 where they have none, empty where they are words or where the unit
    /// differs from row to row.
    pub unit: Cow<'static, str>,
    /// Its values, from the first row on.
    pub values: Values,
}

/// A table: columns of equal length under comments.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    comments: String,
    columns: Vec<Column>,
    rows: usize,
}

impl Table {
    /// A table with a row for each of `rows`, still without columns.
    #[must_use]
    pub fn of<R>(rows: &[R]) -> TableOf<'_, R> {
        TableOf { rows, table: Self { rows: rows.len(), ..Self::default() } }
    }

    /// A table of numbers alone, with the names and units of its columns and room for so many rows,
    /// but still without any.
    #[must_use]
    pub fn of_numbers(
        columns: impl IntoIterator<Item = (String, Cow<'static, str>)>,
        rows: usize,
    ) -> Self {
        let column =
            |(name, unit)| Column { name, unit, values: Values::Number(Vec::with_capacity(rows)) };
        Self { columns: columns.into_iter().map(column).collect(), ..Self::default() }
    }

    /// Adds a row to a table of numbers alone.
    pub fn add_numbers(&mut self, row: impl IntoIterator<Item = f64>) {
        for (column, number) in self.columns.iter_mut().zip(row) {
            if let Values::Number(numbers) = &mut column.values {
                numbers.push(number);
            }
        }
        self.rows += 1;
    }

    /// With lines above the names of the columns in CSV, each behind a `#`.
    #[must_use]
    pub fn with_comments(mut self, comments: &str) -> Self {
        self.comments.push_str(comments);
        self
    }

    /// Its columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The number of its rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// With the rows of `other` below its own, column by column; `other` has the same columns.
    #[must_use]
    pub fn above(mut self, other: Self) -> Self {
        if self.columns.is_empty() {
            return other;
        }
        for (column, below) in self.columns.iter_mut().zip(other.columns) {
            column.values.append(below.values);
        }
        self.rows += other.rows;
        self
    }

    /// As CSV: comments, names, rows.
    #[must_use]
    pub fn to_csv(&self) -> String {
        if self.columns.is_empty() {
            return self.comments.clone();
        }
        let mut writer = csv::Writer::from_writer(self.comments.clone().into_bytes());
        // Writing cannot fail: it goes to memory, and all rows have the same length.
        let _ = writer.write_record(self.columns.iter().map(|column| &column.name));
        self.write_rows(writer)
    }

    /// The rows as CSV, without names.
    #[must_use]
    pub fn rows_to_csv(&self) -> String {
        self.write_rows(csv::Writer::from_writer(Vec::new()))
    }

    fn write_rows(&self, mut writer: csv::Writer<Vec<u8>>) -> String {
        for row in 0..self.rows {
            for column in &self.columns {
                let _ = writer.write_field(&*column.values.cell(row));
            }
            let _ = writer.write_record(None::<&[u8]>);
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// Its rows as objects by the names of the columns; what is missing is null.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let are_numbers: Vec<bool> = self.columns.iter().map(|c| c.values.are_numbers()).collect();
        let row = |row: usize| {
            let cells = self.columns.iter().zip(&are_numbers);
            let cells = cells.map(|(c, is)| (c.name.clone(), c.values.json(row, *is)));
            Value::Object(cells.collect::<Map<_, _>>())
        };
        (0..self.rows).map(row).collect()
    }
}

impl Values {
    fn append(&mut self, other: Self) {
        match (self, other) {
            (Self::Text(own), Self::Text(mut below)) => own.append(&mut below),
            (Self::Whole(own), Self::Whole(mut below)) => own.append(&mut below),
            (Self::Number(own), Self::Number(mut below)) => own.append(&mut below),
            _ => {}
        }
    }

    /// As a cell of a file.
    fn cell(&self, row: usize) -> Cow<'_, str> {
        let text = match self {
            Self::Text(texts) => texts.get(row).and_then(Option::as_deref).map(Cow::Borrowed),
            Self::Whole(numbers) => {
                numbers.get(row).copied().flatten().map(|number| Cow::Owned(number.to_string()))
            }
            Self::Number(numbers) => {
                finite(numbers, row).map(|number| Cow::Owned(shortest(number)))
            }
        };
        text.unwrap_or(Cow::Borrowed(MISSING))
    }

    /// Whether programs see numbers: words count as such where each can be read as one, as with the
    /// numbers of missed doses where nobody missed two.
    fn are_numbers(&self) -> bool {
        match self {
            Self::Text(texts) => texts.iter().flatten().all(|text| number(text).is_some()),
            Self::Whole(_) | Self::Number(_) => true,
        }
    }

    fn json(&self, row: usize, are_numbers: bool) -> Value {
        match self {
            Self::Text(texts) => {
                let text = texts.get(row).and_then(Option::as_deref);
                text.map_or(Value::Null, |text| {
                    are_numbers.then(|| number(text)).flatten().unwrap_or_else(|| text.into())
                })
            }
            Self::Whole(numbers) => numbers.get(row).copied().flatten().into(),
            // A whole one is written as such, as in CSV.
            Self::Number(numbers) => {
                finite(numbers, row).and_then(|own| number(&shortest(own))).unwrap_or_default()
            }
        }
    }
}

fn finite(numbers: &[f64], row: usize) -> Option<f64> {
    numbers.get(row).copied().filter(|number| number.is_finite())
}

/// A text as a number: whole where it is written so.
fn number(text: &str) -> Option<Value> {
    let whole = text.parse::<i64>().ok().map(Value::from);
    whole.or_else(|| text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::from))
}

/// A table that is given its columns, each by what its values are in a row.
#[derive(Debug)]
pub struct TableOf<'r, R> {
    rows: &'r [R],
    table: Table,
}

impl<'r, R> TableOf<'r, R> {
    /// With a column of words.
    #[must_use]
    pub fn text<T: Into<Option<String>>>(
        self,
        name: impl Into<String>,
        of: impl Fn(&'r R) -> T,
    ) -> Self {
        let texts = self.rows.iter().map(|row| of(row).into()).collect();
        self.column(name, "", Values::Text(texts))
    }

    /// With a column of words that are there already, one for each row.
    #[must_use]
    pub fn given_text(self, name: impl Into<String>, texts: Vec<String>) -> Self {
        self.column(name, "", Values::Text(texts.into_iter().map(Some).collect()))
    }

    /// With a column of numbers that are there already, one for each row.
    #[must_use]
    pub fn given_numbers(
        self,
        name: impl Into<String>,
        unit: impl Into<Cow<'static, str>>,
        numbers: Vec<f64>,
    ) -> Self {
        self.column(name, unit, Values::Number(numbers))
    }

    /// With a column of whole numbers.
    #[must_use]
    pub fn whole<T: Into<Option<usize>>>(
        self,
        name: impl Into<String>,
        unit: impl Into<Cow<'static, str>>,
        of: impl Fn(&'r R) -> T,
    ) -> Self {
        let numbers = self.rows.iter().map(|row| of(row).into()?.try_into().ok()).collect();
        self.column(name, unit, Values::Whole(numbers))
    }

    /// With a column of 1 for yes and 0 for no.
    #[must_use]
    pub fn flag<T: Into<Option<bool>>>(
        self,
        name: impl Into<String>,
        of: impl Fn(&'r R) -> T,
    ) -> Self {
        self.whole(name, "1", |row| of(row).into().map(usize::from))
    }

    /// With a column of numbers, written as the shortest text that reads back as the same.
    #[must_use]
    pub fn number<T: Into<Option<f64>>>(
        self,
        name: impl Into<String>,
        unit: impl Into<Cow<'static, str>>,
        of: impl Fn(&'r R) -> T,
    ) -> Self {
        let numbers = self.rows.iter().map(|row| of(row).into().unwrap_or(f64::NAN)).collect();
        self.column(name, unit, Values::Number(numbers))
    }

    fn column(
        mut self,
        name: impl Into<String>,
        unit: impl Into<Cow<'static, str>>,
        values: Values,
    ) -> Self {
        self.table.columns.push(Column { name: name.into(), unit: unit.into(), values });
        self
    }

    /// The table with the columns given so far.
    #[must_use]
    pub fn finish(self) -> Table {
        self.table
    }
}

/// The shortest text that reads back as `number`: with an exponent below 1e-5 and from 1e16 on, and
/// without a sign on 0.
#[must_use]
pub fn shortest(number: f64) -> String {
    let text = format!("{:?}", if number == 0.0 { 0.0 } else { number });
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn numbers(numbers: &[f64]) -> Table {
        let table = Table::of(numbers).number("a", "1", |number| *number).finish();
        let mut grown = Table::of_numbers([("a".to_owned(), "1".into())], 1);
        for number in numbers {
            grown.add_numbers([*number]);
        }
        assert_eq!(grown.to_csv(), table.to_csv());
        table
    }

    #[test]
    fn analytic_numbers_are_short_and_read_back() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (3.0, "3"),
            (0.1, "0.1"),
            (1e-5, "1e-5"),
            (1e-300, "1e-300"),
            (-2.5e20, "-2.5e20"),
            (f64::INFINITY, "."),
            (f64::NAN, "."),
        ] {
            assert_eq!(numbers(&[number]).to_csv(), format!("a\n{text}\n"));
            assert!(!number.is_finite() || text.parse::<f64>() == Ok(number), "{text}");
        }
    }

    /// Of two rows, with every kind of column.
    fn example() -> Table {
        let rows = [("B", Some(3), 0.1, Some("1")), ("C", None, 1e-9, Some("one, two"))];
        Table::of(&rows)
            .text("variant", |(name, ..)| (*name).to_owned())
            .whole("n", "1", |(_, n, ..)| *n)
            .number("p", "1", |(_, _, p, _)| *p)
            .text("note", |(.., note)| note.map(str::to_owned))
            .text("none", |_| None)
            .flag("is_b", |(name, ..)| *name == "B")
            .finish()
    }

    #[test]
    fn analytic_cells_with_commas_are_quoted_and_missing_ones_are_dots() {
        let csv = "variant,n,p,note,none,is_b\nB,3,0.1,1,.,1\nC,.,1e-9,\"one, two\",.,0\n";
        assert_eq!(example().to_csv(), csv);
        assert_eq!(example().with_comments("# a\n").to_csv(), format!("# a\n{csv}"));
        assert_eq!(example().rows_to_csv(), csv.split_once('\n').expect("a heading").1);
    }

    #[test]
    fn analytic_rows_for_programs_keep_one_type_a_column() {
        let first =
            json!({ "variant": "B", "n": 3, "p": 0.1, "note": "1", "none": null, "is_b": 1 });
        let second = json!({
            "variant": "C", "n": null, "p": 1e-9, "note": "one, two", "none": null, "is_b": 0
        });
        assert_eq!(example().to_json(), json!([first, second]));
        // Whole numbers are whole, words that are all numbers are numbers.
        assert_eq!(
            numbers(&[2.0, 0.5, f64::NAN]).to_json(),
            json!([{"a": 2}, {"a": 0.5}, {"a": null}])
        );
        let of = |words: &[&str]| {
            Table::of(words).text("a", |word| (*word).to_owned()).finish().to_json()
        };
        assert_eq!(of(&["3", "4.5"]), json!([{"a": 3}, {"a": 4.5}]));
        assert_eq!(of(&["3", "4 5"]), json!([{"a": "3"}, {"a": "4 5"}]));
    }

    #[test]
    fn analytic_tables_stand_one_above_the_other() {
        let both = numbers(&[1.0]).with_comments("# a\n").above(numbers(&[2.0, 3.0]));
        assert_eq!((both.to_csv().as_str(), both.rows()), ("# a\na\n1\n2\n3\n", 3));
        assert_eq!(Table::default().above(numbers(&[1.0])), numbers(&[1.0]));
        assert_eq!(Table::default().to_csv(), "");
        assert_eq!(both.columns()[0].unit, "1");
    }
}
