//! The executor of linear schedules against formulas of its own.

use super::lists::{linear, predicted, predictor_of, run, subject};
use super::made::{self, Made, csv};
use super::oracle::Model;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write;
use thrombopoiesis::records::Direction;

/// A bolus.
fn dose(time: f64, amt: f64, cmt: usize) -> Made {
    Made { evid: 1, amt, cmt, ..Made::at(time) }
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1e-3), "{found} {expected}");
}

#[test]
fn analytic_equal_rates_of_absorption_and_elimination_have_their_limit() {
    let model = Model { ka: 0.3, k10: 0.3, k12: 0.0, k21: 1.0 };
    let rows = [dose(0.0, 2.0, 1), Made::at(5.0)];
    close(run(&rows, model)[1][1], 2.0 * 0.3 * 5.0 * (-1.5_f64).exp());
    // In steady state, before a dose: the sum of k n II exp(-k n II) over n = 1, 2, ..
    let rows = [Made { ss: 1, ii: 4.0, ..dose(0.0, 2.0, 1) }];
    let q = (-1.2_f64).exp();
    close(run(&rows, model)[0][1], 2.0 * 1.2 * q / (1.0 - q).powi(2));
}

#[test]
fn analytic_theophylline_after_one_oral_dose() {
    // As in the textbook: 320 mg, ka 1.5/h, k 0.08/h.
    let model = Model { ka: 1.5, k10: 0.08, k12: 0.0, k21: 1.0 };
    let times = [0.0, 0.25, 0.57, 1.12, 2.02, 3.82, 5.1, 7.03, 9.05, 12.12, 24.37];
    let mut rows = vec![dose(0.0, 320.0, 1)];
    rows.extend(times.map(Made::at));
    let found = run(&rows, model);
    for (t, y) in times.iter().zip(&found[1..]) {
        let expected = 320.0 * 1.5 / 1.42 * ((-0.08 * t).exp() - (-1.5 * t).exp());
        assert!((y[1] - expected).abs() < 1e-10 * 320.0, "{t}: {} {expected}", y[1]);
    }
}

const TURNOVER: &str = "model turnover\nlanguage 1\ntime h\n\n[dosing]\ndose iv into y\n\n[states]\ny = 40 mg\n\n\
    [equations]\nd/dt(y) = 20 mg/h - 0.5 1/h*y\n\n[outputs]\ny = y in mg\n";

#[test]
fn analytic_a_turnover_starts_at_its_baseline_and_returns_to_it_at_a_reset() {
    let predictor = predictor_of(TURNOVER);
    let text = "ID,TIME,EVID,AMT,II,SS\n1,0,0,.,.,.\n1,7,0,.,.,.\n1,7,1,30,.,.\n1,9,3,.,.,.\n1,11,0,.,.,.\n\
                1,20,1,3,6,1\n";
    let found = predicted(&predictor, &subject(&predictor, text), "y");
    for (found, expected) in found.iter().zip([40.0, 40.0, 70.0, 40.0, 40.0]) {
        close(*found, expected);
    }
    // The baseline is counted once.
    close(found[5], 40.0 + 3.0 / (1.0 - (-3.0_f64).exp()));
}

#[test]
fn analytic_what_is_not_eliminated_has_no_steady_state() {
    let rows = [Made { ss: 1, ii: 6.0, ..dose(0.0, 3.0, 1) }];
    let predictor = linear(Model { ka: 1.0, k10: 0.0, k12: 0.0, k21: 1.0 });
    let failed = predictor.predict(&subject(&predictor, &csv(&rows)), Some("central"));
    let failure = failed.failure.expect("a failure");
    assert_eq!((failure.row, failed.values.len()), (0, 0));
    assert!(failure.reason.contains("there is no steady state"), "{}", failure.reason);
}

/// One dose of a test with a weight on every row.
#[derive(Debug, Clone, Copy)]
struct Weighed {
    time: f64,
    amt: f64,
    duration: f64,
    wt: f64,
}

/// The integral of wt/100 from one time to another: `backward`, the weight of a row holds before it.
fn integral(rows: &[Weighed], (from, to): (f64, f64), backward: bool) -> f64 {
    let parts = rows.windows(2).map(|pair| {
        let wt = if backward { pair[1].wt } else { pair[0].wt };
        wt / 100.0 * (pair[1].time.min(to) - pair[0].time.max(from)).max(0.0)
    });
    parts.sum()
}

/// What doses leave at the time of a row in one compartment that is eliminated at wt/100 per h.
fn left(rows: &[Weighed], at: usize, backward: bool) -> f64 {
    let time = rows[at].time;
    let rest = |from: f64| (-integral(rows, (from, time), backward)).exp();
    let mut sum = 0.0;
    for dose in rows[..=at].iter().filter(|dose| dose.amt > 0.0) {
        if dose.duration <= 0.0 {
            sum += dose.amt * rest(dose.time);
            continue;
        }
        // Over every part of the infusion with one weight, the integral of the rest is elementary.
        for pair in rows.windows(2) {
            let wt = if backward { pair[1].wt } else { pair[0].wt };
            let from = pair[0].time.max(dose.time);
            let to = pair[1].time.min(dose.time + dose.duration).min(time);
            if to > from {
                let k = wt / 100.0;
                sum += dose.amt / dose.duration * rest(to) * (1.0 - (-k * (to - from)).exp()) / k;
            }
        }
    }
    sum
}

fn weighed(seed: u64) -> Vec<Weighed> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut time = 0.0;
    let row = |i: usize| {
        time += if i == 0 { 0.0 } else { [0.0, 1.0, 2.5, 6.0][rng.random_range(0..4)] };
        let amt = [0.0, 0.0, 5.0, 8.0][rng.random_range(0..4)];
        let duration = [0.0, 0.0, 3.0, 20.0][rng.random_range(0..4)];
        Weighed { time, amt, duration, wt: rng.random_range(3.0..30.0) }
    };
    (0..10).map(row).collect()
}

const WEIGHED: &str = "model weighed\nlanguage 1\ntime h\n\n[covariates]\nwt = 7\n\n[dosing]\ndose iv into y\n\n\
    [states]\ny = 0 mg\n\n[equations]\nd/dt(y) = -wt/(100 h)*y\n\n[outputs]\ny = y in mg\n";

#[test]
fn analytic_r7_covariates_hold_backward_or_forward_as_the_integral_of_the_rate_says() {
    let mut seen = 0;
    for seed in 0..100 {
        let rows = weighed(seed);
        let mut text = "ID,TIME,EVID,AMT,RATE,WT,CMT\n".to_owned();
        for row in &rows {
            let Weighed { time, amt, duration, wt } = *row;
            let rate = if duration > 0.0 { amt / duration } else { 0.0 };
            let evid = u8::from(amt > 0.0);
            let _ = writeln!(text, "1,{time},{evid},{amt},{rate},{wt},1");
        }
        for (direction, backward) in [(Direction::Backward, true), (Direction::Forward, false)] {
            let mut predictor = predictor_of(WEIGHED);
            predictor.set_direction(direction);
            let found = predicted(&predictor, &subject(&predictor, &text), "y");
            let of = |backward| -> Vec<f64> {
                (0..rows.len()).map(|at| left(&rows, at, backward)).collect()
            };
            let worst = |expected: &[f64]| {
                let largest = expected.iter().fold(1e-3, |most: f64, own| most.max(*own));
                let pairs = found.iter().zip(expected);
                pairs.map(|(y, own)| (y - own).abs()).fold(0.0, f64::max) / largest
            };
            let own = worst(&of(backward));
            assert!(own < 1e-10, "seed {seed}: {own:e}\n{text}");
            // The planted fault: the other direction.
            seen += usize::from(worst(&of(!backward)) > 1e-3);
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn analytic_r16_the_drug_and_what_it_drives_are_in_steady_state_together() {
    // The same regimen for so long that nothing changes any more.
    let model = Model { ka: 0.7, k10: 0.3, k12: 0.2, k21: 0.4 };
    let lag = |lag| [made::Properties { lag, ..made::Properties::default() }; 2];
    let dose = Made { ii: 12.0, properties: lag(3.0), ..dose(0.0, 5.0, 1) };
    let long = [Made { addl: 200, ..dose }, Made { evid: 0, amt: 0.0, ..Made::at(1200.0) }];
    let steady = [Made { ss: 1, ..dose }];
    let [found, expected] = [run(&steady, model)[0], run(&long, model)[1]];
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-10 * 5.0, "{found} {expected}");
    }
}
