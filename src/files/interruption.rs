//! Signals end the program without litter: what it was staging is removed, and what it is just putting
//! in place is put there first.

use super::stage::Litter;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What would be left behind if the program ended now.
static STAGED: Mutex<Vec<Litter>> = Mutex::new(Vec::new());

/// The list of what is being staged. As long as it is held, no signal ends the program.
pub(super) fn uninterrupted() -> MutexGuard<'static, Vec<Litter>> {
    STAGED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on the signals that end a program end this one without litter, and a limit on the size of
/// files is an error of writing, not an end. Signals that whoever started the program ignores stay so.
#[cfg(unix)]
pub fn end_cleanly_when_interrupted() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use std::sync::Arc;

    // A system that has no handlers to give leaves things as they are.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
    let Some(ignored) = ignored_signals() else { return };
    let heard = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(move |s| ignored & bit(*s) == 0);
    let (ready, is_ready) = std::sync::mpsc::channel();
    // Registered by the thread that hears: without a thread, signals end the program as ever.
    let end = move || {
        let signals = Signals::new(heard);
        let _ = ready.send(());
        let Ok(mut signals) = signals else { return };
        if let Some(signal) = signals.forever().next() {
            let staged = uninterrupted();
            for litter in staged.iter() {
                litter.remove();
            }
            // The list stays held: nothing is staged any more.
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            std::process::abort();
        }
    };
    if std::thread::Builder::new().name("signals".to_owned()).spawn(end).is_ok() {
        let _ = is_ready.recv();
    }
}

/// From now on the program ends as its system does it.
#[cfg(not(unix))]
pub fn end_cleanly_when_interrupted() {}

#[cfg(unix)]
fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// The signals that were ignored from the start, as by `nohup`; without Linux, HUP is left as it is.
#[cfg(unix)]
fn ignored_signals() -> Option<u64> {
    if cfg!(not(target_os = "linux")) {
        return Some(bit(signal_hook::consts::SIGHUP));
    }
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}
