//! Values of single nodes.

use super::sheet::{Id, Inputs, Node};
use crate::numeric::Real;

impl Node {
    /// What the value is made of.
    #[must_use]
    pub fn parts(self) -> Vec<Id> {
        match self {
            Self::Of(_, part) => vec![part],
            Self::Between(_, left, right) => vec![left, right],
            Self::AtLeast { value, threshold, yes, no } => vec![value, threshold, yes, no],
            _ => Vec::new(),
        }
    }

    /// Its value, given the `values` before it.
    pub(super) fn value<T: Real>(self, inputs: &Inputs<'_, T>, values: &[T]) -> T {
        let at = |slice: &[T], i: usize| slice.get(i).copied().unwrap_or(T::ZERO);
        let of = |id: Id| at(values, id);
        match self {
            Self::Number(number) => T::constant(number),
            Self::Typical(i) => at(inputs.typical, i),
            Self::Parameter(i) => at(inputs.parameters, i),
            Self::Covariate(i) => at(inputs.covariates, i),
            Self::State(i) => at(inputs.states, i),
            Self::Time => inputs.time,
            Self::Tad(route) => at(inputs.tad, route),
            Self::AmountOf(route) => at(inputs.amounts, route),
            Self::Passed(stop) => at(inputs.passed, stop),
            Self::AmountOfEvent => inputs.event,
            Self::Of(function, part) => function.of(of(part)),
            Self::Between(operator, left, right) => operator.between(of(left), of(right)),
            Self::AtLeast { value, threshold, yes, no } => {
                of(value).where_at_least(of(threshold), of(yes), of(no))
            }
        }
    }
}
