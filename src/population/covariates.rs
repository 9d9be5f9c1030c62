//! What is known about a patient besides the parameters: weight, sex, Child-Pugh score.

use super::{Distribution, Streams};
use crate::error::{Result, near};
use crate::files::{CsvTable, FileKind, read_text, upper_case_rule};
use crate::model::{Range, Symbol};
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
                distribution.individual(*typical, crate::statistics::normal_quantile(uniform))
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
    /// Reads a table: a header of names, then one patient a line, numbers only. Names of `known` covariates
    /// must be spelt as they are there; other columns are left as they are.
    ///
    /// # Errors
    /// A file that cannot be read, an empty one, a cell that is not a finite number, a name of a known
    /// covariate in capitals or with a slip.
    pub fn read(path: &Path, known: &[KnownCovariate<'_>]) -> Result<Self> {
        Self::parse(path, &read_text(path)?, known)
    }

    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(path: &Path, text: &str, known: &[KnownCovariate<'_>]) -> Result<Self> {
        FileKind::Covariates.require(path, text)?;
        let table = CsvTable::parse(path, text);
        let own: Vec<&str> = known.iter().map(|known| known.name).collect();
        for name in table.columns() {
            if let Some(rule) = name_rule(name, &own) {
                table.header_problem(name, rule);
            }
        }
        let range = |name: &String| known.iter().find(|known| known.name == name)?.range;
        let ranges: Vec<Option<Range>> = table.columns().iter().map(range).collect();
        let mut rows = Vec::with_capacity(table.rows().len());
        for row in table.rows() {
            let cells = table.columns().iter().zip(&ranges).enumerate();
            let numbers = cells.filter_map(|(column, (name, range))| {
                let number = table.number(row, column)?;
                if let Some(range) = range.filter(|range| !range.contains(number)) {
                    table.problem(row.line, name, format!("= {number} is outside {range}"));
                }
                Some(number)
            });
            rows.push(numbers.collect());
        }
        if rows.is_empty() && table.is_sound() {
            table.header_problem("", "has no patients: give one patient per line");
        }
        let names = table.columns().to_vec();
        table.finish(Self { names, rows })
    }

    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// A covariate that a model or its patients have, as a column must be called.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownCovariate<'a> {
    /// The name.
    pub name: &'a str,
    /// Where its values must lie, if anywhere in particular.
    pub range: Option<Range>,
}

/// The covariates that files of patients use most.
const USUAL: [(&str, Option<Range>); 6] = [
    ("wt", Some(Range::POSITIVE)),
    ("female", Some(Range::SHARE)),
    ("child_pugh", None),
    ("thrombosis", Some(Range::SHARE)),
    ("east_asian", Some(Range::SHARE)),
    ("fasted", Some(Range::SHARE)),
];

/// Every covariate that a column may mean: `symbols` of a model, `own` ones of patients, the usual ones.
#[must_use]
pub fn known_covariates<'a>(symbols: &[Symbol], own: &[&'a str]) -> Vec<KnownCovariate<'a>> {
    let of_model = symbols.iter().map(|s| KnownCovariate { name: s.name, range: Some(s.range) });
    let usual = USUAL.iter().map(|(name, range)| KnownCovariate { name, range: *range });
    let own = own.iter().map(|name| KnownCovariate { name, range: None });
    of_model.chain(usual).chain(own).collect()
}

/// Units that other programs write behind a name.
const UNITS: [&str; 8] = ["kg", "g", "lb", "y", "yr", "years", "score", "percent"];

/// What other programs call some covariates, with the name here.
const ALIASES: [(&str, &str); 6] = [
    ("weight", "wt"),
    ("bodyweight", "wt"),
    ("bw", "wt"),
    ("sex", "female"),
    ("gender", "female"),
    ("cp", "child_pugh"),
];

/// The rule that a column's name breaks, if it must mean a known covariate.
fn name_rule(name: &str, known: &[&str]) -> Option<String> {
    if let Some(rule) = upper_case_rule(name, known) {
        return Some(rule);
    }
    if known.contains(&name) {
        return None;
    }
    if name.parse::<f64>().is_ok() {
        return Some("is a number: the first line must name the columns".to_owned());
    }
    let lower = name.to_lowercase();
    let alias = ALIASES.iter().find(|(other, own)| *other == lower && known.contains(own));
    if let Some((_, own)) = alias {
        return Some(format!("must be called {own} here"));
    }
    let with_unit = lower.rsplit_once('_').filter(|(_, unit)| UNITS.contains(unit));
    if let Some((own, _)) = with_unit.filter(|(own, _)| known.contains(own)) {
        return Some(format!("is not a known covariate: did you mean {own}?"));
    }
    let near = near(&lower, known);
    if let Some(near) = near {
        return Some(format!("is not a known covariate: did you mean {near}?"));
    }
    (lower != name).then(|| format!("must be in lower case: write {lower}"))
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
    use super::{Covariate, Covariates, KnownCovariate, Law, Range, Table};
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
        let table = Table::parse(Path::new("t.csv"), "wt,age\n50,30\n80,70\n", &[]).unwrap();
        let own = [covariate("wt", Law::Fixed(64.0)), covariate("female", Law::Fixed(1.0))];
        let covariates = Covariates::new(1, &own, Some(table));
        assert_eq!(covariates.names().collect::<Vec<_>>(), ["female", "wt", "age"]);
        let rows: Vec<_> = (0..50).map(|i| covariates.values(i)).collect();
        assert!(rows.iter().all(|r| *r == [1.0, 50.0, 30.0] || *r == [1.0, 80.0, 70.0]));
        assert!(rows.iter().any(|r| r[1] < 60.0) && rows.iter().any(|r| r[1] > 60.0));
    }

    #[test]
    fn invariant_cells_that_are_no_numbers_are_named() {
        let known = ["wt", "female", "child_pugh"];
        let known = known.map(|name| KnownCovariate { name, range: Some(Range::NON_NEGATIVE) });
        let read = |text: &str| Table::parse(Path::new("t.csv"), text, &known);
        for (text, expected) in [
            ("wt\n50\nheavy\n", "t.csv:3: `wt` = \"heavy\": a finite number is needed"),
            ("wt\n50\n-5\n", "t.csv:3: `wt` = -5 is outside [0, ∞)"),
            ("wt\n", "t.csv:1: has no patients"),
            ("WT\n50\n", "t.csv:1: `WT` must be in lower case: write wt"),
            ("wt,SEX\n50,1\n", "t.csv:1: `SEX` must be called female here"),
            ("weight,age\n50,1\n", "t.csv:1: `weight` must be called wt here"),
            ("wt_kg\n50\n", "did you mean wt?"),
            ("chid_pugh,wt\n5,1\n", "did you mean child_pugh?"),
            ("ID,TIME,DV,AMT,EVID\n1,0,.,3,1\n", "these are NONMEM records, not covariates"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
        assert_eq!(read("wt,age\n50,30\n").unwrap().names(), ["wt", "age"]);
    }
}
