//! What data of the outputs cannot tell: parameters without influence on them, and combinations that cancel out.

use super::probe::Probe;
use crate::error::Result;
use crate::integrate::Options;
use crate::model::{Equations, ParameterSet, Shown};
use crate::numeric::{Dual, Real};
use crate::simulate::course;
use crate::units::Time;
use nalgebra::DMatrix;

/// Derivatives of a course that are taken at once; the last place is that of the time.
const AT_ONCE: usize = 12;
/// Most times of a course at which the outputs are looked at.
const TIMES: usize = 80;
/// An e-fold change that moves every output by less than this share of its range moves nothing: ten times the error
/// of the integrator.
const NOTHING: f64 = 1e-6;
/// A parameter takes part in a combination from this share of the largest part on.
const PART: f64 = 0.02;

/// What the outputs do not tell under the courses, a sentence each.
pub(super) fn unidentifiable(set: &ParameterSet, probes: &[Probe]) -> Result<Vec<String>> {
    let Some(text) = set.model.text() else { return Ok(Vec::new()) };
    let estimated = text.parameters.iter().filter(|own| !own.is_fixed && own.value != 0.0);
    let names: Vec<&str> = estimated.map(|own| own.name.as_str()).collect();
    let outputs: Vec<Shown> = (0..text.outputs.len()).map(|i| set.model.shown(i)).collect();
    if names.is_empty() || outputs.is_empty() || probes.is_empty() {
        return Ok(Vec::new());
    }
    let matrix = sensitivities(set, probes, &names, &outputs)?;
    Ok(in_words(&matrix, &names))
}

/// By how much each output at each time (rows, as shares of its largest value) moves with the logarithm of each
/// parameter (columns).
fn sensitivities(
    set: &ParameterSet,
    probes: &[Probe],
    names: &[&str],
    outputs: &[Shown],
) -> Result<DMatrix<f64>> {
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
    for (block, names) in names.chunks(AT_ONCE - 1).enumerate() {
        for probe in probes {
            let moved = moved(set, probe, names, outputs)?;
            for (i, column) in moved.into_iter().enumerate() {
                columns[block * (AT_ONCE - 1) + i].extend(column);
            }
        }
    }
    let rows = columns.first().map_or(0, Vec::len);
    Ok(DMatrix::from_fn(rows, names.len(), |row, column| columns[column][row]))
}

/// The columns of some parameters under one course.
fn moved(
    set: &ParameterSet,
    probe: &Probe,
    names: &[&str],
    outputs: &[Shown],
) -> Result<Vec<Vec<f64>>> {
    let seed = |(i, name): (usize, &&str)| -> Result<(String, Dual<AT_ONCE>)> {
        let value = set.value(name)?;
        Ok(((*name).to_owned(), Dual::constant(value).with_derivative(i, value)))
    };
    let seeds = names.iter().enumerate().map(seed).collect::<Result<Vec<_>>>()?;
    let seeds: Vec<(&str, Dual<AT_ONCE>)> =
        seeds.iter().map(|(name, own)| (&**name, *own)).collect();
    let theta = set.theta().seeded(&seeds);
    let course = course(&set.model, &theta, &probe.regimen, probe.until, Options::default())?;
    let times = probe.times_h(TIMES).into_iter();
    let states = times.map(|time| course.trajectory.at(Time::hours(time)));
    let states = states.collect::<Result<Vec<_>>>()?;
    let mut columns = vec![Vec::new(); names.len()];
    for output in outputs {
        let equations = course.trajectory.equations();
        let values: Vec<Dual<AT_ONCE>> =
            states.iter().map(|state| value(equations, *output, state)).collect();
        let largest = values.iter().map(|value| value.value().abs()).fold(0.0, f64::max);
        if largest > 0.0 {
            for (i, column) in columns.iter_mut().enumerate() {
                column.extend(values.iter().map(|value| value.derivative(i) / largest));
            }
        }
    }
    Ok(columns)
}

fn value(
    equations: &dyn Equations<Dual<AT_ONCE>>,
    output: Shown,
    state: &[Dual<AT_ONCE>],
) -> Dual<AT_ONCE> {
    match output {
        Shown::Platelets(_) => equations.platelets(state),
        Shown::Conc(_) => equations.conc(state),
        Shown::Readout(i) => equations.readouts(state).get(i).copied().unwrap_or(Dual::ZERO),
    }
}

/// What moves nothing, in sentences.
fn in_words(matrix: &DMatrix<f64>, names: &[&str]) -> Vec<String> {
    let size = |column: usize| matrix.column(column).amax();
    let (active, idle): (Vec<usize>, Vec<usize>) =
        (0..names.len()).partition(|column| size(*column) > NOTHING);
    let idle: Vec<String> = idle.iter().map(|column| format!("`{}`", names[*column])).collect();
    let mut sentences = Vec::new();
    if !idle.is_empty() {
        sentences
            .push(format!("without influence on the outputs in this subject: {}", idle.join(", ")));
    }
    let svd = matrix.select_columns(&active).svd(false, true);
    let Some(directions) = svd.v_t else { return sentences };
    let rows = (matrix.nrows().max(1) as f64).sqrt();
    let silent = (0..directions.nrows()).filter(|i| svd.singular_values[*i] / rows <= NOTHING);
    let silent: Vec<usize> = silent.collect();
    let simplest = simplest(directions.select_rows(&silent));
    for direction in simplest.row_iter() {
        let direction: Vec<f64> = direction.iter().copied().collect();
        sentences.push(combination(&direction, &active, names));
    }
    sentences
}

/// Directions that span the same as the rows of a matrix, each with a parameter that the others are without.
fn simplest(mut rows: DMatrix<f64>) -> DMatrix<f64> {
    let mut taken: Vec<usize> = Vec::new();
    for row in 0..rows.nrows() {
        let free = |column: &usize| !taken.contains(column);
        let size = |column: usize| rows[(row, column)].abs();
        let largest = (0..rows.ncols()).filter(free).max_by(|a, b| size(*a).total_cmp(&size(*b)));
        let Some(pivot) = largest.filter(|pivot| size(*pivot) > 0.0) else { continue };
        taken.push(pivot);
        let own = rows.row(row) / rows[(row, pivot)];
        for other in 0..rows.nrows() {
            let share = rows[(other, pivot)];
            let reduced = if other == row { own.clone() } else { rows.row(other) - &own * share };
            rows.set_row(other, &reduced);
        }
    }
    rows
}

/// A direction of the logarithms of parameters in which no output moves, in a sentence.
fn combination(direction: &[f64], active: &[usize], names: &[&str]) -> String {
    let largest = direction.iter().fold(0.0_f64, |most, part| most.max(part.abs()));
    let takes_part = |(_, part): &(usize, &f64)| part.abs() > PART * largest;
    let parts: Vec<(usize, &f64)> = direction.iter().enumerate().filter(takes_part).collect();
    let first = parts.first().map_or(1.0, |(_, part)| **part);
    let name = |i: usize| format!("`{}`", names[active[i]]);
    let all: Vec<String> = parts.iter().map(|(i, _)| name(*i)).collect();
    let step = |(i, part): &(usize, &f64)| {
        let percent = **part / first;
        let sign = if percent < 0.0 { "-" } else { "+" };
        format!("{} {sign}{:.2} %", name(*i), percent.abs())
    };
    let steps: Vec<String> = parts.iter().map(step).collect();
    format!(
        "the outputs do not tell {} apart: {} together change them by less than a millionth",
        all.join(", "),
        steps.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use nalgebra::DMatrix;

    #[test]
    fn analytic_idle_parameters_and_combinations_are_named() {
        // b is the double of a, c moves nothing, d and e cancel out; f stands alone.
        let rows = [
            [1.0, 2.0, 0.0, 1.0, 1.0, 0.0],
            [3.0, 6.0, 0.0, -1.0, -1.0, 1.0],
            [0.0, 0.0, 0.0, 2.0, 2.0, 5.0],
        ];
        let matrix = DMatrix::from_fn(60, 6, |row, column| {
            rows[row % 3][column] * (1.0 + (row / 3) as f64 * if column == 5 { 0.1 } else { 0.0 })
        });
        let found = in_words(&matrix, &["a", "b", "c", "d", "e", "f"]);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].ends_with("in this subject: `c`"), "{found:?}");
        let names =
            |pair: &str| found.iter().any(|own| own.contains(&format!("tell {pair} apart")));
        assert!(names("`a`, `b`") && names("`d`, `e`"), "{found:?}");
        assert!(found.iter().any(|own| own.contains("`a` +1.00 %, `b` -0.50 %")), "{found:?}");
        assert!(found.iter().any(|own| own.contains("`d` +1.00 %, `e` -1.00 %")), "{found:?}");
    }
}
