//! What was probably meant by what the language does not know.

use super::lexer::name_length;
use super::problem::{Problem, Span};
use super::unit::symbol;

/// Marks of other tools, and what to write here.
pub(super) const HABITS: [(&str, &str); 9] = [
    ("**", "write `^`"),
    ("//", "a comment begins with `#`"),
    (";", "a line ends without a mark; a comment begins with `#`"),
    ("$", "sections stand in square brackets, such as `[parameters]`"),
    ("<-", "write `=`"),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("'", "write the rate of change of x as `d/dt(x) = ..`"),
    ("!", "write `not`"),
];

/// What to write in place of a character outside ASCII.
pub(super) fn plain_spelling(c: char) -> &'static str {
    match c {
        'µ' | 'μ' => "write `u`, as in `ug`",
        '·' | '×' => "write `*` between numbers, `.` inside a unit",
        '−' | '–' => "write `-`",
        '²' | '³' | '⁹' => "write a power with `^`",
        '≤' => "write `<=`",
        '≥' => "write `>=`",
        '“' | '”' | '„' => "write a straight quotation mark",
        _ => "",
    }
}

/// The message for a unit that is none, with what was probably meant.
pub(super) fn not_a_unit(text: &str, number: Span, place: Span, part: &str) -> Problem {
    let unit = text.get(place.start..place.end).unwrap_or_default();
    let number = text.get(number.start..number.end).unwrap_or_default();
    let hint = match meant(part) {
        Some("g") if part == "kg" => "`kg` is body weight: write `g`".to_owned(),
        Some(symbol) => format!("did you mean `{symbol}`?"),
        None => match unit.split_once('/') {
            Some((first, rest)) if symbol(first).is_some() => {
                let rest = if rest.is_empty() { ".." } else { rest };
                format!("to divide by a variable write spaces: `{number} {first} / {rest}`")
            }
            _ if unit == part && name_length(part) == part.len() => {
                format!("to multiply write `{number} * {part}`")
            }
            _ => String::new(),
        },
    };
    let part = if part.is_empty() { unit } else { part };
    Problem::new("U04", place, format!("`{part}` is not a unit")).hint(hint)
}

/// The symbol that a frequent misspelling means.
pub(super) fn meant(part: &str) -> Option<&'static str> {
    Some(match part {
        "hr" | "hrs" | "hour" | "hours" | "H" => "h",
        "day" | "days" | "D" => "d",
        "week" | "weeks" | "w" => "wk",
        "year" | "years" | "y" => "yr",
        "minute" | "minutes" | "mins" => "min",
        "sec" | "second" | "seconds" => "s",
        "l" | "liter" | "litre" => "L",
        "ml" | "ML" => "mL",
        "ul" | "mcL" | "mcl" => "uL",
        "dl" => "dL",
        "fl" => "fL",
        "mcg" | "Ug" => "ug",
        "MG" | "Mg" => "mg",
        "KG" | "Kg" => "kg",
        "gram" | "grams" => "g",
        "iu" => "IU",
        "percent" => "%",
        _ => return None,
    })
}
