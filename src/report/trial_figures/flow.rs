//! How many candidates and patients of the first trial went which way.

use super::{arms, count_words, model_name, seed_of};
use crate::error::Result;
use crate::report::drawing::axis::number;
use crate::report::drawing::canvas::Lettering;
use crate::report::figures::trial::Words;
use crate::report::figures::trial::flow::{self, ArmCounts, ArmFlow, FlowFigure};
use crate::trial::{Outcome, Run, Status, Summary};

/// The flow of patients through the first trial.
///
/// # Errors
/// The figure cannot be drawn.
pub fn trial_flow(
    run: &Run<'_>,
    summary: &Summary,
    first: &[Outcome],
    lettering: Lettering,
) -> Result<String> {
    flow::draw(&figure(run, summary, first), lettering)
}

pub(super) fn figure(run: &Run<'_>, summary: &Summary, first: &[Outcome]) -> FlowFigure {
    let (design, screening) = (run.design, summary.first_screening);
    let flows =
        arms(design).into_iter().zip(&design.arms).enumerate().map(|(i, (arm, planned))| {
            let doses = planned.regimen.planned().iter().filter(|dose| !dose.missed).count();
            let own: Vec<&Outcome> = first.iter().filter(|patient| patient.arm == i).collect();
            let has_rule = planned.regimen.stopping_rule.is_some();
            ArmFlow { arm, doses, has_rule, counts: counts(&own, doses) }
        });
    let flows: Vec<ArmFlow> = flows.collect();
    let limit = number(design.entry.count_below, 0);
    let mut excluded =
        vec![(format!("screening count ≥ {limit} × 10⁹/L"), screening.excluded_by_count)];
    if design.entry.exclude_thrombosis {
        excluded.push(("history of thrombosis".to_owned(), screening.excluded_by_thrombosis));
    }
    let completed: usize = flows.iter().map(|arm| arm.counts.completed).sum();
    FlowFigure {
        words: Words {
            title: format!(
                "Of {} screened {} were randomised, and {completed} completed the trial",
                count_words(screening.screened, "candidate", "candidates"),
                first.len()
            ),
            model_name: model_name(run),
            caption: caption(run, summary),
        },
        screened: screening.screened,
        excluded,
        arms: flows,
    }
}

fn caption(run: &Run<'_>, summary: &Summary) -> String {
    let screened = match summary.replicates {
        0 | 1 => String::new(),
        many => format!(
            " Over all {many} trials {} were screened on average.",
            number(summary.screened, 0)
        ),
    };
    let failed = match summary.failed {
        0 => String::new(),
        failed => format!(
            " Not integrated: patients whose equations could not be solved, {failed} of {} in all trials; they are \
             not analysed.",
            summary.failures.subjects
        ),
    };
    format!(
        "Simulated, not observed: the first of {}, {}. A candidate whom count and history exclude counts once, by \
         the count.{screened} Analysed: everyone allocated, as randomised, for the primary endpoint.{failed}",
        count_words(run.replicates, "simulated trial", "simulated trials"),
        seed_of(run)
    )
}

/// What became of the patients of one arm, each planned to take `doses`.
fn counts(own: &[&Outcome], doses: usize) -> ArmCounts {
    let mut counts = ArmCounts { allocated: own.len(), ..ArmCounts::default() };
    for patient in own {
        match patient.status {
            Status::Failed(_) => {
                counts.failed += 1;
                continue;
            }
            Status::Completed => counts.completed += 1,
            Status::DroppedOut => counts.left += 1,
        }
        if patient.doses >= doses {
            counts.all_doses += 1;
        } else if patient.stopped_day.is_some() {
            counts.stopped += 1;
        } else {
            counts.fewer_doses += 1;
        }
        match (patient.schedule.procedure_day, patient.transfused) {
            (None, _) => counts.no_procedure += 1,
            (Some(_), false) => counts.procedure_untransfused += 1,
            (Some(_), true) => counts.procedure_transfused += 1,
        }
        counts.success += usize::from(patient.success);
    }
    counts
}
