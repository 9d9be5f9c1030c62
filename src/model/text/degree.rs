//! How the rates of a text depend on its states: linearly, or not.

use super::sheet::{Function, Node, Operator, Sheet};
use std::collections::BTreeSet;

/// How a value depends on the states, while no event happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Degree {
    /// Not at all.
    Fixed,
    /// As a sum of states, each times what is fixed.
    Linear,
    /// The same with a fixed term.
    Affine,
    /// In another way, or on time.
    Other,
}

impl Degree {
    /// The highest of the rates of all states.
    pub(super) fn of_rates(sheet: &Sheet) -> Self {
        let all = Self::of_all(sheet);
        let of_rate = |rate: usize| match (all[rate], sheet.nodes[rate]) {
            (Self::Fixed, Node::Number(0.0)) => Self::Linear,
            (Self::Fixed, _) => Self::Affine,
            (other, _) => other,
        };
        sheet.states.iter().map(|state| of_rate(state.rate)).max().unwrap_or(Self::Linear)
    }

    /// The largest set of states whose rates are linear in these states alone, such as drug compartments.
    pub(super) fn linear_states(sheet: &Sheet) -> Vec<usize> {
        let all = Self::of_all(sheet);
        let is_affine = |state: &usize| all[sheet.states[*state].rate] <= Self::Affine;
        let of: Vec<BTreeSet<usize>> =
            sheet.states.iter().map(|state| sheet.states_of(state.rate)).collect();
        let mut linear: BTreeSet<usize> = (0..sheet.states.len()).filter(is_affine).collect();
        loop {
            let kept: BTreeSet<usize> =
                linear.iter().copied().filter(|state| of[*state].is_subset(&linear)).collect();
            if kept.len() == linear.len() {
                return linear.into_iter().collect();
            }
            linear = kept;
        }
    }

    fn of_all(sheet: &Sheet) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::with_capacity(sheet.nodes.len());
        for node in &sheet.nodes {
            all.push(Self::of(*node, &all));
        }
        all
    }

    fn of(node: Node, all: &[Self]) -> Self {
        use Degree::{Affine, Fixed, Linear, Other};
        let is_fixed = |id: usize| all[id] == Fixed;
        match node {
            // These change at events only.
            Node::Number(_)
            | Node::Typical(_)
            | Node::Parameter(_)
            | Node::Covariate(_)
            | Node::Passed(_)
            | Node::AmountOf(_) => Fixed,
            Node::State(_) => Linear,
            Node::Time | Node::Tad(_) | Node::AmountOfEvent => Other,
            Node::Of(Function::Minus, x) => all[x],
            Node::Of(_, x) => {
                if is_fixed(x) {
                    Fixed
                } else {
                    Other
                }
            }
            Node::Between(Operator::Plus | Operator::Minus, x, y) => match (all[x], all[y]) {
                (Fixed, Linear) | (Linear, Fixed) => Affine,
                (one, other) => one.max(other),
            },
            Node::Between(Operator::Times, x, y) if is_fixed(x) => all[y],
            Node::Between(Operator::Times | Operator::Over, x, y) if is_fixed(y) => all[x],
            Node::Between(_, x, y) => {
                if is_fixed(x) && is_fixed(y) {
                    Fixed
                } else {
                    Other
                }
            }
            Node::AtLeast { value, threshold, yes, no } => {
                if !is_fixed(value) || !is_fixed(threshold) {
                    return Other;
                }
                match (all[yes], all[no]) {
                    (Fixed, Linear) | (Linear, Fixed) => Affine,
                    (one, other) => one.max(other),
                }
            }
        }
    }
}
