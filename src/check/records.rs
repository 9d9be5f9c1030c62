//! NONMEM records, alone or against a model.

use super::Checked;
use crate::files::FileKind;
use crate::records::{self, Findings, Options, Reading, Records, Subject};
use crate::simulate::records::Predictor;
use rayon::prelude::*;
use std::path::Path;

/// How files of NONMEM records are checked.
#[derive(Debug, Default)]
pub struct RecordCheck<'p> {
    /// How they are read.
    pub options: Options,
    /// The model that they are to suit; without one they are checked as far as none is needed.
    pub predictor: Option<&'p Predictor<f64>>,
    /// Whether the records are kept in [`Checked::kept`].
    pub keeps: bool,
}

impl RecordCheck<'_> {
    /// Checks `text`, the content of `path`.
    pub(super) fn check(&self, path: &Path, text: &str) -> Checked {
        let mut options = self.options.clone();
        match self.predictor {
            // What no equation uses needs no column.
            Some(predictor) => options.set.extend(predictor.unused_covariates()),
            None => options.every_number = true,
        }
        let structure = self.predictor.map(Predictor::structure);
        let mut reading = records::read(path, text, structure, &options);
        if let Some(predictor) = self.predictor {
            judge_doses(predictor, &mut reading);
        }
        let (problems, doubts) = (reading.problems(), reading.warnings());
        let is_sound = problems.is_empty();
        let summary = is_sound.then(|| reading.summary(structure));
        let kept: Option<Records> = (is_sound && self.keeps).then_some(reading.records);
        Checked { kind: Some(FileKind::Records), problems, doubts, records: summary, kept }
    }
}

/// E12, E17, W04. What the model gives for the doses of every subject in whose rows nothing is wrong.
fn judge_doses(predictor: &Predictor<f64>, reading: &mut Reading) {
    let Reading { records, findings, .. } = reading;
    let Some(lines) = faulty_lines(findings) else { return };
    let is_sound = |subject: &&Subject| {
        let first = lines.partition_point(|line| *line < subject.first_line());
        lines.get(first).is_none_or(|line| *line > subject.last_line())
    };
    let judge = |subject: &Subject| match predictor.schedule(subject) {
        Ok(schedule) => Findings { warnings: schedule.warnings, ..Findings::default() },
        Err(problems) => Findings { problems, ..Findings::default() },
    };
    let sound: Vec<&Subject> = records.subjects.iter().filter(is_sound).collect();
    let found: Vec<Findings> = sound.into_par_iter().map(judge).collect();
    for Findings { problems, warnings, .. } in found {
        findings.problems.extend(problems);
        for warning in warnings {
            findings.warn(&warning.place, warning.code, warning.text);
        }
    }
}

/// The lines with problems, ascending; `None` where one concerns the whole file.
fn faulty_lines(findings: &Findings) -> Option<Vec<usize>> {
    let line = |problem: &records::Problem| {
        let place = &problem.place;
        (!place.record.is_empty()).then_some(place.line)
    };
    let mut lines: Vec<usize> = findings.problems.iter().map(line).collect::<Option<_>>()?;
    lines.sort_unstable();
    Some(lines)
}
