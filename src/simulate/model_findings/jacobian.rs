//! By how much the rates of the states rise with each of them.

use crate::error::Result;
use crate::model::ParameterSet;
use crate::numeric::Dual;
use nalgebra::DMatrix;

/// States whose derivatives are taken at once.
const AT_ONCE: usize = 8;

/// The matrix of the derivatives of the rates (rows, per hour) by the states (columns) at `state`.
///
/// # Errors
/// A symbol without a value, values that contradict each other.
pub(super) fn jacobian(set: &ParameterSet, state: &[f64]) -> Result<DMatrix<f64>> {
    let equations = set.model.individual::<Dual<AT_ONCE>>(&set.theta().seeded(&[]))?;
    let count = state.len();
    let mut matrix = DMatrix::zeros(count, count);
    let mut rates = vec![Dual::variable(0.0, 0); count];
    for first in (0..count).step_by(AT_ONCE) {
        let columns = first..(first + AT_ONCE).min(count);
        let number = |(i, value): (usize, &f64)| match i.checked_sub(first) {
            Some(place) if place < AT_ONCE => Dual::variable(*value, place),
            _ => Dual::variable(*value, 0).with_derivative(0, 0.0),
        };
        let seeded: Vec<Dual<AT_ONCE>> = state.iter().enumerate().map(number).collect();
        equations.rates(&seeded, &mut rates);
        for column in columns {
            for (row, rate) in rates.iter().enumerate() {
                matrix[(row, column)] = rate.derivative(column - first);
            }
        }
    }
    Ok(matrix)
}
