//! One patient's parameters from published summaries, or from counts.
//!
//! The objective is −2 log L up to a constant: Σ ((predicted − observed)/SE)². Parameters are
//! searched for on scales without bounds ([`Transform`](crate::numeric::Transform)), by
//! Nelder-Mead from several seeded starts, then by L-BFGS on exact derivatives, and no further than
//! a stated factor from the values of the parameter file. Exact derivatives at the start tell before
//! the search which parameters have no influence on the targets; profiles tell after it which are
//! limited on one side only.
//!
//! ```no_run
//! use thrombopoiesis::fit::{self, Problem, Search, Targets};
//! use thrombopoiesis::model::{Population, parameter_set};
//!
//! let targets = Targets::application_note()?;
//! let set = parameter_set("mechanistic", Population::CLD)?;
//! let problem = Problem::new(set, &["kc", "tmk", "tp"], targets, Default::default())?;
//! let result = fit::fit(&problem, &Search::default(), &|_| {})?;
//! println!("{}", result.summary());
//! # Ok::<(), thrombopoiesis::error::Error>(())
//! ```

mod bounds;
mod counts;
mod evaluator;
mod identifiability;
mod objective;
mod plausibility;
mod problem;
mod profile;
mod result;
mod run;
mod search;
mod status;
mod summary;
mod target;
mod targets;
mod uncertainty;
mod warnings;

pub use bounds::{AROUND_VALUE, WIDENED};
pub use evaluator::Effort;
pub use problem::{Free, MAX_FREE, Problem};
pub use profile::{CHI_SQUARE_95, Profile};
pub use result::{Estimate, FitResult, Prediction, StartResult};
pub use run::{Progress, fit};
pub use search::{Method, Search};
pub use status::FitStatus;
pub use target::{Spread, Statistic, Target};
pub use targets::Targets;
pub use uncertainty::Uncertainty;

/// Significant figures of the numbers in printed results and messages.
const FIGURES: u8 = 4;
