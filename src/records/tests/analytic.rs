//! The executor of linear schedules against formulas of its own.

use super::made::{self, Made, csv};
use super::oracle::Model;
use super::random::{run, system};
use super::{records, structure};
use crate::records::linear::{LinearFailure, LinearSystem, amounts};
use crate::records::{Covariate, Direction, Options, Properties, Structure, read, schedule};
use nalgebra::{DMatrix, DVector};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write;
use std::path::Path;

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1e-3), "{found} {expected}");
}

#[test]
fn analytic_equal_rates_of_absorption_and_elimination_have_their_limit() {
    let model = Model { ka: 0.3, k10: 0.3, k12: 0.0, k21: 1.0 };
    let rows = [Made::dose(0.0, 2.0, 1), Made::at(5.0)];
    close(run(&rows, model)[1][1], 2.0 * 0.3 * 5.0 * (-1.5_f64).exp());
    // In steady state, before a dose: the sum of k n II exp(-k n II) over n = 1, 2, ..
    let rows = [Made { ss: 1, ii: 4.0, ..Made::dose(0.0, 2.0, 1) }];
    let q = (-1.2_f64).exp();
    close(run(&rows, model)[0][1], 2.0 * 1.2 * q / (1.0 - q).powi(2));
}

#[test]
fn analytic_theophylline_after_one_oral_dose() {
    // As in the textbook: 320 mg, ka 1.5/h, k 0.08/h.
    let model = Model { ka: 1.5, k10: 0.08, k12: 0.0, k21: 1.0 };
    let times = [0.0, 0.25, 0.57, 1.12, 2.02, 3.82, 5.1, 7.03, 9.05, 12.12, 24.37];
    let mut rows = vec![Made::dose(0.0, 320.0, 1)];
    rows.extend(times.map(Made::at));
    let found = run(&rows, model);
    for (t, y) in times.iter().zip(&found[1..]) {
        let expected = 320.0 * 1.5 / 1.42 * ((-0.08 * t).exp() - (-1.5 * t).exp());
        assert!((y[1] - expected).abs() < 1e-10 * 320.0, "{t}: {} {expected}", y[1]);
    }
}

#[test]
fn analytic_a_turnover_starts_at_its_baseline_and_returns_to_it_at_a_reset() {
    let text = csv(&[
        Made::at(0.0),
        Made::at(7.0),
        Made::dose(7.0, 30.0, 1),
        Made { evid: 3, ..Made::at(9.0) },
        Made::at(11.0),
        Made { ss: 1, ii: 6.0, ..Made::dose(20.0, 3.0, 1) },
    ]);
    let subject = records(&text).subjects.remove(0);
    let schedule =
        schedule(&subject, &structure(), &mut |_| Properties::default()).expect("a schedule");
    let one = |number: f64| DVector::from_element(1, number);
    let mut system = |_: &[f64], _| LinearSystem {
        a: DMatrix::from_element(1, 1, -0.5),
        b: one(20.0),
        initial: one(40.0),
    };
    let found = amounts(&schedule, &subject, &mut system).expect("amounts");
    let found: Vec<f64> = found.iter().map(|y| y[0]).collect();
    for (found, expected) in found.iter().zip([40.0, 40.0, 70.0, 40.0, 40.0]) {
        close(*found, expected);
    }
    // The baseline is counted once.
    close(found[5], 40.0 + 3.0 / (1.0 - (-3.0_f64).exp()));
}

#[test]
fn analytic_what_is_not_eliminated_has_no_steady_state() {
    let rows = [Made { ss: 1, ii: 6.0, ..Made::dose(0.0, 3.0, 1) }];
    let subject = records(&csv(&rows)).subjects.remove(0);
    let schedule =
        schedule(&subject, &structure(), &mut |_| Properties::default()).expect("a schedule");
    let model = Model { ka: 1.0, k10: 0.0, k12: 0.0, k21: 1.0 };
    let failure = amounts(&schedule, &subject, &mut |_, _| system(model));
    assert_eq!(failure, Err(LinearFailure::NoSteadyState(0)));
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

#[test]
fn analytic_r7_covariates_hold_backward_or_forward_as_the_integral_of_the_rate_says() {
    let structure = |direction| {
        let covariate =
            Covariate { name: "wt".to_owned(), value: 7.0, unit: "kg".to_owned(), direction };
        Structure { covariates: vec![covariate], ..structure() }
    };
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
            let structure = structure(direction);
            let reading = read(Path::new("d.csv"), &text, Some(&structure), &Options::default());
            let subject = reading.into_records().expect("records").subjects.remove(0);
            let schedule =
                schedule(&subject, &structure, &mut |_| Properties::default()).expect("a schedule");
            let mut system = |wt: &[f64], _| LinearSystem {
                a: DMatrix::from_element(1, 1, -wt[0] / 100.0),
                b: DVector::zeros(1),
                initial: DVector::zeros(1),
            };
            let found = amounts(&schedule, &subject, &mut system).expect("amounts");
            let of = |backward| -> Vec<f64> {
                (0..rows.len()).map(|at| left(&rows, at, backward)).collect()
            };
            let worst = |expected: &[f64]| {
                let largest = expected.iter().fold(1e-3, |most: f64, own| most.max(*own));
                let pairs = found.iter().zip(expected);
                pairs.map(|(y, own)| (y[0] - own).abs()).fold(0.0, f64::max) / largest
            };
            assert!(
                worst(&of(backward)) < 1e-10,
                "seed {seed}: {:e}\n{text}",
                worst(&of(backward))
            );
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
    let dose = Made { ii: 12.0, properties: lag(3.0), ..Made::dose(0.0, 5.0, 1) };
    let long = [Made { addl: 200, ..dose }, Made { evid: 0, amt: 0.0, ..Made::at(1200.0) }];
    let steady = [Made { ss: 1, ..dose }];
    let [found, expected] = [run(&steady, model)[0], run(&long, model)[1]];
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-10 * 5.0, "{found} {expected}");
    }
}
