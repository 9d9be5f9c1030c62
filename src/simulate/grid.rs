//! The times of samples.

use crate::error::{Error, Result};
use crate::regimen::Regimen;
use crate::units::Time;
use crate::units::decimal::Decimal;

/// Most intervals of one grid.
const MAX_INTERVALS: u32 = 1_000_000;
/// A sample this near to a dose or to the end is meant to be there, h; and so near, in intervals.
const SAME_TIME_H: f64 = 1e-9;
const SAME_TIME: f64 = 1e-6;

/// Samples at equal distances from 0, and one at the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    every: Time,
    until: Time,
    /// Distance below which two times are one, h.
    same_h: f64,
    /// Multiples of `every` that lie before the end.
    last: u32,
}

impl Grid {
    /// A sample every so often until the end.
    ///
    /// # Errors
    /// No samples, or more than a million.
    pub fn new(every: Time, until: Time) -> Result<Self> {
        let intervals = until.in_hours() / every.in_hours();
        if !(intervals > 0.0 && intervals <= f64::from(MAX_INTERVALS)) {
            return Err(Error::OutOfRange {
                symbol: "samples".to_owned(),
                value: intervals,
                unit: "samples".to_owned(),
                range: format!("(0, {MAX_INTERVALS}]"),
            });
        }
        let same_h = SAME_TIME_H.min(SAME_TIME * every.in_hours());
        let before_end = |index: &u32| until.in_hours() - every.times(*index).in_hours() > same_h;
        let last = (0..=whole(intervals) + 1).rev().find(before_end).unwrap_or(0);
        Ok(Self { every, until, same_h, last })
    }

    /// The times, h, rising: from 0 to the end, each once. A sample that is meant to be at the time
    /// of a dose is exactly at it.
    #[must_use]
    pub fn times_h(&self, regimen: &Regimen) -> Vec<f64> {
        let doses: Vec<f64> = regimen.planned().iter().map(|dose| dose.time.in_hours()).collect();
        let at_dose = |time_h: f64| {
            let next = doses.partition_point(|dose| *dose < time_h);
            let near = doses[next.saturating_sub(1)..].iter().take(2);
            near.copied().find(|dose| (dose - time_h).abs() <= self.same_h).unwrap_or(time_h)
        };
        let times = (0..=self.last).map(|index| at_dose(self.every.times(index).in_hours()));
        times.chain([at_dose(self.until.in_hours()).min(self.until.in_hours())]).collect()
    }

    /// The samples as whole multiples, for tools that compute the times themselves; nothing where
    /// the plain product of doubles gives the same times.
    #[must_use]
    pub fn multiples(&self) -> Option<Multiples> {
        let (every_h, end) = (self.every.in_hours(), self.last + 1);
        let differs =
            |i: u32| (f64::from(i) * every_h).to_bits() != self.every.times(i).in_hours().to_bits();
        if !(0..=end).any(differs) {
            return None;
        }
        let ends_even =
            (self.every.times(end).in_hours() - self.until.in_hours()).abs() <= self.same_h;
        let last = if ends_even { end } else { self.last };
        let (numerator, denominator) = Decimal::of(every_h)?.quotient()?;
        Some(Multiples { last, numerator, denominator })
    }
}

/// Sample `i` of those from 0 to `last` is at `i * numerator / denominator` h, which is exact where
/// the quotient is rounded once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multiples {
    /// Number of the last sample.
    pub last: u32,
    /// What a number is multiplied by.
    pub numerator: i128,
    /// What it is then divided by.
    pub denominator: i128,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number from 0 to the most intervals"
)]
fn whole(intervals: f64) -> u32 {
    intervals as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn times_h(every: Time, until: Time, regimen: &str) -> Result<Vec<f64>> {
        Ok(Grid::new(every, until)?.times_h(&regimen.parse()?))
    }

    #[test]
    fn analytic_times_are_decimal_multiples_and_the_end_stands_once() -> Result<()> {
        let tenths = times_h(Time::hours(0.1), Time::hours(0.7), "placebo")?;
        assert_eq!(tenths, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
        let days = times_h(Time::written_days(0.7), Time::days(7.0), "placebo")?;
        assert_eq!(days[..3], [0.0, 16.8, 33.6]);
        assert_eq!((days.len(), days[9], days[10]), (11, 151.2, 168.0));
        let uneven = times_h(Time::hours(5.0), Time::hours(12.0), "placebo")?;
        assert_eq!(uneven, [0.0, 5.0, 10.0, 12.0]);
        let long = times_h(Time::hours(20.0), Time::hours(12.0), "placebo")?;
        assert_eq!(long, [0.0, 12.0]);
        let third = times_h(Time::hours(1.0 / 3.0), Time::hours(1.0), "placebo")?;
        assert_eq!(third.len(), 4);
        Ok(())
    }

    #[test]
    fn analytic_a_sample_meant_to_be_at_a_dose_is_at_it() -> Result<()> {
        let regimen = "3 mg at 0 0.30000000000000004 0.6 h";
        let times = times_h(Time::hours(0.1), Time::hours(1.0), regimen)?;
        assert_eq!(times[3].to_bits(), 0.300_000_000_000_000_04_f64.to_bits());
        assert_eq!(times[6].to_bits(), 0.6_f64.to_bits());
        Ok(())
    }

    #[test]
    fn invariant_no_interval_and_too_many_are_refused() {
        for (every, until) in [(0.0, 1.0), (1.0, 0.0), (1e-7, 1.0), (f64::NAN, 1.0), (-1.0, 1.0)] {
            assert!(Grid::new(Time::hours(every), Time::hours(until)).is_err(), "{every} {until}");
        }
    }

    #[test]
    fn analytic_tools_get_multiples_only_where_their_product_differs() -> Result<()> {
        let multiples =
            |every, until| Grid::new(Time::hours(every), Time::hours(until)).map(|g| g.multiples());
        assert_eq!(multiples(6.0, 960.0)?, None);
        assert_eq!(multiples(0.25, 12.0)?, None);
        let tenths = |last| Some(Multiples { last, numerator: 1, denominator: 10 });
        assert_eq!(multiples(0.1, 12.0)?, tenths(120));
        assert_eq!(multiples(0.1, 0.75)?, tenths(7));
        Ok(())
    }

    proptest! {
        #[test]
        fn prop_times_rise_from_0_to_the_end(
            every in 1_u32..2_000,
            places in 0_i32..4,
            until in 1_u32..50,
        ) {
            let every = f64::from(every) / 10_f64.powi(places);
            let regimen = "3 mg q2.4h x40".parse().unwrap();
            let grid = Grid::new(Time::hours(every), Time::hours(f64::from(until))).unwrap();
            let times = grid.times_h(&regimen);
            prop_assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert_eq!((times[0], times[times.len() - 1]), (0.0, f64::from(until)));
            let fewest = |time: &f64| format!("{time}").len() <= 12;
            prop_assert!(times.iter().all(fewest), "{:?}", times);
        }
    }
}
