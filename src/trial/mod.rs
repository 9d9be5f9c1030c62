//! Virtual trials, run as real ones are: screening, randomisation, visits, rules, procedure,
//! transfusion, endpoints.

mod allocation;
mod comparison;
mod comparison_rule;
mod course;
mod design;
mod design_file;
mod design_rules;
mod measure;
mod memory;
mod outcome;
mod patient;
mod published;
mod published_levels;
mod published_protocols;
mod published_size;
mod published_value;
mod rows;
mod run;
mod statistic;
mod summary;
pub mod tables;

pub use allocation::{Enrolment, Screening, enrol, strata};
pub use comparison::{Compared, Comparison};
pub use comparison_rule::{ComparisonRule, Sided, control, pairs, placebo, remark};
pub use course::{days, simulate};
pub use design::{
    Allocation, Arm, Design, Dosing, Endpoints, Entry, NoProcedure, Practice, Procedure,
    Transfusion, Visits,
};
pub use design_rules::BrokenRule;
pub use measure::{Event, Levels, Quantity, Subset};
pub use outcome::{Course, Outcome, Status, days_at_or_above};
pub use patient::{Candidate, CandidateDraws, Chance, Exclusion, Recruiter, Schedule, Visit};
pub use published::{Published, PublishedFile, Role};
pub use published_protocols::protocols_of;
pub use run::{Replicate, Run, failures};
pub use statistic::{Form, Statistic, Value};
pub use summary::{
    Against, ArmCourse, BAND, Collector, ComparisonSummary, Prediction, Summary, against_published,
    prediction,
};
