//! One patient's parameters from published summaries, or from counts.
//!
//! The objective is −2 log L up to a constant: Σ ((predicted − observed)/SE)². Parameters are
//! searched for on scales without bounds ([`Transform`](crate::numeric::Transform)), by
//! Nelder-Mead from several seeded starts, then by L-BFGS on exact derivatives.
//!
//! ```no_run
//! use thrombopoiesis::fit::{self, Problem, Search, Targets};
//! use thrombopoiesis::model::{Population, parameter_set};
//!
//! let targets = Targets::application_note()?;
//! let set = parameter_set("mechanistic", Population::Cld)?;
//! let problem = Problem::new(set, &["kc", "tmk", "tp"], targets, Default::default())?;
//! let result = fit::fit(&problem, &Search::default(), &|_| {})?;
//! println!("{}", result.summary());
//! # Ok::<(), thrombopoiesis::error::Error>(())
//! ```

mod counts;
mod objective;
mod problem;
mod profile;
mod result;
mod run;
mod search;
mod targets;
mod uncertainty;

pub use problem::{Free, MAX_FREE, Problem};
pub use profile::{CHI_SQUARE_95, Profile};
pub use result::{Estimate, FitResult, FitStatus, Prediction, StartResult};
pub use run::{Progress, fit};
pub use search::{Method, Search};
pub use targets::{Spread, Statistic, Target, Targets};
pub use uncertainty::Uncertainty;
