//! The regimen that an exported model comes with.

use super::Request;
use super::text::shortest;
use crate::error::{Error, Result};
use crate::units::Amount;

/// Doses whose intervals differ by less are evenly spaced, h.
const SAME_INTERVAL_H: f64 = 1e-9;

/// Doses and samples.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Example {
    /// Time in h and amount in mg of every dose that is taken.
    pub(super) doses: Vec<(f64, f64)>,
    pub(super) until_h: f64,
    pub(super) every_h: f64,
}

/// Equal doses at equal intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Course {
    pub(super) first_h: f64,
    pub(super) amount_mg: f64,
    pub(super) interval_h: f64,
    pub(super) additional: usize,
}

impl Example {
    pub(super) fn new(request: &Request<'_>) -> Result<Self> {
        let Request { set, regimen, until, every, .. } = request;
        if let Some(rule) = &regimen.stopping_rule {
            return Err(refused(
                &format!("the dosing rule `{rule}`"),
                "leave the rule away, or write the doses that were taken: `3 mg at 0 24 48 h`",
            ));
        }
        let routes = regimen.planned().windows(2).any(|pair| pair[0].route != pair[1].route);
        if routes {
            return Err(refused("doses by several routes", "export one route at a time"));
        }
        let amount_mg = |amount: Amount| match amount {
            Amount::Mg(mg) => Ok(mg),
            per_kg @ Amount::UgPerKg(_) => set.value("wt").map(|wt| per_kg.in_mg(wt)),
        };
        let doses = regimen.doses().map(|dose| Ok((dose.time.in_hours(), amount_mg(dose.amount)?)));
        Ok(Self {
            doses: doses.collect::<Result<_>>()?,
            until_h: until.in_hours(),
            every_h: every.in_hours(),
        })
    }

    /// The doses as one course, if they are one.
    pub(super) fn course(&self) -> Option<Course> {
        let &[(first_h, amount_mg), ref later @ ..] = self.doses.as_slice() else { return None };
        let interval_h = later.first().map_or(0.0, |(time_h, _)| time_h - first_h);
        let is_even = self.doses.windows(2).all(|pair| {
            let ((before, amount), (after, next)) = (pair[0], pair[1]);
            (after - before - interval_h).abs() < SAME_INTERVAL_H
                && (next - amount).abs() <= f64::EPSILON * amount
        });
        is_even.then_some(Course { first_h, amount_mg, interval_h, additional: later.len() })
    }

    /// The times of the samples, h; the last is the end.
    pub(super) fn samples_h(&self) -> Vec<f64> {
        let mut times_h = vec![0.0];
        while times_h.last().is_some_and(|last| *last < self.until_h) {
            times_h.push((times_h.len() as f64 * self.every_h).min(self.until_h));
        }
        times_h
    }

    /// The doses as arguments of `ev` or `et` in R; none for placebo.
    pub(super) fn in_r(&self, compartment: &str) -> Option<String> {
        let vector = |numbers: Vec<f64>| {
            let numbers: Vec<_> = numbers.into_iter().map(shortest).collect();
            format!("c({})", numbers.join(", "))
        };
        let doses = match self.course() {
            _ if self.doses.is_empty() => return None,
            Some(Course { first_h, amount_mg, interval_h, additional }) => {
                let time = format!("time = {}, ", shortest(first_h));
                let repeated = format!(", ii = {}, addl = {additional}", shortest(interval_h));
                let time = if first_h > 0.0 { &time } else { "" };
                let repeated = if additional > 0 { &repeated } else { "" };
                format!("{time}amt = {}{repeated}", shortest(amount_mg))
            }
            None => {
                let (times, amounts) = self.doses.iter().copied().unzip();
                format!("time = {}, amt = {}", vector(times), vector(amounts))
            }
        };
        Some(format!("{doses}, cmt = \"{compartment}\""))
    }
}

fn refused(what: &str, remedy: &str) -> Error {
    Error::Contradiction {
        first: what.to_owned(),
        second: "an export, which holds doses at given times only".to_owned(),
        remedy: remedy.to_owned(),
    }
}
