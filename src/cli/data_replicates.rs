//! Replicates of the subjects of a data set, with the variability of a population.

use super::console::Console;
use super::document::Document;
use super::population::{QUANTILES, patients};
use super::simulate_args::{EngineArg, SimulateArgs};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::machine::{require, with_threads};
use thrombopoiesis::model::ParameterSet;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::records::{Records, Subject};
use thrombopoiesis::simulate::records::{Individuals, Predictor, Quantiles as OfRows};
use thrombopoiesis::table::{TableOf, shortest};

/// Relative error of an integration step: that of the quantiles is far larger.
const TOLERANCE: f64 = 1e-8;
/// Memory of a row for each replicate, bytes.
const BYTES_OF_VALUE: f64 = 16.0;

/// Quantiles at every row, if they were asked for.
#[derive(Debug, Default)]
pub(super) struct Quantiles {
    rows: Vec<Vec<f64>>,
    replicates: Option<usize>,
    pub(super) failed: usize,
    all: usize,
}

/// The population for records, which bring their own covariates.
///
/// # Errors
/// There is no population, or it has effects of simulated covariates.
pub(super) fn for_records(
    patients: Option<VirtualPatients>,
    set: &ParameterSet,
) -> Result<VirtualPatients> {
    let Some(patients) = patients else {
        return Err(Error::Contradiction {
            first: "a population with records".to_owned(),
            second: format!("the model {}, whose parameter file has no variability", set.model),
            remedy: format!("give --parameters, or --model models/{}.model", set.model),
        });
    };
    patients.require_no_effects()?;
    Ok(patients)
}

/// Simulates the replicates that are asked for.
pub(super) fn replicates(
    args: &SimulateArgs,
    set: &ParameterSet,
    predictor: &Predictor<f64>,
    records: &Records,
    console: Console,
) -> Result<Quantiles> {
    let Some(replicates) = args.subjects else { return Ok(Quantiles::default()) };
    let patients = for_records(patients(args, set)?, set)?;
    let generator = patients.generator(set.variant, args.seed)?;
    let longest = records.subjects.iter().map(|own| own.rows.len()).max().unwrap_or(0);
    let bytes = longest as f64 * replicates as f64 * BYTES_OF_VALUE;
    require(&format!("{replicates} replicates"), bytes, "lower the number of replicates")?;
    let (progress, done) = (console.progress(), AtomicUsize::new(0));
    let (subjects, output) = (records.subjects.len(), args.records.output.as_deref());
    let alone = args.engine == Some(EngineArg::Reference);
    let individuals = Individuals::none(predictor, args.tolerance.unwrap_or(TOLERANCE), alone)?;
    let one = |(number, subject): (usize, &Subject)| {
        // Replicate k of a subject is the same however many replicates there are.
        let numbers = (0..replicates).map(|replicate| replicate * subjects + number);
        let own = individuals.of(&generator, numbers)?.quantiles(subject, output, &QUANTILES);
        progress.tell("replicates", done.fetch_add(1, Ordering::Relaxed) + 1, subjects);
        Ok(own)
    };
    let found: Vec<OfRows> = with_threads(args.threads, || {
        records.subjects.par_iter().enumerate().map(one).collect::<Result<_>>()
    })??;
    let failed = found.iter().map(|own| own.failed).sum();
    if let Some((subject, reason)) =
        records.subjects.iter().zip(&found).find_map(|(own, of)| Some((own, of.reason.as_ref()?)))
    {
        console.warn(&format!(
            "{failed} of {} replicates failed and are left out of the quantiles from there on; of ID {}: {reason}",
            replicates * subjects,
            subject.id
        ));
    }
    let rows = found.into_iter().flat_map(|own| own.rows).collect();
    Ok(Quantiles { rows, replicates: Some(replicates), failed, all: replicates * subjects })
}

impl Quantiles {
    /// The quantiles as columns behind those of the table, as cells of a file or for programs.
    pub(super) fn add<'r, R>(
        &self,
        mut table: TableOf<'r, R>,
        for_programs: bool,
    ) -> TableOf<'r, R> {
        if self.replicates.is_none() {
            return table;
        }
        for (i, q) in QUANTILES.iter().enumerate() {
            let name = format!("pred_q{:02.0}", 100.0 * q);
            let numbers: Vec<f64> = self.rows.iter().map(|row| row[i]).collect();
            table = if for_programs {
                table.given_numbers(name, "", numbers)
            } else {
                let cell = |number: &f64| {
                    if number.is_finite() { shortest(*number) } else { String::new() }
                };
                table.given_text(name, numbers.iter().map(cell).collect())
            };
        }
        table
    }

    pub(super) fn comments(&self) -> String {
        match self.replicates {
            None => String::new(),
            Some(replicates) => format!(
                "# {replicates} replicates of each subject, without residual error; {} of {} failed\n",
                self.failed, self.all
            ),
        }
    }

    pub(super) fn details(&self, document: Document) -> Document {
        match self.replicates {
            None => document,
            Some(replicates) => {
                document.with("replicates", replicates).with("failed_replicates", self.failed)
            }
        }
    }
}
