//! The records of a forecast: those of a file, with the doses of a regimen where the file has none.

use super::subject::with_doses;
use crate::error::{Error, Result, echo};
use crate::records::{Options, Records, Row, Subject};
use crate::regimen::Regimen;
use crate::simulate::records::Predictor;
use std::path::Path;

/// Records to be forecast, and what is to be said of them.
#[derive(Debug)]
pub struct KnownRecords {
    /// The records, with the doses given and planned.
    pub records: Records,
    /// What is doubtful, a sentence each.
    pub warnings: Vec<String>,
    /// How the file was understood, a sentence each.
    pub notes: Vec<String>,
}

/// Reads `text`, the content of `path`. The doses of `regimen` are those of every subject, from time 0.
///
/// # Errors
/// Problems of the file with their lines; a text that is no regimen, or one that the model does not take; a regimen for a
/// file with doses of its own.
pub fn known_records(
    predictor: &Predictor<f64>,
    (path, text): (&Path, &str),
    options: &Options,
    regimen: Option<&str>,
) -> Result<KnownRecords> {
    let (mut records, findings) = predictor.read((path, text), options)?;
    let mut warnings: Vec<String> = findings.warnings.iter().map(|own| own.in_file(path)).collect();
    let name = path.display();
    let additional = &records.columns.additional;
    if let Some(sd) = additional.iter().find(|name| name.eq_ignore_ascii_case("sd")) {
        warnings.push(format!(
            "column {sd} of {name} is not used: the size of the residual error is that of the population"
        ));
    }
    match (regimen, dosed(&records)) {
        (Some(given), Some(subject)) => {
            return Err(Error::Contradiction {
                first: format!("the regimen \"{}\"", echo(given)),
                second: format!("{name}, which has doses of ID {}", subject.id),
                remedy: "omit the regimen, or delete the doses of the file".to_owned(),
            });
        }
        (Some(given), None) => {
            let doses = predictor.rows_of(&given.parse::<Regimen>()?)?;
            for subject in &mut records.subjects {
                *subject = with_doses(subject, predictor.structure(), &doses);
            }
        }
        (None, None) => warnings.push(format!(
            "{name} has no doses, so the forecast is without treatment: give a regimen, or rows with AMT"
        )),
        (None, Some(_)) => {}
    }
    Ok(KnownRecords { records, warnings, notes: findings.notes })
}

/// The first subject with a dose.
fn dosed(records: &Records) -> Option<&Subject> {
    let is_dose = |row: &Row| row.dose.is_some();
    records.subjects.iter().find(|subject| subject.rows.iter().any(is_dose))
}
