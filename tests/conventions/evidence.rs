//! The tests that `docs/validation.md` names exist.

use crate::Outcome;
use crate::page::{quoted, read, texts};

/// What the names of a test may start with.
const KINDS_OF_EVIDENCE: [&str; 6] =
    ["analytic_", "invariant_", "prop_", "val_", "recover_", "regress_"];

fn evidence_complaints(page: &str, code: &str) -> Vec<String> {
    let is_test = |name: &&str| KINDS_OF_EVIDENCE.iter().any(|kind| name.starts_with(kind));
    let whole = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let tests = quoted(page).into_iter().filter(is_test).filter(|name| !name.ends_with('_'));
    let absent = tests.filter(whole).filter(|name| !code.contains(&format!("fn {name}(")));
    absent.map(|name| format!("there is no test {name}")).collect()
}

#[test]
#[ignore = "until the tests that the page names are on this branch"]
fn invariant_validation_page_names_tests_that_exist() -> Outcome {
    let page = read("docs/validation.md")?;
    let code = texts("src", "rs")? + &texts("tests", "rs")?;
    let complaints = evidence_complaints(&page, &code);
    assert!(complaints.is_empty(), "{complaints:#?}");
    assert!(!evidence_complaints("`val_of_nothing`", &code).is_empty(), "a fault was not seen");
    Ok(())
}
