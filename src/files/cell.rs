//! One cell of a table: whether a number is missing, and hints for cells that are not numbers.

use crate::error::echo;

/// Words that other programs write for a missing number.
const WORDS_FOR_MISSING: [&str; 12] =
    ["nan", "n/a", "#n/a", "null", "none", "nd", "-", "--", "?", "missing", "blq", "not done"];

/// Whether the cell stands for a missing number.
pub(super) fn is_missing(cell: &str) -> bool {
    cell.is_empty() || cell == "." || cell.eq_ignore_ascii_case("na")
}

/// The problem of a cell that is not a finite number, with what was probably meant.
pub(super) fn number_rule(cell: &str) -> String {
    let rule = format!("= \"{}\": a finite number is needed", echo(cell));
    match hint(cell) {
        Some(hint) => format!("{rule}; {hint}"),
        None => rule,
    }
}

/// What was probably meant by a cell that is not a finite number.
pub(crate) fn hint(cell: &str) -> Option<String> {
    let is_number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    if WORDS_FOR_MISSING.contains(&cell.to_lowercase().as_str()) {
        return Some("write . for a missing number".to_owned());
    }
    if let Some(limit) = cell.strip_prefix(['<', '>']).filter(|rest| is_number(rest.trim())) {
        let limit = limit.trim();
        return Some(format!("a limit is not a number, write {limit}, or . for a missing number"));
    }
    let point = cell.replacen(',', ".", 1);
    if cell.contains(',') && is_number(&point) {
        return Some(format!("this looks like a decimal comma, write {point}"));
    }
    let minus = cell.replace('\u{2212}', "-");
    if minus != cell && is_number(&minus) {
        return Some(format!("write {minus}, with a hyphen as minus sign"));
    }
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '_' | '\'' | ',' | '\u{2019}');
    let joined: String = cell.chars().filter(|c| !is_mark(*c)).collect();
    if joined != cell && is_number(&joined) {
        return Some(format!("write {joined}, without marks between digits"));
    }
    has_unit(cell).then(|| "write the number without its unit".to_owned())
}

/// Whether a number with letters or signs of a unit behind it.
fn has_unit(cell: &str) -> bool {
    let is_number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    if let Some((amount, unit)) = cell.split_once(char::is_whitespace) {
        return is_number(amount) && unit.contains(|c: char| c.is_alphabetic() || c == '%');
    }
    let amount = cell.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '%' | '/' | '.'));
    amount != cell && is_number(amount)
}
