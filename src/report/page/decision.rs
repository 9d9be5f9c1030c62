//! What a decision rests on: the approved treatment in patients who are changed in one respect.

use crate::error::Result;
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::window::{Outlook, People, Question, Treatment};

/// Patients of each variant with each change.
pub(super) const SUBJECTS: usize = 2000;

/// The numbers that a decision rests on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decision {
    /// Probability of a measured count of the threshold or more on the best day.
    pub(super) chance: f64,
    /// Days at or above the threshold, median patient.
    pub(super) days: f64,
}

impl Decision {
    pub(super) fn of(outlook: &Outlook) -> Self {
        Self { chance: outlook.best().at_threshold, days: outlook.days_at_threshold.q50 }
    }

    /// The mean of several.
    pub(super) fn mean(outlooks: &[Outlook]) -> Self {
        let all: Vec<Self> = outlooks.iter().map(Self::of).collect();
        let mean = |of: fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
        Self { chance: mean(|own| own.chance), days: mean(|own| own.days) }
    }
}

/// The approved treatment in patients of a variant.
pub(super) fn approved(patients: &VirtualPatients, variant: Variant) -> Result<Outlook> {
    let question = Question { variant, subjects: SUBJECTS, ..Question::new(patients) };
    Ok(People::new(question)?.answer(&Treatment::approved())?.outlook)
}
