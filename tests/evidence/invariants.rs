//! What must hold for any parameters and any regimen.

use crate::common::{
    DAYS, Solved, conc, count, patient, patient_of, regimen, run, set_of, solve, theta_of, tight,
};
use approx::{assert_abs_diff_eq, assert_relative_eq};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use thrombopoiesis::error::Error;
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::published::farrell_2014::Farrell2014;
use thrombopoiesis::model::published::katsube_2019::Katsube2019;
use thrombopoiesis::model::published::shimizu_2021::Full;
use thrombopoiesis::model::published::wang_2010::Wang2010;
use thrombopoiesis::model::{
    Mechanistic, ParameterSet, Population, Variant, Written, parameter_set,
};
use thrombopoiesis::regimen::{Dose, Regimen, StoppingRule};
use thrombopoiesis::simulate::Fate::{Missed, Stopped, Taken};
use thrombopoiesis::simulate::{self, Fate};
use thrombopoiesis::units::{Amount, Route, Time};

type B1 = Mechanistic<1>;

/// Rounding, accumulated over a hundred days: nothing drives the state away from an equilibrium.
const AT_REST: f64 = 1e-9;
/// Sums of amounts are linear invariants, which a Runge-Kutta method keeps to rounding.
const MASS: f64 = 1e-9;
/// Two integrations of one problem with other steps: a tenth of what the default options promise.
const SAME_CURVE: f64 = 1e-7;

/// Symbols that do not vary freely: choices, flags, and counts of stages.
const CHOICES: [&str; 6] =
    ["n_platelet_stages", "female", "east_asian", "south_asian", "cld", "child_pugh_score"];

/// Random admissible parameters: shares and fractions anywhere, other numbers within a factor of
/// two of what the file says, which keeps the equilibria of the cell chains well conditioned.
fn randomised(set: &ParameterSet, rng: &mut ChaCha8Rng) -> ParameterSet {
    let mut random = set.clone();
    let symbols: Vec<_> =
        set.entries.iter().filter_map(|e| Some((e.symbol.clone(), e.value?))).collect();
    for (symbol, value) in symbols {
        let range = set.symbol(&symbol).unwrap().range;
        let is_floor_without_one = symbol == "eb" && set.variant.is_additive();
        if CHOICES.contains(&symbol.as_str()) || is_floor_without_one {
            continue;
        }
        let bounded = range.max.is_finite();
        let new = if bounded {
            rng.random::<f64>()
        } else {
            value * 2.0_f64.powf(rng.random_range(-1.0..1.0))
        };
        if random.set(&symbol, new).is_err() {
            random.set(&symbol, value).unwrap();
        }
    }
    random
}

fn assert_at_baseline(set: &ParameterSet) {
    let theta = set.theta();
    for options in [tight(), Options::default()] {
        let mut patient = patient_of(&set.model, &theta, &Regimen::placebo(), options);
        // In pieces, so that fast processes do not use up the steps of one call.
        for day in (10..=100).step_by(10) {
            patient.advance_to(Time::days(f64::from(day))).unwrap();
        }
        let trajectory = patient.into_trajectory();
        let start = trajectory.equations().baseline();
        let plt0 = set.value("plt0").unwrap();
        for day in [1.0, 10.0, 50.0, 100.0] {
            let time = Time::days(day);
            let now = trajectory.at(time).unwrap();
            for (now, start) in now.iter().zip(&start) {
                assert_relative_eq!(*now, *start, max_relative = AT_REST);
            }
            assert_relative_eq!(count(&trajectory, time), plt0, max_relative = AT_REST);
        }
    }
}

/// Every shipped model in every population it describes, in every variant it has.
fn all_sets() -> Vec<ParameterSet> {
    let mut sets = Vec::new();
    for population in [Population::CLD, Population::HEALTHY] {
        for name in thrombopoiesis::model::MODEL_NAMES {
            let Ok(set) = parameter_set(name, population) else { continue };
            let variants = if name == "mechanistic" { &Variant::ALL[..] } else { &[Variant::B] };
            for variant in variants {
                let mut set = set.clone();
                set.variant = *variant;
                sets.push(set);
            }
        }
    }
    sets
}

#[test]
fn invariant_without_drug_every_model_stays_at_baseline() {
    let sets = all_sets();
    assert_eq!(
        sets.len(),
        5 + 4 + 2 + 4,
        "five models and three more variants in liver disease; three models in health"
    );
    for set in &sets {
        assert_at_baseline(set);
    }
}

#[test]
fn prop_without_drug_1000_random_patients_stay_at_baseline() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let sets = all_sets();
    for i in 0..1000 {
        let set = randomised(&sets[i % sets.len()], &mut rng);
        assert_at_baseline(&set);
    }
}

/// Doses at 0 and 24 h, sampled while much is still in the gut and long after.
const SAMPLES_H: [f64; 5] = [0.5, 5.0, 24.0, 25.0, 400.0];

/// Drug given so far, in mg: two doses of `f1 · mg`, each after its lag.
fn given(f1_mg: f64, tlag: f64, time_h: f64) -> f64 {
    [0.0, 24.0].iter().filter(|dose_h| time_h > *dose_h + tlag).count() as f64 * f1_mg
}

#[test]
fn invariant_drug_given_is_in_the_body_or_eliminated() {
    let theta = theta_of("katsube_2019", &[("wt", 80.0)]);
    let katsube = solve::<Katsube2019, f64>(&theta, "3 mg qd x2", DAYS, Options::default());
    let theta = theta_of("mechanistic", &[]);
    let mechanistic = solve::<B1, f64>(&theta, "3 mg qd x2", DAYS, Options::default());
    let theta = theta_of("shimizu_2021", &[]);
    let shimizu = solve::<Full, f64>(&theta, "3 mg qd x2", DAYS, Options::default());
    let theta = theta_of("farrell_2014", &[]);
    let farrell = solve::<Farrell2014, f64>(&theta, "3 mg qd x2", DAYS, Options::default());
    for time_h in SAMPLES_H {
        let time = Time::hours(time_h);
        // ng·h/mL times L/h is µg.
        let mg = |area: f64, clearance: f64| area * clearance / 1000.0;

        let p = katsube.parameters().pk;
        let y = katsube.at(time).unwrap().pk;
        let body = y.depot + y.central + y.peripheral1 + y.peripheral2;
        let out = mg(katsube.conc_area(time).unwrap(), p.cl);
        assert_abs_diff_eq!(body + out, given(3.0 * p.f1, p.tlag, time_h), epsilon = MASS);

        let p = mechanistic.parameters().pk;
        let y = mechanistic.at(time).unwrap().pk;
        let body = y.depot + y.central + y.peripheral1 + y.peripheral2;
        let out = mg(mechanistic.conc_area(time).unwrap(), p.cl);
        assert_abs_diff_eq!(body + out, given(3.0 * p.f1, p.tlag, time_h), epsilon = MASS);

        let p = shimizu.parameters().block;
        let y = shimizu.at(time).unwrap();
        let body = y.depot + y.central + y.peripheral1 + y.peripheral2;
        let out = mg(shimizu.conc_area(time).unwrap(), p.ke * p.vc / 24.0);
        assert_abs_diff_eq!(body + out, given(3.0 * p.f1, 0.0, time_h), epsilon = MASS);

        let p = farrell.parameters().pk;
        let y = farrell.at(time).unwrap();
        let body = y.depot + y.central + y.peripheral;
        let out = mg(farrell.conc_area(time).unwrap(), p.cl);
        assert_abs_diff_eq!(body + out, given(3.0, p.tlag, time_h), epsilon = MASS);
    }
}

/// Romiplostim is also lost with its receptor, which no area measures: without internalisation the
/// free concentration accounts for everything, with it the rates must.
#[test]
fn invariant_romiplostim_given_is_in_the_body_or_eliminated() {
    let theta = theta_of("wang_2010", &[("kint", 0.0)]);
    let trajectory = solve::<Wang2010, f64>(&theta, "3 ug/kg sc qd x2", DAYS, Options::default());
    let p = trajectory.parameters().block;
    for time_h in SAMPLES_H {
        let time = Time::hours(time_h);
        let y = trajectory.at(time).unwrap();
        let out = trajectory.conc_area(time).unwrap() * p.kel * p.vc;
        let body = y.depot + y.central + y.peripheral;
        assert_abs_diff_eq!(body + out, given(3.0 * p.f1, 0.0, time_h), epsilon = MASS);
    }

    let theta = theta_of("wang_2010", &[]);
    let trajectory = solve::<Wang2010, f64>(&theta, "3 ug/kg sc qd x2", DAYS, Options::default());
    let p = trajectory.parameters();
    for time_h in SAMPLES_H {
        let y = trajectory.at(Time::hours(time_h)).unwrap();
        let rates = Wang2010::derivatives(p, &y);
        let (ctot, cf) = (y.central / p.block.vc, Wang2010::conc(p, &y));
        let lost = p.block.kel * cf * p.block.vc + p.block.kint * (ctot - cf) * p.block.vc;
        let change = rates.depot + rates.central + rates.peripheral;
        assert_relative_eq!(-change, lost, max_relative = MASS);
    }
}

/// A regimen with every dose later by some hours.
fn later(regimen: &Regimen, by_h: f64) -> Regimen {
    let shift = |dose: &Dose| Dose { time: Time::hours(dose.time.in_hours() + by_h), ..*dose };
    Regimen::new(regimen.planned().iter().map(shift).collect(), None).unwrap()
}

/// A course that every model describes.
fn course_of(set: &ParameterSet) -> Regimen {
    regimen(if set.model == "wang_2010" { "1 ug/kg sc qd x3" } else { "3 mg qd x3" })
}

fn assert_translated(set: &ParameterSet, by_h: f64) {
    let now = run(set, &course_of(set), 30.0);
    let then = run(set, &later(&course_of(set), by_h), 40.0);
    let cmax = now.conc().maximum().unwrap().value;
    for hour in (0..=720).step_by(12) {
        let (t, u) = (Time::hours(f64::from(hour)), Time::hours(f64::from(hour) + by_h));
        assert_relative_eq!(count(&now, t), count(&then, u), max_relative = SAME_CURVE);
        assert_abs_diff_eq!(conc(&now, t), conc(&then, u), epsilon = SAME_CURVE * cmax);
    }
    let (now, then) = (now.platelets().maximum().unwrap(), then.platelets().maximum().unwrap());
    assert_abs_diff_eq!(now.time_h + by_h, then.time_h, epsilon = TOP_H);
}

/// Tops are flat: where the curve is known to 1e-8, its top is within a few seconds.
const TOP_H: f64 = 5e-3;

#[test]
fn prop_doses_given_later_give_the_same_curve_later() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for set in all_sets() {
        let by_h = rng.random_range(0.01..200.0);
        assert_translated(&set, by_h);
    }
}

fn assert_split(set: &ParameterSet, stops: Vec<f64>) {
    let whole = run(set, &course_of(set), 20.0);
    let mut halting = patient_of(&set.model, &set.theta(), &course_of(set), Options::default());
    let cmax = whole.conc().maximum().unwrap().value;
    for stop in stops {
        let time = Time::hours(stop);
        halting.advance_to(time).unwrap();
        assert_relative_eq!(halting.platelets(), count(&whole, time), max_relative = SAME_CURVE);
        assert_abs_diff_eq!(halting.conc(), conc(&whole, time), epsilon = SAME_CURVE * cmax);
    }
    halting.advance_to(Time::days(20.0)).unwrap();
    let halting = halting.into_trajectory();
    for day in 0..=20 {
        let time = Time::days(f64::from(day));
        assert_relative_eq!(count(&halting, time), count(&whole, time), max_relative = SAME_CURVE);
    }
    assert_relative_eq!(
        halting.conc_area(Time::days(20.0)).unwrap(),
        whole.conc_area(Time::days(20.0)).unwrap(),
        max_relative = SAME_CURVE
    );
}

#[test]
fn prop_stopping_to_look_changes_nothing() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for set in all_sets() {
        let mut stops: Vec<f64> = (0..40).map(|_| rng.random_range(0.0..480.0)).collect();
        stops.extend([24.0, 24.0, 24.0 + 1e-10, 48.0]);
        stops.sort_by(f64::total_cmp);
        assert_split(&set, stops);
    }
}

/// The largest difference that the regimen makes to the count.
fn effect(set: &ParameterSet, regimen: &Regimen) -> f64 {
    let (drug, none) = (run(set, regimen, 30.0), run(set, &Regimen::placebo(), 30.0));
    let difference = |day: u32| {
        let time = Time::days(f64::from(day));
        count(&drug, time) - count(&none, time)
    };
    (0..=30).map(difference).fold(0.0, f64::max)
}

#[test]
fn invariant_a_dose_raises_the_count_and_more_raises_it_more() {
    // 10⁹/L; the weakest of the courses, 3 mg of eltrombopag, raises the count by half of one.
    const VISIBLE: f64 = 0.3;
    for set in all_sets() {
        let course = course_of(&set);
        let once = Regimen::new(course.planned()[..1].to_vec(), None).unwrap();
        let one = effect(&set, &once);
        let all = effect(&set, &course);
        assert!(one > VISIBLE && all > one + VISIBLE, "{}: {one} and {all}", set.model);
    }
}

#[test]
fn invariant_a_drug_without_potency_is_placebo() {
    // At 1e12 ng/mL the effect of 150 is a ten-thousandth of a millionth.
    let theta = theta_of("mechanistic", &[("kc", 1e12)]);
    let drug = solve::<B1, f64>(&theta, "3 mg qd x7", DAYS, Options::default());
    let theta = theta_of("katsube_2019", &[("slop", 0.0)]);
    let katsube = solve::<Katsube2019, f64>(&theta, "3 mg qd x7", DAYS, Options::default());
    for day in 0..=40 {
        let time = Time::days(f64::from(day));
        assert_abs_diff_eq!(count(&drug, time) - 39.2, 0.0, epsilon = 39.2 * AT_REST);
        assert_abs_diff_eq!(count(&katsube, time) - 39.2, 0.0, epsilon = 39.2 * AT_REST);
        assert!(day == 0 || conc(&drug, time) > 0.0);
    }
}

#[test]
fn invariant_a_regimen_of_missed_doses_is_placebo_and_a_missed_dose_is_no_dose() {
    let theta = theta_of("mechanistic", &[]);
    let solve = |text: &str| solve::<B1, f64>(&theta, text, DAYS, Options::default());
    let (missed, placebo) = (solve("3 mg qd x3, miss 1 2 3"), solve("placebo"));
    let (without_4, listed) = (solve("3 mg qd x7, miss 4"), solve("3 mg at 0 24 48 96 120 144 h"));
    let with_4 = solve("3 mg qd x7");
    for day in 0..=40 {
        let time = Time::days(f64::from(day));
        // The same events at the same times: the same operations, bit for bit.
        assert_eq!(missed.at(time).unwrap(), placebo.at(time).unwrap());
        assert_eq!(without_4.at(time).unwrap(), listed.at(time).unwrap());
    }
    let day_9 = Time::days(9.0);
    assert!(count(&with_4, day_9) - count(&without_4, day_9) > 1.0);
}

/// Platelets given, 10⁹.
const N_1E9: f64 = 300.0;

fn assert_transfused(set: &ParameterSet, rise: f64) {
    let mut given = patient_of(&set.model, &set.theta(), &regimen("3 mg qd x7"), tight());
    given.plan_transfusion(Time::days(5.0), N_1E9);
    given.advance_to(Time::days(5.0)).unwrap();
    let before = given.platelets();
    given.advance_to(Time::hours(120.0 + 1e-8)).unwrap();
    // Exact but for 1e-8 h of further change.
    assert_abs_diff_eq!(given.platelets() - before, rise, epsilon = 1e-8);
    let trajectory = given.into_trajectory();
    let before = trajectory.at(Time::hours(120.0)).unwrap();
    let after = trajectory.at(Time::hours(120.0 + 1e-8)).unwrap();
    let changes: Vec<f64> = after.iter().zip(&before).map(|(a, b)| a - b).collect();
    let stages = set.value("n_platelet_stages").unwrap();
    let part = rise / set.value("plt0").unwrap() / stages;
    let raised = changes.iter().filter(|change| change.abs() > 1e-6);
    assert_abs_diff_eq!(raised.clone().count() as f64, stages, epsilon = 0.0);
    for change in raised {
        assert_abs_diff_eq!(*change, part, epsilon = 1e-8);
    }
}

#[test]
fn analytic_a_transfusion_raises_the_count_by_its_share_in_equal_parts() {
    for (stages, fs, bv) in [(1.0, 0.79, 5.0), (5.0, 0.3, 4.0)] {
        let changes = [("fs", fs), ("bv", bv), ("n_platelet_stages", stages), ("d", 0.03)];
        let set = set_of("mechanistic", Population::CLD, Variant::B, &changes);
        assert_transfused(&set, N_1E9 * (1.0 - fs) / bv);
    }
}

#[test]
fn invariant_only_the_mechanistic_model_describes_transfusions() {
    let theta = theta_of("katsube_2019", &[]);
    let mut patient = patient::<Katsube2019, f64>(&theta, &Regimen::placebo(), Options::default());
    patient.plan_transfusion(Time::days(1.0), 300.0);
    assert!(matches!(patient.advance_to(Time::days(2.0)), Err(Error::Contradiction { .. })));
}

#[test]
fn invariant_a_route_that_a_model_does_not_describe_is_an_error() {
    let theta = theta_of("mechanistic", &[]);
    for text in ["3 mg iv once", "3 mg sc once"] {
        let mut patient = patient::<B1, f64>(&theta, &regimen(text), Options::default());
        assert!(matches!(patient.advance_to(Time::days(2.0)), Err(Error::NotIn { .. })));
    }
    let theta = theta_of("wang_2010", &[]);
    let mut patient =
        patient::<Wang2010, f64>(&theta, &regimen("3 ug/kg once"), Options::default());
    assert!(matches!(patient.advance_to(Time::days(2.0)), Err(Error::NotIn { .. })));
}

fn ruled_by(rule: StoppingRule, text: &str) -> Regimen {
    let mut regimen = regimen(text);
    regimen.stopping_rule = Some(rule);
    regimen
}

/// Parameters under which the count passes 50 and +20 within the days of the rule: the drug is ten
/// times as potent and the cells mature in two days.
const QUICK: [(&str, f64); 3] = [("kc", 15.0), ("tmk", 2.0), ("taun", 0.1)];

#[test]
fn invariant_the_stopping_rule_omits_that_days_and_later_doses() {
    let set = set_of("mechanistic", None, Variant::B, &QUICK);
    let theta = set.theta();
    let free = solve::<B1, f64>(&theta, "3 mg qd x7", DAYS, Options::default());
    let rise = |day: f64| count(&free, Time::visit_day(day)) - 39.2;
    // The rule is drawn so that it is met on day 6 and not on day 5.
    let threshold = 0.5 * (rise(5.0) + rise(6.0));
    let rule = StoppingRule { visit_days: vec![5.0, 6.0, 7.0], at_least: 50.0, rise: threshold };
    assert!(rise(5.0) < threshold && rise(6.0) > threshold && threshold > 10.8);
    let ruled = ruled_by(rule.clone(), "3 mg qd x7");
    let course =
        simulate::course(&set.model, &theta, &ruled, Time::days(DAYS), Options::default()).unwrap();
    assert_eq!(course.stopped_at.unwrap().in_days().to_string(), "5");
    let fates: Vec<Fate> = course.doses.iter().map(|(_, fate)| *fate).collect();
    assert_eq!(fates, [Taken, Taken, Taken, Taken, Taken, Stopped, Stopped]);
    let five = solve::<B1, f64>(&theta, "3 mg qd x5", DAYS, Options::default());
    for day in 0..=40 {
        let time = Time::days(f64::from(day));
        assert_relative_eq!(
            count(&course.trajectory, time),
            count(&five, time),
            max_relative = SAME_CURVE
        );
    }
    assert!(count(&free, Time::days(9.0)) - count(&five, Time::days(9.0)) > 1.0);

    // A missed dose is missed, not stopped; a rule never met stops nothing.
    let ruled = ruled_by(rule.clone(), "3 mg qd x7, miss 2 7");
    let course =
        simulate::course(&set.model, &theta, &ruled, Time::days(DAYS), Options::default()).unwrap();
    let fates: Vec<Fate> = course.doses.iter().map(|(_, fate)| *fate).collect();
    assert_eq!((fates[1], fates[6]), (Missed, Missed));
    let never = StoppingRule { rise: 1e4, ..rule.clone() };
    let ruled = ruled_by(never, "3 mg qd x7");
    let course =
        simulate::course(&set.model, &theta, &ruled, Time::days(DAYS), Options::default()).unwrap();
    assert!(course.stopped_at.is_none());
    assert!(course.doses.iter().all(|(_, fate)| *fate == Taken));

    // The order in which visit days are written does not matter.
    let backwards = StoppingRule { visit_days: vec![7.0, 6.0, 5.0], ..rule };
    let ruled = ruled_by(backwards, "3 mg qd x7");
    let course =
        simulate::course(&set.model, &theta, &ruled, Time::days(DAYS), Options::default()).unwrap();
    let fates: Vec<Fate> = course.doses.iter().map(|(_, fate)| *fate).collect();
    assert_eq!(fates, [Taken, Taken, Taken, Taken, Taken, Stopped, Stopped]);
    assert_relative_eq!(
        count(&course.trajectory, Time::days(12.0)),
        count(&five, Time::days(12.0)),
        max_relative = SAME_CURVE
    );
}

#[test]
fn analytic_the_stopping_rule_needs_both_of_its_conditions() {
    let rule = StoppingRule::l_plus();
    for (count, baseline, is_met) in
        [(50.0, 30.0, true), (49.9, 20.0, false), (55.0, 35.1, false), (70.0, 50.0, true)]
    {
        assert_eq!(rule.is_met(count, baseline), is_met, "{count} from {baseline}");
    }
}

#[test]
fn invariant_a_sample_at_the_time_of_a_dose_is_taken_before_it() {
    let theta = theta_of("wang_2010", &[]);
    let mut patient =
        patient::<Wang2010, f64>(&theta, &regimen("10 ug/kg iv qd x2"), Options::default());
    patient.advance_to(Time::hours(0.0)).unwrap();
    assert_abs_diff_eq!(patient.conc(), 0.0, epsilon = 0.0);
    patient.advance_to(Time::hours(24.0)).unwrap();
    let trough = patient.conc();
    patient.advance_to(Time::hours(24.001)).unwrap();
    let after = patient.conc();
    // The dose alone is 10 µg/kg over 0.0683 L/kg, 146 ng/mL.
    assert!(after - trough > 100.0, "{trough} and {after}");
    let trajectory = patient.into_trajectory();
    assert_abs_diff_eq!(conc(&trajectory, Time::hours(0.0)), 0.0, epsilon = 0.0);
    assert_abs_diff_eq!(conc(&trajectory, Time::hours(24.0)), trough, epsilon = 1e-9);
    assert_abs_diff_eq!(conc(&trajectory, Time::hours(24.001)), after, epsilon = 1e-6);
}

#[test]
fn invariant_advancing_to_the_past_changes_nothing() {
    let theta = theta_of("mechanistic", &[]);
    let mut patient = patient::<B1, f64>(&theta, &regimen("3 mg qd x7"), Options::default());
    patient.advance_to(Time::days(3.0)).unwrap();
    let before = (patient.time(), patient.platelets(), patient.conc());
    for past_h in [-5.0, 0.0, 71.0, 72.0] {
        patient.advance_to(Time::hours(past_h)).unwrap();
        assert_eq!((patient.time(), patient.platelets(), patient.conc()), before);
    }
    assert!(matches!(
        patient.advance_to(Time::hours(f64::INFINITY)),
        Err(Error::OutOfRange { .. })
    ));
}

#[test]
fn invariant_times_outside_the_simulation_are_errors() {
    let theta = theta_of("mechanistic", &[]);
    let trajectory = solve::<B1, f64>(&theta, "3 mg qd x7", 10.0, Options::default());
    for time_h in [-0.1, 240.1, f64::NAN, f64::INFINITY] {
        let outside = trajectory.at(Time::hours(time_h));
        assert!(matches!(outside, Err(Error::OutOfRange { .. })), "{time_h}");
    }
    assert!(trajectory.at(Time::hours(240.0)).is_ok());
    assert!(trajectory.exposure(Time::hours(24.0), Time::hours(24.0)).is_err());
}

/// A dose within 1.46 h of the one before puts off that one's change to fast absorption, and the
/// absorbed drug of the earlier dose is slow again.
#[test]
fn invariant_farrell_2014_a_dose_supersedes_the_change_of_absorption_before_it() {
    let theta = theta_of("farrell_2014", &[]);
    let solve = |text: &str| solve::<Farrell2014, f64>(&theta, text, 2.0, Options::default());
    let ka_at = |trajectory: &Solved<Farrell2014, f64>, time_h: f64| {
        trajectory.at(Time::hours(time_h)).unwrap().ka
    };
    let (close, far) = (solve("25 mg at 0 1 h"), solve("25 mg at 0 2 h"));
    let (early, late) = (0.333, 5.26);
    for (trajectory, time_h, expected) in [
        (&close, 0.5, early),
        (&close, 1.46 + 1e-6, early),
        (&close, 2.46, early),
        (&close, 2.46 + 1e-6, late),
        (&far, 1.46, early),
        (&far, 1.46 + 1e-6, late),
        (&far, 2.0, late),
        (&far, 2.0 + 1e-6, early),
        (&far, 3.46 + 1e-6, late),
    ] {
        assert_abs_diff_eq!(ka_at(trajectory, time_h), expected, epsilon = 0.0);
    }
    // Both amounts arrive all the same.
    let y = close.at(Time::hours(48.0)).unwrap();
    let out = close.conc_area(Time::hours(48.0)).unwrap() * close.parameters().pk.cl / 1000.0;
    assert_abs_diff_eq!(y.depot + y.central + y.peripheral + out, 50.0, epsilon = 50.0 * MASS);
}

#[test]
fn invariant_doses_per_kg_and_in_mg_agree_at_the_patients_weight() {
    let per_kg = Dose {
        time: Time::hours(0.0),
        amount: Amount::UgPerKg(50.0),
        route: Route::Oral,
        missed: false,
    };
    let in_mg = Dose { amount: Amount::Mg(3.2), ..per_kg };
    let set = parameter_set("mechanistic", Population::CLD).unwrap();
    let [per_kg, in_mg] =
        [per_kg, in_mg].map(|dose| run(&set, &Regimen::new(vec![dose], None).unwrap(), 10.0));
    let day_2 = Time::days(2.0);
    assert_relative_eq!(conc(&per_kg, day_2), conc(&in_mg, day_2), max_relative = AT_REST);
    let set = parameter_set("wang_2010", None).unwrap();
    let [per_kg, in_mg] =
        ["10 ug/kg iv once", "0.7 mg iv once"].map(|text| run(&set, &regimen(text), 10.0));
    assert_relative_eq!(conc(&per_kg, day_2), conc(&in_mg, day_2), max_relative = AT_REST);
}

fn assert_positive(set: &ParameterSet) {
    let trajectory = run(set, &course_of(set), 40.0);
    for day in 0..=40 {
        let state = trajectory.at(Time::days(f64::from(day))).unwrap();
        // What is left of the drug may be noise of the size of a step's error.
        assert!(state.iter().all(|number| *number >= -1e-9), "{state:?}");
    }
}

#[test]
fn invariant_states_stay_positive_under_drug() {
    for set in all_sets() {
        assert_positive(&set);
    }
}

/// Covariates act as their equations say: (K1) to (K3) and (F6) to (F8), each alone.
#[test]
fn analytic_covariates_act_as_their_equations_say() {
    let katsube = |changes: &[(&str, f64)]| {
        Katsube2019::individual(&theta_of("katsube_2019", changes)).unwrap()
    };
    let typical = katsube(&[]);
    let heavy = katsube(&[("wt", 128.0), ("e_wt_cl", 0.75)]);
    assert_relative_eq!(heavy.pk.vc, 2.0 * typical.pk.vc, max_relative = AT_REST);
    assert_relative_eq!(heavy.pk.vp1, 2.0 * typical.pk.vp1, max_relative = AT_REST);
    assert_relative_eq!(heavy.pk.vp2, typical.pk.vp2, max_relative = AT_REST);
    assert_relative_eq!(heavy.pk.cl, 2.0_f64.powf(0.75) * typical.pk.cl, max_relative = AT_REST);
    for (score, factor) in [(5.0, 1.0), (8.0, 1.0), (9.0, 1.69), (13.0, 1.69)] {
        let slop = katsube(&[("child_pugh_score", score)]).pd.slop;
        assert_relative_eq!(slop, factor * 9.09, max_relative = AT_REST);
    }

    let farrell = |female, east_asian, south_asian, cld, child_pugh_score| {
        let changes = [
            ("female", female),
            ("east_asian", east_asian),
            ("south_asian", south_asian),
            ("cld", cld),
            ("child_pugh_score", child_pugh_score),
        ];
        let p = Farrell2014::individual(&theta_of("farrell_2014", &changes)).unwrap();
        [p.pk.cl / 0.953, p.pk.vc / 9.75, p.pd.slop / 0.648]
    };
    for (factors, expected) in [
        (farrell(0.0, 0.0, 0.0, 0.0, 7.0), [1.0, 1.0, 1.0]),
        (farrell(1.0, 0.0, 0.0, 0.0, 5.0), [0.622, 1.0, 1.0]),
        (farrell(0.0, 1.0, 0.0, 0.0, 5.0), [0.476, 1.0, 0.66]),
        (farrell(0.0, 0.0, 1.0, 0.0, 5.0), [1.0, 2.98, 1.0]),
        (farrell(0.0, 0.0, 0.0, 1.0, 5.0), [0.536, 1.0, 1.0]),
        (farrell(1.0, 0.0, 0.0, 1.0, 6.0), [0.622 * 0.536 * 0.887, 1.0, 1.0]),
    ] {
        for (factor, expected) in factors.into_iter().zip(expected) {
            assert_relative_eq!(factor, expected, max_relative = AT_REST);
        }
    }
}

/// Away from their values at rest, which they never leave, the progenitors of Shimizu 2021 go back.
#[test]
fn analytic_shimizu_2021_progenitors_return_to_their_values() {
    let p = Full::individual::<f64>(&theta_of("shimizu_2021", &[])).unwrap();
    let mut y = Full::baseline(&p);
    y.progenitor[0] = 3.0;
    y.progenitor[4] = 10.0;
    let rates = Full::derivatives(&p, &y).progenitor;
    let per_h = p.k0 / 24.0;
    assert_relative_eq!(rates[0], per_h * (1.0 - 3.0), max_relative = AT_REST);
    assert_relative_eq!(rates[1], per_h * (2.0 * 3.0 - 2.0), max_relative = AT_REST);
    assert_relative_eq!(rates[4], per_h * (16.0 - 10.0), max_relative = AT_REST);
    assert_relative_eq!(rates[5], per_h * (20.0 - 32.0), max_relative = AT_REST);
}

fn assert_conc_rate(set: &ParameterSet, rng: &mut ChaCha8Rng) {
    let p = set.model.individual(&set.theta()).unwrap();
    let start = p.baseline();
    let mut random = |size: f64| size.max(0.01) * rng.random_range(0.5..2.0);
    let state: Vec<f64> = start.iter().map(|number| random(*number)).collect();
    let rates: Vec<f64> = start.iter().map(|number| random(*number) - number).collect();
    let at = |by: f64| {
        let moved: Vec<f64> = state.iter().zip(&rates).map(|(y, r)| y + by * r).collect();
        p.conc(&moved)
    };
    // Central difference: h² times the curvature, with h = 1e-5.
    let expected = (at(1e-5) - at(-1e-5)) / 2e-5;
    assert_relative_eq!(p.conc_rate(&state, &rates), expected, max_relative = 1e-6);
}

#[test]
fn prop_the_rate_of_the_concentration_is_its_slope_along_the_rates() {
    let mut rng = ChaCha8Rng::seed_from_u64(10);
    for _ in 0..20 {
        for set in all_sets() {
            assert_conc_rate(&set, &mut rng);
        }
    }
}
