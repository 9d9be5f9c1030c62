//! The numbers of a forecast in words: the same in print, in its figure and on the page of a report.

use crate::forecast::{Answer, AtProcedure, Forecast, HEAVY, UNCERTAIN};
use crate::records::Subject;
use crate::units::HOURS_PER_DAY;
use std::fmt::Display;

/// Size of a subject's residual error above which it is unusual, in standard deviations between individuals.
const UNUSUAL: f64 = 2.0;

/// A probability or a share; one that is not 0 or 1 is never shown as if it were.
#[must_use]
pub fn percent(share: f64) -> String {
    match share {
        share if !share.is_finite() => "-".to_owned(),
        share if share > 0.0 && share < 0.005 => "< 1 %".to_owned(),
        share if (0.995..1.0).contains(&share) => "> 99 %".to_owned(),
        share => format!("{:.0} %", 100.0 * share),
    }
}

/// Elapsed days.
#[must_use]
pub fn days(time_h: f64) -> f64 {
    time_h / HOURS_PER_DAY
}

/// An elapsed day without needless decimals.
#[must_use]
pub fn day(time_h: f64) -> String {
    let rounded = (days(time_h) * 10.0).round() / 10.0;
    rounded.to_string()
}

/// First and last day with the wanted probability, such as `9 to 15`; only one where they are the same.
#[must_use]
pub fn wanted_days(answer: &Answer) -> Option<String> {
    let (first, last) = answer.enough_h?;
    Some(if first.to_bits() == last.to_bits() { day(first) } else { span(first, last) })
}

/// From one day to another.
pub(super) fn span(first_h: f64, last_h: f64) -> String {
    format!("{} to {}", day(first_h), day(last_h))
}

/// Lowest and highest probability on the days of the procedure.
#[must_use]
pub fn range(then: &AtProcedure) -> String {
    let [low, high] = [then.lowest, then.best].map(percent);
    if low == high { high } else { format!("{} to {high}", low.trim_end_matches(" %")) }
}

/// Median and 90 % interval of the days at or above the level.
#[must_use]
pub fn days_at_level(answer: &Answer) -> String {
    let [low, median, high] = lengths(answer);
    format!("{median} ({low} to {high})")
}

/// Lower limit, median and upper limit of the days at or above the level.
pub(super) fn lengths(answer: &Answer) -> [String; 3] {
    let length = |place: usize| answer.time_at_level_h.get(place).copied().unwrap_or(f64::NAN);
    [0, 1, 2].map(|place| format!("{:.1}", days(length(place))))
}

/// Which uncertainty a forecast includes; `variants` are the names of several.
#[must_use]
pub fn uncertainty(is_uncertain: bool, variants: &[String]) -> String {
    let of_variants = match variants {
        [] | [_] => "of one structural variant".to_owned(),
        several => format!("of variants {} with equal prior weights", several.join(", ")),
    };
    if is_uncertain {
        format!("individuals {of_variants}, with the uncertainty of the population's parameters")
    } else {
        format!("individuals {of_variants}; the population's parameters are taken as they are")
    }
}

/// Why a subject has no forecast.
pub fn no_forecast(subject: &Subject, reason: impl Display) -> String {
    format!("no forecast for ID {}: {reason}", subject.id)
}

/// What is to be said of a forecast that rests on few individuals.
#[must_use]
pub fn thin(subject: &Subject, forecast: &Forecast) -> Option<String> {
    let (id, size) = (&subject.id, forecast.effective_size);
    let few = match forecast.pareto_k.filter(|k| *k > HEAVY) {
        _ if size < UNCERTAIN => format!(
            "the observations of ID {id} leave an effective size of {size:.0} of {} individuals",
            forecast.individuals
        ),
        Some(k) => format!(
            "few individuals carry most of the weight of ID {id} (Pareto k {k:.2}, above {HEAVY})"
        ),
        None => return None,
    };
    Some(format!("{few}, so quantiles and probabilities are uncertain"))
}

/// What is to be said of observations that only an unusually large residual error explains.
#[must_use]
pub fn unusual(subject: &Subject, forecast: &Forecast) -> Option<String> {
    let size = forecast.error_size;
    (size > UNUSUAL).then(|| {
        format!(
            "the observations of ID {} need a residual error {size:.1} standard deviations above that of the median \
             individual: look for a value in another unit or at a wrong time",
            subject.id
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_a_probability_is_never_shown_as_certain_unless_it_is() {
        let shown = [0.0, 0.004, 0.0051, 0.704, 0.9949, 0.995, 1.0, f64::NAN].map(percent);
        assert_eq!(shown, ["0 %", "< 1 %", "1 %", "70 %", "99 %", "> 99 %", "100 %", "-"]);
        let then =
            |lowest, best| range(&AtProcedure { best_h: 0.0, best, lowest, throughout: 0.0 });
        assert_eq!(then(0.612, 0.83), "61 to 83 %");
        assert_eq!(then(0.002, 0.83), "< 1 to 83 %");
        assert_eq!(then(0.996, 0.999), "> 99 %");
    }

    #[test]
    fn analytic_days_have_a_decimal_where_they_need_one() {
        assert_eq!([24.0, 36.0, 0.0].map(day), ["1", "1.5", "0"]);
        let answer = |enough_h| Answer {
            best_h: 240.0,
            best: 0.8,
            share_wanted: None,
            enough_h,
            procedure: None,
            time_at_level_h: vec![12.0, 240.0, 492.0],
            ever_too_high: 0.0,
        };
        let wanted = [None, Some((240.0, 240.0)), Some((216.0, 252.0))];
        let wanted = wanted.map(|own| wanted_days(&answer(own)));
        assert_eq!(wanted, [None, Some("10".to_owned()), Some("9 to 10.5".to_owned())]);
        assert_eq!(days_at_level(&answer(None)), "10.0 (0.5 to 20.5)");
    }
}
