//! The equations of any model as a list of operations that is run for many individuals side by side.
//!
//! What does not change with the state is computed once for each individual; states that can never move
//! are left out, and so is what the count does not depend on.

use super::Graph;
use super::lowering::Lowering;
use super::operation::{self, Operation};
use super::simplified::{Forcing, Id, Known, Made, Simplified};
use std::collections::{BTreeSet, HashMap};

/// What a tape is made for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Purpose {
    /// Parameters that are the same for all individuals, by their positions in the graph.
    pub(crate) fixed: HashMap<usize, f64>,
    /// States that events change.
    pub(crate) touched: BTreeSet<usize>,
    /// What is given from outside.
    pub(crate) forcing: Option<Forcing>,
    /// Whether all states are wanted, not only those on which the count depends.
    pub(crate) is_whole: bool,
}

/// Equations ready to be run.
///
/// The first registers hold the constants of an individual, the next the states that are integrated,
/// the next the forcing, the others what is computed.
#[derive(Debug, Clone)]
pub(crate) struct Tape {
    pub(super) made: Vec<Made>,
    /// The values that do not change with the state and are needed, parts first.
    pub(super) fixed: Vec<Id>,
    /// Those of them that operations use, in the order of their registers.
    pub(super) constants: Vec<Id>,
    /// The states that are integrated, by their positions in the model.
    pub(super) states: Vec<usize>,
    pub(super) operations: Vec<(Operation, usize)>,
    pub(super) registers: usize,
    /// The registers of the rates, in the order of [`Self::states`].
    pub(super) rates: Vec<usize>,
    /// The integrated states that the count depends on.
    pub(super) shown: Vec<usize>,
    /// Whether the count is a sum of states, each times a constant.
    pub(super) is_linear: bool,
}

impl Tape {
    /// The operations of `graph`.
    pub(crate) fn new(graph: &Graph, purpose: &Purpose) -> Self {
        let simplified = without_still_states(graph, purpose);
        let states = if purpose.is_whole {
            (0..graph.states.len()).collect()
        } else {
            states_needed(&simplified)
        };
        Lowering::new(&simplified, &states).tape()
    }

    /// The states that are integrated, by their positions in the model.
    pub(crate) fn states(&self) -> &[usize] {
        &self.states
    }

    /// The integrated states that the count depends on.
    pub(crate) fn shown(&self) -> &[usize] {
        &self.shown
    }

    /// Whether the count is a sum of states, each times a constant of the individual.
    pub(crate) fn is_linear(&self) -> bool {
        self.is_linear
    }

    /// Number of constants of an individual.
    pub(crate) fn constants(&self) -> usize {
        self.constants.len()
    }

    /// Number of registers.
    pub(crate) fn registers(&self) -> usize {
        self.registers
    }

    /// The registers of the rates, in the order of [`Self::states`].
    pub(crate) fn rates(&self) -> &[usize] {
        &self.rates
    }

    /// Computes the constants of the individual with `parameters`; `values` is a scratch pad.
    pub(crate) fn fill(&self, parameters: &[f64], values: &mut Vec<f64>, constants: &mut [f64]) {
        values.clear();
        values.resize(self.made.len(), 0.0);
        for id in &self.fixed {
            values[*id] = match self.made[*id] {
                Made::Number(bits) => f64::from_bits(bits),
                Made::Parameter(i) => parameters[i],
                // Neither is constant.
                Made::State(_) | Made::Forcing => f64::NAN,
                Made::Of(function, x) => function.in_lanes(values[x]),
                Made::Between(operator, x, y) => operator.in_lanes(values[x], values[y]),
                Made::AtLeast { value, threshold, yes, no } => {
                    values[if values[value] >= values[threshold] { yes } else { no }]
                }
            };
        }
        for (constant, id) in constants.iter_mut().zip(&self.constants) {
            *constant = values[*id];
        }
    }

    /// Runs all operations on `registers`, each a row of lanes.
    #[inline(always)]
    pub(crate) fn run<const W: usize>(&self, registers: &mut [[f64; W]]) {
        operation::run(&self.operations, registers);
    }
}

/// The graph with the states put in that never move: those whose rates are 0 as long as all of them
/// stay where they are.
fn without_still_states(graph: &Graph, purpose: &Purpose) -> Simplified {
    let mut known =
        Known { parameters: purpose.fixed.clone(), forcing: purpose.forcing, ..Known::default() };
    let moving = Simplified::new(graph, &known);
    let still = moving.baseline.iter().enumerate().filter_map(|(state, id)| {
        Some((state, moving.number(*id).filter(|_| !purpose.touched.contains(&state))?))
    });
    known.states = still.collect();
    loop {
        let simplified = Simplified::new(graph, &known);
        let moves = |state: &usize| simplified.number(simplified.rates[*state]) != Some(0.0);
        let moved: Vec<usize> = known.states.keys().copied().filter(moves).collect();
        if moved.is_empty() {
            return simplified;
        }
        known.states.retain(|state, _| !moved.contains(state));
    }
}

/// The states on which the count depends, directly or through others, in their order.
fn states_needed(simplified: &Simplified) -> Vec<usize> {
    let mut seen = vec![false; simplified.made.len()];
    let mut states = BTreeSet::new();
    let mut open = vec![simplified.platelets];
    while let Some(id) = open.pop() {
        if std::mem::replace(&mut seen[id], true) {
            continue;
        }
        if let Made::State(state) = simplified.made[id] {
            states.insert(state);
            open.push(simplified.rates[state]);
        }
        open.extend(simplified.made[id].parts());
    }
    states.into_iter().collect()
}
