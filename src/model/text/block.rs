//! Linear pharmacokinetics found in the equations of a text: a depot, a central compartment and up to two
//! peripheral ones, on which everything else depends through the central amount only.

use super::sheet::{Function, Id, Node, Operator, Sheet};
use crate::model::pharmacokinetics::{Drives, LinearPk, Parameters};
use crate::numeric::Real;
use std::collections::BTreeSet;

/// The states of linear pharmacokinetics, by their positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Drug still to be absorbed; none where doses enter the central compartment only.
    pub(super) depot: Option<usize>,
    pub(super) central: usize,
    pub(super) peripheral: Vec<usize>,
}

/// Most compartments beside the depot.
const MOST: usize = 3;

impl Block {
    /// The block of `sheet`, if its equations have that form. `changing` says which values change.
    pub(super) fn find(sheet: &Sheet, changing: &[bool]) -> Option<Self> {
        let form = Form { sheet, changing };
        let entered: BTreeSet<usize> =
            sheet.routes.iter().flat_map(|route| &route.entries).map(|entry| entry.state).collect();
        let lasts = |route: &super::sheet::Route| {
            route.entries.iter().any(|entry| entry.rate.is_some() || entry.duration.is_some())
        };
        if entered.is_empty() || sheet.routes.iter().any(lasts) {
            return None;
        }
        let drug = form.drug(&entered);
        if !entered.is_subset(&drug) {
            return None;
        }
        let block = form.compartments(&drug, &entered)?;
        let others = (0..sheet.states.len()).filter(|state| !drug.contains(state));
        let mut hidden = drug.clone();
        hidden.remove(&block.central);
        let is_free = |state: usize| sheet.states_of(sheet.states[state].rate).is_disjoint(&hidden);
        let is_untouched =
            sheet.events.iter().flat_map(|event| &event.additions).all(|(state, id)| {
                !drug.contains(state) && sheet.states_of(*id).is_disjoint(&drug)
            });
        (others.into_iter().all(is_free) && is_untouched).then_some(block)
    }
}

/// The rate constants of a block, 1/h.
#[derive(Debug, Clone)]
pub(super) struct RateConstants<T> {
    ka: T,
    k10: T,
    /// From the central compartment to each peripheral one, and back.
    exchange: Vec<(T, T)>,
    /// Whether all that leaves the depot or a peripheral compartment reaches the central one.
    pub(super) is_balanced: bool,
}

impl<T: Real> RateConstants<T> {
    /// From the columns of the Jacobian that belong to the compartments.
    pub(super) fn new(
        block: &Block,
        central: &[T],
        depot: Option<(usize, Vec<T>)>,
        peripheral: &[(usize, Vec<T>)],
    ) -> Self {
        let is_kept = |state: usize, column: &[T]| {
            let (leaves, arrives) = (-column[state].value(), column[block.central].value());
            (leaves - arrives).abs() <= 1e-12 * leaves.abs()
        };
        let columns = depot.iter().chain(peripheral);
        let is_balanced = columns.clone().all(|(state, column)| is_kept(*state, column));
        let exchange: Vec<(T, T)> =
            peripheral.iter().map(|(p, column)| (central[*p], column[block.central])).collect();
        let out = exchange.iter().fold(T::ZERO, |sum, (there, _)| sum + *there);
        let k10 = -central[block.central] - out;
        // Where nothing is absorbed the constant has no meaning, and any value will do.
        let other = (k10 + out) * 2.0 + 1.0;
        let ka = depot.map_or(other, |(state, column)| -column[state]);
        Self { ka, k10, exchange, is_balanced }
    }

    /// The same as pharmacokinetics with a central volume of 1.
    pub(super) fn pharmacokinetics(&self, block: &Block) -> LinearPk<T> {
        let volume = |i: usize| match self.exchange.get(i) {
            Some((there, back)) => (*there, *there / *back),
            None => (T::ZERO, T::ONE),
        };
        let ((q1, vp1), (q2, vp2)) = (volume(0), volume(1));
        let parameters = Parameters {
            ka: self.ka,
            tlag: T::ZERO,
            f1: T::ONE,
            cl: self.k10,
            vc: T::ONE,
            q1,
            vp1,
            q2,
            vp2,
        };
        let depot = block.depot.unwrap_or(usize::MAX);
        LinearPk { parameters, depot, central: block.central, drives: Drives::Central }
    }
}

struct Form<'a> {
    sheet: &'a Sheet,
    changing: &'a [bool],
}

impl Form<'_> {
    /// The states that are linear in each other and connected with those that doses enter.
    fn drug(&self, entered: &BTreeSet<usize>) -> BTreeSet<usize> {
        let rate = |state: &usize| self.sheet.states[*state].rate;
        let of = |state: &usize| self.sheet.states_of(rate(state));
        let mut linear: BTreeSet<usize> =
            (0..self.sheet.states.len()).filter(|state| self.is_linear(rate(state))).collect();
        loop {
            let kept: BTreeSet<usize> =
                linear.iter().copied().filter(|state| of(state).is_subset(&linear)).collect();
            if kept.len() == linear.len() {
                break;
            }
            linear = kept;
        }
        let mut drug: BTreeSet<usize> = entered.intersection(&linear).copied().collect();
        loop {
            let more: BTreeSet<usize> = linear
                .iter()
                .copied()
                .filter(|state| {
                    let own = of(state);
                    !own.is_disjoint(&drug) || drug.iter().any(|other| of(other).contains(state))
                })
                .collect();
            if more.is_subset(&drug) {
                return drug;
            }
            drug.extend(more);
        }
    }

    /// Tells the compartments apart.
    fn compartments(&self, drug: &BTreeSet<usize>, entered: &BTreeSet<usize>) -> Option<Block> {
        let of = |state: usize| self.sheet.states_of(self.sheet.states[state].rate);
        let alone = |state: &usize| of(*state) == BTreeSet::from([*state]);
        let starts_empty = |state: &usize| self.is_zero(self.sheet.states[*state].initial);
        if !drug.iter().all(starts_empty) {
            return None;
        }
        let depots: Vec<usize> =
            drug.iter().copied().filter(|state| drug.len() > 1 && alone(state)).collect();
        let depot = match depots[..] {
            [] => None,
            [depot] if entered.contains(&depot) => Some(depot),
            _ => return None,
        };
        let rest: Vec<usize> = drug.iter().copied().filter(|s| Some(*s) != depot).collect();
        let central = match depot {
            Some(depot) => {
                let mut fed = rest.iter().copied().filter(|state| of(*state).contains(&depot));
                fed.next().filter(|_| fed.next().is_none())?
            }
            None => *entered.iter().next().filter(|_| entered.len() == 1)?,
        };
        let peripheral: Vec<usize> = rest.into_iter().filter(|state| *state != central).collect();
        let exchanges = |state: &usize| {
            of(*state) == BTreeSet::from([*state, central]) && of(central).contains(state)
        };
        let known = [depot, Some(central)];
        let is_entered = entered.iter().all(|state| known.contains(&Some(*state)));
        let is_block = peripheral.len() < MOST && peripheral.iter().all(exchanges) && is_entered;
        is_block.then_some(Block { depot, central, peripheral })
    }

    fn is_zero(&self, id: Id) -> bool {
        matches!(self.sheet.nodes[id], Node::Number(number) if number == 0.0)
    }

    /// Whether a value is a sum of states, each times what is constant for a subject.
    fn is_linear(&self, id: Id) -> bool {
        use Operator::{Minus, Over, Plus, Times};
        let fixed = |id: Id| !self.changing[id];
        match self.sheet.nodes[id] {
            Node::State(_) => true,
            Node::Of(Function::Minus, x) => self.is_linear(x),
            Node::Between(Plus | Minus, x, y) => self.is_linear(x) && self.is_linear(y),
            Node::Between(Times, x, y) => {
                (self.is_linear(x) && fixed(y)) || (fixed(x) && self.is_linear(y))
            }
            Node::Between(Over, x, y) => self.is_linear(x) && fixed(y),
            _ => false,
        }
    }
}
