//! One fault in a TOML file is one problem: nothing else is said that is not so.

use super::{problems, said, shipped, with};

const FILES: [&str; 8] = [
    "scenarios/l_plus_2.toml",
    "scenarios/romiplostim_10ug_kg.toml",
    "parameters/patients_covariates.toml",
    "parameters/calibrated_b.toml",
    "parameters/calibration.toml",
    "targets/application_note.toml",
    "targets/l_plus_2.toml",
    "targets/exposure_cld.toml",
];

/// The values of a file that stand in one line, by the number of the line.
fn values(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    text.lines().enumerate().filter_map(|(i, line)| {
        let (key, value) = line.split_once(" = ")?;
        let is_whole = !key.starts_with('#') && !value.ends_with('[') && !key.starts_with(' ');
        is_whole.then_some((i, key, value))
    })
}

/// `text` with another line in the place of line `i`.
fn with_line(text: &str, i: usize, new: &str) -> String {
    let line = |(k, line)| format!("{}\n", if k == i { new } else { line });
    text.lines().enumerate().map(line).collect()
}

#[test]
fn prop_a_value_of_another_type_is_one_problem_in_its_line() {
    for path in FILES {
        let text = shipped(path);
        assert!(problems("x.toml", &text).is_empty(), "{path}: {}", said("x.toml", &text));
        for (i, key, value) in values(&text) {
            let other = if value.starts_with('"') { "7" } else { "\"twenty\"" };
            let found = problems("x.toml", &with_line(&text, i, &format!("{key} = {other}")));
            let words = format!("{path}: {key} = {other}: {found:#?}");
            assert!(!found.is_empty(), "{words}");
            assert!(found.iter().all(|problem| problem.line == i + 1), "{words}");
            let is_false =
                |rule: &str| rule.contains("not a key here") || rule.contains("is missing");
            assert!(!found.iter().any(|problem| is_false(&problem.rule)), "{words}");
        }
    }
}

#[test]
fn prop_a_missing_key_makes_no_other_key_unknown() {
    for path in FILES {
        let text = shipped(path);
        for (i, key, _) in values(&text) {
            let found = problems("x.toml", &with_line(&text, i, ""));
            let unknown = found.iter().find(|problem| problem.rule.contains("not a key here"));
            assert!(unknown.is_none(), "{path} without {key}: {unknown:?}");
        }
    }
}

#[test]
fn regress_a_wrong_type_hides_no_rule_and_makes_no_key_unknown() {
    let text = with(&shipped("scenarios/l_plus_2.toml"), "rise = 20", "rise = \"twenty\"");
    let one = said("trial.toml", &text);
    assert!(one.contains("`endpoints.rise` must be a finite number"), "{one}");
    assert_eq!(one.lines().count(), 1, "{one}");
    let text = with(&text, "first_day = 9", "first_day = 6");
    let text = with(&text, "block = 4", "block = 5");
    let all = said("trial.toml", &text);
    for key in ["endpoints.rise", "procedure.first_day", "allocation.block"] {
        assert!(all.contains(key), "{key}: {all}");
    }
    assert_eq!(all.lines().count(), 3, "{all}");
}
