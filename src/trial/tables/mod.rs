//! The tables that a trial writes, as CSV: patients, counts, replicates, endpoints, comparisons.

mod patients;
mod results;

pub use patients::PatientTables;
pub use results::{comparisons, courses, endpoints, replicates};
