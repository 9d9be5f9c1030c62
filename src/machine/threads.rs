//! Threads: as many as asked for, or as the machine has. Results do not depend on their number.

use super::linux;
use super::memory::within;
use super::stop::{Stop, caught, current, set_current};
use crate::error::{Error, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;

/// Most threads that can be asked for.
pub const MOST_THREADS: usize = 1024;
/// The variable by which rayon lets the number of threads be chosen.
const VARIABLE: &str = "RAYON_NUM_THREADS";
/// Address space of a thread's stack, as Rust asks for it.
const STACK: f64 = 2.0 * 1024.0 * 1024.0;
/// Address space that the allocator of Linux reserves for a thread, and for how many threads a core.
const ARENA: f64 = 64.0 * 1024.0 * 1024.0;
const ARENAS_PER_CORE: usize = 8;

/// Does `work` on so many threads; on those of [`prepare_threads`] where no number is given.
///
/// # Errors
/// A number outside 1 to [`MOST_THREADS`], threads that the system does not grant.
pub fn with_threads<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T> {
    let Some(threads) = threads else {
        prepare_threads();
        return Ok(work());
    };
    Ok(pool(threads, current())?.install(work))
}

/// Does `work` on threads that are started for it and end with it, and ends it early once `stop` is turned.
/// Without a number there are as many threads as the machine has. For programs that call the library and
/// may fork: the child of a process that uses the shared threads would wait for them forever.
///
/// # Errors
/// As [`with_threads`]; [`Error::Stopped`] where the work was left.
pub fn stoppable<T: Send>(
    stop: &Arc<Stop>,
    threads: Option<usize>,
    work: impl FnOnce() -> T + Send,
) -> Result<T> {
    let pool = pool(threads.unwrap_or_else(usual), Some(Arc::clone(stop)))?;
    caught(|| pool.install(work))
}

/// So many threads that work under `stop`.
fn pool(threads: usize, stop: Option<Arc<Stop>>) -> Result<ThreadPool> {
    if !(1..=MOST_THREADS).contains(&threads) {
        return Err(Error::OutOfRange {
            symbol: "threads".to_owned(),
            value: threads as f64,
            unit: "1".to_owned(),
            range: format!("[1, {MOST_THREADS}]"),
        });
    }
    let remedy = "lower the number of threads";
    within(linux::address_space(), &format!("{threads} threads"), address_space(threads), remedy)?;
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .start_handler(move |_| set_current(stop.clone()))
        .build();
    let pool = pool.map_err(|error| Error::Contradiction {
        first: format!("{threads} threads"),
        second: format!("the system: {error}"),
        remedy: "request fewer threads".to_owned(),
    })?;
    settle(&pool);
    Ok(pool)
}

/// Starts the threads that work without a number of its own runs on: all of the machine's, fewer
/// where a limit of address space leaves no room for them, and the calling thread alone where the
/// system grants none. Without this, the first such work would panic there.
pub fn prepare_threads() {
    static STARTED: OnceLock<()> = OnceLock::new();
    // Inside a pool, its threads do the work.
    if rayon::current_thread_index().is_none() {
        STARTED.get_or_init(|| {
            let many = ThreadPoolBuilder::new().num_threads(usual()).build_global();
            if many.is_err() {
                // Also an error: threads that somebody has started already, which are good too.
                let _ = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
            }
            rayon::broadcast(|_| ());
        });
    }
}

/// Threads that work runs on here.
pub(super) fn count() -> usize {
    prepare_threads();
    rayon::current_num_threads()
}

/// Waits until every thread has started, so that what it reserves is seen to be taken.
fn settle(pool: &ThreadPool) {
    pool.broadcast(|_| ());
}

/// Address space that so many threads reserve.
fn address_space(threads: usize) -> f64 {
    let arenas = threads.min(ARENAS_PER_CORE * cores());
    threads as f64 * STACK + arenas as f64 * ARENA
}

fn cores() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

/// As many as the variable says, or as there are cores; their reservations take at most half of a
/// limited address space.
fn usual() -> usize {
    let wanted = std::env::var(VARIABLE).ok().and_then(|text| text.trim().parse().ok());
    let wanted = wanted.filter(|count| *count > 0).unwrap_or_else(cores).min(MOST_THREADS);
    let fits = |count: &usize| {
        linux::address_space().is_none_or(|bytes| address_space(*count) <= 0.5 * bytes)
    };
    (1..=wanted).rev().find(fits).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_stopped_work_unwinds_from_the_threads_that_it_started() {
        let stop = Arc::new(Stop::new());
        let ended = stoppable(&stop, Some(2), || {
            with_threads(Some(2), || {
                let mut rounds = 0_u64;
                loop {
                    rounds += 1;
                    if rounds == 1000 {
                        stop.stop();
                    }
                    super::super::leave_if_stopped();
                }
            })
        });
        let ended: Result<Result<()>> = ended;
        assert!(matches!(ended, Err(Error::Stopped)), "{ended:?}");
        // The thread that called works under no switch.
        super::super::leave_if_stopped();
        assert!(stoppable(&Arc::default(), None, || 1).is_ok_and(|one| one == 1));
    }

    #[test]
    fn invariant_work_runs_on_as_many_threads_as_asked_for() {
        for threads in [1, 3] {
            assert_eq!(with_threads(Some(threads), rayon::current_num_threads).unwrap(), threads);
        }
        assert!(with_threads(None, rayon::current_num_threads).unwrap() >= 1);
        for threads in [0, MOST_THREADS + 1, usize::MAX] {
            let error = with_threads(Some(threads), || ()).unwrap_err().to_string();
            assert!(error.contains("is outside [1, 1024]"), "{error}");
        }
    }
}
