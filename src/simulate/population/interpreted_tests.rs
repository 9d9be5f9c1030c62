use super::tests::{VARIED, bits, differences, profiles, set, varied, with};
use super::volunteers::Volunteers;
use super::{Cohort, Decision, Engine, Instructions, Look, PatientPlan, Request, interpreted};
use crate::model::{ParameterSet, Population, Theta, Variant};
use crate::regimen::Regimen;

/// Every model that has no compiled equations for the lanes, with what to give and what varies.
fn interpreted_sets() -> Vec<(ParameterSet, &'static str, Vec<&'static str>)> {
    let of = |name: &str, group: Population| crate::model::parameter_set(name, group).unwrap();
    let changed = |changes: &[(&str, f64)], variant| {
        let mut set = set(variant, Population::CLD);
        for (symbol, value) in changes {
            set.set(symbol, *value).unwrap();
        }
        set
    };
    let all_terms = [("n_platelet_stages", 5.0), ("gv", 0.2), ("gn", 0.9), ("d", 0.05)];
    vec![
        (changed(&[("n_platelet_stages", 3.0)], Variant::B), "3 mg qd x7", VARIED.to_vec()),
        (changed(&all_terms, Variant::D), "3 mg qd x7", VARIED.to_vec()),
        (of("farrell_2014", Population::CLD), "25 mg at 0 1 25 48 72 h", vec!["cl", "kin", "slop"]),
        (of("wang_2010", Population::HEALTHY), "10 ug/kg iv qd x2", vec!["vc", "sc50", "plt0"]),
        (of("wang_2010", Population::HEALTHY), "3 ug/kg sc once", vec!["ka", "kint", "plt0"]),
        (of("shimizu_2021", Population::CLD), "3 mg qd x7", vec!["ke", "ec50l", "t0"]),
        (of("shimizu_2021_reduced", Population::HEALTHY), "2 mg qd x14", vec!["ke", "emax"]),
        (text("mechanistic"), "3 mg qd x7", vec!["cl", "ka", "kc", "tp", "plt0"]),
        (text("katsube_2019"), "3 mg qd x7", vec!["cl", "vp2", "slop", "plt0"]),
        (text("farrell_2014"), "25 mg at 0 1 25 48 72 h", vec!["cl", "kin", "slop"]),
        (text("wang_2010"), "10 ug/kg iv qd x2", vec!["vc", "sc50", "plt0"]),
        (text("shimizu_2021"), "3 mg qd x7", vec!["ke", "ec50l", "t0"]),
        (text("petrov_2024"), "3 ug/kg sc qw x4", vec!["ka", "kel", "ec50"]),
        (text("panetta_2024"), "75 mg/m^2 qd x7", vec!["cl", "ka"]),
    ]
}

/// A model in a shipped text, as it stands.
fn text(name: &str) -> ParameterSet {
    crate::model::parameter_set(&format!("models/{name}.model"), None).unwrap()
}

#[test]
fn regress_linear_pharmacokinetics_are_found_in_texts() {
    for (name, is_found) in [
        ("mechanistic", true),
        ("katsube_2019", true),
        ("shimizu_2021", true),
        ("petrov_2024", true),
        ("panetta_2024", true),
        // The absorption changes with the time after a dose; the drug binds to its target.
        ("farrell_2014", false),
        ("wang_2010", false),
    ] {
        let set = text(name);
        let found = set.model.individual(&set.theta()).unwrap().linear_pk().is_some();
        assert_eq!(found, is_found, "{name}");
    }
}

#[test]
fn val_interpreted_lanes_agree_with_the_reference_engine() {
    for (set, text, symbols) in interpreted_sets() {
        let regimen: Regimen = text.parse().unwrap();
        let mut request = Request::new(&set, &regimen);
        request.variability = varied(&symbols, 0.3);
        request.subjects = 12;
        let lanes = profiles(&request);
        let exact = profiles(&with(&request, Engine::Reference, 1e-10));
        assert!(lanes.endings.iter().all(|ending| !ending.by_reference), "{}", set.model);
        let (worst, most) = differences(&lanes, &exact);
        println!("{} {text}: {worst:.1e}, 99 % {most:.1e}", set.model);
        // Tolerance: what the engine promises at its tolerance 1e-6.
        assert!(worst < 1e-5 && most < 5e-6, "{} {text}: {worst} {most}", set.model);
        for (ours, theirs) in lanes.endings.iter().zip(&exact.endings) {
            assert!((ours.maximum - theirs.maximum).abs() < 1e-5 * theirs.maximum, "{text}");
            assert!((ours.time_above - theirs.time_above).abs() < 0.1, "{ours:?} {theirs:?}");
        }
    }
}

#[test]
fn val_interpreted_lanes_agree_with_compiled_ones() {
    let regimen: Regimen = "3 mg qd x7, stop at 50 and +20 on days 5 6 7".parse().unwrap();
    let katsube = crate::model::parameter_set("katsube_2019", Population::CLD).unwrap();
    for set in Variant::ALL.map(|variant| set(variant, Population::CLD)).iter().chain([&katsube]) {
        let mut request = Request::new(set, &regimen);
        let own = VARIED.into_iter().filter(|symbol| set.symbol(symbol).is_ok());
        request.variability = varied(&own.collect::<Vec<_>>(), 0.5);
        request.settings.tolerance = 1e-10;
        request.subjects = 10;
        let volunteers = Volunteers::new(&request).unwrap();
        let integration = request.integration();
        let interpreted = interpreted::simulate::<8>(&integration, &volunteers, 0, 10).unwrap();
        let compiled = profiles(&request);
        for (ours, theirs) in interpreted.platelets.iter().zip(&compiled.platelets) {
            // Tolerance: what is demanded of two ways to compute the same trajectory.
            assert!((ours - theirs).abs() < 1e-9 * theirs, "{}: {ours} {theirs}", set.model);
        }
    }
}

#[test]
fn invariant_bits_of_interpreted_models_do_not_depend_on_width_or_neighbours() {
    for (set, text, symbols) in interpreted_sets() {
        let regimen: Regimen = text.parse().unwrap();
        let mut request = Request::new(&set, &regimen);
        request.variability = varied(&symbols, 0.3);
        request.subjects = 9;
        let volunteers = Volunteers::new(&request).unwrap();
        let integration = request.integration();
        let mut found = Vec::new();
        for instructions in Instructions::available() {
            let whole = (0, 9);
            let run = interpreted::simulate_with::<8>;
            found.push(bits(&run(&integration, &volunteers, whole, instructions).unwrap()));
            let run = interpreted::simulate_with::<32>;
            found.push(bits(&run(&integration, &volunteers, whole, instructions).unwrap()));
            let alone = (0..9).flat_map(|i| {
                let run = interpreted::simulate_with::<1>;
                bits(&run(&integration, &volunteers, (i, 1), instructions).unwrap())
            });
            found.push(alone.collect());
        }
        assert!(found.iter().all(|bits| *bits == found[0]), "{} {text}", set.model);
    }
}

/// Patients half of whom have the exponent at which a power need not be computed.
struct Halves<'a>(Volunteers<'a>);

impl Cohort for Halves<'_> {
    fn values(&self, subject: usize, sheet: &mut Theta<f64>) -> bool {
        let valid = self.0.values(subject, sheet);
        sheet.set("gn", if subject.is_multiple_of(2) { 1.0 } else { 1.2 });
        valid
    }
    fn plan(&self, subject: usize, plan: &mut PatientPlan) {
        self.0.plan(subject, plan);
    }
    fn look(&self, subject: usize, look: Look) -> Decision {
        self.0.look(subject, look)
    }
    fn varies(&self, symbol: &str) -> bool {
        symbol == "gn" || self.0.varies(symbol)
    }
}

#[test]
fn invariant_a_switch_that_differs_between_patients_leaves_the_bits_of_each() {
    let regimen: Regimen = "3 mg qd x7".parse().unwrap();
    let set = set(Variant::B, Population::CLD);
    let mut request = Request::new(&set, &regimen);
    request.variability = varied(&["kc", "cl", "tmk"], 0.3);
    let halves = Halves(Volunteers::new(&request).unwrap());
    let integration = request.integration();
    let run = interpreted::simulate::<8>;
    let together = bits(&run(&integration, &halves, 0, 10).unwrap());
    let alone = (0..10).flat_map(|i| bits(&run(&integration, &halves, i, 1).unwrap()));
    assert!(together == alone.collect::<Vec<_>>());
}

#[test]
fn regress_states_that_never_move_are_not_integrated() {
    let regimen: Regimen = "3 mg qd x7".parse().unwrap();
    for (name, expected) in [("shimizu_2021", 21), ("shimizu_2021_reduced", 21), ("mechanistic", 7)]
    {
        let set = crate::model::parameter_set(name, Population::CLD).unwrap();
        let request = Request::new(&set, &regimen);
        let volunteers = Volunteers::new(&request).unwrap();
        assert_eq!(interpreted::integrated_states(&set, &volunteers).unwrap(), expected, "{name}");
    }
}
