//! Dual numbers: every operation against central differences, then whole trajectories and their
//! endpoints with respect to parameters.

use crate::common::{conc, count, patient, regimen, set_of, solve, theta_of, tight};
use approx::{assert_abs_diff_eq, assert_relative_eq};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::published::katsube_2019::Katsube2019;
use thrombopoiesis::model::{Mechanistic, Population, Theta, Variant, Written};
use thrombopoiesis::numeric::{Dual, Real, Scalar};
use thrombopoiesis::simulate::Trajectory;
use thrombopoiesis::units::Time;

type B1 = Mechanistic<1>;

/// Truncation of the difference quotient over 1e-3, worst for x/y at the smallest y.
const OPERATION: f64 = 1e-8;

/// The derivative of `f` at `x` by a central difference of fourth order over steps of `h`.
fn slope(f: impl Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

const OPERATIONS: usize = 18;

/// Every operation of the trait, by number, on positive arguments.
fn operation<T: Real>(number: usize, x: T, y: T) -> T {
    match number {
        0 => x + y,
        1 => x - y,
        2 => x * y,
        3 => x / y,
        4 => -x,
        5 => x + 2.5,
        6 => x - 2.5,
        7 => x * 2.5,
        8 => x / 2.5,
        9 => {
            let mut sum = x;
            sum += y;
            sum
        }
        10 => {
            let mut difference = x;
            difference -= y;
            difference
        }
        11 => x.exp(),
        12 => x.ln(),
        13 => x.sqrt(),
        14 => x.powf(y),
        15 => x.larger(y) * x,
        16 => x.at_least(1.3, x * y, x / y),
        17 => T::sum([x, y, x * y]),
        _ => unreachable!("there are {OPERATIONS} operations"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(7), ..ProptestConfig::with_cases(500) })]

    #[test]
    fn prop_every_operation_has_the_slopes_of_central_differences(
        x in 0.2_f64..3.0,
        y in 0.2_f64..3.0,
    ) {
        // A difference across a branch is no derivative.
        prop_assume!((x - y).abs() > 0.02 && (x - 1.3).abs() > 0.02);
        for number in 0..OPERATIONS {
            let dual = operation(number, Dual::<2>::variable(x, 0), Dual::variable(y, 1));
            let value = operation(number, x, y);
            prop_assert!((dual.value() - value).abs() <= f64::EPSILON * value.abs());
            let dx = slope(|x| operation(number, x, y), x, 1e-3);
            let dy = slope(|y| operation(number, x, y), y, 1e-3);
            for (i, expected) in [dx, dy].into_iter().enumerate() {
                let found = dual.derivative(i);
                prop_assert!(
                    (found - expected).abs() <= OPERATION * (1.0 + expected.abs()),
                    "operation {} at {}, {}: {} is not {}", number, x, y, found, expected
                );
            }
        }
    }

    #[test]
    fn prop_duals_survive_storing_and_loading(
        value in -1e9_f64..1e9,
        derivatives in prop::array::uniform3(-1e9_f64..1e9),
    ) {
        let mut dual = Dual::<3>::constant(value);
        for (i, derivative) in derivatives.into_iter().enumerate() {
            dual = dual.with_derivative(i, derivative);
        }
        let mut slots = [0.0; 5];
        dual.store(&mut slots);
        prop_assert_eq!(Dual::<3>::WIDTH, 4);
        prop_assert_eq!(slots[4].to_bits(), 0.0_f64.to_bits());
        prop_assert_eq!(Dual::<3>::load(&slots), dual);
        prop_assert_eq!(dual.derivatives().map(f64::to_bits), derivatives.map(f64::to_bits));
    }
}

#[test]
fn analytic_constants_have_no_derivatives_and_powers_of_one_are_finite() {
    for constant in [Dual::<2>::constant(3.0), Dual::ONE, Dual::ZERO] {
        assert!(constant.derivatives().iter().all(|derivative| derivative.abs() <= 0.0));
    }
    // The exponents gN and gV may be 0 and the drive is 1 at rest.
    let power = Dual::<2>::variable(1.0, 0).powf(Dual::variable(0.0, 1));
    assert_eq!((power.value().to_string(), power.derivatives()), ("1".to_owned(), [0.0, 0.0]));
}

#[test]
fn analytic_the_time_of_a_zero_moves_by_the_implicit_function_theorem() {
    // q(p, t) = p − 3 t is zero at t = p/3. Place 0 is p, place 1 the time.
    let q = Dual::<2>::constant(0.0).with_derivative(0, 1.0).moving_at(-3.0);
    let time = Dual::implicit_time(2.0, q);
    assert_abs_diff_eq!(time.value(), 2.0, epsilon = 0.0);
    assert_abs_diff_eq!(time.derivative(0), 1.0 / 3.0, epsilon = f64::EPSILON);
    assert_abs_diff_eq!(time.derivative(1), 0.0, epsilon = 0.0);
}

/// The eight parameters that matter for fitting, seven at a time beside the time.
const FIRST: [&str; 7] = ["kc", "tmk", "tp", "taun", "lambda", "cl", "tlag"];
const SECOND: [&str; 7] = ["f1", "tlag", "plt0", "ka", "gv", "emax", "t0"];

/// Duals at the default tolerances against central differences at tight ones, relative to the size
/// of each derivative or, where that is small, of the quantity itself.
const TRAJECTORY: f64 = 1e-6;
/// Endpoints in time: found to 1e-9 h, their derivatives divide by a slope or a curvature.
const ENDPOINT: f64 = 1e-5;

fn seeded<const N: usize>(theta: &Theta<f64>, symbols: &[&str]) -> Theta<Dual<N>> {
    let seed = |(i, symbol): (usize, &&'static str)| {
        (*symbol, Dual::variable(theta.get(symbol).unwrap(), i))
    };
    let symbols: Vec<&'static str> = symbols
        .iter()
        .map(|s| *FIRST.iter().chain(&SECOND).find(|known| *known == s).unwrap())
        .collect();
    theta.seeded(&symbols.iter().enumerate().map(seed).collect::<Vec<_>>())
}

/// Compares the derivatives of `quantities` as duals with central differences.
fn assert_derivatives(
    theta: &Theta<f64>,
    symbols: [&'static str; 7],
    tolerance: f64,
    duals: impl Fn(&Theta<Dual<8>>) -> Vec<Dual<8>>,
    plain: impl Fn(&Theta<f64>) -> Vec<f64>,
) {
    let found = duals(&seeded(theta, &symbols));
    let values = plain(theta);
    assert_eq!(found.len(), values.len());
    for (j, symbol) in symbols.iter().enumerate() {
        let at = theta.get(symbol).unwrap();
        // gv may be 0 and lambda is 0.2; the steps of the others are relative.
        let h = 1e-3 * at.abs().max(0.05);
        for (i, value) in values.iter().enumerate() {
            let expected = slope(|x| plain(&theta.seeded(&[(*symbol, x)]))[i], at, h);
            let size = expected.abs().max(value.abs() / at.abs().max(0.05) * 0.1);
            let error = (found[i].derivative(j) - expected).abs() / size;
            assert!(
                error <= tolerance,
                "quantity {i} with respect to {symbol}: {} is not {expected} (off by {error:.1e})",
                found[i].derivative(j)
            );
        }
    }
    for (found, value) in found.iter().zip(&values) {
        assert_relative_eq!(found.value(), *value, max_relative = tolerance, epsilon = tolerance);
    }
}

/// Counts before, at and after the peak, concentrations while the lag matters, and both areas.
fn samples<T: Scalar>(trajectory: &Trajectory<T>) -> Vec<T> {
    let mut samples = Vec::new();
    for hour in [2.0, 24.0, 100.0, 168.0, 168.3, 290.0, 480.0, 900.0] {
        samples.push(count(trajectory, Time::hours(hour)));
    }
    for hour in [1.0, 5.0, 25.0, 96.0, 200.0] {
        samples.push(conc(trajectory, Time::hours(hour)));
    }
    samples.push(trajectory.conc_area(Time::hours(100.0)).unwrap());
    samples.push(trajectory.platelet_area(Time::hours(900.0)).unwrap());
    samples
}

#[test]
fn prop_trajectories_have_the_derivatives_of_central_differences() {
    for (variant, changes) in [
        (Variant::B, &[("gv", 0.1)][..]),
        (Variant::A, &[("kc", 350.0), ("eb", 0.05), ("gv", 0.1), ("d", 0.02)]),
        (Variant::D, &[("kc", 345.0), ("gv", 0.05)]),
    ] {
        let theta = set_of("mechanistic", Population::CLD, variant, changes).theta();
        for symbols in [FIRST, SECOND] {
            assert_derivatives(
                &theta,
                symbols,
                TRAJECTORY,
                |theta| {
                    samples(&solve::<B1, _>(theta, "3 mg qd x7, miss 4", 40.0, Options::default()))
                },
                |theta| samples(&solve::<B1, _>(theta, "3 mg qd x7, miss 4", 40.0, tight())),
            );
        }
    }
}

/// The maximum and its time, the days above 50, the return to baseline, and the exposure.
fn endpoints<T: Scalar>(theta: &Theta<T>, options: Options) -> Vec<T> {
    let trajectory = solve::<B1, T>(theta, "3 mg qd x7", 40.0, options);
    let maximum = trajectory.platelets().maximum().unwrap();
    let above = trajectory.platelets().at_or_above(T::constant(50.0)).unwrap();
    let exposure = trajectory.exposure(Time::hours(144.0), Time::hours(168.0)).unwrap();
    let terminal = trajectory.terminal().unwrap().unwrap();
    vec![
        maximum.value,
        maximum.time_h,
        above.first_h().unwrap(),
        above.last_h().unwrap(),
        above.total_h(),
        above.longest_h(),
        trajectory.platelets().return_to_baseline(0.05).unwrap().unwrap(),
        exposure.cmax,
        exposure.tmax_h,
        exposure.ctrough,
        exposure.auc,
        terminal.half_life_h,
        terminal.auc_inf,
    ]
}

#[test]
fn prop_endpoints_have_the_derivatives_of_central_differences() {
    let theta = theta_of("mechanistic", &[("gv", 0.1)]);
    for symbols in [FIRST, SECOND] {
        assert_derivatives(
            &theta,
            symbols,
            ENDPOINT,
            |theta| endpoints(theta, Options::default()),
            |theta| endpoints(theta, tight()),
        );
    }
    // No endpoint depends on the time at which it is looked for.
    for endpoint in endpoints(&seeded::<8>(&theta, &FIRST), Options::default()).iter().take(7) {
        assert_abs_diff_eq!(endpoint.derivative(7), 0.0, epsilon = 0.0);
    }
}

/// With one dose, a longer lag moves the whole curve and changes no value of it.
#[test]
fn analytic_the_lag_moves_a_single_dose_in_time_only() {
    const LAG: usize = 6;
    let theta = seeded::<8>(&theta_of("mechanistic", &[]), &FIRST);
    let trajectory = solve::<B1, Dual<8>>(&theta, "6 mg once", 40.0, tight());
    let maximum = trajectory.conc().maximum().unwrap();
    assert_abs_diff_eq!(maximum.value.derivative(LAG), 0.0, epsilon = 1e-9);
    assert_abs_diff_eq!(maximum.time_h.derivative(LAG), 1.0, epsilon = 1e-9);
    let maximum = trajectory.platelets().maximum().unwrap();
    assert_abs_diff_eq!(maximum.value.derivative(LAG), 0.0, epsilon = 1e-7);
    assert_abs_diff_eq!(maximum.time_h.derivative(LAG), 1.0, epsilon = 1e-6);
    let above = trajectory.platelets().at_or_above(Dual::constant(41.0)).unwrap();
    assert_abs_diff_eq!(above.first_h().unwrap().derivative(LAG), 1.0, epsilon = 1e-6);
    assert_abs_diff_eq!(above.last_h().unwrap().derivative(LAG), 1.0, epsilon = 1e-6);
    assert_abs_diff_eq!(above.total_h().derivative(LAG), 0.0, epsilon = 1e-6);
    let area = trajectory.conc_area(Time::days(40.0)).unwrap();
    // What the later end cuts off is the concentration there.
    let end = conc(&trajectory, Time::days(40.0)).value();
    assert_abs_diff_eq!(area.derivative(LAG), -end, epsilon = 1e-7);
}

/// More than 128 places go through vectors of dynamic size: the numbers are the same.
#[test]
fn invariant_more_derivatives_change_no_derivative() {
    let theta = theta_of("mechanistic", &[]);
    let few = solve::<B1, Dual<8>>(&seeded(&theta, &FIRST), "3 mg qd x2", 20.0, Options::default());
    let many =
        solve::<B1, Dual<12>>(&seeded(&theta, &FIRST), "3 mg qd x2", 20.0, Options::default());
    let (few, many) = (count(&few, Time::days(9.0)), count(&many, Time::days(9.0)));
    for i in 0..FIRST.len() {
        assert_abs_diff_eq!(few.derivative(i), many.derivative(i), epsilon = TRAJECTORY);
    }
}

/// A transfusion and covariates carry derivatives too.
#[test]
fn prop_transfusions_and_covariates_have_the_derivatives_of_central_differences() {
    fn transfused<T: Scalar>(theta: &Theta<T>) -> T {
        let mut patient = patient::<B1, T>(theta, &regimen("3 mg qd x7"), tight());
        patient.plan_transfusion(Time::days(9.0), 300.0);
        patient.advance_to(Time::days(15.0)).unwrap();
        patient.platelets()
    }
    fn katsube<T: Scalar>(theta: &Theta<T>) -> T {
        let trajectory = solve::<Katsube2019, T>(theta, "50 ug/kg qd x7", 20.0, tight());
        count(&trajectory, Time::days(10.0))
    }
    let theta = theta_of("mechanistic", &[]);
    for symbol in ["fs", "bv", "plt0", "tp", "wt"] {
        let at = theta.get(symbol).unwrap();
        let found = transfused(&theta.seeded(&[(symbol, Dual::<2>::variable(at, 0))]));
        let expected = slope(|x| transfused(&theta.seeded(&[(symbol, x)])), at, 1e-3 * at);
        assert_abs_diff_eq!(found.derivative(0), expected, epsilon = TRAJECTORY);
    }

    let theta = theta_of("katsube_2019", &[("wt", 80.0)]);
    for symbol in ["wt", "e_wt_cl", "slop", "ktr", "kout", "child_pugh_score"] {
        let at = theta.get(symbol).unwrap();
        let found = katsube(&theta.seeded(&[(symbol, Dual::<2>::variable(at, 0))]));
        let expected = slope(|x| katsube(&theta.seeded(&[(symbol, x)])), at, 1e-3 * at);
        assert_relative_eq!(
            found.derivative(0),
            expected,
            max_relative = TRAJECTORY,
            epsilon = TRAJECTORY
        );
    }
    assert!(Katsube2019::individual(&theta).is_ok());
}
