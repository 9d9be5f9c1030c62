//! Every code with a text that provokes it, and the message that must be printed for it.

use super::super::TextModel;
use std::fmt::Write as _;
use std::path::Path;

/// The texts.
const TEXTS: &str = include_str!("codes.txt");
/// The same with their messages. `UPDATE_MESSAGES=1 cargo test --lib model::text` writes them.
const MESSAGES: &str = "src/model/text/tests/messages.txt";
/// Where a text does not have a header, this stands before it.
const HEADER: &str = "model m\nlanguage 1\ntime h\n";
/// The codes of the reader. K01, K02, D01, D02, R01 and R02 belong to what uses a model.
const CODES: &str = "S01 S02 S03 S04 S05 S06 S07 S08 S09 S10 S11 S12 N01 N02 N03 N04 N05 N06 N07 N08 \
                     N09 A01 A02 A03 A04 A05 U01 U02 U03 U04 U05 U06 U07 U08 U09 U10 U11 U12 P01 P02 \
                     P03 P04 P05 P06 C01 C02 C03 C04 C05 K03 W51 W52";

/// Title and text of every case.
fn cases() -> Vec<(&'static str, String)> {
    let cases = TEXTS.split("=== ").filter(|case| !case.is_empty()).map(|case| {
        let (title, text) = case.split_once('\n').unwrap();
        let has_header = text.starts_with("model") || title.starts_with("S10");
        let header = if has_header { "" } else { HEADER };
        (title, format!("{header}{}\n", text.trim_end()).replace("LONG", &"x".repeat(400)))
    });
    cases.collect()
}

fn messages(text: &str) -> String {
    match TextModel::read("example.model", text) {
        Ok(model) => model.warnings.to_string(),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn invariant_every_code_has_an_example_that_provokes_it() {
    let cases = cases();
    for code in CODES.split_whitespace() {
        assert!(cases.iter().any(|(title, _)| title.starts_with(code)), "{code}");
    }
    for (title, text) in cases {
        let code = &title[..3];
        let found = messages(&text);
        assert!(found.contains(&format!(" {code}: ")), "{title}\n{found}");
    }
}

#[test]
fn regress_messages_are_printed_as_stored() {
    let mut printed = String::new();
    for (title, text) in cases() {
        write!(printed, "=== {title}\n{}\n\n", messages(&text)).unwrap();
    }
    let printed = printed.replace(&"x".repeat(400), "LONG");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(MESSAGES);
    if std::env::var_os("UPDATE_MESSAGES").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap();
    for (printed, stored) in printed.split("=== ").zip(stored.split("=== ")) {
        assert_eq!(printed, stored);
    }
    assert_eq!(printed, stored);
}

#[test]
fn invariant_problems_are_given_to_editors_with_their_places() {
    let problems =
        TextModel::read("a.model", "model m\nlanguage 1\ntime h\n[parameters]\nv = 5 l\n");
    let json = problems.unwrap_err().to_json();
    let first = &json["problems"][0];
    assert_eq!(first["code"], "U04");
    assert_eq!(first["place"]["line"], 5);
    assert_eq!(first["place"]["column"], 7);
    assert_eq!(first["hint"], "did you mean `L`?");
}
