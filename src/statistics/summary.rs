//! What many replicates of a trial say, with the error of having only so many.
//!
//! The Monte-Carlo standard error of a share of replicates is [`Proportion::standard_error`]
//! (Z12), of a mean over them [`Moments::standard_error`](super::Moments::standard_error), of a
//! percentile [`Percentile::error`] (Z13).

use super::distributions::statrs_normal_quantile;
use super::median::{interval_of_sorted, quantile_of_sorted, sorted};
use super::{Interval, Level, OrderInterval, Proportion};

/// A percentile of replicates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile {
    /// Which one, in \[0, 1\].
    pub probability: f64,
    /// The percentile (Z8).
    pub value: f64,
    /// Its Monte-Carlo standard error (Z13); none where there are too few replicates for it.
    pub error: Option<f64>,
}

/// Where a new trial would fall: the predictive interval of a statistic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Predictive {
    /// Lower end.
    pub lower: Percentile,
    /// Median of the replicates.
    pub median: Percentile,
    /// Upper end.
    pub upper: Percentile,
}

impl Predictive {
    /// The interval without its errors.
    #[must_use]
    pub fn interval(&self) -> Interval {
        Interval { lower: self.lower.value, upper: self.upper.value }
    }
}

/// How often a test was significant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Power {
    /// Replicates with a p-value below alpha, of all.
    pub rejections: Proportion,
    /// Replicates without a p-value, which count as not significant.
    pub untested: usize,
}

impl Power {
    /// The power; none without replicates.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.rejections.share()
    }

    /// Its Monte-Carlo standard error (Z12); none without replicates.
    #[must_use]
    pub fn error(&self) -> Option<f64> {
        self.rejections.standard_error()
    }

    /// Its interval (Z1); none without replicates.
    #[must_use]
    pub fn interval(&self, level: Level) -> Option<Interval> {
        self.rejections.clopper_pearson(level)
    }
}

/// The share of p-values below `alpha`. A replicate whose test does not exist, because nothing
/// varied in it, is not significant.
#[must_use]
pub fn power(p_values: &[Option<f64>], alpha: f64) -> Power {
    let is_below = |p: &Option<f64>| p.is_some_and(|p| p < alpha);
    Power {
        rejections: Proportion::of(p_values.iter().map(is_below)),
        untested: p_values.iter().filter(|p| p.is_none()).count(),
    }
}

/// A percentile of replicates with its Monte-Carlo standard error (Z13); none where
/// [`quantile`](super::quantile) has none.
///
/// ```text
/// (xs − xr)/(2 z),  z = Φ⁻¹((1 + coverage)/2)                               (Z13)
/// ```
///
/// xr to xs is the interval (Z9) of the percentile at 95 % with its coverage; Φ is the normal
/// distribution function.
#[must_use]
pub fn percentile(values: &[f64], probability: f64) -> Option<Percentile> {
    let sorted = sorted(values)?;
    (0.0..=1.0).contains(&probability).then(|| percentile_of_sorted(&sorted, probability))
}

/// The central interval that holds the share `level` of the replicates, with their median; none
/// without replicates or with one that is not a number.
#[must_use]
pub fn predictive_interval(values: &[f64], level: Level) -> Option<Predictive> {
    let sorted = sorted(values)?;
    let [lower, median, upper] = [level.lower_tail(), 0.5, level.up_to_upper()]
        .map(|probability| percentile_of_sorted(&sorted, probability));
    Some(Predictive { lower, median, upper })
}

fn percentile_of_sorted(sorted: &[f64], probability: f64) -> Percentile {
    let interval = interval_of_sorted(sorted, probability, Level::NINETY_FIVE);
    let error = interval.map(|OrderInterval { interval, coverage }| {
        // Ends that are equal and infinite have no difference.
        let width =
            if interval.upper > interval.lower { interval.upper - interval.lower } else { 0.0 };
        width / (2.0 * statrs_normal_quantile(f64::midpoint(1.0, coverage))) // (Z13)
    });
    Percentile { probability, value: quantile_of_sorted(sorted, probability), error }
}

#[cfg(test)]
mod tests {
    use super::super::{Moments, quantile};
    use super::*;
    use proptest::prelude::*;

    /// i/(n + 1): quantiles of the uniform distribution.
    fn uniform(n: u32) -> Vec<f64> {
        (1..=n).map(|i| f64::from(i) / f64::from(n + 1)).collect()
    }

    #[test]
    fn analytic_errors_of_percentiles_of_uniform_numbers() {
        // The error is √(p (1 − p)/n) over the density, which is 1. Ranks are whole numbers, so
        // that it comes out in steps of 1/(2 · 1.96 n).
        for n in [400, 10_000] {
            let values = uniform(n);
            for probability in [0.025, 0.5, 0.9, 0.975] {
                let found = percentile(&values, probability).unwrap();
                let expected = (probability * (1.0 - probability) / f64::from(n)).sqrt();
                let step = 0.3 / f64::from(n);
                let error = found.error.unwrap();
                assert!((error - expected).abs() < step, "{n} {probability}: {error} {expected}");
                assert!((found.value - probability).abs() < 1.0 / f64::from(n));
            }
        }
    }

    #[test]
    fn invariant_the_stated_error_of_a_median_is_how_medians_vary() {
        // A linear congruential generator (Knuth's MMIX) is random enough for medians of 200.
        let mut state = 1_u64;
        let mut draw = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / 9_007_199_254_740_992.0
        };
        let (mut medians, mut errors) = (Vec::new(), Vec::new());
        for _ in 0..2000 {
            let values: Vec<f64> = (0..200).map(|_| draw()).collect();
            let median = percentile(&values, 0.5).unwrap();
            medians.push(median.value);
            errors.push(median.error.unwrap());
        }
        let spread = Moments::new(&medians).unwrap().sd.unwrap();
        let stated = Moments::new(&errors).unwrap().mean;
        // The spread of 2000 medians is known to 1/√4000, 1.6 %: three times that.
        assert!((stated / spread - 1.0).abs() < 0.05, "{stated} {spread}");
    }

    #[test]
    fn analytic_predictive_intervals_hold_their_share() {
        let found = predictive_interval(&uniform(999), Level::new(0.9).unwrap()).unwrap();
        assert_eq!(found.interval(), Interval { lower: 0.05, upper: 0.95 });
        assert!((found.median.value - 0.5).abs() < 1e-15);
        assert!(found.lower.error < found.median.error);
    }

    #[test]
    fn invariant_too_few_replicates_have_percentiles_without_error() {
        let few = predictive_interval(&uniform(20), Level::NINETY_FIVE).unwrap();
        assert_eq!((few.lower.error, few.upper.error), (None, None));
        assert!(few.median.error.is_some());
        assert_eq!(percentile(&[1.0; 500], 0.5).unwrap().error, Some(0.0));
        assert_eq!(percentile(&[f64::INFINITY; 500], 0.5).unwrap().error, Some(0.0));
        assert_eq!(predictive_interval(&[], Level::NINETY_FIVE), None);
        assert_eq!(percentile(&[1.0, f64::NAN], 0.5), None);
        assert_eq!(percentile(&[1.0], 1.5), None);
    }

    #[test]
    fn analytic_power_is_the_share_below_alpha() {
        let p_values = [Some(0.01), Some(0.05), Some(0.049), None, Some(1.0), Some(f64::NAN)];
        let found = power(&p_values, 0.05);
        assert_eq!(found.rejections, Proportion::new(2, 6).unwrap());
        assert_eq!((found.untested, found.value()), (1, Some(1.0 / 3.0)));
        assert!((found.error().unwrap() - (2.0 / 54.0_f64).sqrt()).abs() < 1e-16);
        let exact = Proportion::new(2, 6).unwrap().clopper_pearson(Level::NINETY_FIVE);
        assert_eq!(found.interval(Level::NINETY_FIVE), exact);
        let none = power(&[], 0.05);
        assert_eq!(
            (none.value(), none.error(), none.interval(Level::NINETY_FIVE)),
            (None, None, None)
        );
    }

    proptest! {
        #[test]
        fn prop_percentiles_do_not_depend_on_order(
            mut values in proptest::collection::vec(-1e3..1e3, 1..80),
            probability in 0.0..=1.0,
        ) {
            let before = percentile(&values, probability);
            prop_assert_eq!(before.map(|p| p.value), quantile(&values, probability));
            values.reverse();
            prop_assert_eq!(before, percentile(&values, probability));
        }
    }
}
