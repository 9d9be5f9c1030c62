//! Memory: how much there is, and the refusal of work that needs more.

use super::linux;
use crate::error::{Error, Result};

/// Address space that each thread may still reserve beside what it is asked for: the allocator of
/// Linux maps 64 MiB at a time for each.
const SPARE_PER_THREAD: f64 = 64.0 * 1024.0 * 1024.0;
/// Bytes in the unit of messages.
pub(super) const GB: f64 = 1e9;

/// Memory that this process may still take: the least of what limits of the process, control groups
/// and the machine leave. None where the system does not tell.
#[must_use]
pub fn available_bytes() -> Option<f64> {
    let threads = super::threads::count() as f64;
    let space = linux::address_space().map(|bytes| (bytes - threads * SPARE_PER_THREAD).max(0.0));
    [space, linux::memory()].into_iter().flatten().reduce(f64::min)
}

/// Refuses `what` if its `bytes` are not to be had; `remedy` says which count to lower.
///
/// # Errors
/// [`Error::TooLarge`].
pub fn require(what: &str, bytes: f64, remedy: &str) -> Result<()> {
    within(available_bytes(), what, bytes, remedy)
}

pub(super) fn within(available: Option<f64>, what: &str, bytes: f64, remedy: &str) -> Result<()> {
    match available {
        Some(available) if bytes.is_nan() || bytes > available => Err(Error::TooLarge {
            what: what.to_owned(),
            needed_gb: bytes / GB,
            available_gb: available / GB,
            remedy: remedy.to_owned(),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_what_does_not_fit_is_refused_in_one_sentence() {
        assert!(within(Some(2e9), "20 patients", 2e9, "").is_ok());
        assert!(within(None, "20 patients", 1e30, "").is_ok());
        for (bytes, said) in [(2.04e9, "2.0 GB"), (4e13, "40000 GB"), (f64::NAN, "NaN GB")] {
            let error = within(Some(1.23e9), "20 patients", bytes, "lower their number");
            let expected = format!(
                "20 patients would need about {said} of memory, and 1.2 GB are available: lower their number"
            );
            assert_eq!(error.unwrap_err().to_string(), expected);
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn invariant_this_machine_has_memory_and_not_all_of_it() {
        let available = available_bytes().unwrap();
        assert!((1e6..1e15).contains(&available), "{available}");
        assert!(require("nothing", 0.0, "").is_ok());
        assert!(require("all", 1e18, "ask for less").is_err());
    }
}
