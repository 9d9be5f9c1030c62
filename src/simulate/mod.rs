//! Model, regimen and integrator together: the course of one patient, and what can be read off it.
//!
//! ```
//! use thrombopoiesis::model::{Population, parameter_set};
//! use thrombopoiesis::simulate::simulate;
//! use thrombopoiesis::units::Time;
//!
//! let set = parameter_set("mechanistic", Population::CLD)?;
//! let course = simulate(&set, &"3 mg qd x7".parse()?, Time::days(40.0), Default::default())?;
//! let maximum = course.maximum()?;
//! println!("{:.1} at day {:.1}", maximum.value, maximum.elapsed_days());
//! # Ok::<(), thrombopoiesis::error::Error>(())
//! ```

mod course;
mod curve;
mod doubts;
mod endpoints;
mod exposure;
mod grid;
mod knots;
mod model_checks;
mod model_findings;
mod patient;
pub mod population;
pub mod records;
mod samples;
mod scenario;
mod solution;
mod trajectory;

pub use course::{Course, Fate, Sample, admits, course, simulate};
pub use curve::Curve;
pub use doubts::doubts;
pub use endpoints::{Extreme, Interval, TimesAbove};
pub use exposure::{Exposure, Terminal};
pub use grid::{Grid, Multiples};
pub use model_checks::{
    CheckResult, OutputExtremes, checked_regimens, model_checks, output_extremes, output_values,
};
pub use model_findings::{Findings, model_findings};
pub use patient::Patient;
pub use scenario::{Label, MAX_DAYS, Scenario};
pub(crate) use scenario::{days, regimen};
pub use solution::SAMPLE_BEFORE_DOSE;
pub use trajectory::Trajectory;
