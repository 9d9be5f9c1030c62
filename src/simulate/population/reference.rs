//! Any model, one patient after the other, by the reference engine.

use super::cohort::{Cohort, Decision, Look, PatientPlan};
use super::{Block, Integration};
use crate::error::{Error, Reason, Result};
use crate::integrate::Options;
use crate::integrate::lanes::{Ending, KINDS};
use crate::model::Theta;
use crate::simulate::{Patient, Trajectory};
use crate::units::Time;

/// Simulates `count` subjects from number `first`.
pub(super) fn simulate(
    integration: &Integration<'_>,
    cohort: &dyn Cohort,
    first: usize,
    count: usize,
) -> Result<Block> {
    let mut sheet = integration.set.theta();
    let mut plan = PatientPlan::default();
    let mut block = Block { first_subject: first, platelets: Vec::new(), endings: Vec::new() };
    for subject in first..first + count {
        integration.settings.go_on()?;
        let valid = cohort.values(subject, &mut sheet);
        let (ending, counts) = if valid {
            plan.clear();
            cohort.plan(subject, &mut plan);
            let one = One { integration, cohort, plan: &plan, sheet: &sheet, subject };
            one.simulated()?
        } else {
            (failed(0.0, None, Reason::Parameters), Vec::new())
        };
        block.endings.push(ending);
        block.platelets.extend(counts);
        block.platelets.resize(block.endings.len() * integration.times, f64::NAN);
    }
    Ok(block)
}

fn failed(reached: f64, state: Option<usize>, reason: Reason) -> Ending {
    Ending { reached, state, failure: Some(reason), by_reference: true, ..Ending::default() }
}

/// Hands the subjects of a block that the lanes could not integrate to the reference engine, one by
/// one: its method takes longer steps where stability limits them, and its limit of steps is for each
/// stretch between events. So a subject fails only if both engines fail.
pub(super) fn retry(
    integration: &Integration<'_>,
    cohort: &dyn Cohort,
    block: &mut Block,
) -> Result<()> {
    let times = integration.times;
    for (i, ending) in block.endings.iter_mut().enumerate() {
        if ending.failure.is_none_or(|reason| reason == Reason::Parameters) {
            continue;
        }
        let alone = simulate(integration, cohort, block.first_subject + i, 1)?;
        if let Some(again) = alone.endings.first() {
            *ending = *again;
        }
        block.platelets[i * times..][..times].copy_from_slice(&alone.platelets);
    }
    Ok(())
}

struct One<'a> {
    integration: &'a Integration<'a>,
    cohort: &'a dyn Cohort,
    plan: &'a PatientPlan,
    sheet: &'a Theta<f64>,
    subject: usize,
}

impl One<'_> {
    fn simulated(&self) -> Result<(Ending, Vec<f64>)> {
        match self.course() {
            Err(Error::Integration { failure, .. }) => {
                Ok((failed(failure.time_h, failure.index, failure.reason), Vec::new()))
            }
            other => other,
        }
    }

    fn course(&self) -> Result<(Ending, Vec<f64>)> {
        let Self { integration, plan, .. } = *self;
        let options = Options {
            relative_tolerance: integration.settings.tolerance,
            absolute_tolerance: 0.01 * integration.settings.tolerance,
            ..Options::default()
        };
        let mut patient = Patient::new(&integration.set.model, self.sheet, options)?;
        let baseline = patient.platelets();
        plan.doses.iter().for_each(|planned| patient.plan(planned.dose));
        plan.transfusions.iter().for_each(|(t, given)| patient.plan_transfusion(*t, *given));
        let mut omitted_at = [None; KINDS];
        for (number, time_h) in plan.looks_h.iter().enumerate() {
            patient.advance_to(Time::hours(*time_h))?;
            let look = Look { number, count: patient.platelets(), baseline };
            let decision = self.cohort.look(self.subject, look);
            match decision {
                Decision::Continue => {}
                Decision::StopDosing => patient.stop_dosing(),
                Decision::NoTransfusion => patient.cancel_transfusions(),
            }
            if let Some(kind) = decision.omits() {
                omitted_at[kind].get_or_insert(*time_h);
            }
        }
        patient.advance_to(integration.until)?;
        let trajectory = patient.into_trajectory();
        let count = |time| Ok(trajectory.equations().platelets(&trajectory.at(Time::hours(time))?));
        let counts = plan.times_h.iter().map(|time| count(*time)).collect::<Result<_>>()?;
        Ok((ending(&trajectory, integration, omitted_at)?, counts))
    }
}

fn ending(
    trajectory: &Trajectory<f64>,
    integration: &Integration<'_>,
    omitted_at: [Option<f64>; KINDS],
) -> Result<Ending> {
    let curve = trajectory.platelets();
    let (maximum, above) = (curve.maximum()?, curve.at_or_above(integration.level)?);
    Ok(Ending {
        reached: trajectory.end_h(),
        failure: None,
        state: None,
        by_reference: true,
        all_states: true,
        omitted_at,
        steps: 0.0,
        maximum: maximum.value,
        maximum_at: maximum.time_h,
        first_above: above.first_h(),
        last_above: above.last_h(),
        time_above: above.total_h(),
        longest_above: above.longest_h(),
    })
}
