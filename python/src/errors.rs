//! Errors of the library as exceptions of `thrombo.errors`.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;
use thrombopoiesis::cli::Refused;
use thrombopoiesis::error::Error;

/// The exception for an error of a command.
pub(crate) fn refused(py: Python<'_>, refused: &Refused) -> PyErr {
    match refused {
        Refused::Usage(message) => make(py, "usage", message, "{}"),
        Refused::Failed(error) => raised(py, error),
    }
}

/// The exception for an error of the library.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let fields = Value::Object(error.fields()).to_string();
    make(py, error.kind(), &error.to_string(), &fields)
}

fn make(py: Python<'_>, kind: &str, message: &str, fields: &str) -> PyErr {
    let exception = || -> PyResult<Bound<'_, PyAny>> {
        let fields = py.import("json")?.call_method1("loads", (fields,))?;
        let fields = fields.cast_into::<PyDict>()?;
        py.import("thrombo.errors")?.call_method1("_make", (kind, message, fields))
    };
    exception().map_or_else(|error| error, PyErr::from_value)
}
