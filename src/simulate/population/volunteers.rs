//! The patients of a [`Request`]: all under one regimen, seen at the same times.

use super::Request;
use super::cohort::{Cohort, Decision, Look, PatientPlan, PlannedDose};
use super::individuals::Individuals;
use crate::error::Result;
use crate::model::Theta;
use crate::units::Time;

#[derive(Debug)]
pub(super) struct Volunteers<'a> {
    request: &'a Request<'a>,
    individuals: Individuals,
}

impl<'a> Volunteers<'a> {
    pub(super) fn new(request: &'a Request<'a>) -> Result<Self> {
        Ok(Self { request, individuals: Individuals::new(request)? })
    }
}

impl Cohort for Volunteers<'_> {
    fn values(&self, subject: usize, sheet: &mut Theta<f64>) -> bool {
        let valid = self.request.patients.is_none_or(|patients| {
            let patient = patients.patient(subject);
            patients.write(&patient, sheet);
            patient.valid
        });
        valid & self.individuals.fill(subject, sheet)
    }

    fn plan(&self, _: usize, plan: &mut PatientPlan) {
        let Request { regimen, transfusions, times_h, until, .. } = self.request;
        plan.doses.extend(regimen.doses().map(|d| PlannedDose { dose: *d, planned: d.time }));
        plan.transfusions.extend_from_slice(transfusions);
        plan.times_h.extend_from_slice(times_h);
        let days = regimen.stopping_rule.iter().flat_map(|rule| rule.visit_days.iter());
        let hours = days.map(|day| Time::visit_day(*day).in_hours());
        plan.looks_h.extend(hours.filter(|hours| *hours <= until.in_hours()));
    }

    fn look(&self, subject: usize, look: Look) -> Decision {
        let measured = |visit, count| (self.request.measurement)(subject, visit, count);
        let (count, baseline) = (measured(look.number + 1, look.count), measured(0, look.baseline));
        match &self.request.regimen.stopping_rule {
            Some(rule) if rule.is_met(count, baseline) => Decision::StopDosing,
            _ => Decision::Continue,
        }
    }

    fn varies(&self, symbol: &str) -> bool {
        self.request.variability.iter().any(|v| v.symbol == symbol)
            || self.request.patients.is_some_and(|patients| patients.varies(symbol))
    }
}
