//! Endpoints of a curve: against closed forms where there are some, against a fine grid elsewhere.

use crate::common::{conc, count, patient, regimen, run, set_of, solve, theta_of, tight};
use approx::{assert_abs_diff_eq, assert_relative_eq};
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::published::katsube_2019::Katsube2019;
use thrombopoiesis::model::published::wang_2010::Wang2010;
use thrombopoiesis::model::{
    MODEL_NAMES, Mechanistic, ParameterSet, Population, Theta, Variant, parameter_set,
};
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::Trajectory;
use thrombopoiesis::units::Time;

type B1 = Mechanistic<1>;

/// The default options' promise for a curve.
const CURVE: f64 = 1e-7;
/// What the root finder resolves plus the error of the curve over its slope, h.
const TIME_H: f64 = 1e-5;

/// The pharmacokinetics with one compartment: no passage to the others.
const ONE_COMPARTMENT: [(&str, f64); 2] = [("q1", 0.0), ("q2", 0.0)];

/// The concentration after one dose at time 0 of one compartment with absorption (Bateman).
struct Bateman {
    ka: f64,
    ke: f64,
    /// F · dose/V, ng/mL.
    scale: f64,
    tlag: f64,
}

impl Bateman {
    fn of(p: &thrombopoiesis::model::pharmacokinetics::Parameters<f64>, mg: f64) -> Self {
        let scale = 1000.0 * p.f1 * mg / p.vc;
        Self { ka: p.ka, ke: p.cl / p.vc, scale, tlag: p.tlag }
    }

    fn at(&self, time_h: f64) -> f64 {
        let Self { ka, ke, scale, tlag } = *self;
        let t = time_h - tlag;
        if t <= 0.0 { 0.0 } else { scale * ka / (ka - ke) * ((-ke * t).exp() - (-ka * t).exp()) }
    }
}

// Closed form: Tmax = ln(ka/ke)/(ka − ke), AUC = F · dose/CL, half-life ln 2/ke.
#[test]
fn analytic_one_compartment_is_batemans() {
    let theta = theta_of("katsube_2019", &ONE_COMPARTMENT);
    let trajectory = solve::<Katsube2019, f64>(&theta, "3 mg once", 40.0, Options::default());
    let p = trajectory.parameters().pk;
    let bateman = Bateman::of(&p, 3.0);
    let Bateman { ka, ke, tlag, .. } = bateman;
    for hour in 0..200 {
        let time_h = f64::from(hour);
        // Rounding is relative to the maximum, about 150.
        assert_abs_diff_eq!(
            conc(&trajectory, Time::hours(time_h)),
            bateman.at(time_h),
            epsilon = 1e-5
        );
    }
    let tmax_h = (ka / ke).ln() / (ka - ke);
    let exposure = trajectory.exposure(Time::hours(0.0), Time::days(40.0)).unwrap();
    assert_abs_diff_eq!(exposure.tmax_h, tmax_h + tlag, epsilon = TIME_H);
    assert_relative_eq!(exposure.cmax, bateman.at(tmax_h + tlag), max_relative = CURVE);
    let terminal = trajectory.terminal().unwrap().unwrap();
    let auc = 1000.0 * p.f1 * 3.0 / p.cl;
    assert_relative_eq!(terminal.auc_inf, auc, max_relative = CURVE);
    // Nothing is left to extrapolate after 40 days, and the slope there is that of what is left.
    assert!(terminal.extrapolated < 1e-9);
    let early = solve::<Katsube2019, f64>(&theta, "3 mg once", 6.0, Options::default());
    // What is left in the depot after 6 days is 7e-10 of what is left in the body.
    let terminal = early.terminal().unwrap().unwrap();
    assert_relative_eq!(terminal.half_life_h, 2.0_f64.ln() / ke, max_relative = 1e-6);
    assert_relative_eq!(terminal.auc_inf, auc, max_relative = 1e-6);
    let rest = early.conc_area(Time::days(6.0)).unwrap() / auc;
    assert_relative_eq!(terminal.extrapolated, 1.0 - rest, max_relative = 1e-4);
}

#[test]
fn analytic_repeated_doses_superpose() {
    let theta = theta_of("katsube_2019", &ONE_COMPARTMENT);
    let trajectory =
        solve::<Katsube2019, f64>(&theta, "3 mg at 0 24 30 100 h", 10.0, Options::default());
    let bateman = Bateman::of(&trajectory.parameters().pk, 3.0);
    let sum = |time_h: f64| [0.0, 24.0, 30.0, 100.0].iter().map(|t| bateman.at(time_h - t)).sum();
    for half_hour in 0..480 {
        let time_h = f64::from(half_hour) / 2.0;
        let expected: f64 = sum(time_h);
        assert_abs_diff_eq!(conc(&trajectory, Time::hours(time_h)), expected, epsilon = 1e-5);
    }
    // With three compartments there is no such formula here, but one curve superposes the same.
    let theta = theta_of("katsube_2019", &[]);
    let once = solve::<Katsube2019, f64>(&theta, "3 mg once", 10.0, Options::default());
    let twice = solve::<Katsube2019, f64>(&theta, "3 mg at 0 30 h", 10.0, Options::default());
    for hour in (30..240).step_by(5) {
        let at = |trajectory, hour: i32| conc(trajectory, Time::hours(f64::from(hour)));
        assert_abs_diff_eq!(
            at(&twice, hour),
            at(&once, hour) + at(&once, hour - 30),
            epsilon = 1e-5
        );
    }
}

/// At steady state the area over an interval is that of one dose to infinity.
#[test]
fn analytic_accumulation_reaches_its_steady_state() {
    let theta = theta_of("katsube_2019", &ONE_COMPARTMENT);
    let trajectory = solve::<Katsube2019, f64>(&theta, "3 mg qd x30", 31.0, Options::default());
    let p = trajectory.parameters().pk;
    let last = trajectory.exposure(Time::days(29.0), Time::days(30.0)).unwrap();
    assert_relative_eq!(last.auc, 1000.0 * p.f1 * 3.0 / p.cl, max_relative = CURVE);
    let (cmax, auc) =
        trajectory.accumulation(Time::days(0.0), Time::days(29.0), Time::hours(24.0)).unwrap();
    let first = trajectory.exposure(Time::days(0.0), Time::days(1.0)).unwrap();
    assert_relative_eq!(auc, last.auc / first.auc, max_relative = CURVE);
    assert_relative_eq!(cmax, last.cmax / first.cmax, max_relative = CURVE);
    // The same fraction is left after each interval, so the area of the first follows.
    let Bateman { ka, ke, scale, tlag } = Bateman::of(&p, 3.0);
    let t = 24.0 - tlag;
    let part = |k: f64| (1.0 - (-k * t).exp()) / k;
    assert_relative_eq!(
        first.auc,
        scale * ka / (ka - ke) * (part(ke) - part(ka)),
        max_relative = CURVE
    );
}

/// After a pulse of the drug is gone, the count falls as the slowest of the chain's exponentials.
#[test]
fn analytic_the_last_platelets_are_lost_at_their_own_rate() {
    let changes = [("kout", 0.002), ("ktr", 0.1)];
    let theta = theta_of("katsube_2019", &[&changes[..], &ONE_COMPARTMENT[..]].concat());
    let trajectory = solve::<Katsube2019, f64>(&theta, "3 mg once", 80.0, tight());
    let above = |day: f64| count(&trajectory, Time::days(day)) - 39.2;
    assert_relative_eq!((above(60.0) / above(70.0)).ln() / 240.0, 0.002, max_relative = 1e-6);
}

/// Steps of the grid, h.
const GRID_H: f64 = 0.01;

fn compare_with_a_fine_grid(set: &ParameterSet, text: &str, level: f64) {
    let trajectory = run(set, &regimen(text), 40.0);
    let mut stretches = 0;
    let (mut maximum, mut time_h, mut above_h) = (f64::NEG_INFINITY, 0.0, 0.0);
    let (mut first_h, mut last_h, mut was_above) = (None, None, false);
    for i in 0..=96_000 {
        let at_h = f64::from(i) * GRID_H;
        let value = count(&trajectory, Time::hours(at_h));
        if value > maximum {
            (maximum, time_h) = (value, at_h);
        }
        let is_above = value >= level;
        if is_above {
            first_h.get_or_insert(at_h);
            last_h = Some(at_h);
            above_h += GRID_H;
            stretches += usize::from(!was_above);
        }
        was_above = is_above;
    }
    let found = trajectory.platelets().maximum().unwrap();
    // The grid cannot exceed the true maximum but for the curve's own noise, and misses less
    // than a second-order term of its step.
    assert!(found.value >= maximum * (1.0 - 1e-8), "{} and {maximum}", found.value);
    assert_relative_eq!(found.value, maximum, max_relative = CURVE);
    assert_abs_diff_eq!(found.time_h, time_h, epsilon = FLAT_TOP_H);
    let above = trajectory.platelets().at_or_above(level).unwrap();
    assert_eq!(above.intervals.len(), stretches);
    if let (Some(first), Some(last)) = (first_h, last_h) {
        assert_abs_diff_eq!(above.first_h().unwrap(), first, epsilon = GRID_H);
        assert_abs_diff_eq!(above.last_h().unwrap(), last, epsilon = GRID_H);
    }
    // Each stretch gains or loses at most one step at either end.
    let allowed = GRID_H * 2.0 * (stretches.max(1) as f64);
    assert_abs_diff_eq!(above.total_h(), above_h, epsilon = allowed);
}

/// The noise of the curve moves the grid's largest value along a flat top.
const FLAT_TOP_H: f64 = 0.25;

#[test]
fn val_endpoints_equal_those_of_a_fine_grid() {
    let b = |changes: &[(&str, f64)]| set_of("mechanistic", Population::CLD, Variant::B, changes);
    for (set, text, level) in [
        (b(&[]), "3 mg qd x7", 50.0),
        (b(&[]), "3 mg qd x7", 67.0),
        // Two courses: two stretches.
        (b(&[]), "3 mg at 0 24 48 72 96 120 144 480 504 528 552 576 600 624 h", 55.0),
        // Overshoot and rebound below baseline.
        (b(&[("gv", 0.25), ("lambda", 0.9), ("ktpo", 2.0)]), "6 mg qd x5", 60.0),
        (set_of("katsube_2019", Population::CLD, Variant::B, &[]), "3 mg qd x7", 50.0),
        (set_of("farrell_2014", Population::CLD, Variant::B, &[]), "25 mg qd x14", 60.0),
    ] {
        compare_with_a_fine_grid(&set, text, level);
    }
}

#[test]
fn val_maximum_concentration_equals_that_of_a_fine_grid() {
    let theta = theta_of("katsube_2019", &[]);
    let trajectory = solve::<Katsube2019, f64>(&theta, "3 mg qd x7", 10.0, Options::default());
    for day in 0..7 {
        let (from_h, to_h) = (f64::from(day) * 24.0, f64::from(day + 1) * 24.0);
        let grid = (0..=2400).map(|i| from_h + f64::from(i) * GRID_H);
        let value = |time_h: f64| conc(&trajectory, Time::hours(time_h));
        let best = grid.max_by(|a, b| value(*a).total_cmp(&value(*b))).unwrap();
        let exposure = trajectory.exposure(Time::hours(from_h), Time::hours(to_h)).unwrap();
        assert_relative_eq!(exposure.cmax, value(best), max_relative = 1e-6);
        assert_abs_diff_eq!(exposure.tmax_h, best - from_h, epsilon = GRID_H);
        // Trapezoids over 0.01 h are right to h² times the curvature.
        let trapezoid: f64 = (0..2400)
            .map(|i| {
                0.5 * GRID_H
                    * (value(from_h + f64::from(i) * GRID_H)
                        + value(from_h + f64::from(i + 1) * GRID_H))
            })
            .sum();
        assert_relative_eq!(exposure.auc, trapezoid, max_relative = 1e-5);
    }
}

fn assert_flat(set: &ParameterSet) {
    let plt0 = set.value("plt0").unwrap();
    let trajectory = run(set, &Regimen::placebo(), 40.0);
    let maximum = trajectory.platelets().maximum().unwrap();
    assert_relative_eq!(maximum.value, plt0, max_relative = CURVE);
    assert_abs_diff_eq!(maximum.time_h, 0.0, epsilon = 0.0);
    let above = trajectory.platelets().at_or_above(plt0 + 1.0).unwrap();
    assert!(above.intervals.is_empty());
    assert_eq!((above.first_h(), above.last_h()), (None, None));
    assert_abs_diff_eq!(above.total_h() + above.longest_h(), 0.0, epsilon = 0.0);
    let above = trajectory.platelets().at_or_above(plt0 - 1.0).unwrap();
    assert_eq!(above.intervals.len(), 1);
    assert_eq!((above.first_h(), above.last_h()), (Some(0.0), Some(960.0)));
    assert!(above.intervals[0].is_cut);
    assert_eq!(trajectory.platelets().return_to_baseline(0.05).unwrap(), None);
    let maximum = trajectory.conc().maximum().unwrap();
    assert_eq!((maximum.value, maximum.time_h), (0.0, 0.0));
    assert!(trajectory.terminal().unwrap().is_none());
}

#[test]
fn analytic_a_flat_curve_has_its_maximum_at_the_start_and_one_stretch_or_none() {
    for population in [Population::CLD, Population::HEALTHY] {
        for name in MODEL_NAMES {
            let Ok(set) = parameter_set(name, population) else { continue };
            assert_flat(&set);
        }
    }
    let set = set_of("mechanistic", Population::CLD, Variant::B, &[("plt0", 60.0)]);
    let trajectory = solve::<B1, f64>(&set.theta(), "placebo", 40.0, Options::default());
    assert_abs_diff_eq!(
        trajectory.platelets().at_or_above(50.0).unwrap().total_h(),
        960.0,
        epsilon = 0.0
    );
}

#[test]
fn analytic_two_courses_make_two_windows_and_the_end_cuts_the_last() {
    let theta = theta_of("mechanistic", &[]);
    let twice = "3 mg at 0 24 48 72 96 120 144 960 984 1008 1032 1056 1080 h";
    let trajectory = solve::<B1, f64>(&theta, twice, 90.0, Options::default());
    let above = trajectory.platelets().at_or_above(50.0).unwrap();
    let [one, two] = above.intervals[..] else { panic!("{above:?}") };
    assert!(!one.is_cut && !two.is_cut && one.to_h < two.from_h);
    assert_abs_diff_eq!(above.total_h(), one.length_h() + two.length_h(), epsilon = 1e-9);
    // Seven doses keep the count up longer than six.
    assert!(one.length_h() > two.length_h() + 1.0);
    assert_abs_diff_eq!(above.longest_h(), one.length_h(), epsilon = 0.0);
    assert_eq!((above.first_h(), above.last_h()), (Some(one.from_h), Some(two.to_h)));
    for crossing in [one.from_h, one.to_h, two.from_h, two.to_h] {
        assert_relative_eq!(count(&trajectory, Time::hours(crossing)), 50.0, max_relative = 1e-8);
    }
    // The first course alone, from 13 or so days on.
    let single = solve::<B1, f64>(&theta, "3 mg qd x7", 60.0, Options::default());
    let whole = single.platelets().at_or_above(50.0).unwrap();
    assert_abs_diff_eq!(one.length_h(), whole.total_h(), epsilon = 1e-3);

    let cut = solve::<B1, f64>(&theta, twice, 50.0, Options::default());
    let above = cut.platelets().at_or_above(50.0).unwrap();
    let [first, last] = above.intervals[..] else { panic!("{above:?}") };
    assert!(!first.is_cut && last.is_cut);
    assert_abs_diff_eq!(last.to_h, 1200.0, epsilon = 0.0);
}

#[test]
fn analytic_a_transfusion_that_jumps_over_the_level_starts_a_stretch_there() {
    let theta = theta_of("mechanistic", &[("lambda", 0.0)]);
    let mut patient = patient::<B1, f64>(&theta, &Regimen::placebo(), Options::default());
    // 39.2 + 500 · 0.21/5 = 60.2, which is lost with a residence of 6 d.
    patient.plan_transfusion(Time::days(3.0), 500.0);
    patient.advance_to(Time::days(30.0)).unwrap();
    let trajectory = patient.into_trajectory();
    let maximum = trajectory.platelets().maximum().unwrap();
    assert_relative_eq!(maximum.value, 60.2, max_relative = CURVE);
    assert_abs_diff_eq!(maximum.time_h, 72.0, epsilon = 1e-9);
    let above = trajectory.platelets().at_or_above(50.0).unwrap();
    let [stretch] = above.intervals[..] else { panic!("{above:?}") };
    assert_abs_diff_eq!(stretch.from_h, 72.0, epsilon = 1e-9);
    let days = 6.0 * (21.0_f64 / 10.8).ln();
    assert_abs_diff_eq!(stretch.length_h() / 24.0, days, epsilon = 1e-6);
    // Back within 5 % of baseline: 1.96 above it.
    let back = trajectory.platelets().return_to_baseline(0.05).unwrap().unwrap();
    assert_abs_diff_eq!(back / 24.0, 3.0 + 6.0 * (21.0_f64 / 1.96).ln(), epsilon = 1e-6);
    assert_abs_diff_eq!(count(&trajectory, Time::hours(back)), 1.05 * 39.2, epsilon = 1e-6);
    // A later jump within the stretch does not split it.
    let set = set_of("mechanistic", Population::CLD, Variant::B, &[("plt0", 49.0)]);
    let mut twice =
        crate::common::patient::<B1, f64>(&set.theta(), &regimen("placebo"), Options::default());
    twice.plan_transfusion(Time::days(3.0), 500.0);
    twice.plan_transfusion(Time::days(4.0), 500.0);
    twice.advance_to(Time::days(60.0)).unwrap();
    let above = twice.into_trajectory().platelets().at_or_above(50.0).unwrap();
    assert_eq!(above.intervals.len(), 1);
}

/// A bolus is at its maximum at once, and over any interval that starts before it.
#[test]
fn analytic_a_bolus_has_its_maximum_at_the_dose() {
    let theta = theta_of("wang_2010", &[("xi", 0.0), ("kint", 0.0)]);
    let trajectory = solve::<Wang2010, f64>(&theta, "10 ug/kg iv qd x2", 5.0, Options::default());
    let first = trajectory.exposure(Time::hours(0.0), Time::hours(24.0)).unwrap();
    // The free concentration where nothing binds but KD: with Rtot = 0 all drug is free.
    assert_relative_eq!(first.cmax, 10.0 / 0.0683, max_relative = CURVE);
    assert_abs_diff_eq!(first.tmax_h, 0.0, epsilon = 1e-9);
    let second = trajectory.exposure(Time::hours(20.0), Time::hours(48.0)).unwrap();
    assert_abs_diff_eq!(second.tmax_h, 4.0, epsilon = 1e-9);
    assert!(second.cmax > first.cmax);
}

#[test]
fn analytic_the_area_under_a_flat_count_is_a_rectangle() {
    let theta = theta_of("mechanistic", &[]);
    let trajectory = solve::<B1, f64>(&theta, "placebo", 40.0, Options::default());
    let area = trajectory.platelet_area(Time::days(10.0)).unwrap();
    assert_relative_eq!(area, 39.2 * 240.0, max_relative = CURVE);
}

#[test]
fn analytic_elapsed_days_and_visit_days_differ_by_one() {
    let theta = theta_of("mechanistic", &[]);
    let trajectory = solve::<B1, f64>(&theta, "3 mg qd x7", 40.0, Options::default());
    let maximum = trajectory.platelets().maximum().unwrap();
    assert_abs_diff_eq!(maximum.visit_day() - maximum.elapsed_days(), 1.0, epsilon = 1e-12);
    assert_abs_diff_eq!(Time::visit_day(8.0).in_days(), 7.0, epsilon = 0.0);
    assert_abs_diff_eq!(Time::visit_day(1.0).in_hours(), 0.0, epsilon = 0.0);
}

/// No medicine: a count of 10 + 0.9 t + cos t, whose pairs of extremes lie 0.9 h apart.
mod ripple {
    use thrombopoiesis::error::Result;
    use thrombopoiesis::model::{
        Event, Panel, Readout, StateBlock, StateName, Symbol, Theta, Written,
    };
    use thrombopoiesis::numeric::Real;
    use thrombopoiesis::units::{Amount, Route};

    #[derive(Debug, Clone, Copy)]
    pub(super) struct Ripple;

    /// 10 + 0.9 t, then cos t and its slope.
    #[derive(Debug, Clone, Copy)]
    pub(super) struct State<T>([T; 3]);

    impl<T: Real> StateBlock<T> for State<T> {
        fn describe(_: &str, _: &'static str, names: &mut Vec<StateName>) {
            <[T; 3] as StateBlock<T>>::describe("y", "10^9/L", names);
        }
        fn read(next: &mut impl FnMut() -> T) -> Self {
            Self(StateBlock::read(next))
        }
        fn write(&self, put: &mut impl FnMut(T)) {
            self.0.write(put);
        }
        fn scaled(&self, factor: f64) -> Self {
            Self(StateBlock::<T>::scaled(&self.0, factor))
        }
    }

    impl Written for Ripple {
        const NAME: &'static str = "ripple";
        const TITLE: &'static str = "Ripple";
        const ROUTES: &'static [Route] = &[Route::Oral];
        const PANELS: &'static [Panel] = &[];
        const READOUTS: &'static [Readout] = &[];
        type Parameters<T: Real> = ();
        type State<T: Real> = State<T>;

        fn symbols() -> Vec<Symbol> {
            Vec::new()
        }
        fn individual<T: Real>(_: &Theta<T>) -> Result<()> {
            Ok(())
        }
        fn baseline<T: Real>((): &()) -> State<T> {
            State([T::constant(10.0), T::ONE, T::ZERO])
        }
        fn derivatives<T: Real>((): &(), y: &State<T>) -> State<T> {
            let [_, x, v] = y.0;
            State([T::constant(0.9), v, -x])
        }
        fn conc<T: Real>((): &(), _: &State<T>) -> T {
            T::ZERO
        }
        fn platelets<T: Real>((): &(), y: &State<T>) -> T {
            y.0[0] + y.0[1]
        }
        fn readouts<T: Real>((): &(), _: &State<T>) -> Vec<T> {
            Vec::new()
        }
        fn administer<T: Real>((): &(), _: Amount, _: Route) -> Result<Vec<(T, Event<T>)>> {
            Ok(Vec::new())
        }
    }
}

/// A step of the integrator may span a whole ripple: both of its extremes are found.
#[test]
fn analytic_pairs_of_extremes_within_one_step_are_found() {
    let options =
        Options { relative_tolerance: 1e-5, absolute_tolerance: 1e-6, ..Options::default() };
    for (k, level) in [(0.0, 11.44), (1.0, 17.07), (2.0, 22.72)] {
        let top_h = 0.9_f64.asin() + k * std::f64::consts::TAU;
        let value = |t: f64| 10.0 + 0.9 * t + t.cos();
        let trajectory = ripple_until(top_h + 1.0, options);
        let maximum = trajectory.platelets().maximum().unwrap();
        assert_relative_eq!(maximum.value, value(top_h), max_relative = 1e-5);
        assert_abs_diff_eq!(maximum.time_h, top_h, epsilon = 1e-3);
        let trajectory = ripple_until(top_h + 4.0, options);
        let above = trajectory.platelets().at_or_above(level).unwrap();
        let [ripple, rest] = above.intervals[..] else { panic!("{level}: {above:?}") };
        assert!(ripple.from_h < top_h && top_h < ripple.to_h && rest.is_cut);
        for crossing in [ripple.from_h, ripple.to_h, rest.from_h] {
            assert_abs_diff_eq!(value(crossing), level, epsilon = 1e-3);
        }
    }
}

fn ripple_until(end_h: f64, options: Options) -> Trajectory<f64> {
    let nothing = Theta::new(std::collections::BTreeMap::new(), Variant::B);
    let mut patient = patient::<ripple::Ripple, f64>(&nothing, &Regimen::placebo(), options);
    patient.advance_to(Time::hours(end_h)).unwrap();
    patient.into_trajectory()
}
