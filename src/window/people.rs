//! The patients of a question: drawn once, the same ones under every treatment.

use super::baseline::{Baseline, TrueCounts};
use super::course::{self, Courses};
use super::measured::{self, Chances};
use super::question::Question;
use super::treatment::Treatment;
use crate::error::{Error, Result};
use crate::machine::require;
use crate::population::{CountStreams, Generator, VirtualPatient};
use crate::simulate::population::with_threads;
use rayon::prelude::*;

/// Memory of a patient and the courses under a treatment, bytes: the persons themselves, the counts and
/// two probabilities of 43 days, endings, all of it twice while blocks are joined. Measured: 20,000
/// patients took 2.8 kB each; a quarter is added for the summaries made of them.
const BYTES_OF_PERSON: f64 = 3_500.0;
/// Of this many candidates at least one must be the patient that is asked for.
const MOST_CANDIDATES_PER_PATIENT: usize = 1000;

/// One patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Number of the patient, which determines all random numbers of the patient.
    pub subject: usize,
    /// Parameters and covariates.
    pub patient: VirtualPatient,
    /// True count before treatment, 10⁹/L.
    pub plt0: f64,
    /// The same as measured, 10⁹/L: a stopping rule counts its rise from here.
    pub measured: f64,
}

/// The patients of a question.
#[derive(Debug, Clone)]
pub struct People<'a> {
    /// The question.
    pub question: Question<'a>,
    /// Where the patients come from.
    pub generator: Generator,
    /// The patients, in the order of their numbers.
    pub persons: Vec<Person>,
    /// Probabilities of measuring the threshold or more, and one more than what is too high.
    pub(super) chances: [Chances; 2],
}

impl<'a> People<'a> {
    /// Draws the patients: patient number 7 is the same whatever the dose, and whatever the baseline apart from the count and
    /// what is correlated with it.
    ///
    /// # Errors
    /// A question that cannot be asked, or patients who cannot have the baseline, more of them than
    /// memory holds.
    pub fn new(question: Question<'a>) -> Result<Self> {
        question.check()?;
        let generator = question.patients.generator(question.variant, question.seed)?;
        generator.set.symbol("plt0")?;
        let persons = with_threads(question.settings.threads, || {
            Self::require(question.subjects)?;
            draw(&question, &generator)
        })??;
        let levels = [question.threshold, question.too_many];
        let chances = levels.map(|level| Chances::new(&question.patients.count_error, level));
        Ok(Self { question, generator, persons, chances })
    }

    /// The same with another baseline: probabilities of what is measured need not be computed again.
    ///
    /// # Errors
    /// As [`People::new`].
    pub fn with_baseline(&self, baseline: Baseline) -> Result<Self> {
        let question = Question { baseline, ..self.question };
        question.check()?;
        let threads = question.settings.threads;
        let persons = with_threads(threads, || draw(&question, &self.generator))??;
        Ok(Self { question, persons, ..self.clone() })
    }

    /// Refuses more patients than memory holds with their courses.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn require(subjects: usize) -> Result<()> {
        let bytes = subjects as f64 * BYTES_OF_PERSON;
        require(&format!("{subjects} patients"), bytes, "lower the number of subjects")
    }

    /// The course of every patient under a treatment.
    ///
    /// # Errors
    /// A treatment that is none.
    pub fn under(&self, treatment: &Treatment) -> Result<Courses> {
        course::simulate(self, treatment)
    }
}

fn draw(question: &Question<'_>, generator: &Generator) -> Result<Vec<Person>> {
    let Question { patients, variant, baseline, subjects, seed, .. } = *question;
    let error = patients.count_error;
    let counts = CountStreams::new(seed, &[1.0]);
    let true_counts = match baseline {
        Baseline::Measured(y) if !measured::is_exact(&error) => {
            Some(TrueCounts::new(patients, (&generator.set, variant), y, seed)?)
        }
        _ => None,
    };
    let spread = generator.spread_of("plt0");
    let person = |subject: usize| {
        let given = |z: f64| generator.patient_given(subject, "plt0", z);
        let (patient, plt0) = match (baseline, &true_counts) {
            (Baseline::Below(_), _) => {
                let patient = generator.patient(subject);
                let plt0 = generator.value(&patient, "plt0");
                (patient, plt0)
            }
            (_, Some(true_counts)) => {
                let (plt0, z) = true_counts.of(subject);
                (given(z), plt0)
            }
            (Baseline::Measured(count) | Baseline::True(count), _) => match spread {
                Some((distribution, typical)) => {
                    (given(distribution.standard(typical, count)), count)
                }
                None => (generator.patient(subject), count),
            },
        };
        let measured = match baseline {
            Baseline::Measured(count) => count,
            _ => error.measured(plt0, counts.noise(&error, subject)[0]),
        };
        Person { subject, patient, plt0, measured }
    };
    let Baseline::Below(limit) = baseline else {
        return Ok((0..subjects).into_par_iter().map(person).collect());
    };
    let (mut persons, mut next) = (Vec::with_capacity(subjects), 0);
    while persons.len() < subjects {
        if next >= MOST_CANDIDATES_PER_PATIENT * subjects {
            return Err(Error::Contradiction {
                first: format!("a measured count below {limit} 10^9/L"),
                second: format!(
                    "the patients `{}`, very few of whom have such a count",
                    patients.id
                ),
                remedy: "give a higher limit, or use other patients".to_owned(),
            });
        }
        let candidates = (next..next + subjects).into_par_iter().map(person);
        let admitted: Vec<Person> =
            candidates.filter(|candidate| candidate.measured < limit).collect();
        persons.extend(admitted);
        next += subjects;
    }
    persons.truncate(subjects);
    Ok(persons)
}
