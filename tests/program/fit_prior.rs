//! `thrombo fit --prior`: the parameters of one patient from counts and a population.

use crate::{printed, root, thrombo, thrombo_in};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;

const COUNTS: &str = "time_h,plt_1e9_l\n0,38\n96,45\n168,58\n288,71\n480,55\n";

fn folder_with(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("counts.csv"), text).expect("a file");
    folder
}

fn fitted(folder: &Path, more: &[&str]) -> Output {
    thrombo_in(folder, &[&["fit", "--targets", "counts.csv"][..], more].concat())
}

fn document(output: &Output) -> Value {
    serde_json::from_str(&printed(output)).expect("a document")
}

/// A number of one estimate.
fn number(document: &Value, symbol: &str, key: &str) -> f64 {
    let estimates = document["estimates"].as_array().expect("estimates");
    let own = estimates.iter().find(|own| own["symbol"] == symbol).expect(symbol);
    own[key].as_f64().expect(key)
}

/// The counts of a course every fourth day, without error.
fn exact(kc: f64, plt0: f64) -> String {
    let set = [format!("kc={kc}"), format!("plt0={plt0}")];
    let patient = ["simulate", "--parameters", "calibrated_b", "--regimen", "3 mg qd x7"];
    let sampled = ["--every", "4 d", "--until", "40 d", "--set", &set[0], "--set", &set[1]];
    let course = printed(&thrombo(&[&patient[..], &sampled[..]].concat()));
    let rows = course.lines().filter(|line| !line.starts_with('#')).skip(1).map(|row| {
        let cells: Vec<&str> = row.split(',').collect();
        format!("{},{}\n", cells[0], cells[2])
    });
    format!("time_h,plt_1e9_l\n{}", rows.collect::<String>())
}

/// Many exact counts determine baseline and potency; bioavailability is seen only through potency.
#[test]
fn recover_a_patient_with_many_exact_counts_learns_its_parameters() {
    let (kc, plt0) = (80.0, 36.0);
    let folder = folder_with(&exact(kc, plt0));
    let asked = ["--prior", "population", "--variant", "B", "--individuals", "12000", "--json"];
    let found = document(&fitted(folder.path(), &asked));
    assert_eq!(found["predictions"].as_array().map(Vec::len), Some(11));
    assert!(found["effective_size"].as_f64().is_some_and(|size| size > 100.0), "{found}");
    for (symbol, truth, most) in [("kc", kc, 0.5), ("plt0", plt0, 0.3)] {
        let [low, high, share] =
            ["low", "high", "from_prior"].map(|key| number(&found, symbol, key));
        assert!(low < truth && truth < high, "{symbol}: {low} to {high}");
        assert!(share < most, "{symbol}: {share}");
        let [low_before, high_before] =
            ["prior_low", "prior_high"].map(|key| number(&found, symbol, key));
        assert!(low_before < low && high < high_before, "{symbol}: {low} to {high}");
    }
    // 0.93 if the ratio of both were known, less four standard errors of the effective size.
    assert!(number(&found, "f1", "from_prior") > 0.65, "{found}");
}

/// The estimates are those of a forecast of the same counts with the same individuals.
#[test]
fn invariant_the_estimates_are_those_of_a_forecast() {
    let folder = folder_with(COUNTS);
    let own = ["--prior", "calibrated", "--individuals", "2000", "--json"];
    let fit = document(&fitted(folder.path(), &own));
    let asked = ["--regimen", "3 mg qd x7", "--individuals", "2000", "--every", "4 d", "--json"];
    let forecast = [&["forecast", "counts.csv"][..], &asked[..]].concat();
    let forecast = document(&thrombo_in(folder.path(), &forecast));
    let parameters = forecast["tables"]["parameters"].as_array().expect("a table");
    assert_eq!(parameters.len(), 5, "{parameters:?}");
    for row in parameters {
        let symbol = row["parameter"].as_str().expect("a symbol");
        for key in
            ["prior_low", "prior_median", "prior_high", "low", "median", "high", "from_prior"]
        {
            let (own, other) = (number(&fit, symbol, key), row[key].as_f64().expect(key));
            // Weights differ by the error of the integration, quantiles by one individual.
            assert!((own - other).abs() < 0.01 * other.abs(), "{symbol} {key}: {own} {other}");
        }
    }
    let weights = fit["weights"].as_array().expect("weights");
    let sum: f64 = weights.iter().filter_map(|own| own["weight"].as_f64()).sum();
    assert!(weights.len() == 4 && (sum - 1.0).abs() < 1e-9, "{weights:?}");
}

#[test]
fn invariant_a_fit_with_a_prior_writes_its_result_figure_and_record() {
    let folder = folder_with(COUNTS);
    let asked = ["--prior", "calibrated", "--variant", "C", "--individuals", "600", "--out", "out"];
    let text = printed(&fitted(folder.path(), &asked));
    for words in ["Parameters of one patient from 5 counts", "600 individuals", "from the prior"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).expect(name);
    assert_eq!(read("log.txt"), text);
    let result: toml::Table = read("result.toml").parse().expect("TOML");
    assert_eq!(result["individuals"].as_integer(), Some(600));
    assert_eq!(result["seed"].as_integer(), Some(1));
    let result: Value = serde_json::from_str(&read("result.json")).expect("JSON");
    assert_eq!(result["predictions"][1]["observed"], 45.0);
    let figure = read("fit.svg");
    assert!(figure.contains("of the estimate from the prior") && figure.contains("5 observations"));
    let record: toml::Table = read("run.toml").parse().expect("TOML");
    let inputs = record["inputs"].as_table().expect("inputs");
    for name in ["counts.csv", "parameters/posterior_c.csv", "calibrated_c.toml"] {
        assert!(inputs.contains_key(name), "{name}: {inputs:?}");
    }
    assert_eq!(record["seed"].as_integer(), Some(1));
}

/// Every key of the result is described.
#[test]
fn invariant_the_keys_of_a_fit_with_a_prior_are_described() {
    let folder = folder_with(COUNTS);
    let found = document(&fitted(
        folder.path(),
        &["--prior", "population", "--individuals", "600", "--json"],
    ));
    let formats = fs::read_to_string(root().join("docs/formats.md")).expect("the page");
    let lists = ["estimates", "predictions", "weights"].map(|key| &found[key][0]);
    let all = [&found].into_iter().chain(lists);
    for key in all.flat_map(|own| own.as_object().expect("an object").keys()) {
        let is_described = |form: &str| formats.contains(&form.replace("KEY", key));
        assert!(is_described("`KEY`") || is_described("`[[KEY]]`"), "{key} is not described");
    }
}

#[test]
fn regress_what_a_fit_with_a_prior_cannot_do_is_said_in_a_sentence() {
    let folder = folder_with(COUNTS);
    fs::write(folder.path().join("own.csv"), "weight,kc\n1,100\n").expect("a file");
    let summaries = root().join("targets/application_note.toml");
    let summaries = summaries.to_str().expect("a path");
    for (args, words) in [
        (&["--prior", "calibrated"][..], "--targets <FILE>"),
        (&["--targets", "counts.csv", "--prior", "calibrated", "--free", "tp"], "--free <NAME>"),
        (&["--targets", "counts.csv", "--prior", "calibrated", "--fix", "tp"], "--fix <NAME"),
        (&["--targets", "counts.csv", "--prior", "calibrated", "--start", "kc=9"], "--start <NAME"),
        (&["--targets", "counts.csv", "--prior", "calibrated", "--starts", "3"], "--starts <N>"),
        (&["--targets", "counts.csv", "--individuals", "300"], "--prior <NAME>"),
        (&["--targets", "counts.csv", "--prior", "none"], "--prior population"),
        (&["--targets", summaries, "--prior", "calibrated"], "summaries of many patients"),
        (
            &["--targets", "counts.csv", "--prior", "calibrated", "--set", "kc=100"],
            "have their own kc",
        ),
        (
            &["--targets", "counts.csv", "--prior", "own.csv"],
            "a posterior file belongs to a single",
        ),
        (
            &["--targets", "counts.csv", "--prior", "population", "--population", "healthy"],
            "has no variability",
        ),
    ] {
        let output = thrombo_in(folder.path(), &[&["fit"][..], args].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "{args:?} printed a result all the same");
    }
    let short = ["--prior", "population", "--variant", "B", "--individuals", "300"];
    for (text, words) in [
        ("time_h,plt_1e9_l\n0,38000\n96,40000\n", "look for a value in another unit"),
        ("id,time_h,plt_1e9_l\n1,0,38\n2,0,40\n", "counts.csv:3: `id` = \"2\" is another patient"),
        ("time_h,time_d,plt_1e9_l\n0,0,38\n", "`time_d` stands beside time_h: keep one"),
        ("time_h,plt_1e9_l\n0,38\n4,40\n8,58\n", "look like days"),
    ] {
        fs::write(folder.path().join("counts.csv"), text).expect("a file");
        let output = fitted(folder.path(), &short);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{words}: {said}");
    }
}
