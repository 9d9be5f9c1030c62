//! What came of one patient of a trial.

use super::course::{TrueCounts, days};
use super::patient::{Candidate, Recruiter, Schedule};
use crate::error::Reason;
use crate::integrate::lanes::Ending;
use crate::simulate::population::{dosing_stopped_at, transfusion_omitted_at};
use crate::trial::design::{Design, NoProcedure};
use crate::units::HOURS_PER_DAY;

/// How a patient's part in the trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Followed to the last visit.
    Completed,
    /// Left before.
    DroppedOut,
    /// The equations could not be integrated.
    Failed(Reason),
}

/// Everything that came of one patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The patient.
    pub candidate: Candidate,
    /// The plan of the patient.
    pub schedule: Schedule,
    /// The arm.
    pub arm: usize,
    /// The stratum.
    pub stratum: usize,
    /// How participation ended.
    pub status: Status,
    /// Measured counts at the visits, 10⁹/L; NaN where missed.
    pub counts: Vec<f64>,
    /// True counts at the visits, 10⁹/L.
    pub true_counts: Vec<f64>,
    /// True counts on every visit day from 1 on, 10⁹/L.
    pub daily: Vec<f64>,
    /// Visit day on which the rule stopped dosing.
    pub stopped_day: Option<f64>,
    /// Doses taken.
    pub doses: usize,
    /// Whether platelets were transfused before the procedure.
    pub transfused: bool,
    /// The measured count that decided on it, 10⁹/L.
    pub pre_count: Option<f64>,
    /// What the measured counts say of the drug, from the visits before any transfusion.
    pub drug: Course,
    /// The same from all visits.
    pub all: Course,
    /// Largest true count before any transfusion, 10⁹/L.
    pub true_maximum: f64,
    /// Days at or above the level on the true curve, transfusion included.
    pub true_days: f64,
    /// Whether the primary endpoint was met: no transfusion and no rescue.
    pub success: bool,
    /// How the integration ended.
    pub ending: Ending,
}

/// What a course of measured counts says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Course {
    /// Largest count after baseline, 10⁹/L; NaN without any.
    pub maximum: f64,
    /// The visit day of it, the first on ties.
    pub maximum_day: f64,
    /// Days at or above the level, linear between visits.
    pub days_at_least: f64,
    /// Days at or above the level and the rise above baseline.
    pub days_responding: f64,
    /// Days above the count that is too high.
    pub days_high: f64,
    /// Whether some count after baseline was at or above the level and had risen enough.
    pub responder: bool,
}

impl Outcome {
    pub(super) fn new(
        recruiter: &Recruiter<'_>,
        candidate: Candidate,
        schedule: Schedule,
        (arm, stratum): (usize, usize),
        true_counts: TrueCounts,
        ending: &Ending,
    ) -> Self {
        let TrueCounts { daily, visits: true_counts, before_transfusion } = true_counts;
        let design = recruiter.design;
        let status = match (ending.failure, schedule.dropout_day) {
            (Some(reason), _) => Status::Failed(reason),
            (None, Some(_)) => Status::DroppedOut,
            (None, None) => Status::Completed,
        };
        let noisy = true_counts.iter().zip(&schedule.visits).zip(&candidate.noise);
        let counts: Vec<f64> = noisy
            .map(|((count, visit), noise)| {
                let measured = recruiter.count_error.measured(*count, *noise);
                if visit.missed || count.is_nan() { f64::NAN } else { measured }
            })
            .collect();
        let stopped_h = dosing_stopped_at(ending);
        let taken = |planned: f64| stopped_h.is_none_or(|stopped| planned < stopped - 1e-9);
        let doses = schedule.doses.iter().filter(|d| taken(d.planned.in_hours())).count();
        let planned = schedule.transfusion_h.filter(|_| ending.failure.is_none());
        let transfusion_h = planned.filter(|_| transfusion_omitted_at(ending).is_none());
        let course = |until_h| Course::new(design, &schedule, &counts, until_h);
        let (drug, all) = (course(transfusion_h.unwrap_or(f64::INFINITY)), course(f64::INFINITY));
        let practice = design.arms[arm].practice;
        let lost = schedule.procedure_day.is_none()
            && (schedule.dropout_day.is_some()
                || practice.no_procedure_counts_as == NoProcedure::Failure);
        let failed = matches!(status, Status::Failed(_));
        Self {
            arm,
            stratum,
            status,
            stopped_day: stopped_h.map(|hours| hours / HOURS_PER_DAY + 1.0),
            doses,
            transfused: transfusion_h.is_some(),
            pre_count: schedule.pre_count.map(|visit| counts[visit]),
            drug,
            all,
            true_maximum: true_maximum(&daily, before_transfusion, ending, transfusion_h),
            true_days: ending.time_above / HOURS_PER_DAY,
            success: transfusion_h.is_none() && !schedule.rescued && !lost && !failed,
            ending: *ending,
            candidate,
            schedule,
            counts,
            true_counts,
            daily,
        }
    }

    /// Lets bleeding after the procedure need rescue.
    pub fn rescue(&mut self) {
        self.schedule.rescued = true;
        self.success = false;
    }

    /// Cancels the procedure of a patient who was not transfused.
    pub fn leave_out_procedure(&mut self, design: &Design) {
        self.schedule.procedure_day = None;
        self.schedule.pre_count = None;
        self.schedule.transfusion_h = None;
        self.schedule.rescued = false;
        self.pre_count = None;
        let practice = design.arms[self.arm].practice;
        let failed = matches!(self.status, Status::Failed(_));
        self.success = practice.no_procedure_counts_as != NoProcedure::Failure && !failed;
    }

    /// The measured baseline count, 10⁹/L.
    #[must_use]
    pub fn baseline(&self) -> f64 {
        self.counts.first().copied().unwrap_or(f64::NAN)
    }

    /// The true count on a visit day, 10⁹/L.
    #[must_use]
    pub fn true_count(&self, design: &Design, day: f64) -> f64 {
        let found = days(design).iter().position(|known| (known - day).abs() < 1e-9);
        found.map_or(f64::NAN, |i| self.daily[i])
    }
}

/// The exact maximum of the curve; where a transfusion raised it, the largest count of the days
/// before and of the transfusion's own time.
fn true_maximum(
    daily: &[f64],
    before_transfusion: f64,
    ending: &Ending,
    transfusion_h: Option<f64>,
) -> f64 {
    let Some(transfusion_h) = transfusion_h.filter(|h| ending.maximum_at >= *h) else {
        return ending.maximum;
    };
    let day_h = |i: usize| i as f64 * HOURS_PER_DAY;
    let before = daily.iter().enumerate().filter(|(i, _)| day_h(*i) <= transfusion_h);
    before.map(|(_, count)| *count).fold(before_transfusion, f64::max)
}

impl Course {
    fn new(design: &Design, schedule: &Schedule, counts: &[f64], until_h: f64) -> Self {
        let rule = design.endpoints;
        let baseline = counts.first().copied().unwrap_or(f64::NAN);
        let visits = schedule.visits.iter().zip(counts);
        let seen = visits.filter(|(visit, count)| !count.is_nan() && visit.time_h <= until_h);
        let mut points: Vec<(f64, f64)> = seen.map(|(visit, count)| (visit.day, *count)).collect();
        let (mut maximum, mut maximum_day) = (f64::NAN, f64::NAN);
        let mut responder = false;
        for (day, count) in points.iter().skip(1) {
            if maximum.is_nan() || *count > maximum {
                (maximum, maximum_day) = (*count, *day);
            }
            responder |= *count >= rule.at_least && count - baseline >= rule.rise;
        }
        let both = rule.at_least.max(baseline + rule.rise);
        end_at(&mut points, rule.last_day);
        Self {
            maximum,
            maximum_day,
            days_at_least: days_at_or_above(&points, rule.at_least),
            days_responding: days_at_or_above(&points, both),
            days_high: days_at_or_above(&points, rule.high),
            responder,
        }
    }
}

/// Ends the straight lines between `points` (day, count) on day `last`.
fn end_at(points: &mut Vec<(f64, f64)>, last: f64) {
    let Some(past) = points.iter().position(|(day, _)| *day > last) else { return };
    points.truncate(past + 1);
    if let [.., (from, before), (to, after)] = points.as_mut_slice() {
        *after = *before + (*after - *before) * (last - *from) / (*to - *from);
        *to = last;
    }
}

/// Days that the straight lines between `points` (day, count) lie at or above `level`.
#[must_use]
pub fn days_at_or_above(points: &[(f64, f64)], level: f64) -> f64 {
    let line = |pair: &[(f64, f64)]| {
        let [(from, before), (to, after)] = [pair[0], pair[1]];
        let length = to - from;
        match (before >= level, after >= level) {
            (true, true) => length,
            (false, false) => 0.0,
            (true, false) => length * (before - level) / (before - after),
            (false, true) => length * (after - level) / (after - before),
        }
    };
    points.windows(2).map(line).sum()
}

#[cfg(test)]
mod tests {
    use super::{days_at_or_above, end_at};

    #[test]
    fn analytic_days_by_straight_lines() {
        let points = [(1.0, 40.0), (5.0, 60.0), (8.0, 60.0), (10.0, 20.0)];
        // From day 3 to day 8.5.
        assert!((days_at_or_above(&points, 50.0) - 5.5).abs() < 1e-12);
        assert!((days_at_or_above(&points, 60.0) - 3.0).abs() < 1e-12);
        assert!(days_at_or_above(&points, 61.0) < 1e-12);
        assert!(days_at_or_above(&points[..1], 10.0) < 1e-12);
    }

    #[test]
    fn analytic_lines_end_on_the_last_day() {
        let mut points = vec![(1.0, 40.0), (33.0, 40.0), (37.0, 60.0)];
        end_at(&mut points, 35.0);
        assert_eq!(points, [(1.0, 40.0), (33.0, 40.0), (35.0, 50.0)]);
        end_at(&mut points, 35.0);
        assert_eq!(points.len(), 3);
    }
}
