//! One arm against another: difference of shares, crude and over strata.

use super::allocation::strata;
use super::comparison_rule::pairs;
use super::design::Design;
use super::measure::Event;
use super::outcome::Outcome;
use crate::statistics::{
    ChiSquared, CommonDifference, Difference, Level, Proportion, Stratified, Table,
};
use serde::{Deserialize, Serialize};

/// A comparison that is reported of every trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// The arm, by its place in the design.
    pub arm: usize,
    /// The arm that it is compared with.
    pub control: usize,
    /// The event whose shares are compared.
    pub event: Event,
}

/// A comparison in one simulated trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The events of both arms.
    pub table: Table,
    /// Crude difference with Newcombe's interval.
    pub crude: Option<Difference>,
    /// Cochran-Mantel-Haenszel test over the strata.
    pub test: Option<ChiSquared>,
    /// Mantel-Haenszel common difference over the strata.
    pub common: Option<CommonDifference>,
    /// Strata in which one of the arms is empty.
    pub dropped_strata: usize,
}

impl Comparison {
    /// What the design compares: its pairs of arms, each in all of its endpoints.
    #[must_use]
    pub fn standard(design: &Design) -> Vec<Self> {
        let events = design.comparison.events();
        let of_pair = |(arm, control)| {
            events.clone().into_iter().map(move |event| Self { arm, control, event })
        };
        pairs(design).into_iter().flat_map(of_pair).collect()
    }

    /// The comparison in one simulated trial.
    #[must_use]
    pub fn of(&self, design: &Design, trial: &[Outcome]) -> Compared {
        let share = |arm: usize, stratum: Option<usize>| {
            let own = trial
                .iter()
                .filter(|p| p.arm == arm && stratum.is_none_or(|stratum| p.stratum == stratum));
            Proportion::of(own.filter_map(|patient| self.event.of(design, patient)))
        };
        let table = |stratum| Table {
            treated: share(self.arm, stratum),
            control: share(self.control, stratum),
        };
        let by_stratum: Vec<Table> = (0..strata(design)).map(|s| table(Some(s))).collect();
        let stratified = Stratified::new(&by_stratum);
        let whole = table(None);
        Compared {
            table: whole,
            crude: whole.newcombe(Level::NINETY_FIVE),
            test: stratified.cochran_mantel_haenszel(),
            common: stratified.mantel_haenszel(Level::NINETY_FIVE),
            dropped_strata: stratified.dropped(),
        }
    }
}

impl Compared {
    /// The p-value of the test, as the design wants it.
    #[must_use]
    pub fn p_value(&self, design: &Design) -> Option<f64> {
        self.test.as_ref().map(|test| design.comparison.sided.p_value(test))
    }
}
