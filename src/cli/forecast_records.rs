//! The observations of a forecast, with the doses of a regimen where the file has none.

use super::console::Console;
use super::record_args::RecordArgs;
use std::path::Path;
use thrombopoiesis::error::Result;
use thrombopoiesis::forecast::known_records;
use thrombopoiesis::records::Records;
use thrombopoiesis::simulate::records::Predictor;

/// A file of observations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts<'a> {
    pub(super) path: &'a Path,
    /// Its content.
    pub(super) text: &'a str,
    /// Doses of every subject, if they are not in the file.
    pub(super) regimen: Option<&'a str>,
}

impl Counts<'_> {
    /// Where the doses are from, for the record.
    pub(super) fn doses(&self) -> String {
        let records = || format!("records of {}", self.path.display());
        self.regimen.map_or_else(records, str::to_owned)
    }
}

/// The records, with the doses of the regimen if one is given; `set` are values of covariates without a column.
pub(super) fn read(
    counts: &Counts<'_>,
    (args, set): (&RecordArgs, &[(String, f64)]),
    predictor: &Predictor<f64>,
    console: Console,
) -> Result<Records> {
    let options = args.options(set);
    let known = known_records(predictor, (counts.path, counts.text), &options, counts.regimen)?;
    known.warnings.iter().for_each(|own| console.warn(own));
    known.notes.iter().for_each(|note| console.say(note));
    Ok(known.records)
}
