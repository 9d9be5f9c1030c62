//! What is wrong with the arguments, in bounded words.

use anstream::adapter::strip_str;
use thrombopoiesis::error::{echo, lines};

/// The parser's message with arguments shortened and escaped, if any has to be.
pub(super) fn bounded(error: &clap::Error) -> Option<String> {
    bounded_of(&error.render().to_string(), std::env::args_os().skip(1))
}

fn bounded_of(said: &str, args: impl Iterator<Item = std::ffi::OsString>) -> Option<String> {
    let mut parts = Vec::new();
    for arg in args {
        let arg = arg.to_string_lossy().into_owned();
        parts.extend(arg.split('=').map(str::to_owned));
        parts.push(arg);
    }
    parts.retain(|part| echo(part) != *part);
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    if parts.is_empty() {
        return None;
    }
    let repeated = |said: String, part: &String| {
        // The parser leaves out what a terminal would not print.
        let printed = strip_str(part).to_string();
        let said = said.replace(part, &echo(part));
        said.replace(&format!("'{printed}'"), &format!("'{}'", echo(part)))
    };
    let said = parts.iter().fold(said.to_owned(), repeated);
    Some(lines(&said) + "\n")
}

#[cfg(test)]
mod tests {
    use super::bounded_of;

    #[test]
    fn invariant_arguments_are_repeated_in_bounds_and_without_control_characters() {
        let long = format!("kc={}", "9".repeat(49_000));
        let said = |arg: &str| {
            bounded_of(&format!("error: invalid value '{arg}'\n\nusage"), [arg.into()].into_iter())
        };
        assert!(said(&long).is_some_and(|said| said.len() < 400 && said.ends_with("usage\n")));
        let escaped = said("--\u{1b}[31m\r\nx").unwrap_or_default();
        assert_eq!(escaped, "error: invalid value '--\\u{1b}[31m\\r\\nx'\n\nusage\n");
        assert_eq!(said("--days"), None);
        let printed = "error: unexpected argument '--\taramet' found";
        let escaped = bounded_of(printed, ["--\t\u{15}aramet".into()].into_iter());
        let expected = "error: unexpected argument '--\\t\\u{15}aramet' found\n";
        assert_eq!(escaped.as_deref(), Some(expected));
    }
}
