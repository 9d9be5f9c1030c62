//! Texts in memory that commands read like files.

use pyo3::prelude::*;
use thrombopoiesis::files::InMemory;

/// A text that commands can read under `path` until this object is dropped. The path is made of a stem, of the
/// SHA-256 of the text and of an ending.
#[pyclass(frozen, module = "thrombo._thrombo")]
pub(crate) struct Text {
    held: InMemory,
}

#[pymethods]
impl Text {
    #[new]
    fn new(stem: &str, ending: &str, content: &str) -> Self {
        Self { held: InMemory::new(stem, ending, content) }
    }

    #[getter]
    fn path(&self) -> String {
        self.held.path().display().to_string()
    }
}
