//! What is known about a patient besides the parameters: weight, sex, Child-Pugh score.

use super::{Distribution, Streams};
use crate::error::{Error, Result, echo};
use crate::files::read_text;
use std::path::Path;

/// A covariate: its name and how it is spread over patients.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// Name, such as `wt`.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// Its distribution.
    pub law: Law,
    /// Grade of evidence.
    pub grade: &'static str,
    /// Where the distribution comes from.
    pub source: String,
}

/// How a covariate is spread over patients.
#[derive(Debug, Clone, PartialEq)]
pub enum Law {
    /// The same in every patient.
    Fixed(f64),
    /// Around a typical value.
    Spread {
        /// The typical value.
        typical: f64,
        /// How it varies.
        distribution: Distribution,
    },
    /// One of several values, with their shares.
    Choice {
        /// The values.
        values: Vec<f64>,
        /// Their shares, which sum to 1.
        shares: Vec<f64>,
    },
}

impl Law {
    fn value(&self, uniform: f64) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Spread { typical, distribution } => {
                distribution.individual(*typical, super::normal_quantile(uniform))
            }
            Self::Choice { values, shares } => {
                let mut left = uniform;
                for (value, share) in values.iter().zip(shares) {
                    left -= share;
                    if left <= 0.0 {
                        return *value;
                    }
                }
                values.last().copied().unwrap_or(f64::NAN)
            }
        }
    }
}

/// The covariates of all patients: drawn one by one, or whole rows of a table.
#[derive(Debug, Clone)]
pub struct Covariates {
    laws: Vec<(Covariate, Streams)>,
    table: Option<(Table, Streams)>,
}

/// Real patients' covariates, from a CSV file.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(super) names: Vec<String>,
    rows: Vec<Vec<f64>>,
}

impl Table {
    /// Reads a CSV file: a line of names, then one patient a line, numbers only.
    ///
    /// # Errors
    /// A file that cannot be read, an empty one, a cell that is not a finite number.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(path, &read_text(path)?)
    }

    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let problem = |line: usize, key: &str, rule: String| {
            let (path, key) = (path.to_owned(), key.to_owned());
            crate::error::FileProblem { path, line, key, rule }
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names: Vec<String> = match reader.headers() {
            Ok(names) => names.iter().map(|name| name.trim().to_owned()).collect(),
            Err(error) => return Err(Error::Files(vec![problem(1, "", error.to_string())])),
        };
        let (mut rows, mut problems) = (Vec::new(), Vec::new());
        for (i, record) in reader.records().enumerate() {
            let line = i + 2;
            match record {
                Err(error) => problems.push(problem(line, "", error.to_string())),
                Ok(record) => {
                    let mut row = Vec::with_capacity(names.len());
                    for (name, cell) in names.iter().zip(&record) {
                        match cell.trim().parse::<f64>().ok().filter(|n| n.is_finite()) {
                            Some(number) => row.push(number),
                            None => problems.push(problem(
                                line,
                                name,
                                format!("is `{}`: a finite number is needed", echo(cell)),
                            )),
                        }
                    }
                    rows.push(row);
                }
            }
        }
        if rows.is_empty() && problems.is_empty() {
            problems.push(problem(1, "", "has no patients: one a line is needed".to_owned()));
        }
        if problems.is_empty() { Ok(Self { names, rows }) } else { Err(Error::Files(problems)) }
    }
}

impl Covariates {
    /// Covariates drawn with `seed`; those that `table` has come from a row of it, all from the same.
    #[must_use]
    pub fn new(seed: u64, covariates: &[Covariate], table: Option<Table>) -> Self {
        let known = |name: &String| table.as_ref().is_some_and(|table| table.names.contains(name));
        let own = |covariate: &&Covariate| !known(&covariate.name);
        let keyed = |covariate: &Covariate| {
            let purpose = format!("covariate {}", covariate.name);
            (covariate.clone(), Streams::new(seed, &purpose))
        };
        Self {
            laws: covariates.iter().filter(own).map(keyed).collect(),
            table: table.map(|table| (table, Streams::new(seed, "row of covariates"))),
        }
    }

    /// The names, in the order of the values.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let drawn = self.laws.iter().map(|(covariate, _)| covariate.name.as_str());
        drawn.chain(self.table.iter().flat_map(|(table, _)| table.names.iter().map(String::as_str)))
    }

    /// The values of one patient.
    #[must_use]
    pub fn values(&self, subject: usize) -> Vec<f64> {
        let drawn = self.laws.iter().map(|(covariate, streams)| match covariate.law {
            Law::Fixed(value) => value,
            _ => covariate.law.value(streams.subject(subject).uniform()),
        });
        let row = self.table.iter().flat_map(|(table, streams)| {
            let share = streams.subject(subject).uniform();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of the number of rows"
            )]
            let row = (share * table.rows.len() as f64) as usize;
            table.rows[row.min(table.rows.len() - 1)].iter().copied()
        });
        drawn.chain(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Covariate, Covariates, Law, Table};
    use std::path::Path;

    fn covariate(name: &str, law: Law) -> Covariate {
        let (name, unit, source) = (name.to_owned(), "1".to_owned(), "test".to_owned());
        Covariate { name, unit, law, grade: "D", source }
    }

    #[test]
    fn invariant_choices_come_in_their_shares() {
        let law = Law::Choice { values: vec![0.0, 1.0, 2.0], shares: vec![0.59, 0.39, 0.02] };
        let covariates = Covariates::new(1, &[covariate("child_pugh", law)], None);
        let n = 20_000;
        let count =
            |value: f64| (0..n).filter(|i| (covariates.values(*i)[0] - value).abs() < 0.1).count();
        // Four standard errors.
        assert!((count(0.0) as f64 / n as f64 - 0.59).abs() < 0.014);
        assert!((count(2.0) as f64 / n as f64 - 0.02).abs() < 0.004);
    }

    #[test]
    fn invariant_rows_of_a_table_stay_together_and_take_precedence() {
        let table = Table::parse(Path::new("t.csv"), "wt,age\n50,30\n80,70\n").unwrap();
        let own = [covariate("wt", Law::Fixed(64.0)), covariate("female", Law::Fixed(1.0))];
        let covariates = Covariates::new(1, &own, Some(table));
        assert_eq!(covariates.names().collect::<Vec<_>>(), ["female", "wt", "age"]);
        let rows: Vec<_> = (0..50).map(|i| covariates.values(i)).collect();
        assert!(rows.iter().all(|r| *r == [1.0, 50.0, 30.0] || *r == [1.0, 80.0, 70.0]));
        assert!(rows.iter().any(|r| r[1] < 60.0) && rows.iter().any(|r| r[1] > 60.0));
    }

    #[test]
    fn invariant_cells_that_are_no_numbers_are_named() {
        let error = Table::parse(Path::new("t.csv"), "wt\n50\nheavy\n").unwrap_err().to_string();
        assert!(error.contains("t.csv:3:") && error.contains("heavy"), "{error}");
        assert!(Table::parse(Path::new("t.csv"), "wt\n").is_err());
    }
}
