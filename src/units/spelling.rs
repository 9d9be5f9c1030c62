//! The usual spellings of units and numbers.

use super::Time;

/// The time of `number` units called `word`: hours, days or weeks in their usual spellings.
#[must_use]
pub fn time(number: f64, word: &str) -> Option<Time> {
    let hours = match word.to_lowercase().as_str() {
        "h" | "hr" | "hrs" | "hour" | "hours" => 1,
        "d" | "day" | "days" => 24,
        "w" | "wk" | "wks" | "week" | "weeks" => 168,
        _ => return None,
    };
    Some(Time::hours(number).times(hours))
}

/// `text` with both micro signs as the letter u.
#[must_use]
pub fn with_plain_micro(text: &str) -> String {
    text.replace(['\u{b5}', '\u{3bc}', '\u{39c}'], "u")
}

/// What stands in `text` up to the unit, and the unit: `6 h` and `6h` are `6` and `h`.
#[must_use]
pub fn split_unit(text: &str) -> (&str, &str) {
    let unit = text.trim_end_matches(|c: char| !c.is_alphabetic() && c != '/');
    let start = unit.trim_end_matches(|c: char| c.is_alphabetic() || c == '/').len();
    if unit.len() == text.len() { (text[..start].trim_end(), &text[start..]) } else { (text, "") }
}

/// What to write for the first decimal comma in `text`: the part as it stands, and with a point.
#[must_use]
pub fn decimal_comma(text: &str) -> Option<(String, String)> {
    let is_number = |word: &&str| {
        let mut parts = word.splitn(2, ',');
        parts.by_ref().next().is_some_and(|left| left.ends_with(|c: char| c.is_ascii_digit()))
            && parts.next().is_some_and(|right| right.starts_with(|c: char| c.is_ascii_digit()))
    };
    let word = text.split_whitespace().find(is_number)?;
    Some((word.to_owned(), word.replacen(',', ".", 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_units_of_time_have_their_usual_spellings() {
        for (word, hours) in [("h", 6.0), ("H", 6.0), ("Hours", 6.0), ("day", 144.0)] {
            assert_eq!(time(6.0, word), Some(Time::hours(hours)), "{word}");
        }
        assert_eq!(time(1.0, "week"), Some(Time::days(7.0)));
        assert_eq!(time(0.7, "d"), Some(Time::hours(16.8)));
        assert_eq!((time(1.0, "min"), time(1.0, "")), (None, None));
    }

    #[test]
    fn analytic_numbers_and_units_are_told_apart() {
        for (text, expected) in [
            ("6 h", ("6", "h")),
            ("1e3days", ("1e3", "days")),
            ("1e-3 d", ("1e-3", "d")),
            ("10 ug/kg", ("10", "ug/kg")),
            ("6", ("6", "")),
            ("h", ("", "h")),
            ("", ("", "")),
            ("6 h 5", ("6 h 5", "")),
        ] {
            assert_eq!(split_unit(text), expected, "{text}");
        }
    }

    #[test]
    fn analytic_decimal_commas_are_seen_and_other_commas_are_not() {
        let expected = Some(("3,5".to_owned(), "3.5".to_owned()));
        assert_eq!(decimal_comma("3,5 mg qd x7"), expected);
        for other in ["3 mg qd x7, miss 4", "3 mg qd x7,miss 4", ",5", "5,", ""] {
            assert_eq!(decimal_comma(other), None, "{other}");
        }
        assert_eq!(with_plain_micro("\u{b5}g \u{3bc}g"), "ug ug");
    }
}
