//! Arithmetic that knows nothing of pharmacology: the one trait the equations are written in, dual
//! numbers, the root finder behind the endpoints, and optimisers.

mod dual;
pub mod elementary;
mod fused;
mod gamma;
mod lane;
mod log_sum;
mod missing;
pub(crate) mod normal_grid;
pub mod optimise;
mod real;
mod root;
mod transform;

pub use dual::Dual;
pub use fused::{exp, ln, powf};
pub(crate) use gamma::digamma;
pub use lane::Lane;
pub(crate) use lane::fill_row;
pub use log_sum::{HALF_LN_TWO_PI, log_sum_exp};
pub use missing::{nan_for_null, nans_for_nulls};
pub use real::{Real, Scalar};
pub use root::root_between;
pub use transform::Transform;
