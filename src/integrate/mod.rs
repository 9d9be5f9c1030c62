//! Initial-value problems, and nothing of pharmacology.

mod adapter;
pub mod lanes;

pub use adapter::{Method, Options, RightHandSide, Step, steps};
