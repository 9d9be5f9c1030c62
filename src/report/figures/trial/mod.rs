//! The figures of one trial: what its arms did, on one scale.

pub mod course;
pub mod flow;
mod grid;
pub mod probability;
mod protocol;
#[cfg(test)]
mod tests;
pub mod time_above;
pub mod waterfall;

use crate::report::drawing::marks::EndLabel;
use crate::report::drawing::page::{Page, SHEET_WIDTH};
use crate::report::drawing::theme::{Colour, Stroke};

pub use protocol::Protocol;

/// What stands around a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// The answer in words.
    pub title: String,
    /// Model, variant and trial.
    pub model_name: String,
    /// What is drawn: n, seed, what lines, bands and points are.
    pub caption: String,
}

/// An arm as figures know it.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// Its colour in every figure.
    pub colour: Colour,
}

impl Words {
    fn page(&self) -> Page {
        Page::new(SHEET_WIDTH, &self.title, &self.model_name, &self.caption)
    }
}

impl Arm {
    /// The label at the right end of its line.
    fn end_label(&self, value: f64, stroke: Stroke) -> EndLabel {
        EndLabel { value, text: self.name.clone(), stroke }
    }
}

/// The last value that is a number.
fn last_known(values: impl DoubleEndedIterator<Item = f64>) -> f64 {
    values.rev().find(|value| value.is_finite()).unwrap_or(f64::NAN)
}
