//! The tables of a calibration: published beside predicted, posterior, profiles, trade-offs, placebo.

use super::calibration::Calibration;
use super::estimated::Nature;
use super::placebo::placebo_rows;
use super::problem::Problem;
use crate::model::Variant;
use crate::statistics::Predictive;
use crate::table::{Table, TableOf};
use crate::trial::{Against, Published};
use crate::units::COUNT_UNIT;

/// With a published number and its prediction.
fn against<'r, R>(table: TableOf<'r, R>, of: impl Fn(&'r R) -> &'r Against) -> TableOf<'r, R> {
    let table = table
        .text("trials", |row| of(row).published.trials.join("+"))
        .text("arm", |row| of(row).published.arm.clone())
        .text("id", |row| of(row).published.id.clone())
        .text("form", |row| of(row).published.form.name())
        .text("of", |row| of(row).published.form.of().to_owned())
        .number("level", COUNT_UNIT, |row| of(row).published.levels.level)
        .number("rise", COUNT_UNIT, |row| of(row).published.levels.rise)
        .text("subset", |row| of(row).published.subset.name().to_owned())
        .text("role", |row| of(row).published.role.name().to_owned())
        .whole("n", "1", |row| of(row).published.n)
        .number("published", "", |row| of(row).published.value);
    predicted(table, |row| of(row).prediction.interval.as_ref())
        .number("distance", "1", |row| of(row).distance)
        .text("grade", |row| of(row).published.grade.to_owned())
        .text("source", |row| of(row).published.source.clone())
}

/// With where 95 % of the trials lie, and their median.
pub(super) fn predicted<'r, R>(
    table: TableOf<'r, R>,
    of: impl Fn(&'r R) -> Option<&'r Predictive>,
) -> TableOf<'r, R> {
    table
        .number("q2.5", "", |row| of(row).map(|i| i.lower.value))
        .number("median", "", |row| of(row).map(|i| i.median.value))
        .number("q97.5", "", |row| of(row).map(|i| i.upper.value))
}

/// Published beside predicted, one row a number.
#[must_use]
pub fn against_table(variant: Variant, rows: &[Against]) -> Table {
    let table = Table::of(rows).text("variant", |_| variant.to_string());
    against(table, |row| row).finish()
}

/// The same over the posterior and at the estimates alone.
pub(super) fn targets(calibration: &Calibration) -> Table {
    let rows: Vec<(&Against, &Against)> =
        calibration.against.iter().zip(&calibration.against_optimum).collect();
    against(Table::of(&rows), |(against, _)| against)
        .number("median_at_optimum", "", |(_, optimum)| {
            optimum.prediction.interval.as_ref().map(|i| i.median.value)
        })
        .number("distance_at_optimum", "1", |(_, optimum)| optimum.distance)
        .flag("inside", |(against, _)| against.is_inside())
        .finish()
}

/// With what a published number is called.
pub(super) fn number<'r, R>(
    table: TableOf<'r, R>,
    of: impl Fn(&'r R) -> &'r Published,
) -> TableOf<'r, R> {
    table
        .text("trials", |row| of(row).trials.join("+"))
        .text("arm", |row| of(row).arm.clone())
        .text("id", |row| of(row).id.clone())
}

/// One row a draw.
pub(super) fn posterior(problem: &Problem, calibration: &Calibration) -> Table {
    let sample = calibration.posterior.iter();
    let draws = sample.flat_map(|sample| sample.places.iter().zip(&sample.weights));
    let rows: Vec<(Vec<f64>, f64)> =
        draws.map(|(place, weight)| (problem.values(place), *weight)).collect();
    let mut table = Table::of(&rows).number("weight", "1", |(_, weight)| *weight);
    for (i, estimated) in problem.estimated.iter().enumerate() {
        table = table.number(estimated.name.clone(), "", |(values, _)| values[i]);
    }
    table.finish()
}

/// One row a parameter and value.
pub(super) fn profiles(calibration: &Calibration) -> Table {
    let mut rows = Vec::new();
    for profile in &calibration.profiles {
        rows.extend(profile.points.iter().map(|point| (profile, point)));
    }
    Table::of(&rows)
        .text("parameter", |(profile, _)| profile.name.clone())
        .number("value", "", |(_, point)| point.0)
        .number("rise", "1", |(_, point)| point.1)
        .finish()
}

/// One row a forced number and another.
pub(super) fn trade_offs(calibration: &Calibration) -> Table {
    let mut rows = Vec::new();
    for trade_off in &calibration.trade_offs {
        rows.extend(trade_off.distances.iter().map(|other| (trade_off, other)));
    }
    Table::of(&rows)
        .text("forced", |(trade_off, _)| trade_off.forced.clone())
        .number("cost", "1", |(trade_off, _)| trade_off.cost)
        .text("number", |(_, other)| other.0.clone())
        .number("distance", "1", |(_, other)| other.1)
        .number("distance_forced", "1", |(_, other)| other.2)
        .finish()
}

/// The share of a placebo arm that is expected at a value of a parameter.
struct Expected<'a> {
    parameter: &'a str,
    nature: Nature,
    value: f64,
    number: &'a Published,
    share: f64,
}

/// One row a parameter, value and published share of the placebo arms.
pub(super) fn placebo(problem: &Problem, calibration: &Calibration) -> Table {
    let mut rows: Vec<Expected<'_>> = Vec::new();
    for response in &calibration.placebo {
        let (nature, parameter) = (response.nature, &problem.estimated[response.parameter].name);
        for (j, shares) in placebo_rows(problem).into_iter().zip(&response.expected) {
            let number = &problem.published[j];
            rows.extend(response.values.iter().zip(shares).map(|(value, share)| Expected {
                parameter,
                nature,
                value: *value,
                number,
                share: *share,
            }));
        }
    }
    let is_practice = |row: &Expected<'_>| row.nature == Nature::Practice;
    let table = Table::of(&rows)
        .text("parameter", |row| row.parameter.to_owned())
        .text("nature", |row| if is_practice(row) { "practice" } else { "noise" }.to_owned())
        .number("value", "", |row| row.value);
    number(table, |row| row.number)
        .text("of", |row| row.number.form.of().to_owned())
        .text("subset", |row| row.number.subset.name().to_owned())
        .number("published", "1", |row| row.number.value)
        .number("expected", "1", |row| row.share)
        .finish()
}
