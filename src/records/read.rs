//! From a file to records, with everything that is wrong with it.

use super::cells::{Cell, Reader};
use super::columns::Columns;
use super::problem::{Findings, Place};
use super::record::Records;
use super::rules::{Judge, Judged};
use super::structure::Structure;
use super::subjects::Gathering;
use crate::error::{Error, FileProblem, Result};
use crate::files::CsvTable;
use std::path::{Path, PathBuf};

/// What the records are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// To look at them or to predict them.
    #[default]
    Predict,
    /// To fit a model: every observation must have a likelihood.
    Fit,
}

/// How a file is to be read where it leaves a choice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// Names of covariates besides those of the model.
    pub covariates: Vec<String>,
    /// Whether every other column of numbers is read as a covariate, for a look at a file without a model.
    pub every_number: bool,
    /// Rows whose first cell begins with this letter are comments.
    pub ignore: Option<char>,
    /// Whether an ID that appears again after other subjects is another subject.
    pub id_runs_new: bool,
    /// Whether a missing covariate has the last value of its subject, before the first its first.
    pub carry: bool,
    /// Values of missing covariates.
    pub missing: Vec<(String, f64)>,
    /// Values of covariates that have no column.
    pub set: Vec<(String, f64)>,
    /// Lower limit of quantification of a file without LLOQ, in the unit of DV.
    pub lloq: Option<f64>,
    /// Name of the output of rows that name none.
    pub output: Option<String>,
    /// What the records are read for.
    pub purpose: Purpose,
    /// How a caller says which of these options would help, in its own words.
    pub remedies: Remedies,
}

/// How a caller of [`read`] names the options that would help, as a command line does its flags. What has no
/// words is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Remedies {
    /// [`Options::id_runs_new`].
    pub id_runs: &'static str,
    /// [`Options::carry`].
    pub carry: &'static str,
    /// [`Options::missing`], before the name of the covariate, `=` and a value.
    pub missing: &'static str,
    /// [`Options::set`], likewise.
    pub set: &'static str,
    /// [`Options::output`].
    pub output: &'static str,
}

/// `, or give WORDS`, unless there are none.
pub(super) fn or_give(give: &str, words: &str, value: &str) -> String {
    if words.is_empty() { String::new() } else { format!(", or {give}{words}{value}") }
}

impl Options {
    /// The covariates that are to be read, with their values in the model.
    pub(super) fn wanted_covariates(
        &self,
        structure: Option<&Structure>,
    ) -> Vec<(String, Option<f64>)> {
        let of_model = structure.iter().flat_map(|structure| &structure.covariates);
        let mut wanted: Vec<_> = of_model.map(|own| (own.name.clone(), Some(own.value))).collect();
        for name in &self.covariates {
            if !wanted.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)) {
                wanted.push((name.clone(), None));
            }
        }
        wanted
    }

    /// The value that was set for the covariate `name`.
    pub(super) fn set_value(&self, name: &str) -> Option<f64> {
        value_of(&self.set, name)
    }

    /// The value of the covariate `name` where it is missing.
    pub(super) fn missing_value(&self, name: &str) -> Option<f64> {
        value_of(&self.missing, name)
    }
}

fn value_of(values: &[(String, f64)], name: &str) -> Option<f64> {
    values.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

/// A file as far as it could be read, and what was found in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    path: PathBuf,
    /// Name of the output of rows that name none.
    pub(super) output: Option<String>,
    /// The records; complete if there are no problems.
    pub records: Records,
    /// Problems, warnings and notes.
    pub findings: Findings,
}

impl Reading {
    /// Every problem by line, at most 50 and the number of the others.
    #[must_use]
    pub fn problems(&self) -> Vec<FileProblem> {
        self.findings.in_file(&self.path)
    }

    /// Every warning, a sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.findings.warnings.iter().map(|warning| warning.in_file(&self.path)).collect()
    }

    /// The records, if nothing is wrong.
    ///
    /// # Errors
    /// Every problem of the file.
    pub fn into_records(self) -> Result<Records> {
        let problems = self.problems();
        if problems.is_empty() { Ok(self.records) } else { Err(Error::Files(problems)) }
    }
}

/// Reads `text`, the content of `path`, against the structure of a model if there is one.
///
/// ```
/// use std::path::Path;
/// use thrombopoiesis::records::{Options, read};
///
/// let text = "ID,TIME,AMT,DV\n7,0,3,.\n7,24,.,41\n";
/// let records = read(Path::new("data.csv"), text, None, &Options::default()).into_records()?;
/// assert_eq!(records.subjects[0].rows.len(), 2);
///
/// let text = "ID,TIME,AMT,DV\n7,24,.,41\n7,20,3,.\n";
/// let reading = read(Path::new("data.csv"), text, None, &Options::default());
/// let problem = "data.csv:3 ID 7 TIME 20: TIME 20 is before the previous row's 24: only EVID 3 or 4 may \
///                set the clock back";
/// assert_eq!(reading.problems()[0].to_string(), problem);
/// # Ok::<(), thrombopoiesis::error::Error>(())
/// ```
#[must_use]
pub fn read(path: &Path, text: &str, structure: Option<&Structure>, options: &Options) -> Reading {
    let table = CsvTable::parse_any_names(path, text, options.ignore);
    let mut findings = Findings::default();
    let header = table.header_line();
    let mut columns = Columns::of(table.columns(), (structure, options), (&mut findings, header));
    if options.every_number {
        for column in columns.unused() {
            let cells = || table.rows().iter().filter_map(|row| table.cell(row, column));
            let is_number = |cell: &str| cell.parse::<f64>().is_ok_and(f64::is_finite);
            if cells().next().is_some() && cells().all(is_number) {
                columns.take(column);
            }
        }
    }
    note_columns(&columns, table.separator(), &mut findings);
    let names = covariate_names(&columns, structure, options);
    // Without its columns the rows cannot be judged without false problems.
    let is_clear = !columns.is_unclear;
    let mut judge = Judge::new(&columns, structure, (options, header));
    let reader = Reader::new(&table, &columns);
    let context = (structure, options, table.is_sound());
    let mut gathering = Gathering::new((&columns, &names), context);
    for row in table.rows().iter().filter(|_| is_clear) {
        let before = findings.problems.len();
        let mut cells = reader.read(row, &mut findings);
        fill_set(&mut cells.covariates, &names, (&columns, options));
        let judged = judge.judge(cells, &mut findings);
        let is_sound = findings.problems.len() == before;
        gathering.add(Judged { is_sound, ..judged }, &mut findings);
    }
    let subjects = gathering.finish(&mut findings);
    if let Err(Error::Files(problems)) = table.finish(()) {
        for FileProblem { line, rule, .. } in problems {
            findings.refuse(&Place { line, record: String::new() }, "", rule);
        }
    }
    let records = Records { columns, covariates: names, subjects };
    Reading { path: path.to_owned(), output: options.output.clone(), records, findings }
}

/// Names of the covariates in the order of their columns.
fn covariate_names(
    columns: &Columns,
    structure: Option<&Structure>,
    options: &Options,
) -> Vec<String> {
    let mut names: Vec<_> =
        options.wanted_covariates(structure).into_iter().map(|(name, _)| name).collect();
    let rest = columns.covariates.iter().skip(names.len());
    let rest: Vec<_> = rest.filter_map(|i| columns.names.get((*i)?).cloned()).collect();
    names.extend(rest);
    names
}

/// Covariates without a column have the value that was set.
fn fill_set(cells: &mut [Cell], names: &[String], (columns, options): (&Columns, &Options)) {
    for ((cell, name), column) in cells.iter_mut().zip(names).zip(&columns.covariates) {
        if let (None, Some(value)) = (column, options.set_value(name)) {
            *cell = Cell::Number(value);
        }
    }
}

/// How the header was understood.
fn note_columns(columns: &Columns, separator: char, findings: &mut Findings) {
    match separator {
        ';' => findings.note("columns are separated by semicolons"),
        '\t' => findings.note("columns are separated by tabs"),
        _ => {}
    }
    if !columns.additional.is_empty() {
        let names = columns.additional.join(", ");
        findings.note(format!("columns that are not used: {names}"));
    }
}
