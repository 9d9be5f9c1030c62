//! What the replicates say, one row a replicate, statistic or day.

use crate::files::{Csv, cell};
use crate::simulate::population::Failures;
use crate::statistics::zero_events_upper_limit;
use crate::trial::design::Design;
use crate::trial::outcome::Outcome;
use crate::trial::run::{Replicate, Run};
use crate::trial::statistic::{Form, Statistic};
use crate::trial::summary::{Collector, Prediction, Summary};
use crate::units::HOURS_PER_DAY;

/// One row a replicate: `replicates.csv`.
#[must_use]
pub fn replicates(design: &Design, runs: &[(Run<'_>, &Collector<'_>)]) -> String {
    let Some((_, first)) = runs.first() else { return String::new() };
    let mut columns: Vec<String> =
        ["variant", "rep", "screened", "failed", "dropped_out"].map(str::to_owned).to_vec();
    columns.extend(first.statistics.iter().map(|statistic| column(design, *statistic)));
    for comparison in &first.comparisons {
        let [arm, control] = [comparison.arm, comparison.control].map(|arm| &design.arms[arm].id);
        let of = format!("{arm}:{control}:{}", comparison.event.name());
        columns.extend(
            ["difference", "common_difference", "cmh_p"].map(|name| format!("{of}:{name}")),
        );
    }
    let mut csv = Csv::new(&columns);
    for (run, collector) in runs {
        for replicate in collector.replicates() {
            let Replicate { number, screening, failed, dropped_out, .. } = replicate;
            let counts = [number + 1, screening.screened, *failed, *dropped_out];
            let mut row = vec![run.variant.to_string()];
            row.extend(counts.map(|count| count.to_string()));
            row.extend(replicate.values.iter().map(|value| cell(value.value)));
            for compared in &replicate.compared {
                row.push(cell(compared.crude.map(|d| d.value)));
                row.push(cell(compared.common.map(|d| d.value)));
                row.push(cell(compared.p_value(design)));
            }
            csv.row(&row);
        }
    }
    csv.finish()
}

/// Name of a statistic's column: arm, subset, form and what it is formed of.
fn column(design: &Design, statistic: Statistic) -> String {
    let (arm, subset) = (&design.arms[statistic.arm].id, statistic.subset.name());
    format!("{arm}:{subset}:{}:{}", statistic.form.name(), statistic.form.of())
}

/// One row a statistic: `endpoints.csv`. With each run its first trial, whose own numbers and
/// intervals are what a report of that trial would give.
#[must_use]
pub fn endpoints(runs: &[(Run<'_>, &Summary, &[Outcome])]) -> String {
    const COLUMNS: &str = "variant,arm,subset,form,of,level,rise,unit,n,mean,sd,mc_error,q2.5,median,q97.5,\
                           not_formed,first,first_n,first_lower,first_upper,first_zero_upper,\
                           published,published_n,distance,role,source";
    let mut csv = Csv::new(&COLUMNS.split(',').collect::<Vec<_>>());
    for (run, summary, first) in runs {
        let row = |prediction: &Prediction| {
            [prediction_row(run, prediction), first_trial(run, prediction, first)].concat()
        };
        for prediction in &summary.predictions {
            csv.row(&[row(prediction), vec![".".to_owned(); 5]].concat());
        }
        for against in &summary.against {
            let published = &against.published;
            let last = [
                cell(published.value),
                cell(published.n.map(|n| n as f64)),
                cell(against.distance),
                published.role.name().to_owned(),
                published.source.clone(),
            ];
            csv.row(&[row(&against.prediction), last.to_vec()].concat());
        }
    }
    failed(runs.iter().map(|(_, summary, _)| *summary)) + &csv.finish()
}

/// A statistic of the first trial: its value, patients, interval, and the limit without any event.
fn first_trial(run: &Run<'_>, prediction: &Prediction, trial: &[Outcome]) -> Vec<String> {
    let statistic = prediction.statistic;
    let value = statistic.value(run.design, trial);
    let interval = statistic.interval(run.design, trial);
    let no_event = matches!(statistic.form, Form::Proportion(_)) && value.events == 0;
    let limit = if no_event { zero_events_upper_limit(value.n) } else { None };
    vec![
        cell(value.value),
        format!("{}", value.n),
        cell(interval.map(|i| i.lower)),
        cell(interval.map(|i| i.upper)),
        cell(limit),
    ]
}

fn prediction_row(run: &Run<'_>, prediction: &Prediction) -> Vec<String> {
    let Statistic { arm, subset, form } = prediction.statistic;
    let levels = form.levels(run.design);
    let moments = prediction.moments;
    let interval = prediction.interval.as_ref();
    vec![
        run.variant.to_string(),
        run.design.arms[arm].id.clone(),
        subset.name().to_owned(),
        form.name(),
        form.of().to_owned(),
        cell(levels.level),
        cell(levels.rise),
        form.unit().to_owned(),
        cell(prediction.n),
        cell(moments.map(|m| m.mean)),
        cell(moments.and_then(|m| m.sd)),
        cell(moments.and_then(|m| m.standard_error())),
        cell(interval.map(|i| i.lower.value)),
        cell(interval.map(|i| i.median.value)),
        cell(interval.map(|i| i.upper.value)),
        format!("{}", prediction.unformed),
    ]
}

/// One row a day and arm: `courses.csv`.
#[must_use]
pub fn courses(runs: &[(Run<'_>, &Summary)]) -> String {
    let mut csv = Csv::new(&[
        "variant",
        "arm",
        "visit_day",
        "time_h",
        "plt_1e9_l_q05",
        "plt_1e9_l_q25",
        "plt_1e9_l_q50",
        "plt_1e9_l_q75",
        "plt_1e9_l_q95",
        "level",
        "p_at_least_level",
        "patients",
    ]);
    for (run, summary) in runs {
        for (arm, course) in run.design.arms.iter().zip(&summary.courses) {
            for (i, day) in course.days.iter().enumerate() {
                let mut row = vec![run.variant.to_string(), arm.id.clone(), cell(*day)];
                row.push(cell((day - 1.0) * HOURS_PER_DAY));
                row.extend(course.quantiles[i].iter().map(|count| cell(*count)));
                row.push(cell(run.design.endpoints.at_least));
                row.push(cell(course.at_least[i]));
                row.push(format!("{}", course.patients));
                csv.row(&row);
            }
        }
    }
    failed(runs.iter().map(|(_, summary)| *summary)) + &csv.finish()
}

/// How many patients of all trials could not be integrated, as a comment line; empty where nobody.
pub(super) fn failed<'a>(summaries: impl Iterator<Item = &'a Summary>) -> String {
    Failures::sum(summaries.map(|summary| &summary.failures)).comment()
}
