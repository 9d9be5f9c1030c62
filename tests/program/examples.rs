//! Every example runs, and says what its opening lines promise.

use std::path::PathBuf;
use std::process::Command;

/// The compiled example `name`, beside the test's own binary.
fn compiled(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("the test's own path");
    let profile = own.ancestors().nth(2).expect("the profile's folder");
    profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn output_of(name: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(compiled(name)).current_dir(folder.path()).output();
    let output = output.expect("the example starts: it is compiled by `cargo test`");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn regress_every_example_shows_what_it_promises() {
    for (name, promised) in [
        ("01_one_patient", &["maximum 67.5 at day 12.1", "at or above 50 for 13.6 days"][..]),
        ("02_compare_regimens", &["3 mg qd x7, miss 4", "maximum by structural variant"]),
        (
            "03_fit_the_published_curve",
            &[
                "0 degrees of freedom",
                "tmk, tp:       true",
                "in addition:  estimating 4 parameters",
            ],
        ),
        ("04_change_the_model", &["gv    maximum", "days of 100 ng/mL"]),
        ("05_trace_a_parameter", &["parameters/katsube_2019.toml", "1 % more of"]),
        ("06_run_a_trial", &["86.9   85.2 (80.1 to 90.6)", "all              measured   71.8"]),
        (
            "07_procedure_window",
            &["variant D: best on day", "own windows begin on day", "of the approved 3 mg:"],
        ),
        ("09_calibrate", &["Gauss-Newton", "no_transfusion_below", "drug_maximum_mean"]),
        ("11_write_a_model", &["Turnover of platelets", "Mechanistic model, variant B      67.5"]),
        (
            "12_forecast_a_patient",
            &["38, then 45 and 58", "0.96  0.99  0.99  0.71", "0.25  0.58  0.59  0.16"],
        ),
        (
            "13_write_a_model_as_text",
            &["maximum 62.6 at day 7.0", "error U01: cannot subtract", "12   34.1      51.4"][..],
        ),
        (
            "14_change_the_receptor",
            &[
                "proportional                           67.5",
                "square_root                            67.5",
            ],
        ),
        (
            "15_predict_a_data_set",
            &[
                "two_patients.csv:6 ID 1 TIME 40",
                "subjects          2 (9 records)",
                "  1    240      68.0      62.1",
            ],
        ),
        ("10_predict_another_trial", &["variant D: 100 trials", "inside the 95 % interval: 3"]),
        ("08_another_stopping_rule", &["days 5, 6 and 7", "day 5 only", "because of the rule"]),
    ] {
        let output = output_of(name);
        for words in promised {
            assert!(output.contains(words), "{name} does not say {words:?}:\n{output}");
        }
    }
}

#[test]
fn invariant_examples_are_short_and_all_tested() {
    let folder = crate::root().join("examples");
    let tested = std::fs::read_to_string(crate::root().join("tests/program/examples.rs"));
    let tested = tested.expect("this file");
    let files = std::fs::read_dir(folder).expect("listed").flatten();
    for file in files.filter(|file| file.path().is_file()) {
        let text = std::fs::read_to_string(file.path()).expect("text");
        let name = file.file_name().to_string_lossy().replace(".rs", "");
        assert!(text.lines().count() <= 120, "{name} is longer than 120 lines");
        assert!(tested.contains(&format!("\"{name}\"")), "{name} is not run");
        for opening in ["Question:", "Run:", "Look for:"] {
            assert!(text.contains(opening), "{name} does not open with {opening}");
        }
    }
}
