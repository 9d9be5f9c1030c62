//! Answers: what is to be expected, with what was asked.

use super::baseline::Baseline;
use super::outlook::Outlook;
use super::people::People;
use super::question::Question;
use super::treatment::Treatment;
use crate::error::Result;
use crate::model::Variant;

/// What is to be expected for some patients under one treatment.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Structural variant.
    pub variant: Variant,
    /// What is known of the count before treatment.
    pub baseline: Baseline,
    /// The count wanted at the procedure, 10⁹/L.
    pub threshold: f64,
    /// The count that is too high, 10⁹/L.
    pub too_high: f64,
    /// The treatment.
    pub treatment: Treatment,
    /// What is to be expected.
    pub outlook: Outlook,
}

impl People<'_> {
    /// What is to be expected under a treatment.
    ///
    /// # Errors
    /// A treatment that is none.
    pub fn answer(&self, treatment: &Treatment) -> Result<Answer> {
        let outlook = self.under(treatment)?.outlook(&self.question);
        let Question { variant, baseline, threshold, too_many: too_high, .. } = self.question;
        Ok(Answer { variant, baseline, threshold, too_high, treatment: treatment.clone(), outlook })
    }
}

impl Answer {
    /// Probability of the threshold or more at a procedure so many days after the first dose.
    #[must_use]
    pub fn started_before(&self, days: usize) -> Option<f64> {
        self.outlook.days.get(days).map(|day| day.at_threshold)
    }
}
