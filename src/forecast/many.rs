//! Forecasts of many subjects.

use super::question::{Forecast, Question};
use crate::error::Result;
use crate::records::{Row, Subject};
use rayon::prelude::*;

impl Question<'_> {
    /// The forecast of every subject, or why there is none, in their order. Subjects who differ in nothing but the values
    /// of their observations share their predictions, which changes no number. `tell` gets the number of subjects
    /// that are done.
    ///
    /// # Errors
    /// An output that the model does not have.
    pub fn forecasts(
        &self,
        subjects: &[Subject],
        tell: &dyn Fn(usize),
    ) -> Result<Vec<Result<Forecast>>> {
        self.shown()?;
        let mut all: Vec<Option<Result<Forecast>>> = subjects.iter().map(|_| None).collect();
        let mut done = 0;
        for alike in alike(subjects) {
            let shared = self.shared(self.populations, &subjects[alike[0]]);
            let own: Vec<_> = alike
                .par_iter()
                .map(|place| (*place, self.of_shared(&subjects[*place], &shared)))
                .collect();
            done += own.len();
            for (place, forecast) in own {
                all[place] = Some(forecast);
            }
            tell(done);
        }
        Ok(all.into_iter().flatten().collect())
    }
}

/// Positions of the subjects, those together that differ in the values of their observations at most.
fn alike(subjects: &[Subject]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(Vec<Row>, Vec<usize>)> = Vec::new();
    for (place, subject) in subjects.iter().enumerate() {
        let rows: Vec<Row> = subject.rows.iter().map(without_value).collect();
        let is_own = |(known, _): &&mut (Vec<Row>, Vec<usize>)| *known == rows;
        match groups.iter_mut().find(is_own) {
            Some((_, own)) => own.push(place),
            None => groups.push((rows, vec![place])),
        }
    }
    groups.into_iter().map(|(_, own)| own).collect()
}

/// What of a row tells its prediction, and whether it is observed.
fn without_value(row: &Row) -> Row {
    let mut own = Row::asking(row.time_h, row.covariates.clone(), row.occasion);
    own.evid = row.evid;
    own.dose = row.dose;
    own.mdv = !row.is_observed();
    own.dv = row.is_observed().then_some(0.0);
    own.cmt = row.cmt;
    own.dvid.clone_from(&row.dvid);
    own.event.clone_from(&row.event);
    own
}
