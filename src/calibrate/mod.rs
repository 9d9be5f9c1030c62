//! Calibration: parameters from what trials published, with the protocol inside the likelihood.

mod estimated;
mod likelihood;
mod moments;
mod pool;
mod problem;

pub use estimated::{Estimated, Place, Plan, Scale};
pub use likelihood::{Entry, Likelihood, entry_of, likelihood};
pub use moments::{Moment, moment, on_scale, scale_slope, share_below};
pub use pool::{Life, Likelihoods, Pool, View};
pub use problem::{Evaluation, Problem};
