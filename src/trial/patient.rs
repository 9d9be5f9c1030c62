//! Candidates: drawn, screened, and given a schedule of their own.

use super::design::{Arm, Design};
use crate::error::Result;
use crate::model::Variant;
use crate::population::{
    CountError, CountNoise, CountStreams, Generator, PatientDraws, QuasiRandom, Stream, Streams,
    VirtualPatient, VirtualPatients,
};
use crate::regimen::Dose;
use crate::simulate::population::PlannedDose;
use crate::units::{HOURS_PER_DAY, Time};

/// Candidates of one replicate are numbered from 0; the next replicate's start this much later.
const CANDIDATES_PER_REPLICATE: usize = 1 << 32;

/// Procedures take place at noon of their day, after a count of the same morning.
const PROCEDURE_HOUR: f64 = 12.0;

fn procedure_h(day: f64) -> f64 {
    Time::visit_day(day).in_hours() + PROCEDURE_HOUR
}

/// Draws the candidates of a trial.
#[derive(Debug, Clone)]
pub struct Recruiter<'a> {
    /// The protocol.
    pub design: &'a Design,
    /// The virtual patients.
    pub generator: Generator,
    /// How counts are measured.
    pub count_error: CountError,
    seed: u64,
    counts: CountStreams,
    events: Streams,
    visits: Vec<Streams>,
    /// Planned hours over all arms, and the streams of each.
    doses: Vec<(f64, Streams)>,
}

/// Why a candidate may not take part; where both hold, the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    /// The measured screening count was not below the limit.
    Count,
    /// A history of thrombosis.
    Thrombosis,
}

/// A patient before the trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Number of the patient, which determines all random numbers of the patient.
    pub subject: usize,
    /// Parameters and covariates.
    pub patient: VirtualPatient,
    /// The true count without drug, 10⁹/L.
    pub true_baseline: f64,
    /// The measured screening count, 10⁹/L.
    pub screening: f64,
    /// The measurement error of the counts, visit by visit.
    pub noise: Vec<CountNoise>,
    /// Whether the procedure is an ablation.
    pub ablation: bool,
    /// Reason for exclusion, if any.
    pub exclusion: Option<Exclusion>,
    /// The patient's random draws.
    pub chance: Chance,
}

/// Everything random about a candidate: it does not depend on typical values, spreads or the size of
/// the count error.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateDraws {
    subject: usize,
    patient: PatientDraws,
    /// Screening first, then the visits.
    noise: Vec<CountNoise>,
    chance: Chance,
}

/// Uniform numbers that decide what happens to a patient, whatever the arm.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Chance {
    /// Whether the procedure is an ablation.
    pub ablation: f64,
    /// Where in its window the procedure lies.
    pub procedure_day: f64,
    /// Whether practice departs from the rule of transfusion.
    pub transfusion: f64,
    /// Whether the procedure takes place.
    pub no_procedure: f64,
    /// Whether bleeding needs rescue.
    pub rescue: f64,
    /// Whether the patient drops out.
    pub dropout: f64,
    /// Time of dropout.
    pub dropout_day: f64,
}

impl Chance {
    fn draw(stream: &mut Stream) -> Self {
        Self {
            ablation: stream.uniform(),
            procedure_day: stream.uniform(),
            transfusion: stream.uniform(),
            no_procedure: stream.uniform(),
            rescue: stream.uniform(),
            dropout: stream.uniform(),
            dropout_day: stream.uniform(),
        }
    }
}

impl<'a> Recruiter<'a> {
    /// For the patients of a structural variant.
    ///
    /// # Errors
    /// Patients that do not fit the model or the variant.
    pub fn new(
        design: &'a Design,
        patients: &VirtualPatients,
        variant: Variant,
        seed: u64,
    ) -> Result<Self> {
        let seed = design.seed(seed);
        let mut days = vec![design.entry.screening_day];
        days.extend(&design.visits.days);
        let visit = |day: &f64| Streams::new(seed, &format!("attendance on visit day {day}"));
        let mut planned: Vec<f64> = Vec::new();
        for dose in design.arms.iter().flat_map(|arm| arm.regimen.planned()) {
            let hours = dose.time.in_hours();
            if !planned.iter().any(|known| (known - hours).abs() < 1e-9) {
                planned.push(hours);
            }
        }
        let dose =
            |hours: &f64| (*hours, Streams::new(seed, &format!("dose planned at {hours} h")));
        Ok(Self {
            design,
            generator: patients.generator(variant, seed)?,
            count_error: patients.count_error,
            seed,
            counts: CountStreams::new(seed, &days),
            events: Streams::new(seed, "events of the trial"),
            visits: design.visits.days.iter().map(visit).collect(),
            doses: planned.iter().map(dose).collect(),
        })
    }

    /// Candidate number `number` of a replicate.
    #[must_use]
    pub fn candidate(&self, replicate: usize, number: usize) -> Candidate {
        self.candidate_of(&self.draws(replicate, number))
    }

    /// What is random about candidate number `number` of a replicate.
    #[must_use]
    pub fn draws(&self, replicate: usize, number: usize) -> CandidateDraws {
        let subject = replicate * CANDIDATES_PER_REPLICATE + number;
        CandidateDraws {
            subject,
            patient: self.generator.draws(subject),
            noise: self.counts.noise(&self.count_error, subject),
            chance: Chance::draw(&mut self.events.subject(subject)),
        }
    }

    /// The random numbers of candidate `number` of a sample that represents a population: those that affect the endpoints
    /// most are spread evenly over the candidates, the rest is random.
    #[must_use]
    pub fn even_draws(&self, number: usize) -> CandidateDraws {
        let mut point = QuasiRandom::new(self.seed, number);
        let mut draws = self.draws(0, number);
        draws.patient = self.generator.even_draws(number, &mut point);
        draws.chance.procedure_day = point.uniform();
        let size = point.normal();
        for noise in &mut draws.noise {
            (noise.size, noise.proportional) = (size, point.normal());
        }
        for noise in &mut draws.noise {
            noise.additive = point.normal();
        }
        draws
    }

    /// The candidate with these draws.
    #[must_use]
    pub fn candidate_of(&self, draws: &CandidateDraws) -> Candidate {
        let CandidateDraws { subject, chance, .. } = *draws;
        let patient = self.generator.patient_of(&draws.patient);
        let true_baseline = self.generator.value(&patient, "plt0");
        let screening = self.count_error.measured(true_baseline, draws.noise[0]);
        let noise = draws.noise[1..].to_vec();
        let entry = self.design.entry;
        let thrombosis = self.generator.covariate(&patient, "thrombosis").unwrap_or(0.0);
        let excluded = entry.exclude_thrombosis && thrombosis > 0.0;
        // Written so that a count that is not a number excludes.
        let exclusion = if screening < entry.count_below {
            excluded.then_some(Exclusion::Thrombosis)
        } else {
            Some(Exclusion::Count)
        };
        let ablation = chance.ablation < self.design.allocation.ablation.unwrap_or(0.0);
        Candidate { subject, patient, true_baseline, screening, noise, ablation, exclusion, chance }
    }

    /// What is planned for a candidate who has been allotted to `arm`.
    #[must_use]
    pub fn schedule(&self, candidate: &Candidate, arm: &Arm) -> Schedule {
        let (design, chance) = (self.design, candidate.chance);
        let practice = arm.practice;
        let dropout_day = (chance.dropout < practice.dropout)
            .then_some(1.0 + chance.dropout_day * (design.endpoints.last_day - 1.0));
        let gone = |day: f64| dropout_day.is_some_and(|left| day > left);
        let visits: Vec<Visit> = self.visits_of(candidate.subject, &gone);
        let (first, last) = (design.procedure.first_day, design.procedure.last_day);
        let day = (first + (chance.procedure_day * (last - first + 1.0)).floor()).min(last);
        let takes_place = chance.no_procedure >= practice.no_procedure && !gone(day);
        let procedure_day = takes_place.then_some(day);
        let pre_count = procedure_day.and_then(|day| self.pre_procedure_visit(&visits, day));
        let decided = pre_count.is_some() || design.transfusion.without_count;
        let transfusion_h = procedure_day.filter(|_| decided).map(|day| {
            let procedure_h = procedure_h(day);
            let from_h = pre_count.map_or(procedure_h - HOURS_PER_DAY, |i| visits[i].time_h);
            0.5 * (from_h + procedure_h)
        });
        Schedule {
            doses: self.doses_of(candidate.subject, arm, &visits, &gone),
            visits,
            procedure_day,
            pre_count,
            transfusion_h,
            dropout_day,
            rescued: takes_place && chance.rescue < practice.rescue,
        }
    }

    fn visits_of(&self, subject: usize, gone: &dyn Fn(f64) -> bool) -> Vec<Visit> {
        let visits = &self.design.visits;
        let one = |(i, (day, streams)): (usize, (&f64, &Streams))| {
            let mut stream = streams.subject(subject);
            let (missed, shift) = (stream.uniform(), 2.0 * stream.uniform() - 1.0);
            let moves = self.design.visit_moves(*day);
            let actual = if moves { day + shift * visits.window_days } else { *day };
            let missed = (i > 0 && missed < visits.missed) || gone(actual);
            Visit { day: actual, time_h: Time::visit_day(actual).in_hours(), missed }
        };
        let simple = visits.window_days <= 0.0 && visits.missed <= 0.0;
        if simple {
            let plain = |day: &f64| Visit {
                day: *day,
                time_h: Time::visit_day(*day).in_hours(),
                missed: gone(*day),
            };
            return visits.days.iter().map(plain).collect();
        }
        visits.days.iter().zip(&self.visits).enumerate().map(one).collect()
    }

    fn doses_of(
        &self,
        subject: usize,
        arm: &Arm,
        visits: &[Visit],
        gone: &dyn Fn(f64) -> bool,
    ) -> Vec<PlannedDose> {
        let dosing = self.design.dosing;
        let unseen = self.looks_missed(arm, visits);
        let mut doses = Vec::new();
        let perfect = dosing.missed <= 0.0 && dosing.late_h <= 0.0;
        for dose in arm.regimen.planned() {
            let planned = dose.time;
            let (mut missed, mut late_h) = (dose.missed, 0.0);
            let own = |(hours, _): &&(f64, Streams)| (hours - planned.in_hours()).abs() < 1e-9;
            if let Some((_, streams)) = self.doses.iter().find(own).filter(|_| !perfect) {
                let mut stream = streams.subject(subject);
                missed |= stream.uniform() < dosing.missed;
                late_h = stream.uniform() * dosing.late_h;
            }
            let day = planned.in_days() + 1.0;
            let unseen = unseen.iter().any(|look| (look - day).abs() < 1e-9);
            if missed || gone(day) || (unseen && !dosing.without_count) {
                continue;
            }
            let time = Time::hours(planned.in_hours() + late_h);
            doses.push(PlannedDose { dose: Dose { time, ..*dose }, planned });
        }
        doses
    }

    /// The days on which the rule of an arm has no count to look at.
    fn looks_missed(&self, arm: &Arm, visits: &[Visit]) -> Vec<f64> {
        let rule = arm.regimen.stopping_rule.iter().flat_map(|rule| &rule.visit_days);
        let missed = |day: &&f64| {
            let mut nominal = self.design.visits.days.iter().zip(visits);
            nominal.any(|(known, visit)| (known - **day).abs() < 1e-9 && visit.missed)
        };
        rule.filter(missed).copied().collect()
    }

    /// The latest count that the procedure may go by.
    fn pre_procedure_visit(&self, visits: &[Visit], procedure_day: f64) -> Option<usize> {
        let rule = self.design.transfusion;
        let procedure_h = procedure_h(procedure_day);
        visits.iter().rposition(|visit| {
            let before = if rule.count_same_day {
                visit.time_h < procedure_h
            } else {
                visit.day < procedure_day
            };
            let in_time = visit.day >= rule.count_from_day
                && procedure_day - visit.day <= rule.count_within_days;
            before && in_time && !visit.missed
        })
    }
}

/// One visit of one patient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visit {
    /// The day on which it takes place; with a window, not quite the nominal one.
    pub day: f64,
    /// The same as elapsed time, h.
    pub time_h: f64,
    /// Whether the patient does not come.
    pub missed: bool,
}

/// What is planned for one patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Doses that will be taken unless the rule stops them.
    pub doses: Vec<PlannedDose>,
    /// Visits, in the order of the protocol.
    pub visits: Vec<Visit>,
    /// Visit day of the procedure, if it takes place.
    pub procedure_day: Option<f64>,
    /// The visit whose count decides on transfusion; where there is none, the protocol's rule does.
    pub pre_count: Option<usize>,
    /// When platelets would be transfused, h: halfway between that count and the procedure.
    pub transfusion_h: Option<f64>,
    /// Visit day on which the patient leaves the trial.
    pub dropout_day: Option<f64>,
    /// Whether bleeding after the procedure needs rescue.
    pub rescued: bool,
}
