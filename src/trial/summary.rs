//! What all replicates of a trial say: predictions, comparisons, courses by arm.

use super::allocation::Screening;
use super::comparison::Comparison;
use super::course::days;
use super::measure::Event;
use super::memory::COURSES_OF;
use super::outcome::Outcome;
use super::published::Published;
use super::run::{Replicate, Run};
use super::statistic::{Statistic, Value};
use crate::error::Result;
use crate::machine::require;
use crate::simulate::population::Failures;
use crate::statistics::{Level, Moments, Power, Predictive, power, predictive_interval, quantile};

/// The quantiles of the bands.
pub const BAND: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// A statistic over the replicates.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The statistic.
    pub statistic: Statistic,
    /// Where 95 % of trials fall, and the median; none where no trial could form it.
    pub interval: Option<Predictive>,
    /// Mean and SD over the trials that could form it.
    pub moments: Option<Moments>,
    /// Its values in those trials, ascending.
    pub values: Vec<f64>,
    /// Mean number of patients that it was formed on.
    pub n: f64,
    /// Trials that could not form it.
    pub unformed: usize,
}

/// A comparison over the replicates.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonSummary {
    /// The comparison.
    pub comparison: Comparison,
    /// Crude difference over the trials.
    pub crude: Option<Predictive>,
    /// Mantel-Haenszel common difference over the trials.
    pub common: Option<Predictive>,
    /// How often the Cochran-Mantel-Haenszel test was significant, as the design wants it.
    pub power: Power,
}

/// The course of the true count of one arm.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmCourse {
    /// Visit days.
    pub days: Vec<f64>,
    /// Quantiles [`BAND`] of the true count, 10⁹/L, day by day, transfusions included.
    pub quantiles: Vec<[f64; 5]>,
    /// Share of the patients at or above the level, day by day.
    pub at_least: Vec<f64>,
    /// Patients behind it.
    pub patients: usize,
}

/// A published number beside what was simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    /// The published number.
    pub published: Published,
    /// The prediction for a trial of the published size.
    pub prediction: Prediction,
    /// (published − mean)/SD of the trials; none where the trials do not vary, and of what a model
    /// says: no patients stand behind it.
    pub distance: Option<f64>,
}

impl Against {
    /// Whether the number, or what was printed as it, lies where 95 % of the trials do; none where no
    /// trial could form it, and of what a model says.
    #[must_use]
    pub fn is_inside(&self) -> Option<bool> {
        let Published { value, rounding, role, .. } = self.published;
        let interval = self.prediction.interval.as_ref().filter(|_| role.is_of_patients())?;
        Some(value + rounding >= interval.lower.value && value - rounding <= interval.upper.value)
    }
}

/// Everything that the replicates of a trial say.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The standard statistics.
    pub predictions: Vec<Prediction>,
    /// The comparisons of arms.
    pub comparisons: Vec<ComparisonSummary>,
    /// The course of each arm.
    pub courses: Vec<ArmCourse>,
    /// Published numbers of this trial, and what was predicted.
    pub against: Vec<Against>,
    /// Published numbers of this trial that were formed at other levels than those of its design.
    pub at_other_levels: usize,
    /// Trials simulated.
    pub replicates: usize,
    /// Mean number screened.
    pub screened: f64,
    /// Who was screened for the first trial.
    pub first_screening: Screening,
    /// Patients who could not be integrated, all trials.
    pub failed: usize,
    /// The same of how many, and the first of them.
    pub failures: Failures,
    /// Patients who left, all trials.
    pub dropped_out: usize,
}

/// Collects replicates as they come.
#[derive(Debug)]
pub struct Collector<'a> {
    pub(super) run: Run<'a>,
    published: Vec<Published>,
    at_other_levels: usize,
    /// The published numbers in each replicate.
    pub(super) simulated: Vec<Vec<Value>>,
    /// The statistics to be formed of every replicate.
    pub statistics: Vec<Statistic>,
    /// The comparisons to be formed of every replicate.
    pub comparisons: Vec<Comparison>,
    standard: usize,
    pub(super) replicates: Vec<Replicate>,
    daily: Vec<Vec<f64>>,
}

impl<'a> Collector<'a> {
    /// For the standard statistics and for the `published` numbers formed on this trial alone.
    fn new(run: Run<'a>, published: &[Published]) -> Self {
        let design = run.design;
        let mut statistics = Statistic::standard(design);
        let standard = statistics.len();
        let mut own = Vec::new();
        for number in published.iter().filter(|p| p.is_of(design)) {
            if let Some(arm) = design.arm(&number.arm) {
                statistics.push(Statistic { arm, subset: number.subset, form: number.form });
                own.push(number.clone());
            }
        }
        let at_other_levels = published.iter().filter(|p| p.is_at_other_levels(design)).count();
        let comparisons = Comparison::standard(design);
        let daily = vec![Vec::new(); design.arms.len()];
        Self {
            run,
            published: own,
            at_other_levels,
            simulated: Vec::new(),
            statistics,
            comparisons,
            standard,
            replicates: Vec::new(),
            daily,
        }
    }

    /// Runs all replicates of `run` and takes them, each after `also` has seen it with its patients;
    /// with the patients of the first one. `progress` is told how many are done, from any thread.
    ///
    /// # Errors
    /// As [`Run::replicates`].
    pub fn of(
        run: Run<'a>,
        published: &[Published],
        also: &mut (dyn FnMut(usize, &[Outcome]) + Send),
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(Self, Vec<Outcome>)> {
        let mut collector = Self::new(run, published);
        let (statistics, comparisons) =
            (collector.statistics.clone(), collector.comparisons.clone());
        let mut first = Vec::new();
        let mut keep = |replicate: Replicate, trial: Vec<Outcome>| {
            let number = replicate.number;
            also(number, &trial);
            collector.take(replicate, &trial);
            if number == 0 {
                first = trial;
            }
        };
        run.replicates(&statistics, &comparisons, &mut keep, progress)?;
        Ok((collector, first))
    }

    /// Refuses what memory does not hold: the replicates of so many runs like this one, with the
    /// patients of `saved` replicates of each in tables.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::error::Error::TooLarge).
    fn require(&self, runs: usize, saved: usize) -> Result<()> {
        let run = &self.run;
        let own = run.bytes(self.statistics.len(), self.comparisons.len());
        let bytes = runs as f64 * (own + run.bytes_of_tables(saved));
        let (replicates, patients) = (runs * run.replicates, run.design.randomised);
        let tables = match saved.min(run.replicates) {
            0 => String::new(),
            saved => format!(", {} of them with all patients in tables", runs * saved),
        };
        let what = format!("{replicates} trials of {patients} patients{tables}");
        require(&what, bytes, "lower the number of replicates, patients or saved replicates")
    }

    /// Refuses runs like this one that memory does not hold, before the first of them: `runs` of them,
    /// with the patients of `saved` replicates of each in tables.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::error::Error::TooLarge).
    pub fn require_all(
        run: Run<'a>,
        published: &[Published],
        (runs, saved): (usize, usize),
    ) -> Result<()> {
        Self::new(run, published).require(runs, saved)
    }

    /// Takes the next replicate.
    fn take(&mut self, replicate: Replicate, trial: &[Outcome]) {
        if replicate.number < COURSES_OF {
            for patient in trial {
                self.daily[patient.arm].extend(&patient.daily);
            }
        }
        let whole = [(self.run.design, trial)];
        let lot = (self.run.seed, replicate.number);
        self.simulated.push(self.published.iter().map(|p| p.simulated(&whole, lot)).collect());
        self.replicates.push(replicate);
    }

    /// The replicates so far.
    #[must_use]
    pub fn replicates(&self) -> &[Replicate] {
        &self.replicates
    }

    /// What they say.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let count = self.replicates.len() as f64;
        Summary {
            predictions: (0..self.standard)
                .map(|i| self.prediction(i, self.replicates.iter().map(|r| r.values[i])))
                .collect(),
            comparisons: (0..self.comparisons.len()).map(|i| self.comparison(i)).collect(),
            courses: (0..self.daily.len()).map(|arm| self.course(arm)).collect(),
            against: (0..self.published.len()).map(|j| self.against(j)).collect(),
            at_other_levels: self.at_other_levels,
            replicates: self.replicates.len(),
            screened: self.replicates.iter().map(|r| r.screening.screened as f64).sum::<f64>()
                / count,
            first_screening: self.replicates.first().map(|r| r.screening).unwrap_or_default(),
            failed: self.replicates.iter().map(|r| r.failed).sum(),
            failures: Failures::sum(self.replicates.iter().map(|r| &r.failures)),
            dropped_out: self.replicates.iter().map(|r| r.dropped_out).sum(),
        }
    }

    fn against(&self, j: usize) -> Against {
        let simulated = self.simulated.iter().map(|values| values[j]);
        against_published(&self.published[j], &self.prediction(self.standard + j, simulated))
    }

    fn prediction(&self, i: usize, values: impl Iterator<Item = Value> + Clone) -> Prediction {
        let formed: Vec<f64> = values.clone().map(|v| v.value).filter(|v| v.is_finite()).collect();
        let n = values.map(|v| v.n as f64).sum::<f64>() / self.replicates.len() as f64;
        prediction(self.statistics[i], &formed, n, self.replicates.len())
    }

    fn comparison(&self, i: usize) -> ComparisonSummary {
        let compared = self.replicates.iter().map(|replicate| &replicate.compared[i]);
        let crude: Vec<f64> = compared.clone().filter_map(|c| Some(c.crude?.value)).collect();
        let common: Vec<f64> = compared.clone().filter_map(|c| Some(c.common?.value)).collect();
        let p_values: Vec<Option<f64>> = compared.map(|c| c.p_value(self.run.design)).collect();
        ComparisonSummary {
            comparison: self.comparisons[i],
            crude: predictive_interval(&crude, Level::NINETY_FIVE),
            common: predictive_interval(&common, Level::NINETY_FIVE),
            power: power(&p_values, self.run.design.comparison.alpha),
        }
    }

    fn course(&self, arm: usize) -> ArmCourse {
        let days = days(self.run.design);
        let level = self.run.design.endpoints.at_least;
        let patients = self.daily[arm].len() / days.len();
        let on = |day: usize| {
            let counts = self.daily[arm].iter().skip(day).step_by(days.len()).copied();
            counts.filter(|count| count.is_finite()).collect::<Vec<f64>>()
        };
        let by_day: Vec<Vec<f64>> = (0..days.len()).map(on).collect();
        let band = |counts: &Vec<f64>| BAND.map(|p| quantile(counts, p).unwrap_or(f64::NAN));
        let share = |counts: &Vec<f64>| {
            counts.iter().filter(|count| **count >= level).count() as f64 / counts.len() as f64
        };
        ArmCourse {
            quantiles: by_day.iter().map(band).collect(),
            at_least: by_day.iter().map(share).collect(),
            days,
            patients,
        }
    }
}

/// A statistic over replicates from its values where it was formed.
#[must_use]
pub fn prediction(statistic: Statistic, formed: &[f64], n: f64, replicates: usize) -> Prediction {
    let mut values = formed.to_vec();
    values.sort_by(f64::total_cmp);
    Prediction {
        statistic,
        interval: predictive_interval(formed, Level::NINETY_FIVE),
        moments: Moments::new(formed),
        values,
        n,
        unformed: replicates - formed.len(),
    }
}

/// A published number beside its prediction.
#[must_use]
pub fn against_published(published: &Published, prediction: &Prediction) -> Against {
    let distance = prediction.moments.and_then(|m| {
        let sd = m.sd.filter(|sd| *sd > 0.0 && published.role.is_of_patients())?;
        Some((published.value - m.mean) / sd)
    });
    Against { published: published.clone(), prediction: prediction.clone(), distance }
}

impl Summary {
    /// The prediction of a share of all patients of an arm.
    #[must_use]
    pub fn share(&self, arm: usize, event: Event) -> Option<&Prediction> {
        let wanted = |p: &&Prediction| {
            p.statistic.arm == arm
                && p.statistic.form == super::statistic::Form::Proportion(event)
                && p.statistic.subset == super::measure::Subset::All
        };
        self.predictions.iter().find(wanted)
    }
}
