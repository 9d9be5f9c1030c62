//! Forecasts of the course of a subject: individuals of a population, weighted by the likelihood of the subject's
//! observations.
//!
//! ```text
//! particles θ_1 .. θ_N: individuals of the population
//! w_k ∝ Π_i p(y_i | f(t_i; θ_k))                                        (W1)  over the observations
//! P(f(t) ≥ level | y) ≈ Σ_k w_k 1[f(t; θ_k) ≥ level]                     (W2)
//! effective size 1/Σ_k w_k²                                              (W3)  for weights that sum to 1
//! P(y(t) ≥ level) ≈ P(f(t) ≥ level) + Σ_s (P(y ≥ level | θ_s) − 1[f(t; θ_s) ≥ level])/S    (W5)  a sample of equal weights
//! ```
//!
//! Doses and transfusions that were given in response to counts need no term in the likelihood: given the recorded
//! counts, the decision carries no further information about the individual.

mod answer;
mod likelihood;
mod many;
mod next;
mod of_subject;
mod particles;
mod posterior;
mod predictions;
mod question;
mod records;
mod subject;
#[cfg(test)]
mod tests;
pub mod usual;
mod weights;

pub use answer::{Answer, At, AtProcedure, TIME_QUANTILES};
pub use likelihood::{Residual, ResidualError};
pub use next::Next;
pub use particles::Particles;
pub use question::{Forecast, Plan, Question};
pub use records::{KnownRecords, known_records};
pub use subject::with_doses;
