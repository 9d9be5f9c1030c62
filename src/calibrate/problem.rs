//! The objective of a calibration: the synthetic likelihood of the published numbers and the prior,
//! as a function of the estimated numbers on their scales.

use super::estimated::{Estimated, Plan};
use super::likelihood::{Likelihood, likelihood};
use super::pool::{Pool, View};
use super::potential::PotentialOutcomes;
use crate::error::{Error, Result};
use crate::machine::{prepare_threads, require};
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::simulate::population::Failures;
use crate::trial::{Allocation, Design, Form, Published, Role, Subset, protocols_of};

/// Bytes of the draws of a candidate in one trial, and of each published number in a potential outcome; share of
/// the candidates that may take part, generously. Measured: 5,000 candidates of the shipped plan took 4.3 kB each.
const BYTES_OF_DRAWS: f64 = 600.0;
const BYTES_OF_NUMBER: f64 = 16.0;
const ADMITTED: f64 = 0.7;

/// What is to be calibrated.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Structural variant.
    pub variant: Variant,
    /// The published numbers that enter the objective: those with the role `calibrate`.
    pub published: Vec<Published>,
    /// What is estimated.
    pub estimated: Vec<Estimated>,
    /// Seed of the virtual patients.
    pub seed: u64,
    /// Candidates behind every expectation.
    pub candidates: usize,
    patients: VirtualPatients,
    designs: Vec<Design>,
    courses: Vec<Course>,
}

/// Arms whose patients have the same courses, apart from practice.
#[derive(Debug, Clone)]
struct Course {
    /// A protocol with this course.
    design: Design,
    arm: usize,
    pool: std::sync::Arc<Pool>,
    /// The arms, as positions of trial and arm.
    arms: Vec<(usize, usize)>,
}

/// The objective at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// −2 ln(likelihood × prior), up to a constant.
    pub objective: f64,
    /// The part of the prior.
    pub prior: f64,
    /// The likelihood.
    pub likelihood: Likelihood,
}

impl Problem {
    /// The calibration of `variant` to those of `published` that have the role `calibrate`.
    ///
    /// # Errors
    /// A trial or arm that does not exist, patients that do not fit the variant.
    pub fn new(
        plan: &Plan,
        variant: Variant,
        on_request: &[String],
        published: &[Published],
        (seed, candidates): (u64, usize),
    ) -> Result<Self> {
        let used: Vec<Published> =
            published.iter().filter(|p| p.role == Role::Calibrate).cloned().collect();
        let patients = VirtualPatients::load(&plan.patients)?;
        let designs = designs(&used)?;
        let mut problem = Self {
            variant,
            estimated: plan.of_variant(variant, on_request)?,
            published: used,
            seed,
            candidates,
            patients,
            designs,
            courses: Vec::new(),
        };
        problem.courses = problem.courses()?;
        Ok(problem)
    }

    /// The same with more virtual patients, or fewer.
    ///
    /// # Errors
    /// Patients that do not fit the variant.
    pub fn with_candidates(&self, candidates: usize) -> Result<Self> {
        let mut problem = Self { candidates, ..self.clone() };
        problem.courses = problem.courses()?;
        Ok(problem)
    }

    /// The same with another value of a number that is not estimated, in the same candidates.
    ///
    /// # Errors
    /// The model has no such parameter, or the value lies outside its range; patients that do not fit the variant.
    pub fn with_typical(&self, symbol: &str, value: f64) -> Result<Self> {
        let patients = self.patients.clone().with_typical(symbol, value)?;
        let mut problem = Self { patients, ..self.clone() };
        problem.courses = problem.courses()?;
        Ok(problem)
    }

    /// The same with other virtual patients, those of `seed`.
    ///
    /// # Errors
    /// Patients that do not fit the variant.
    pub fn with_seed(&self, seed: u64) -> Result<Self> {
        let mut problem = Self { seed, ..self.clone() };
        problem.courses = problem.courses()?;
        Ok(problem)
    }

    /// So many pools of virtual patients, the problem's own first.
    ///
    /// # Errors
    /// Patients that do not fit the variant; more than memory holds.
    pub fn pools(&self, count: u64) -> Result<Vec<Self>> {
        let more =
            count as f64 * self.candidates as f64 * BYTES_OF_DRAWS * self.designs.len() as f64;
        let what = format!("{count} pools of {} candidates", self.candidates);
        require(&what, more, "lower the number of candidates")?;
        (0..count)
            .map(|pool| match pool {
                0 => Ok(self.clone()),
                more => self.with_seed(self.seed.wrapping_add(more)),
            })
            .collect()
    }

    /// Refuses more candidates than memory holds.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn require(&self, candidates: usize) -> Result<()> {
        let arms: usize = self.designs.iter().map(|design| design.arms.len()).sum();
        let bytes = BYTES_OF_NUMBER * (1 + self.published.len()) as f64;
        let outcomes = 4.0 * arms as f64 * bytes * ADMITTED;
        let draws = BYTES_OF_DRAWS * self.designs.len() as f64;
        let what = format!("{candidates} candidates in {arms} arms of trials");
        require(&what, candidates as f64 * (outcomes + draws), "lower the number of candidates")
    }

    /// Every arm that a published number was formed on, those with the same course together.
    fn courses(&self) -> Result<Vec<Course>> {
        self.require(self.candidates)?;
        prepare_threads();
        let mut courses: Vec<Course> = Vec::new();
        let start = self.patients_at(&self.start(), "start")?;
        for (trial, design) in self.designs.iter().enumerate() {
            for (arm, own) in design.arms.iter().enumerate() {
                let wanted = |p: &&Published| p.trials.contains(&design.id) && p.arm == own.id;
                if !self.published.iter().any(|p| wanted(&p)) {
                    continue;
                }
                let same = |course: &&mut Course| {
                    course.arm == arm && bare(&course.design) == bare(design)
                };
                if let Some(course) = courses.iter_mut().find(same) {
                    course.arms.push((trial, arm));
                    continue;
                }
                let known = courses.iter().find(|course| bare(&course.design) == bare(design));
                let pool = match known {
                    Some(course) => course.pool.clone(),
                    None => std::sync::Arc::new(Pool::new(
                        &bare(design),
                        &start,
                        self.variant,
                        self.seed,
                        self.candidates,
                    )?),
                };
                let arms = vec![(trial, arm)];
                courses.push(Course { design: design.clone(), arm, pool, arms });
            }
        }
        Ok(courses)
    }

    /// The centres of the priors, where the search starts.
    #[must_use]
    pub fn start(&self) -> Vec<f64> {
        self.estimated.iter().map(Estimated::prior_place).collect()
    }

    /// The estimated numbers at a place on their scales.
    #[must_use]
    pub fn values(&self, x: &[f64]) -> Vec<f64> {
        self.estimated.iter().zip(x).map(|(e, x)| e.scale.value(*x)).collect()
    }

    /// The virtual patients at a place, without practice.
    ///
    /// # Errors
    /// A symbol that the patients do not have.
    pub fn patients_at(&self, x: &[f64], source: &str) -> Result<VirtualPatients> {
        let mut patients = self.patients.clone();
        for (estimated, value) in self.estimated.iter().zip(self.values(x)) {
            estimated.put_into_patients(&mut patients, self.variant, value, source)?;
        }
        Ok(patients)
    }

    /// The protocol of a trial with the practice at a place.
    #[must_use]
    pub fn with_practice(&self, design: &Design, x: &[f64]) -> Design {
        let mut design = design.clone();
        for (estimated, value) in self.estimated.iter().zip(self.values(x)) {
            estimated.put_into_trial(&mut design, value);
        }
        design
    }

    /// −2 ln of the prior, up to a constant.
    #[must_use]
    pub fn prior(&self, x: &[f64]) -> f64 {
        let one = |(e, x): (&Estimated, &f64)| ((x - e.prior_place()) / e.sd).powi(2);
        self.estimated.iter().zip(x).map(one).sum()
    }

    /// How many candidates cannot be integrated at a place, all arms together.
    ///
    /// # Errors
    /// A symbol that the patients do not have.
    pub fn failures(&self, x: &[f64]) -> Result<Failures> {
        let patients = self.patients_at(x, "")?;
        let mut all = Failures::default();
        for course in &self.courses {
            let own = (&patients, self.variant);
            all.add(&course.pool.failures(&course.design, course.arm, own)?);
        }
        Ok(all)
    }

    /// The objective at a place; none where nothing can be said there.
    ///
    /// # Errors
    /// A regimen that the model does not describe.
    pub fn evaluate(&self, x: &[f64]) -> Result<Option<Evaluation>> {
        let outcomes = self.outcomes(x)?;
        let prior = self.prior(x);
        Ok(likelihood(&self.published, &outcomes).map(|likelihood| Evaluation {
            objective: likelihood.deviance + prior,
            prior,
            likelihood,
        }))
    }

    /// −2 ln of the likelihood of a subset of the published numbers, given by their positions, for several subsets;
    /// infinity if the likelihood cannot be evaluated.
    ///
    /// # Errors
    /// A regimen that the model does not describe.
    pub fn deviances(&self, x: &[f64], choices: &[Vec<usize>]) -> Result<Vec<f64>> {
        let outcomes = self.outcomes(x)?;
        let one = |kept: &Vec<usize>| {
            let published: Vec<Published> =
                kept.iter().map(|j| self.published[*j].clone()).collect();
            let outcomes = outcomes.select(kept);
            likelihood(&published, &outcomes).map_or(f64::INFINITY, |found| found.deviance)
        };
        Ok(choices.iter().map(one).collect())
    }

    /// The potential outcomes of all arms, weighted so that those of an arm sum to its number of patients.
    fn outcomes(&self, x: &[f64]) -> Result<PotentialOutcomes> {
        let patients = self.patients_at(x, "")?;
        let mut all = PotentialOutcomes::of(self.published.len());
        for course in &self.courses {
            let wanted: Vec<Vec<usize>> =
                course.arms.iter().map(|(trial, arm)| self.numbers_of(*trial, *arm)).collect();
            let of = |j: &usize| (self.published[*j].subset, self.published[*j].form);
            let statistics: Vec<Vec<(Subset, Form)>> =
                wanted.iter().map(|own| own.iter().map(of).collect()).collect();
            let practice = |(trial, arm): &(usize, usize)| {
                self.with_practice(&self.designs[*trial], x).arms[*arm].practice
            };
            let views: Vec<View<'_>> = course
                .arms
                .iter()
                .zip(&statistics)
                .map(|(own, statistics)| View { practice: practice(own), statistics })
                .collect();
            let of_arms = course.pool.outcomes(
                &course.design,
                course.arm,
                (&patients, self.variant),
                &views,
            )?;
            for (((trial, arm), wanted), own) in course.arms.iter().zip(&wanted).zip(of_arms) {
                all.add_arm(own, arm_size(&self.designs[*trial], *arm), wanted);
            }
        }
        Ok(all)
    }

    /// The published numbers that an arm enters.
    fn numbers_of(&self, trial: usize, arm: usize) -> Vec<usize> {
        let design = &self.designs[trial];
        let is_own = |j: &usize| {
            let published = &self.published[*j];
            published.trials.contains(&design.id) && published.arm == design.arms[arm].id
        };
        (0..self.published.len()).filter(is_own).collect()
    }

    /// The trials behind the published numbers.
    #[must_use]
    pub fn designs(&self) -> &[Design] {
        &self.designs
    }
}

/// Patients in an arm: as the protocol fixes it, or by its ratio.
fn arm_size(design: &Design, arm: usize) -> f64 {
    let ratios: usize = design.arms.iter().map(|arm| arm.ratio).sum();
    let by_ratio = (design.randomised * design.arms[arm].ratio) as f64 / ratios as f64;
    design.arms[arm].size.map_or(by_ratio, |size| size as f64)
}

/// What of a protocol a patient's course depends on, besides the practice.
fn bare(design: &Design) -> Design {
    let mut bare = design.clone();
    (bare.id, bare.title, bare.short) = (String::new(), String::new(), String::new());
    bare.streams.clear();
    (bare.note, bare.sha256) = (String::new(), String::new());
    bare.randomised = 0;
    bare.practice_as = None;
    bare.allocation = Allocation { block: 0, ablation: None, count_cut: None };
    for arm in &mut bare.arms {
        arm.size = None;
        arm.practice = crate::trial::Practice {
            no_procedure_counts_as: arm.practice.no_procedure_counts_as,
            dropout: arm.practice.dropout,
            ..crate::trial::Practice::default()
        };
    }
    bare
}

fn designs(published: &[Published]) -> Result<Vec<Design>> {
    let designs = protocols_of(published)?;
    for p in published {
        for trial in &p.trials {
            let design = designs.iter().find(|design| design.id == *trial);
            if design.is_none_or(|design| design.arm(&p.arm).is_none()) {
                return Err(Error::NotIn {
                    owner: format!("the trial `{trial}` of the target `{}`", p.id),
                    kind: "arm",
                    name: p.arm.clone(),
                    known: design
                        .map_or_else(Vec::new, |d| d.arms.iter().map(|a| a.id.clone()).collect()),
                });
            }
        }
    }
    Ok(designs)
}
