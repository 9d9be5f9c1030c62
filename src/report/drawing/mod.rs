//! The vocabulary of every figure: paper, panels, axes, marks, colours.
//!
//! [`canvas`] is the paper and the only file that knows the drawing library; [`panel`], [`axis`] and
//! [`marks`] are the words, [`theme`] the colours and sizes.

pub mod axis;
pub mod boxes;
pub mod canvas;
pub mod dots;
pub mod form;
pub mod geometry;
pub mod labels;
mod letters;
pub mod marks;
pub mod outline;
pub mod page;
pub mod panel;
mod pdf;
pub mod platelets;
mod png;
pub mod raster;
mod readings;
mod shapes;
pub mod strip;
mod svg;
#[cfg(test)]
pub(crate) mod testing;
pub mod theme;
