//! numbalsoda's LSODA, compiled by `build.rs`.

use crate::others::{ATOL, Parameters, RTOL, dose_times, rates_into, start};
use crate::workload::END;
use std::ffi::c_void;

unsafe extern "C" {
    fn lsoda_wrapper(
        rhs: extern "C" fn(f64, *mut f64, *mut f64, *mut c_void),
        neq: i32,
        u0: *mut f64,
        data: *mut c_void,
        nt: i32,
        teval: *mut f64,
        usol: *mut f64,
        rtol: f64,
        atol: f64,
        mxstep: i32,
        success: *mut i32,
    );
}

extern "C" fn rates(_: f64, y: *mut f64, rates: *mut f64, data: *mut c_void) {
    // SAFETY: the wrapper hands through what `lsoda` below gives it.
    unsafe {
        let (y, rates) =
            (std::slice::from_raw_parts(y, 10), std::slice::from_raw_parts_mut(rates, 10));
        rates_into(&*data.cast::<Parameters>(), y, rates);
    }
}

/// From dose to dose, outputs at the times asked for.
pub(crate) fn lsoda(subjects: &[Parameters], outputs: &[f64]) -> Vec<f64> {
    let mut values = Vec::with_capacity(subjects.len() * outputs.len());
    for subject in subjects {
        let mut p = *subject;
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
                    rates,
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
            assert!(success == 1, "a subject fails");
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
