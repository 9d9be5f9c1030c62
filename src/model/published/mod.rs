//! Published models, re-implemented from their equations, one file a paper.

pub mod farrell_2014;
pub mod katsube_2019;
pub mod shimizu_2021;
pub mod wang_2010;
