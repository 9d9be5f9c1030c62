//! Values of the equations: at rest, and against the models written in Rust.

use super::{MODELS, subject};
use crate::model::parameter_set;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Rounding of a sum, as a share of its largest term.
const ROUNDING: f64 = 1e-13;

#[test]
fn invariant_the_three_models_rest_without_drug() {
    for (file, text) in MODELS {
        let subject = subject(text);
        for (state, rate) in subject.sheet.states.iter().zip(subject.rates(&subject.initial)) {
            assert!(rate.abs() < 1e-9, "{file}: {} changes at {rate}", state.name);
        }
    }
}

#[test]
fn val_the_counts_at_rest_are_those_of_the_papers() {
    for ((file, text), count) in MODELS.into_iter().zip([39.2, 40.0, 39.2]) {
        let subject = subject(text);
        let plt = subject.output("plt", &subject.initial);
        assert!((plt - count).abs() < 1e-12 * count, "{file}: {plt}");
    }
}

#[test]
fn val_the_rates_of_katsube_2019_are_those_of_the_equations_in_rust() {
    let subject = subject(MODELS[0].1);
    let mut set = parameter_set("katsube_2019", None).unwrap();
    set.set("wt", 64.0).unwrap();
    let patient = set.model.individual(&set.theta()).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..100 {
        let state: Vec<f64> = subject
            .initial
            .iter()
            .map(|value| value.max(1.0) * rng.random_range(0.1..3.0))
            .collect();
        let mut expected = vec![0.0; state.len()];
        patient.rates(&state, &mut expected);
        let largest = state.iter().fold(1.0, |largest: f64, value| largest.max(*value));
        for (found, expected) in subject.rates(&state).iter().zip(&expected) {
            assert!((found - expected).abs() <= ROUNDING * largest, "{found} {expected}");
        }
        let conc = subject.output("conc", &state);
        assert!((conc - patient.conc(&state)).abs() <= ROUNDING * conc, "{conc}");
    }
}
