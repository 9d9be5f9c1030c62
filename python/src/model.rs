//! A model with its values, and a regimen.

use crate::errors::raised;
use pyo3::prelude::*;
use thrombopoiesis::error::Error;
use thrombopoiesis::model::{ParameterSet, chosen_set};
use thrombopoiesis::regimen;

/// Symbol, value, unit, meaning, status, grade, source.
type Entry = (String, Option<f64>, String, String, String, String, String);

/// A model with the values of its parameters.
#[pyclass(frozen, module = "thrombo._thrombo")]
pub(crate) struct Model {
    pub(crate) set: ParameterSet,
}

#[pymethods]
impl Model {
    /// The model called `name`, or in the file of that path, with sizes and values changed.
    #[new]
    fn new(
        py: Python<'_>,
        name: &str,
        population: Option<&str>,
        variant: Option<&str>,
        sizes: Vec<(String, usize)>,
        values: Vec<(String, f64)>,
    ) -> PyResult<Self> {
        let set = || -> Result<ParameterSet, Error> {
            let mut set = chosen_set(name, population, variant)?;
            sizes.iter().try_for_each(|(name, size)| set.set_size(name, *size))?;
            values.iter().try_for_each(|(symbol, value)| set.set(symbol, *value))?;
            Ok(set)
        };
        Ok(Self { set: set().map_err(|error| raised(py, &error))? })
    }

    #[getter]
    fn name(&self) -> String {
        self.set.model.to_string()
    }

    #[getter]
    fn title(&self) -> String {
        self.set.title()
    }

    #[getter]
    fn citation(&self) -> String {
        self.set.citation.clone()
    }

    #[getter]
    fn population(&self) -> String {
        self.set.population.to_string()
    }

    #[getter]
    fn variant(&self) -> Option<String> {
        self.set.variants_apply().then(|| self.set.variant.to_string())
    }

    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.set.warnings.clone()
    }

    /// SHA-256 of the files behind the model, by name.
    #[getter]
    fn inputs(&self) -> Vec<(String, String)> {
        self.set.files.clone()
    }

    /// Symbols with value, unit, meaning, status, grade and source.
    fn entries(&self) -> Vec<Entry> {
        let of = |symbol: &thrombopoiesis::model::Symbol| {
            let entry = self.set.entry(symbol.name);
            let status = entry.map(|own| own.status.to_string()).unwrap_or_default();
            let grade = entry.map(|own| own.grade.to_owned()).unwrap_or_default();
            let source = entry.map(|own| own.source.clone()).unwrap_or_default();
            let value = self.set.value(symbol.name).ok();
            let (name, unit) = (symbol.name.to_owned(), symbol.unit.to_owned());
            (name, value, unit, symbol.meaning.to_owned(), status, grade, source)
        };
        self.set.symbols().iter().map(of).collect()
    }
}

/// Doses and a stopping rule, in the grammar of `thrombo simulate --help`.
#[pyclass(frozen, eq, module = "thrombo")]
#[derive(PartialEq)]
pub(crate) struct Regimen {
    pub(crate) regimen: regimen::Regimen,
}

#[pymethods]
impl Regimen {
    #[new]
    fn new(py: Python<'_>, text: &str) -> PyResult<Self> {
        let regimen = text.parse().map_err(|error: Error| raised(py, &error))?;
        Ok(Self { regimen })
    }

    /// Times of the planned doses, h.
    #[getter]
    fn times_h(&self) -> Vec<f64> {
        self.regimen.planned().iter().map(|dose| dose.time.in_hours()).collect()
    }

    fn __str__(&self) -> String {
        self.regimen.to_string()
    }

    fn __repr__(&self) -> String {
        format!("Regimen(\"{}\")", self.regimen)
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.regimen.to_string().hash(&mut hasher);
        hasher.finish()
    }

    fn __getnewargs__(&self) -> (String,) {
        (self.regimen.to_string(),)
    }
}
