//! What is kept of a population.

use super::{Block, Ending, Failures, Request};
use crate::error::{Error, Result};
use crate::statistics::{Histogram, rank};
use serde::{Deserialize, Serialize};

/// Takes what comes of the subjects, in their order.
pub trait Keep: Send {
    /// Takes a run of subjects.
    fn take(&mut self, block: &Block);
    /// About how much memory all subjects of a request take in the end, bytes.
    fn bytes(&self, request: &Request<'_>) -> f64;
}

/// A list that grows holds up to twice its numbers, and three times while it moves.
const GROWTH: f64 = 3.0;
/// What a subject's ending takes, bytes.
const ENDING: f64 = size_of::<Ending>() as f64;

/// All counts at the times asked for: memory grows with subjects and times.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Profiles {
    /// Platelet counts, 10⁹/L: subject by subject, at the times of the request.
    pub platelets: Vec<f64>,
    /// What became of each subject.
    pub endings: Vec<Ending>,
}

impl Keep for Profiles {
    fn take(&mut self, block: &Block) {
        self.platelets.extend_from_slice(&block.platelets);
        self.endings.extend_from_slice(&block.endings);
    }

    fn bytes(&self, request: &Request<'_>) -> f64 {
        let counts = size_of::<f64>() as f64 * request.times_h.len() as f64;
        GROWTH * request.subjects as f64 * (counts + ENDING)
    }
}

/// Endpoints only: memory grows with the subjects.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Endpoints {
    /// What became of each subject.
    pub endings: Vec<Ending>,
}

impl Keep for Endpoints {
    fn take(&mut self, block: &Block) {
        self.endings.extend_from_slice(&block.endings);
    }

    fn bytes(&self, request: &Request<'_>) -> f64 {
        GROWTH * request.subjects as f64 * ENDING
    }
}

/// What a time takes besides its counts or bins, bytes: the row, and the text that it becomes, which
/// holds up to twice its length while it grows.
const BYTES_OF_ROW: f64 = 800.0;
/// What a subject that failed takes, bytes, in a list that grows.
const FAILURE: f64 = 3.0 * size_of::<(usize, f64, crate::error::Reason)>() as f64;
/// Up to this many counts are all kept, and quantiles are exact: 64 MB.
const EXACT_UP_TO: usize = 8_000_000;

/// Quantiles of the count and probabilities at each time, failures; memory does not grow with the
/// subjects.
#[derive(Debug)]
pub struct Summary {
    times_h: Vec<f64>,
    probabilities: Vec<f64>,
    levels: Vec<f64>,
    /// Subjects at or above each level, time by time.
    above: Vec<usize>,
    values: Values,
    /// Subjects that were integrated to the end.
    pub subjects: usize,
    /// Subjects that were not: number, time reached in h, reason.
    pub failures: Vec<(usize, f64, crate::error::Reason)>,
    /// How many they are of how many, and the first of them.
    pub tally: Failures,
}

#[derive(Debug, Serialize, Deserialize)]
enum Values {
    /// All of them, time by time.
    Exact(Vec<Vec<f64>>),
    Binned(Vec<Histogram>),
}

/// The summary of one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Elapsed time, h.
    pub time_h: f64,
    /// Quantiles of the count, 10⁹/L, in the order of the probabilities asked for.
    pub quantiles: Vec<f64>,
    /// Shares of the subjects at or above each level asked for.
    pub at_or_above: Vec<f64>,
}

/// A summary as a line of text: subjects, tally, failures, counts above levels, values.
type Line = (usize, Failures, Vec<(usize, f64, crate::error::Reason)>, Vec<usize>, Values);

impl Values {
    /// Adds those of later subjects; says whether they were of the same form.
    fn append(&mut self, other: Self) -> bool {
        match (self, other) {
            (Self::Exact(own), Self::Exact(more)) if own.len() == more.len() => {
                own.iter_mut().zip(more).for_each(|(own, more)| own.extend(more));
            }
            (Self::Binned(own), Self::Binned(more)) if own.len() == more.len() => {
                own.iter_mut().zip(&more).for_each(|(own, more)| own.merge(more));
            }
            _ => return false,
        }
        true
    }
}

impl Summary {
    /// The counts that the shares of subjects are at or above, 10⁹/L.
    #[must_use]
    pub fn levels(&self) -> &[f64] {
        &self.levels
    }

    /// For quantiles at `probabilities`, and for the shares of subjects at or above `levels`.
    #[must_use]
    pub fn new(request: &Request<'_>, probabilities: &[f64], levels: &[f64]) -> Self {
        let times = request.times_h.len();
        let values = if request.subjects.saturating_mul(times) <= EXACT_UP_TO {
            Values::Exact(vec![Vec::with_capacity(request.subjects); times])
        } else {
            Values::Binned(vec![Histogram::default(); times])
        };
        Self {
            times_h: request.times_h.clone(),
            probabilities: probabilities.to_vec(),
            levels: levels.to_vec(),
            above: vec![0; times * levels.len()],
            values,
            subjects: 0,
            failures: Vec::new(),
            tally: Failures::default(),
        }
    }

    /// Largest relative error of a quantile through summarising: 0 where all counts were kept,
    /// 4.9e-4 where subjects times times exceed eight millions.
    #[must_use]
    pub fn quantile_error(&self) -> f64 {
        match self.values {
            Values::Exact(_) => 0.0,
            Values::Binned(_) => Histogram::ERROR,
        }
    }

    /// One row for each time. A quantile is a subject's count: the smallest that at least the given
    /// share of subjects do not exceed.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let row = |(i, time_h): (usize, &f64)| {
            let at_or_above = self.above[i * self.levels.len()..][..self.levels.len()].iter();
            let at_or_above = at_or_above.map(|n| *n as f64 / self.subjects as f64).collect();
            Row { time_h: *time_h, quantiles: self.quantiles(i), at_or_above }
        };
        self.times_h.iter().enumerate().map(row).collect()
    }

    /// The summary so far as a line of text, for [`Self::add_line`].
    #[must_use]
    pub fn to_line(&self) -> String {
        let Self { above, values, subjects, failures, tally, .. } = self;
        serde_json::to_string(&(subjects, tally, failures, above, values)).unwrap_or_default()
    }

    /// Adds the subjects behind a line of another summary of the same request; they come after those so far.
    ///
    /// # Errors
    /// A line that is not of such a summary.
    pub fn add_line(&mut self, line: &str) -> Result<()> {
        let refused = || Error::Contradiction {
            first: "a line of a shard".to_owned(),
            second: "the times and levels of this run".to_owned(),
            remedy: "run this shard again".to_owned(),
        };
        let (subjects, tally, failures, above, values): Line =
            serde_json::from_str(line).map_err(|_| refused())?;
        if above.len() != self.above.len() || !self.values.append(values) {
            return Err(refused());
        }
        self.subjects += subjects;
        self.tally.add(&tally);
        self.failures.extend(failures);
        self.above.iter_mut().zip(above).for_each(|(own, more)| *own += more);
        Ok(())
    }

    fn quantiles(&self, time: usize) -> Vec<f64> {
        if self.subjects == 0 {
            return vec![f64::NAN; self.probabilities.len()];
        }
        let ranks = self.probabilities.iter().map(|probability| rank(*probability, self.subjects));
        match &self.values {
            Values::Exact(values) => {
                let mut sorted = values[time].clone();
                sorted.sort_unstable_by(f64::total_cmp);
                ranks.map(|rank| sorted[rank]).collect()
            }
            Values::Binned(histograms) => {
                ranks.map(|rank| histograms[time].at_rank(rank)).collect()
            }
        }
    }
}

impl Keep for Summary {
    fn take(&mut self, block: &Block) {
        let times = self.times_h.len();
        for (i, ending) in block.endings.iter().enumerate() {
            self.tally.count(block.first_subject + i, ending);
            if let Some(reason) = ending.failure {
                self.failures.push((block.first_subject + i, ending.reached, reason));
                continue;
            }
            self.subjects += 1;
            for (time, count) in block.platelets[i * times..][..times].iter().enumerate() {
                match &mut self.values {
                    Values::Exact(values) => values[time].push(*count),
                    Values::Binned(histograms) => histograms[time].add(*count),
                }
                for (level, above) in
                    self.levels.iter().zip(&mut self.above[time * self.levels.len()..])
                {
                    *above += usize::from(count >= level);
                }
            }
        }
    }

    // Failures are few, or nothing is left to summarise: they count all the same.
    fn bytes(&self, request: &Request<'_>) -> f64 {
        let (times, subjects) = (request.times_h.len() as f64, request.subjects as f64);
        let numbers = match self.values {
            Values::Exact(_) => 8.0 * subjects * times,
            Values::Binned(_) if request.variability.is_empty() => 256.0 * times,
            Values::Binned(_) => Histogram::MOST_BYTES * times,
        };
        numbers + (BYTES_OF_ROW + 8.0 * self.levels.len() as f64) * times + FAILURE * subjects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Population, parameter_set};

    /// Subjects from number `first` on, each with counts at two times; the last has failed.
    fn block(first: usize, subjects: usize) -> Block {
        let numbers = first..first + subjects;
        let platelets = numbers.flat_map(|i| [20.0 + i as f64, 90.0 + 3.0 * i as f64]).collect();
        let mut endings = vec![Ending::default(); subjects];
        endings[subjects - 1].failure = Some(crate::error::Reason::Stiff);
        Block { first_subject: first, platelets, endings }
    }

    #[test]
    fn invariant_lines_of_parts_make_the_summary_of_the_whole() {
        let set = parameter_set("mechanistic", Population::CLD).unwrap();
        let regimen = crate::regimen::Regimen::placebo();
        let mut request = Request::new(&set, &regimen);
        request.times_h = vec![0.0, 24.0];
        // The total decides how counts are kept, not the subjects of a part.
        for total in [70, EXACT_UP_TO] {
            request.subjects = total;
            let new = || Summary::new(&request, &[0.05, 0.5], &[50.0]);
            let (mut whole, mut merged) = (new(), new());
            for (first, count) in [(0, 30), (30, 40)] {
                let mut part = new();
                part.take(&block(first, count));
                whole.take(&block(first, count));
                merged.add_line(&part.to_line()).unwrap();
            }
            assert_eq!(whole.quantile_error() > 0.0, total == EXACT_UP_TO);
            assert_eq!(merged.to_line(), whole.to_line());
            assert_eq!(merged.rows(), whole.rows());
            assert_eq!((merged.tally.failed, merged.failures.len()), (2, 2));
            for wrong in ["", "[]", &new().to_line().replace("[0,0]", "[0]")] {
                assert!(merged.add_line(wrong).is_err(), "{wrong}");
            }
        }
    }
}
