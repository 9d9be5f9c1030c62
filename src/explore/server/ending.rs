//! What ends the program: an interrupt from the keyboard, or a request to terminate.

use std::future::poll_fn;
use std::io::Result;
use std::task::Poll;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{ctrl_break, ctrl_c};

/// Waits for the end. Once this returns, neither signal kills the program any more. Must be called
/// inside a runtime.
///
/// # Errors
/// A system that does not report signals.
pub(super) fn ending() -> Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    #[cfg(windows)]
    let (mut interrupt, mut terminate) = (ctrl_c()?, ctrl_break()?);
    Ok(poll_fn(move |context| {
        let ended =
            interrupt.poll_recv(context).is_ready() || terminate.poll_recv(context).is_ready();
        if ended { Poll::Ready(()) } else { Poll::Pending }
    }))
}
