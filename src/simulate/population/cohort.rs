//! Whom a population consists of, and what is planned for each of them.

use crate::integrate::lanes::Ending;
use crate::model::Theta;
use crate::regimen::Dose;
use crate::units::Time;

/// Patients to be simulated, known by their numbers.
pub trait Cohort: Sync {
    /// Writes the parameter values of `subject`; false where one lies outside its range.
    fn values(&self, subject: usize, sheet: &mut Theta<f64>) -> bool;

    /// Writes what is planned for `subject` into an empty plan.
    fn plan(&self, subject: usize, plan: &mut PatientPlan);

    /// What is decided when the count of `subject` is looked at.
    fn look(&self, subject: usize, look: Look) -> Decision;

    /// Whether `symbol` differs between subjects.
    fn varies(&self, symbol: &str) -> bool;
}

/// What is planned for one patient.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PatientPlan {
    /// Doses in the order of their times.
    pub doses: Vec<PlannedDose>,
    /// Transfusions: when, and how many platelets, 10⁹.
    pub transfusions: Vec<(Time, f64)>,
    /// Times of the looks, h, rising.
    pub looks_h: Vec<f64>,
    /// Times at which the count is wanted, h, rising; as many for every patient.
    pub times_h: Vec<f64>,
}

impl PatientPlan {
    pub(super) fn clear(&mut self) {
        self.doses.clear();
        self.transfusions.clear();
        self.looks_h.clear();
        self.times_h.clear();
    }
}

/// A dose and the time that it was planned for; it may be taken later, but before the next look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannedDose {
    /// The dose at the time when it is taken.
    pub dose: Dose,
    /// The time that it was planned for: a decision to stop at that time or before omits it.
    pub planned: Time,
}

/// A look at the count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Its number, from 0 in the order of the times.
    pub number: usize,
    /// The true count, 10⁹/L.
    pub count: f64,
    /// The true count without drug, 10⁹/L.
    pub baseline: f64,
}

/// What a look at the count decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Everything goes on as planned.
    Continue,
    /// Doses planned for now or later are omitted.
    StopDosing,
    /// Transfusions planned for now or later are omitted.
    NoTransfusion,
}

/// The kinds of events as the lane engine numbers them.
pub(super) const DOSE: usize = 0;
pub(super) const TRANSFUSION: usize = 1;
/// What happens at a certain time whatever is looked at.
pub(super) const TIMED: usize = 2;

impl Decision {
    /// The kind of events that are omitted.
    pub(super) fn omits(self) -> Option<usize> {
        match self {
            Self::Continue => None,
            Self::StopDosing => Some(DOSE),
            Self::NoTransfusion => Some(TRANSFUSION),
        }
    }
}

/// When a look stopped dosing, h.
#[must_use]
pub fn dosing_stopped_at(ending: &Ending) -> Option<f64> {
    ending.omitted_at[DOSE]
}

/// When a look decided against a transfusion, h.
#[must_use]
pub fn transfusion_omitted_at(ending: &Ending) -> Option<f64> {
    ending.omitted_at[TRANSFUSION]
}
