//! The tables that a trial writes: patients, counts, replicates, endpoints, comparisons.

mod comparisons;
mod patients;
mod results;

pub use comparisons::comparisons;
pub use patients::PatientTables;
pub use results::{courses, endpoints, replicates};
