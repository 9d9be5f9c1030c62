//! The equations of any model as a list of operations that is run for many individuals side by side.
//!
//! What does not change with the state is computed once for each individual; states that can never move
//! are left out, and so is what the count does not depend on.

#![expect(clippy::needless_range_loop, reason = "a loop over lanes indexes several rows alike")]

use super::simplified::{Id, Known, Made, Simplified};
use super::{Function, Graph, Operator};
use crate::numeric::{elementary, fill_row};
use std::collections::{BTreeSet, HashMap};

/// One operation: registers by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Plus(usize, usize),
    Minus(usize, usize),
    Times(usize, usize),
    Over(usize, usize),
    Power(usize, usize),
    /// a b + c
    TimesPlus(usize, usize, usize),
    /// c − a b
    MinusTimes(usize, usize, usize),
    /// a b − c
    TimesMinus(usize, usize, usize),
    Negated(usize),
    Exp(usize),
    Ln(usize),
    Sqrt(usize),
    AtLeast {
        value: usize,
        threshold: usize,
        yes: usize,
        no: usize,
    },
}

impl Operation {
    fn inputs(self) -> Vec<usize> {
        match self {
            Self::Plus(a, b)
            | Self::Minus(a, b)
            | Self::Times(a, b)
            | Self::Over(a, b)
            | Self::Power(a, b) => vec![a, b],
            Self::TimesPlus(a, b, c) | Self::MinusTimes(a, b, c) | Self::TimesMinus(a, b, c) => {
                vec![a, b, c]
            }
            Self::Negated(a) | Self::Exp(a) | Self::Ln(a) | Self::Sqrt(a) => vec![a],
            Self::AtLeast { value, threshold, yes, no } => vec![value, threshold, yes, no],
        }
    }

    fn renamed(self, of: impl Fn(usize) -> usize) -> Self {
        match self {
            Self::Plus(a, b) => Self::Plus(of(a), of(b)),
            Self::Minus(a, b) => Self::Minus(of(a), of(b)),
            Self::Times(a, b) => Self::Times(of(a), of(b)),
            Self::Over(a, b) => Self::Over(of(a), of(b)),
            Self::Power(a, b) => Self::Power(of(a), of(b)),
            Self::TimesPlus(a, b, c) => Self::TimesPlus(of(a), of(b), of(c)),
            Self::MinusTimes(a, b, c) => Self::MinusTimes(of(a), of(b), of(c)),
            Self::TimesMinus(a, b, c) => Self::TimesMinus(of(a), of(b), of(c)),
            Self::Negated(a) => Self::Negated(of(a)),
            Self::Exp(a) => Self::Exp(of(a)),
            Self::Ln(a) => Self::Ln(of(a)),
            Self::Sqrt(a) => Self::Sqrt(of(a)),
            Self::AtLeast { value, threshold, yes, no } => Self::AtLeast {
                value: of(value),
                threshold: of(threshold),
                yes: of(yes),
                no: of(no),
            },
        }
    }
}

/// What a tape is made for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Purpose {
    /// Parameters that are the same for all individuals, by their positions in the graph.
    pub(crate) fixed: HashMap<usize, f64>,
    /// States that events change.
    pub(crate) touched: BTreeSet<usize>,
    /// Whether the concentration is given from outside.
    pub(crate) is_forced: bool,
}

/// Equations ready to be run.
///
/// The first registers hold the constants of an individual, the next the states that are integrated,
/// the next the forcing, the others what is computed.
#[derive(Debug, Clone)]
pub(crate) struct Tape {
    made: Vec<Made>,
    /// The values that do not change with the state and are needed, parts first.
    fixed: Vec<Id>,
    /// Those of them that operations use, in the order of their registers.
    constants: Vec<Id>,
    /// The states that are integrated, by their positions in the model.
    states: Vec<usize>,
    operations: Vec<(Operation, usize)>,
    registers: usize,
    /// The registers of the rates, in the order of [`Self::states`].
    rates: Vec<usize>,
    /// The integrated states that the count depends on.
    shown: Vec<usize>,
}

impl Tape {
    /// The operations of `graph`.
    pub(crate) fn new(graph: &Graph, purpose: &Purpose) -> Self {
        let simplified = without_still_states(graph, purpose);
        let states = states_needed(&simplified);
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
                Made::Of(function, x) => {
                    let x = values[x];
                    match function {
                        Function::Minus => -x,
                        Function::Exp => elementary::exp(x),
                        Function::Ln => elementary::ln(x),
                        Function::Sqrt => x.sqrt(),
                    }
                }
                Made::Between(operator, x, y) => {
                    let (x, y) = (values[x], values[y]);
                    match operator {
                        Operator::Plus => x + y,
                        Operator::Minus => x - y,
                        Operator::Times => x * y,
                        Operator::Over => x / y,
                        Operator::Power => elementary::powf(x, y),
                    }
                }
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
        let r = registers;
        for (operation, to) in &self.operations {
            let to = *to;
            match *operation {
                Operation::Plus(a, b) => fill_row!(W, r[to], |l| r[a][l] + r[b][l]),
                Operation::Minus(a, b) => fill_row!(W, r[to], |l| r[a][l] - r[b][l]),
                Operation::Times(a, b) => fill_row!(W, r[to], |l| r[a][l] * r[b][l]),
                Operation::Over(a, b) => fill_row!(W, r[to], |l| r[a][l] / r[b][l]),
                Operation::TimesPlus(a, b, c) => {
                    fill_row!(W, r[to], |l| r[a][l].mul_add(r[b][l], r[c][l]));
                }
                Operation::MinusTimes(a, b, c) => {
                    fill_row!(W, r[to], |l| (-r[a][l]).mul_add(r[b][l], r[c][l]));
                }
                Operation::TimesMinus(a, b, c) => {
                    fill_row!(W, r[to], |l| r[a][l].mul_add(r[b][l], -r[c][l]));
                }
                _ => {
                    let mut row = [0.0; W];
                    rare(*operation, r, &mut row);
                    r[to] = row;
                }
            }
        }
    }
}

/// The operations that are dear in themselves.
#[inline(always)]
fn rare<const W: usize>(operation: Operation, registers: &[[f64; W]], row: &mut [f64; W]) {
    match operation {
        Operation::Power(a, b) => {
            let (a, b) = (&registers[a], &registers[b]);
            for l in 0..W {
                row[l] = elementary::powf(a[l], b[l]);
            }
        }
        Operation::Negated(a) => {
            for l in 0..W {
                row[l] = -registers[a][l];
            }
        }
        Operation::Exp(a) => {
            for l in 0..W {
                row[l] = elementary::exp(registers[a][l]);
            }
        }
        Operation::Ln(a) => {
            for l in 0..W {
                row[l] = elementary::ln(registers[a][l]);
            }
        }
        Operation::Sqrt(a) => {
            for l in 0..W {
                row[l] = registers[a][l].sqrt();
            }
        }
        Operation::AtLeast { value, threshold, yes, no } => {
            let (value, threshold) = (&registers[value], &registers[threshold]);
            let (yes, no) = (&registers[yes], &registers[no]);
            for l in 0..W {
                row[l] = if value[l] >= threshold[l] { yes[l] } else { no[l] };
            }
        }
        _ => {}
    }
}

/// The graph with the states put in that never move: those whose rates are 0 as long as all of them
/// stay where they are.
fn without_still_states(graph: &Graph, purpose: &Purpose) -> Simplified {
    let mut known = Known {
        parameters: purpose.fixed.clone(),
        is_forced: purpose.is_forced,
        ..Known::default()
    };
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

/// On the way from values to operations.
struct Lowering<'a> {
    simplified: &'a Simplified,
    states: &'a [usize],
    roots: Vec<Id>,
    /// How often each value is used by others that change, or as a rate.
    uses: Vec<usize>,
    /// The register of each value: constants, states, forcing, then one for each operation.
    register: HashMap<Id, usize>,
    constants: Vec<Id>,
    operations: Vec<(Operation, usize)>,
    /// Products that are part of the sum that uses them.
    fused: BTreeSet<Id>,
    next: usize,
}

impl<'a> Lowering<'a> {
    fn new(simplified: &'a Simplified, states: &'a [usize]) -> Self {
        let roots = states.iter().map(|state| simplified.rates[*state]).collect();
        Self {
            simplified,
            states,
            roots,
            uses: vec![0; simplified.made.len()],
            register: HashMap::new(),
            constants: Vec::new(),
            operations: Vec::new(),
            fused: BTreeSet::new(),
            next: 0,
        }
    }

    fn tape(mut self) -> Tape {
        let order = self.changing_in_order();
        self.lay_out(&order);
        self.choose_fused(&order);
        for id in order {
            self.lower(id);
        }
        let (made, constants) = (self.simplified.made.clone(), self.constants.clone());
        let fixed = self.needed_for(&constants);
        let reserved = constants.len() + self.states.len() + 1;
        let rates: Vec<usize> = self.roots.iter().map(|root| self.register[root]).collect();
        let (operations, rates, registers) = reused(&self.operations, &rates, reserved);
        let shown = self.shown();
        let states = self.states.to_vec();
        Tape { made, fixed, constants, states, operations, registers, rates, shown }
    }

    /// The changing values that the rates need, parts first, each as late as it can be.
    fn changing_in_order(&mut self) -> Vec<Id> {
        let (mut order, mut seen) = (Vec::new(), BTreeSet::new());
        for root in self.roots.clone() {
            self.uses[root] += 1;
            self.visit(root, &mut seen, &mut order);
        }
        order
    }

    fn visit(&mut self, id: Id, seen: &mut BTreeSet<Id>, order: &mut Vec<Id>) {
        if !self.simplified.changing[id] || !seen.insert(id) {
            return;
        }
        for part in self.simplified.made[id].parts() {
            self.uses[part] += 1;
            self.visit(part, seen, order);
        }
        order.push(id);
    }

    /// Gives constants, states and the forcing their registers.
    fn lay_out(&mut self, order: &[Id]) {
        let changing = &self.simplified.changing;
        let parts = order.iter().flat_map(|id| self.simplified.made[*id].parts());
        let fixed = parts.chain(self.roots.iter().copied()).filter(|id| !changing[*id]);
        self.constants = fixed.collect::<BTreeSet<_>>().into_iter().collect();
        for (register, id) in self.constants.iter().enumerate() {
            self.register.insert(*id, register);
        }
        let first = self.constants.len();
        for (id, made) in self.simplified.made.iter().enumerate() {
            let register = match made {
                Made::State(state) => {
                    self.states.iter().position(|own| own == state).map(|i| first + i)
                }
                Made::Forcing => Some(first + self.states.len()),
                _ => None,
            };
            if let Some(register) = register {
                self.register.insert(id, register);
            }
        }
        self.next = first + self.states.len() + 1;
    }

    /// Writes the operation of a value, unless it is part of the only one that uses it.
    fn lower(&mut self, id: Id) {
        if self.register.contains_key(&id) || self.is_fused(id) {
            return;
        }
        let operation = match self.simplified.made[id] {
            Made::Between(operator, x, y) => self.between(operator, x, y),
            Made::Of(function, x) => {
                let x = self.register[&x];
                match function {
                    Function::Minus => Operation::Negated(x),
                    Function::Exp => Operation::Exp(x),
                    Function::Ln => Operation::Ln(x),
                    Function::Sqrt => Operation::Sqrt(x),
                }
            }
            Made::AtLeast { value, threshold, yes, no } => {
                let [value, threshold, yes, no] =
                    [value, threshold, yes, no].map(|id| self.register[&id]);
                Operation::AtLeast { value, threshold, yes, no }
            }
            Made::Number(_) | Made::Parameter(_) | Made::State(_) | Made::Forcing => return,
        };
        self.operations.push((operation, self.next));
        self.register.insert(id, self.next);
        self.next += 1;
    }

    fn between(&self, operator: Operator, x: Id, y: Id) -> Operation {
        let of = |id: Id| self.register[&id];
        match (operator, self.product(x), self.product(y)) {
            (Operator::Plus, _, Some((a, b))) if self.is_fused(y) => {
                Operation::TimesPlus(of(a), of(b), of(x))
            }
            (Operator::Plus, Some((a, b)), _) if self.is_fused(x) => {
                Operation::TimesPlus(of(a), of(b), of(y))
            }
            (Operator::Minus, _, Some((a, b))) if self.is_fused(y) => {
                Operation::MinusTimes(of(a), of(b), of(x))
            }
            (Operator::Minus, Some((a, b)), _) if self.is_fused(x) => {
                Operation::TimesMinus(of(a), of(b), of(y))
            }
            (Operator::Plus, ..) => Operation::Plus(of(x), of(y)),
            (Operator::Minus, ..) => Operation::Minus(of(x), of(y)),
            (Operator::Times, ..) => Operation::Times(of(x), of(y)),
            (Operator::Over, ..) => Operation::Over(of(x), of(y)),
            (Operator::Power, ..) => Operation::Power(of(x), of(y)),
        }
    }

    /// The factors of a product.
    fn product(&self, id: Id) -> Option<(Id, Id)> {
        match self.simplified.made[id] {
            Made::Between(Operator::Times, a, b) => Some((a, b)),
            _ => None,
        }
    }

    fn is_fused(&self, id: Id) -> bool {
        self.fused.contains(&id)
    }

    /// Chooses the products that become one operation with the only sum that uses them.
    fn choose_fused(&mut self, order: &[Id]) {
        for id in order {
            let Made::Between(Operator::Plus | Operator::Minus, x, y) = self.simplified.made[*id]
            else {
                continue;
            };
            let alone = |id: &Id| {
                self.simplified.changing[*id] && self.uses[*id] == 1 && self.product(*id).is_some()
            };
            let fused = [y, x].into_iter().find(alone);
            self.fused.extend(fused);
        }
    }

    /// The values that `ids` are made of, parts first.
    fn needed_for(&self, ids: &[Id]) -> Vec<Id> {
        let mut needed = BTreeSet::new();
        let mut open = ids.to_vec();
        while let Some(id) = open.pop() {
            if needed.insert(id) {
                open.extend(self.simplified.made[id].parts());
            }
        }
        needed.into_iter().collect()
    }

    /// The integrated states that the count is made of, by their positions among them.
    fn shown(&self) -> Vec<usize> {
        let needed = self.needed_for(&[self.simplified.platelets]);
        let is_shown = |state: &usize| {
            needed.iter().any(|id| self.simplified.made[*id] == Made::State(*state))
        };
        let positions = self.states.iter().enumerate().filter(|(_, state)| is_shown(state));
        positions.map(|(position, _)| position).collect()
    }
}

/// The same operations with registers used again once their value is not needed any more, so that they
/// stay near the processor. The first `reserved` registers and those of the rates keep their values.
fn reused(
    operations: &[(Operation, usize)],
    rates: &[usize],
    reserved: usize,
) -> (Vec<(Operation, usize)>, Vec<usize>, usize) {
    let mut last_use: HashMap<usize, usize> = HashMap::new();
    for (i, (operation, _)) in operations.iter().enumerate() {
        last_use.extend(operation.inputs().into_iter().map(|input| (input, i)));
    }
    last_use.extend(rates.iter().map(|rate| (*rate, usize::MAX)));
    let mut homes: HashMap<usize, usize> = (0..reserved).map(|own| (own, own)).collect();
    let (mut free, mut registers) = (Vec::new(), reserved);
    let mut renamed = Vec::with_capacity(operations.len());
    for (i, (operation, to)) in operations.iter().enumerate() {
        let operation_here = operation.renamed(|register| homes[&register]);
        let inputs: BTreeSet<usize> = operation.inputs().into_iter().collect();
        let done = inputs.iter().filter(|input| **input >= reserved && last_use[input] == i);
        free.extend(done.map(|input| homes[input]));
        let home = free.pop().unwrap_or_else(|| {
            registers += 1;
            registers - 1
        });
        homes.insert(*to, home);
        renamed.push((operation_here, home));
    }
    (renamed, rates.iter().map(|rate| homes[rate]).collect(), registers)
}
