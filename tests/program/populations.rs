//! `simulate --subjects` with the patients of a file.

use crate::{thrombo, words_of};
use serde_json::Value;

fn simulated(args: &[String]) -> Value {
    let base = words_of("simulate --regimen placebo --until '1 d' --every '1 d' --json");
    let output = thrombo(&[&base, args].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Quantiles 5, 25, 50, 75 and 95 % of the counts at the start.
fn at_start(document: &Value) -> [f64; 5] {
    ["q05", "q25", "q50", "q75", "q95"].map(|q| {
        let row = &document["tables"]["samples"][0];
        row[format!("plt_1e9_l_{q}")].as_f64().expect("a number")
    })
}

#[test]
fn val_patients_of_a_file_differ_as_it_says() {
    let of = |more: &str| {
        let line = "--parameters patients_start --subjects 4000 --variant B".to_owned();
        simulated(&words_of(&(line + more)))
    };
    let true_counts = of("");
    // 39.2 + 7.5 z, z from tables of the normal law; its ends, 5 and 100, are 4.6 SD away and more.
    // Tolerance: four standard errors of a quantile of 4,000 patients.
    for (found, (expected, tolerance)) in at_start(&true_counts).into_iter().zip([
        (26.863, 1.0),
        (34.141, 0.65),
        (39.200, 0.6),
        (44.259, 0.65),
        (51.537, 1.0),
    ]) {
        assert!((found - expected).abs() < tolerance, "{found} is not {expected}");
    }
    assert_eq!(true_counts["measured"], false);
    let measured = of(" --measured");
    let spread = |quantiles: [f64; 5]| quantiles[3] - quantiles[1];
    assert!(spread(at_start(&measured)) > 1.1 * spread(at_start(&true_counts)));
    // A parameter that is named replaces the spread of the file.
    let narrow = of(" --omega plt0=0.01");
    assert!(spread(at_start(&narrow)) < 0.7, "{:?}", at_start(&narrow));
    assert_eq!(
        narrow["variability"].as_array().map(Vec::len),
        true_counts["variability"].as_array().map(Vec::len)
    );
}

#[test]
fn invariant_a_population_without_a_file_is_as_before() {
    let document = simulated(&words_of("--subjects 50 --omega plt0=0.2"));
    let quantiles = at_start(&document);
    assert!(quantiles[0] < 34.0 && quantiles[4] > 45.0, "{quantiles:?}");
    assert_eq!(document["variability"][0]["symbol"], "plt0");
    assert_eq!(document["count_error"], Value::Null);
}

#[test]
fn regress_what_changes_nothing_is_said() {
    for (line, said) in [
        (
            "simulate --regimen placebo --subjects 3 --omega eb=0.3 --every 10d",
            "so its log-normal variability has no effect",
        ),
        ("simulate --regimen '3 mg qd x7' --until '3 d' --every 1d", "4 of 7 doses"),
        (
            "simulate --regimen '3 mg qd x5, stop at 50 and +20 on days 6 7' --every 10d",
            "visit day 6",
        ),
        ("export --to mrgsolve --regimen '3 mg qd x7' --until '2 d'", "5 of 7 doses"),
    ] {
        let output = thrombo(&words_of(line));
        let warned = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && warned.contains(said), "{line}: {warned}");
    }
    let alone = thrombo(&["simulate", "--regimen", "placebo", "--subjects", "3", "--measured"]);
    assert_eq!(alone.status.code(), Some(2));
}

#[test]
fn regress_values_that_nobody_means_are_named_with_the_likely_unit() {
    for (line, said) in [
        ("simulate --regimen '3000 mg qd x7' --every 10d", "if it is in ug, write 3\n"),
        (
            "simulate --regimen placebo --subjects 3 --cv kc=30 --every 10d",
            "in per cent, write 0.3",
        ),
        ("export --to mrgsolve --regimen '3000 mg once'", "if it is in ug, write 3\n"),
        (
            "window --subjects 20 --variant B --baseline 35 --threshold 50000 --too-high 60000",
            "if it is in /uL, write 50\n",
        ),
        ("window --subjects 1 --variant B --baseline 35", "have no standard error"),
        (
            "window --subjects 20 --variant B --baseline 35 --dose 300",
            "plausible range 0.1 to 6 mg",
        ),
    ] {
        let output = thrombo(&words_of(line));
        let warned = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && warned.contains(said), "{line}: {warned}");
    }
}
