//! The rates of the shipped texts are those of the models in Rust.

use crate::model::{MODEL_NAMES, ParameterSet, Population, StateName, Variant, parameter_set};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Random states of each model, variant and population.
const POINTS: usize = 1000;
/// How far two rates may be apart, as a share of the sum of the absolute terms of the equation: both are computed in
/// double precision, in another order.
const ROUNDING: f64 = 1e-13;

/// A model in Rust and its text, in every variant and for every population that both describe.
fn pairs() -> Vec<(ParameterSet, ParameterSet)> {
    let mut pairs = Vec::new();
    for name in MODEL_NAMES {
        let text_of = |population| parameter_set(&format!("models/{name}.model"), population);
        let presets = text_of(None).unwrap().model.text().unwrap().presets.clone();
        let presets = presets.into_iter().map(|own| Some(Population::named(&own.name)));
        for population in [None].into_iter().chain(presets) {
            let rust = parameter_set(name, population).unwrap();
            let variants: Vec<Variant> =
                rust.model.variants().iter().map(|(own, _)| *own).collect();
            let variants = if rust.variants_apply() { variants } else { vec![rust.variant] };
            for variant in variants {
                let (mut rust, mut text) = (rust.clone(), text_of(population).unwrap());
                if rust.variants_apply() {
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
fn val_texts_compute_the_rates_of_the_models_in_rust() {
    let mut random = ChaCha8Rng::seed_from_u64(17);
    let (mut compared, mut worst) = (0, 0.0_f64);
    for (rust, text) in pairs() {
        let (p, q) = (
            rust.model.individual(&rust.theta()).unwrap(),
            text.model.individual(&text.theta()).unwrap(),
        );
        let names =
            |all: Vec<StateName>| -> Vec<String> { all.into_iter().map(|own| own.name).collect() };
        let (own, others) = (names(p.states()), names(q.states()));
        // Clocks and switches follow the states that a text declares.
        let states = own.iter().filter(|name| others.contains(name)).count();
        if own[..states] != others[..states] {
            // Farrell's absorption rate constant is a state in Rust and a choice in the text.
            continue;
        }
        let rest = p.baseline();
        let mut point = |_| -> Vec<f64> {
            rest.iter().map(|y| (y + 1e-3) * random.random_range(0.2..5.0)).collect()
        };
        let points: Vec<Vec<f64>> = (0..POINTS).map(&mut point).collect();
        let of_text = |y: &Vec<f64>| {
            let mut z = q.baseline();
            z[..states].copy_from_slice(&y[..states]);
            z
        };
        let in_text: Vec<Vec<f64>> = points.iter().map(of_text).collect();
        let sizes = text.model.term_sizes(&text.theta(), &in_text).unwrap();
        for ((y, z), sizes) in points.iter().zip(&in_text).zip(sizes) {
            let (mut ours, mut theirs) = (vec![0.0; z.len()], vec![0.0; y.len()]);
            q.rates(z, &mut ours);
            p.rates(y, &mut theirs);
            for (name, (rates, size)) in own.iter().zip(ours.iter().zip(&theirs).zip(sizes)) {
                let apart = (rates.0 - rates.1).abs() / size.max(f64::MIN_POSITIVE);
                worst = worst.max(apart);
                let model = (text.title(), text.variant, text.population);
                assert!(apart <= ROUNDING, "{model:?} {name}: {rates:?} of {size}, {apart:e}");
                compared += 1;
            }
            assert!((q.platelets(z) - p.platelets(y)).abs() <= ROUNDING * p.platelets(y).abs());
        }
    }
    assert!(compared > 100 * POINTS, "{compared} rates, at most {worst:e} apart");
}
