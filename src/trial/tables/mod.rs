//! The tables that a trial writes, as CSV: patients, counts, replicates, endpoints, comparisons.

mod patients;
mod results;

pub use patients::PatientTables;
pub use results::{comparisons, courses, endpoints, replicates};

/// A CSV file that grows row by row. A missing value is `.`.
#[derive(Debug, Clone)]
pub struct Csv {
    text: String,
}

impl Csv {
    /// With the names of its columns.
    #[must_use]
    pub fn new<S: AsRef<str>>(columns: &[S]) -> Self {
        let names: Vec<&str> = columns.iter().map(AsRef::as_ref).collect();
        Self { text: names.join(",") + "\n" }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[String]) {
        let quoted = |cell: &String| {
            if cell.contains([',', '"', '\n']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        };
        self.text += &cells.iter().map(quoted).collect::<Vec<_>>().join(",");
        self.text.push('\n');
    }

    /// The whole file.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
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
