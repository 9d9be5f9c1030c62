//! What the replicates say, one row a replicate, statistic or day.

use crate::simulate::population::Failures;
use crate::statistics::{Interval, Predictive, zero_events_upper_limit};
use crate::table::{Table, TableOf};
use crate::trial::design::Design;
use crate::trial::outcome::Outcome;
use crate::trial::published::Published;
use crate::trial::run::{Replicate, Run};
use crate::trial::statistic::{Form, Statistic, Value};
use crate::trial::summary::{Against, ArmCourse, BAND, Collector, Prediction, Summary};
use crate::units::{COUNT_UNIT, HOURS_PER_DAY};

/// With where 95 % of the trials lie, and their median.
pub(super) fn interval<'r, R>(
    table: TableOf<'r, R>,
    before: &str,
    unit: &'static str,
    of: impl Fn(&'r R) -> Option<&'r Predictive>,
) -> TableOf<'r, R> {
    table
        .number(format!("{before}q2.5"), unit, |row| of(row).map(|i| i.lower.value))
        .number(format!("{before}median"), unit, |row| of(row).map(|i| i.median.value))
        .number(format!("{before}q97.5"), unit, |row| of(row).map(|i| i.upper.value))
}

/// One row a replicate: `replicates.csv`.
#[must_use]
pub fn replicates(design: &Design, runs: &[(Run<'_>, &Collector<'_>)]) -> Table {
    let Some((_, first)) = runs.first() else { return Table::default() };
    let mut rows: Vec<(&Run<'_>, &Replicate)> = Vec::new();
    for (run, collector) in runs {
        rows.extend(collector.replicates().iter().map(|replicate| (run, replicate)));
    }
    let mut table = Table::of(&rows)
        .text("variant", |(run, _)| run.variant.to_string())
        .whole("rep", "1", |(_, replicate)| replicate.number + 1)
        .whole("screened", "1", |(_, replicate)| replicate.screening.screened)
        .whole("failed", "1", |(_, replicate)| replicate.failed)
        .whole("dropped_out", "1", |(_, replicate)| replicate.dropped_out);
    for (i, statistic) in first.statistics.iter().enumerate() {
        let (name, unit) = (column(design, *statistic), statistic.form.unit());
        table = table.number(name, unit, |(_, replicate)| replicate.values[i].value);
    }
    for (i, comparison) in first.comparisons.iter().enumerate() {
        let [arm, control] = [comparison.arm, comparison.control].map(|arm| &design.arms[arm].id);
        let name = |of: &str| format!("{arm}:{control}:{}:{of}", comparison.event.name());
        table = table
            .number(name("difference"), "1", |(_, r)| r.compared[i].crude.map(|d| d.value))
            .number(name("common_difference"), "1", |(_, r)| r.compared[i].common.map(|d| d.value))
            .number(name("cmh_p"), "1", |(_, r)| r.compared[i].p_value(design));
    }
    table.finish()
}

/// Name of a statistic's column: arm, subset, form and what it is formed of.
fn column(design: &Design, statistic: Statistic) -> String {
    let (arm, subset) = (&design.arms[statistic.arm].id, statistic.subset.name());
    format!("{arm}:{subset}:{}:{}", statistic.form.name(), statistic.form.of())
}

/// A statistic over the trials and in the first of them, and the published number if there is one.
struct Endpoint<'a> {
    run: &'a Run<'a>,
    prediction: &'a Prediction,
    against: Option<&'a Against>,
    first: Value,
    first_interval: Option<Interval>,
}

impl<'a> Endpoint<'a> {
    fn new(
        run: &'a Run<'a>,
        prediction: &'a Prediction,
        against: Option<&'a Against>,
        trial: &[Outcome],
    ) -> Self {
        let first = prediction.statistic.value(run.design, trial);
        let first_interval = prediction.statistic.interval(run.design, trial);
        Self { run, prediction, against, first, first_interval }
    }

    fn published(&self) -> Option<&'a Published> {
        self.against.map(|against| &against.published)
    }

    /// The limit of a share without any event in the first trial.
    fn zero_upper(&self) -> Option<f64> {
        let is_share = matches!(self.prediction.statistic.form, Form::Proportion(_));
        let no_event = is_share && self.first.events == 0;
        no_event.then(|| zero_events_upper_limit(self.first.n)).flatten()
    }
}

/// One row a statistic: `endpoints.csv`. With each run its first trial, whose own numbers and
/// intervals are what a report of that trial would give.
#[must_use]
pub fn endpoints(runs: &[(Run<'_>, &Summary, &[Outcome])]) -> Table {
    let mut rows: Vec<Endpoint<'_>> = Vec::new();
    for (run, summary, first) in runs {
        rows.extend(summary.predictions.iter().map(|p| Endpoint::new(run, p, None, first)));
        let against = summary.against.iter();
        rows.extend(against.map(|a| Endpoint::new(run, &a.prediction, Some(a), first)));
    }
    predicted(Table::of(&rows))
        .number("first", "", |row| row.first.value)
        .whole("first_n", "1", |row| row.first.n)
        .number("first_lower", "", |row| row.first_interval.map(|i| i.lower))
        .number("first_upper", "", |row| row.first_interval.map(|i| i.upper))
        .number("first_zero_upper", "1", Endpoint::zero_upper)
        .number("published", "", |row| row.published().map(|p| p.value))
        .whole("published_n", "1", |row| row.published().and_then(|p| p.n))
        .number("distance", "1", |row| row.against.and_then(|against| against.distance))
        .text("role", |row| row.published().map(|p| p.role.name().to_owned()))
        .text("source", |row| row.published().map(|p| p.source.clone()))
        .finish()
        .with_comments(&failed(runs.iter().map(|(_, summary, _)| *summary)))
}

/// With a statistic and what the trials say of it.
fn predicted<'r, 'a>(table: TableOf<'r, Endpoint<'a>>) -> TableOf<'r, Endpoint<'a>> {
    let levels = |row: &Endpoint<'_>| row.prediction.statistic.form.levels(row.run.design);
    let moments = |row: &Endpoint<'_>| row.prediction.moments;
    let table = table
        .text("variant", |row| row.run.variant.to_string())
        .text("arm", |row| row.run.design.arms[row.prediction.statistic.arm].id.clone())
        .text("subset", |row| row.prediction.statistic.subset.name().to_owned())
        .text("form", |row| row.prediction.statistic.form.name())
        .text("of", |row| row.prediction.statistic.form.of().to_owned())
        .number("level", COUNT_UNIT, |row| levels(row).level)
        .number("rise", COUNT_UNIT, |row| levels(row).rise)
        .text("unit", |row| row.prediction.statistic.form.unit().to_owned())
        .number("n", "1", |row| row.prediction.n)
        .number("mean", "", |row| moments(row).map(|m| m.mean))
        .number("sd", "", |row| moments(row).and_then(|m| m.sd))
        .number("mc_error", "", |row| moments(row).and_then(|m| m.standard_error()));
    interval(table, "", "", |row| row.prediction.interval.as_ref()).whole(
        "not_formed",
        "1",
        |row| row.prediction.unformed,
    )
}

/// A day of an arm.
struct ArmDay<'a> {
    run: &'a Run<'a>,
    arm: &'a str,
    course: &'a ArmCourse,
    day: usize,
}

/// One row a day and arm: `courses.csv`.
#[must_use]
pub fn courses(runs: &[(Run<'_>, &Summary)]) -> Table {
    let mut rows: Vec<ArmDay<'_>> = Vec::new();
    for (run, summary) in runs {
        for (arm, course) in run.design.arms.iter().zip(&summary.courses) {
            let days = 0..course.days.len();
            rows.extend(days.map(|day| ArmDay { run, arm: &arm.id, course, day }));
        }
    }
    let mut table = Table::of(&rows)
        .text("variant", |row| row.run.variant.to_string())
        .text("arm", |row| row.arm.to_owned())
        .number("visit_day", "d", |row| row.course.days[row.day])
        .number("time_h", "h", |row| (row.course.days[row.day] - 1.0) * HOURS_PER_DAY);
    for (i, probability) in BAND.iter().enumerate() {
        let name = format!("plt_1e9_l_q{:02.0}", 100.0 * probability);
        table = table.number(name, COUNT_UNIT, |row| row.course.quantiles[row.day][i]);
    }
    table
        .number("level", COUNT_UNIT, |row| row.run.design.endpoints.at_least)
        .number("p_at_least_level", "1", |row| row.course.at_least[row.day])
        .whole("patients", "1", |row| row.course.patients)
        .finish()
        .with_comments(&failed(runs.iter().map(|(_, summary)| *summary)))
}

/// How many patients of all trials could not be integrated, as a comment line; empty where nobody.
pub(super) fn failed<'a>(summaries: impl Iterator<Item = &'a Summary>) -> String {
    Failures::sum(summaries.map(|summary| &summary.failures)).comment()
}
