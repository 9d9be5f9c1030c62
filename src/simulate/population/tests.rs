use super::lanes::simulate;
use super::volunteers::Volunteers;
use super::{
    Block, Ending, Endpoints, Engine, Instructions, Keep, Profiles, Request, Settings, Summary,
    population,
};
use crate::error::Reason;
use crate::model::{Driven, Katsube2019, Mechanistic, ParameterSet, Population, Variant};
use crate::population::{Streams, Variability};
use crate::regimen::{Regimen, StoppingRule};
use crate::units::Time;

pub(super) const VARIED: [&str; 10] =
    ["ka", "cl", "vc", "q1", "vp1", "kc", "tmk", "tp", "plt0", "taun"];

pub(super) fn set(variant: Variant, group: Population) -> ParameterSet {
    let mut set = crate::model::parameter_set("mechanistic", group).unwrap();
    set.choose_variant(variant);
    set
}

pub(super) fn varied(symbols: &[&str], omega: f64) -> Vec<Variability> {
    symbols.iter().map(|symbol| Variability::from_omega(symbol, omega).unwrap()).collect()
}

/// The same request with another engine and tolerance.
pub(super) fn with<'a>(request: &Request<'a>, engine: Engine, tolerance: f64) -> Request<'a> {
    let settings = Settings { tolerance, engine, ..request.settings };
    Request { settings, ..request.clone() }
}

pub(super) fn profiles(request: &Request<'_>) -> Profiles {
    let mut profiles = Profiles::default();
    population(request, &mut profiles, &|_| {}).unwrap();
    profiles
}

/// A measurement with 15 % error, from the subject's own stream.
fn noisy(subject: usize, visit: usize, count: f64) -> f64 {
    count
        * (1.0
            + 0.15 * Streams::new(7, &format!("count at visit {visit}")).subject(subject).normal())
}

/// Worst relative difference of the counts, and the one that 99 % do not exceed.
pub(super) fn differences(a: &Profiles, b: &Profiles) -> (f64, f64) {
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
        .map(|variant| set(variant, Population::CLD))
        .chain([set(Variant::B, Population::HEALTHY)])
        .chain([crate::model::parameter_set("katsube_2019", Population::CLD).unwrap()])
        .collect();
    for set in &sets {
        let mut request = Request::new(set, &regimen);
        let own = VARIED.into_iter().filter(|symbol| set.symbol(symbol).is_ok());
        request.variability = varied(&own.collect::<Vec<_>>(), 0.8);
        request.subjects = 60;
        let lanes = profiles(&request);
        let tight = profiles(&with(&request, Engine::Lanes, 1e-9));
        let exact = profiles(&with(&request, Engine::Reference, 1e-10));
        let name = format!("{} {} {}", set.model, set.variant, set.population);
        let (worst, most) = differences(&lanes, &exact);
        let (worst_tight, _) = differences(&tight, &exact);
        println!("{name}: {worst:.1e}, 99 % {most:.1e}, at 1e-9 {worst_tight:.1e}");
        // Tolerances: what the engine promises at its tolerances 1e-6 and 1e-9.
        assert!(worst < 1e-5 && most < 2e-6, "{name}: {worst} {most}");
        assert!(worst_tight < 1e-7, "{name} at 1e-9: {worst_tight}");
        for (ours, theirs) in tight.endings.iter().zip(&exact.endings) {
            assert!((ours.maximum - theirs.maximum).abs() < 1e-6 * theirs.maximum, "{name}");
            assert!(
                (ours.time_above - theirs.time_above).abs() < 1e-3,
                "{name} {ours:?} {theirs:?}"
            );
        }
    }
}

/// Bits of everything that came of the subjects.
pub(super) fn bits(block: &Block) -> Vec<Vec<u64>> {
    let width = block.platelets.len() / block.endings.len();
    let one = |(ending, counts): (&Ending, &[f64])| {
        let Ending {
            reached,
            omitted_at: [stopped_at, _],
            steps,
            maximum,
            maximum_at,
            time_above,
            ..
        } = *ending;
        let Ending { first_above, last_above, longest_above, .. } = *ending;
        let numbers = [reached, steps, maximum, maximum_at, time_above, longest_above];
        let some = [stopped_at, first_above, last_above].map(|n| n.unwrap_or(-1.0));
        counts.iter().chain(&numbers).chain(&some).map(|n| n.to_bits()).collect()
    };
    block.endings.iter().zip(block.platelets.chunks(width)).map(one).collect()
}

/// One subject after the other and all together, for a lane width on every instruction set.
fn bits_by_width<
    M: Driven<N, P>,
    const N: usize,
    const P: usize,
    const PLAIN: bool,
    const W: usize,
>(
    request: &Request<'_>,
) -> Vec<(String, Vec<Vec<u64>>)> {
    let volunteers = Volunteers::new(request).unwrap();
    let integration = request.integration();
    let count = request.subjects;
    let run = |first, count, instructions| {
        simulate::<M, N, P, false, PLAIN, W>(
            &integration,
            &volunteers,
            (first, count),
            instructions,
        )
        .unwrap()
    };
    let mut found = Vec::new();
    for instructions in Instructions::available() {
        let whole = bits(&run(0, count, instructions));
        let alone = (0..count).flat_map(|i| bits(&run(i, 1, instructions))).collect();
        let split = [(0, 7), (7, count - 7)].map(|(first, n)| bits(&run(first, n, instructions)));
        found.push((format!("W {W} {instructions:?}"), whole));
        found.push((format!("W {W} {instructions:?}, alone"), alone));
        found.push((format!("W {W} {instructions:?}, in two blocks"), split.concat()));
    }
    found
}

fn bit_matrix<M: Driven<N, P>, const N: usize, const P: usize>(request: &Request<'_>) {
    let found = [
        bits_by_width::<M, N, P, true, 1>(request),
        bits_by_width::<M, N, P, true, 4>(request),
        bits_by_width::<M, N, P, true, 8>(request),
        bits_by_width::<M, N, P, true, 16>(request),
        bits_by_width::<M, N, P, true, 32>(request),
        // The kernel that computes powers must give what the one that does not gives.
        bits_by_width::<M, N, P, false, 8>(request),
    ]
    .concat();
    for (name, bits) in &found[1..] {
        assert!(*bits == found[0].1, "{name} differs from {}", found[0].0);
    }
}

#[test]
fn invariant_bits_do_not_depend_on_width_position_neighbours_or_instructions() {
    let regimen: Regimen = "3 mg qd x7, stop at 50 and +20 on days 5 6 7".parse().unwrap();
    let set = set(Variant::B, Population::CLD);
    let mut request = Request::new(&set, &regimen);
    request.variability = varied(&VARIED, 0.6);
    request.transfusions = vec![(Time::days(12.3), 300.0)];
    request.measurement = &noisy;
    request.subjects = 37;
    request.times_h = (0..=80).map(|i| 12.0 * f64::from(i)).collect();
    let stopped = profiles(&request).endings.iter().filter(|e| e.omitted_at[0].is_some()).count();
    assert!(stopped > 5 && stopped < 32, "the rule must stop some and not others: {stopped}");
    bit_matrix::<Mechanistic<1>, 7, 19>(&request);
}

#[test]
fn invariant_bits_of_the_linear_model_do_not_depend_on_anything_either() {
    let regimen: Regimen = "3 mg qd x7".parse().unwrap();
    let set = crate::model::parameter_set("katsube_2019", Population::CLD).unwrap();
    let mut request = Request::new(&set, &regimen);
    request.variability = varied(&["cl", "slop", "plt0"], 0.5);
    request.subjects = 20;
    bit_matrix::<Katsube2019, 4, 4>(&request);
}

#[test]
fn invariant_bits_do_not_depend_on_threads_or_the_number_of_subjects() {
    let regimen: Regimen = "3 mg qd x7, stop".parse().unwrap();
    let set = set(Variant::D, Population::CLD);
    let mut request = Request::new(&set, &regimen);
    request.variability = varied(&["kc", "cl", "plt0"], 0.8);
    request.measurement = &noisy;
    request.subjects = 1500;
    request.settings.threads = Some(1);
    let all = profiles(&request);
    for threads in [2, 8] {
        request.settings.threads = Some(threads);
        let again = profiles(&request);
        assert!(again == all, "{threads} threads");
    }
    let part = profiles(&Request { first_subject: 700, subjects: 90, ..request.clone() });
    assert!(part.endings == all.endings[700..790]);
    assert!(part.platelets == all.platelets[700 * 41..790 * 41]);
}

#[test]
fn val_stopping_rule_and_transfusion_agree_with_the_reference_engine() {
    let regimen: Regimen = "3 mg qd x7, stop at 50 and +20 on days 5 6 7".parse().unwrap();
    let set = set(Variant::B, Population::CLD);
    let mut request = Request::new(&set, &regimen);
    request.variability = varied(&VARIED, 0.6);
    request.transfusions = vec![(Time::days(10.0), 300.0)];
    request.measurement = &noisy;
    request.subjects = 80;
    let lanes = profiles(&request);
    let exact = profiles(&with(&request, Engine::Reference, 1e-10));
    // Noise makes a count within 1e-4 of a threshold unlikely in 80 subjects: no exception needed.
    for (ours, theirs) in lanes.endings.iter().zip(&exact.endings) {
        assert_eq!(ours.omitted_at, theirs.omitted_at);
        assert!(
            (ours.maximum - theirs.maximum).abs() < 1e-5 * theirs.maximum,
            "{ours:?} {theirs:?}"
        );
    }
    let (worst, most) = differences(&lanes, &exact);
    assert!(worst < 1e-5 && most < 2e-6, "{worst} {most}");
}

/// Visits of the phase 3 rule: number, and days since the first dose.
const VISITS: [(usize, usize); 3] = [(1, 4), (2, 5), (3, 6)];

/// The first day on which the rule sees a count within 1e-4 of a threshold: an error of 1e-5 could
/// turn that decision.
fn near_day(rule: &StoppingRule, subject: usize, counts: &[f64], last_h: f64) -> Option<usize> {
    let baseline = noisy(subject, 0, counts[0]);
    let near = |count: f64, threshold: f64| (count - threshold).abs() <= 1e-4 * threshold;
    let mut reached = VISITS.into_iter().take_while(|(_, day)| 24.0 * *day as f64 <= last_h);
    reached.find_map(|(visit, day)| {
        let count = noisy(subject, visit, counts[day]);
        (near(count, rule.at_least) || near(count, baseline + rule.rise)).then_some(day)
    })
}

#[test]
fn val_only_counts_near_a_threshold_may_decide_otherwise_than_in_the_reference_engine() {
    for variant in Variant::ALL {
        let set = set(variant, Population::CLD);
        let subjects = 150;
        let ask = |rule: &StoppingRule, engine, tolerance| {
            let regimen: Regimen = format!("3 mg qd x7, {rule}").parse().unwrap();
            let mut request = Request::new(&set, &regimen);
            request.variability = varied(&VARIED, 0.8);
            request.measurement = &noisy;
            profiles(&with(&Request { subjects, ..request }, engine, tolerance))
        };
        // A threshold that is the count of one subject on day 6, who has risen enough and was below
        // it on day 5: an error as small as the engines' difference turns that decision.
        let never = StoppingRule { at_least: 1e6, ..StoppingRule::l_plus() };
        let all = ask(&never, Engine::Reference, 1e-10).platelets;
        let seen = |subject, visit, day| noisy(subject, visit, all[41 * subject + day]);
        let decides = |subject: &usize| {
            let [baseline, day_5, day_6] =
                [(0, 0), (1, 4), (2, 5)].map(|(visit, day)| seen(*subject, visit, day));
            day_5 < 0.9 * day_6 && day_6 > 1.1 * (baseline + 20.0)
        };
        let planted = (0..subjects).find(decides).unwrap();
        let at_least = seen(planted, 2, 5);
        for rule in [StoppingRule::l_plus(), StoppingRule { at_least, ..StoppingRule::l_plus() }] {
            let lanes = ask(&rule, Engine::Lanes, 1e-6);
            let exact = ask(&rule, Engine::Reference, 1e-10);
            let mut near = Vec::new();
            for subject in 0..subjects {
                let (ours, theirs) = (lanes.endings[subject], exact.endings[subject]);
                let [found, counts] =
                    [&lanes, &exact].map(|all| &all.platelets[41 * subject..][..41]);
                let last_h = theirs.omitted_at[0].unwrap_or(f64::INFINITY);
                let near_on = near_day(&rule, subject, counts, last_h);
                near.extend(near_on.map(|_| subject));
                assert!(
                    near_on.is_some() || ours.omitted_at[0] == theirs.omitted_at[0],
                    "{subject}"
                );
                for (a, b) in found.iter().zip(counts).take(near_on.map_or(41, |day| day + 1)) {
                    assert!((a - b).abs() < 1e-5 * b, "{variant} {subject}: {a} {b}");
                }
            }
            let stopped = exact.endings.iter().filter(|e| e.omitted_at[0].is_some()).count();
            println!("{variant}, {rule}: {stopped} stopped, near {near:?}");
            assert!(stopped > 5 && stopped < subjects - 5 && near.len() < 5, "{stopped} {near:?}");
            assert!(rule == StoppingRule::l_plus() || near.contains(&planted), "{near:?}");
        }
    }
}

#[test]
fn invariant_a_subject_outside_the_range_is_reported_and_disturbs_no_one() {
    let regimen: Regimen = "3 mg qd x7".parse().unwrap();
    let set = set(Variant::B, Population::CLD);
    let mut request = Request::new(&set, &regimen);
    // A share of 0.8 with omega 0.2 lies above 1 in about one patient of eight.
    request.variability = varied(&["w"], 0.2);
    request.subjects = 100;
    let (lanes, exact) = (
        profiles(&request),
        profiles(&with(&request, Engine::Reference, request.settings.tolerance)),
    );
    let failed = lanes.endings.iter().filter(|e| e.failure == Some(Reason::Parameters)).count();
    assert!((5..30).contains(&failed), "{failed}");
    for (ours, theirs) in lanes.endings.iter().zip(&exact.endings) {
        assert_eq!(ours.failure, theirs.failure);
    }
}

#[test]
fn invariant_summaries_are_what_the_profiles_say() {
    let regimen: Regimen = "3 mg qd x7".parse().unwrap();
    let set = set(Variant::B, Population::CLD);
    let mut request = Request::new(&set, &regimen);
    request.variability = varied(&["kc", "plt0"], 0.8);
    request.subjects = 501;
    let all = profiles(&request);
    let mut endpoints = Endpoints::default();
    population(&request, &mut endpoints, &|_| {}).unwrap();
    assert!(endpoints.endings == all.endings);
    let mut exact = Summary::new(&request, &[0.0, 0.05, 0.5, 1.0], &[50.0]);
    // Pretend that there are more subjects than can be kept.
    let many = Request { subjects: 1_000_000, ..request.clone() };
    let mut binned = Summary::new(&many, &[0.0, 0.05, 0.5, 1.0], &[50.0]);
    for keep in [&mut exact as &mut dyn Keep, &mut binned] {
        population(&request, keep, &|_| {}).unwrap();
    }
    assert!(exact.quantile_error() < f64::EPSILON && binned.quantile_error() < 5e-4);
    for (day, (exact, rough)) in exact.rows().iter().zip(&binned.rows()).enumerate() {
        let mut counts: Vec<f64> = all.platelets.iter().skip(day).step_by(41).copied().collect();
        counts.sort_by(f64::total_cmp);
        assert_eq!(exact.quantiles, [counts[0], counts[25], counts[250], counts[500]]);
        for (exact, rough) in exact.quantiles.iter().zip(&rough.quantiles) {
            assert!((exact - rough).abs() <= 4.9e-4 * exact, "{exact} {rough}");
        }
        let above = counts.iter().filter(|count| **count >= 50.0).count() as f64 / 501.0;
        assert_eq!(exact.at_or_above, [above]);
        assert_eq!(exact.at_or_above, rough.at_or_above);
    }
}
