//! Individuals: random numbers that belong to the patient, and variability between patients.

mod streams;
mod variability;

pub use streams::{Stream, Streams, normal_quantile};
pub use variability::Variability;
