//! The shortest course that reaches the wanted probability at the procedure without going too high.
//!
//! Days and start of a course are whole numbers and are gone through one by one; within each, argmin
//! finds the smallest dose. The patients and their random numbers are the same for every dose, and
//! the error of the count is integrated, not drawn (D1), so that the probability is a smooth function
//! of the dose.

use super::people::People;
use super::question::in_range;
use super::treatment::{APPROVED_MG, Treatment};
use crate::error::{Error, Result};
use crate::model::LUSUTROMBOPAG;
use crate::numeric::optimise::{Ending, Root, root_from_below};
use crate::regimen::MAX_DOSE;
use crate::simulate::population::{Failures, with_threads};
use std::cell::RefCell;
use std::fmt;
use std::ops::RangeInclusive;

/// Among which courses is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Days of treatment.
    pub days: RangeInclusive<usize>,
    /// Days from the first dose to the procedure. A course ends before its procedure.
    pub starts: RangeInclusive<usize>,
    /// Smallest and largest dose, mg.
    pub dose_mg: (f64, f64),
    /// Highest probability that a daily count is too high at least once.
    pub limit: f64,
}

impl Default for Choice {
    /// 1 to 14 days, begun 8 to 14 days before the procedure as the label has it, 0.25 to 6 mg, too
    /// high a count in no more than 2 %.
    fn default() -> Self {
        let largest = LUSUTROMBOPAG.1.number();
        Self { days: 1..=14, starts: 8..=14, dose_mg: (largest / 24.0, largest), limit: 0.02 }
    }
}

/// Patients of a search, unless told otherwise.
pub const SEARCHED: usize = 2_000;
/// Longest time from the first dose to the procedure, days.
const LATEST_START: usize = 35;
/// A dose is found to within this, mg.
const DOSE_TOLERANCE: f64 = 0.005;
/// Most iterations of one search.
const MAX_ITERATIONS: u64 = 60;

impl Choice {
    /// Whether there is anything to choose from.
    ///
    /// # Errors
    /// An empty or unordered range, a limit outside (0, 1), courses that all outlast their procedure.
    pub fn check(&self) -> Result<()> {
        let (low, high) = self.dose_mg;
        in_range("smallest dose", low, "mg", "(0, ∞)", low.is_finite() && low > 0.0)?;
        let range = format!("({low}, {MAX_DOSE}]");
        in_range("largest dose", high, "mg", &range, high > low && high <= MAX_DOSE)?;
        in_range("limit", self.limit, "1", "(0, 1)", self.limit > 0.0 && self.limit < 1.0)?;
        let whole = |name, range: &RangeInclusive<usize>, most: usize| {
            let inside = *range.start() >= 1 && *range.end() <= most && !range.is_empty();
            let value = if *range.start() < 1 { range.start() } else { range.end() };
            in_range(
                name,
                *value as f64,
                "d",
                &format!("[{}, {most}]", range.start().max(&1)),
                inside,
            )
        };
        whole("days of treatment", &self.days, 28)?;
        whole("days before the procedure", &self.starts, LATEST_START)?;
        if self.days.start() > self.starts.end() {
            return Err(Error::Contradiction {
                first: format!("{} days of treatment or more", self.days.start()),
                second: format!("a procedure after {} days", self.starts.end()),
                remedy: "start earlier, or treat for fewer days".to_owned(),
            });
        }
        Ok(())
    }
}

/// What one course reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// Each dose, mg.
    pub dose_mg: f64,
    /// Days of treatment.
    pub days: usize,
    /// Days from the first dose to the procedure: the best of those to choose from.
    pub start: usize,
    /// Probability of measuring the threshold or more at the procedure.
    pub at_threshold: f64,
    /// Its Monte-Carlo standard error.
    pub se: f64,
    /// Probability that a daily count is too high at least once.
    pub too_high: f64,
    /// Days on which the true count is at the threshold or above: the median patient.
    pub days_at_threshold: f64,
    /// How many patients could not be integrated.
    pub failures: Failures,
}

impl Reach {
    /// All doses together, mg.
    #[must_use]
    pub fn total_mg(&self) -> f64 {
        self.dose_mg * self.days as f64
    }
}

/// What the search for the smallest dose of a number of days found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A dose reaches the probability and does not go too high.
    Reached,
    /// The smallest dose to choose from does already.
    SmallestDose,
    /// Not even the largest dose reaches the probability.
    NotReached,
    /// The dose that reaches it goes too high too often.
    TooHigh,
    /// The search was cut short.
    CutShort,
}

impl Verdict {
    /// Whether the course may be chosen.
    #[must_use]
    pub fn is_possible(self) -> bool {
        matches!(self, Self::Reached | Self::SmallestDose)
    }

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::SmallestDose => "smallest_dose",
            Self::NotReached => "not_reached",
            Self::TooHigh => "too_high",
            Self::CutShort => "cut_short",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reached => "reached",
            Self::SmallestDose => "reached with the smallest dose",
            Self::NotReached => "not reached with the largest dose",
            Self::TooHigh => "exceeds the limit for counts that are too high",
            Self::CutShort => "search ended early",
        })
    }
}

/// The best course of a number of days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    /// What the search found.
    pub verdict: Verdict,
    /// The course: with the smallest dose that is enough. Where the probability is not reached, with
    /// the largest dose; where that goes too high, with the dose that is enough all the same.
    pub course: Reach,
    /// The same in whole mg, rounded up.
    pub whole_mg: Option<Reach>,
    /// Where the wanted is not to be had: the largest dose that does not go too high, if there is one.
    pub within_limit: Option<Reach>,
    /// Simulations of all patients that it took.
    pub simulations: u64,
}

/// The answer for one structural variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum {
    /// The best course of each number of days, rising.
    pub by_days: Vec<Best>,
    /// The approved dose for each number of days.
    pub approved_dose: Vec<Reach>,
}

impl Optimum {
    /// Every course that was kept.
    pub fn reaches(&self) -> impl Iterator<Item = &Reach> {
        self.by_days
            .iter()
            .flat_map(|best| {
                [Some(&best.course), best.whole_mg.as_ref(), best.within_limit.as_ref()]
            })
            .flatten()
            .chain(&self.approved_dose)
    }

    /// The shortest course that reaches what is wanted.
    #[must_use]
    pub fn shortest(&self) -> Option<&Best> {
        self.by_days.iter().find(|best| best.verdict.is_possible())
    }

    /// The shortest course of the approved dose that reaches `probability` and stays within `limit`.
    #[must_use]
    pub fn shortest_of_approved_dose(&self, probability: f64, limit: f64) -> Option<&Reach> {
        let mut courses = self.approved_dose.iter();
        courses.find(|r| r.at_threshold >= probability && r.too_high <= limit)
    }
}

impl People<'_> {
    /// What `days` of `dose_mg` reach when started on the best day. Ties go to the shortest wait.
    ///
    /// # Errors
    /// A dose or a number of days that is none, or a course that outlasts every procedure.
    pub fn reach(&self, dose_mg: f64, days: usize, choice: &Choice) -> Result<Reach> {
        choice.check()?;
        let courses = self.under(&Treatment::new(dose_mg, days))?;
        let starts = choice.starts.clone().filter(|start| *start >= days);
        let at = |start: usize| (start, courses.at_threshold_on(start));
        let best =
            starts.map(at).reduce(|best, other| if other.1.0 > best.1.0 { other } else { best });
        let (start, (at_threshold, se)) = best.ok_or_else(|| Error::Contradiction {
            first: format!("{days} days of treatment"),
            second: format!("a procedure after {} days", choice.starts.end()),
            remedy: "start earlier, or treat for fewer days".to_owned(),
        })?;
        Ok(Reach {
            dose_mg,
            days,
            start,
            at_threshold,
            se,
            too_high: courses.ever_too_high().0,
            days_at_threshold: courses.days_at_threshold().q50,
            failures: courses.failures(),
        })
    }

    /// What every dose reaches for every number of days to choose from, dose by dose.
    ///
    /// # Errors
    /// A dose that is none, or nothing to choose from.
    pub fn grid(&self, doses_mg: &[f64], choice: &Choice) -> Result<Vec<Reach>> {
        choice.check()?;
        let days = choice.days.clone().filter(|days| days <= choice.starts.end());
        let courses = doses_mg.iter().flat_map(|dose| days.clone().map(move |days| (*dose, days)));
        courses.map(|(dose, days)| self.reach(dose, days, choice)).collect()
    }

    /// The best course of every number of days. `progress` is told how many of them are done.
    ///
    /// # Errors
    /// Nothing to choose from.
    pub fn optimum(&self, choice: &Choice, progress: &(dyn Fn(usize) + Sync)) -> Result<Optimum> {
        choice.check()?;
        let threads = self.question.settings.threads;
        let mut people = self.clone();
        people.question.settings.threads = None;
        let days = choice.days.clone().filter(|days| days <= choice.starts.end());
        with_threads(threads, || {
            let (mut by_days, mut approved_dose) = (Vec::new(), Vec::new());
            for days in days {
                by_days.push(Search::new(&people, choice, days).best()?);
                approved_dose.push(people.reach(APPROVED_MG, days, choice)?);
                progress(by_days.len());
            }
            Ok(Optimum { by_days, approved_dose })
        })?
    }
}

/// The search for the dose of a number of days.
struct Search<'a> {
    people: &'a People<'a>,
    choice: &'a Choice,
    days: usize,
    /// What has been simulated, in its order; or why nothing could be.
    seen: RefCell<Vec<Reach>>,
    failed: RefCell<Option<Error>>,
}

impl<'a> Search<'a> {
    fn new(people: &'a People<'a>, choice: &'a Choice, days: usize) -> Self {
        let (seen, failed) = (RefCell::new(Vec::new()), RefCell::new(None));
        Self { people, choice, days, seen, failed }
    }

    fn reach(&self, dose_mg: f64) -> Result<Reach> {
        let same = |known: &&Reach| (known.dose_mg - dose_mg).abs() <= 0.0;
        if let Some(known) = self.seen.borrow().iter().find(same) {
            return Ok(*known);
        }
        let reach = self.people.reach(dose_mg, self.days, self.choice)?;
        self.seen.borrow_mut().push(reach);
        Ok(reach)
    }

    /// The same for argmin, which takes no errors: they are kept for later.
    fn value(&self, dose_mg: f64, of: &dyn Fn(&Reach) -> f64) -> f64 {
        match self.reach(dose_mg) {
            Ok(reach) => of(&reach),
            Err(error) => {
                *self.failed.borrow_mut() = Some(error);
                f64::NAN
            }
        }
    }

    fn finish(&self, root: Root) -> Result<Root> {
        self.failed.borrow_mut().take().map_or(Ok(root), Err)
    }

    fn best(self) -> Result<Best> {
        let wanted = self.people.question.probability;
        let (low, high) = self.choice.dose_mg;
        let (smallest, largest) = (self.reach(low)?, self.reach(high)?);
        let (mut verdict, course) = if smallest.at_threshold >= wanted {
            (Verdict::SmallestDose, smallest)
        } else if largest.at_threshold < wanted {
            (Verdict::NotReached, largest)
        } else {
            let short_of = |dose| self.value(dose, &|reach| reach.at_threshold - wanted);
            let root = root_from_below(&short_of, (low, high), DOSE_TOLERANCE, MAX_ITERATIONS);
            let root = self.finish(root)?;
            let met = root.ending == Ending::CriterionMet;
            (if met { Verdict::Reached } else { Verdict::CutShort }, self.reach(root.x)?)
        };
        if verdict.is_possible() && course.too_high > self.choice.limit {
            verdict = Verdict::TooHigh;
        }
        let within_limit =
            if verdict.is_possible() { None } else { self.within_limit((smallest, largest))? };
        let whole = course.dose_mg.ceil();
        let whole_mg = (verdict.is_possible() && whole <= high).then(|| self.reach(whole));
        let whole_mg = whole_mg.transpose()?;
        let simulations = self.seen.borrow().len() as u64;
        Ok(Best { verdict, course, whole_mg, within_limit, simulations })
    }

    /// The largest dose that does not go too high.
    fn within_limit(&self, (smallest, largest): (Reach, Reach)) -> Result<Option<Reach>> {
        let limit = self.choice.limit;
        if largest.too_high <= limit {
            return Ok(Some(largest));
        }
        if smallest.too_high > limit {
            return Ok(None);
        }
        // Doses run backwards, so that the search ends on the side of those that are not too high.
        let room = |dose: f64| self.value(-dose, &|reach| limit - reach.too_high);
        let ends = (-largest.dose_mg, -smallest.dose_mg);
        let root = self.finish(root_from_below(&room, ends, DOSE_TOLERANCE, MAX_ITERATIONS))?;
        self.reach(-root.x).map(Some)
    }
}
