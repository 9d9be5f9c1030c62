//! Time and error of a program on the workload.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Platelets of some of the subjects, one after the other.
pub(crate) type Program<'a> = Box<dyn Fn(Range<usize>, &[f64]) -> Vec<f64> + Sync + 'a>;

/// Subjects handed to a thread at once: as many as `thrombo simulate` does.
const BLOCK: usize = 256;
/// How long a program is repeated for one measurement, s.
const LONG_ENOUGH: f64 = 0.3;

/// What a subject costs, microseconds.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// By the clock on the wall.
    pub(crate) wall: f64,
    /// Time of the processors: what else runs on the machine hardly counts.
    pub(crate) processor: f64,
}

impl Cost {
    pub(crate) const MOST: Self = Self { wall: f64::INFINITY, processor: f64::INFINITY };

    pub(crate) fn smaller(self, other: Self) -> Self {
        Self { wall: self.wall.min(other.wall), processor: self.processor.min(other.processor) }
    }
}

/// Processor time of this thread, s.
fn thread_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the place is one that may be written to.
    let flag = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert!(flag == 0, "this system has no clock for threads");
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

/// Runs a program over `count` subjects; processor time of all threads, s.
fn run(program: &Program<'_>, outputs: &[f64], count: usize, threads: usize) -> f64 {
    let next = AtomicUsize::new(0);
    let worker = || {
        let start = thread_seconds();
        loop {
            let first = next.fetch_add(BLOCK, Ordering::Relaxed);
            if first >= count {
                return thread_seconds() - start;
            }
            std::hint::black_box(program(first..count.min(first + BLOCK), outputs));
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).sum()
    })
}

/// Mean cost over as many runs as take a while.
pub(crate) fn measure(
    program: &Program<'_>,
    outputs: &[f64],
    count: usize,
    threads: usize,
) -> Cost {
    let start = Instant::now();
    let (mut runs, mut processor) = (0, 0.0);
    while runs == 0 || start.elapsed().as_secs_f64() < LONG_ENOUGH {
        processor += run(program, outputs, count, threads);
        runs += 1;
    }
    let per_subject = 1e6 / (count * runs) as f64;
    Cost { wall: start.elapsed().as_secs_f64() * per_subject, processor: processor * per_subject }
}

/// Largest relative difference; infinite where a value is none.
pub(crate) fn worst(values: &[f64], truth: &[f64]) -> f64 {
    assert!(values.len() == truth.len(), "{} values, not {}", values.len(), truth.len());
    let errors = values.iter().zip(truth).map(|(v, t)| ((v - t) / t).abs());
    errors.fold(0.0, |worst, error| if error.is_nan() { f64::INFINITY } else { error.max(worst) })
}
