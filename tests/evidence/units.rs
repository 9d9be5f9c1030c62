//! The equations do not notice in which units they are written: every symbol and every state is
//! multiplied by what its unit string says, and the rates must follow.
//!
//! A unit string is read as a product of base units. Two units of one kind (h and d, mg and ng) are
//! the same base unit with a pure number between them, which the equations carry as a constant and
//! which does not change. Body weight is a base unit of its own: it scales doses and volumes, but
//! is never added to a mass of drug. So is pM, the only unit of amount of substance.

use crate::common::set_of;
use approx::assert_relative_eq;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use thrombopoiesis::model::{MODEL_NAMES, ParameterSet, Population, Theta, Variant, Written};
use thrombopoiesis::units::{Amount, Route};

/// Rounding of a rate that is a difference of larger terms, relative to the largest of them.
const ROUNDING: f64 = 1e-12;

/// A factor for each base unit.
#[derive(Debug, Clone, Copy)]
struct Factors {
    time: f64,
    drug: f64,
    volume: f64,
    cells: f64,
    thrombopoietin: f64,
    weight: f64,
}

impl Factors {
    fn random(rng: &mut ChaCha8Rng) -> Self {
        let mut factor = || 10.0_f64.powf(rng.random_range(-1.0..1.0));
        Self {
            time: factor(),
            drug: factor(),
            volume: factor(),
            cells: factor(),
            thrombopoietin: factor(),
            weight: factor(),
        }
    }

    fn base(&self, unit: &str) -> f64 {
        match unit {
            "1" => 1.0,
            "h" | "d" => self.time,
            "mg" | "ug" | "ng" | "fg" => self.drug,
            "L" | "mL" => self.volume,
            "10^9" | "cell" => self.cells,
            "pM" => self.thrombopoietin,
            "kg" => self.weight,
            other => panic!("`{other}` is not a known unit"),
        }
    }

    /// What a quantity with this unit is multiplied by: `1/pM/d`, `10^9/L/h`, `ng/mL`, ...
    fn of(&self, unit: &str) -> f64 {
        let mut parts = unit.split('/');
        let numerator = parts.next().map_or(1.0, |part| self.base(part));
        parts.fold(numerator, |factor, part| factor / self.base(part))
    }
}

/// Numbers with their units.
type Quantities = Vec<(f64, String)>;

fn scaled(quantities: &Quantities, factors: &Factors) -> Vec<f64> {
    quantities.iter().map(|(value, unit)| value * factors.of(unit)).collect()
}

/// The outputs that do not follow when `parameters` and `state` are rescaled. `evaluate` maps the
/// two to numbers, whose units are `output_units`; differences count relative to `sizes`.
fn rescaling_faults(
    parameters: &Quantities,
    state: &Quantities,
    output_units: &[String],
    sizes: &[f64],
    factors: &Factors,
    evaluate: impl Fn(&[f64], &[f64]) -> Vec<f64>,
) -> Vec<usize> {
    let plain: Vec<f64> = parameters.iter().map(|(value, _)| *value).collect();
    let plain_state: Vec<f64> = state.iter().map(|(value, _)| *value).collect();
    let before = evaluate(&plain, &plain_state);
    let after = evaluate(&scaled(parameters, factors), &scaled(state, factors));
    assert_eq!((before.len(), after.len()), (output_units.len(), output_units.len()));
    (0..before.len())
        .filter(|i| {
            let factor = factors.of(&output_units[*i]);
            (after[*i] / factor - before[*i]).abs() > ROUNDING * sizes[*i].max(before[*i].abs())
        })
        .collect()
}

fn assert_rescaled(set: &ParameterSet, rng: &mut ChaCha8Rng) {
    let theta = set.theta();
    let symbols: Vec<_> =
        set.model.symbols().iter().filter(|symbol| theta.given(symbol.name).is_some()).collect();
    let parameters: Quantities = symbols
        .iter()
        .map(|symbol| (theta.get(symbol.name).unwrap(), symbol.unit.to_owned()))
        .collect();
    let individual = |values: &[f64]| {
        let named = symbols.iter().zip(values).map(|(s, v)| (s.name.to_owned(), *v));
        let theta = Theta::new(named.collect::<BTreeMap<_, _>>(), set.variant);
        set.model.individual(&theta).unwrap()
    };

    // A state away from equilibrium: the baseline, each number by its own random factor, and
    // drug everywhere.
    let p = set.model.individual(&theta).unwrap();
    let names = p.states();
    let state: Quantities = p
        .baseline()
        .iter()
        .zip(&names)
        .map(|(value, name)| {
            let size = if *value > 0.0 { *value } else { 1.0 };
            (size * rng.random_range(0.5..2.0), name.unit.to_owned())
        })
        .collect();
    assert_eq!(state.len(), names.len());

    let rate_units: Vec<String> = names
        .iter()
        .map(|name| match name.unit {
            "1" => "1/h".to_owned(),
            unit => format!("{unit}/h"),
        })
        .collect();
    // A rate is a sum of terms of the size of state over time.
    let sizes: Vec<f64> = state.iter().map(|(value, _)| value.abs()).collect();
    let factors = Factors::random(rng);
    let rates = |values: &[f64], state: &[f64]| {
        let mut rates = vec![0.0; state.len()];
        individual(values).rates(state, &mut rates);
        rates
    };
    let faults = rescaling_faults(&parameters, &state, &rate_units, &sizes, &factors, rates);
    let faults: Vec<_> = faults.iter().map(|i| &names[*i].name).collect();
    assert!(faults.is_empty(), "{}: {faults:?} do not follow {factors:?}", set.model);

    // The same for the equilibrium, and for what is shown.
    let baseline_units: Vec<String> = names.iter().map(|name| name.unit.to_owned()).collect();
    let baseline = |values: &[f64], _: &[f64]| individual(values).baseline();
    let faults = rescaling_faults(&parameters, &state, &baseline_units, &sizes, &factors, baseline);
    assert_eq!(faults, Vec::<usize>::new(), "{}: baseline", set.model);

    let mut units = vec!["ng/mL".to_owned(), "10^9/L".to_owned()];
    let is_pm = |column: &str| column.ends_with("_pm");
    units.extend(
        set.model
            .readouts()
            .iter()
            .map(|readout| if is_pm(readout.column) { "pM" } else { "1" }.to_owned()),
    );
    let shown = |values: &[f64], state: &[f64]| {
        let p = individual(values);
        [vec![p.conc(state), p.platelets(state)], p.readouts(state)].concat()
    };
    let sizes = vec![0.0; units.len()];
    let faults = rescaling_faults(&parameters, &state, &units, &sizes, &factors, shown);
    assert_eq!(faults, Vec::<usize>::new(), "{}: what is shown", set.model);
}

#[test]
fn prop_rescaling_every_base_unit_rescales_every_model() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..20 {
        for name in MODEL_NAMES {
            let variants = if name == "mechanistic" { &Variant::ALL[..] } else { &[Variant::B] };
            for variant in variants {
                let mut changes = Vec::new();
                if name == "mechanistic" {
                    // Terms that the defaults switch off.
                    changes =
                        vec![("gv", 0.2), ("d", 0.05), ("n_platelet_stages", 3.0), ("gn", 0.9)];
                    changes.extend((!variant.is_additive()).then_some(("eb", 0.1)));
                }
                let set = set_of(name, None, *variant, &changes);
                assert_rescaled(&set, &mut rng);
            }
        }
        let set = set_of("shimizu_2021", Population::HEALTHY, Variant::B, &[]);
        assert_rescaled(&set, &mut rng);
    }
}

/// A dose is rescaled like what it becomes: drug and its delay, and platelets from a transfusion.
#[test]
fn prop_rescaling_rescales_doses_and_transfusions() {
    use thrombopoiesis::model::published::wang_2010::Wang2010;
    use thrombopoiesis::model::{Event, Mechanistic};
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let f = Factors::random(&mut rng);
    let scaled_theta = |model: &str, symbols: Vec<thrombopoiesis::model::Symbol>| {
        let theta = set_of(model, None, Variant::B, &[]).theta();
        let values = symbols
            .iter()
            .filter_map(|s| Some((s.name.to_owned(), theta.given(s.name)? * f.of(s.unit))));
        (theta.clone(), Theta::new(values.collect(), Variant::B))
    };
    let (theta, other) = scaled_theta("mechanistic", Mechanistic::<1>::symbols());
    let (p, q) = (
        Mechanistic::<1>::individual(&theta).unwrap(),
        Mechanistic::<1>::individual(&other).unwrap(),
    );
    for (amount, same) in [
        (Amount::Mg(3.0), Amount::Mg(3.0 * f.drug)),
        (Amount::UgPerKg(3.0), Amount::UgPerKg(3.0 * f.drug / f.weight)),
    ] {
        let (a, b) = (
            Mechanistic::<1>::administer(&p, amount, Route::Oral).unwrap(),
            Mechanistic::<1>::administer(&q, same, Route::Oral).unwrap(),
        );
        let ([(lag_a, Event::Enter { amount: a, .. })], [(lag_b, Event::Enter { amount: b, .. })]) =
            (&a[..], &b[..])
        else {
            panic!("one depot event each")
        };
        assert_relative_eq!(lag_a * f.time, *lag_b, max_relative = ROUNDING);
        assert_relative_eq!(a * f.drug, *b, max_relative = ROUNDING);
    }
    let rise = |p: &thrombopoiesis::model::mechanistic::Parameters<f64, 1>, given: f64| {
        let mut y = Mechanistic::<1>::baseline(p);
        let before = Mechanistic::<1>::platelets(p, &y);
        Mechanistic::<1>::transfuse(p, &mut y, given).unwrap();
        Mechanistic::<1>::platelets(p, &y) - before
    };
    assert_relative_eq!(
        rise(&p, 300.0) * f.cells / f.volume,
        rise(&q, 300.0 * f.cells),
        max_relative = ROUNDING
    );

    let (theta, other) = scaled_theta("wang_2010", Wang2010::symbols());
    let (p, q) = (Wang2010::individual(&theta).unwrap(), Wang2010::individual(&other).unwrap());
    let depot = |p, amount| match Wang2010::administer(p, amount, Route::Subcutaneous).unwrap()[..]
    {
        [(_, Event::Enter { amount, .. })] => amount,
        _ => panic!("one depot event"),
    };
    let (a, b) = (depot(&p, Amount::Mg(1.0)), depot(&q, Amount::Mg(f.drug)));
    assert_relative_eq!(a * f.drug / f.weight, b, max_relative = ROUNDING);
}

/// The checker finds what it is for: a volume forgotten, a time forgotten, a unit string that lies,
/// quantities of two kinds added.
#[test]
fn invariant_planted_unit_faults_are_found() {
    let quantity = |value: f64, unit: &str| (value, unit.to_owned());
    let parameters =
        vec![quantity(0.9, "L/h"), quantity(12.0, "L"), quantity(0.2, "1/h"), quantity(70.0, "kg")];
    let state = vec![quantity(3.0, "mg"), quantity(1.0, "mg")];
    let rate_units = vec!["mg/h".to_owned(); 2];
    let factors = Factors::random(&mut ChaCha8Rng::seed_from_u64(6));
    let faults = |evaluate: fn(&[f64], &[f64]) -> Vec<f64>, parameters: &Quantities| {
        rescaling_faults(parameters, &state, &rate_units, &[0.0, 0.0], &factors, evaluate)
    };
    let right: fn(&[f64], &[f64]) -> Vec<f64> =
        |p, y| vec![-p[2] * y[0], p[2] * y[0] - p[0] / p[1] * y[1]];
    assert!(faults(right, &parameters).is_empty());
    let volume_forgotten: fn(&[f64], &[f64]) -> Vec<f64> =
        |p, y| vec![-p[2] * y[0], p[2] * y[0] - p[0] * y[1]];
    assert_eq!(faults(volume_forgotten, &parameters), [1]);
    let time_forgotten: fn(&[f64], &[f64]) -> Vec<f64> =
        |p, y| vec![-y[0], p[2] * y[0] - p[0] / p[1] * y[1]];
    assert_eq!(faults(time_forgotten, &parameters), [0]);
    let weight_added: fn(&[f64], &[f64]) -> Vec<f64> =
        |p, y| vec![-p[2] * y[0], p[2] * y[0] - p[0] / (p[1] + p[3]) * y[1]];
    assert_eq!(faults(weight_added, &parameters), [1]);
    let mut lying = parameters.clone();
    lying[2].1 = "h".to_owned();
    assert_eq!(faults(right, &lying), [0, 1]);
}
