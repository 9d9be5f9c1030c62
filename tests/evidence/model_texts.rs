//! The shipped texts of models: what they say is what the models in Rust compute, and what independent
//! solutions give.

use std::fmt::Write as _;
use thrombopoiesis::error::Error;
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::{MODEL_NAMES, ParameterSet, Population, TEXT_NAMES, parameter_set};
use thrombopoiesis::simulate::{CheckResult, model_checks, simulate};
use thrombopoiesis::units::Time;

fn text_of(name: &str, population: Option<Population>) -> ParameterSet {
    parameter_set(&format!("models/{name}.model"), population).expect("a text")
}

/// A model in Rust and its text, in every variant and for every population that both describe.
fn pairs() -> Vec<(ParameterSet, ParameterSet)> {
    let mut pairs = Vec::new();
    for name in MODEL_NAMES {
        let text = text_of(name, None);
        let presets = text.model.text().map(|own| own.presets.clone()).unwrap_or_default();
        let presets = presets.into_iter().map(|own| Some(Population::named(&own.name)));
        for population in [None].into_iter().chain(presets) {
            let rust = parameter_set(name, population).expect("a model");
            let text = text_of(name, population);
            let variants = rust.model.variants().iter().map(|(own, _)| Some(*own));
            let variants: Vec<_> =
                if rust.variants_apply() { variants.collect() } else { vec![None] };
            for variant in variants {
                let (mut rust, mut text) = (rust.clone(), text.clone());
                if let Some(variant) = variant {
                    rust.choose_variant(variant);
                    text.choose_variant(variant);
                }
                pairs.push((rust, text));
            }
        }
    }
    pairs
}

#[test]
fn val_texts_give_the_courses_of_the_models_in_rust() {
    let options =
        Options { relative_tolerance: 1e-10, absolute_tolerance: 1e-12, ..Options::default() };
    for (rust, text) in pairs() {
        let regimen = match rust.model.name() {
            "farrell_2014" => "25 mg qd x14",
            "wang_2010" => "10 ug/kg iv once",
            _ => "3 mg qd x7",
        };
        let regimen = regimen.parse().expect("a regimen");
        let course = |set: &ParameterSet| {
            simulate(set, &regimen, Time::days(40.0), options).expect("a course")
        };
        let (ours, theirs) = (course(&text), course(&rust));
        for day in 0..=40 {
            let at = |course: &thrombopoiesis::simulate::Course| {
                course.sample(Time::days(f64::from(day))).expect("a sample")
            };
            let (ours, theirs) = (at(&ours), at(&theirs));
            assert!(
                (ours.platelets - theirs.platelets).abs() <= 1e-8 * theirs.platelets,
                "{} day {day}: {} {}",
                text.title(),
                ours.platelets,
                theirs.platelets
            );
        }
    }
}

// Source: the [checks] of the texts, which are the computed values of the models' descriptions.
#[test]
fn val_every_shipped_text_passes_its_own_checks() {
    let names = MODEL_NAMES.iter().filter(|name| **name != "shimizu_2021").chain(&TEXT_NAMES);
    for name in names {
        let results = model_checks(&format!("models/{name}.model")).expect("checks");
        assert!(!results.is_empty(), "{name}");
        let failed: Vec<&CheckResult> = results.iter().filter(|result| !result.holds()).collect();
        assert!(failed.is_empty(), "{name}: {failed:#?}");
    }
}

/// What must be reported for the faults. `UPDATE_MESSAGES=1 cargo test --test evidence fault` writes it.
const FAULTS: &str = "tests/evidence/model_faults";

/// What is reported for a text with a fault: the problems as they are drawn, or the checks that do not hold.
fn reported(name: &str, text: &str, code: &str) -> String {
    match thrombopoiesis::model::model_of_text(name, text) {
        Err(Error::Text { problems, drawn }) => {
            assert!(problems.iter().any(|own| own.code == code), "{name}: {problems:#?}");
            drawn
        }
        Err(other) => panic!("{name}: {other}"),
        // What only shows when the model runs.
        Ok(_) => {
            let checks = model_checks(&format!("{FAULTS}/{name}")).expect("checks");
            let failed: Vec<_> = checks.iter().filter(|own| !own.holds()).collect();
            assert!(failed.iter().any(|own| own.code == code), "{name}: {checks:#?}");
            failed.iter().map(|own| format!("{} {}\n", own.code, own.what)).collect()
        }
    }
}

/// Faults that modellers make, each in a small text whose first line names the code that must be reported and the
/// repair.
#[test]
fn regress_every_fault_of_a_modeller_is_answered_with_its_code_and_the_stored_message() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FAULTS);
    let files = std::fs::read_dir(&folder).expect("a folder");
    let mut files: Vec<_> = files.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "model"));
    files.sort();
    assert!(files.len() >= 20, "{}", files.len());
    let mut messages = String::new();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a text");
        let code = text.strip_prefix("# ").and_then(|rest| rest.split('.').next()).expect("a code");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let said = reported(&name, &text, code);
        writeln!(messages, "=== {name}\n{}", said.trim_end()).expect("a text");
    }
    let stored = folder.join("messages.txt");
    if std::env::var_os("UPDATE_MESSAGES").is_some() {
        std::fs::write(&stored, &messages).expect("written");
    }
    assert_eq!(messages, std::fs::read_to_string(&stored).expect("messages"));
}
