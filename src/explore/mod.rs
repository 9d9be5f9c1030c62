//! A local page on which the settings of a course are moved and its curve, band and window follow.
//!
//! With measured counts of a patient they are those of this patient: see [`crate::forecast`].
//!
//! [`View`] is what is looked at, [`Explorer`] answers it, [`Server`] shows it to a browser on the
//! same machine and to nobody else.
//!
//! ```
//! use thrombopoiesis::explore::{Explorer, View};
//!
//! let explorer = Explorer::new("calibrated", 100, 1)?;
//! let view = View::parse("dose=3&days=7&miss=4&start=12")?;
//! let answer = explorer.answer(&view)?;
//! assert!(answer.typical.maximum > 50.0);
//! # Ok::<(), thrombopoiesis::error::Error>(())
//! ```

mod answer;
mod control;
mod counts;
mod equivalent;
mod figure;
mod given;
#[cfg(test)]
mod given_tests;
mod page;
mod reply;
mod server;
mod settings;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod text_tests;
mod view;
mod words;

pub use answer::{Answer, Explorer, Typical};
pub use control::Control;
pub use counts::Count;
pub use equivalent::{Equivalent, equivalent};
pub use given::Given;
pub use reply::reply;
pub use server::Server;
pub use settings::Settings;
pub use view::View;
