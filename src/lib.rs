//! A mechanistic pharmacodynamic model and ODE solver for thrombopoietin-receptor agonists.

pub mod error;
pub mod files;
pub mod integrate;
pub mod model;
pub mod numeric;
pub mod population;
pub mod regimen;
pub mod report;
pub mod simulate;
pub mod units;
