//! A proportion and its intervals.

use super::distributions::{beta_quantile, statrs_normal_quantile};
use super::{Interval, Level};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// How many of n had an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proportion {
    events: usize,
    n: usize,
}

impl Proportion {
    /// `events` in `n` subjects.
    ///
    /// # Errors
    /// When there are more events than subjects.
    pub fn new(events: usize, n: usize) -> Result<Self> {
        if events <= n {
            return Ok(Self { events, n });
        }
        Err(Error::OutOfRange {
            symbol: "events".to_owned(),
            value: events as f64,
            unit: "1".to_owned(),
            range: format!("[0, {n}]"),
        })
    }

    /// The proportion of flags that are set.
    pub fn of(flags: impl IntoIterator<Item = bool>) -> Self {
        flags.into_iter().fold(Self::default(), |Self { events, n }, is_event| Self {
            events: events + usize::from(is_event),
            n: n + 1,
        })
    }

    /// Subjects with the event.
    #[must_use]
    pub fn events(&self) -> usize {
        self.events
    }

    /// All subjects.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// Subjects without the event.
    #[must_use]
    pub fn others(&self) -> usize {
        self.n - self.events
    }

    /// The proportion as a number; none of no subjects.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.n > 0).then(|| self.events as f64 / self.n as f64)
    }

    /// The standard error √(p (1 − p)/n) (Z12); none of no subjects.
    ///
    /// It is 0 where all or none have the event, which says nothing: see
    /// [`clopper_pearson`](Self::clopper_pearson) there.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        self.share().map(|p| (p * (1.0 - p) / self.n as f64).sqrt())
    }

    /// Clopper and Pearson's interval (Z1), which covers at least at its level; none of no
    /// subjects.
    ///
    /// ```text
    /// lower = B(α/2; k, n − k + 1),  upper = B(1 − α/2; k + 1, n − k)      (Z1)
    /// ```
    ///
    /// B(p; a, b) is the quantile of the beta distribution; the limits are 0 for k = 0 and 1 for
    /// k = n. Clopper & Pearson, Biometrika 1934, 26:404.
    #[must_use]
    pub fn clopper_pearson(&self, level: Level) -> Option<Interval> {
        if self.n == 0 {
            return None;
        }
        let (events, others) = (self.events as f64, self.others() as f64);
        let lower = if self.events == 0 {
            0.0
        } else {
            beta_quantile(events, others + 1.0, level.lower_tail())
        };
        let upper = if self.events == self.n {
            1.0
        } else {
            beta_quantile(events + 1.0, others, level.up_to_upper())
        };
        Some(Interval { lower, upper }) // (Z1)
    }

    /// Wilson's interval (Z3), by inverting the score test; none of no subjects.
    ///
    /// ```text
    /// (k + z²/2 ± z √(k (n − k)/n + z²/4))/(n + z²)                        (Z3)
    /// ```
    ///
    /// Wilson, J Am Stat Assoc 1927, 22:209.
    #[must_use]
    pub fn wilson(&self, level: Level) -> Option<Interval> {
        let share = self.share()?;
        let (n, z) = (self.n as f64, statrs_normal_quantile(level.up_to_upper()));
        let centre = self.events as f64 + 0.5 * z * z;
        let half = z * (share * self.others() as f64 + 0.25 * z * z).sqrt();
        let limit = |numerator: f64| numerator / (n + z * z); // (Z3)
        // At its own end the limit is exact, which rounding would spoil.
        let lower = if self.events == 0 { 0.0 } else { limit(centre - half) };
        let upper = if self.events == self.n { 1.0 } else { limit(centre + half) };
        Some(Interval { lower, upper })
    }
}

/// The rule of three: a probability at most 3/n where n subjects had no event (Z2); none of no
/// subjects.
///
/// ```text
/// 3/n ≥ 1 − 0.05^(1/n)                                                     (Z2)
/// ```
///
/// The right side is the exact one-sided limit at 95 %. The two-sided interval of
/// [`Proportion::clopper_pearson`] ends higher, near 3.7/n. Hanley & Lippman-Hand, JAMA 1983,
/// 249:1743.
#[must_use]
pub fn zero_events_upper_limit(n: usize) -> Option<f64> {
    (n > 0).then(|| (3.0 / n as f64).min(1.0)) // (Z2)
}

#[cfg(test)]
mod tests {
    use super::super::reference::{Row, proportion, rows};
    use super::*;

    fn assert_limits(method: &str, tolerance: f64, interval: fn(&Row, Level) -> Interval) {
        for row in rows(method) {
            let found = interval(&row, Level::new(row.level).unwrap());
            let found = if row.quantity == "lower" { found.lower } else { found.upper };
            assert!((found - row.value).abs() <= tolerance * row.value, "{row:?}: {found}");
        }
    }

    #[test]
    fn val_clopper_pearson_and_wilson_equal_those_of_r() {
        // Source: tests/reference/statistics.R. For Clopper-Pearson the rounding of the logarithms
        // of the gamma function at n = 10⁷; for Wilson cancellation in the lower limit.
        assert_limits("clopper_pearson", 1e-8, |row, level| {
            proportion(&row.input).clopper_pearson(level).unwrap()
        });
        assert_limits("wilson", 1e-12, |row, level| proportion(&row.input).wilson(level).unwrap());
    }

    #[test]
    fn val_wilson_and_clopper_pearson_equal_newcombes_table() {
        // Source: Newcombe, Stat Med 1998, 17:857, table I, methods 3 and 5; to 4 decimals.
        for (events, n, wilson, exact) in [
            (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
            (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
            (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
            (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
        ] {
            let proportion = Proportion::new(events, n).unwrap();
            let close = |found: Interval, (lower, upper): (f64, f64)| {
                (found.lower - lower).abs() < 6e-5 && (found.upper - upper).abs() < 6e-5
            };
            let found = proportion.wilson(Level::NINETY_FIVE).unwrap();
            assert!(close(found, wilson), "{events}/{n}: {found}");
            let found = proportion.clopper_pearson(Level::NINETY_FIVE).unwrap();
            assert!(close(found, exact), "{events}/{n}: {found}");
        }
    }

    #[test]
    fn analytic_limits_without_and_with_all_events_are_roots() {
        let alpha = 0.05;
        for n in [1, 2, 10, 97, 100_000] {
            let half_root = libm::pow(alpha / 2.0, 1.0 / n as f64);
            let none = Proportion::new(0, n).unwrap().clopper_pearson(Level::NINETY_FIVE).unwrap();
            let all = Proportion::new(n, n).unwrap().clopper_pearson(Level::NINETY_FIVE).unwrap();
            assert!((none.upper - (1.0 - half_root)).abs() < 1e-12, "{n}: {none}");
            assert!((all.lower - half_root).abs() < 1e-12, "{n}: {all}");
            assert!(none.contains(0.0) && all.contains(1.0));
            // The rule of three is above its exact limit, and close to it from 30 subjects on.
            let exact = 1.0 - libm::pow(alpha, 1.0 / n as f64);
            let rule = zero_events_upper_limit(n).unwrap();
            assert!(exact <= rule && (n < 30 || rule < 1.03 * exact), "{n}: {rule} {exact}");
        }
    }

    /// The probabilities of 0 to n events, by recurrence.
    fn binomial(n: usize, p: f64) -> Vec<f64> {
        let mut probabilities = vec![(1.0 - p).powi(i32::try_from(n).unwrap())];
        for k in 0..n {
            let odds = p / (1.0 - p) * (n - k) as f64 / (k + 1) as f64;
            probabilities.push(probabilities[k] * odds);
        }
        probabilities
    }

    #[test]
    fn prop_clopper_pearson_covers_at_least_at_its_level() {
        for level in [0.8, 0.95] {
            let level = Level::new(level).unwrap();
            for n in (1..=30).chain([49, 97]) {
                let interval = |k| Proportion::new(k, n).unwrap().clopper_pearson(level).unwrap();
                let intervals: Vec<_> = (0..=n).map(interval).collect();
                for step in 1..200 {
                    let p = f64::from(step) / 200.0;
                    let covering = binomial(n, p).into_iter().zip(&intervals);
                    let coverage: f64 = covering
                        .filter(|(_, i)| i.contains(p))
                        .map(|(probability, _)| probability)
                        .sum();
                    assert!(coverage >= level.value() - 1e-12, "{n} {p}: {coverage}");
                }
            }
        }
    }

    #[test]
    fn invariant_intervals_contain_the_share_and_mirror_the_other_outcome() {
        for (k, n) in (1..=12).flat_map(|n| (0..=n).map(move |k| (k, n))) {
            let [events, others] = [k, n - k].map(|k| Proportion::new(k, n).unwrap());
            let share = events.share().unwrap();
            for method in [Proportion::clopper_pearson, Proportion::wilson] {
                let interval = method(&events, Level::NINETY_FIVE).unwrap();
                let mirrored = method(&others, Level::NINETY_FIVE).unwrap();
                assert!(interval.contains(share) && interval.lower >= 0.0 && interval.upper <= 1.0);
                assert!((interval.lower - (1.0 - mirrored.upper)).abs() < 1e-14, "{k}/{n}");
            }
        }
    }

    #[test]
    fn invariant_no_subjects_have_no_share_and_no_interval() {
        let nobody = Proportion::of([]);
        assert_eq!(nobody, Proportion::new(0, 0).unwrap());
        assert_eq!((nobody.share(), nobody.standard_error()), (None, None));
        assert_eq!(nobody.clopper_pearson(Level::NINETY_FIVE), None);
        assert_eq!(nobody.wilson(Level::NINETY_FIVE), None);
        assert_eq!(zero_events_upper_limit(0), None);
        assert!(Proportion::new(3, 2).is_err());
        assert_eq!(Proportion::of([true, false, true]), Proportion::new(2, 3).unwrap());
    }

    #[test]
    fn analytic_the_standard_error_of_a_quarter() {
        let error = Proportion::new(25, 100).unwrap().standard_error().unwrap();
        assert!((error - 0.1875_f64.sqrt() / 10.0).abs() < 1e-16);
    }
}
