//! Levels, days and comparisons as files and text name them.

use crate::{printed, root, thrombo_in};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Every file below `folder` that is text, with the words of figures only.
fn written(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            all.extend(written(&path));
        } else {
            all.insert(name, fs::read_to_string(&path).expect("text"));
        }
    }
    all
}

/// The words of a figure: what stands between its tags.
fn words(text: &str) -> String {
    if !text.trim_start().starts_with('<') {
        return text.to_owned();
    }
    text.split('<').filter_map(|part| part.split_once('>')).map(|(_, words)| words).collect()
}

/// Words that give a level of 50, 200 or 20 to what looks at another.
const STALE: [&str; 16] = [
    "at_least_50",
    "at_least_200",
    "above_200",
    "above_50",
    "at or above 50",
    "above 200",
    "≥ 50",
    "> 200",
    ">= 50",
    "of 50 (",
    "of 50 or",
    "Dashed: 50",
    "50 and 200",
    "and +20 at",
    "by 20 or more",
    "at 50 or more",
];

fn assert_no_stale_level(name: &str, text: &str) {
    let text = words(text);
    for stale in STALE {
        assert!(!text.contains(stale), "{name} says \"{stale}\"");
    }
}

/// The cells of a column of a table; comment lines left out.
fn column(csv: &str, name: &str) -> Vec<String> {
    let mut lines = csv.lines().filter(|line| !line.starts_with('#'));
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let place = header.iter().position(|column| *column == name);
    assert!(place.is_some(), "no column {name} in {header:?}");
    let place = place.unwrap_or_default();
    lines.map(|line| line.split(',').nth(place).unwrap_or_default().to_owned()).collect()
}

/// A small L-PLUS 2 with changes, as `l_plus_2.toml` in `folder`.
fn small_trial(folder: &Path, changes: &[(&str, &str)]) {
    let mut text = fs::read_to_string(root().join("scenarios/l_plus_2.toml")).expect("the trial");
    let small = [
        ("randomised = 215", "randomised = 24"),
        ("size = 108", "size = 12"),
        ("size = 107", "size = 12"),
    ];
    for (old, new) in small.iter().chain(changes) {
        assert!(text.contains(old), "{old} is not in the trial");
        text = text.replace(old, new);
    }
    fs::write(folder.join("l_plus_2.toml"), text).expect("written");
}

const REGIMEN: &str = "3 mg qd x7";

const RUN: [&str; 10] = [
    "trial",
    "l_plus_2.toml",
    "--patients",
    "patients_start",
    "--variants",
    "B",
    "--replicates",
    "6",
    "--out",
    "out",
];

#[test]
fn invariant_a_trial_names_the_levels_of_its_design() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let levels = [
        ("at_least = 50", "at_least = 75"),
        ("high = 200", "high = 120"),
        ("rise = 20", "rise = 30"),
        ("count_below = 50", "count_below = 48"),
        ("\nbelow = 50", "\nbelow = 49"),
    ];
    small_trial(folder.path(), &levels);
    let text = printed(&thrombo_in(folder.path(), &RUN));
    let files = written(&folder.path().join("out"));
    assert!(files.len() > 10, "{:?}", files.keys());
    for (name, content) in files.iter().chain([(&"the text".to_owned(), &text)]) {
        if name != "run.toml" {
            assert_no_stale_level(name, content);
        }
    }
    assert!(text.contains("responder: at or above 75 and +30"), "{text}");
    assert!(text.contains("refer to levels other than those of this design"), "{text}");
    let endpoints = &files["endpoints.csv"];
    for (of, level) in column(endpoints, "of").iter().zip(column(endpoints, "level")) {
        let expected = if of.contains("high_level") {
            "120"
        } else if of.contains("level") || of.contains("respond") {
            "75"
        } else {
            "."
        };
        assert_eq!(level, expected, "{of}");
    }
    assert!(column(&files["courses.csv"], "level").iter().all(|level| level == "75"));
    let course = words(&files["course.svg"]);
    assert!(!course.is_empty());
}

#[test]
fn invariant_the_window_names_the_levels_that_are_asked_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let args = "window --patients patients_start --variants B --baselines 40 --subjects 60 --threshold 75 \
                --too-high 120 --optimise --probability 0.6 --limit 0.05 --longest 2 --search-subjects 20 --out out";
    let text = printed(&thrombo_in(folder.path(), &args.split_whitespace().collect::<Vec<_>>()));
    let files = written(&folder.path().join("out"));
    for (name, content) in files.iter().chain([(&"the text".to_owned(), &text)]) {
        assert_no_stale_level(name, content);
        assert!(!words(content).to_lowercase().contains("visit day"), "{name} names visit days");
    }
    for table in ["windows.csv", "days.csv", "starts.csv"] {
        assert!(column(&files[table], "threshold_1e9_l").iter().all(|level| level == "75"));
        assert!(column(&files[table], "too_high_1e9_l").iter().all(|level| level == "120"));
    }
    for table in ["optimum.csv", "courses.csv"] {
        let of = |name| column(&files[table], name);
        assert!(!of("variant").is_empty(), "{table} is empty");
        for (name, value) in [
            ("baseline", "measured"),
            ("baseline_1e9_l", "40"),
            ("threshold_1e9_l", "75"),
            ("too_high_1e9_l", "120"),
        ] {
            assert!(of(name).iter().all(|found| found == value), "{table}, {name}");
        }
    }
    assert!(column(&files["optimum.csv"], "probability").iter().all(|found| found == "0.6"));
    assert!(column(&files["optimum.csv"], "limit").iter().all(|found| found == "0.05"));
    let days = column(&files["days.csv"], "elapsed_day");
    assert_eq!((days[0].as_str(), days[42].as_str()), ("0", "42"));
    // The text and the tables count the same days.
    let best = &column(&files["windows.csv"], "best_elapsed_day")[1];
    let line =
        text.lines().find(|line| line.trim_start().starts_with("measured 40 ")).expect("a line");
    assert_eq!(line.split_whitespace().nth(2), Some(best.as_str()), "{line}");
}

#[test]
fn invariant_a_simulation_has_one_clock_and_names_its_levels_in_columns() {
    let of = |more: &str| {
        let line = format!("simulate --regimen '{REGIMEN}' --every '7 d' --until {more}");
        printed(&crate::thrombo(&crate::words_of(&line)))
    };
    let one = of("'28 d'");
    assert!(one.contains("elapsed days") && !one.contains("visit day"), "{one}");
    let many = of("'14 d' --subjects 20");
    assert!(column(&many, "level").iter().all(|level| level == "50"));
    assert!(column(&many, "high_level").iter().all(|level| level == "200"));
    assert_eq!(
        column(&many, "p_at_least_level").len(),
        column(&many, "p_at_least_high_level").len()
    );
    assert!(!many.contains("p_at_least_50"), "{many}");
}

/// P(at least k of n) with the probability p of each.
fn at_least(k: u32, n: u32, p: f64) -> f64 {
    let choose = |i: u32| (0..i).map(|j| f64::from(n - j) / f64::from(j + 1)).product::<f64>();
    (k..=n).map(|i| choose(i) * p.powf(f64::from(i)) * (1.0 - p).powf(f64::from(n - i))).sum()
}

#[test]
fn analytic_power_is_the_share_of_small_p_values_with_its_interval() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let table = "rescue_days = 7\n\n[comparison]\ncontrol = \"placebo\"\nendpoint = \"at_least_level\"\nalpha = 0.2\nsided = \"one\"";
    small_trial(folder.path(), &[("rescue_days = 7", table)]);
    let text = printed(&thrombo_in(folder.path(), &RUN));
    assert!(text.contains("one-sided, alpha 0.2"), "{text}");
    let files = written(&folder.path().join("out"));
    let csv = &files["comparisons.csv"];
    let of = |name: &str| column(csv, name)[0].clone();
    let named = ["arm", "control", "endpoint", "level", "test", "alpha", "sided"].map(of);
    assert_eq!(named, ["lusutrombopag", "placebo", "at_least_level", "50", "cmh", "0.2", "one"]);
    assert_eq!(column(csv, "arm").len(), 1);
    let p_values = column(&files["replicates.csv"], "lusutrombopag:placebo:at_least_level:cmh_p");
    let small = p_values.iter().filter(|p| p.parse().is_ok_and(|p: f64| p < 0.2)).count();
    let (k, n) = (u32::try_from(small).expect("few"), 6);
    let number = |name: &str| of(name).parse::<f64>().expect("a number");
    assert!((number("power") - f64::from(k) / f64::from(n)).abs() < 1e-12);
    assert_eq!((of("significant"), of("replicates")), (k.to_string(), n.to_string()));
    // Clopper and Pearson: each end leaves 2.5 % beyond what was seen.
    if k > 0 {
        assert!((at_least(k, n, number("power_lower")) - 0.025).abs() < 1e-9);
    }
    if k < n {
        assert!((1.0 - at_least(k + 1, n, number("power_upper")) - 0.025).abs() < 1e-9);
    }
}

#[test]
fn invariant_a_trial_of_two_doses_or_one_arm_says_what_it_compares() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    printed(&thrombo_in(folder.path(), &["init", "mine"]));
    let mine = folder.path().join("mine");
    let run = "trial trial.toml --variants B --replicates 2 --patients patients_start --out out";
    let args: Vec<&str> = run.split(' ').collect();
    let text = printed(&thrombo_in(&mine, &args));
    assert!(text.contains("all pairs of arms are compared"), "{text}");
    assert!(
        text.contains("seven_days minus five_days, responder") && text.contains("power"),
        "{text}"
    );
    assert_eq!(column(&written(&mine.join("out"))["comparisons.csv"], "arm"), ["seven_days"; 3]);

    let trial = fs::read_to_string(mine.join("trial.toml")).expect("the trial");
    let (before, after) = trial.split_once("[arms.seven_days]").expect("the second arm");
    let (_, after) = after.split_once("[allocation]").expect("the allocation");
    fs::write(mine.join("trial.toml"), format!("{before}[allocation]{after}")).expect("written");
    let text = printed(&thrombo_in(&mine, &[&args[..], &["--force"]].concat()));
    assert!(text.contains("no comparison: `five_days` is the only arm"), "{text}");
}
