//! Equations carry the same numbers in the code and in `docs/model.md`.

use crate::Outcome;
use crate::page::{read, texts};
use std::collections::BTreeMap;

/// The equation numbers in `text`, such as P1, that stand between `open` and `close`, with how
/// often each does.
fn numbers(text: &str, open: &str, close: char) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for rest in text.split(open).skip(1) {
        let number = rest.split(close).next().unwrap_or_default();
        let digits = number.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if is_number && number.len() == digits.len() + 1 {
            *found.entry(number.to_owned()).or_default() += 1;
        }
    }
    found
}

fn equation_complaints(code: &str, page: &str) -> Vec<String> {
    let in_code = numbers(code, "(", ')');
    let tagged = numbers(page, "\\tag{", '}');
    let quoted = numbers(page, "(", ')');
    let untagged = in_code.keys().chain(quoted.keys()).filter(|n| !tagged.contains_key(*n));
    let mut complaints: Vec<_> = untagged.map(|n| format!("({n}) is not in the page")).collect();
    let unknown = tagged.keys().filter(|n| !in_code.contains_key(*n));
    complaints.extend(unknown.map(|n| format!("({n}) is not in the code")));
    let twice = tagged.iter().filter(|(_, times)| **times != 1);
    complaints.extend(twice.map(|(n, times)| format!("({n}) is in the page {times} times")));
    complaints
}

#[test]
fn invariant_equations_have_the_same_numbers_in_code_and_page() -> Outcome {
    let folders = [
        "src/statistics",
        "src/model",
        "src/population",
        "src/trial",
        "src/calibrate",
        "src/window",
    ];
    let code = folders.iter().map(|folder| texts(folder, "rs")).collect::<Result<String, _>>()?;
    let page = read("docs/model.md")?;
    let complaints = equation_complaints(&code, &page);
    assert!(complaints.is_empty(), "{complaints:#?}");
    assert!(numbers(&page, "\\tag{", '}').len() > 50, "the page has hardly any equations");

    assert!(!equation_complaints(&code, &page.replace("\\tag{M7}", "")).is_empty());
    assert!(!equation_complaints(&code, &page.replace("\\tag{M7}", "\\tag{M6}")).is_empty());
    for number in ["(S15)", "(Z7)", "(D3)", "(V5)", "(J7)"] {
        assert!(!equation_complaints(&code.replace(number, ""), &page).is_empty());
    }
    Ok(())
}
