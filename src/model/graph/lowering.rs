//! From values to operations: which values are computed, in which order, in which registers.

use super::Operator;
use super::operation::Operation;
use super::simplified::{Id, Made, Simplified};
use super::tape::Tape;
use std::collections::{BTreeSet, HashMap};

/// On the way from values to operations.
pub(super) struct Lowering<'a> {
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
    pub(super) fn new(simplified: &'a Simplified, states: &'a [usize]) -> Self {
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

    /// The operations that compute the rates.
    pub(super) fn tape(mut self) -> Tape {
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
        let is_linear = self.simplified.is_linear(self.simplified.platelets);
        Tape { made, fixed, constants, states, operations, registers, rates, shown, is_linear }
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
            Made::Of(function, x) => Operation::Of(function, self.register[&x]),
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
