//! What the records of a subject say of its course to come: the individuals of a population, weighted by how well
//! they explain what was observed.
//!
//! ```text
//! particles θ_1 .. θ_N: individuals of the population
//! w_k ∝ Π_i p(y_i | f(t_i; θ_k))                                        (W1)  over the observations
//! P(f(t) ≥ level | y) ≈ Σ_k w_k 1[f(t; θ_k) ≥ level]                     (W2)
//! effective size 1/Σ_k w_k²                                              (W3)  for weights that sum to 1
//! ```
//!
//! A dose or a transfusion that was given because of a count needs no term of its own: given the records, what was
//! decided says nothing more of the individual than the counts on which it rests.

mod extended;
mod likelihood;
mod particles;
#[cfg(test)]
mod tests;
mod weights;

pub use likelihood::{Residual, ResidualError};
pub use particles::{At, Forecast, Question};
