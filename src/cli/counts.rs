//! Whole numbers as people write them: 1000, 1_000 or 1e3.

use thrombopoiesis::error::echo;

/// A number of patients.
pub(super) fn subjects(text: &str) -> Result<usize, String> {
    let count = whole(text, usize::MAX as u64)?;
    usize::try_from(count).map_err(|error| error.to_string())
}

/// A seed.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    whole(text, u64::MAX)
}

/// A whole number from 0 to `most`.
fn whole(text: &str, most: u64) -> Result<u64, String> {
    let number = integer(text.trim()).filter(|number| *number <= most);
    number.ok_or_else(|| {
        format!("`{}` is not a whole number from 0 to {most}: write 1000 or 1e3", echo(text))
    })
}

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

#[cfg(test)]
mod tests {
    use super::{integer, seed, subjects};

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
            seed("-1").is_err_and(|said| said.contains("whole number from 0 to 1844674407370"))
        );
    }
}
