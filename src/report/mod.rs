//! Figures: data in, SVG out. Nothing here computes pharmacology; between given points there are straight lines.
//!
//! [`canvas`] is the paper and the only file that knows the drawing library; [`panel`] and [`axis`] are the vocabulary the figures
//! are written in, [`theme`] their colours and sizes. Then one file per figure.

pub mod axis;
pub mod canvas;
pub mod fit;
pub mod geometry;
pub mod labels;
pub mod overview;
pub mod page;
pub mod panel;
pub mod platelets;
pub mod profiles;
pub mod sheet;
pub mod strip;
pub mod theme;

pub mod dots;
pub mod drawing;
mod svg;
#[cfg(test)]
mod testing;
