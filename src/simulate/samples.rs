//! The course of a patient as a table.

use super::course::{Course, Sample};
use crate::error::Result;
use crate::model::{Model, StateName};
use crate::table::Table;
use crate::units::{COUNT_UNIT, Time};
use std::borrow::Cow;

impl Course {
    /// The columns of [`Self::table`] with their units; those of readouts and states carry theirs in the
    /// name, if they have one.
    #[must_use]
    pub fn columns(&self, states: bool) -> Vec<(String, Cow<'static, str>)> {
        let model = &self.model;
        let first = [
            Some(("time_h", "h")),
            model.has_conc().then_some(("conc_ng_ml", "ng/mL")),
            model.has_platelets().then_some(("plt_1e9_l", COUNT_UNIT)),
        ];
        let first = first.into_iter().flatten();
        let mut columns: Vec<(String, Cow<'static, str>)> =
            first.map(|(name, unit)| (name.to_owned(), unit.into())).collect();
        let readouts = self.readouts().iter();
        columns.extend(readouts.map(|readout| (readout.column.to_owned(), "".into())));
        if states {
            let name = |state: StateName| (format!("state_{}", state.name), state.unit.into());
            columns.extend(self.state_names().into_iter().map(name));
        }
        columns
    }

    /// The patient at `times_h`, h: a row for each, with the states of the model if `states`.
    ///
    /// # Errors
    /// A time outside the simulation.
    pub fn table(&self, times_h: &[f64], states: bool) -> Result<Table> {
        let mut samples = Table::of_numbers(self.columns(states), times_h.len());
        for time_h in times_h {
            samples.add_numbers(numbers(&self.model, &self.sample(Time::hours(*time_h))?));
        }
        Ok(samples)
    }
}

/// The numbers of a sample in the order of the columns, of which those of the states come last.
fn numbers(model: &Model, sample: &Sample) -> impl Iterator<Item = f64> {
    let conc = model.has_conc().then_some(sample.conc);
    let platelets = model.has_platelets().then_some(sample.platelets);
    let first = [Some(sample.time_h), conc, platelets];
    first.into_iter().flatten().chain(sample.readouts.iter().chain(&sample.states).copied())
}
