//! Any model, one patient after the other, by the reference engine.

use super::individuals::Individuals;
use super::{Block, Request};
use crate::error::{Error, Reason, Result};
use crate::integrate::Options;
use crate::integrate::lanes::Ending;
use crate::model::{Model, ModelVisitor, Theta, with_model};
use crate::simulate::{Patient, Trajectory};
use crate::units::Time;

/// Simulates `count` subjects from number `first`.
pub(super) fn simulate(
    request: &Request<'_>,
    individuals: &Individuals,
    first: usize,
    count: usize,
) -> Result<Block> {
    let mut sheet = individuals.sheet();
    let mut block = Block { first_subject: first, platelets: Vec::new(), endings: Vec::new() };
    for subject in first..first + count {
        let valid = individuals.fill(subject, &mut sheet);
        let (ending, counts) = if valid {
            with_model(request.set, One { request, sheet: &sheet, subject })??
        } else {
            (failed(0.0, Reason::Parameters), Vec::new())
        };
        block.endings.push(ending);
        block.platelets.extend(counts);
        block.platelets.resize(block.endings.len() * request.times_h.len(), f64::NAN);
    }
    Ok(block)
}

fn failed(reached: f64, reason: Reason) -> Ending {
    Ending { reached, failure: Some(reason), ..Ending::default() }
}

struct One<'a> {
    request: &'a Request<'a>,
    sheet: &'a Theta<f64>,
    subject: usize,
}

impl ModelVisitor for One<'_> {
    type Output = Result<(Ending, Vec<f64>)>;

    fn visit<M: Model>(self) -> Self::Output {
        let individual = M::individual(self.sheet)?;
        match self.course::<M>(individual) {
            Err(Error::Integration { failure, .. }) => {
                Ok((failed(failure.time_h, failure.reason), Vec::new()))
            }
            other => other,
        }
    }
}

impl One<'_> {
    fn course<M: Model>(&self, individual: M::Parameters<f64>) -> Result<(Ending, Vec<f64>)> {
        let Self { request, subject, .. } = *self;
        let options = Options {
            relative_tolerance: request.tolerance,
            absolute_tolerance: 0.01 * request.tolerance,
            ..Options::default()
        };
        let mut patient = Patient::<M, f64>::new(individual, options);
        let measured = |visit, count: f64| count * (request.measurement)(subject, visit);
        let baseline = measured(0, patient.platelets());
        request.regimen.doses().for_each(|dose| patient.plan(*dose));
        request.transfusions.iter().for_each(|(t, given)| patient.plan_transfusion(*t, *given));
        let mut stopped_at = None;
        if let Some(rule) = &request.regimen.stopping_rule {
            let visits = rule.visit_days.iter().map(|day| Time::visit_day(*day)).enumerate();
            for (visit, time) in visits.filter(|(_, t)| t.in_hours() <= request.until.in_hours()) {
                patient.advance_to(time)?;
                if rule.is_met(measured(visit + 1, patient.platelets()), baseline) {
                    patient.stop_dosing();
                    stopped_at = Some(time.in_hours());
                    break;
                }
            }
        }
        patient.advance_to(request.until)?;
        let trajectory = patient.into_trajectory();
        let count = |time| Ok(M::platelets(&individual, &trajectory.at(Time::hours(time))?));
        let counts = request.times_h.iter().map(|time| count(*time)).collect::<Result<_>>()?;
        Ok((ending(&trajectory, request, stopped_at)?, counts))
    }
}

fn ending<M: Model>(
    trajectory: &Trajectory<M, f64>,
    request: &Request<'_>,
    stopped_at: Option<f64>,
) -> Result<Ending> {
    let curve = trajectory.platelets();
    let (maximum, above) = (curve.maximum()?, curve.at_or_above(request.level)?);
    Ok(Ending {
        reached: trajectory.end_h(),
        failure: None,
        stopped_at,
        steps: 0.0,
        maximum: maximum.value,
        maximum_at: maximum.time_h,
        first_above: above.first_h(),
        last_above: above.last_h(),
        time_above: above.total_h(),
        longest_above: above.longest_h(),
    })
}
