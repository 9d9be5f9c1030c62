//! A mechanistic pharmacodynamic model and ODE solver for thrombopoietin-receptor agonists, first of
//! all lusutrombopag in chronic liver disease. For research; not for treating patients.
//!
//! # What is modelled
//!
//! A drug makes the thrombopoietin receptor signal more strongly. The signal, read out as STAT5
//! phosphorylation, drives progenitors; what they become matures as megakaryocytes for some days and
//! then releases platelets, which circulate, pool in the spleen and clear thrombopoietin.
//!
//! ```text
//! dT/dt  = kT [T0 − T ((1 − λ) + λ (w Ptot/Ptot0 + (1 − w) Mtot/Mtot0))]   (M1)  thrombopoietin
//! A      = eb + (Emax − eb) s/(1 + s),  s = T/KT + C/KC                    (R4)  signal
//! U      = A/A0                                                           (R6)  drive
//! dN/dt  = (U^gN − N)/tauN                                                (M2)  progenitors
//! dM1/dt = N − kM v M1;  dMi/dt = kM v (M(i−1) − Mi)                       (M4)  megakaryocytes
//! dP1/dt = F − (kP + d) P1;  dPj/dt = kP P(j−1) − (kP + d) Pj              (M7)  platelets
//! PLT    = PLT0 ΣP/Ptot0                                                  (M8)  count
//! ```
//!
//! The whole specification, with the pharmacokinetics and four published models, is in
//! `docs/model.md`; the equations themselves are in [`model`], one file a block.
//!
//! # Three types to know
//!
//! - [`ParameterSet`](model::ParameterSet): a model's numbers, each with unit, source and grade;
//! - [`Regimen`](regimen::Regimen): doses as people write them, `"3 mg qd x7, miss 4"`;
//! - [`Course`](simulate::Course): the course of one patient, to be asked at any time.
//!
//! ```
//! use thrombopoiesis::model::{Population, parameter_set};
//! use thrombopoiesis::simulate::simulate;
//! use thrombopoiesis::units::Time;
//!
//! let patient = parameter_set("mechanistic", Population::CLD)?;
//! let course = simulate(&patient, &"3 mg qd x7".parse()?, Time::days(40.0), Default::default())?;
//! let maximum = course.maximum()?;
//! assert_eq!(format!("{:.1} at day {:.1}", maximum.value, maximum.elapsed_days()), "67.5 at day 12.1");
//! # Ok::<(), thrombopoiesis::error::Error>(())
//! ```
//!
//! [`prelude`] has what most scripts need, with a short one for each task. From here: [`fit`] estimates parameters, [`report`] draws and writes, [`explore`] shows a page whose
//! figure follows its sliders, [`export`] takes a model to other tools, `examples/` teaches.

#![deny(clippy::print_stdout, clippy::print_stderr)]

// The command line names the library as other programs do.
#[cfg(feature = "cli")]
extern crate self as thrombopoiesis;

pub mod calibrate;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod error;
#[cfg(feature = "explore")]
pub mod explore;
pub mod export;
pub mod files;
pub mod fit;
pub mod forecast;
pub mod integrate;
pub mod machine;
pub mod model;
pub mod names;
pub mod numeric;
pub mod population;
pub mod prelude;
pub mod records;
pub mod regimen;
#[cfg(feature = "report")]
pub mod report;
pub mod shards;
pub mod simulate;
pub mod statistics;
pub mod table;
pub mod trial;
pub mod units;
pub mod window;
