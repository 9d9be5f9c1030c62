//! Integrators written in Rust, each used as its documentation recommends, and the reference engine.

use crate::workload::{END, all_rates, baseline};
use diffsol::{NalgebraMat, OdeBuilder, OdeSolverMethod, OdeSolverStopReason};
use nalgebra::SVector;
use ode_solvers::dop_shared::{OutputType, System};
use thrombopoiesis::integrate;

pub(crate) const RTOL: f64 = 1e-6;
pub(crate) const ATOL: f64 = 1e-8;
pub(crate) type Parameters = [f64; 14];

pub(crate) fn dose_times(p: &Parameters) -> [f64; 7] {
    std::array::from_fn(|day| 24.0 * day as f64 + p[7])
}

pub(crate) fn start(p: &Parameters) -> [f64; 10] {
    let mut y = [0.0; 10];
    y[4..].copy_from_slice(&baseline(p));
    y
}

pub(crate) fn rates_into(p: &Parameters, y: &[f64], rates: &mut [f64]) {
    let y: &[f64; 10] = y.try_into().expect("ten states");
    rates.copy_from_slice(&all_rates(p, y));
}

/// Steps of its own choice up to each dose, outputs by interpolation.
pub(crate) fn diffsol(subjects: &[Parameters], outputs: &[f64]) -> Vec<f64> {
    let mut values = Vec::with_capacity(subjects.len() * outputs.len());
    for &p in subjects {
        let problem = OdeBuilder::<NalgebraMat<f64>>::new()
            .rtol(RTOL)
            .atol([ATOL])
            .rhs(move |y, _, _, rates| rates_into(&p, y, rates))
            .init(move |_, _, y| y.copy_from_slice(&start(&p)), 10)
            .build()
            .expect("a problem");
        let mut solver = problem.tsit45().expect("a solver");
        let mut next = outputs.iter().peekable();
        let stops = dose_times(&p).into_iter().map(|t| (t, true)).chain([(END, false)]);
        for (stop, dose) in stops {
            solver.set_stop_time(stop).expect("a stop time");
            loop {
                let reason = solver.step().expect("a step");
                let now = solver.state().t;
                while let Some(time) = next.next_if(|time| **time <= now) {
                    values.push(solver.interpolate(*time).expect("inside the step")[9]);
                }
                if matches!(reason, OdeSolverStopReason::TstopReached) {
                    break;
                }
            }
            if dose {
                solver.state_mut().y[0] += 3.0;
            }
        }
    }
    values
}

struct Equations(Parameters);

impl System<f64, SVector<f64, 10>> for Equations {
    fn system(&self, _: f64, y: &SVector<f64, 10>, rates: &mut SVector<f64, 10>) {
        rates_into(&self.0, y.as_slice(), rates.as_mut_slice());
    }
}

/// Restarted at each dose and output: its dense output is not accurate enough.
pub(crate) fn dop853(subjects: &[Parameters], outputs: &[f64], rtol: f64) -> Vec<f64> {
    let mut values = Vec::with_capacity(subjects.len() * outputs.len());
    for &p in subjects {
        let mut y = SVector::from(start(&p));
        let mut now = 0.0;
        let mut stops: Vec<(f64, bool)> = outputs.iter().map(|t| (*t, false)).collect();
        stops.extend(dose_times(&p).map(|t| (t, true)));
        stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (stop, dose) in stops {
            if stop > now {
                let mut solver = ode_solvers::Dop853::from_param(
                    Equations(p),
                    0.0,
                    stop - now,
                    stop - now,
                    y,
                    rtol,
                    1e-2 * rtol,
                    0.9,
                    0.0,
                    0.333,
                    6.0,
                    stop - now,
                    0.0,
                    100_000,
                    1000,
                    OutputType::Sparse,
                );
                solver.integrate().expect("a solution");
                y = *solver.y_out().last().expect("an end");
                now = stop;
            }
            if dose {
                y[0] += 3.0;
            } else {
                values.push(y[9]);
            }
        }
    }
    values
}

/// The reference engine as simulations use it: accepted steps from dose to dose, then each output
/// integrated anew from the accepted step before it.
pub(crate) fn reference(subjects: &[Parameters], outputs: &[f64]) -> Vec<f64> {
    let options = integrate::Options {
        relative_tolerance: RTOL,
        absolute_tolerance: ATOL,
        ..integrate::Options::default()
    };
    let mut values = Vec::with_capacity(subjects.len() * outputs.len());
    for p in subjects {
        let rates = |y: &[f64], rates: &mut [f64]| rates_into(p, y, rates);
        let mut scale = start(p);
        scale[..4].fill(1.0);
        let solve = |from, to, y: &[f64], whole| {
            integrate::steps(&rates, (from, to), y, &scale, whole, &options).expect("a solution")
        };
        let mut next = outputs.iter().copied().peekable();
        let (mut y, mut now) = (start(p).to_vec(), 0.0);
        for (stop, dose) in dose_times(p).into_iter().map(|t| (t, true)).chain([(END, false)]) {
            let accepted = solve(now, stop, &y, false);
            while let Some(time) = next.next_if(|time| *time <= stop) {
                let after = accepted.partition_point(|step| step.time_h <= time);
                let left = &accepted[after.max(1) - 1];
                values.push(if time > left.time_h {
                    let there = solve(left.time_h, time, &left.state, true);
                    there[there.len() - 1].state[9]
                } else {
                    left.state[9]
                });
            }
            y.clone_from(&accepted[accepted.len() - 1].state);
            now = stop;
            if dose {
                y[0] += 3.0;
            }
        }
    }
    values
}
