//! Names of files, as the tools' texts hold them.

use super::Tool;
use crate::error::{Error, Result, echo};

/// Longest name that NM-TRAN reads, with its ending.
const LONGEST_IN_NONMEM: usize = 80;
/// Longest ending that is added.
const ENDING: usize = 4;

/// Refuses a name that the text for `tool` cannot hold.
pub(super) fn check(name: &str, tool: Tool) -> Result<()> {
    let rule = match tool {
        _ if name.contains(char::is_control) => "a name without control characters",
        Tool::Nonmem if !name.is_ascii() => "NONMEM, which reads names in ASCII",
        Tool::Nonmem if name.contains('\'') && name.contains('"') => {
            "NONMEM, which reads names with one kind of quotation mark"
        }
        Tool::Nonmem if name.len() + ENDING > LONGEST_IN_NONMEM => {
            "NONMEM, which reads names of 80 characters"
        }
        Tool::Mrgsolve if name.contains(' ') => "mrgsolve, which reads names without spaces",
        _ => return Ok(()),
    };
    Err(Error::Contradiction {
        first: format!("the file name `{}`", echo(name)),
        second: rule.to_owned(),
        remedy: "choose a name of letters, digits, `_` and `-`".to_owned(),
    })
}

/// The name in a control stream, in quotation marks where it needs them.
pub(super) fn in_nonmem(name: &str, ending: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    match name {
        _ if name.chars().all(is_plain) => format!("{name}.{ending}"),
        _ if name.contains('\'') => format!("\"{name}.{ending}\""),
        _ => format!("'{name}.{ending}'"),
    }
}

/// The name as a text of R.
pub(super) fn in_r(name: &str, ending: &str) -> String {
    format!("\"{}.{ending}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_names_are_quoted_where_they_need_it() {
        for (name, expected) in [
            ("model", "model.csv"),
            ("run-1.a_b", "run-1.a_b.csv"),
            ("my model", "'my model.csv'"),
            ("run,1;x", "'run,1;x.csv'"),
            ("a'b", "\"a'b.csv\""),
            ("a(b)=$c&", "'a(b)=$c&.csv'"),
        ] {
            assert!(check(name, Tool::Nonmem).is_ok());
            assert_eq!(in_nonmem(name, "csv"), expected);
        }
        assert_eq!(in_r("a\"b\\", "cpp"), "\"a\\\"b\\\\.cpp\"");
    }

    #[test]
    fn invariant_names_that_a_tool_cannot_hold_are_refused_with_a_sentence() {
        for (name, tool) in [
            ("a\nb", Tool::Nonmem),
            ("a\r", Tool::Mrgsolve),
            ("\u{1b}[31m", Tool::Rxode2),
            ("a\u{0}", Tool::Sbml),
            ("mod\u{e8}le", Tool::Nonmem),
            ("a'b\"c", Tool::Nonmem),
            (&*"x".repeat(77), Tool::Nonmem),
            ("my model", Tool::Mrgsolve),
        ] {
            let said = check(name, tool).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(said.contains("choose a name of letters"), "{name:?}: {said}");
            assert!(!said.contains(char::is_control), "{said:?}");
        }
        assert!(
            check("mod\u{e8}le", Tool::Rxode2).is_ok() && check("my model", Tool::Sbml).is_ok()
        );
    }
}
