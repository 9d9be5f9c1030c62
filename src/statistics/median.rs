//! Medians and other quantiles of a sample, with intervals from its order statistics.

use super::distributions::binomial_at_most;
use super::{Interval, Level};

/// Probabilities that differ by less are equal but for rounding.
const ROUNDING: f64 = 1e-12;

/// An interval between two values of the sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrderInterval {
    /// The two values.
    pub interval: Interval,
    /// The probability with which such an interval contains the quantile, at least the level; for
    /// continuous values. Ties raise it.
    pub coverage: f64,
}

/// The median: the middle value, or the mean of the two middle values; none without values.
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The quantile of the sample at `probability` (Z8); none without values, with a value that is not
/// a number, or where the probability is outside \[0, 1\].
///
/// ```text
/// xj where j − 1 < n p < j;  (xj + x(j+1))/2 where n p = j                 (Z8)
/// ```
///
/// xj is the j-th smallest of n values. This is definition 2 of Hyndman & Fan, Am Stat 1996,
/// 50:361, and the default of SAS (PCTLDEF = 5), in which most trials are reported: the order
/// statistic where there is one, the mean of two where there are two.
#[must_use]
pub fn quantile(values: &[f64], probability: f64) -> Option<f64> {
    let sorted = sorted(values)?;
    (0.0..=1.0).contains(&probability).then(|| quantile_of_sorted(&sorted, probability))
}

/// The interval of the median from order statistics; see [`quantile_interval`].
///
/// At 95 % it needs six values.
#[must_use]
pub fn median_interval(values: &[f64], level: Level) -> Option<OrderInterval> {
    quantile_interval(values, 0.5, level)
}

/// The interval of the quantile at `probability` between two order statistics (Z9); none with too
/// few values for the level, with a value that is not a number, or where the probability is not
/// between 0 and 1.
///
/// ```text
/// xr to xs,  largest r with F(r − 1) ≤ α/2,  smallest s with F(s − 1) ≥ 1 − α/2,
/// coverage F(s − 1) − F(r − 1)                                             (Z9)
/// ```
///
/// F is the binomial distribution function of n and the probability. David & Nagaraja, Order
/// Statistics, 3rd edition, section 7.1.
#[must_use]
pub fn quantile_interval(values: &[f64], probability: f64, level: Level) -> Option<OrderInterval> {
    interval_of_sorted(&sorted(values)?, probability, level)
}

/// The values in order; none without values or with one that is not a number.
pub(super) fn sorted(values: &[f64]) -> Option<Vec<f64>> {
    if values.is_empty() || values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Some(sorted)
}

/// [`quantile`] of values in order, at a probability in \[0, 1\].
pub(super) fn quantile_of_sorted(sorted: &[f64], probability: f64) -> f64 {
    let n = sorted.len();
    let place = n as f64 * probability;
    // n p is a whole number up to rounding.
    let rounding = 4.0 * f64::EPSILON * n as f64;
    let rank = smallest(n, |j| j >= 1 && j as f64 >= place - rounding); // (Z8)
    let value = sorted[rank - 1];
    match sorted.get(rank) {
        Some(next) if rank as f64 <= place + rounding && *next > value => {
            f64::midpoint(value, *next)
        }
        _ => value,
    }
}

/// [`quantile_interval`] of values in order.
pub(super) fn interval_of_sorted(
    sorted: &[f64],
    probability: f64,
    level: Level,
) -> Option<OrderInterval> {
    let n = sorted.len();
    if !(probability > 0.0 && probability < 1.0) {
        return None;
    }
    let at_most = |k| binomial_at_most(k, n, probability);
    let lower = smallest(n, |k| at_most(k) > level.lower_tail() + ROUNDING);
    let upper = 1 + smallest(n, |k| at_most(k) >= level.up_to_upper() - ROUNDING);
    if lower == 0 || upper > n {
        return None;
    }
    let interval = Interval { lower: sorted[lower - 1], upper: sorted[upper - 1] };
    Some(OrderInterval { interval, coverage: at_most(upper - 1) - at_most(lower - 1) }) // (Z9)
}

/// The smallest number up to `last` from which on `holds`; `last` where it holds for none.
fn smallest(last: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, last);
    while low < high {
        let middle = low.midpoint(high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::super::reference::{rows, values};
    use super::*;

    #[test]
    fn val_quantiles_equal_those_of_r() {
        // Source: tests/reference/statistics.R, quantile(type = 2); no rounding beyond the mean.
        for row in rows("quantile") {
            let found = quantile(&values(&row.input), row.level).unwrap();
            assert!((found - row.value).abs() < 1e-13, "{row:?}: {found}");
        }
    }

    #[test]
    fn val_order_intervals_have_the_ranks_and_coverage_of_r() {
        // Source: tests/reference/statistics.R, qbinom and pbinom. Limits are values of the sample.
        for (method, probability) in [("median", 0.5), ("upper_quartile", 0.75)] {
            for row in rows(method) {
                let level = Level::new(row.level).unwrap();
                let found = quantile_interval(&values(&row.input), probability, level).unwrap();
                let found = match row.quantity.as_str() {
                    "coverage" => found.coverage,
                    "lower" => found.interval.lower,
                    _ => found.interval.upper,
                };
                assert!((found - row.value).abs() < 1e-12, "{row:?}: {found}");
            }
        }
    }

    #[test]
    fn analytic_medians_of_odd_even_and_single_samples() {
        for (values, expected) in [
            (&[3.0, 1.0, 2.0][..], 2.0),
            (&[4.0, 1.0, 3.0, 2.0], 2.5),
            (&[7.0], 7.0),
            (&[1.0, f64::INFINITY, f64::INFINITY, f64::INFINITY], f64::INFINITY),
        ] {
            assert_eq!(median(values), Some(expected));
        }
        let values = [5.0, 4.0, 3.0, 2.0, 1.0];
        assert_eq!((quantile(&values, 0.0), quantile(&values, 1.0)), (Some(1.0), Some(5.0)));
        assert_eq!((quantile(&values, 0.2), quantile(&values, 0.21)), (Some(1.5), Some(2.0)));
    }

    #[test]
    fn invariant_no_values_no_numbers_and_no_probabilities_have_no_quantile() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[1.0, f64::NAN]), None);
        for probability in [-0.1, 1.1, f64::NAN] {
            assert_eq!(quantile(&[1.0], probability), None);
            assert_eq!(quantile_interval(&[1.0; 99], probability, Level::NINETY_FIVE), None);
        }
        assert_eq!(median_interval(&[], Level::NINETY_FIVE), None);
    }

    #[test]
    fn analytic_five_values_are_too_few_and_six_cover_with_31_of_32() {
        let values = [6.0, 1.0, 5.0, 2.0, 4.0, 3.0];
        assert_eq!(median_interval(&values[..5], Level::NINETY_FIVE), None);
        let found = median_interval(&values, Level::NINETY_FIVE).unwrap();
        assert_eq!(found.interval, Interval { lower: 1.0, upper: 6.0 });
        assert!((found.coverage - 31.0 / 32.0).abs() < 1e-14);
    }

    #[test]
    fn prop_order_intervals_are_the_narrowest_that_cover() {
        for n in 1..=60_u32 {
            let values: Vec<f64> = (1..=n).map(f64::from).collect();
            // The probability of at most k of n heads, from binomial coefficients.
            let mut terms = vec![1.0];
            for k in 0..n {
                terms.push(terms[k as usize] * f64::from(n - k) / f64::from(k + 1));
            }
            let total: f64 = terms.iter().sum();
            let below = |rank: f64| {
                let heads = terms.iter().zip(0_u32..).filter(|(_, k)| f64::from(*k) < rank);
                heads.map(|(term, _)| term / total).sum::<f64>()
            };
            for level in [0.5, 0.9, 0.95, 0.99] {
                match median_interval(&values, Level::new(level).unwrap()) {
                    Some(OrderInterval { interval: Interval { lower, upper }, coverage }) => {
                        assert!((lower + upper - f64::from(n + 1)).abs() < 1e-12, "{n}");
                        assert!((coverage - (1.0 - 2.0 * below(lower))).abs() < 1e-12, "{n}");
                        assert!(coverage > level - 1e-11, "{n} {level}: {coverage}");
                        assert!(2.0 * below(lower + 1.0) > 1.0 - level, "{n} {level}: {lower}");
                    }
                    None => assert!(2.0 * below(1.0) > 1.0 - level, "{n} {level}"),
                }
            }
        }
    }
}
