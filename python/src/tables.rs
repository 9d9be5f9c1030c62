//! Tables as columns of numpy arrays.

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyList;
use thrombopoiesis::table::{Column, Table, Values};

/// A column: name, unit, values.
pub(crate) type ColumnOut<'py> = (String, String, Bound<'py, PyAny>);

/// The columns of a table: numbers as float64, NaN where one is missing; whole numbers as int64 unless one is
/// missing; words as a list, None where one is missing.
pub(crate) fn columns<'py>(py: Python<'py>, table: &Table) -> PyResult<Vec<ColumnOut<'py>>> {
    let of = |column: &Column| {
        let values = match &column.values {
            Values::Number(numbers) => PyArray1::from_slice(py, numbers).into_any(),
            Values::Whole(numbers) => whole(py, numbers),
            Values::Text(texts) => PyList::new(py, texts)?.into_any(),
        };
        Ok((column.name.clone(), column.unit.to_string(), values))
    };
    table.columns().iter().map(of).collect()
}

#[expect(clippy::cast_precision_loss, reason = "numpy has no missing whole numbers")]
fn whole<'py>(py: Python<'py>, numbers: &[Option<i64>]) -> Bound<'py, PyAny> {
    let present: Option<Vec<i64>> = numbers.iter().copied().collect();
    match present {
        Some(numbers) => PyArray1::from_vec(py, numbers).into_any(),
        None => {
            let numbers = numbers.iter().map(|own| own.map_or(f64::NAN, |own| own as f64));
            PyArray1::from_iter(py, numbers).into_any()
        }
    }
}
