//! Model, regimen and integrator together: the course of one patient, and what can be read off it.
//!
//! ```
//! use thrombopoiesis::model::{Mechanistic, Model, Population, parameter_set};
//! use thrombopoiesis::simulate;
//! use thrombopoiesis::units::Time;
//!
//! let theta = parameter_set("mechanistic", Population::Cld)?.theta();
//! let patient = Mechanistic::<1>::individual(&theta)?;
//! let course = simulate::course::<Mechanistic<1>, f64>(
//!     patient, &"3 mg qd x7".parse()?, Time::days(40.0), Default::default())?;
//! let maximum = course.trajectory.platelets().maximum()?;
//! println!("{:.1} at day {:.1}", maximum.value, maximum.time_h / 24.0);
//! # Ok::<(), thrombopoiesis::error::Error>(())
//! ```

mod course;
mod curve;
mod endpoints;
mod exposure;
mod grid;
mod knots;
mod patient;
pub mod population;
mod scenario;
mod simulated;
mod solution;
mod trajectory;

pub use course::{Course, Fate, course};
pub use curve::Curve;
pub use endpoints::{Extreme, Interval, TimesAbove};
pub use exposure::{Exposure, Terminal};
pub use grid::{Grid, Multiples};
pub use patient::Patient;
pub use scenario::{Label, MAX_DAYS, Scenario};
pub(crate) use scenario::{days, regimen};
pub use simulated::{Sample, Simulated, admits, simulate};
pub use solution::SAMPLE_BEFORE_DOSE;
pub use trajectory::Trajectory;
