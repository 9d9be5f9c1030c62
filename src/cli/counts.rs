//! How large a count may be: the same limit for the same thing in every command. The table "Limits"
//! of `docs/formats.md` names them.

use thrombopoiesis::calibrate::MOST_SETS;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::machine::MOST_THREADS;
use thrombopoiesis::regimen::MAX_DOSES;
use thrombopoiesis::units::spelling;

/// Most baseline counts of one `thrombo window`.
const MOST_BASELINES: usize = 100;

type Parsed = std::result::Result<usize, String>;

/// `--subjects`, `--search-subjects`.
pub(super) fn subjects(text: &str) -> Parsed {
    whole(text, 1, 1_000_000)
}

/// `--threads`.
pub(super) fn threads(text: &str) -> Parsed {
    whole(text, 1, MOST_THREADS as u64)
}

/// `--replicates` of a trial.
pub(super) fn replicates(text: &str) -> Parsed {
    whole(text, 1, 100_000)
}

/// `--save-replicates`.
pub(super) fn saved(text: &str) -> Parsed {
    whole(text, 0, 100_000)
}

/// `--days` of treatment and `--longest`.
pub(super) fn days_of_treatment(text: &str) -> Parsed {
    whole(text, 1, 28)
}

/// `--procedure-day`.
pub(super) fn procedure_day(text: &str) -> Parsed {
    whole(text, 1, 35)
}

/// `--candidates` of a calibration.
pub(super) fn candidates(text: &str) -> Parsed {
    whole(text, 500, 1_000_000)
}

/// `--draws` of a calibration.
pub(super) fn draws(text: &str) -> Parsed {
    whole(text, 20, 100_000)
}

/// `--sets` of a posterior.
pub(super) fn sets(text: &str) -> Parsed {
    whole(text, 20, MOST_SETS as u64)
}

/// `--replicates` that predict published numbers with an interval.
pub(super) fn predictions(text: &str) -> Parsed {
    whole(text, 20, 100_000)
}

/// `--starts` of a fit.
pub(super) fn starts(text: &str) -> Parsed {
    whole(text, 1, 10_000)
}

/// `--screened` of a calibration.
pub(super) fn screened(text: &str) -> Parsed {
    whole(text, 1, 100_000)
}

/// `--max-iterations`.
pub(super) fn iterations(text: &str) -> std::result::Result<u64, String> {
    between(text, 1, 1_000_000)
}

/// `--seed`.
pub(super) fn seed(text: &str) -> std::result::Result<u64, String> {
    between(text, 0, u64::MAX)
}

/// The number of a dose, `--miss`.
pub(super) fn dose(text: &str) -> Parsed {
    whole(text, 1, MAX_DOSES as u64)
}

/// `--port`.
pub(super) fn port(text: &str) -> std::result::Result<u16, String> {
    let port = between(text, 0, u64::from(u16::MAX))?;
    u16::try_from(port).map_err(|error| error.to_string())
}

/// `--dpi`, whose range depends on the figure.
pub(super) fn dpi(text: &str) -> std::result::Result<u32, String> {
    let dpi = between(text, 0, u64::from(u32::MAX))?;
    u32::try_from(dpi).map_err(|error| error.to_string())
}

/// A number that is no count; its range is that of its quantity.
pub(super) fn number(text: &str) -> std::result::Result<f64, String> {
    if let Some((_, point)) = spelling::decimal_comma(text) {
        return Err(format!("has a comma between digits: write {point}"));
    }
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| "write a number, such as 40 or 0.7".to_owned())
}

/// `--probability` of a forecast.
pub(super) fn probability(text: &str) -> std::result::Result<f64, String> {
    let value = number(text)?;
    let is_known = value > 0.0 && value < 1.0;
    is_known.then_some(value).ok_or_else(|| "must be between 0 and 1, such as 0.7".to_owned())
}

/// `--procedure` of a forecast: a day, or the first and the last.
pub(super) fn days_of_procedure(text: &str) -> std::result::Result<(f64, f64), String> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let day = |text: &str| number(text.trim()).ok().filter(|day| *day >= 0.0);
    day(first)
        .zip(day(last))
        .filter(|(first, last)| first <= last)
        .ok_or_else(|| "write an elapsed day such as 12, or first and last as in 8..13".to_owned())
}

/// `--tolerance` of an integration step.
pub(super) fn tolerance(text: &str) -> std::result::Result<f64, String> {
    let value = number(text)?;
    let is_known = (1e-13..=1e-3).contains(&value);
    is_known.then_some(value).ok_or_else(|| "must be between 1e-13 and 1e-3".to_owned())
}

fn whole(text: &str, least: u64, most: u64) -> Parsed {
    usize::try_from(between(text, least, most)?).map_err(|error| error.to_string())
}

fn between(text: &str, least: u64, most: u64) -> std::result::Result<u64, String> {
    let count = integer(text.trim()).filter(|count| (least..=most).contains(count));
    let spelling = if most < 1000 { "" } else { ", such as 1000 or 1e3" };
    count.ok_or_else(|| format!("write a whole number from {least} to {most}{spelling}"))
}

/// A whole number as people write it: 1000, 1_000 or 1e3.
fn integer(text: &str) -> Option<u64> {
    let digits = text.replace('_', "");
    if text.starts_with('_') || text.ends_with('_') || text.contains("__") {
        return None;
    }
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<u32>().ok()?),
        None => (digits.as_str(), 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let zeros = exponent.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let number = format!("{whole}{fraction}");
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    number.parse::<u64>().ok()?.checked_mul(10_u64.checked_pow(zeros)?)
}

/// Refuses more baseline counts than are compared side by side.
pub(super) fn baselines(counts: &[f64]) -> Result<()> {
    if counts.len() <= MOST_BASELINES {
        return Ok(());
    }
    Err(Error::OutOfRange {
        symbol: "number of baselines".to_owned(),
        value: counts.len() as f64,
        unit: "1".to_owned(),
        range: format!("[1, {MOST_BASELINES}]"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_counts_are_whole_numbers_within_their_limits() {
        assert_eq!(subjects("1000000"), Ok(1_000_000));
        assert_eq!(threads("1"), Ok(1));
        for text in ["0", "1000001", "99999999999999999999999", "-1", "2.5", "", "nan"] {
            let refused = subjects(text).expect_err(text);
            assert!(refused.contains("a whole number from 1 to 1000000"), "{refused}");
        }
        assert!(threads("1025").is_err() && starts("10001").is_err() && iterations("0").is_err());
    }

    #[test]
    fn invariant_baselines_are_few() {
        assert!(baselines(&[40.0; 100]).is_ok() && baselines(&[40.0; 101]).is_err());
    }

    #[test]
    fn analytic_whole_numbers_have_several_spellings() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1000", Some(1000)),
            ("1_000", Some(1000)),
            ("1e3", Some(1000)),
            ("1.5E3", Some(1500)),
            ("1000.0", Some(1000)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("1e20", None),
            ("1e999999999999", None),
            ("1.5", None),
            ("1.55e1", None),
            ("-1", None),
            ("+1", None),
            ("_1", None),
            ("1__0", None),
            ("", None),
            ("e3", None),
            ("1e-3", None),
            ("nan", None),
        ] {
            assert_eq!(integer(text), expected, "{text}");
        }
        assert_eq!((subjects(" 1e3 "), seed("7")), (Ok(1000), Ok(7)));
        assert!(
            seed("-1")
                .is_err_and(|said| said.contains("a whole number from 0 to 18446744073709551615"))
        );
    }
}
