//! The Python module of thrombopoiesis: what needs Rust. `python/thrombo` in Python has the rest.

mod call;
mod course;
mod errors;
mod model;
mod tables;
mod text;

use pyo3::prelude::*;

/// Runs the program with its arguments, without its name; returns its exit code.
#[pyfunction]
fn main(py: Python<'_>, arguments: Vec<String>) -> u8 {
    let words = std::iter::once("thrombo".to_owned()).chain(arguments).map(Into::into);
    let words: Vec<std::ffi::OsString> = words.collect();
    py.detach(|| thrombopoiesis::cli::exit_status(words))
}

/// Name and version of the program, version of its data, kind of machine.
#[pyfunction]
fn identity() -> (String, String, String) {
    use thrombopoiesis::{machine::arithmetic, report};
    (report::program(), report::data_version(), arithmetic())
}

#[pymodule]
fn _thrombo(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<call::Result>()?;
    module.add_class::<course::Course>()?;
    module.add_class::<model::Model>()?;
    module.add_class::<model::Regimen>()?;
    module.add_class::<text::Text>()?;
    module.add_function(wrap_pyfunction!(call::call, module)?)?;
    module.add_function(wrap_pyfunction!(identity, module)?)?;
    module.add_function(wrap_pyfunction!(main, module)?)
}
