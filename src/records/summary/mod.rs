//! What a file of records holds, for people and programs.

mod by_model;
mod covariates;
mod lines;

pub use by_model::{OutputSummary, RouteSummary};
pub use covariates::{Change, CovariateSummary};

use super::columns::Item;
use super::read::Reading;
use super::record::{Censoring, Dose, Evid, Rate, Records, Row, SteadyState};
use super::structure::Structure;
use crate::error::echo;
use serde::Serialize;
use std::collections::BTreeMap;

/// The content of a file of records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Name of the model that the records were read against; none without one.
    pub model: Option<String>,
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
    /// Smallest and largest amount, in the unit of AMT; none without doses, and with a model, whose routes have
    /// their own.
    pub amounts: Option<[f64; 2]>,
    /// The doses by route, in the order of the model; empty without one.
    pub routes: Vec<RouteSummary>,
    /// Number of observations.
    pub observations: usize,
    /// How many of them are censored.
    pub censored: usize,
    /// Number of records that ask for a prediction only.
    pub predictions: usize,
    /// Number of observations by DVID, where there is such a column.
    pub observations_by_dvid: BTreeMap<String, usize>,
    /// The outputs of the model and their observations; empty without a model.
    pub outputs: Vec<OutputSummary>,
    /// First and last time, in the unit of TIME; none without records.
    pub times: Option<[f64; 2]>,
    /// Unit of TIME.
    pub time_unit: String,
    /// Unit of AMT in the name of its column; none where that of the route is assumed.
    pub amount_unit: Option<String>,
    /// Unit of DV in the name of its column; none where that of the output is assumed.
    pub dv_unit: Option<String>,
    /// What is assumed because no column says it.
    pub assumed: Vec<String>,
    /// The covariates that have a column; without a model every other column of numbers.
    pub covariates: Vec<CovariateSummary>,
    /// Columns that are not used.
    pub additional_columns: Vec<String>,
    /// How the file was understood.
    pub notes: Vec<String>,
}

impl Reading {
    /// What the file holds: with the structure of the model that it was read against, also by route and output,
    /// and with the directions in which covariates apply.
    #[must_use]
    pub fn summary(&self, structure: Option<&Structure>) -> Summary {
        let records = &self.records;
        let rows = || records.rows();
        let doses = || rows().filter_map(|row| row.dose);
        let count = |is: &dyn Fn(&Row) -> bool| rows().filter(|row| is(row)).count();
        let hours = records.columns.hours;
        let is_infusion = |dose: &Dose| !matches!(dose.rate, Rate::Bolus);
        let output = self.output.as_deref();
        Summary {
            model: structure.map(|own| own.model.clone()),
            subjects: records.subjects.len(),
            records: rows().count(),
            doses: doses().count(),
            administrations: doses().map(|dose| 1 + dose.addl).sum(),
            infusions: doses().filter(is_infusion).count(),
            steady_states: doses().filter(|dose| dose.ss != SteadyState::None).count(),
            resets: count(&|row| row.evid.is_reset()),
            amounts: range(doses().filter(|_| structure.is_none()).map(|dose| dose.amt)),
            routes: structure.map(|own| by_model::routes(records, own)).unwrap_or_default(),
            observations: count(&Row::is_observed),
            censored: count(&|row| row.is_observed() && row.censoring != Censoring::None),
            predictions: count(&|row| row.evid == Evid::Observation && !row.is_observed()),
            observations_by_dvid: by_dvid(records),
            outputs: structure
                .map(|own| by_model::outputs(records, own, output))
                .unwrap_or_default(),
            times: range(rows().map(|row| row.time_h / hours)),
            time_unit: records.columns.time_name().to_owned(),
            amount_unit: records.columns.amount_unit.as_ref().map(|unit| unit.name().to_owned()),
            dv_unit: records.columns.dv_unit.clone(),
            assumed: assumed(records),
            covariates: covariates::covariates(records, structure),
            additional_columns: records.columns.additional.clone(),
            notes: self.findings.notes.clone(),
        }
    }
}

fn by_dvid(records: &Records) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let observed = records.rows().filter(|row| row.is_observed());
    for dvid in observed.filter_map(|row| row.dvid.as_deref()) {
        *counts.entry(dvid).or_insert(0) += 1;
    }
    counts.into_iter().map(|(dvid, count)| (echo(dvid), count)).collect()
}

/// The units that no name of a column gives.
fn assumed(records: &Records) -> Vec<String> {
    let columns = &records.columns;
    let mut assumed = Vec::new();
    if columns.time_unit.is_none() {
        assumed.push(format!("TIME in {}", columns.time_name()));
    }
    if columns.has(Item::Amt) && columns.amount_unit.is_none() {
        assumed.push("AMT in the unit of its route".to_owned());
    }
    if columns.has(Item::Dv) && columns.dv_unit.is_none() {
        assumed.push("DV in the unit of its output".to_owned());
    }
    assumed
}

/// The smallest and largest of finite numbers.
fn range(values: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    values.filter(|value| value.is_finite()).fold(None, |range, value| match range {
        None => Some([value, value]),
        Some([least, most]) => Some([least.min(value), most.max(value)]),
    })
}
