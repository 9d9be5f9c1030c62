//! What the replicates say of two arms, one row a comparison.

use super::results::failed;
use crate::files::{Csv, cell};
use crate::statistics::{Level, NumberNeededToTreat};
use crate::trial::comparison::{Compared, Comparison};
use crate::trial::run::{Replicate, Run};
use crate::trial::summary::{ComparisonSummary, Summary};

const COLUMNS: &str = "variant,arm,control,endpoint,level,rise,test,alpha,sided,\
                       difference_q2.5,difference_median,difference_q97.5,\
                       common_q2.5,common_median,common_q97.5,\
                       power,power_lower,power_upper,significant,replicates,untested,\
                       first_difference,first_lower,first_upper,\
                       first_common,first_common_lower,first_common_upper,\
                       first_cmh_p,first_strata_dropped,first_nnt";

/// One row a comparison: `comparisons.csv`, over the replicates and in the first of them.
#[must_use]
pub fn comparisons(runs: &[(Run<'_>, &Summary, Option<&Replicate>)]) -> String {
    let mut csv = Csv::new(&COLUMNS.split(',').collect::<Vec<_>>());
    for (run, summary, first) in runs {
        for (i, comparison) in summary.comparisons.iter().enumerate() {
            let compared = first.map(|replicate| &replicate.compared[i]);
            let row = [
                named(run, &comparison.comparison),
                over_replicates(comparison),
                in_first(run, compared),
            ];
            csv.row(&row.concat());
        }
    }
    failed(runs.iter().map(|(_, summary, _)| *summary)) + &csv.finish()
}

/// What is compared, and how.
fn named(run: &Run<'_>, of: &Comparison) -> Vec<String> {
    let (arms, rule) = (&run.design.arms, &run.design.comparison);
    let levels = of.event.levels(&run.design.endpoints);
    vec![
        run.variant.to_string(),
        arms[of.arm].id.clone(),
        arms[of.control].id.clone(),
        of.event.name().to_owned(),
        cell(levels.level),
        cell(levels.rise),
        "cmh".to_owned(),
        cell(rule.alpha),
        rule.sided.name().to_owned(),
    ]
}

fn over_replicates(comparison: &ComparisonSummary) -> Vec<String> {
    let mut row = Vec::new();
    for interval in [&comparison.crude, &comparison.common] {
        row.push(cell(interval.as_ref().map(|i| i.lower.value)));
        row.push(cell(interval.as_ref().map(|i| i.median.value)));
        row.push(cell(interval.as_ref().map(|i| i.upper.value)));
    }
    let power = &comparison.power;
    let interval = power.interval(Level::NINETY_FIVE);
    row.push(cell(power.value()));
    row.push(cell(interval.map(|p| p.lower)));
    row.push(cell(interval.map(|p| p.upper)));
    let counts = [power.rejections.events(), power.rejections.n(), power.untested];
    row.extend(counts.map(|count| count.to_string()));
    row
}

fn in_first(run: &Run<'_>, compared: Option<&Compared>) -> Vec<String> {
    let crude = compared.and_then(|c| c.crude);
    let common = compared.and_then(|c| c.common);
    let absent = || ".".to_owned();
    vec![
        cell(crude.map(|d| d.value)),
        cell(crude.map(|d| d.interval.lower)),
        cell(crude.map(|d| d.interval.upper)),
        cell(common.map(|d| d.value)),
        cell(common.and_then(|d| Some(d.interval?.lower))),
        cell(common.and_then(|d| Some(d.interval?.upper))),
        cell(compared.and_then(|c| c.p_value(run.design))),
        compared.map_or_else(absent, |c| c.dropped_strata.to_string()),
        crude.map_or_else(absent, |d| NumberNeededToTreat::new(&d).to_string()),
    ]
}
