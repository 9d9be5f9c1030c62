//! The closed form of the linear pharmacokinetics against its differential equations.

use thrombopoiesis::integrate::{Options, steps};
use thrombopoiesis::model::StateBlock;
use thrombopoiesis::model::closed_form::{MODES, Modes};
use thrombopoiesis::model::pharmacokinetics::{self, Parameters};

/// Of the maximum, which is at most 1: what the closed form promises.
const LIMIT: f64 = 1e-10;

fn parameters(ka: f64, cl: f64, vc: f64, q: [f64; 2], vp: [f64; 2]) -> Parameters<f64> {
    let ([q1, q2], [vp1, vp2]) = (q, vp);
    Parameters { ka, tlag: 0.0, f1: 1.0, cl, vc, q1, vp1, q2, vp2 }
}

/// The largest difference of the central amount to the differential equations over 200 h,
/// after 1 mg into the depot or the central compartment.
fn deviation(p: &Parameters<f64>, bolus: bool) -> f64 {
    let modes = Modes::new(p);
    let amplitudes = if bolus { modes.bolus } else { modes.oral };
    let start = if bolus { [0.0, 1.0, 0.0, 0.0] } else { [1.0, 0.0, 0.0, 0.0] };
    let equations = |y: &[f64], rates: &mut [f64]| {
        let mut numbers = y.iter().copied();
        let state = pharmacokinetics::State::read(&mut || numbers.next().unwrap_or(0.0));
        let mut slots = rates.iter_mut();
        pharmacokinetics::derivatives(p, &state).write(&mut |rate: f64| {
            if let Some(slot) = slots.next() {
                *slot = rate;
            }
        });
    };
    let options =
        Options { relative_tolerance: 1e-13, absolute_tolerance: 1e-15, ..Options::default() };
    let Ok(solution) = steps(&equations, (0.0, 200.0), &start, &[1.0; 4], false, &options) else {
        return f64::INFINITY;
    };
    let exact =
        |t: f64| -> f64 { (0..MODES).map(|i| amplitudes[i] * (-modes.decay[i] * t).exp()).sum() };
    let differences = solution.iter().map(|s| (exact(s.time_h) - s.state[1]).abs());
    differences.fold(0.0, f64::max)
}

#[test]
fn analytic_the_closed_form_solves_the_differential_equations() {
    let cases = [
        ("typical", parameters(0.218, 0.874, 12.2, [0.872, 0.0265], [9.04, 3.48])),
        ("two compartments", parameters(0.218, 0.874, 12.2, [0.872, 0.0], [9.04, 3.48])),
        ("other two compartments", parameters(0.218, 0.874, 12.2, [0.0, 0.3], [9.04, 3.48])),
        ("one compartment", parameters(0.218, 0.874, 12.2, [0.0, 0.0], [9.04, 3.48])),
        ("ka equal to k10", parameters(0.1, 1.0, 10.0, [0.0, 0.0], [9.04, 3.48])),
        ("equal peripherals", parameters(0.2, 1.0, 10.0, [0.5, 0.5], [5.0, 5.0])),
        ("all but closed", parameters(0.2, 1.0, 10.0, [1e-9, 0.0], [1e-8, 1.0])),
        ("very fast", parameters(2.0, 10.0, 1.0, [20.0, 0.1], [1.0, 30.0])),
        ("flip-flop", parameters(0.01, 10.0, 5.0, [1.0, 0.1], [4.0, 30.0])),
    ];
    for (name, p) in cases {
        for bolus in [false, true] {
            let deviation = deviation(&p, bolus);
            assert!(deviation < LIMIT, "{name}, bolus {bolus}: {deviation}");
        }
    }
}

#[test]
fn analytic_ka_equal_or_close_to_an_exponent_is_no_exception() {
    let p = parameters(0.218, 0.874, 12.2, [0.872, 0.0265], [9.04, 3.48]);
    let decay = Modes::new(&p).decay;
    for exponent in &decay[..3] {
        for off in [0.0, 1e-12, 1e-8, -1e-6, 1e-5, 3e-5, -1e-4] {
            let deviation = deviation(&Parameters { ka: exponent * (1.0 + off), ..p }, false);
            assert!(deviation < LIMIT, "ka = {exponent} (1 + {off}): {deviation}");
        }
    }
}

#[test]
fn invariant_amplitudes_sum_to_what_is_there_at_once() {
    let modes = Modes::new(&parameters(0.3, 1.1, 20.0, [1.0, 0.4], [15.0, 25.0]));
    assert!(modes.oral.iter().sum::<f64>().abs() < 1e-14);
    assert!((modes.bolus.iter().sum::<f64>() - 1.0).abs() < 1e-14);
}
