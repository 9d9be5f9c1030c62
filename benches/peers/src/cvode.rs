//! CVODE of SUNDIALS, which `sundials-sys` compiles from source.

use crate::others::{ATOL, Parameters, RTOL, dose_times, rates_into, start};
use crate::workload::END;
use std::ffi::{c_int, c_void};
use std::path::PathBuf;
use sundials_sys as sun;

const STATES: usize = 10;

/// The linear multistep method.
#[derive(Clone, Copy)]
pub(crate) enum Method {
    Adams,
    Bdf,
}

unsafe extern "C" fn rates(
    _: f64,
    y: sun::N_Vector,
    rates: sun::N_Vector,
    data: *mut c_void,
) -> c_int {
    // SAFETY: CVODE hands in vectors of the length of the state, and the data given below.
    unsafe {
        let y = std::slice::from_raw_parts(sun::N_VGetArrayPointer(y), STATES);
        let rates = std::slice::from_raw_parts_mut(sun::N_VGetArrayPointer(rates), STATES);
        rates_into(&*data.cast::<Parameters>(), y, rates);
    }
    0
}

/// Newton's method with a dense matrix, used for one subject after the other.
struct Solver {
    context: sun::SUNContext,
    state: sun::N_Vector,
    matrix: sun::SUNMatrix,
    linear: sun::SUNLinearSolver,
    memory: *mut c_void,
}

fn done(flag: c_int) {
    assert!(flag >= 0, "CVODE ends with {flag}");
}

impl Solver {
    fn new(method: Method) -> Self {
        let method = match method {
            Method::Adams => sun::CV_ADAMS,
            Method::Bdf => sun::CV_BDF,
        };
        let mut context = std::ptr::null_mut();
        // SAFETY: the order of calls in the manual; everything is freed in `drop`.
        unsafe {
            done(sun::SUNContext_Create(sun::comm_no_mpi(), &mut context));
            let state = sun::N_VNew_Serial(STATES as i64, context);
            let matrix = sun::SUNDenseMatrix(STATES as i64, STATES as i64, context);
            let linear = sun::SUNLinSol_Dense(state, matrix, context);
            let memory = sun::CVodeCreate(method, context);
            sun::N_VConst(1.0, state);
            done(sun::CVodeInit(memory, Some(rates), 0.0, state));
            done(sun::CVodeSStolerances(memory, RTOL, ATOL));
            done(sun::CVodeSetLinearSolver(memory, linear, matrix));
            done(sun::CVodeSetMaxNumSteps(memory, 100_000));
            Self { context, state, matrix, linear, memory }
        }
    }

    fn state(&mut self) -> &mut [f64] {
        // SAFETY: the vector was made with this length, and is borrowed with the solver.
        unsafe { std::slice::from_raw_parts_mut(sun::N_VGetArrayPointer(self.state), STATES) }
    }

    fn restart(&mut self, time: f64, stop: f64, p: &mut Parameters) {
        // SAFETY: the parameters outlive the calls of `advance` up to the next restart.
        unsafe {
            done(sun::CVodeReInit(self.memory, time, self.state));
            done(sun::CVodeSetUserData(self.memory, (&raw mut *p).cast()));
            done(sun::CVodeSetStopTime(self.memory, stop));
        }
    }

    fn advance(&mut self, time: f64) {
        let mut reached = 0.0;
        // SAFETY: the solver is initialised.
        done(unsafe {
            sun::CVode(self.memory, time, self.state, &mut reached, sun::CV_NORMAL as c_int)
        });
        assert!(reached == time, "{reached}, not {time}");
    }
}

impl Drop for Solver {
    fn drop(&mut self) {
        // SAFETY: each was made once in `new`, the context first.
        unsafe {
            sun::CVodeFree(&mut self.memory);
            sun::SUNLinSolFree(self.linear);
            sun::SUNMatDestroy(self.matrix);
            sun::N_VDestroy(self.state);
            sun::SUNContext_Free(&mut self.context);
        }
    }
}

/// Steps of its own choice up to each dose, outputs by interpolation.
pub(crate) fn cvode(subjects: &[Parameters], outputs: &[f64], method: Method) -> Vec<f64> {
    let mut values = Vec::with_capacity(subjects.len() * outputs.len());
    let mut solver = Solver::new(method);
    for subject in subjects {
        let mut p = *subject;
        let mut next = outputs.iter().copied().peekable();
        let mut now = 0.0;
        solver.state().copy_from_slice(&start(&p));
        for (stop, dose) in dose_times(&p).into_iter().map(|t| (t, true)).chain([(END, false)]) {
            solver.restart(now, stop, &mut p);
            while let Some(time) = next.next_if(|time| *time <= stop) {
                if time > now {
                    solver.advance(time);
                    now = time;
                }
                values.push(solver.state()[9]);
            }
            if now < stop {
                solver.advance(stop);
                now = stop;
            }
            if dose {
                solver.state()[0] += 3.0;
            }
        }
    }
    values
}

/// The version of SUNDIALS.
pub(crate) fn version() -> String {
    let bytes: &[u8] = sun::SUNDIALS_VERSION;
    String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned()
}

/// What SUNDIALS was compiled with, as its build wrote it down; empty where that is not found.
pub(crate) fn how_built() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let builds = std::fs::read_dir(program.parent()?.join("build")).ok()?;
    let caches = builds.flatten().map(|folder| folder.path().join("out/build/CMakeCache.txt"));
    let newest = |path: &PathBuf| std::fs::metadata(path).and_then(|data| data.modified()).ok();
    let cache = caches.filter(|path| path.is_file()).max_by_key(newest)?;
    let text = std::fs::read_to_string(cache).ok()?;
    let value = |key: &str| {
        let line = text.lines().find(|line| line.starts_with(key))?;
        line.split_once('=').map(|(_, value)| value.to_owned())
    };
    value("CMAKE_PROJECT_NAME").filter(|name| name == "SUNDIALS")?;
    let kind = value("CMAKE_BUILD_TYPE")?;
    let flags = value(&format!("CMAKE_C_FLAGS_{}", kind.to_uppercase()))?;
    Some(format!("{kind}, {flags}"))
}
