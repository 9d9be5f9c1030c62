//! Records: individual data in the form of NONMEM, read and checked, and the order of what happens to a subject.
//!
//! [`read`] turns a table into [`Records`], with every problem of the file by line; a [`Structure`] says what a
//! model calls its compartments, routes, outputs and covariates, so that records can be checked against them.
//! Nothing here knows a model's equations.

mod arrival;
mod cells;
mod columns;
mod doses;
mod doubts;
mod forms;
mod interval;
pub mod linear;
mod observations;
mod order;
mod problem;
mod read;
mod record;
mod rules;
mod schedule;
mod structure;
mod subjects;
mod summary;
mod unit;

pub use columns::{Columns, Item};
pub use interval::{Entering, Interval, IntervalStep};
pub use problem::{Findings, MOST_PROBLEMS, Place, Problem, Warning};
pub use read::{Options, Purpose, Reading, Remedies, read};
pub use record::{Censoring, Dose, Evid, Rate, Records, Row, SteadyState, Subject, same_time};
pub use schedule::{
    Action, Asked, Event, Form, Held, Properties, Schedule, Steady, SteadyInput, schedule,
};
pub use structure::{Covariate, Direction, Entry, Output, Route, Structure, Target};
pub use summary::{Change, CovariateSummary, OutputSummary, RouteSummary, Summary};
pub use unit::{AmountUnit, hours_in, time_name};

#[cfg(test)]
mod tests;
