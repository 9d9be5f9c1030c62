//! Calibration: parameters from what trials published, with the protocol inside the likelihood.

mod anew;
mod calibration;
mod checkpoint;
mod conflicts;
mod estimated;
mod evaluator;
mod exposure;
mod exposure_file;
mod exposure_tables;
mod information;
mod inputs;
mod likelihood;
mod moments;
mod outlooks;
mod particles;
mod placebo;
mod plan_file;
mod pool;
mod pool_error;
mod populations;
mod posterior;
mod potential;
mod problem;
mod profile;
mod result_tables;
mod search;
mod sets;
pub mod tables;
pub mod variants;
mod verdict;

pub use anew::Anew;
pub use calibration::{Calibration, Misfit, Settings, calibrate, calibrated_patients};
pub use checkpoint::{Checkpoint, Resumed};
pub use conflicts::{
    Conflicts, Kept, Repeated, conflicts, larger, larger_fits, most_evaluations, outside,
};
pub use estimated::{Estimated, Nature, Place, Plan, Scale};
pub use evaluator::{Evaluator, Known, Save, Watch};
pub use exposure::{ExposureAgainst, PatientExposure, exposure, exposures};
pub use exposure_file::{ExposureFile, Measure, PublishedExposure, Summary};
pub use exposure_tables::{exposure_table, exposure_text};
pub use information::{Information, LEAST_SENSITIVITY, information};
pub use inputs::inputs;
pub use likelihood::{Entry, Likelihood, entry_of, likelihood};
pub use moments::{Moment, moment, on_scale, scale_slope, share_below};
pub use outlooks::outlooks;
pub use particles::particles;
pub use placebo::{Response, placebo_rows, responses};
pub use pool::{CANDIDATE_TOLERANCE, Pool, View};
pub use pool_error::pool_error;
pub use populations::{Populations, VariantPatients};
pub use posterior::{Posterior, Sampling, posterior};
pub use potential::{Likelihoods, PotentialOutcomes};
pub use problem::{Evaluation, Problem};
pub use profile::{Profile, TradeOff, full_name, profiles, trade_offs};
pub use result_tables::against_table;
pub use search::{Found, Search, Stage, search, search_from};
pub use sets::{
    CALIBRATED, MOST_SETS, ParameterSet, in_replicate, posterior_input, posterior_text, read_sets,
    sets_of,
};
pub use verdict::{Set, counted_verdict, verdict};
