//! What most scripts need, in one line: `use thrombopoiesis::prelude::*;`.
//!
//! One patient:
//!
//! ```
//! use thrombopoiesis::prelude::*;
//!
//! let patient = parameter_set("mechanistic", Population::CLD)?;
//! let course = simulate(&patient, &"3 mg qd x7".parse()?, Time::days(40.0), Options::default())?;
//! let maximum = course.maximum()?;
//! let above = course.at_or_above(50.0)?;
//! println!("{:.1} at day {:.1}", maximum.value, maximum.elapsed_days());
//! println!("{:.1} days at or above 50", above.total_h() / 24.0);
//! # Ok::<(), Error>(())
//! ```
//!
//! Many patients:
//!
//! ```
//! use thrombopoiesis::prelude::*;
//!
//! let typical = parameter_set("mechanistic", Population::CLD)?;
//! let regimen = "3 mg qd x7".parse()?;
//! let mut request = Request::new(&typical, &regimen);
//! request.subjects = 200;
//! request.variability = vec![Variability::from_cv("kc", 0.5)?, Variability::from_cv("cl", 0.3)?];
//! let mut summary = Summary::new(&request, &[0.05, 0.5, 0.95], &[50.0]);
//! population(&request, &mut summary, &|_| {})?;
//! let day_12 = &summary.rows()[12];
//! println!("{:.0} to {:.0}", day_12.quantiles[0], day_12.quantiles[2]);
//! # Ok::<(), Error>(())
//! ```
//!
//! A fit:
//!
//! ```no_run
//! use thrombopoiesis::prelude::*;
//!
//! let patient = parameter_set("mechanistic", Population::CLD)?;
//! let targets = Targets::application_note()?;
//! let problem = Problem::new(patient, &["kc", "tmk", "tp"], targets, Options::default())?;
//! let result = fit(&problem, &Search::default(), &|_| {})?;
//! println!("{}", result.summary());
//! # Ok::<(), Error>(())
//! ```
//!
//! A trial:
//!
//! ```
//! use thrombopoiesis::prelude::*;
//!
//! let design = Design::load("l_plus_2".as_ref())?;
//! let patients = VirtualPatients::load("patients_start")?;
//! let mut run = Run::new(&design, &patients);
//! run.replicates = 2;
//! let (collector, _) = Collector::of(run, &[], &mut |_, _| {}, &|_| {})?;
//! for comparison in &collector.summary().comparisons {
//!     println!("power {:?}", comparison.power.value());
//! }
//! # Ok::<(), Error>(())
//! ```
//!
//! When to operate:
//!
//! ```
//! use thrombopoiesis::prelude::*;
//!
//! let patients = VirtualPatients::load("patients_start")?;
//! let mut question = Question::new(&patients);
//! (question.baseline, question.subjects) = (Baseline::Measured(40.0), 200);
//! let outlook = People::new(question)?.under(&Treatment::approved())?.outlook(&question);
//! println!("best on day {}", outlook.best_day);
//! # Ok::<(), Error>(())
//! ```

pub use crate::error::{Error, Result};
pub use crate::fit::{Problem, Search, Targets, fit};
pub use crate::integrate::Options;
pub use crate::machine::Stop;
pub use crate::model::{Model, ParameterSet, Population, Variant, model_of_text, parameter_set};
pub use crate::population::{Variability, VirtualPatients};
pub use crate::regimen::Regimen;
pub use crate::simulate::population::{Engine, Profiles, Request, Settings, Summary, population};
pub use crate::simulate::{Course, simulate};
pub use crate::trial::{Collector, Design, Run};
pub use crate::units::Time;
pub use crate::window::{Baseline, People, Question, Treatment};
