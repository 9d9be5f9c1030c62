//! Parameter uncertainty: the same outlook over many parameter sets, draws of a posterior.
//!
//! ```text
//! share of the posterior = (1/K) Σₖ [P(d; k) ≥ p]                (D5)
//! ```

use super::outlook::Outlook;
use crate::statistics::rank;

/// Shares of the sets at or below the ends of a range.
const ENDS: (f64, f64) = (0.025, 0.975);

/// Median and 95 % interval over the sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Half of the sets lie at or below it.
    pub median: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

impl Range {
    /// Of values in any order; none of no value.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        if values.is_empty() {
            return None;
        }
        values.sort_by(f64::total_cmp);
        let at = |probability| values[rank(probability, values.len())];
        Some(Self { median: at(0.5), lower: at(ENDS.0), upper: at(ENDS.1) })
    }
}

/// One day over the sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UncertainDay {
    /// Days from the first dose.
    pub elapsed_day: usize,
    /// Probability of measuring the threshold or more.
    pub at_threshold: Range,
    /// Share of the sets in which that probability is at least the wanted one.
    pub wanted: f64,
    /// Probability of measuring more than what is too high.
    pub too_high: Range,
}

/// What is to be expected over many sets of patients.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertain {
    /// Number of sets.
    pub sets: usize,
    /// Day by day.
    pub days: Vec<UncertainDay>,
    /// The best day of each set, from the first dose.
    pub best_day: Range,
    /// The probability on it.
    pub best: Range,
    /// Share of the sets in which the wanted probability is reached on some day.
    pub reached: f64,
    /// Probability that a daily count is too high at least once.
    pub ever_too_high: Range,
    /// Median of the days on which the true count is at the threshold or above.
    pub days_at_threshold: Range,
}

impl Uncertain {
    /// Over the `outlooks` of the sets, with equal weights; `probability` is the one that is wanted. None where no
    /// set has patients who could be integrated.
    #[must_use]
    pub fn of(outlooks: &[&Outlook], probability: f64) -> Option<Self> {
        let whole: Vec<&Outlook> =
            outlooks.iter().copied().filter(|outlook| outlook.subjects > 0).collect();
        let share = |is: &dyn Fn(&Outlook) -> bool| {
            whole.iter().filter(|outlook| is(outlook)).count() as f64 / whole.len() as f64
        };
        let over = |value: &dyn Fn(&Outlook) -> f64| Range::of(whole.iter().map(|own| value(own)));
        let day = |place: usize| {
            Some(UncertainDay {
                elapsed_day: whole[0].days[place].elapsed_day,
                at_threshold: over(&|own| own.days[place].at_threshold)?,
                wanted: share(&|own| own.days[place].at_threshold >= probability), // (D5)
                too_high: over(&|own| own.days[place].too_high)?,
            })
        };
        let days = whole.first()?.days.len();
        Some(Self {
            sets: whole.len(),
            best_day: over(&|own| own.best_day as f64)?,
            best: over(&|own| own.best().at_threshold)?,
            reached: share(&|own| own.best().at_threshold >= probability),
            ever_too_high: over(&|own| own.ever_too_high)?,
            days_at_threshold: over(&|own| own.days_at_threshold.q50)?,
            days: (0..days).map(day).collect::<Option<_>>()?,
        })
    }

    /// First and last day on which the median over the sets is at least `probability`, without a gap around its
    /// highest day.
    #[must_use]
    pub fn window(&self, probability: f64) -> Option<(usize, usize)> {
        let enough = |day: &&UncertainDay| day.at_threshold.median >= probability;
        let higher = |best: usize, place: usize| {
            self.days[place].at_threshold.median > self.days[best].at_threshold.median
        };
        let best = (0..self.days.len()).fold(0, |best, p| if higher(best, p) { p } else { best });
        let last = self.days[best..].iter().take_while(enough).last()?;
        let first = self.days[..=best].iter().rev().take_while(enough).last()?;
        Some((first.elapsed_day, last.elapsed_day))
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn analytic_a_range_of_evenly_spaced_values_is_that_of_their_ranks() {
        let range = Range::of((1..=1000).rev().map(f64::from)).expect("values");
        assert_eq!((range.lower, range.median, range.upper), (25.0, 500.0, 975.0));
        assert_eq!(Range::of(std::iter::empty()), None);
        let one = Range::of([3.0]).expect("a value");
        assert_eq!((one.lower, one.median, one.upper), (3.0, 3.0, 3.0));
    }
}
