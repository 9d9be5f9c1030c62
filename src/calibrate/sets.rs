//! Parameter sets of a posterior, read back from the CSV that a calibration writes.

use super::estimated::{Estimated, Plan};
use super::posterior::systematic;
use crate::error::{Error, FileProblem, Result};
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::trial::Design;
use std::path::Path;

/// One set of estimated numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterSet {
    numbers: Vec<(Estimated, f64)>,
}

impl ParameterSet {
    /// Protocol and patients with these numbers in place of their own.
    ///
    /// # Errors
    /// A symbol that the patients do not have.
    pub fn apply(
        &self,
        design: &Design,
        patients: &VirtualPatients,
        variant: Variant,
    ) -> Result<(Design, VirtualPatients)> {
        let (mut design, mut patients) = (design.clone(), patients.clone());
        for (estimated, value) in &self.numbers {
            estimated.put_into_patients(&mut patients, variant, *value, "posterior")?;
            estimated.put_into_trial(&mut design, *value);
        }
        Ok((design, patients))
    }
}

/// The sets of `text`, the content of `path`: `count` of equal weight, by systematic resampling.
///
/// # Errors
/// Every problem of the file with its line.
pub fn read_sets(
    path: &Path,
    text: &str,
    (plan, variant): (&Plan, Variant),
    count: usize,
) -> Result<Vec<ParameterSet>> {
    let all: Vec<String> = plan.on_request.iter().map(|known| known.name.clone()).collect();
    let known = plan.of_variant(variant, &all)?;
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let mut problems = Vec::new();
    let mut problem = |line: usize, key: &str, rule: String| {
        let (path, key) = (path.to_owned(), key.to_owned());
        problems.push(FileProblem { path, line, key, rule });
    };
    let columns: Vec<Option<&Estimated>> =
        names.iter().map(|name| known.iter().find(|estimated| estimated.name == *name)).collect();
    for (name, column) in names.iter().zip(&columns) {
        if column.is_none() && *name != "weight" {
            problem(1, name, "is not an estimated parameter of the plan".to_owned());
        }
    }
    if names.first() != Some(&"weight") {
        problem(1, "weight", "must be the first column".to_owned());
    }
    let mut rows: Vec<(f64, ParameterSet)> = Vec::new();
    for (i, line) in lines.enumerate() {
        let cells: Vec<Option<f64>> =
            line.split(',').map(|cell| cell.parse().ok().filter(|n: &f64| n.is_finite())).collect();
        if cells.len() != names.len() || cells.iter().any(Option::is_none) {
            problem(i + 2, "", format!("must hold {} finite numbers", names.len()));
            continue;
        }
        let weight = cells.first().copied().flatten().unwrap_or(0.0);
        let own = columns.iter().zip(&cells);
        let numbers = own.filter_map(|(column, cell)| Some(((*column)?.clone(), (*cell)?)));
        rows.push((weight, ParameterSet { numbers: numbers.collect() }));
    }
    if rows.is_empty() {
        problem(1, "", "holds no parameter set".to_owned());
    }
    if !problems.is_empty() {
        return Err(Error::Files(problems));
    }
    let (weights, sets): (Vec<f64>, Vec<ParameterSet>) = rows.into_iter().unzip();
    Ok(systematic(&weights, count).into_iter().map(|i| sets[i].clone()).collect())
}
