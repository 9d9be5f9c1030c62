//! What the courses say about the day of the procedure.

use super::course::{Courses, LAST_DAY};
use super::question::Question;
use crate::simulate::population::{Failures, dosing_stopped_at};
use crate::statistics::rank;
use crate::units::HOURS_PER_DAY;

/// 5, 50 and 95 % of something.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spread {
    /// 5 % lie at or below it.
    pub q05: f64,
    /// Half lie at or below it.
    pub q50: f64,
    /// 95 % lie at or below it.
    pub q95: f64,
}

impl Spread {
    /// Of values in any order; none of no value.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        values.sort_by(f64::total_cmp);
        let at = |probability| values[rank(probability, values.len())];
        Some(Self { q05: at(0.05), q50: at(0.5), q95: at(0.95) })
    }
}

/// One day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    /// Days from the first dose.
    pub elapsed_day: usize,
    /// Probability of measuring the threshold or more.
    pub at_threshold: f64,
    /// Its Monte-Carlo standard error.
    pub se: f64,
    /// Probability of measuring more than what is too high.
    pub too_high: f64,
    /// True count of the patients, 10⁹/L.
    pub count: Spread,
}

/// First and last day on which the probability is as wanted, without a gap, in days from the first
/// dose.
pub type Window = (usize, usize);

/// What is to be expected under one treatment.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// Days 0 to [`LAST_DAY`] − 1 from the first dose.
    pub days: Vec<Day>,
    /// The day of the highest probability, from the first dose; the first of equal ones.
    pub best_day: usize,
    /// The days around the best one on which the probability is as wanted, if it ever is.
    pub window: Option<Window>,
    /// Probability that a daily count is too high at least once.
    pub ever_too_high: f64,
    /// Share of patients whose true maximum is too high.
    pub maximum_too_high: f64,
    /// Days on which the true count is at the threshold or above.
    pub days_at_threshold: Spread,
    /// Day of the true maximum from the first dose, among patients whose count rises at all.
    pub day_of_maximum: Option<Spread>,
    /// Share of patients whose true count is never at the threshold.
    pub never: f64,
    /// First day of the patients' own windows, from the first dose, in which the true count is at the threshold or
    /// above; among those who have one.
    pub own_first: Option<Spread>,
    /// Last day of the same; the last day looked at where it goes on.
    pub own_last: Option<Spread>,
    /// Share of patients whose dosing the rule stopped.
    pub stopped: f64,
    /// Patients who were integrated to the end.
    pub subjects: usize,
    /// Patients who were not.
    pub failed: usize,
    /// The same of how many, and the first of them.
    pub failures: Failures,
}

impl Courses {
    /// The patients who were integrated to the end, by position.
    fn whole(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.endings.len()).filter(|i| self.endings[*i].failure.is_none())
    }

    /// How many patients could not be integrated.
    #[must_use]
    pub fn failures(&self) -> Failures {
        Failures::of(0, &self.endings)
    }

    /// Mean over patients and its standard error.
    fn mean(&self, value: impl Fn(usize) -> f64) -> (f64, f64) {
        let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for i in self.whole() {
            let x = value(i);
            n += 1.0;
            sum += x;
            squares += x * x;
        }
        let mean = sum / n;
        (mean, ((squares / n - mean * mean).max(0.0) / n).sqrt())
    }

    /// Probability of measuring the threshold or more so many days after the first dose, over all
    /// patients (D3), and its Monte-Carlo standard error.
    #[must_use]
    pub fn at_threshold_on(&self, elapsed_day: usize) -> (f64, f64) {
        self.mean(|i| self.at_threshold[i * LAST_DAY + elapsed_day]) // (D3)
    }

    /// Probability that a daily count is too high at least once, errors of different days being
    /// independent (D4), and its Monte-Carlo standard error.
    #[must_use]
    pub fn ever_too_high(&self) -> (f64, f64) {
        self.mean(|i| {
            let daily = &self.too_high[i * LAST_DAY..(i + 1) * LAST_DAY];
            1.0 - daily.iter().map(|p| 1.0 - p).product::<f64>() // (D4)
        })
    }

    /// Days with a true count at the threshold or above.
    #[must_use]
    pub fn days_at_threshold(&self) -> Spread {
        let days = self.whole().map(|i| self.endings[i].time_above / HOURS_PER_DAY);
        Spread::of(days.collect()).unwrap_or_default()
    }

    /// Everything that is to be expected.
    #[must_use]
    pub fn outlook(&self, question: &Question<'_>) -> Outlook {
        let days: Vec<Day> = (0..LAST_DAY).map(|day| self.day(day)).collect();
        let (best_day, window) = best_days(&days, 0, question.probability);
        let in_days = |hours: f64| hours / HOURS_PER_DAY;
        let own = |hours: fn(&crate::simulate::population::Ending) -> Option<f64>| {
            let values = self.whole().filter_map(|i| hours(&self.endings[i]).map(in_days));
            Spread::of(values.collect())
        };
        let share = |is: &dyn Fn(usize) -> bool| self.mean(|i| f64::from(u8::from(is(i)))).0;
        let subjects = self.whole().count();
        Outlook {
            best_day,
            window,
            ever_too_high: self.ever_too_high().0,
            maximum_too_high: share(&|i| self.endings[i].maximum > question.too_many),
            days_at_threshold: self.days_at_threshold(),
            day_of_maximum: own(|ending| (ending.maximum_at > 0.0).then_some(ending.maximum_at)),
            never: share(&|i| self.endings[i].first_above.is_none()),
            own_first: own(|ending| ending.first_above),
            own_last: own(|ending| ending.last_above),
            stopped: share(&|i| dosing_stopped_at(&self.endings[i]).is_some()),
            subjects,
            failed: self.endings.len() - subjects,
            failures: self.failures(),
            days,
        }
    }

    fn day(&self, elapsed_day: usize) -> Day {
        let place = |i: usize| i * LAST_DAY + elapsed_day;
        let (at_threshold, se) = self.at_threshold_on(elapsed_day);
        let counts = self.whole().map(|i| self.counts[place(i)]).collect();
        Day {
            elapsed_day,
            at_threshold,
            se,
            too_high: self.mean(|i| self.too_high[place(i)]).0,
            count: Spread::of(counts).unwrap_or_default(),
        }
    }
}

impl Outlook {
    /// The best day itself.
    #[must_use]
    pub fn best(&self) -> &Day {
        &self.days[self.best_day]
    }
}

/// Of the days from `first` on, counted from the first dose, that of the highest probability, the first of equal ones, and the
/// days around it on which the probability is at least the wanted one.
#[must_use]
pub fn best_days(days: &[Day], first: usize, wanted: f64) -> (usize, Option<Window>) {
    let at = |day: usize| days[day].at_threshold;
    let best =
        (first..days.len()).fold(first, |best, day| if at(day) > at(best) { day } else { best });
    if !days.get(best).is_some_and(|day| day.at_threshold >= wanted) {
        return (best, None);
    }
    let enough = |day: &usize| at(*day) >= wanted;
    let begin = (first..=best).rev().take_while(enough).last();
    let end = (best..days.len()).take_while(enough).last();
    (best, begin.zip(end))
}
