//! Tables as CSV files.

/// A CSV file that grows row by row. A missing value is `.`.
#[derive(Debug)]
pub struct Csv {
    writer: csv::Writer<Vec<u8>>,
}

impl Csv {
    /// With the names of its columns.
    #[must_use]
    pub fn new<S: AsRef<str>>(columns: &[S]) -> Self {
        let mut csv =
            Self { writer: csv::WriterBuilder::new().flexible(true).from_writer(Vec::new()) };
        csv.row(columns);
        csv
    }

    /// Adds a row.
    pub fn row<S: AsRef<str>>(&mut self, cells: &[S]) {
        // Nothing can fail: the rows go to memory, and their lengths are free.
        let _ = self.writer.write_record(cells.iter().map(AsRef::as_ref));
    }

    /// The whole file.
    #[must_use]
    pub fn finish(self) -> String {
        let bytes = self.writer.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

/// The shortest text that reads back as `number`; `.` for one that does not exist.
#[must_use]
pub fn cell(number: impl Into<Option<f64>>) -> String {
    match number.into().filter(|number| number.is_finite()) {
        Some(number) => format!("{number}"),
        None => ".".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Csv, cell};

    #[test]
    fn analytic_cells_with_commas_are_quoted_and_missing_ones_are_dots() {
        let mut csv = Csv::new(&["a", "b"]);
        csv.row(&[cell(0.1), cell(None)]);
        csv.row(&["one, two".to_owned(), cell(f64::NAN)]);
        assert_eq!(csv.finish(), "a,b\n0.1,.\n\"one, two\",.\n");
    }
}
