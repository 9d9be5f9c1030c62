//! What the replicates say of two arms, one row a comparison.

use super::results::{failed, interval};
use crate::statistics::{Level, NumberNeededToTreat};
use crate::table::Table;
use crate::trial::comparison::Compared;
use crate::trial::run::{Replicate, Run};
use crate::trial::summary::{ComparisonSummary, Summary};
use crate::units::COUNT_UNIT;

/// A comparison over the replicates and in the first of them.
struct Row<'a> {
    run: Run<'a>,
    of: &'a ComparisonSummary,
    first: Option<&'a Compared>,
}

/// One row a comparison: `comparisons.csv`, over the replicates and in the first of them.
#[must_use]
pub fn comparisons(runs: &[(Run<'_>, &Summary, Option<&Replicate>)]) -> Table {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (run, summary, first) in runs {
        let of_run = summary.comparisons.iter().enumerate();
        rows.extend(of_run.map(|(i, of)| {
            let first = first.map(|replicate| &replicate.compared[i]);
            Row { run: *run, of, first }
        }));
    }
    let levels = |row: &Row<'_>| row.of.comparison.event.levels(&row.run.design.endpoints);
    let power = |row: &Row<'_>| row.of.power.interval(Level::NINETY_FIVE);
    let crude = |row: &Row<'_>| row.first.and_then(|first| first.crude);
    let common = |row: &Row<'_>| row.first.and_then(|first| first.common);
    let table = Table::of(&rows)
        .text("variant", |row| row.run.variant.to_string())
        .text("arm", |row| row.run.design.arms[row.of.comparison.arm].id.clone())
        .text("control", |row| row.run.design.arms[row.of.comparison.control].id.clone())
        .text("endpoint", |row| row.of.comparison.event.name().to_owned())
        .number("level", COUNT_UNIT, |row| levels(row).level)
        .number("rise", COUNT_UNIT, |row| levels(row).rise)
        .text("test", |_| "cmh".to_owned())
        .number("alpha", "1", |row| row.run.design.comparison.alpha)
        .text("sided", |row| row.run.design.comparison.sided.name().to_owned());
    let table = interval(table, "difference_", "1", |row| row.of.crude.as_ref());
    interval(table, "common_", "1", |row| row.of.common.as_ref())
        .number("power", "1", |row| row.of.power.value())
        .number("power_lower", "1", |row| power(row).map(|p| p.lower))
        .number("power_upper", "1", |row| power(row).map(|p| p.upper))
        .whole("significant", "1", |row| row.of.power.rejections.events())
        .whole("replicates", "1", |row| row.of.power.rejections.n())
        .whole("untested", "1", |row| row.of.power.untested)
        .number("first_difference", "1", |row| crude(row).map(|d| d.value))
        .number("first_lower", "1", |row| crude(row).map(|d| d.interval.lower))
        .number("first_upper", "1", |row| crude(row).map(|d| d.interval.upper))
        .number("first_common", "1", |row| common(row).map(|d| d.value))
        .number("first_common_lower", "1", |row| common(row).and_then(|d| Some(d.interval?.lower)))
        .number("first_common_upper", "1", |row| common(row).and_then(|d| Some(d.interval?.upper)))
        .number("first_cmh_p", "1", |row| row.first.and_then(|c| c.p_value(row.run.design)))
        .whole("first_strata_dropped", "1", |row| row.first.map(|c| c.dropped_strata))
        .text("first_nnt", |row| crude(row).map(|d| NumberNeededToTreat::new(&d).to_string()))
        .finish()
        .with_comments(&failed(runs.iter().map(|(_, summary, _)| *summary)))
}
