//! How many patients of a population could not be integrated, and what that means for its summaries.
//!
//! Quantiles, means and shares are of the patients who could be integrated. With `f` of `n` patients
//! failed, a share that holds for `k` of the others lies between `k/n` and `(k + f)/n` of all.

use super::Ending;
use crate::error::{Error, Failure, Reason};
use crate::model::ParameterSet;
use serde::{Deserialize, Serialize};

/// Above this share of failed patients a summary describes only a part of the population.
pub const PARTIAL_SHARE: f64 = 0.05;
/// The engines in the records of runs.
const LANES: &str = "lanes, Dormand-Prince 5(4)";
const CLOSED_FORM: &str = ", drug in closed form";
const REFERENCE: &str = "reference, Dormand-Prince 8(5,3)";

/// The first patient who could not be integrated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FirstFailure {
    /// Number of the patient.
    pub subject: usize,
    /// Time reached, h.
    pub time_h: f64,
    /// Position of the state concerned, where one is known.
    pub state: Option<usize>,
    /// What happened.
    pub reason: Reason,
}

/// How many of how many patients could not be integrated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Failures {
    /// Patients in all, the failed ones included.
    pub subjects: usize,
    /// Those who could not be integrated.
    pub failed: usize,
    /// Those whom the reference engine integrated.
    pub by_reference: usize,
    /// Those of the others whose drug was integrated too, rather than taken in closed form.
    pub all_states: usize,
    /// The first who could not be integrated.
    pub first: Option<FirstFailure>,
}

/// What failures mean for a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Nobody failed.
    Whole,
    /// So few failed that the summary still describes the population.
    Few,
    /// More than [`PARTIAL_SHARE`] failed: the summary is of a part.
    Part,
    /// Nobody could be integrated: there is nothing to summarise.
    Nothing,
}

impl Failures {
    /// Of consecutive patients from number `first_subject`.
    #[must_use]
    pub fn of(first_subject: usize, endings: &[Ending]) -> Self {
        let mut all = Self::default();
        for (i, ending) in endings.iter().enumerate() {
            all.count(first_subject + i, ending);
        }
        all
    }

    /// Counts one more patient.
    pub fn count(&mut self, subject: usize, ending: &Ending) {
        self.subjects += 1;
        self.by_reference += usize::from(ending.by_reference && ending.failure.is_none());
        self.all_states += usize::from(ending.all_states && !ending.by_reference);
        if let Some(reason) = ending.failure {
            self.failed += 1;
            let Ending { reached: time_h, state, .. } = *ending;
            self.first.get_or_insert(FirstFailure { subject, time_h, state, reason });
        }
    }

    /// Adds the patients of another population, which come after these.
    pub fn add(&mut self, other: &Self) {
        self.subjects += other.subjects;
        self.failed += other.failed;
        self.by_reference += other.by_reference;
        self.all_states += other.all_states;
        self.first = self.first.or(other.first);
    }

    /// Those of several populations, one after the other.
    #[must_use]
    pub fn sum<'a>(populations: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all = Self::default();
        populations.into_iter().for_each(|failures| all.add(failures));
        all
    }

    /// What these failures mean for a summary.
    #[must_use]
    pub fn extent(&self) -> Extent {
        match self.failed {
            0 => Extent::Whole,
            failed if failed == self.subjects => Extent::Nothing,
            failed if failed as f64 > PARTIAL_SHARE * self.subjects as f64 => Extent::Part,
            _ => Extent::Few,
        }
    }

    /// Bounds of a share of all patients, where `share` is that of the integrated ones.
    #[must_use]
    pub fn bounds(&self, share: f64) -> (f64, f64) {
        let (n, failed) = (self.subjects as f64, self.failed as f64);
        let low = share * (n - failed) / n;
        (low, low + failed / n)
    }

    /// What integrated these patients, for the record of a run.
    #[must_use]
    pub fn integrator(&self) -> String {
        let Self { subjects, failed, by_reference, all_states, .. } = *self;
        let drug = if all_states == 0 { CLOSED_FORM } else { "" };
        match by_reference {
            0 => format!("{LANES}{drug}"),
            all if all == subjects - failed => REFERENCE.to_owned(),
            some => format!("{LANES}{drug}; {some} of {subjects} patients: {REFERENCE}"),
        }
    }

    /// The count in words; none where nobody failed.
    #[must_use]
    pub fn in_words(&self) -> Option<String> {
        let Self { subjects, failed, .. } = self;
        (*failed > 0).then(|| format!("{failed} of {subjects} patients could not be integrated"))
    }

    /// The count as a comment line of a table; empty where nobody failed.
    #[must_use]
    pub fn comment(&self) -> String {
        let line = |words| format!("# {words}; the table describes the others\n");
        self.in_words().map(line).unwrap_or_default()
    }

    /// The first failure with the name of its state in the model of `set`.
    #[must_use]
    pub fn first_in(&self, set: &ParameterSet) -> Option<(usize, Failure)> {
        let FirstFailure { subject, time_h, state: index, reason } = self.first?;
        let state = index.and_then(|index| state_name(set, index)).unwrap_or_default();
        Some((subject, Failure { time_h, index, state, reason }))
    }

    /// The error that it is if nobody could be integrated.
    #[must_use]
    pub fn error(&self, set: &ParameterSet) -> Option<Error> {
        let (subject, failure) = self.first_in(set).filter(|_| self.extent() == Extent::Nothing)?;
        Some(Error::NoneIntegrated { subjects: self.subjects, subject, failure })
    }
}

fn state_name(set: &ParameterSet, index: usize) -> Option<String> {
    let patient = set.model.individual(&set.theta()).ok()?;
    patient.states().into_iter().nth(index).map(|state| state.name)
}

#[cfg(test)]
mod tests {
    use super::{Ending, Extent, Failures, Reason};

    fn endings(failed: usize, whole: usize) -> Vec<Ending> {
        let failure = Some(Reason::Stiff);
        let bad = Ending { reached: 3.0, failure, ..Ending::default() };
        [vec![Ending::default(); whole], vec![bad; failed]].concat()
    }

    #[test]
    fn analytic_failures_are_counted_and_judged_by_their_share() {
        for (failed, whole, extent) in [
            (0, 20, Extent::Whole),
            (1, 19, Extent::Few),
            (2, 19, Extent::Part),
            (4, 0, Extent::Nothing),
            (0, 0, Extent::Whole),
        ] {
            let found = Failures::of(10, &endings(failed, whole));
            assert_eq!((found.subjects, found.failed), (failed + whole, failed));
            assert_eq!(found.extent(), extent, "{failed} of {}", failed + whole);
            assert_eq!(found.first.map(|first| first.subject), (failed > 0).then_some(10 + whole));
            assert_eq!(found.comment().is_empty(), failed == 0);
        }
    }

    #[test]
    fn analytic_a_share_is_bounded_by_what_the_failed_could_be() {
        // 6 of 8 integrated patients, 2 failed: between 6/10 and 8/10 of all.
        let (low, high) = Failures::of(0, &endings(2, 8)).bounds(0.75);
        assert!((low - 0.6).abs() < 1e-15 && (high - 0.8).abs() < 1e-15, "{low} {high}");
    }
}
