//! A number that a trial reports of an arm: a share, a mean, a median, on a subset.

use super::design::Design;
use super::measure::{Event, Levels, Quantity, Subset};
use super::outcome::Outcome;
use crate::statistics::{self, Interval, Level};
use serde::{Deserialize, Serialize};

/// What is formed of the patients' events or numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// Share of the patients with an event.
    Proportion(Event),
    /// Mean of a quantity.
    Mean(Quantity),
    /// Standard deviation of a quantity, n − 1.
    Sd(Quantity),
    /// Median of a quantity.
    Median(Quantity),
    /// Another quantile of a quantity.
    Quantile(Quantity, f64),
}

/// A reported number of one arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistic {
    /// The arm, by its place in the design.
    pub arm: usize,
    /// On whom it is formed.
    pub subset: Subset,
    /// What is formed.
    pub form: Form,
}

/// A statistic of one simulated trial.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The number; NaN where there was no one to form it on.
    #[serde(deserialize_with = "crate::numeric::nan_for_null")]
    pub value: f64,
    /// The patients it was formed on.
    pub n: usize,
    /// Those with the event, of a proportion.
    pub events: usize,
}

impl Form {
    /// Name of the form in files.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Proportion(_) => "proportion".to_owned(),
            Self::Mean(_) => "mean".to_owned(),
            Self::Sd(_) => "sd".to_owned(),
            Self::Median(_) => "median".to_owned(),
            Self::Quantile(_, p) => format!("q{:02.0}", 100.0 * p),
        }
    }

    /// Name of the event or quantity in files.
    #[must_use]
    pub fn of(self) -> &'static str {
        match self {
            Self::Proportion(event) => event.name(),
            Self::Mean(q) | Self::Sd(q) | Self::Median(q) | Self::Quantile(q, _) => q.name(),
        }
    }

    /// The counts that it looks at in a design, 10⁹/L.
    #[must_use]
    pub fn levels(self, design: &Design) -> Levels {
        match self {
            Self::Proportion(event) => event.levels(&design.endpoints),
            Self::Mean(q) | Self::Sd(q) | Self::Median(q) | Self::Quantile(q, _) => {
                q.levels(&design.endpoints)
            }
        }
    }

    /// Unit of the number.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Proportion(_) => "1",
            Self::Mean(q) | Self::Sd(q) | Self::Median(q) | Self::Quantile(q, _) => {
                Quantity::ALL.iter().find(|entry| entry.0 == q).map_or("", |entry| entry.2)
            }
        }
    }

    /// The number of one patient, or 1 or 0 of an event; none where the patient has none.
    #[must_use]
    pub fn number(self, design: &Design, patient: &Outcome) -> Option<f64> {
        match self {
            Self::Proportion(event) => {
                event.of(design, patient).map(|yes| f64::from(u8::from(yes)))
            }
            Self::Mean(q) | Self::Sd(q) | Self::Median(q) | Self::Quantile(q, _) => q.of(patient),
        }
    }

    /// The number of `patients`.
    #[must_use]
    pub fn value<'a>(self, design: &Design, patients: impl Iterator<Item = &'a Outcome>) -> Value {
        match self {
            Self::Proportion(event) => {
                let seen: Vec<bool> = patients.filter_map(|p| event.of(design, p)).collect();
                let (n, events) = (seen.len(), seen.iter().filter(|seen| **seen).count());
                Value { value: events as f64 / n as f64, n, events }
            }
            Self::Mean(q) | Self::Sd(q) | Self::Median(q) | Self::Quantile(q, _) => {
                let numbers: Vec<f64> = patients.filter_map(|patient| q.of(patient)).collect();
                let moments = statistics::Moments::new(&numbers);
                let value = match self {
                    Self::Mean(_) => moments.map(|m| m.mean),
                    Self::Sd(_) => moments.and_then(|m| m.sd),
                    Self::Quantile(_, p) => statistics::quantile(&numbers, p),
                    _ => statistics::median(&numbers),
                };
                Value { value: value.unwrap_or(f64::NAN), n: numbers.len(), events: 0 }
            }
        }
    }
}

impl Statistic {
    /// What the program reports of every arm without being asked.
    #[must_use]
    pub fn standard(design: &Design) -> Vec<Self> {
        let mut all = Vec::new();
        for arm in 0..design.arms.len() {
            let mut add = |subset, form| all.push(Self { arm, subset, form });
            for (event, ..) in Event::ALL {
                add(Subset::All, Form::Proportion(event));
            }
            for subset in [Subset::All, Subset::NoTransfusion] {
                for quantity in [
                    Quantity::Maximum,
                    Quantity::TrueMaximum,
                    Quantity::DaysAtLeast,
                    Quantity::DaysAtLeastWithTransfusion,
                ] {
                    add(subset, Form::Mean(quantity));
                    add(subset, Form::Sd(quantity));
                    add(subset, Form::Median(quantity));
                }
                add(subset, Form::Median(Quantity::MaximumDay));
                add(subset, Form::Median(Quantity::TrueDays));
                add(subset, Form::Median(Quantity::DaysResponding));
            }
            add(Subset::All, Form::Mean(Quantity::Baseline));
            add(Subset::All, Form::Sd(Quantity::Baseline));
            add(Subset::All, Form::Mean(Quantity::Doses));
            add(Subset::All, Form::Mean(Quantity::DaysTooHigh));
        }
        all
    }

    /// The 95 % interval that a report of one trial gives: of a share by Clopper and Pearson (Z1), of a
    /// mean by Student's t (Z11), of a median or quantile by order statistics (Z9); of a standard
    /// deviation none.
    #[must_use]
    pub fn interval(&self, design: &Design, trial: &[Outcome]) -> Option<Interval> {
        let level = Level::NINETY_FIVE;
        let numbers: Vec<f64> =
            self.own(trial).filter_map(|p| self.form.number(design, p)).collect();
        match self.form {
            Form::Proportion(_) => {
                statistics::Proportion::of(numbers.iter().map(|x| *x > 0.5)).clopper_pearson(level)
            }
            Form::Mean(_) => statistics::Moments::new(&numbers)?.interval(level),
            Form::Sd(_) => None,
            Form::Median(_) => Some(statistics::median_interval(&numbers, level)?.interval),
            Form::Quantile(_, p) => {
                Some(statistics::quantile_interval(&numbers, p, level)?.interval)
            }
        }
    }

    fn own<'a>(&self, trial: &'a [Outcome]) -> impl Iterator<Item = &'a Outcome> {
        let Self { arm, subset, .. } = *self;
        trial.iter().filter(move |p| p.arm == arm && subset.contains(p))
    }

    /// The number in one simulated trial.
    #[must_use]
    pub fn value(&self, design: &Design, trial: &[Outcome]) -> Value {
        self.form.value(design, self.own(trial))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::VirtualPatients;
    use crate::trial::Run;

    #[test]
    fn invariant_intervals_of_one_trial_belong_to_its_numbers() {
        let design = Design::load(std::path::Path::new("l_plus_1")).unwrap();
        let patients = VirtualPatients::load("patients_start").unwrap();
        let trial = Run::new(&design, &patients).patients(0).unwrap();
        let mut seen = 0;
        for statistic in Statistic::standard(&design) {
            let value = statistic.value(&design, &trial);
            let interval = statistic.interval(&design, &trial);
            match statistic.form {
                Form::Sd(_) => assert!(interval.is_none()),
                Form::Proportion(_) => {
                    let share = statistics::Proportion::new(value.events, value.n).unwrap();
                    assert_eq!(interval, share.clopper_pearson(Level::NINETY_FIVE));
                }
                _ if interval.is_some() => {
                    assert!(interval.unwrap().contains(value.value), "{statistic:?}");
                    seen += 1;
                }
                // Placebo patients without transfusion are too few for a median's interval.
                _ => assert!(value.n < 6, "{statistic:?} {value:?}"),
            }
        }
        assert!(seen > 40, "{seen}");
    }
}
