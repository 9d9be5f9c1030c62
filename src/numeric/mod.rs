//! Arithmetic that knows nothing of pharmacology: the one trait the equations are written in, dual
//! numbers, and the root finder behind the endpoints.

mod dual;
mod real;
mod root;
mod transform;

pub use dual::Dual;
pub use real::{Real, Scalar};
pub use root::root_between;
pub use transform::Transform;
