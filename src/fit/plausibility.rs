//! Targets that cannot mean what they say: standard deviations that nothing has, units by mistake.

use super::target::{Statistic, Target};
use crate::units::plausible;

/// A standard error below this share of its value is refused: no count is measured, and none is
/// integrated, so accurately.
pub(super) const LEAST_ERROR: f64 = 1e-6;
/// Where the last of several counts is taken before this, h, the times look like days.
const LATEST_DAY: f64 = 60.0;
const SEVERAL: usize = 3;

/// What is wrong with a standard error `se` of `value`, if anything is.
pub(super) fn too_accurate(value: f64, se: f64) -> Option<String> {
    (se < LEAST_ERROR * value.abs()).then(|| {
        format!(
            "= {se:e} is below {LEAST_ERROR} times the value: give the standard deviation in the unit of the value"
        )
    })
}

/// Counts, and times that are written in hours, that look like another unit, a sentence each.
pub(super) fn notices(file: &str, counts: &[Target], is_in_hours: bool) -> Vec<String> {
    let mut notices = Vec::new();
    let highest = counts.iter().map(|count| count.value).fold(0.0, f64::max);
    let doubt = plausible::COUNT.doubt("count", highest);
    notices.extend(doubt.map(|doubt| format!("{file}: {doubt}")));
    let mut times: Vec<f64> = counts.iter().filter_map(time_h).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let last = times.last().copied().unwrap_or(0.0);
    if is_in_hours && times.len() >= SEVERAL && last <= LATEST_DAY {
        notices.push(format!(
            "{file}: times up to {last} look like days: `time_h` is in hours, so write {}, or name the column time_d",
            24.0 * last
        ));
    }
    notices
}

fn time_h(target: &Target) -> Option<f64> {
    match target.statistic {
        Statistic::CountAt { time_h } => Some(time_h),
        _ => None,
    }
}
