//! Forecasts of the course of a subject: individuals of a population, weighted by the likelihood of the subject's
//! observations.
//!
//! ```text
//! particles θ_1 .. θ_N: individuals of the population
//! w_k ∝ Π_i p(y_i | f(t_i; θ_k))                                        (B1)  over the observations
//! P(f(t) ≥ level | y) ≈ Σ_k w_k 1[f(t; θ_k) ≥ level]                     (B2)
//! effective size 1/Σ_k w_k²                                              (B3)  for weights that sum to 1
//! P(y(t) ≥ level) ≈ P(f(t) ≥ level) + Σ_s (P(y ≥ level | θ_s) − 1[f(t; θ_s) ≥ level])/S    (B5)  a sample of equal weights
//! w_k ∝ Π_i p(y_i | f(t_i; θ_k)) q_0(θ_k)/Σ_r n_r q_r(θ_k)              (B6)  with individuals of further rounds
//! share of the prior = min(1, V(ln θ | y)/V(ln θ))                       (B7)  V: variance between the weighted individuals
//! ```
//!
//! Doses and transfusions that were given in response to counts need no term in the likelihood: given the recorded
//! counts, the decision carries no further information about the individual.

mod answer;
mod likelihood;
mod many;
mod next;
mod of_subject;
mod parameters;
mod particles;
mod pool;
mod posterior;
mod predictions;
mod proposal;
mod question;
mod records;
mod refined;
mod subject;
#[cfg(test)]
mod tests;
mod uncertainty;
pub mod usual;
mod visits;
mod weighted;
mod weights;

pub use answer::{Answer, At, AtProcedure, time_at_least};
pub use likelihood::{Residual, ResidualError};
pub use next::Next;
pub use parameters::{IndividualParameter, MedianAndInterval};
pub use particles::Particles;
pub use posterior::{Against, UNCERTAIN};
pub use question::{Forecast, Plan, Question};
pub use records::{KnownRecords, known_records};
pub use refined::HEAVY;
pub use subject::with_doses;
pub use weighted::Weighted;
