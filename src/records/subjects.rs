//! From rows to subjects: runs of one ID, the order of times, covariates, occasions, and what is doubtful in
//! a subject as a whole.

use super::cells::Cell;
use super::columns::Columns;
use super::doubts;
use super::problem::Findings;
use super::read::{Options, or_give};
use super::record::{Evid, Row, Subject, same_time};
use super::rules::Judged;
use super::structure::Structure;
use crate::error::echo;
use crate::table::shortest;
use std::collections::HashMap;

/// What is known beside the rows: the structure, the options, and whether all rows could be read.
type Context<'c> = (Option<&'c Structure>, &'c Options, bool);

/// R1. Gathers rows into subjects, one after the other, so that only the rows of one are held as they were read.
#[derive(Debug)]
pub(super) struct Gathering<'c, 't> {
    columns: &'c Columns,
    names: &'c [String],
    context: Context<'c>,
    run: Vec<Judged<'t>>,
    /// First and last line of the subjects so far, by ID.
    lines: HashMap<&'t str, (usize, usize)>,
    subjects: Vec<Subject>,
    /// Warnings about whole subjects; they follow the warnings about rows.
    doubts: Findings,
}

impl<'c, 't> Gathering<'c, 't> {
    pub(super) fn new((columns, names): (&'c Columns, &'c [String]), context: Context<'c>) -> Self {
        let (run, subjects) = (Vec::new(), Vec::new());
        let (lines, doubts) = (HashMap::new(), Findings::default());
        Self { columns, names, context, run, lines, subjects, doubts }
    }

    /// The next row of the file.
    pub(super) fn add(&mut self, row: Judged<'t>, findings: &mut Findings) {
        if row.cells.id.is_empty() {
            return;
        }
        if self.run.first().is_some_and(|first| first.cells.id != row.cells.id) {
            self.end(findings);
        }
        self.run.push(row);
    }

    /// All subjects, with what is doubtful in them and in the file.
    pub(super) fn finish(mut self, findings: &mut Findings) -> Vec<Subject> {
        self.end(findings);
        findings.warnings.extend(self.doubts.warnings);
        let (structure, options, _) = self.context;
        doubts::of_file(&self.subjects, self.columns, (structure, options), findings);
        self.subjects.shrink_to_fit();
        self.subjects
    }

    /// The rows so far are those of one subject.
    fn end(&mut self, findings: &mut Findings) {
        let run = std::mem::take(&mut self.run);
        if run.is_empty() {
            return;
        }
        if !self.context.1.id_runs_new {
            self.refuse_repeated(&run, findings);
        }
        check_order(&run, self.context.2, findings);
        let parts = (self.columns, self.names);
        self.subjects.extend(subject(run, parts, self.context, (findings, &mut self.doubts)));
    }

    /// R1. An ID that appears again after other subjects.
    fn refuse_repeated(&mut self, run: &[Judged<'t>], findings: &mut Findings) {
        let lines = |row: Option<&Judged<'_>>| row.map_or(0, |row| row.cells.line);
        let (id, own) = (run[0].cells.id, (lines(run.first()), lines(run.last())));
        let Some((from, to)) = self.lines.get(id) else {
            self.lines.insert(id, own);
            return;
        };
        let rows = if from == to { format!("row {from}") } else { format!("rows {from}-{to}") };
        let id = echo(id);
        let new = or_give("give ", self.context.1.remedies.id_runs, "");
        let text = format!(
            "ID {id} appears again after other subjects (first {rows}): sort the file{new}"
        );
        findings.refuse(&run[0].cells.place(), "E03", text);
    }
}

/// R2. Times may not decrease but at a reset. Nothing is said of a row whose predecessor could not be read.
fn check_order(run: &[Judged<'_>], is_whole: bool, findings: &mut Findings) {
    let mut previous: Option<&Judged<'_>> = None;
    for row in run {
        let is_reset = row.evid.is_none_or(Evid::is_reset);
        let is_next = |earlier: &&Judged<'_>| is_whole || earlier.cells.line + 1 == row.cells.line;
        let times = |earlier: &Judged<'_>| earlier.cells.time.number().zip(row.cells.time.number());
        let earlier = previous.filter(is_next).filter(|_| !is_reset);
        if let Some((before, now)) = earlier.and_then(times)
            && now < before
            && !same_time(before, now)
        {
            let text = format!(
                "TIME {} is before the previous row's {}: only EVID 3 or 4 may set the clock back",
                echo(row.cells.time_text),
                echo(earlier.map_or("", |own| own.cells.time_text))
            );
            findings.refuse(&row.cells.place(), "E04", text);
        }
        let is_known = row.cells.time.number().is_some() && row.evid.is_some();
        if is_known || is_reset {
            previous = Some(row).filter(|_| is_known);
        }
    }
}

/// One subject, if any of its rows could be read.
fn subject(
    run: Vec<Judged<'_>>,
    (columns, names): (&Columns, &[String]),
    (structure, options, _): Context<'_>,
    (findings, doubts): (&mut Findings, &mut Findings),
) -> Option<Subject> {
    let values = covariates(&run, names, (structure, options, columns), findings);
    let (labels, occasions) = occasions(&run);
    warn_of_occasions(&run, &labels, doubts);
    let id = run[0].cells.id.to_owned();
    let is_sound = run.iter().all(|row| row.is_sound);
    let mut rows = Vec::with_capacity(run.len());
    for ((row, covariates), occasion) in run.into_iter().zip(values).zip(labels) {
        rows.extend(row.row.map(|row| Row { occasion, covariates, ..row }));
    }
    let subject = (!rows.is_empty()).then_some(Subject { id, rows, occasions })?;
    if is_sound {
        doubts::of_subject(&subject, columns, doubts);
    }
    Some(subject)
}

/// R21. The covariates of every row; a missing one is a problem unless something else was asked for.
fn covariates(
    run: &[Judged<'_>],
    names: &[String],
    (structure, options, columns): (Option<&Structure>, &Options, &Columns),
    findings: &mut Findings,
) -> Vec<Vec<f64>> {
    let wanted = options.wanted_covariates(structure);
    let mut values = vec![vec![f64::NAN; names.len()]; run.len()];
    for (j, name) in names.iter().enumerate() {
        let cell = |row: &Judged<'_>| row.cells.covariates[j];
        let first = run.iter().find_map(|row| cell(row).number());
        let is_asked = j < wanted.len() && columns.covariates.get(j).is_some_and(Option::is_some);
        let mut last = first;
        for (i, row) in run.iter().enumerate() {
            let given = cell(row).number();
            last = given.or(last);
            let carried = last.filter(|_| options.carry);
            let value = given.or_else(|| options.missing_value(name)).or(carried);
            match value {
                Some(value) => {
                    values[i][j] = value;
                    let own = structure.and_then(|structure| structure.covariates.get(j));
                    if let Some(rule) = own.and_then(|own| own.refuses(value)) {
                        let (column, value) = (column_name(columns, j, name), shortest(value));
                        let text = format!("{column} {value} is not a code of `{name}`: {rule}");
                        findings.refuse(&row.cells.place(), "D02", text);
                    }
                }
                None if cell(row) == Cell::Missing && is_asked => {
                    let value = wanted[j].1.map_or_else(|| "NUMBER".to_owned(), shortest);
                    let (column, name) = (column_name(columns, j, name), echo(name));
                    let text = format!("covariate {column} is missing");
                    let text = text + &remedy(options, &format!("{name}={value}"));
                    findings.refuse(&row.cells.place(), "E09", text);
                }
                None => {}
            }
        }
    }
    values
}

/// The column of covariate number `j`, which is called `name`.
fn column_name(columns: &Columns, j: usize, name: &str) -> String {
    let column = columns.covariates.get(j).copied().flatten();
    echo(column.and_then(|column| columns.names.get(column)).map_or(name, String::as_str))
}

/// What would help against a missing covariate; `value` is its name with the value in the model.
fn remedy(options: &Options, value: &str) -> String {
    let words = &options.remedies;
    let carry = words.carry.trim().to_owned();
    let carry = (!options.carry && !carry.is_empty()).then_some(carry);
    let missing = (!words.missing.is_empty()).then(|| words.missing.to_owned() + value);
    let all: Vec<String> = carry.into_iter().chain(missing).collect();
    if all.is_empty() { String::new() } else { format!(": give {}", all.join(", or ")) }
}

/// R18. The occasion of every row, and the labels in the order in which they appear. A row without a label
/// belongs to the occasion of the row before it.
fn occasions(run: &[Judged<'_>]) -> (Vec<Option<usize>>, Vec<String>) {
    let mut labels: Vec<String> = Vec::new();
    let mut last = run.iter().find_map(|row| row.cells.occ);
    let of_row = run.iter().map(|row| {
        last = row.cells.occ.or(last);
        let label = last?;
        Some(labels.iter().position(|own| own == label).unwrap_or_else(|| {
            labels.push(label.to_owned());
            labels.len() - 1
        }))
    });
    let of_row = of_row.collect();
    (of_row, labels)
}

/// W05. An occasion that begins between two rows.
fn warn_of_occasions(run: &[Judged<'_>], labels: &[Option<usize>], findings: &mut Findings) {
    for (rows, labels) in run.windows(2).zip(labels.windows(2)) {
        let time = |row: &Judged<'_>| row.cells.time.number();
        let is_later = time(&rows[0]).zip(time(&rows[1])).is_some_and(|(a, b)| !same_time(a, b));
        let is_reset = rows[1].evid.is_none_or(Evid::is_reset);
        if labels[0] != labels[1] && is_later && !is_reset {
            let text = "the first row of an occasion is later than the row before it: the occasion also \
                        applies to the interval between them";
            findings.warn(&rows[1].cells.place(), "W05", text);
        }
    }
}
