//! What is to be expected of a treatment over the posterior: one outlook for each of its parameter sets.

use super::sets::ParameterSet;
use crate::error::Result;
use crate::window::{Baseline, Outlook, People, Question, Treatment};

/// The outlooks of each treatment in patients with each baseline, over the sets in their order; each set has patients of its
/// own, so that their finite number does not shift all sets alike.
///
/// # Errors
/// A question that cannot be asked, a treatment that is none, a symbol that the patients do not have.
pub fn outlooks(
    sets: &[ParameterSet],
    question: &Question<'_>,
    asked: &[(Baseline, &Treatment)],
    tell: &dyn Fn(usize),
) -> Result<Vec<Vec<Outlook>>> {
    let mut all = vec![Vec::with_capacity(sets.len()); asked.len()];
    for (number, set) in sets.iter().enumerate() {
        let patients = set.patients(question.patients, question.variant)?;
        let seed = question.seed.wrapping_add(number as u64);
        let mut people = People::new(Question { patients: &patients, seed, ..*question })?;
        for ((baseline, treatment), outlooks) in asked.iter().zip(&mut all) {
            if people.question.baseline != *baseline {
                people = people.with_baseline(*baseline)?;
            }
            outlooks.push(people.under(treatment)?.outlook(&people.question));
        }
        tell(number + 1);
    }
    Ok(all)
}
