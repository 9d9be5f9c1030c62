//! Predictions at records: random lists against superposition of closed forms, and formulas of their own.

mod analytic;
mod lists;
mod made;
mod oracle;
mod random;
