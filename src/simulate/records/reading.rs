//! The records of a file, every dose of which the model can take.

use super::Predictor;
use crate::error::{Error, Result};
use crate::records::{Findings, Options, Records, read};
use std::path::Path;

impl Predictor<f64> {
    /// The records of `text`, the content of `path`, with what was noted of them. A covariate that no equation and no
    /// dose uses needs no column.
    ///
    /// # Errors
    /// An output that the model does not have; every problem of the file with its line.
    pub fn read(
        &self,
        (path, text): (&Path, &str),
        options: &Options,
    ) -> Result<(Records, Findings)> {
        let mut options = options.clone();
        options.set.extend(self.unused_covariates());
        self.structure().require_output(options.output.as_deref())?;
        let reading = read(path, text, Some(self.structure()), &options);
        let mut findings = reading.findings.clone();
        let records = reading.into_records()?;
        for subject in &records.subjects {
            match self.schedule(subject) {
                Ok(schedule) => {
                    for own in schedule.warnings {
                        findings.warn(&own.place, own.code, own.text);
                    }
                }
                Err(problems) => findings.problems.extend(problems),
            }
        }
        let problems = findings.in_file(path);
        if problems.is_empty() { Ok((records, findings)) } else { Err(Error::Files(problems)) }
    }
}
