//! Virtual patients: spreads, correlations, covariates, their effects, the mixture, the measured count.

use crate::common::{drug_arm, l_plus_2, start_patients};
use std::path::Path;
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::{
    Correlation, CountError, CountStreams, Covariate, Distribution, Effect, EffectForm, Generator,
    Law, NonResponders, Table, VirtualPatients,
};
use thrombopoiesis::trial::Run;

/// Patients behind a moment.
const N: usize = 20_000;

fn generator(patients: &VirtualPatients) -> Generator {
    patients.generator(Variant::B, 5).unwrap()
}

/// Values of one parameter.
fn values(generator: &Generator, symbol: &str) -> Vec<f64> {
    (0..N).map(|i| generator.value(&generator.patient(i), symbol)).collect()
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (ma, mb) = (mean(a), mean(b));
    let product = |x: &[f64], y: &[f64], (mx, my): (f64, f64)| {
        x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>()
    };
    product(a, b, (ma, mb)) / (product(a, a, (ma, ma)) * product(b, b, (mb, mb))).sqrt()
}

fn logs(numbers: &[f64]) -> Vec<f64> {
    numbers.iter().map(|number| number.ln()).collect()
}

fn covariate(name: &str, law: Law) -> Covariate {
    let (name, unit, source) = (name.to_owned(), "1".to_owned(), "test".to_owned());
    Covariate { name, unit, law, grade: "D", source }
}

fn effect(symbol: &str, covariate: &str, form: EffectForm) -> Effect {
    let (symbol, covariate, source) = (symbol.to_owned(), covariate.to_owned(), "test".to_owned());
    Effect { symbol, covariate, form, grade: "D", source }
}

#[test]
fn analytic_spreads_have_their_medians_and_standard_deviations() {
    let patients = start_patients();
    let generator = generator(&patients);
    for (symbol, median, omega) in
        [("kc", 150.0, 1.3), ("tp", 6.0, 0.25), ("tmk", 4.5, 0.2), ("f1", 0.843, 0.35)]
    {
        let logs = logs(&values(&generator, symbol));
        let centre = mean(&logs);
        let sd = mean(&logs.iter().map(|x| (x - centre).powi(2)).collect::<Vec<_>>()).sqrt();
        // Four standard errors: 1/√20000, and 1/√40000 of the standard deviation.
        assert!((centre - f64::ln(median)).abs() < 0.03 * omega, "{symbol}: {}", centre.exp());
        assert!((sd / omega - 1.0).abs() < 0.02, "{symbol}: {sd}");
    }
    let counts = values(&generator, "plt0");
    assert!(counts.iter().all(|count| (5.0..=100.0).contains(count)));
    assert!((mean(&counts) - 39.2).abs() < 0.22, "{}", mean(&counts));
}

#[test]
fn analytic_the_correlation_matrix_is_reproduced() {
    let mut patients = start_patients();
    let pairs = [("kc", "tp", 0.6), ("tp", "tmk", -0.4), ("kc", "f1", 0.3)];
    patients.correlations = pairs
        .map(|(a, b, value)| Correlation { between: [a.to_owned(), b.to_owned()], value })
        .to_vec();
    let generator = generator(&patients);
    let logs = |symbol| logs(&values(&generator, symbol));
    for (a, b, expected) in pairs.into_iter().chain([("kc", "tmk", 0.0), ("tmk", "f1", 0.0)]) {
        let found = correlation(&logs(a), &logs(b));
        // Four standard errors of a correlation, (1 − ρ²)/√20000 at most.
        assert!((found - expected).abs() < 0.029, "{a} {b}: {found}");
    }
    patients.correlations[0].value = 0.99;
    patients.correlations[1].value = 0.99;
    let error = patients.generator(Variant::B, 5).unwrap_err().to_string();
    assert!(error.contains("not positive definite"), "{error}");
    patients.correlations[0].between[0] = "ka".to_owned();
    assert!(patients.generator(Variant::B, 5).unwrap_err().to_string().contains("ka"));
}

#[test]
fn analytic_effects_multiply_and_a_factor_begins_at_its_level() {
    let mut patients = start_patients();
    patients.covariates = vec![
        covariate(
            "wt",
            Law::Choice { values: vec![32.0, 64.0, 128.0], shares: vec![0.3, 0.4, 0.3] },
        ),
        covariate(
            "child_pugh",
            Law::Choice { values: vec![5.0, 9.0, 10.0], shares: vec![0.4, 0.3, 0.3] },
        ),
    ];
    let power = EffectForm::Power { reference: 64.0, exponent: 0.75 };
    patients.effects = vec![
        effect("cl", "wt", power),
        effect("f1", "child_pugh", EffectForm::Factor { from: 10.0, factor: 0.75 }),
    ];
    let with = generator(&patients);
    patients.effects.clear();
    let without = generator(&patients);
    for i in 0..200 {
        let (a, b) = (with.patient(i), without.patient(i));
        let of = |g: &Generator, p, symbol| g.value(p, symbol);
        let wt = with.covariate(&a, "wt").unwrap();
        let clearance = of(&with, &a, "cl") / of(&without, &b, "cl");
        assert!((clearance - (wt / 64.0).powf(0.75)).abs() < 1e-12, "{clearance}");
        let severe = with.covariate(&a, "child_pugh").unwrap() >= 10.0;
        let factor = of(&with, &a, "f1") / of(&without, &b, "f1");
        assert!((factor - if severe { 0.75 } else { 1.0 }).abs() < 1e-12, "{factor}");
        assert!((of(&with, &a, "kc") - of(&without, &b, "kc")).abs() <= 0.0, "others stay");
    }
    patients.effects = vec![effect("cl", "age", power)];
    assert!(patients.generator(Variant::B, 5).unwrap_err().to_string().contains("age"));
}

#[test]
fn analytic_fasted_patients_have_the_published_ratio() {
    let patients = VirtualPatients::load("patients_covariates").unwrap();
    let generator = generator(&patients);
    let (mut fed, mut fasted) = (Vec::new(), Vec::new());
    for i in 0..N {
        let patient = generator.patient(i);
        let is_fasted = generator.covariate(&patient, "fasted").unwrap() > 0.0;
        let severe = generator.covariate(&patient, "child_pugh").unwrap() >= 10.0;
        let group = if is_fasted { &mut fasted } else { &mut fed };
        if !severe {
            group.push(generator.value(&patient, "f1").ln());
        }
    }
    // Source: AUC fed over fasted 0.920 (0.886 to 0.956); four standard errors of ω 0.3.
    let ratio = (mean(&fed) - mean(&fasted)).exp();
    assert!((ratio - 0.920).abs() < 0.017, "{ratio}");
    assert!((mean(&fed).exp() - 0.843).abs() < 0.012, "the typical F1 is that of fed tablets");
}

#[test]
fn invariant_non_responders_come_in_their_share_and_do_not_respond() {
    let mut patients = start_patients();
    let plain = generator(&patients);
    patients.non_responders =
        Some(NonResponders { share: 0.3, symbol: "kc".to_owned(), factor: 1000.0 });
    let mixed = generator(&patients);
    let factor =
        |i: usize| mixed.value(&mixed.patient(i), "kc") / plain.value(&plain.patient(i), "kc");
    let ratios: Vec<f64> = (0..N).map(factor).collect();
    assert!(ratios.iter().all(|r| (r - 1.0).abs() < 1e-9 || (r - 1000.0).abs() < 1e-6));
    let share = ratios.iter().filter(|ratio| **ratio > 10.0).count() as f64 / N as f64;
    assert!((share - 0.3).abs() < 0.013, "{share}");

    patients.non_responders =
        Some(NonResponders { share: 1.0, symbol: "kc".to_owned(), factor: 1e6 });
    let design = l_plus_2();
    let trial = Run::new(&design, &patients).patients(0).unwrap();
    let mut drug = trial.iter().filter(|p| p.arm == drug_arm(&design));
    let rose =
        |p: &thrombopoiesis::trial::Outcome| p.true_maximum > p.candidate.true_baseline + 0.1;
    assert!(!drug.any(rose), "no drug effect without potency");
}

#[test]
fn invariant_covariates_are_rows_of_a_table() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("real.csv"), "wt,child_pugh\n41,5\n77,8\n90,9\n").unwrap();
    let text = include_str!("../../parameters/patients_start.toml");
    let text = text.replacen(
        "population = \"cld\"",
        "population = \"cld\"\ncovariate_table = \"real.csv\"",
        1,
    );
    let patients = VirtualPatients::read(&folder.path().join("own.toml"), &text).unwrap();
    let generator = generator(&patients);
    let mut seen = [0; 3];
    for i in 0..N {
        let patient = generator.patient(i);
        let of = |name| generator.covariate(&patient, name).unwrap();
        let rows = [(41.0, 5.0), (77.0, 8.0), (90.0, 9.0)];
        let row = rows.iter().position(|row| *row == (of("wt"), of("child_pugh"))).unwrap();
        seen[row] += 1;
    }
    assert!(
        seen.iter().all(|count| (f64::from(*count) / N as f64 - 1.0 / 3.0).abs() < 0.0134),
        "{seen:?}"
    );
    // Weight is a parameter of the model and reaches it; a row that makes no sense is a failure.
    let broken = Table::parse(Path::new("t.csv"), "wt\n-5\n", &[]).unwrap();
    let patients = VirtualPatients { table: Some(broken), ..patients };
    assert!(!patients.generator(Variant::B, 1).unwrap().patient(0).valid);
}

#[test]
fn invariant_effects_beyond_the_range_of_a_parameter_are_failures() {
    let mut patients = start_patients();
    patients.covariates = vec![covariate("stage", Law::Fixed(1.0))];
    let far = EffectForm::Factor { from: 1.0, factor: 2.0 };
    patients.effects = vec![effect("fs", "stage", far)];
    let patient = generator(&patients).patient(0);
    assert!(!patient.valid, "a pooled share of 1.58");
}

#[test]
fn invariant_draws_belong_to_seed_and_parameter() {
    let mut patients = start_patients();
    let before = generator(&patients);
    patients.spreads.remove(1);
    patients.covariates.remove(0);
    let after = generator(&patients);
    for i in 0..50 {
        let (a, b) = (before.patient(i), after.patient(i));
        for symbol in ["kc", "tmk", "f1", "plt0"] {
            assert_eq!(before.value(&a, symbol).to_bits(), after.value(&b, symbol).to_bits());
        }
        assert_eq!(before.covariate(&a, "female"), after.covariate(&b, "female"));
        let other = patients.generator(Variant::B, 6).unwrap();
        assert_ne!(after.value(&b, "kc").to_bits(), other.value(&other.patient(i), "kc").to_bits());
    }
}

#[test]
fn invariant_variants_have_the_same_patients_with_their_own_typical_values() {
    let patients = start_patients();
    let [a, b] = [Variant::A, Variant::B].map(|variant| patients.generator(variant, 5).unwrap());
    for i in 0..50 {
        let z = |g: &Generator, typical: f64, omega: f64| {
            (g.value(&g.patient(i), "kc") / typical).ln() / omega
        };
        assert!((z(&a, 300.0, 1.4) - z(&b, 150.0, 1.3)).abs() < 1e-9);
        let plt0 = |g: &Generator| g.value(&g.patient(i), "plt0").to_bits();
        assert_eq!(plt0(&a), plt0(&b));
    }
}

#[test]
fn analytic_measured_counts_follow_their_equation() {
    let error = CountError {
        additive: 2.5,
        proportional: 0.15,
        size_omega: 0.0,
        between_visit_omega: 0.2,
        between_visit_days: 7.0,
    };
    let streams = CountStreams::new(3, &[1.0, 8.0]);
    let noise: Vec<_> = (0..200).map(|i| streams.noise(&error, i)[1]).collect();
    for noise in noise {
        let expected = 40.0 * (0.2 * noise.between_visit).exp() * (1.0 + 0.15 * noise.proportional)
            + 2.5 * noise.additive;
        assert!((error.measured(40.0, noise) - expected.max(0.0)).abs() < 1e-12);
    }
}

#[test]
fn invariant_logit_normal_shares_stay_shares() {
    let wide = Distribution::LogitNormal { omega: 5.0, lower: 0.0, upper: 1.0 };
    for z in [-8.0, -1.0, 0.0, 1.0, 8.0] {
        assert!((0.0..=1.0).contains(&wide.individual(0.79, z)));
    }
}

/// With a correlation ρ, a parameter of patients whose count is known has the mean ρ z and the SD √(1 − ρ²).
#[test]
fn analytic_what_is_correlated_with_a_known_count_follows_it() {
    let mut patients = VirtualPatients::load("patients_start").unwrap();
    let rho = -0.6;
    let between = ["kc", "plt0"].map(str::to_owned);
    patients.correlations = vec![Correlation { between, value: rho }];
    let generator = patients.generator(Variant::B, 3).unwrap();
    let (distribution, typical) = generator.spread_of("kc").unwrap();
    for z in [-1.5, 0.0, 1.0] {
        let numbers: Vec<f64> = (0..4000)
            .map(|subject| {
                let patient = generator.patient_given(subject, "plt0", z);
                distribution.standard(typical, generator.value(&patient, "kc"))
            })
            .collect();
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let sd = (numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
        let expected = (1.0 - rho * rho).sqrt();
        assert!((mean - rho * z).abs() < 4.0 * expected / n.sqrt(), "{z}: {mean}");
        assert!((sd - expected).abs() < 4.0 * expected / (2.0 * n).sqrt(), "{z}: {sd}");
    }
    // Without a correlation only the count changes.
    patients.correlations.clear();
    let generator = patients.generator(Variant::B, 3).unwrap();
    let (free, given) = (generator.patient(7), generator.patient_given(7, "plt0", 1.0));
    for symbol in generator.symbols().iter().filter(|symbol| *symbol != "plt0") {
        let [a, b] = [&free, &given].map(|patient| generator.value(patient, symbol));
        assert_eq!(a.to_bits(), b.to_bits(), "{symbol}");
    }
}
