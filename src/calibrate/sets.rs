//! Parameter sets of a posterior, read back from the CSV that a calibration writes.

use super::estimated::{Estimated, Place, Plan};
use super::posterior::resampled;
use crate::error::Result;
use crate::files::{CsvTable, FileKind, Row, carried, hash, read_text};
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::trial::Design;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// The column of a posterior that weighs its sets.
const WEIGHT: &str = "weight";

/// One set of estimated numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterSet {
    numbers: Vec<(Estimated, f64)>,
}

impl ParameterSet {
    /// The places of `estimated` on their scales; the centre of the prior for one that the set does not have.
    #[must_use]
    pub fn places(&self, estimated: &[Estimated]) -> Vec<f64> {
        let place = |wanted: &Estimated| {
            let own = self.numbers.iter().find(|(own, _)| own.place == wanted.place);
            own.map_or_else(|| wanted.prior_place(), |(_, value)| wanted.scale.place(*value))
        };
        estimated.iter().map(place).collect()
    }

    /// Whether the set has a typical value of the parameter `symbol`.
    #[must_use]
    pub fn has_typical(&self, symbol: &str) -> bool {
        let is_own = |place: &Place| matches!(place, Place::Typical(own) if own == symbol);
        self.numbers.iter().any(|(own, _)| is_own(&own.place))
    }

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
        let mut design = design.clone();
        for (estimated, value) in &self.numbers {
            estimated.put_into_trial(&mut design, *value);
        }
        Ok((design, self.patients(patients, variant)?))
    }

    /// Patients with these numbers in place of their own.
    ///
    /// # Errors
    /// A symbol that the patients do not have.
    pub fn patients(
        &self,
        patients: &VirtualPatients,
        variant: Variant,
    ) -> Result<VirtualPatients> {
        let mut patients = patients.clone();
        for (estimated, value) in &self.numbers {
            estimated.put_into_patients(&mut patients, variant, *value, "posterior")?;
        }
        Ok(patients)
    }
}

/// The name of the posteriors that the program carries, as of the patients that belong to them.
pub const CALIBRATED: &str = "calibrated";
/// Most parameter sets that stand for a posterior.
pub const MOST_SETS: usize = 400;

/// Path and text of a posterior: a CSV file, or `calibrated`, that of the variant which the program
/// carries.
///
/// # Errors
/// The file cannot be read.
pub fn posterior_text(name: &Path, variant: Variant) -> Result<(PathBuf, Cow<'static, str>)> {
    if name != Path::new(CALIBRATED) || name.is_file() {
        return Ok((name.to_owned(), Cow::Owned(read_text(name)?)));
    }
    let path = format!("parameters/posterior_{}.csv", variant.to_string().to_lowercase());
    let text = carried(&path)?;
    Ok((PathBuf::from(path), Cow::Borrowed(text)))
}

/// The path of a posterior as [`posterior_text`] finds it, and its SHA-256.
///
/// # Errors
/// The file cannot be read.
pub fn posterior_input(name: &Path, variant: Variant) -> Result<(String, String)> {
    let (path, text) = posterior_text(name, variant)?;
    Ok((path.display().to_string(), hash(text.as_bytes())))
}

/// The sets that stand for a posterior in so many replicates, as [`posterior_text`] finds it.
///
/// # Errors
/// As [`posterior_text`] and [`read_sets`].
pub fn sets_of(name: &Path, variant: Variant, replicates: usize) -> Result<Vec<ParameterSet>> {
    let (path, text) = posterior_text(name, variant)?;
    read_sets(&path, &text, (&Plan::shipped()?, variant), replicates.min(MOST_SETS))
}

/// Protocol and patients of a replicate, with the practice that belongs to the patients: of its set,
/// again from the first after the last; without any, as they are.
///
/// # Errors
/// As [`ParameterSet::apply`].
pub fn in_replicate(
    sets: &[ParameterSet],
    replicate: usize,
    (design, patients): (&Design, &VirtualPatients),
    variant: Variant,
) -> Result<(Design, VirtualPatients)> {
    let design = design.with_practice_of(patients);
    match sets.len() {
        0 => Ok((design, patients.clone())),
        count => sets[replicate % count].apply(&design, patients, variant),
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
    FileKind::Posterior.require(path, text)?;
    let all: Vec<String> = plan.on_request.iter().map(|known| known.name.clone()).collect();
    let known = plan.of_variant(variant, &all)?;
    let table = CsvTable::parse(path, text);
    let names: Vec<&str> =
        [WEIGHT].into_iter().chain(known.iter().map(|estimated| estimated.name.as_str())).collect();
    table.refuse_unknown(&names);
    let Some(weight) = table.position(WEIGHT) else {
        if table.columns().is_empty() {
            return table.finish(Vec::new());
        }
        table.header_problem(WEIGHT, "is missing: add a column with the weight of each set");
        return table.finish(Vec::new());
    };
    let estimated = |(column, name): (usize, &String)| {
        Some((column, known.iter().find(|estimated| estimated.name == *name)?))
    };
    let columns: Vec<_> = table.columns().iter().enumerate().filter_map(estimated).collect();
    if columns.is_empty() && table.is_sound() {
        table.header_problem("", "names no parameter besides weight");
    }
    let mut rows: Vec<(f64, ParameterSet)> = Vec::new();
    for row in table.rows() {
        let weight = table.number(row, weight).filter(|weight| {
            let is_weight = *weight >= 0.0;
            if !is_weight {
                table.problem(row.line, WEIGHT, format!("= {weight} is outside [0, ∞)"));
            }
            is_weight
        });
        let numbers = columns.iter().filter_map(|(column, estimated)| {
            Some(((*estimated).clone(), value(&table, row, *column, estimated)?))
        });
        let set = ParameterSet { numbers: numbers.collect() };
        rows.extend(weight.map(|weight| (weight, set)));
    }
    let total: f64 = rows.iter().map(|(weight, _)| weight).sum();
    if table.is_sound() && rows.is_empty() {
        table.header_problem("", "has no parameter sets: add at least one");
    } else if table.is_sound() && !(total > 0.0 && total.is_finite()) {
        table.header_problem(WEIGHT, format!("sums to {total}: some weight must be above 0"));
    }
    let (weights, sets): (Vec<f64>, Vec<ParameterSet>) = table.finish(rows)?.into_iter().unzip();
    Ok(resampled(&weights, count).into_iter().map(|i| sets[i].clone()).collect())
}

/// The number of a cell, if it can be a value of `estimated`.
fn value(table: &CsvTable, row: &Row, column: usize, estimated: &Estimated) -> Option<f64> {
    let number = table.number(row, column)?;
    let range = estimated.scale.range();
    if range.contains(number) {
        return Some(number);
    }
    table.problem(row.line, &estimated.name, format!("= {number} is outside {range}"));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_the_posteriors_of_the_program_are_around_its_calibrated_patients() {
        let name = Path::new(CALIBRATED);
        for variant in Variant::ALL {
            let patients = VirtualPatients::load_for(CALIBRATED, variant).unwrap();
            let known = patients.calibrated.unwrap();
            let sets = sets_of(name, variant, 1000).unwrap();
            assert_eq!(sets.len(), MOST_SETS);
            for estimate in &known.estimates {
                let of = |set: &ParameterSet| {
                    let own = set.numbers.iter().find(|(known, _)| known.name == estimate.name);
                    own.map(|(_, value)| *value).unwrap()
                };
                let (low, high) = estimate.interval;
                let inside = sets.iter().map(of).filter(|v| (low..=high).contains(v)).count();
                // 95 % where the posterior is normal; it is wider or shifted where it is not.
                let share = inside as f64 / sets.len() as f64;
                assert!(share > 0.8, "{variant} {}: {share}", estimate.name);
            }
        }
        assert!(sets_of(Path::new("nobody.csv"), Variant::B, 10).is_err());
    }
}
