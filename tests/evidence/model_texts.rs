//! The shipped texts of models: what they say is what the models in Rust compute, and what independent
//! solutions give.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
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

/// Tolerance: the bound on derivatives, relative to the largest rate of the state, which has the
/// size of its largest terms at points far from rest.
#[test]
fn val_texts_compute_the_rates_of_the_models_in_rust() {
    let mut random = ChaCha8Rng::seed_from_u64(17);
    for (rust, text) in pairs() {
        let (p, q) = (
            rust.model.individual(&rust.theta()).expect("an individual"),
            text.model.individual(&text.theta()).expect("an individual"),
        );
        let names = |all: Vec<thrombopoiesis::model::StateName>| -> Vec<String> {
            all.into_iter().map(|own| own.name).collect()
        };
        let (own, others) = (names(p.states()), names(q.states()));
        // Clocks and switches stand behind the states that a text declares.
        let states = own.iter().filter(|name| others.contains(name)).count();
        if own[..states] != others[..states] {
            // Farrell's absorption rate constant is a state in Rust and a choice in the text.
            continue;
        }
        let rest = p.baseline();
        for _ in 0..1000 {
            let y: Vec<f64> =
                rest.iter().map(|y| (y + 1e-3) * random.random_range(0.2..5.0)).collect();
            let mut z = q.baseline();
            z[..states].copy_from_slice(&y[..states]);
            let (mut ours, mut theirs) = (vec![0.0; z.len()], vec![0.0; y.len()]);
            q.rates(&z, &mut ours);
            p.rates(&y, &mut theirs);
            let size = theirs.iter().map(|rate| rate.abs()).fold(0.0, f64::max);
            for (name, (ours, theirs)) in own.iter().zip(ours.iter().zip(&theirs)) {
                let scale = theirs.abs().max(1e-3 * size);
                assert!(
                    (ours - theirs).abs() <= 1e-11 * scale,
                    "{} {} {name}: {ours} {theirs}",
                    text.title(),
                    text.population
                );
            }
            assert!((q.platelets(&z) - p.platelets(&y)).abs() <= 1e-13 * p.platelets(&y).abs());
        }
    }
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

/// Faults that modellers make, each in a small text whose first line names the code that must be reported.
#[test]
fn val_every_fault_of_a_modeller_is_answered_with_its_code() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence/model_faults");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("a text");
        let code = text.strip_prefix("# ").and_then(|rest| rest.split('.').next()).expect("a code");
        let name = path.to_string_lossy();
        match thrombopoiesis::model::model_of_text(&name, &text) {
            Err(thrombopoiesis::error::Error::Text { problems, .. }) => {
                assert!(problems.iter().any(|own| own.code == code), "{name}: {problems:#?}");
            }
            Err(other) => panic!("{name}: {other}"),
            // What only shows when the model runs.
            Ok(_) => {
                let checks = model_checks(&name).expect("checks");
                let failed = checks.iter().any(|own| own.code == code && !own.holds());
                assert!(failed, "{name}: {checks:#?}");
            }
        }
        seen += 1;
    }
    assert!(seen >= 20, "{seen}");
}
