//! What messages repeat of a user's input: short, and without characters that move the cursor.

/// Most characters of an input that a message repeats.
const MOST: usize = 120;
/// Most characters of a phrase of the program's that holds input.
const MOST_OF_PHRASE: usize = 300;
/// Most characters of a sentence that holds input.
const MOST_OF_SENTENCE: usize = 2_000;

/// `text` for a message: its first characters, control characters escaped.
#[must_use]
pub fn echo(text: &str) -> String {
    shortened(text, MOST)
}

/// A part of a sentence that holds input, such as a flag with its value.
#[must_use]
pub fn phrase(text: &str) -> String {
    shortened(text, MOST_OF_PHRASE)
}

/// A sentence that holds input: every line stays one, none is without end.
#[must_use]
pub fn sentence(text: &str) -> String {
    shortened(text, MOST_OF_SENTENCE)
}

/// A text of several lines, its lines as [`sentence`].
#[must_use]
pub fn lines(text: &str) -> String {
    text.lines().map(sentence).collect::<Vec<_>>().join("\n")
}

fn shortened(text: &str, most: usize) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == most {
            return format!("{out}... ({} characters)", text.chars().count());
        }
        if c.is_control() || is_invisible(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// Marks that turn the direction of writing, break lines or have no width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_controls_and_marks_are_escaped_and_letters_are_not() {
        let escaped = "a\\u{1b}[31m\\r\\n\\u{202e}\\u{200f}\\u{7f}\\u{85}";
        assert_eq!(echo("a\u{1b}[31m\r\n\u{202e}\u{200f}\u{7f}\u{85}"), escaped);
        for plain in ["3 mg qd x7", "µg/kg 10⁹/L 山田", "", "C:\\temp 'a' \"b\""] {
            assert_eq!(echo(plain), plain);
        }
        assert_eq!(lines("a\tb\nc\r\nd\u{8}"), "a\\tb\nc\nd\\u{8}");
    }

    #[test]
    fn analytic_long_inputs_are_cut_and_say_so() {
        let (short, long) = ("µ".repeat(120), "µ".repeat(49_000));
        assert_eq!(echo(&short), short);
        assert_eq!(echo(&long), format!("{short}... (49000 characters)"));
        assert!(sentence(&long).chars().count() < 2_100 && lines(&long).chars().count() < 2_100);
    }
}
