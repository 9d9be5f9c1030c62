//! Two arms in several strata.

use super::distributions::{chi_squared_above, statrs_normal_quantile};
use super::{Difference, Interval, Level, Table};
use serde::{Deserialize, Serialize};

/// Shares of Σ Q below this are rounding: the variance of the difference is 0 there.
const ROUNDING: f64 = 1e-12;

/// The strata that have subjects in both arms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stratified {
    strata: Vec<Counts>,
    dropped: usize,
}

/// A test with chi-squared with 1 degree of freedom.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChiSquared {
    /// The statistic.
    pub statistic: f64,
    /// The two-sided p-value.
    pub p_value: f64,
    /// The one-sided p-value: that the treated have the event more often than the controls.
    pub p_greater: f64,
}

/// The difference of risks that all strata share, treated less control.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CommonDifference {
    /// The difference.
    pub value: f64,
    /// Its standard error by Sato's variance; 0 where no stratum says anything about it.
    pub standard_error: f64,
    /// Its interval; none where the standard error is 0.
    pub interval: Option<Interval>,
}

impl CommonDifference {
    /// The difference with its interval, where it has one.
    #[must_use]
    pub fn difference(&self) -> Option<Difference> {
        self.interval.map(|interval| Difference { value: self.value, interval })
    }
}

/// The counts of one stratum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts(Table);

impl Counts {
    /// Events of the treated X and of the controls Y, subjects n1 and n0.
    fn cells(self) -> [f64; 4] {
        let Table { treated, control } = self.0;
        [treated.events(), control.events(), treated.n(), control.n()].map(|count| count as f64)
    }

    /// The events of the treated beyond those expected without an effect, and their variance.
    fn excess(self) -> (f64, f64) {
        let [x, y, n1, n0] = self.cells();
        let (n, events) = (n1 + n0, x + y);
        let variance = n1 * n0 * events * (n - events) / (n * n * (n - 1.0));
        (x - n1 * events / n, variance)
    }

    /// Numerator and weight in the common difference, and Sato's P and Q.
    fn difference(self) -> [f64; 4] {
        let [x, y, n1, n0] = self.cells();
        let n = n1 + n0;
        let numerator = (x * n0 - y * n1) / n;
        let p = (n1 * n1 * y - n0 * n0 * x + n1 * n0 * (n0 - n1) / 2.0) / (n * n);
        let q = (x * (n0 - y) + y * (n1 - x)) / (2.0 * n);
        [numerator, n1 * n0 / n, p, q]
    }
}

impl Stratified {
    /// Drops the tables in which an arm is empty: they do not compare anything.
    #[must_use]
    pub fn new(tables: &[Table]) -> Self {
        let is_full = |table: &&Table| table.treated.n() > 0 && table.control.n() > 0;
        let strata: Vec<_> = tables.iter().filter(is_full).map(|table| Counts(*table)).collect();
        let dropped = tables.len() - strata.len();
        Self { strata, dropped }
    }

    /// Strata that were dropped because an arm was empty.
    #[must_use]
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// Strata that are left.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.strata.len()
    }

    /// The Cochran-Mantel-Haenszel test without continuity correction (Z5); none where no stratum
    /// has both subjects with and without the event.
    ///
    /// ```text
    /// Χ² = (Σ (X − E))²/Σ V,  E = n1 m/N,  V = n1 n0 m (N − m)/(N² (N − 1))  (Z5)
    /// ```
    ///
    /// X of n1 treated and m of all N have the event. A stratum in which all or none have it adds
    /// nothing. Mantel & Haenszel, J Natl Cancer Inst 1959, 22:719. The one-sided p-value is the upper
    /// tail of Σ (X − E)/√(Σ V), which is standard normal without an effect.
    #[must_use]
    pub fn cochran_mantel_haenszel(&self) -> Option<ChiSquared> {
        let (mut excess, mut variance) = (0.0, 0.0);
        for (e, v) in self.strata.iter().map(|stratum| stratum.excess()) {
            excess += e;
            variance += v;
        }
        if variance <= 0.0 {
            return None;
        }
        let statistic = excess * excess / variance; // (Z5)
        let p_value = chi_squared_above(statistic, 1.0);
        let tail = p_value / 2.0;
        let p_greater = if excess > 0.0 { tail } else { 1.0 - tail };
        Some(ChiSquared { statistic, p_value, p_greater })
    }

    /// The common difference of risks of Mantel and Haenszel (Z6) with Sato's variance (Z7); none
    /// where no stratum is left.
    ///
    /// ```text
    /// d = Σ (X n0 − Y n1)/N/Σ n1 n0/N                                        (Z6)
    /// var d = (d Σ P + Σ Q)/(Σ n1 n0/N)²,                                    (Z7)
    ///   P = (n1² Y − n0² X + n1 n0 (n0 − n1)/2)/N²,
    ///   Q = (X (n0 − Y) + Y (n1 − X))/(2 N)
    /// ```
    ///
    /// X of n1 treated and Y of n0 controls have the event. The interval is d ± z √(var d), cut to
    /// −1 and 1. Greenland & Robins, Biometrics 1985, 41:55; Sato, Biometrics 1989, 45:1323.
    #[must_use]
    pub fn mantel_haenszel(&self, level: Level) -> Option<CommonDifference> {
        let mut sums = [0.0; 4];
        for terms in self.strata.iter().map(|stratum| stratum.difference()) {
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += term;
            }
        }
        let [numerator, weight, p, q] = sums;
        if weight <= 0.0 {
            return None;
        }
        let value = numerator / weight; // (Z6)
        let spread = value * p + q;
        if spread <= ROUNDING * q {
            return Some(CommonDifference { value, standard_error: 0.0, interval: None });
        }
        let standard_error = spread.sqrt() / weight; // (Z7)
        let half = statrs_normal_quantile(level.up_to_upper()) * standard_error;
        let interval = Some(Interval::of_difference(value - half, value + half));
        Some(CommonDifference { value, standard_error, interval })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Proportion;
    use super::super::reference::{rows, tables};
    use super::*;

    fn stratified(text: &str) -> Stratified {
        Stratified::new(&tables(text))
    }

    /// All single tables of arms of up to four.
    fn small_tables() -> Vec<Table> {
        let counts: Vec<_> = (1..=4).flat_map(|n| (0..=n).map(move |k| (k, n))).collect();
        let arms = counts.iter().map(|(k, n)| Proportion::new(*k, *n).unwrap());
        let arms: Vec<_> = arms.collect();
        let pairs = arms.iter().flat_map(|t| arms.iter().map(|c| (*t, *c)));
        pairs.map(|(treated, control)| Table { treated, control }).collect()
    }

    fn swapped(table: &Table) -> Table {
        Table { treated: table.control, control: table.treated }
    }

    #[test]
    fn val_cochran_mantel_haenszel_equals_that_of_r() {
        // Source: tests/reference/statistics.R, mantelhaen.test(correct = FALSE); rounding.
        for row in rows("cmh") {
            let test = stratified(&row.input).cochran_mantel_haenszel().unwrap();
            let found = if row.quantity == "p_value" { test.p_value } else { test.statistic };
            assert!((found - row.value).abs() < 1e-12 * row.value, "{row:?}: {found}");
        }
    }

    #[test]
    fn val_mantel_haenszel_with_satos_variance_equals_metafor() {
        // Source: tests/reference/statistics.R, metafor rma.mh; rounding. metafor does not cut.
        for row in rows("mantel_haenszel") {
            let level = Level::new(row.level).unwrap();
            let found = stratified(&row.input).mantel_haenszel(level).unwrap();
            let (found, expected) = match row.quantity.as_str() {
                "difference" => (found.value, row.value),
                "standard_error" => (found.standard_error, row.value),
                "lower" => (found.interval.unwrap().lower, row.value.max(-1.0)),
                _ => (found.interval.unwrap().upper, row.value.min(1.0)),
            };
            assert!((found - expected).abs() < 1e-13, "{row:?}: {found}");
        }
    }

    #[test]
    fn analytic_one_stratum_is_the_crude_table() {
        // The test is Pearson's times (N − 1)/N; the difference is the crude one.
        for table in small_tables() {
            let one = Stratified::new(&[table]);
            let [x, y, n1, n0] = Counts(table).cells();
            let (n, events) = (n1 + n0, x + y);
            let crude = x / n1 - y / n0;
            let common = one.mantel_haenszel(Level::NINETY_FIVE).unwrap();
            assert!((common.value - crude).abs() < 1e-15, "{table:?}");
            let share = events / n;
            let pearson = crude * crude / (share * (1.0 - share) * (1.0 / n1 + 1.0 / n0));
            match one.cochran_mantel_haenszel() {
                Some(test) => {
                    let expected = pearson * (n - 1.0) / n;
                    assert!((test.statistic - expected).abs() < 1e-13, "{table:?}");
                }
                None => assert!(!(events > 0.0 && events < n), "{table:?}"),
            }
        }
    }

    #[test]
    fn invariant_swapping_the_arms_changes_signs_only() {
        let all = small_tables();
        for pair in all.windows(2) {
            let there = Stratified::new(pair);
            let back: Vec<_> = pair.iter().map(swapped).collect();
            let back = Stratified::new(&back);
            let [a, b] = [&there, &back].map(|s| s.mantel_haenszel(Level::NINETY_FIVE).unwrap());
            assert!((a.value + b.value).abs() < 1e-14, "{pair:?}");
            assert!((a.standard_error - b.standard_error).abs() < 1e-14, "{pair:?}");
            let tests = [there, back].map(|s| s.cochran_mantel_haenszel());
            if let [Some(a), Some(b)] = tests {
                assert!((a.statistic - b.statistic).abs() < 1e-13, "{pair:?}");
            } else {
                assert_eq!(tests, [None, None]);
            }
        }
    }

    #[test]
    fn invariant_strata_with_an_empty_arm_are_dropped_and_change_nothing() {
        let full = stratified("8/12 3/11;5/9 2/8");
        let with_empty = stratified("8/12 3/11;0/0 4/5;5/9 2/8;3/3 0/0;0/0 0/0");
        assert_eq!((with_empty.dropped(), with_empty.kept()), (3, 2));
        assert_eq!(with_empty.strata, full.strata);
    }

    #[test]
    fn invariant_strata_without_variation_count_for_the_difference_only() {
        let some = stratified("8/12 3/11");
        let more = stratified("8/12 3/11;4/4 5/5;0/7 0/3");
        assert_eq!(some.cochran_mantel_haenszel(), more.cochran_mantel_haenszel());
        let [some, more] = [some, more].map(|s| s.mantel_haenszel(Level::NINETY_FIVE).unwrap());
        assert!(more.value < some.value, "{more:?}");
    }

    #[test]
    fn invariant_degenerate_tables_have_no_test_and_no_interval() {
        for (text, difference) in
            [("4/4 3/3", 0.0), ("0/4 0/3;0/1 0/2", 0.0), ("1/1 1/1;0/2 0/5", 0.0)]
        {
            let degenerate = stratified(text);
            assert_eq!(degenerate.cochran_mantel_haenszel(), None, "{text}");
            let common = degenerate.mantel_haenszel(Level::NINETY_FIVE).unwrap();
            let expected =
                CommonDifference { value: difference, standard_error: 0.0, interval: None };
            assert_eq!(common, expected, "{text}");
            assert_eq!(common.difference(), None);
        }
        for text in ["0/0 1/2", "3/4 0/0;0/0 0/0"] {
            let empty = stratified(text);
            assert_eq!(empty.cochran_mantel_haenszel(), None);
            assert_eq!(empty.mantel_haenszel(Level::NINETY_FIVE), None);
        }
        // All of the treated and none of the controls: the test exists, the variance is 0.
        let apart = stratified("3/3 0/3;5/5 0/5");
        assert!(apart.cochran_mantel_haenszel().unwrap().p_value < 0.01);
        assert_eq!(apart.mantel_haenszel(Level::NINETY_FIVE).unwrap().interval, None);
        assert_eq!(Stratified::new(&[]).cochran_mantel_haenszel(), None);
    }

    #[test]
    fn prop_no_strata_give_a_number_that_is_not_one() {
        // Every two strata of arms of up to four.
        let all = small_tables();
        for (a, b) in all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b))) {
            let strata = Stratified::new(&[a, b]);
            if let Some(test) = strata.cochran_mantel_haenszel() {
                assert!(test.statistic >= 0.0 && (0.0..=1.0).contains(&test.p_value));
            }
            let common = strata.mantel_haenszel(Level::NINETY_FIVE).unwrap();
            assert!(common.value.abs() <= 1.0 && common.standard_error >= 0.0, "{a:?} {b:?}");
            if let Some(interval) = common.interval {
                assert!(interval.contains(common.value), "{a:?} {b:?}: {common:?}");
            }
        }
    }
}
