//! Records as NONMEM, mrgsolve and rxode2 read them: one line for each dose and each observation.

use crate::error::Result;
use crate::model::ParameterSet;
use crate::model::graph::entering;
use crate::table::{Table, TableOf};
use crate::units::{COUNT_UNIT, Route};

/// One line of a data file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    /// The patient.
    pub id: usize,
    /// Elapsed time, h.
    pub time_h: f64,
    /// Amount of a dose, mg.
    pub amt_mg: Option<f64>,
    /// 1 for a dose, 0 for an observation.
    pub evid: u8,
    /// 1 where there is no observation, as on a dose.
    pub mdv: u8,
    /// The compartment, counted from 1.
    pub cmt: usize,
    /// The observation.
    pub dv: Option<f64>,
}

impl Record {
    /// A dose of `amt_mg` mg into compartment `cmt`.
    #[must_use]
    pub fn dose(id: usize, time_h: f64, amt_mg: f64, cmt: usize) -> Self {
        Self { id, time_h, amt_mg: Some(amt_mg), evid: 1, mdv: 1, cmt, dv: None }
    }

    /// An observation in compartment `cmt`; without a value, one that is to be simulated.
    #[must_use]
    pub fn observation(id: usize, time_h: f64, cmt: usize, dv: Option<f64>) -> Self {
        Self { id, time_h, amt_mg: None, evid: 0, mdv: 0, cmt, dv }
    }
}

/// Puts records into the order of patients and times; an observation at the time of a dose comes
/// before it.
pub fn sort(records: &mut [Record]) {
    records.sort_by(|a, b| {
        a.id.cmp(&b.id).then(a.time_h.total_cmp(&b.time_h)).then(a.evid.cmp(&b.evid))
    });
}

/// The records as a table.
#[must_use]
pub fn table(records: &[Record]) -> Table {
    columns(records).finish()
}

/// The records with covariates behind them: name, unit, and the values by patient.
pub(super) fn table_with(records: &[Record], covariates: &[(String, String, Vec<f64>)]) -> Table {
    let mut table = columns(records);
    for (name, unit, values) in covariates {
        let value = |record: &Record| values.get(record.id.wrapping_sub(1)).copied();
        table = table.number(name.clone(), unit.clone(), value);
    }
    table.finish()
}

fn columns(records: &[Record]) -> TableOf<'_, Record> {
    Table::of(records)
        .whole("ID", "1", |record| record.id)
        .number("TIME", "h", |record| record.time_h)
        .number("AMT", "mg", |record| record.amt_mg)
        .whole("EVID", "1", |record| usize::from(record.evid))
        .whole("MDV", "1", |record| usize::from(record.mdv))
        .whole("CMT", "1", |record| record.cmt)
        .number("DV", COUNT_UNIT, |record| record.dv)
}

/// The compartments of a model's records, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compartments {
    /// Where a dose enters.
    pub dose: usize,
    /// The first that holds platelets, for observed counts.
    pub platelets: usize,
}

impl Compartments {
    /// Those of the model of `set`, with doses by `route`; by the usual one where none is given.
    ///
    /// # Errors
    /// Values that contradict each other, or a route that the model does not describe.
    pub fn of(set: &ParameterSet, route: Option<Route>) -> Result<Self> {
        let p = set.model.individual(&set.theta())?;
        let route = route.unwrap_or_else(|| set.model.usual_route());
        let (dose, _) = entering(&set.model, &*p, route)?;
        let states = p.states();
        let before = states.iter().take_while(|state| !state.name.starts_with("platelet"));
        Ok(Self { dose: dose.state + 1, platelets: before.count() + 1 })
    }
}
