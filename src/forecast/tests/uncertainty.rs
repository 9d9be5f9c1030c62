//! The share of the posterior in which a probability is reached, against the closed form of normal parameter sets.

use super::{CONSTANT, case, question};
use crate::forecast::{Particles, Question, ResidualError};
use crate::statistics::normal_cdf;

/// Variances between individuals and of an observation.
const BETWEEN: f64 = 4.0;
const ERROR: f64 = 2.25;
const OBSERVED: f64 = 12.0;
const SETS: usize = 20;

/// The typical value of a set.
fn typical(set: usize) -> f64 {
    9.0 + 0.15 * set as f64
}

/// Probability of measuring 11 or more in an individual of a set after the observation.
fn chance(set: usize) -> f64 {
    let precision = 1.0 / BETWEEN + 1.0 / ERROR;
    let mean = (typical(set) / BETWEEN + OBSERVED / ERROR) / precision;
    normal_cdf((mean - 11.0) / (1.0 / precision + ERROR).sqrt())
}

#[test]
fn analytic_the_share_of_the_posterior_is_that_of_normal_parameter_sets() {
    let own = case(CONSTANT);
    let mut particles = Particles::none("B", &own.predictor, 1e-7).expect("none");
    for set in 0..SETS {
        let of_set = case(&CONSTANT.replace("m = 10 mg", &format!("m = {} mg", typical(set))));
        let errors = ResidualError::of_model(&own.predictor);
        particles.add(of_set.generator.clone(), 500 * set..500 * (set + 1), errors);
    }
    let individuals = [particles];
    let subject = own.subject(&format!("ID,TIME,DV\n1,0,{OBSERVED}\n"));
    let weight = |set: usize| {
        let distance = OBSERVED - typical(set);
        (-0.5 * distance * distance / (BETWEEN + ERROR)).exp()
    };
    let all: f64 = (0..SETS).map(weight).sum();
    for wanted in [0.3, 0.55, 0.6, 0.65, 0.9] {
        let question = Question { probability: wanted, ..question(&individuals, &[5.0]) };
        let found = question.forecast(&subject).expect("a forecast");
        let share = found.answer.share_wanted.expect("uncertain parameters");
        let reached = (0..SETS).filter(|set| chance(*set) >= wanted).map(weight).sum::<f64>();
        // The probabilities of neighbouring sets differ by 0.011, as much as one of 10,000 individuals errs.
        assert!((share - reached / all).abs() < 0.12, "{wanted}: {share} {}", reached / all);
    }
}

#[test]
fn invariant_one_parameter_set_has_no_share() {
    let own = case(CONSTANT);
    let individuals = [own.individuals(0..500)];
    let found = question(&individuals, &[5.0]).forecast(&own.subject("ID,TIME,DV\n1,0,12\n"));
    assert_eq!(found.expect("a forecast").answer.share_wanted, None);
}
