//! When to operate: how probable the wanted count is on each day, and how short a course may be.
//!
//! ```
//! use thrombopoiesis::population::VirtualPatients;
//! use thrombopoiesis::window::{Baseline, People, Question, Treatment};
//!
//! let patients = VirtualPatients::load("patients_start")?;
//! let mut question = Question::new(&patients);
//! question.baseline = Baseline::Measured(40.0);
//! question.subjects = 200;
//! let people = People::new(question)?;
//! let outlook = people.under(&Treatment::approved())?.outlook(&question);
//! assert!((9..=15).contains(&outlook.best_day));
//! # Ok::<(), thrombopoiesis::error::Error>(())
//! ```

mod answer;
mod baseline;
mod course;
mod doses;
mod measured;
mod optimum;
mod outlook;
mod people;
mod question;
pub mod tables;
#[cfg(test)]
mod tests;
mod treatment;
mod uncertainty;

pub use answer::Answer;
pub use baseline::Baseline;
pub use course::{Courses, LAST_DAY};
pub use doses::{compared_mg, searched_mg};
pub use measured::at_or_above;
pub use optimum::{Best, Choice, Optimum, Reach, SEARCHED, Verdict};
pub use outlook::{Day, Outlook, Spread, Window, best_days};
pub use people::{People, Person};
pub use question::{BASELINES, ENTRY, Question, THRESHOLD, TOO_HIGH, WANTED};
pub use treatment::{APPROVED_DAYS, APPROVED_MG, Treatment, Way};
pub use uncertainty::{Range, Uncertain, UncertainDay};
