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

/// The shortest text that reads back as `number`; `.` for one that does not exist or is not finite.
#[must_use]
pub fn cell(number: impl Into<Option<f64>>) -> String {
    number.into().filter(|number| number.is_finite()).map_or_else(|| ".".to_owned(), shortest)
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
    use super::{Csv, cell};

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
            assert_eq!(cell(number), text);
            assert!(!number.is_finite() || text.parse::<f64>() == Ok(number), "{text}");
        }
    }

    #[test]
    fn analytic_cells_with_commas_are_quoted_and_missing_ones_are_dots() {
        let mut csv = Csv::new(&["a", "b"]);
        csv.row(&[cell(0.1), cell(None)]);
        csv.row(&["one, two".to_owned(), cell(f64::NAN)]);
        assert_eq!(csv.finish(), "a,b\n0.1,.\n\"one, two\",.\n");
    }
}
