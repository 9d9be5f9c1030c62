//! The other integrators, each used as its documentation recommends.

use crate::workload::{END, all_rates, baseline};
use diffsol::{NalgebraMat, OdeBuilder, OdeSolverMethod, OdeSolverStopReason};
use nalgebra::SVector;
use ode_solvers::dop_shared::{OutputType, System};

const RTOL: f64 = 1e-6;
const ATOL: f64 = 1e-8;
type Parameters = [f64; 14];

fn dose_times(p: &Parameters) -> [f64; 7] {
    std::array::from_fn(|day| 24.0 * day as f64 + p[7])
}

fn start(p: &Parameters) -> [f64; 10] {
    let mut y = [0.0; 10];
    y[4..].copy_from_slice(&baseline(p));
    y
}

fn rates_into(p: &Parameters, y: &[f64], rates: &mut [f64]) {
    let y: &[f64; 10] = y.try_into().expect("ten states");
    rates.copy_from_slice(&all_rates(p, y));
}

/// Steps of its own choice up to each dose, outputs by interpolation.
pub fn diffsol(subjects: &[Parameters], outputs: &[f64], count: usize) -> Vec<f64> {
    let mut values = Vec::with_capacity(count * outputs.len());
    for number in 0..count {
        let p = subjects[number];
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
pub fn dop853(subjects: &[Parameters], outputs: &[f64], count: usize, rtol: f64) -> Vec<f64> {
    let mut values = Vec::with_capacity(count * outputs.len());
    for number in 0..count {
        let p = subjects[number];
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

#[cfg(lsoda)]
unsafe extern "C" {
    fn lsoda_wrapper(
        rhs: extern "C" fn(f64, *mut f64, *mut f64, *mut std::ffi::c_void),
        neq: i32,
        u0: *mut f64,
        data: *mut std::ffi::c_void,
        nt: i32,
        teval: *mut f64,
        usol: *mut f64,
        rtol: f64,
        atol: f64,
        mxstep: i32,
        success: *mut i32,
    );
}

#[cfg(lsoda)]
extern "C" fn lsoda_rates(_: f64, y: *mut f64, rates: *mut f64, data: *mut std::ffi::c_void) {
    // SAFETY: the wrapper hands through what `lsoda` below gives it.
    unsafe {
        let (y, rates) =
            (std::slice::from_raw_parts(y, 10), std::slice::from_raw_parts_mut(rates, 10));
        rates_into(&*data.cast::<Parameters>(), y, rates);
    }
}

/// From dose to dose, outputs at the times asked for.
#[cfg(lsoda)]
pub fn lsoda(subjects: &[Parameters], outputs: &[f64], count: usize) -> Vec<f64> {
    let mut values = Vec::with_capacity(count * outputs.len());
    for number in 0..count {
        let mut p = subjects[number];
        let mut y = start(&p);
        let mut now = 0.0;
        for (stop, dose) in dose_times(&p).into_iter().map(|t| (t, true)).chain([(END, false)]) {
            let inside =
                outputs.iter().copied().filter(|t| *t >= now && *t < stop || *t == END && !dose);
            let mut times = vec![now];
            let skip = inside.clone().next() != Some(now);
            times.extend(inside.filter(|t| *t > now));
            if times.last() != Some(&stop) {
                times.push(stop);
            }
            let mut states = vec![0.0; 10 * times.len()];
            let mut success = 0;
            // SAFETY: the sizes are those of the buffers.
            unsafe {
                lsoda_wrapper(
                    lsoda_rates,
                    10,
                    y.as_mut_ptr(),
                    (&raw mut p).cast(),
                    times.len() as i32,
                    times.as_mut_ptr(),
                    states.as_mut_ptr(),
                    RTOL,
                    ATOL,
                    100_000,
                    &raw mut success,
                );
            }
            assert!(success == 1, "subject {number} fails");
            let wanted = times.len() - usize::from(dose);
            values.extend(states.chunks(10).take(wanted).skip(usize::from(skip)).map(|s| s[9]));
            y.copy_from_slice(&states[10 * (times.len() - 1)..]);
            if dose {
                y[0] += 3.0;
            }
            now = stop;
        }
    }
    values
}
