//! What a file of records holds, for people and programs.

use super::columns::Item;
use super::read::Reading;
use super::record::{Censoring, Dose, Evid, Records, Row, SteadyState, Subject};
use super::structure::{Direction, Structure};
use crate::error::echo;
use crate::table::shortest;
use serde::Serialize;
use std::collections::BTreeMap;

/// The content of a file of records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Number of subjects.
    pub subjects: usize,
    /// Number of records.
    pub records: usize,
    /// Number of records with a dose.
    pub doses: usize,
    /// Number of doses, additional ones included.
    pub administrations: usize,
    /// Number of dose records that are infusions.
    pub infusions: usize,
    /// Number of dose records at steady state.
    pub steady_states: usize,
    /// Number of resets.
    pub resets: usize,
    /// Smallest and largest amount, in the unit of AMT; none without doses.
    pub amounts: Option<[f64; 2]>,
    /// Number of observations.
    pub observations: usize,
    /// How many of them are censored.
    pub censored: usize,
    /// Number of records that ask for a prediction only.
    pub predictions: usize,
    /// Number of observations by DVID, where there is such a column.
    pub observations_by_dvid: BTreeMap<String, usize>,
    /// First and last time, in the unit of TIME; none without records.
    pub times: Option<[f64; 2]>,
    /// Unit of TIME.
    pub time_unit: String,
    /// Unit of AMT in the name of its column; none where that of the route is assumed.
    pub amount_unit: Option<String>,
    /// Unit of DV in the name of its column; none where that of the output is assumed.
    pub dv_unit: Option<String>,
    /// What is assumed because no column says it.
    pub assumed: Vec<&'static str>,
    /// The covariates; without a model every other column of numbers.
    pub covariates: Vec<CovariateSummary>,
    /// Columns that are not used.
    pub additional_columns: Vec<String>,
    /// How the file was understood.
    pub notes: Vec<String>,
}

/// The values of one covariate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CovariateSummary {
    /// Its name.
    pub name: String,
    /// Smallest and largest value; none where all are missing.
    pub values: Option<[f64; 2]>,
    /// Number of records without a value.
    pub missing: usize,
    /// The largest change between two records of a subject, if there is any.
    pub largest_change: Option<Change>,
    /// Which way values apply between records.
    pub direction: &'static str,
}

/// A change of a covariate between two records of a subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The subject.
    pub id: String,
    /// TIME of both records, in the unit of TIME.
    pub times: [f64; 2],
    /// The values of both records.
    pub values: [f64; 2],
}

impl Change {
    fn size(&self) -> f64 {
        (self.values[1] - self.values[0]).abs()
    }
}

impl Reading {
    /// What the file holds, with the directions in which covariates apply in the model, if there is one.
    #[must_use]
    pub fn summary(&self, structure: Option<&Structure>) -> Summary {
        let records = &self.records;
        let rows = || records.subjects.iter().flat_map(|subject| &subject.rows);
        let doses = || rows().filter_map(|row| row.dose);
        let count = |is: &dyn Fn(&Row) -> bool| rows().filter(|row| is(row)).count();
        let hours = records.columns.hours;
        let mut by_dvid = BTreeMap::new();
        for dvid in rows().filter(|row| row.is_observed()).filter_map(|row| row.dvid.as_deref()) {
            *by_dvid.entry(echo(dvid)).or_insert(0) += 1;
        }
        let is_infusion = |dose: &Dose| !matches!(dose.rate, super::record::Rate::Bolus);
        Summary {
            subjects: records.subjects.len(),
            records: rows().count(),
            doses: doses().count(),
            administrations: doses().map(|dose| 1 + dose.addl).sum(),
            infusions: doses().filter(is_infusion).count(),
            steady_states: doses().filter(|dose| dose.ss != SteadyState::None).count(),
            resets: count(&|row| row.evid.is_reset()),
            amounts: range(doses().map(|dose| dose.amt)),
            observations: count(&Row::is_observed),
            censored: count(&|row| row.is_observed() && row.censoring != Censoring::None),
            predictions: count(&|row| row.evid == Evid::Observation && !row.is_observed()),
            observations_by_dvid: by_dvid,
            times: range(rows().map(|row| row.time_h / hours)),
            time_unit: records.columns.time_name().to_owned(),
            amount_unit: records.columns.amount_unit.as_ref().map(|unit| unit.name().to_owned()),
            dv_unit: records.columns.dv_unit.clone(),
            assumed: assumed(records),
            covariates: covariates(records, structure),
            additional_columns: records.columns.additional.clone(),
            notes: self.findings.notes.clone(),
        }
    }
}

/// The units that no name of a column gives.
fn assumed(records: &Records) -> Vec<&'static str> {
    let columns = &records.columns;
    let mut assumed = Vec::new();
    if columns.time_unit.is_none() {
        assumed.push("TIME in h");
    }
    if columns.has(Item::Amt) && columns.amount_unit.is_none() {
        assumed.push("AMT in the unit of its route");
    }
    if columns.has(Item::Dv) && columns.dv_unit.is_none() {
        assumed.push("DV in the unit of its output");
    }
    assumed
}

fn covariates(records: &Records, structure: Option<&Structure>) -> Vec<CovariateSummary> {
    let of = |(i, name): (usize, &String)| {
        let known = structure.and_then(|structure| structure.covariates.get(i));
        let direction: Direction = known.map(|own| own.direction).unwrap_or_default();
        let rows = || records.subjects.iter().flat_map(|subject| &subject.rows);
        let values = || rows().filter_map(move |row| row.covariates.get(i).copied());
        let changes = records.subjects.iter().flat_map(|subject| changes(subject, i, records));
        CovariateSummary {
            name: name.clone(),
            values: range(values()),
            missing: values().filter(|value| value.is_nan()).count(),
            largest_change: changes.max_by(|a, b| a.size().total_cmp(&b.size())),
            direction: direction.name(),
        }
    };
    records.covariates.iter().enumerate().map(of).collect()
}

/// The changes of a covariate from row to row of a subject.
fn changes(subject: &Subject, covariate: usize, records: &Records) -> Vec<Change> {
    let hours = records.columns.hours;
    let pairs = subject.rows.windows(2).filter(|rows| !rows[1].evid.is_reset());
    let change = |rows: &[Row]| {
        let value = |row: &Row| row.covariates.get(covariate).copied();
        let values = [value(&rows[0])?, value(&rows[1])?];
        let times = [&rows[0], &rows[1]].map(|row| row.time_h / hours);
        let change = Change { id: echo(&subject.id), times, values };
        (change.size() > 0.0).then_some(change)
    };
    pairs.filter_map(change).collect()
}

/// The smallest and largest of finite numbers.
fn range(values: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    values.filter(|value| value.is_finite()).fold(None, |range, value| match range {
        None => Some([value, value]),
        Some([least, most]) => Some([least.min(value), most.max(value)]),
    })
}

/// `1 subject`, `2 subjects`.
fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn from_to([from, to]: [f64; 2]) -> String {
    if from < to { format!("{} to {}", shortest(from), shortest(to)) } else { shortest(from) }
}

impl Summary {
    /// The summary as lines of a heading and a text.
    #[must_use]
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let records = counted(self.records, "record");
        let mut lines = vec![("subjects", format!("{} ({records})", self.subjects))];
        lines.push(("doses", self.dose_line()));
        lines.push(("observations", self.observation_line()));
        if let Some(times) = self.times {
            lines.push(("time", format!("{} {}", from_to(times), self.time_unit)));
        }
        if !self.assumed.is_empty() {
            lines.push(("units assumed", self.assumed.join(", ")));
        }
        lines.extend(self.covariates.iter().map(|own| ("covariate", own.line(&self.time_unit))));
        if !self.additional_columns.is_empty() {
            lines.push(("columns not used", self.additional_columns.join(", ")));
        }
        let is_own = |note: &&String| !note.starts_with("columns that are not used");
        lines.extend(self.notes.iter().filter(is_own).map(|note| ("note", note.clone())));
        lines
    }

    fn dose_line(&self) -> String {
        let mut parts = vec![self.doses.to_string()];
        if self.administrations > self.doses {
            parts.push(format!("{} with additional doses", self.administrations));
        }
        if self.infusions > 0 {
            parts.push(counted(self.infusions, "infusion"));
        }
        if self.steady_states > 0 {
            parts.push(format!("{} at steady state", self.steady_states));
        }
        if self.resets > 0 {
            parts.push(counted(self.resets, "reset"));
        }
        if let Some(amounts) = self.amounts {
            let unit =
                self.amount_unit.as_ref().map_or_else(String::new, |unit| format!(" {unit}"));
            parts.push(format!("amounts {}{unit}", from_to(amounts)));
        }
        parts.join(", ")
    }

    fn observation_line(&self) -> String {
        let mut parts = vec![self.observations.to_string()];
        if self.censored > 0 {
            parts.push(format!("{} censored", self.censored));
        }
        if self.observations_by_dvid.len() > 1 {
            let each =
                self.observations_by_dvid.iter().map(|(dvid, n)| format!("{n} of DVID {dvid}"));
            parts.extend(each);
        }
        if self.predictions > 0 {
            parts.push(format!("{} for a prediction only", counted(self.predictions, "record")));
        }
        parts.join(", ")
    }
}

impl CovariateSummary {
    fn line(&self, time_unit: &str) -> String {
        let Self { name, values, missing, largest_change, .. } = self;
        let mut text = format!("{} {}", echo(name), values.map_or("missing".to_owned(), from_to));
        if *missing > 0 {
            text = text + ", missing in " + &counted(*missing, "record");
        }
        let Some(Change { id, times, values }) = largest_change else {
            return text + ", constant within subjects";
        };
        let [from, to] = values.map(shortest);
        let [start, end] = times.map(shortest);
        let direction = [Direction::Backward, Direction::Forward, Direction::Linear];
        let direction = direction.into_iter().find(|own| own.name() == self.direction);
        let direction = direction.unwrap_or_default().in_words();
        let times = format!("TIME {start} to {end} {time_unit}");
        text + &format!(
            ", largest change {from} to {to} (ID {id}, {times}); values apply {direction}"
        )
    }
}
