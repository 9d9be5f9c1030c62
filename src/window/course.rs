//! What the patients go through under one treatment, and how probable each count is.

use super::measured::Chances;
use super::people::{People, Person};
use super::treatment::Treatment;
use crate::error::Result;
use crate::model::Theta;
use crate::regimen::StoppingRule;
use crate::simulate::population::{
    Block, Cohort, Decision, Ending, Integration, Look, PatientPlan, PlannedDose, Visits,
    simulate_block, with_threads,
};
use crate::units::Time;
use rayon::prelude::*;

/// Last visit day that is looked at: six weeks after the first dose.
pub const LAST_DAY: usize = 43;
/// Patients simulated together by one thread. Results do not depend on it.
const BLOCK: usize = 256;

/// The courses of all patients of a question under one treatment, patient by patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Courses {
    /// True counts on visit days 1 to [`LAST_DAY`], 10⁹/L; NaN after a failure.
    pub counts: Vec<f64>,
    /// Probability of measuring the threshold or more on each of these days.
    pub at_threshold: Vec<f64>,
    /// Probability of measuring more than what is too high on each of these days.
    pub too_high: Vec<f64>,
    /// What became of each patient; levels are the threshold, times in h.
    pub endings: Vec<Ending>,
}

/// Simulates every patient.
pub(super) fn simulate(people: &People<'_>, treatment: &Treatment) -> Result<Courses> {
    let question = people.question;
    let regimen = treatment.regimen()?;
    let integration = Integration {
        set: &people.generator.set,
        times: LAST_DAY,
        until: Time::visit_day(LAST_DAY as f64),
        level: question.threshold,
        settings: question.settings,
    };
    let treated = Treated::new(people, &regimen);
    let count = people.persons.len();
    let one = |block: usize| {
        let first = block * BLOCK;
        let block = simulate_block(&integration, &treated, first, BLOCK.min(count - first))?;
        Ok(chances(people, block))
    };
    let blocks: Result<Vec<Courses>> = with_threads(question.settings.threads, || {
        (0..count.div_ceil(BLOCK)).into_par_iter().map(one).collect()
    })?;
    let mut all = Courses {
        counts: Vec::with_capacity(count * LAST_DAY),
        at_threshold: Vec::with_capacity(count * LAST_DAY),
        too_high: Vec::with_capacity(count * LAST_DAY),
        endings: Vec::with_capacity(count),
    };
    for block in blocks? {
        all.counts.extend(block.counts);
        all.at_threshold.extend(block.at_threshold);
        all.too_high.extend(block.too_high);
        all.endings.extend(block.endings);
    }
    Ok(all)
}

fn chances(people: &People<'_>, block: Block) -> Courses {
    let of = |table: &Chances| {
        let chance = |count: &f64| if count.is_nan() { f64::NAN } else { table.of(*count) };
        block.platelets.iter().map(chance).collect()
    };
    let [at_threshold, too_high] = &people.chances;
    Courses {
        at_threshold: of(at_threshold),
        too_high: of(too_high),
        counts: block.platelets,
        endings: block.endings,
    }
}

/// The patients as the engine sees them.
struct Treated<'a> {
    people: &'a People<'a>,
    doses: Vec<PlannedDose>,
    looks_h: Vec<f64>,
    rule: Option<&'a StoppingRule>,
    visits: Visits,
    times_h: Vec<f64>,
}

impl<'a> Treated<'a> {
    fn new(people: &'a People<'a>, regimen: &'a crate::regimen::Regimen) -> Self {
        let rule = regimen.stopping_rule.as_ref();
        let days = rule.iter().flat_map(|rule| &rule.visit_days);
        let days = days.filter(|day| **day <= LAST_DAY as f64);
        let hours = |day: &f64| Time::visit_day(*day).in_hours();
        Self {
            people,
            doses: regimen.doses().map(|d| PlannedDose { dose: *d, planned: d.time }).collect(),
            looks_h: days.map(hours).collect(),
            rule,
            visits: Visits::new(
                people.question.patients.count_error,
                regimen,
                people.question.seed,
            ),
            times_h: (1..=LAST_DAY).map(|day| hours(&(day as f64))).collect(),
        }
    }

    fn person(&self, position: usize) -> &Person {
        &self.people.persons[position]
    }
}

impl Cohort for Treated<'_> {
    fn values(&self, position: usize, sheet: &mut Theta<f64>) -> bool {
        let person = self.person(position);
        self.people.generator.write(&person.patient, sheet);
        sheet.set("plt0", person.plt0);
        person.patient.valid
    }

    fn plan(&self, _: usize, plan: &mut PatientPlan) {
        plan.doses.extend_from_slice(&self.doses);
        plan.looks_h.extend_from_slice(&self.looks_h);
        plan.times_h.extend_from_slice(&self.times_h);
    }

    fn look(&self, position: usize, look: Look) -> Decision {
        let person = self.person(position);
        let count = self.visits.measured(person.subject, look.number + 1, look.count);
        match self.rule {
            Some(rule) if rule.is_met(count, person.measured) => Decision::StopDosing,
            _ => Decision::Continue,
        }
    }

    fn varies(&self, symbol: &str) -> bool {
        symbol == "plt0" || self.people.generator.varies(symbol)
    }
}
