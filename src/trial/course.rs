//! The patients of a trial, simulated: doses, looks at the count, transfusion.

use super::allocation::Enrolment;
use super::design::{Arm, Design};
use super::outcome::Outcome;
use super::patient::{Candidate, Recruiter, Schedule};
use crate::error::Result;
use crate::model::Theta;
use crate::simulate::population::{
    Cohort, Decision, Integration, Look, PatientPlan, Settings, simulate_block,
};
use crate::units::Time;

/// Simulates every patient of an enrolment.
///
/// # Errors
/// A regimen or a transfusion that the model does not describe.
pub fn simulate(
    recruiter: &Recruiter<'_>,
    enrolment: Enrolment,
    settings: Settings<'_>,
) -> Result<Vec<Outcome>> {
    let design = recruiter.design;
    let arm = |i: usize| &design.arms[enrolment.arms[i]];
    let patients = enrolment.patients.iter().enumerate();
    let schedules: Vec<Schedule> =
        patients.map(|(i, patient)| recruiter.schedule(patient, arm(i))).collect();
    let orders = schedules.iter().map(|schedule| Order::new(design, schedule)).collect();
    let looks = schedules.iter().enumerate().map(|(i, s)| looks(design, arm(i), s)).collect();
    let participants = Participants { recruiter, enrolment: &enrolment, schedules, orders, looks };
    let integration = Integration {
        set: &recruiter.generator.set,
        times: days(design).len() + design.visits.days.len() + 1,
        until: design.until(),
        level: design.endpoints.at_least,
        settings,
    };
    let count = enrolment.patients.len();
    let block = simulate_block(&integration, &participants, 0, count)?;
    let Participants { schedules, orders, .. } = participants;
    let Enrolment { patients, arms, strata, .. } = enrolment;
    let each = patients.into_iter().zip(schedules.into_iter().zip(orders));
    let each = each.zip(arms.into_iter().zip(strata));
    let counts = block.platelets.chunks(integration.times).zip(&block.endings);
    let mut outcomes = Vec::with_capacity(count);
    for (((patient, (schedule, order)), own), (counts, ending)) in each.zip(counts) {
        let counts = order.part(counts);
        outcomes.push(Outcome::new(recruiter, patient, schedule, own, counts, ending));
    }
    Ok(outcomes)
}

/// The visit days on which the true count of every patient is kept.
#[must_use]
pub fn days(design: &Design) -> Vec<f64> {
    let mut days = Vec::new();
    let mut day = 1.0;
    while day <= design.endpoints.last_day {
        days.push(day);
        day += 1.0;
    }
    days
}

/// The true counts of one patient, 10⁹/L.
pub(super) struct TrueCounts {
    pub(super) daily: Vec<f64>,
    pub(super) visits: Vec<f64>,
    /// At the time of a transfusion that was planned.
    pub(super) before_transfusion: f64,
}

/// Times of days, visits and the transfusion in one rising list, and the way back.
struct Order {
    times_h: Vec<f64>,
    /// The place of each time: days first, then visits, then the transfusion.
    places: Vec<usize>,
    days: usize,
}

impl Order {
    fn new(design: &Design, schedule: &Schedule) -> Self {
        let days = days(design);
        let hours = days.iter().map(|day| Time::visit_day(*day).in_hours());
        let visits = schedule.visits.iter().map(|visit| visit.time_h);
        let transfusion = schedule.transfusion_h.unwrap_or(0.0);
        let all: Vec<f64> = hours.chain(visits).chain([transfusion]).collect();
        let mut places: Vec<usize> = (0..all.len()).collect();
        places.sort_by(|a, b| all[*a].total_cmp(&all[*b]));
        let times_h = places.iter().map(|place| all[*place]).collect();
        Self { times_h, places, days: days.len() }
    }

    /// Counts on days, at visits, and before the transfusion.
    fn part(&self, counts: &[f64]) -> TrueCounts {
        let mut daily = vec![f64::NAN; self.places.len()];
        for (place, count) in self.places.iter().zip(counts) {
            daily[*place] = *count;
        }
        let mut visits = daily.split_off(self.days);
        let before_transfusion = visits.pop().unwrap_or(f64::NAN);
        TrueCounts { daily, visits, before_transfusion }
    }
}

struct Participants<'a> {
    recruiter: &'a Recruiter<'a>,
    enrolment: &'a Enrolment,
    schedules: Vec<Schedule>,
    orders: Vec<Order>,
    /// The visits at which something is decided, in the order of their times.
    looks: Vec<Vec<(usize, Purpose)>>,
}

/// What a look is for.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    /// Whether dosing stops.
    Rule,
    /// Whether platelets are transfused.
    Transfusion,
}

/// The visits at which something is decided on a patient.
fn looks(design: &Design, arm: &Arm, schedule: &Schedule) -> Vec<(usize, Purpose)> {
    let mut looks = Vec::new();
    for day in arm.regimen.stopping_rule.iter().flat_map(|rule| &rule.visit_days) {
        let visit = design.visits.days.iter().position(|known| (known - day).abs() < 1e-9);
        if let Some(visit) = visit.filter(|visit| !schedule.visits[*visit].missed) {
            looks.push((visit, Purpose::Rule));
        }
    }
    looks.extend(schedule.pre_count.map(|visit| (visit, Purpose::Transfusion)));
    looks.sort_by_key(|(visit, _)| *visit);
    looks
}

impl Participants<'_> {
    fn arm(&self, i: usize) -> &Arm {
        &self.recruiter.design.arms[self.enrolment.arms[i]]
    }

    fn measured(&self, candidate: &Candidate, visit: usize, count: f64) -> f64 {
        self.recruiter.count_error.measured(count, candidate.noise[visit])
    }
}

impl Cohort for Participants<'_> {
    fn values(&self, subject: usize, sheet: &mut Theta<f64>) -> bool {
        let patient = &self.enrolment.patients[subject].patient;
        self.recruiter.generator.write(patient, sheet);
        patient.valid
    }

    fn plan(&self, subject: usize, plan: &mut PatientPlan) {
        let (design, schedule) = (self.recruiter.design, &self.schedules[subject]);
        plan.doses.extend_from_slice(&schedule.doses);
        let platelets = design.transfusion.platelets_1e9;
        plan.transfusions.extend(schedule.transfusion_h.map(|h| (Time::hours(h), platelets)));
        let looks = self.looks[subject].iter();
        plan.looks_h.extend(looks.map(|(visit, _)| schedule.visits[*visit].time_h));
        plan.times_h.extend_from_slice(&self.orders[subject].times_h);
    }

    fn look(&self, subject: usize, look: Look) -> Decision {
        let candidate = &self.enrolment.patients[subject];
        let arm = self.arm(subject);
        let (visit, purpose) = self.looks[subject][look.number];
        let count = self.measured(candidate, visit, look.count);
        match purpose {
            Purpose::Rule => {
                let baseline = self.measured(candidate, 0, look.baseline);
                match &arm.regimen.stopping_rule {
                    Some(rule) if rule.is_met(count, baseline) => Decision::StopDosing,
                    _ => Decision::Continue,
                }
            }
            Purpose::Transfusion => {
                let rule = &self.recruiter.design.transfusion;
                let spared = 1.0 - arm.practice.p_transfusion(rule, Some(count));
                let transfused = candidate.chance.transfusion >= spared;
                if transfused { Decision::Continue } else { Decision::NoTransfusion }
            }
        }
    }

    fn varies(&self, symbol: &str) -> bool {
        self.recruiter.generator.varies(symbol)
    }
}
