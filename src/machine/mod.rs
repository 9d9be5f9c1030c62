//! What the machine grants: memory and threads. Work that needs more is refused before it starts,
//! because an allocation that fails ends the program without a word.

mod arithmetic;
mod linux;
mod memory;
mod stop;
mod threads;

pub use arithmetic::arithmetic;
pub use memory::{available_bytes, require};
pub use stop::{Stop, leave_if_stopped};
pub use threads::{MOST_THREADS, prepare_threads, stoppable, with_threads};
