//! The observations of a forecast, with the doses of a regimen where the file has none.

use super::console::Console;
use super::data::read_records;
use super::record_args::RecordArgs;
use std::path::Path;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::forecast::with_doses;
use thrombopoiesis::records::{Records, Row};
use thrombopoiesis::regimen::Regimen;
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
    let path = counts.path;
    let (mut records, findings) = read_records((args, set), predictor, (path, counts.text))?;
    findings.warnings.iter().for_each(|own| console.warn(&own.in_file(path)));
    findings.notes.iter().for_each(|note| console.say(note));
    if let Some(name) =
        records.columns.additional.iter().find(|name| name.eq_ignore_ascii_case("sd"))
    {
        console.warn(&format!(
            "column {name} of {} is not used: the size of the residual error is that of the population",
            path.display()
        ));
    }
    let is_dose = |row: &Row| row.dose.is_some();
    let dosed = records.subjects.iter().find(|subject| subject.rows.iter().any(is_dose));
    match (counts.regimen, dosed) {
        (Some(text), Some(subject)) => Err(Error::Contradiction {
            first: format!("--regimen \"{text}\""),
            second: format!("{}, which has doses of ID {}", path.display(), subject.id),
            remedy: "omit --regimen, or delete the doses of the file".to_owned(),
        }),
        (Some(text), None) => {
            let doses = predictor.rows_of(&text.parse::<Regimen>()?)?;
            for subject in &mut records.subjects {
                *subject = with_doses(subject, predictor.structure(), &doses);
            }
            Ok(records)
        }
        (None, None) => {
            console.warn(&format!(
                "{} has no doses, so the forecast is without treatment: give --regimen, or rows with AMT",
                path.display()
            ));
            Ok(records)
        }
        (None, Some(_)) => Ok(records),
    }
}
