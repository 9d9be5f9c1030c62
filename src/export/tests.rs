//! What is written down is what the models compute, and every name means one thing.

use super::equations::Equations;
use super::{Request, Tool, export};
use crate::error::Error;
use crate::model::graph::Graph;
use crate::model::graph::{evaluate, value_of};
use crate::model::{MODEL_NAMES, ParameterSet, Population, Variant, parameter_set};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

/// Rounding: terms are put together in the order of the model, but for divisions by whole numbers.
const ROUNDING: f64 = 1e-13;

/// Every model that can be exported, in every form.
fn sets() -> Vec<ParameterSet> {
    let mut sets = Vec::new();
    for name in MODEL_NAMES.into_iter().filter(|name| *name != "farrell_2014") {
        sets.push(parameter_set(name, None).unwrap());
    }
    for variant in Variant::ALL {
        for stages in [1.0, 3.0, 9.0, 12.0] {
            let mut set = parameter_set("mechanistic", Population::CLD).unwrap();
            set.choose_variant(variant);
            set.set("n_platelet_stages", stages).unwrap();
            sets.push(set);
        }
    }
    sets.push(parameter_set("mechanistic", Population::HEALTHY).unwrap());
    sets.push(parameter_set("shimizu_2021", Population::HEALTHY).unwrap());
    let mut set = parameter_set("mechanistic", None).unwrap();
    set.set("kt", 3.0).unwrap();
    sets.push(set);
    sets
}

/// Parameters within a factor of two, shares moved within their range.
fn varied(set: &ParameterSet, rng: &mut ChaCha8Rng) -> ParameterSet {
    let mut varied = set.clone();
    for entry in &set.entries {
        let Some(value) = entry.value.filter(|_| entry.symbol != "n_platelet_stages") else {
            continue;
        };
        // A value outside the range is refused, and the old one stays.
        let _ = varied.set(&entry.symbol, value * 2.0_f64.powf(rng.random_range(-1.0..1.0)));
    }
    varied
}

/// Largest difference between model and record, relative to the largest number compared.
fn difference(set: &ParameterSet, equations: &Equations, rng: &mut ChaCha8Rng) -> Option<f64> {
    let p = set.model.individual(&set.theta()).ok()?;
    set.model.check(&set.theta()).ok()?;
    let baseline = p.baseline();
    let scale = baseline.iter().map(|number| number.abs()).fold(1.0, f64::max);
    let state: Vec<_> = baseline
        .iter()
        .map(|number| {
            let scale = if number.abs() > 0.0 { number.abs() } else { scale.min(1.0) };
            scale * rng.random_range(0.2..3.0)
        })
        .collect();
    let parameters: Vec<_> =
        equations.parameters.iter().map(|p| set.value(&p.name).unwrap()).collect();
    let values = evaluate(&equations.record, &parameters, &state);
    let mut ours = vec![0.0; state.len()];
    p.rates(&state, &mut ours);
    ours.extend(baseline);
    ours.extend([p.conc(&state), p.platelets(&state)]);
    let Graph { rates, baseline, conc, platelets, .. } = &**equations;
    let theirs = rates.iter().chain(baseline).chain([conc, platelets]);
    let theirs = theirs.map(|term| value_of(*term, &values));
    let differences = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs() / a.abs().max(1.0));
    Some(differences.fold(0.0, f64::max))
}

#[test]
fn prop_what_is_written_down_is_what_the_models_compute() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for set in sets() {
        let equations = Equations::new(&set, None).unwrap();
        let mut compared = 0;
        for _ in 0..200 {
            let varied = varied(&set, &mut rng);
            if let Some(difference) = difference(&varied, &equations, &mut rng) {
                assert!(difference <= ROUNDING, "{}: {difference:e}", set.model);
                compared += 1;
            }
        }
        assert!(compared > 50, "{}: only {compared} compared", set.model);
    }
}

#[test]
fn invariant_every_name_means_one_thing_and_is_used() {
    for set in sets() {
        let equations = Equations::new(&set, None).unwrap();
        let parameters = equations.parameters.iter().map(|parameter| parameter.name.clone());
        let states = equations.states.iter().map(|state| state.name.clone());
        let values = equations.names.values().map(|named| named.name.clone());
        let all: Vec<_> = parameters.chain(states).chain(values).collect();
        let distinct: BTreeSet<_> = all.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(distinct.len(), all.len(), "{}: {all:?}", set.model);
        let named: BTreeSet<_> = equations.names.values().map(|named| &*named.name).collect();
        let p = set.model.individual(&set.theta()).unwrap();
        for (name, ..) in p.intermediates(&p.baseline()) {
            let is_symbol = set.entry(name).is_some_and(|entry| entry.value.is_some());
            assert!(is_symbol || named.contains(name), "{}: {name} is not used", set.model);
        }
    }
}

#[test]
fn invariant_what_cannot_be_exported_is_named_with_its_remedy() {
    let set = parameter_set("mechanistic", None).unwrap();
    let farrell = parameter_set("farrell_2014", None).unwrap();
    for (set, regimen, named) in [
        (&set, "3 mg qd x7, stop", "dosing rule"),
        (&set, "3 mg iv once", "route"),
        (&farrell, "25 mg qd x14", "farrell_2014"),
    ] {
        let regimen = regimen.parse().unwrap();
        for tool in Tool::ALL {
            let error = export(&Request::new(set, &regimen), tool).unwrap_err();
            assert!(matches!(error, Error::Contradiction { .. } | Error::NotIn { .. }));
            assert!(error.to_string().contains(named), "{error}");
        }
    }
}

#[test]
fn invariant_a_dose_that_does_not_arrive_has_its_compartment_all_the_same() {
    let mut set = parameter_set("wang_2010", None).unwrap();
    set.set("f1", 0.0).unwrap();
    let regimen = "3 ug/kg sc once".parse().unwrap();
    let text = export(&Request::new(&set, &regimen), Tool::Mrgsolve).unwrap().text;
    assert!(text.contains("F_depot = f1;"), "{text}");
}

#[test]
fn analytic_even_doses_are_one_course_and_missed_doses_are_left_out() {
    let set = parameter_set("mechanistic", None).unwrap();
    for (regimen, doses) in [
        ("3 mg once", "ev(amt = 3, cmt = \"depot\")"),
        ("3 mg qd x7", "ev(amt = 3, ii = 24, addl = 6, cmt = \"depot\")"),
        ("3 mg at 1 2 d", "ev(time = 24, amt = 3, ii = 24, addl = 1, cmt = \"depot\")"),
        ("3 mg qd x4, miss 2", "ev(time = c(0, 48, 72), amt = c(3, 3, 3), cmt = \"depot\")"),
        ("50 ug/kg once", "ev(amt = 3.2, cmt = \"depot\")"),
        ("placebo", "mrgsim(model, end = 960, delta = 6, recsort = 2)"),
    ] {
        let parsed = regimen.parse().unwrap();
        let text = export(&Request::new(&set, &parsed), Tool::Mrgsolve).unwrap().text;
        assert!(text.contains(doses), "{regimen}: {text}");
    }
}
