//! The course of one patient.

use crate::errors::raised;
use crate::model::{Model, Regimen};
use crate::tables::{ColumnOut, columns};
use pyo3::prelude::*;
use thrombopoiesis::error::Error;
use thrombopoiesis::integrate::Options;
use thrombopoiesis::report::{data_version, program};
use thrombopoiesis::simulate::{self, Grid, simulate};
use thrombopoiesis::units::Time;

/// The course of one patient, integrated once and read at any time.
#[pyclass(frozen, module = "thrombo._thrombo")]
pub(crate) struct Course {
    course: simulate::Course,
    regimen: thrombopoiesis::regimen::Regimen,
    until_h: f64,
}

#[pymethods]
impl Course {
    #[new]
    fn new(
        py: Python<'_>,
        model: &Bound<'_, Model>,
        regimen: &Bound<'_, Regimen>,
        until_h: f64,
    ) -> PyResult<Self> {
        let (set, regimen) = (&model.get().set, regimen.get().regimen.clone());
        let run = || simulate(set, &regimen, Time::hours(until_h), Options::default());
        let course = py.detach(run).map_err(|error| raised(py, &error))?;
        Ok(Self { course, regimen, until_h })
    }

    /// The samples every `every_h` hours, with one just before each dose.
    fn table<'py>(
        &self,
        py: Python<'py>,
        every_h: f64,
        states: bool,
    ) -> PyResult<Vec<ColumnOut<'py>>> {
        let run = || -> Result<_, Error> {
            let grid = Grid::new(Time::hours(every_h), Time::hours(self.until_h))?;
            self.course.table(&grid.times_h(&self.regimen), states)
        };
        columns(py, &py.detach(run).map_err(|error| raised(py, &error))?)
    }

    /// The samples at `times_h`.
    fn at<'py>(
        &self,
        py: Python<'py>,
        times_h: Vec<f64>,
        states: bool,
    ) -> PyResult<Vec<ColumnOut<'py>>> {
        let run = || self.course.table(&times_h, states);
        columns(py, &py.detach(run).map_err(|error| raised(py, &error))?)
    }

    /// Maximum of the count, 10^9/L, and its elapsed time, d.
    fn maximum(&self, py: Python<'_>) -> PyResult<(f64, f64)> {
        self.require_count(py)?;
        let maximum = self.course.maximum().map_err(|error| raised(py, &error))?;
        Ok((maximum.value, maximum.elapsed_days()))
    }

    /// Time at or above a level, d, and its intervals in elapsed days.
    fn at_or_above(&self, py: Python<'_>, level: f64) -> PyResult<(f64, Vec<(f64, f64)>)> {
        self.require_count(py)?;
        let above = self.course.at_or_above(level).map_err(|error| raised(py, &error))?;
        let days = |hours: f64| Time::hours(hours).in_days();
        let intervals = above.intervals.iter().map(|own| (days(own.from_h), days(own.to_h)));
        Ok((days(above.total_h()), intervals.collect()))
    }

    /// Visit day on which the stopping rule was met.
    #[getter]
    fn stopped_on_visit_day(&self) -> Option<f64> {
        self.course.stopped_at.map(|time| time.in_days() + 1.0)
    }

    /// Whether the model has a platelet count.
    #[getter]
    fn has_count(&self) -> bool {
        self.course.model.has_platelets()
    }

    /// Program, version of its data, integrator and tolerances.
    fn record(&self) -> (String, String, String, f64, f64) {
        let Options { method, relative_tolerance, absolute_tolerance, .. } = Options::default();
        (program(), data_version(), method.to_string(), relative_tolerance, absolute_tolerance)
    }
}

impl Course {
    fn require_count(&self, py: Python<'_>) -> PyResult<()> {
        let model = &self.course.model;
        model.require_platelets("a maximum or level of the count").map_err(|own| raised(py, &own))
    }
}
