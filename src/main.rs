//! The program `thrombo`.
fn main() {}
