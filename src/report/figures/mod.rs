//! One file per figure: plain data in, SVG out. Between given points there are straight lines.

pub mod counts;
pub mod diagram;
pub mod fit;
pub mod forest;
pub mod heat_map;
pub mod narrowing;
pub mod optimum;
pub mod overview;
pub mod pairs;
pub mod predicted;
pub mod profiles;
pub mod records;
pub mod responses;
pub mod sheet;
pub mod signed_map;
pub mod trial;
pub mod uncertain;
