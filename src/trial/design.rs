//! A trial's protocol, as data: every rule that a simulated patient meets.

use super::comparison_rule::ComparisonRule;
use crate::numeric::exp;
use crate::population::{VirtualPatients, seed_of};
use crate::regimen::Regimen;
use crate::units::Time;

/// A clinical trial as it is to be run.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// Name of the file, without its ending.
    pub id: String,
    /// What it is, in words.
    pub title: String,
    /// The same in a few words.
    pub short: String,
    /// Virtual patients: a shipped name, or a file.
    pub patients: String,
    /// The trial whose calibrated practice applies; its own where none is named.
    pub practice_as: Option<String>,
    /// Key of its random numbers, the id where none is given: trials with the same key and seed have
    /// the same candidates, those with different keys share none.
    pub streams: String,
    /// Number of patients randomised.
    pub randomised: usize,
    /// Who may take part.
    pub entry: Entry,
    /// Who gets what.
    pub arms: Vec<Arm>,
    /// How patients are allotted to the arms.
    pub allocation: Allocation,
    /// When counts are taken.
    pub visits: Visits,
    /// How doses are taken.
    pub dosing: Dosing,
    /// The invasive procedure.
    pub procedure: Procedure,
    /// Platelet transfusions.
    pub transfusion: Transfusion,
    /// What the endpoints look at.
    pub endpoints: Endpoints,
    /// How the arms are compared.
    pub comparison: ComparisonRule,
    /// What to know about it.
    pub note: String,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// Who may take part.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Entry {
    /// Visit day of screening, before day 1.
    pub screening_day: f64,
    /// The measured screening count must lie below this, 10⁹/L.
    pub count_below: f64,
    /// Whether a covariate `thrombosis` of 1 excludes.
    pub exclude_thrombosis: bool,
}

/// One arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// Name in files and tables.
    pub id: String,
    /// Name in figures.
    pub title: String,
    /// Planned doses and the stopping rule.
    pub regimen: Regimen,
    /// The regimen as the file writes it.
    pub regimen_text: String,
    /// Its share in a block.
    pub ratio: usize,
    /// Exact number of its patients, where the protocol or the publication fixes it.
    pub size: Option<usize>,
    /// What physicians and patients do besides the protocol.
    pub practice: Practice,
}

/// What is done in practice, where the protocol would have it otherwise or says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Practice {
    /// P(no transfusion | pre-procedure count below the threshold).
    pub no_transfusion_below: f64,
    /// By how much the logit of that differs in this arm from the value given: 0, or in arms with drug
    /// what was calibrated.
    pub logit_difference: f64,
    /// P(transfusion | pre-procedure count at or above the threshold).
    pub transfusion_above: f64,
    /// P(the procedure does not take place).
    pub no_procedure: f64,
    /// How a patient without procedure counts.
    pub no_procedure_counts_as: NoProcedure,
    /// P(rescue therapy for bleeding within the days after the procedure).
    pub rescue: f64,
    /// P(the patient leaves the trial between the first dose and its end).
    pub dropout: f64,
}

impl Arm {
    /// Whether any dose is planned.
    #[must_use]
    pub fn has_drug(&self) -> bool {
        !self.regimen.planned().is_empty()
    }
}

impl Practice {
    /// P(no transfusion | pre-procedure count below the threshold) in this arm: logit p + difference.
    #[must_use]
    pub fn spared_below(&self) -> f64 {
        let p = self.no_transfusion_below;
        if self.logit_difference.to_bits() == 0 {
            return p;
        }
        p / (p + (1.0 - p) * exp(-self.logit_difference)) // (J18)
    }

    /// P(transfusion) of a patient whose procedure takes place, from the measured count before it.
    #[must_use]
    pub fn p_transfusion(&self, rule: &Transfusion, pre_count: Option<f64>) -> f64 {
        match pre_count {
            None => f64::from(u8::from(rule.without_count)),
            Some(count) if count < rule.below => 1.0 - self.spared_below(),
            Some(_) => self.transfusion_above,
        }
    }
}

/// How a patient counts whose procedure does not take place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NoProcedure {
    /// By what happened: not transfused, so a success of the primary endpoint.
    #[default]
    NotTransfused,
    /// As a failure of the primary endpoint.
    Failure,
}

/// Randomisation in permuted blocks within strata.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Allocation {
    /// Size of a block.
    pub block: usize,
    /// Share of the patients whose procedure is an ablation; strata by it.
    pub ablation: Option<f64>,
    /// Strata by the measured screening count, cut here, 10⁹/L.
    pub count_cut: Option<f64>,
}

/// When counts are taken.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Visits {
    /// Nominal visit days, rising; day 1 is the baseline before the first dose.
    pub days: Vec<f64>,
    /// Visits from the day of the pre-procedure count on may lie this many days earlier or later.
    pub window_days: f64,
    /// P(a visit after baseline is missed).
    pub missed: f64,
}

/// How doses are taken.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Dosing {
    /// P(a dose is missed).
    pub missed: f64,
    /// A dose is late by a time uniform up to this, h.
    pub late_h: f64,
    /// Whether the dose of a day on which the rule's count is missing is given.
    pub without_count: bool,
}

/// The invasive procedure.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Procedure {
    /// First visit day of its window.
    pub first_day: f64,
    /// Last visit day of its window.
    pub last_day: f64,
}

/// Platelet transfusion before the procedure.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Transfusion {
    /// Required where the pre-procedure count lies below this, 10⁹/L.
    pub below: f64,
    /// The pre-procedure count is taken on this visit day or later.
    pub count_from_day: f64,
    /// And at most so many days before the procedure.
    pub count_within_days: f64,
    /// Whether a count of the procedure's own day may decide.
    pub count_same_day: bool,
    /// Whether a patient without such a count is transfused.
    pub without_count: bool,
    /// Platelets given, 10⁹.
    pub platelets_1e9: f64,
}

/// What the endpoints look at.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Endpoints {
    /// Last visit day of the durations.
    pub last_day: f64,
    /// Responder: count at or above this, 10⁹/L ...
    pub at_least: f64,
    /// ... and so much above the measured baseline.
    pub rise: f64,
    /// A count that is too high, 10⁹/L.
    pub high: f64,
    /// Days after the procedure in which bleeding may need rescue.
    pub rescue_days: f64,
}

impl Design {
    /// End of the simulation.
    #[must_use]
    pub fn until(&self) -> Time {
        let last = self.visits.days.last().copied().unwrap_or(1.0).max(self.endpoints.last_day);
        Time::visit_day(last + self.visits.window_days)
    }

    /// Visit day of the last planned dose over all arms.
    #[must_use]
    pub fn last_dose_day(&self) -> f64 {
        let doses = self.arms.iter().flat_map(|arm| arm.regimen.planned());
        doses.map(|dose| dose.time.in_days() + 1.0).fold(1.0, f64::max)
    }

    /// Whether the visit of this nominal day may lie earlier or later; visits during dosing do not.
    #[must_use]
    pub fn visit_moves(&self, day: f64) -> bool {
        day >= self.transfusion.count_from_day
    }

    /// The seed of its random numbers where `seed` is that of the run.
    #[must_use]
    pub fn seed(&self, seed: u64) -> u64 {
        seed_of(seed, &self.streams)
    }

    /// The trial whose calibrated practice applies.
    #[must_use]
    pub fn practice_of(&self) -> &str {
        self.practice_as.as_deref().unwrap_or(&self.id)
    }

    /// The protocol with the practice that was calibrated with `patients`, if any was.
    #[must_use]
    pub fn with_practice_of(&self, patients: &VirtualPatients) -> Self {
        let mut design = self.clone();
        for own in patients.practice.iter().filter(|own| own.trial == self.practice_of()) {
            for arm in &mut design.arms {
                let has_drug = arm.has_drug();
                let practice = &mut arm.practice;
                let old = *practice;
                if let Some(difference) = own.drug_difference.filter(|_| has_drug) {
                    practice.logit_difference = difference;
                }
                practice.no_procedure = own.no_procedure.unwrap_or(old.no_procedure);
                practice.no_transfusion_below =
                    own.no_transfusion_below.unwrap_or(old.no_transfusion_below);
                practice.transfusion_above = own.transfusion_above.unwrap_or(old.transfusion_above);
                practice.rescue = own.rescue.unwrap_or(old.rescue);
            }
        }
        design
    }

    /// The arm called `id`.
    #[must_use]
    pub fn arm(&self, id: &str) -> Option<usize> {
        self.arms.iter().position(|arm| arm.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::{Practice, Transfusion};

    #[test]
    fn analytic_transfusion_follows_practice_and_the_switch_where_there_is_no_count() {
        let practice =
            Practice { no_transfusion_below: 0.3, transfusion_above: 0.1, ..Practice::default() };
        let design = super::Design::load(std::path::Path::new("l_plus_2")).unwrap();
        let rule = Transfusion { without_count: false, ..design.transfusion };
        let p = |rule, count| practice.p_transfusion(rule, count);
        assert!((p(&rule, Some(49.9)) - 0.7).abs() < 1e-15);
        assert!((p(&rule, Some(50.0)) - 0.1).abs() < 1e-15);
        assert!(p(&rule, None).abs() < 1e-15);
        assert!((p(&Transfusion { without_count: true, ..rule }, None) - 1.0).abs() < 1e-15);
    }
}
