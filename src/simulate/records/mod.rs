//! Predictions at the records of a data set.
//!
//! The order of what happens to a subject is that of its [`Schedule`](crate::records::Schedule); a text gives the
//! equations. Between two events a model that is linear is solved by the exponential of its matrix, any other is
//! integrated.
//!
//! ```
//! use std::path::Path;
//! use thrombopoiesis::model::parameter_set;
//! use thrombopoiesis::records::{Options, read};
//! use thrombopoiesis::simulate::records::Predictor;
//!
//! let predictor = Predictor::new(&parameter_set("petrov_2024", None)?)?;
//! let set = vec![("wt".to_owned(), 70.0), ("nab".to_owned(), 0.0)];
//! let options = Options { set, output: Some("plt".to_owned()), ..Options::default() };
//! let text = "ID,TIME,AMT\n1,0,10\n1,6,.\n1,240,.\n";
//! let records =
//!     read(Path::new("data.csv"), text, Some(predictor.structure()), &options).into_records()?;
//! let predicted = predictor.predict(&records.subjects[0], options.output.as_deref());
//! assert!(predicted.failure.is_none());
//! assert_eq!(predicted.values.len(), 3);
//! # Ok::<(), thrombopoiesis::error::Error>(())
//! ```

mod course;
mod entering;
mod individuals;
mod lanes;
mod linear;
mod modes;
mod newton;
mod planned;
mod predictor;
mod reading;
mod steady;
mod stretch;
mod structure;
mod texts;
mod timeline;

#[cfg(test)]
mod tests;

pub use individuals::{Individuals, Quantiles};
pub use predictor::{FailedAt, Predicted, Predictor};
