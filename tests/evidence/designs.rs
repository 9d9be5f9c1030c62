//! Designs that contradict themselves are refused: every problem with its line and its rule.

use std::path::Path;
use thrombopoiesis::error::{Error, FileProblem};
use thrombopoiesis::trial::{Design, PublishedFile};

const L_PLUS_2: &str = include_str!("../../scenarios/l_plus_2.toml");
const PUBLISHED: &str = include_str!("../../targets/l_plus_2.toml");

/// The shipped file with some of its words replaced.
fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from:?} is not in the file");
        text.replacen(from, to, 1)
    })
}

fn problems(text: &str) -> Vec<FileProblem> {
    match Design::read(Path::new("trial.toml"), text) {
        Err(Error::Files(problems)) => problems,
        other => panic!("not refused: {other:?}"),
    }
}

/// The number of the line of `text` that holds `words`.
fn line_of(text: &str, words: &str) -> usize {
    1 + text.lines().position(|line| line.contains(words)).unwrap()
}

#[test]
fn invariant_each_contradiction_is_refused_with_its_line_and_rule() {
    for (changes, place, key, rule) in [
        (
            &[("first_day = 9", "first_day = 6")][..],
            "first_day = 6",
            "procedure.first_day",
            "= 6 is not after the end of dosing on day 7",
        ),
        (
            &[("first_day = 9", "first_day = 15")],
            "last_day = 14",
            "procedure.last_day",
            "the window from day 15 to day 14 is empty",
        ),
        (&[("last_day = 14", "last_day = 13.5")], "13.5", "procedure.last_day", "whole day"),
        (&[("28, 35]", "28, 42]")], "days = [", "visits.days", "has day 42, after the end"),
        (&[("[1, 5,", "[2, 5,")], "days = [", "visits.days", "must begin with day 1"),
        (&[("5, 6, 7, 8", "5, 7, 6, 8")], "days = [", "visits.days", "must be in increasing order"),
        (
            &[("[1, 5, 6, 7, 8", "[1, 5, 7, 8")],
            "regimen = \"3 mg",
            "arms.lusutrombopag.regimen",
            "uses day 6, which is not a visit",
        ),
        (
            &[("window_days = 0", "window_days = 1")],
            "window_days",
            "visits.window_days",
            "change places",
        ),
        (&[("missed = 0.0", "missed = 1.5")], "missed = 1.5", "visits.missed", "outside [0, 1]"),
        (&[("rescue = 0.037", "rescue = -0.1")], "-0.1", "practice.rescue", "outside [0, 1]"),
        (&[("ablation = 0.02", "ablation = 2")], "ablation = 2", "allocation.ablation", "[0, 1]"),
        (&[("block = 4", "block = 5")], "block = 5", "allocation.block", "not a multiple of 2"),
        (&[("size = 108", "size = 100")], "randomised", "randomised", "is not 207, the sum"),
        (
            &[("last_day = 14", "last_day = 30")],
            "last_day = 30",
            "procedure.last_day",
            "extend beyond the end",
        ),
        (
            &[("count_from_day = 8", "count_from_day = 7")],
            "count_from_day",
            "transfusion.count_from_day",
            "not after the end of dosing",
        ),
        (
            &[("count_from_day = 8", "count_from_day = 15")],
            "[transfusion]",
            "transfusion",
            "no visit",
        ),
        (
            &[("screening_day = -6", "screening_day = 2")],
            "screening",
            "entry.screening_day",
            "before day 1",
        ),
        (
            &[("qd x7, stop", "bid x14, stop"), ("late_h = 0", "late_h = 12")],
            "late_h",
            "dosing.late_h",
            "12 h",
        ),
        (&[("randomised = 215", "randomised = \"215\"")], "randomised", "randomised", "number"),
        (&[("randomised = 215", "randomised = 215.5")], "randomised", "randomised", "whole"),
        (&[("days = [1", "days = [\"one\"")], "days = [", "visits.days", "finite numbers"),
        (
            &[("thrombosis = \"excluded\"", "thrombosis = 1")],
            "thrombosis",
            "entry.thrombosis",
            "text",
        ),
        (&[("rise = 20", "raise = 20")], "raise", "endpoints.raise", "not a key here"),
        (
            &[("late_h = 0", "late_h = 0\nwithout_count = \"perhaps\"")],
            "perhaps",
            "dosing.without_count",
            "given, omitted",
        ),
        (&[("stop at 50 and +20 on days 5 6 7", "stop sometimes")], "sometimes", "regimen", "stop"),
        (&[("[entry]", "[entries]")], "schema", "entry", "is missing"),
    ] {
        let text = changed(L_PLUS_2, changes);
        let found = problems(&text);
        let named = found.iter().find(|p| p.key.ends_with(key) && p.rule.contains(rule));
        let named = named.unwrap_or_else(|| panic!("{changes:?} gives {found:#?}"));
        let expected = line_of(&text, place);
        // A table that is missing has no line of its own.
        assert!(named.line == expected || place == "schema", "{changes:?}: {named:?}, {expected}");
        assert_eq!(named.path, Path::new("trial.toml"));
    }
}

#[test]
fn invariant_every_problem_of_a_design_is_reported_at_once() {
    let text = changed(
        L_PLUS_2,
        &[
            ("first_day = 9", "first_day = 6"),
            ("28, 35]", "28, 42]"),
            ("rescue = 0.037", "rescue = 3.7"),
            ("block = 4", "block = 5"),
            ("on days 5 6 7", "on days 4 6 7"),
        ],
    );
    let found = problems(&text);
    for key in ["procedure.first_day", "visits.days", "rescue", "allocation.block", "regimen"] {
        assert!(found.iter().any(|problem| problem.key.ends_with(key)), "{key}: {found:#?}");
    }
    assert!(found.windows(2).all(|pair| pair[0].line <= pair[1].line), "{found:#?}");
}

#[test]
fn invariant_switches_have_the_documented_defaults() {
    let design = Design::read(Path::new("trial.toml"), L_PLUS_2).unwrap();
    let said = changed(
        L_PLUS_2,
        &[
            (
                "below = 50\ncount_from",
                "count_same_day = \"allowed\"\nwithout_count = \"transfused\"\nbelow = 50\ncount_from",
            ),
            ("late_h = 0", "late_h = 0\nwithout_count = \"given\""),
        ],
    );
    let said = Design::read(Path::new("trial.toml"), &said).unwrap();
    assert_eq!((said.dosing, said.transfusion), (design.dosing, design.transfusion));
    let other = changed(
        L_PLUS_2,
        &[
            (
                "below = 50\ncount_from",
                "count_same_day = \"not allowed\"\nwithout_count = \"not transfused\"\nbelow = 50\ncount_from",
            ),
            ("late_h = 0", "late_h = 0\nwithout_count = \"omitted\""),
        ],
    );
    let other = Design::read(Path::new("trial.toml"), &other).unwrap();
    assert!(!other.dosing.without_count && !other.transfusion.without_count);
    assert!(!other.transfusion.count_same_day && design.transfusion.count_same_day);
}

#[test]
fn invariant_an_unknown_arm_of_a_published_number_is_refused() {
    let text = changed(PUBLISHED, &[("arm = \"placebo\"", "arm = \"eltrombopag\"")]);
    let error = PublishedFile::read(Path::new("targets.toml"), &text).unwrap_err();
    let Error::Files(problems) = error else { panic!("{error}") };
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].line, line_of(&text, "eltrombopag"));
    assert!(problems[0].rule.contains("its arms are lusutrombopag, placebo"), "{problems:?}");
}

#[test]
fn invariant_unknown_trials_and_arms_of_a_folder_are_all_refused_with_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let arm = changed(PUBLISHED, &[("arm = \"placebo\"", "arm = \"eltrombopag\"")]);
    let trial = changed(PUBLISHED, &[("trials = [\"l_plus_2\"]", "trials = [\"l_plus_7\"]")]);
    std::fs::write(folder.path().join("a.toml"), &arm).unwrap();
    std::fs::write(folder.path().join("b.toml"), &trial).unwrap();
    let error = PublishedFile::folder(folder.path()).unwrap_err();
    let Error::Files(problems) = error else { panic!("{error}") };
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!(
        (problems[0].line, problems[0].key.as_str()),
        (line_of(&arm, "eltrombopag"), "published.placebo_no_transfusion_no_rescue.arm")
    );
    assert!(problems[0].path.ends_with("a.toml") && problems[1].path.ends_with("b.toml"));
    assert_eq!(
        (problems[1].line, problems[1].key.as_str()),
        (line_of(&trial, "l_plus_7"), "trials")
    );
    assert!(problems[1].rule.contains("l_plus_7"));
    assert!(problems[1].rule.contains("l_plus_1, "), "{problems:?}");
}

#[test]
fn invariant_every_shipped_trial_reads() {
    for name in Design::shipped() {
        let design = Design::load(Path::new(name)).unwrap();
        let file = Design::load(Path::new(&format!("scenarios/{name}.toml"))).unwrap();
        assert_eq!(design, file);
        assert!(design.problems().is_empty());
    }
    let error = Design::load(Path::new("l_plus_3")).unwrap_err().to_string();
    assert!(error.contains("l_plus_3") && error.contains("phase_2b"), "{error}");
}
