//! The regimen that an exported model comes with.

use super::Request;
use super::text::shortest;
use crate::error::{Error, Result};
use crate::simulate::{Grid, Multiples};

/// Doses and samples.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Example {
    /// Time in h and amount in `unit` of every dose that is taken.
    pub(super) doses: Vec<(f64, f64)>,
    /// The unit in which the equations take doses.
    pub(super) unit: &'static str,
    pub(super) until_h: f64,
    pub(super) every_h: f64,
    /// The times of the samples, h; the last is the end.
    pub(super) samples_h: Vec<f64>,
    grid: Grid,
}

/// Equal doses at equal intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Course {
    pub(super) first_h: f64,
    pub(super) amount: f64,
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
        let doses = regimen
            .doses()
            .map(|dose| Ok((dose.time.in_hours(), set.dose_in_unit(dose.amount, dose.route)?)));
        let grid = Grid::new(*every, *until)?;
        let route = regimen.planned().first().map_or(set.model.usual_route(), |dose| dose.route);
        Ok(Self {
            unit: set.model.unit_dose(route).unit(),
            samples_h: grid.times_h(regimen),
            grid,
            doses: doses.collect::<Result<_>>()?,
            until_h: until.in_hours(),
            every_h: every.in_hours(),
        })
    }

    /// The doses as one course, if they are one: the tool, which computes their times, must give the
    /// same doubles, or a sample would change sides with its dose.
    pub(super) fn course(&self) -> Option<Course> {
        let &[(first_h, amount), ref later @ ..] = self.doses.as_slice() else { return None };
        let interval_h = later.first().map_or(0.0, |(time_h, _)| time_h - first_h);
        let mut sum_h = first_h;
        let is_even = later.iter().enumerate().all(|(i, (time_h, next))| {
            let product_h = first_h + (i + 1) as f64 * interval_h;
            sum_h += interval_h;
            time_h.to_bits() == product_h.to_bits()
                && time_h.to_bits() == sum_h.to_bits()
                && (next - amount).abs() <= f64::EPSILON * amount
        });
        is_even.then_some(Course { first_h, amount, interval_h, additional: later.len() })
    }

    /// The times of the samples in R, where R's own multiples would miss them.
    pub(super) fn exact_samples_in_r(&self) -> Option<String> {
        let Multiples { last, numerator, denominator } = self.grid.multiples()?;
        Some(format!("(0:{last}) * {numerator} / {denominator}"))
    }

    /// The doses as arguments of `ev` or `et` in R; none for placebo.
    pub(super) fn in_r(&self, compartment: &str) -> Option<String> {
        let vector = |numbers: Vec<f64>| {
            let numbers: Vec<_> = numbers.into_iter().map(shortest).collect();
            format!("c({})", numbers.join(", "))
        };
        let doses = match self.course() {
            _ if self.doses.is_empty() => return None,
            Some(Course { first_h, amount, interval_h, additional }) => {
                let time = format!("time = {}, ", shortest(first_h));
                let repeated = format!(", ii = {}, addl = {additional}", shortest(interval_h));
                let time = if first_h > 0.0 { &time } else { "" };
                let repeated = if additional > 0 { &repeated } else { "" };
                format!("{time}amt = {}{repeated}", shortest(amount))
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
