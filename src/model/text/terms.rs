//! The terms that the rates of a text are sums of.

use super::individual::Individual;
use super::sheet::{Function, Id, Node, Operator};

impl Individual<f64> {
    /// For each state, its rate without drug as a share of the terms that it is the sum of.
    pub(super) fn unrest(&self) -> Vec<(String, f64)> {
        let values = self.all(&self.baseline, 0.0);
        let sizes = self.term_sizes(&self.baseline);
        let states = self.asked.sheet.states.iter().zip(sizes);
        let share = |rate: Id, size: f64| if size > 0.0 { values[rate].abs() / size } else { 0.0 };
        states.map(|(state, size)| (state.name.clone(), share(state.rate, size))).collect()
    }

    /// For each state, the sum of the absolute terms of its rate at the state `y`, per hour.
    pub(super) fn term_sizes(&self, y: &[f64]) -> Vec<f64> {
        let values = self.all(y, 0.0);
        self.asked.sheet.states.iter().map(|state| self.size(&values, state.rate)).collect()
    }

    /// The sum of the absolute terms of a value.
    fn size(&self, values: &[f64], id: Id) -> f64 {
        let size = |id: Id| self.size(values, id);
        match self.asked.sheet.nodes[id] {
            Node::Between(Operator::Plus | Operator::Minus, x, y) => size(x) + size(y),
            // A factor in front of a sum is that of each of its terms.
            Node::Between(Operator::Times, x, y) => size(x) * size(y),
            Node::Between(Operator::Over, x, y) => size(x) / values[y].abs(),
            Node::Of(Function::Minus, x) => size(x),
            Node::AtLeast { value, threshold, yes, no } => {
                size(if values[value] >= values[threshold] { yes } else { no })
            }
            _ => values[id].abs(),
        }
    }
}
