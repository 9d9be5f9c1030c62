//! What is wrong with a text that is no TOML, in words and with its place.

use std::ops::Range;
use toml::de::Error;

/// More lines with faults than this are one fault and its consequences, or no TOML at all.
const MOST_LINES: usize = 5;

/// The faults of `text` with their places: one a line, and only the first where the others may follow
/// from it.
pub(super) fn faults(text: &str, errors: &[Error]) -> Vec<(Range<usize>, String)> {
    let mut all: Vec<(Range<usize>, &str)> =
        errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
    all.sort_by_key(|(span, _)| span.start);
    let is_open = all.iter().any(|(_, message)| opens(message));
    all.dedup_by_key(|(span, _)| line_start(text, span.start));
    let most = if is_open || all.len() > MOST_LINES { 1 } else { MOST_LINES };
    let words = |(span, message): (Range<usize>, &str)| {
        let rule = if is_open { OPEN.to_owned() } else { words(message, line(text, span.start)) };
        (span, format!("is not valid TOML: {rule}"))
    };
    all.into_iter().take(most).map(words).collect()
}

const OPEN: &str = "a quote or bracket is not closed, or a comma is missing in a list";

/// Whether a fault may swallow the lines after it.
fn opens(message: &str) -> bool {
    ["unclosed", "array", "multi-line"].iter().any(|word| message.contains(word))
}

fn words(message: &str, line: &str) -> String {
    let value = line.split_once('=').map(|(_, value)| value.trim());
    let has = |word: &str| message.contains(word);
    let words = match value {
        Some("") => "a value is missing after =",
        Some(value) if is_decimal_comma(value) => "this looks like a decimal comma, write a point",
        _ if has("escaped") => "write \\\\ for a backslash, or put the text in single quotes",
        _ if has("quoted") => "put a text in quotes, and write a number with digits and a point",
        _ if has("string") => "a quote is not closed",
        _ if has("duplicate") => "the key is given twice",
        _ if has("no value") => "a line must be KEY = VALUE or [TABLE]",
        _ if has("carriage return") => "a line ends with a carriage return only",
        _ if has("leading zero") => "write the number without zeros before it",
        _ if has("float") || has("integer") => "this is not a number",
        _ if has("expected newline") => "something follows the value",
        _ => "check quotes, brackets and commas",
    };
    words.to_owned()
}

fn is_decimal_comma(value: &str) -> bool {
    let parts = value.split_once(',');
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    parts.is_some_and(|(whole, part)| digits(whole.trim_start_matches('-')) && digits(part.trim()))
}

fn line_start(text: &str, position: usize) -> usize {
    let before = text.get(..position.min(text.len())).unwrap_or_default();
    before.rfind('\n').map_or(0, |end| end + 1)
}

fn line(text: &str, position: usize) -> &str {
    let rest = text.get(line_start(text, position)..).unwrap_or_default();
    rest.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::files::read_toml;
    use std::path::Path;

    #[test]
    fn invariant_a_syntax_fault_is_told_once_with_its_line_and_in_plain_words() {
        for (text, expected) in [
            ("a = 1\ntitle = \"abc\nb = 1\nc = 2\n", "2: is not valid TOML: a quote is not closed"),
            ("a = [1, 2\nb = 3\nc = 4\n", "2: is not valid TOML: a quote or bracket"),
            ("a = 1,5\n", "1: is not valid TOML: this looks like a decimal comma"),
            ("a =\n", "1: is not valid TOML: a value is missing after ="),
            ("a = 1\na = 2\n", "2: is not valid TOML: the key is given twice"),
            ("a = \"C:\\data\"\n", "1: is not valid TOML: write \\\\ for a backslash"),
            (&"1,2\n".repeat(16), "1: is not valid TOML: a line must be KEY = VALUE"),
        ] {
            let read = read_toml(Path::new("t.toml"), text, |_| Some(()));
            let error = read.expect_err(text).to_string();
            assert!(error.starts_with(&format!("t.toml:{expected}")), "{text:?}: {error}");
            assert_eq!(error.lines().count(), 1, "{text:?}: {error}");
        }
        let two = read_toml(Path::new("t.toml"), "a =\nb = 1\nc = yes\n", |_| Some(()));
        assert_eq!(two.expect_err("two").to_string().lines().count(), 2);
        assert!(read_toml(Path::new("t.toml"), "\u{feff}a = 1\r\n", |s| s.number("a")).is_ok());
    }
}
