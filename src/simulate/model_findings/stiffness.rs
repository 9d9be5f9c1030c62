//! The fastest and the slowest processes of a model, and the states that carry them.

use super::groups::groups;
use super::jacobian::jacobian;
use super::probe::Probe;
use crate::error::Result;
use crate::integrate::Options;
use crate::model::ParameterSet;
use crate::units::HOURS_PER_DAY;
use crate::units::rounding::{Form, significant};
use nalgebra::{Complex, DMatrix};

/// A rate below this, 1/h, is none: a process of more than ten thousand years.
const NONE_PER_H: f64 = 1e-8;
/// From this many steps of a simulated day on, which stability alone asks for, the integrator suffers.
const MANY_STEPS: f64 = 500.0;
/// The fastest process at the peak of a dose is also reported if it is faster than at rest by this factor.
const FASTER: f64 = 1.1;

/// A process: how fast it decays, 1/h, and the state that carries most of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Process {
    pub(super) per_h: f64,
    pub(super) state: String,
}

/// How fast the processes of a model are.
#[derive(Debug)]
pub(super) struct Speed {
    /// The states by their names in the text.
    names: Vec<String>,
    /// The fastest process that was found.
    fastest: Process,
    /// Fastest and slowest process in words.
    pub(super) sentence: String,
}

impl Speed {
    /// Without drug; none where nothing decays.
    pub(super) fn at_rest(set: &ParameterSet) -> Result<Option<Self>> {
        let equations = set.model.individual(&set.theta())?;
        let mut names: Vec<String> = equations.states().into_iter().map(|own| own.name).collect();
        let written = set.model.text().into_iter().flat_map(|text| &text.base().states);
        names.iter_mut().zip(written).for_each(|(name, own)| name.clone_from(&own.name));
        let all = processes(&jacobian(set, &equations.baseline())?, &names);
        let (Some(fastest), Some(slowest)) = (all.first(), all.last()) else { return Ok(None) };
        let factor = significant(fastest.per_h / slowest.per_h, 2, Form::Label);
        let sentence = format!(
            "time constants without drug: from {} to {}, a factor of {factor}",
            in_words(fastest),
            in_words(slowest)
        );
        Ok(Some(Self { names, fastest: fastest.clone(), sentence }))
    }

    /// Adds the fastest process at the peaks of doses, where it is faster.
    pub(super) fn look_at(&mut self, set: &ParameterSet, probes: &[Probe]) -> Result<()> {
        for probe in probes {
            let found = processes(&jacobian(set, &probe.peak)?, &self.names).into_iter().next();
            if let Some(own) = found.filter(|own| own.per_h > FASTER * self.fastest.per_h) {
                let words = format!("; at the peak of {} down to {}", probe.words, in_words(&own));
                self.sentence += &words;
                self.fastest = own;
            }
        }
        Ok(())
    }

    /// Steps of a simulated day that stability alone asks for.
    pub(super) fn steps_per_day(&self) -> f64 {
        HOURS_PER_DAY * self.fastest.per_h / Options::default().method.stable_reach()
    }

    /// What to warn of, if the integrator suffers.
    pub(super) fn warning(&self) -> Option<String> {
        let steps = self.steps_per_day();
        (steps > MANY_STEPS).then(|| {
            format!(
                "`{}` changes within {}: the integrator needs {} steps for every simulated day; put it into \
                 equilibrium if the slower states alone matter",
                self.fastest.state,
                time(1.0 / self.fastest.per_h),
                significant(steps, 2, Form::Label)
            )
        })
    }
}

fn in_words(process: &Process) -> String {
    format!("{} (`{}`)", time(1.0 / process.per_h), process.state)
}

/// A time in the unit in which it is a number of usual size.
fn time(hours: f64) -> String {
    let units = [(HOURS_PER_DAY, "d"), (1.0, "h"), (1.0 / 60.0, "min"), (1.0 / 3600.0, "s")];
    let own = units.iter().find(|(size, _)| hours >= *size).unwrap_or(&units[3]);
    format!("{} {}", significant(hours / own.0, 2, Form::Label), own.1)
}

/// The processes of a matrix of derivatives, the fastest first.
pub(super) fn processes(matrix: &DMatrix<f64>, names: &[String]) -> Vec<Process> {
    let mut all = Vec::new();
    for group in groups(matrix) {
        let block = matrix.select_rows(&group).select_columns(&group);
        let Some(values) = block.clone().eigenvalues_of() else { continue };
        for value in values {
            let per_h = value.norm();
            if per_h > NONE_PER_H {
                let carrier = group[carrier(&block, value)];
                let state = names.get(carrier).cloned().unwrap_or_default();
                all.push(Process { per_h, state });
            }
        }
    }
    all.sort_by(|one, other| other.per_h.total_cmp(&one.per_h));
    all
}

/// The eigenvalues of a matrix, where the search for them ends.
trait Eigenvalues {
    fn eigenvalues_of(self) -> Option<Vec<Complex<f64>>>;
}

impl Eigenvalues for DMatrix<f64> {
    fn eigenvalues_of(self) -> Option<Vec<Complex<f64>>> {
        const MOST: usize = 10_000;
        if self.nrows() == 1 {
            return Some(vec![Complex::new(self[(0, 0)], 0.0)]);
        }
        let schur = nalgebra::Schur::try_new(self, f64::EPSILON, MOST)?;
        Some(schur.complex_eigenvalues().iter().copied().collect())
    }
}

/// The member of a group that takes the largest part in the process of an eigenvalue: the product of its places in
/// the right and the left eigenvector, which does not depend on units.
fn carrier(block: &DMatrix<f64>, value: Complex<f64>) -> usize {
    let count = block.nrows();
    let shifted = block.map(|own| Complex::new(own, 0.0))
        - DMatrix::from_diagonal_element(count, count, value);
    let svd = shifted.svd(true, true);
    let (Some(left), Some(right)) = (svd.u, svd.v_t) else { return 0 };
    let least = svd.singular_values.imin();
    let part = |i: usize| left[(i, least)].norm() * right[(least, i)].norm();
    (0..count).max_by(|one, other| part(*one).total_cmp(&part(*other))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::processes;
    use nalgebra::DMatrix;

    #[test]
    fn analytic_processes_are_those_of_the_states_that_carry_them() {
        let names: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        // A fast binding of `c` and `d` behind a chain of two equal stages.
        let matrix = DMatrix::from_row_slice(
            4,
            4,
            &[
                -0.5, 0.0, 0.0, 0.0, //
                0.5, -0.5, 0.0, 0.0, //
                0.0, 0.5, -0.01, 2.0, //
                0.0, 0.0, 0.001, -100.0,
            ],
        );
        let found = processes(&matrix, &names);
        assert!((found[0].per_h - 100.0).abs() < 1e-3 && found[0].state == "d", "{found:?}");
        assert!((found[3].per_h - 0.01).abs() < 1e-4 && found[3].state == "c", "{found:?}");
        assert!((found[1].per_h - 0.5).abs() < 1e-15 && (found[2].per_h - 0.5).abs() < 1e-15);
    }
}
