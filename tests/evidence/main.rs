//! The evidence that the numbers are right, one module a subject. The first word of a test's name
//! says what kind of evidence it is: `analytic_` a closed form, `invariant_` what must hold for any
//! parameters, `prop_` random cases with a fixed seed, `val_` a number from outside with its source.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

mod calibration;
mod common;
mod designs;
mod duals;
mod endpoints;
mod files;
mod forecasts;
mod integrate;
mod invariants;
mod model_texts;
mod parameter_files;
mod patients;
mod records;
mod reference;
mod streams;
mod text;
mod trials;
mod units;
