//! The lane engine: many subjects of one system of equations, several side by side in vector
//! registers.
//!
//! Each lane has its own time, step length, events and outputs, and takes the next subject when it
//! has finished one: no lane waits for another, and no lane's numbers depend on another's. A
//! subject's results are the same bits for any lane width, neighbours and instruction set.

#![expect(clippy::needless_range_loop, reason = "a loop over lanes indexes many arrays alike")]

mod batch;
mod dispatch;
mod interpreted;
mod layout;
mod plan;
mod settle;
mod step;
mod system;
#[cfg(test)]
mod tests;

pub use batch::Batch;
pub use dispatch::{Instructions, integrate};
pub use interpreted::Program;
pub use layout::{Fixed, Free, Layout, Rows, Sizes};
pub use plan::{Block, Ending, KINDS, Options, Plan};
pub use system::{Change, Changed, Engine, Event, Start, Subjects, System};
