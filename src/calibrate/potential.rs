//! The potential outcomes of virtual patients, with the probability of each given the practice.

use crate::trial::{Design, Form, Outcome, Practice, Subset};

/// The potential outcomes of the patients of an arm, or of several, evaluated for the requested statistics.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PotentialOutcomes {
    /// The probability of each outcome.
    pub weights: Vec<f64>,
    /// For each statistic the number (or 1 or 0 of an event) behind each outcome; NaN where the outcome does not
    /// belong to its subset.
    pub numbers: Vec<Vec<f64>>,
}

impl PotentialOutcomes {
    /// None yet, for so many statistics.
    #[must_use]
    pub fn of(statistics: usize) -> Self {
        Self { weights: Vec::new(), numbers: vec![Vec::new(); statistics] }
    }

    /// The same outcomes for a selection of the statistics.
    #[must_use]
    pub fn select(&self, statistics: &[usize]) -> Self {
        let numbers = statistics.iter().map(|j| self.numbers[*j].clone()).collect();
        Self { weights: self.weights.clone(), numbers }
    }

    /// Adds the outcomes of patients, with their probabilities; those without any are left out.
    pub(super) fn see(
        &mut self,
        design: &Design,
        statistics: &[(Subset, Form)],
        patients: &[Outcome],
        weights: &[f64],
    ) {
        let possible = || patients.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
        self.weights.extend(possible().map(|(_, weight)| *weight));
        for ((subset, form), column) in statistics.iter().zip(&mut self.numbers) {
            let number = |patient: &Outcome| {
                let number = subset.contains(patient).then(|| form.number(design, patient));
                number.flatten().unwrap_or(f64::NAN)
            };
            column.extend(possible().map(|(patient, _)| number(patient)));
        }
    }

    /// Adds those of an arm of `size` patients, which hold the statistics number `wanted`.
    pub(super) fn add_arm(&mut self, arm: Self, size: f64, wanted: &[usize]) {
        let total: f64 = arm.weights.iter().sum();
        self.weights.extend(arm.weights.iter().map(|weight| weight * (size / total)));
        for (j, numbers) in wanted.iter().zip(arm.numbers) {
            self.numbers[*j].extend(numbers);
        }
        for column in &mut self.numbers {
            column.resize(self.weights.len(), f64::NAN);
        }
    }

    /// Adds outcomes of the same statistics.
    pub(super) fn append(&mut self, other: Self) {
        self.weights.extend(other.weights);
        for (column, own) in self.numbers.iter_mut().zip(other.numbers) {
            column.extend(own);
        }
    }
}

/// The probability of each potential outcome of a patient, given the practice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likelihoods {
    /// Not transfused, not rescued.
    pub spared: f64,
    /// Not transfused, but rescued.
    pub rescued: f64,
    /// Transfused, not rescued.
    pub transfused: f64,
    /// No procedure, so not transfused either.
    pub no_procedure: f64,
}

impl Likelihoods {
    /// Of a patient seen without transfusion.
    #[must_use]
    pub fn new(design: &Design, practice: &Practice, without: &Outcome) -> Self {
        if without.schedule.procedure_day.is_none() {
            return Self { spared: 1.0, rescued: 0.0, transfused: 0.0, no_procedure: 0.0 };
        }
        let no_procedure = practice.no_procedure;
        let takes_place = 1.0 - no_procedure;
        let transfused =
            takes_place * practice.p_transfusion(&design.transfusion, without.pre_count);
        let rescued = (takes_place - transfused) * practice.rescue;
        Self { spared: takes_place - transfused - rescued, rescued, transfused, no_procedure }
    }
}
