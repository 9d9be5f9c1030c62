//! How far counts narrow the forecast of one day, and what may be called from it.

use crate::evidence::{Evidence, LEVEL, TARGET_DAY, UNLIKELY, WANTED};
use crate::patients::Patient;
use crate::{DAYS, PARTS};
use thrombopoiesis::forecast::{At, Forecast};
use thrombopoiesis::statistics::median;

/// A patient with the forecast of the day.
struct Known<'a> {
    at: &'a At,
    truth: f64,
    is_reached: bool,
}

impl Known<'_> {
    /// Ends of the 90 % interval of the true count.
    fn interval(&self) -> (f64, f64) {
        let quantile = |percent: usize| self.at.quantiles[percent * PARTS / 100 - 1];
        (quantile(5), quantile(95))
    }
}

/// Of the patients with a count before treatment within limits.
pub(crate) fn evidence<'a>(
    all: &'a [(&Patient, Forecast)],
    counts: usize,
    baseline: (f64, f64),
) -> Evidence {
    let measured = DAYS.iter().position(|day| *day == TARGET_DAY).unwrap_or_default();
    let own = all.iter().filter(|(own, _)| (baseline.0..baseline.1).contains(&own.baseline));
    let known = |(own, found): &'a (&Patient, Forecast)| Known {
        at: &found.times[TARGET_DAY],
        truth: own.truth[TARGET_DAY],
        is_reached: own.measured[measured] >= LEVEL,
    };
    let own: Vec<Known<'_>> = own.map(known).collect();
    let width = |(low, high): (f64, f64)| high - low;
    let widths: Vec<f64> = own.iter().map(|own| width(own.interval())).collect();
    let is_held = |own: &&Known<'_>| {
        let (low, high) = own.interval();
        (low..=high).contains(&own.truth)
    };
    let squared = own.iter().map(|own| {
        let outcome = f64::from(u8::from(own.is_reached));
        (own.at.measured_at_least - outcome).powi(2)
    });
    let called = |is: fn(f64) -> bool| {
        let called = || own.iter().filter(|own| is(own.at.measured_at_least));
        (called().count(), called().filter(|own| own.is_reached).count())
    };
    Evidence {
        baseline,
        counts,
        patients: own.len(),
        reached: own.iter().filter(|own| own.is_reached).count(),
        width: median(&widths).unwrap_or(f64::NAN),
        held: own.iter().filter(is_held).count(),
        brier: squared.sum::<f64>() / own.len() as f64,
        high: called(|p| p >= WANTED),
        low: called(|p| p <= UNLIKELY),
    }
}
