//! Initial-value problems, and nothing of pharmacology.

mod adapter;

pub use adapter::{Method, Options, RightHandSide, Step, steps};
