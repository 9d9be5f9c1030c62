//! The integrator's adapter: order of convergence, the state's size, and how failures are reported.

use approx::{assert_abs_diff_eq, assert_relative_eq};
use thrombopoiesis::error::{Failure, Reason};
use thrombopoiesis::integrate::{Method, Options, Step, steps};

/// Options under which every step is accepted and has the length given.
fn fixed(method: Method, step_h: f64) -> Options {
    Options {
        method,
        relative_tolerance: 1e6,
        absolute_tolerance: 1e6,
        max_step_h: step_h,
        ..Options::default()
    }
}

/// The last state.
fn end(steps: Result<Vec<Step>, Failure>) -> Vec<f64> {
    steps.unwrap().pop().unwrap().state
}

fn decay(y: &[f64], dy: &mut [f64]) {
    for (rate, state) in dy.iter_mut().zip(y) {
        *rate = -state;
    }
}

fn oscillator(y: &[f64], dy: &mut [f64]) {
    dy[0] = y[1];
    dy[1] = -y[0];
}

// Source: Dormand & Prince 1980 (5(4)); Prince & Dormand 1981 and Hairer, Norsett & Wanner 1993
// (8(5,3)). Tolerance: the next term of the error at the steps used here, and less than the
// distance to another order.
#[test]
fn val_both_methods_converge_with_their_order() {
    const ORDER: f64 = 0.5;
    for (method, order, coarse_h) in [(Method::Dopri5, 5.0, 0.25), (Method::Dop853, 8.0, 1.0)] {
        let error = |step_h: f64| {
            let options = fixed(method, step_h);
            let exponential = end(steps(&decay, (0.0, 4.0), &[1.0], &[1.0], true, &options));
            let circle =
                end(steps(&oscillator, (10.0, 14.0), &[1.0, 0.0], &[1.0, 1.0], true, &options));
            [(exponential[0] - (-4.0_f64).exp()).abs(), (circle[0] - 4.0_f64.cos()).abs()]
        };
        let (coarse, fine) = (error(coarse_h), error(coarse_h / 2.0));
        for (coarse, fine) in coarse.into_iter().zip(fine) {
            assert_abs_diff_eq!((coarse / fine).log2(), order, epsilon = ORDER);
        }
    }
}

#[test]
fn analytic_errors_stay_below_a_few_tolerances() {
    // A step's error is controlled, the sum over the 10 or so that a decay takes is not.
    const STEPS: f64 = 20.0;
    for method in [Method::Dop853, Method::Dopri5] {
        for tolerance in [1e-4, 1e-6, 1e-8, 1e-10] {
            let options = Options {
                method,
                relative_tolerance: tolerance,
                absolute_tolerance: tolerance / 100.0,
                ..Options::default()
            };
            let state = end(steps(&decay, (-5.0, 5.0), &[1.0], &[1.0], false, &options));
            assert_abs_diff_eq!(state[0], (-10.0_f64).exp(), epsilon = STEPS * tolerance);
            let full =
                end(steps(&oscillator, (0.0, 6.0), &[1.0, 0.0], &[1.0, 1.0], false, &options));
            assert_abs_diff_eq!(full[0], 6.0_f64.cos(), epsilon = STEPS * tolerance);
            assert_abs_diff_eq!(full[1], -6.0_f64.sin(), epsilon = STEPS * tolerance);
        }
    }
}

#[test]
fn invariant_steps_run_from_start_to_end_in_order() {
    let found =
        steps(&oscillator, (100.0, 130.0), &[1.0, 0.0], &[1.0, 1.0], false, &Options::default())
            .unwrap();
    assert_eq!((found[0].time_h, found[found.len() - 1].time_h), (100.0, 130.0));
    assert_eq!(found[0].state, [1.0, 0.0]);
    assert!(found.windows(2).all(|pair| pair[0].time_h < pair[1].time_h));
    for step in &found {
        assert_abs_diff_eq!(step.state[0], (step.time_h - 100.0).cos(), epsilon = 1e-7);
    }
}

/// The norm of the error is a mean over the state: copies of one problem are one problem, also
/// where their number does not fill the fixed sizes 16, 32, 64 and 128, or exceeds them.
#[test]
fn invariant_copies_of_a_problem_are_solved_as_accurately_as_one() {
    // The first step is guessed from a sum, not a mean; all others agree.
    const LEVEL: f64 = 3.0;
    let error = |n: usize, method: Method| {
        let options = Options {
            method,
            relative_tolerance: 1e-6,
            absolute_tolerance: 1e-8,
            ..Options::default()
        };
        let found =
            steps(&decay, (0.0, 10.0), &vec![1.0; n], &vec![1.0; n], false, &options).unwrap();
        let count = found.len() as f64;
        (
            found.iter().map(|s| (s.state[n - 1] - (-s.time_h).exp()).abs()).fold(0.0, f64::max),
            count,
        )
    };
    for method in [Method::Dop853, Method::Dopri5] {
        let (one, count_of_one) = error(1, method);
        for n in [2, 15, 16, 17, 32, 33, 64, 65, 128, 129, 200] {
            let (many, count) = error(n, method);
            assert!(many < LEVEL * one && many > one / LEVEL, "{n}: {many} against {one}");
            assert!(
                (count - count_of_one).abs() <= 2.0,
                "{n}: {count} steps against {count_of_one}"
            );
        }
        // Fifteen zeros beside one state dilute a mean over sixteen by a factor of four, no more.
        let options = Options {
            method,
            relative_tolerance: 1e-6,
            absolute_tolerance: 1e-8,
            ..Options::default()
        };
        let mut state = vec![0.0; 16];
        state[0] = 1.0;
        let found = steps(&decay, (0.0, 10.0), &state, &[1.0; 16], false, &options).unwrap();
        let diluted =
            found.iter().map(|s| (s.state[0] - (-s.time_h).exp()).abs()).fold(0.0, f64::max);
        assert!(diluted < 4.0 * LEVEL * one, "{diluted} against {one}");
        assert!(found.iter().all(|step| step.state[1..].iter().all(|zero| zero.abs() <= 0.0)));
    }
}

#[test]
fn invariant_the_scale_of_a_state_does_not_matter() {
    let solve = |scale: f64| {
        let state = [scale, 0.0];
        end(steps(&oscillator, (0.0, 50.0), &state, &[scale; 2], false, &Options::default()))
    };
    let (one, large) = (solve(1.0), solve(1e12));
    // Powers of ten round, hence not bit for bit.
    assert_relative_eq!(one[0], large[0] / 1e12, max_relative = 1e-9);
}

#[test]
fn analytic_a_rate_that_becomes_undefined_is_reported_with_its_time_and_state() {
    // State 0 is the time; the rate of state 2 is undefined after 3 h.
    let clock = |y: &[f64], dy: &mut [f64]| {
        dy[0] = 1.0;
        dy[1] = -y[1];
        dy[2] = if y[0] > 3.0 { f64::NAN } else { 0.1 };
    };
    for method in [Method::Dop853, Method::Dopri5] {
        let options = Options { method, ..Options::default() };
        let failure =
            steps(&clock, (7.0, 17.0), &[0.0, 1.0, 0.0], &[1.0; 3], false, &options).unwrap_err();
        assert_eq!((failure.reason, failure.index), (Reason::NonFinite, Some(2)));
        assert_abs_diff_eq!(failure.time_h, 10.0, epsilon = 1e-3);
    }
    // A trial step that goes astray and is repeated is no failure: 1/(1 − y) for a slow approach.
    let rate_at_start = |_: &[f64], dy: &mut [f64]| dy[0] = f64::INFINITY;
    let failure =
        steps(&rate_at_start, (0.0, 1.0), &[0.0], &[1.0], false, &Options::default()).unwrap_err();
    assert_eq!((failure.reason, failure.index), (Reason::NonFinite, Some(0)));
    assert_abs_diff_eq!(failure.time_h, 0.0, epsilon = 1e-3);
}

#[test]
fn analytic_a_solution_that_explodes_is_reported_near_its_pole() {
    // y' = y², y(0) = 1 has its pole at t = 1.
    let explosion = |y: &[f64], dy: &mut [f64]| dy[0] = y[0] * y[0];
    for method in [Method::Dop853, Method::Dopri5] {
        let options = Options { method, ..Options::default() };
        let failure = steps(&explosion, (0.0, 2.0), &[1.0], &[1.0], false, &options).unwrap_err();
        assert_abs_diff_eq!(failure.time_h, 1.0, epsilon = 1e-3);
        assert!(failure.reason != Reason::Stiff, "{failure}");
    }
}

#[test]
fn analytic_too_many_steps_are_reported() {
    let options = Options { max_steps: 20, max_step_h: 0.5, ..Options::default() };
    for method in [Method::Dop853, Method::Dopri5] {
        let options = Options { method, ..options };
        let failure = steps(&decay, (3.0, 103.0), &[1.0], &[1.0], false, &options).unwrap_err();
        assert_eq!((failure.reason, failure.index), (Reason::TooManySteps, None));
        // Twenty steps of at most half an hour.
        assert!(failure.time_h > 3.0 && failure.time_h <= 13.5, "{failure}");
    }
}

#[test]
fn analytic_stiffness_is_reported() {
    // Relaxation at 1e5 per hour towards a state that itself changes over hours.
    let relaxation = |y: &[f64], dy: &mut [f64]| {
        dy[0] = -1e5 * (y[0] - y[1]);
        dy[1] = -0.1 * y[1];
    };
    for method in [Method::Dop853, Method::Dopri5] {
        let options = Options { method, ..Options::default() };
        let failure =
            steps(&relaxation, (0.0, 24.0), &[0.0, 1.0], &[1.0; 2], false, &options).unwrap_err();
        assert_eq!(failure.reason, Reason::Stiff, "{failure}");
        assert!(failure.time_h > 0.0 && failure.time_h < 24.0);
    }
}

#[test]
fn invariant_one_step_is_tried_first_where_the_whole_is_asked_for() {
    let options =
        Options { relative_tolerance: 1e-3, absolute_tolerance: 1e-3, ..Options::default() };
    let found = steps(&decay, (0.0, 2.0), &[1.0], &[1.0], true, &options).unwrap();
    assert_eq!(found.len(), 2);
    let found = steps(&decay, (0.0, 2.0), &[1.0], &[1.0], false, &options).unwrap();
    assert!(found.len() > 2);
}
