//! Calibration: parameters from what trials published, with the protocol inside the likelihood.

mod calibration;
mod checkpoint;
mod estimated;
mod evaluator;
mod likelihood;
mod moments;
mod pool;
mod posterior;
mod problem;
mod profile;
mod search;
mod sets;
pub mod tables;
mod verdict;

pub use calibration::{Calibration, Settings, calibrate, calibrated_patients};
pub use checkpoint::Checkpoint;
pub use estimated::{Estimated, Place, Plan, Scale};
pub use evaluator::{Evaluator, Known, Save, Watch};
pub use likelihood::{Entry, Likelihood, entry_of, likelihood};
pub use moments::{Moment, moment, on_scale, scale_slope, share_below};
pub use pool::{Life, Likelihoods, Pool, View};
pub use posterior::{Posterior, posterior};
pub use problem::{Evaluation, Problem};
pub use profile::{Profile, TradeOff, profiles, trade_offs};
pub use search::{Found, Search, Stage, search};
pub use sets::{ParameterSet, read_sets};
pub use verdict::{Set, verdict};
