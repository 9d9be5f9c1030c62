//! Clinical trials: so far the statistics that a trial reports.

pub mod statistics;
