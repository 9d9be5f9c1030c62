//! Parameter sets of a posterior, read back from the CSV that a calibration writes.

use super::estimated::{Estimated, Plan};
use super::posterior::resampled;
use crate::error::{Error, FileProblem, Result};
use crate::files::read_text;
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::trial::Design;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

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

macro_rules! shipped {
    ($($variant:ident $letter:literal)+) => {
        /// The posteriors that the program carries, by variant.
        const SHIPPED: &[(Variant, &str, &str)] = &[$((
            Variant::$variant,
            concat!("parameters/posterior_", $letter, ".csv"),
            include_str!(concat!("../../parameters/posterior_", $letter, ".csv")),
        )),+];
    };
}
shipped! { A "a" B "b" C "c" D "d" }

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
    let carried = SHIPPED.iter().find(|(of, ..)| *of == variant);
    match carried.filter(|_| name == Path::new(CALIBRATED) && !name.is_file()) {
        Some((_, path, text)) => Ok((PathBuf::from(path), Cow::Borrowed(text))),
        None => Ok((name.to_owned(), Cow::Owned(read_text(name)?))),
    }
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
    Ok(resampled(&weights, count).into_iter().map(|i| sets[i].clone()).collect())
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
