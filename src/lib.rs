//! A mechanistic pharmacodynamic model and ODE solver for thrombopoietin-receptor agonists.

pub mod error;
pub mod report;
