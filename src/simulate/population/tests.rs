use super::individuals::Individuals;
use super::lanes::simulate;
use super::{
    Block, Endpoints, Engine, Ending, Instructions, Keep, Profiles, Request, Summary, population,
};
use crate::error::Reason;
use crate::model::{Driven, Katsube2019, Mechanistic, ParameterSet, Population, Variant};
use crate::population::{Streams, Variability};
use crate::regimen::Regimen;
use crate::units::Time;

const VARIED: [&str; 10] = ["ka", "cl", "vc", "q1", "vp1", "kc", "tmk", "tp", "plt0", "taun"];

fn set(variant: Variant, group: Population) -> ParameterSet {
    let mut set = crate::model::parameter_set("mechanistic", group).unwrap();
    set.choose_variant(variant);
    set
}

fn varied(symbols: &[&str], omega: f64) -> Vec<Variability> {
    symbols.iter().map(|symbol| Variability::from_omega(symbol, omega).unwrap()).collect()
}

fn profiles(request: &Request<'_>) -> Profiles {
    let mut profiles = Profiles::default();
    population(request, &mut profiles, &|_| {}).unwrap();
    profiles
}

/// A measurement with 15 % error, from the subject's own stream.
fn noisy(subject: usize, visit: usize) -> f64 {
    1.0 + 0.15 * Streams::new(7, &format!("count at visit {visit}")).subject(subject).normal()
}

/// Worst relative difference of the counts, and the one that 99 % do not exceed.
fn differences(a: &Profiles, b: &Profiles) -> (f64, f64) {
    let mut differences: Vec<f64> =
        a.platelets.iter().zip(&b.platelets).map(|(a, b)| ((a - b) / b).abs()).collect();
    differences.sort_by(f64::total_cmp);
    (differences[differences.len() - 1], differences[differences.len() * 99 / 100])
}

#[test]
fn val_lanes_agree_with_the_reference_engine() {
    let regimen: Regimen = "3 mg qd x7".parse().unwrap();
    let sets: Vec<ParameterSet> = Variant::ALL
        .into_iter()
        .map(|variant| set(variant, Population::Cld))
        .chain([set(Variant::B, Population::Healthy)])
        .chain([crate::model::parameter_set("katsube_2019", Population::Cld).unwrap()])
        .collect();
    for set in &sets {
        let mut request = Request::new(set, &regimen);
        let own = VARIED.into_iter().filter(|symbol| set.symbol(symbol).is_ok());
        request.variability = varied(&own.collect::<Vec<_>>(), 0.8);
        request.subjects = 60;
        let lanes = profiles(&request);
        let tight = profiles(&Request { tolerance: 1e-9, ..request.clone() });
        let exact =
            profiles(&Request { engine: Engine::Reference, tolerance: 1e-10, ..request.clone() });
        let name = format!("{} {} {}", set.model, set.variant, set.population);
        let (worst, most) = differences(&lanes, &exact);
        let (worst_tight, _) = differences(&tight, &exact);
        println!("{name}: {worst:.1e}, 99 % {most:.1e}, at 1e-9 {worst_tight:.1e}");
        // Tolerances: what the engine promises at its tolerances 1e-6 and 1e-9.
        assert!(worst < 1e-5 && most < 2e-6, "{name}: {worst} {most}");
        assert!(worst_tight < 1e-7, "{name} at 1e-9: {worst_tight}");
        for (ours, theirs) in tight.endings.iter().zip(&exact.endings) {
            assert!((ours.maximum - theirs.maximum).abs() < 1e-6 * theirs.maximum, "{name}");
            assert!((ours.time_above - theirs.time_above).abs() < 1e-3, "{name} {ours:?} {theirs:?}");
        }
    }
}
