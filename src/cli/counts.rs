//! How large a count may be: the same limit for the same thing in every command. The table "Limits"
//! of `docs/formats.md` names them.

use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::machine::MOST_THREADS;
use thrombopoiesis::model::Variant;

/// Most baseline counts of one `thrombo window`.
const MOST_BASELINES: usize = 100;

type Parsed = std::result::Result<usize, String>;

/// `--subjects`, `--search-subjects`.
pub(super) fn subjects(text: &str) -> Parsed {
    whole(text, 1, 1_000_000)
}

/// `--threads`.
pub(super) fn threads(text: &str) -> Parsed {
    whole(text, 1, MOST_THREADS)
}

/// `--replicates` of a trial.
pub(super) fn replicates(text: &str) -> Parsed {
    whole(text, 1, 100_000)
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
    whole(text, 1, 1_000_000).map(|count| count as u64)
}

fn whole(text: &str, least: usize, most: usize) -> Parsed {
    let count = text.trim().parse().ok().filter(|count| (least..=most).contains(count));
    count.ok_or_else(|| format!("write a whole number from {least} to {most}"))
}

/// Refuses a structural variant that is given twice.
pub(super) fn distinct(variants: &[Variant]) -> Result<()> {
    let twice = (1..variants.len()).find(|i| variants[..*i].contains(&variants[*i]));
    match twice.map(|i| variants[i]) {
        Some(variant) => Err(Error::Contradiction {
            first: format!("variant {variant}"),
            second: "the same variant again".to_owned(),
            remedy: "give each variant once".to_owned(),
        }),
        None => Ok(()),
    }
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
            let refused = Err("write a whole number from 1 to 1000000".to_owned());
            assert_eq!(subjects(text), refused, "{text}");
        }
        assert!(threads("1025").is_err() && starts("10001").is_err() && iterations("0").is_err());
    }

    #[test]
    fn invariant_variants_are_given_once_and_baselines_are_few() {
        assert!(distinct(&Variant::ALL).is_ok() && distinct(&[]).is_ok());
        assert!(distinct(&[Variant::A, Variant::B, Variant::A]).is_err());
        assert!(baselines(&[40.0; 100]).is_ok() && baselines(&[40.0; 101]).is_err());
    }
}
