//! Writing a sheet: every value stands once, and what is known already is computed.

use super::sheet::{Clock, Function, Id, Node, Operator, Stop};
use std::collections::HashMap;

/// What a value depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Needs(u8);

impl Needs {
    pub(super) const STATE: Self = Self(1);
    /// The time or the time after a dose, other than through a comparison that stops exactly.
    pub(super) const CLOCK: Self = Self(2);
    /// The time in any way, or the last dose.
    pub(super) const HISTORY: Self = Self(4);
    pub(super) const EVENT: Self = Self(8);

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether the value is constant for a subject between two records.
    pub(super) fn is_constant(self) -> bool {
        self.0 == 0
    }
}

/// The nodes of a sheet while it is being written.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    pub(super) list: Vec<Node>,
    needs: Vec<Needs>,
    known: HashMap<Key, Id>,
    pub(super) stops: Vec<Stop>,
    absorbed: HashMap<(Id, u64), Option<Id>>,
}

/// Where two sides of a comparison meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    /// No clock takes part.
    WithoutClock,
    /// The moment cannot be computed.
    Unknown,
    /// The moment is a stop.
    At {
        /// 1 once it has passed.
        passed: Id,
        /// Whether the left side is the larger one from then on.
        is_rising: bool,
    },
}

/// A node in a form that can be looked up.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Number(u64),
    Input(u8, usize),
    Of(Function, Id),
    Between(Operator, Id, Id),
    AtLeast([Id; 4]),
}

fn key(node: &Node) -> Key {
    match *node {
        Node::Number(number) => Key::Number(number.to_bits()),
        Node::Typical(i) => Key::Input(0, i),
        Node::Parameter(i) => Key::Input(1, i),
        Node::Covariate(i) => Key::Input(2, i),
        Node::State(i) => Key::Input(3, i),
        Node::Time => Key::Input(4, 0),
        Node::Tad(i) => Key::Input(5, i),
        Node::AmountOf(i) => Key::Input(6, i),
        Node::AmountOfEvent => Key::Input(7, 0),
        Node::Passed(i) => Key::Input(8, i),
        Node::Of(function, part) => Key::Of(function, part),
        Node::Between(operator, left, right) => Key::Between(operator, left, right),
        Node::AtLeast { value, threshold, yes, no } => Key::AtLeast([value, threshold, yes, no]),
    }
}

impl Nodes {
    /// What a value depends on.
    pub(super) fn needs(&self, id: Id) -> Needs {
        self.needs.get(id).copied().unwrap_or_default()
    }

    pub(super) fn node(&self, id: Id) -> Node {
        self.list.get(id).copied().unwrap_or(Node::Number(f64::NAN))
    }

    /// The number that a value is, if it is one already.
    pub(super) fn number_of(&self, id: Id) -> Option<f64> {
        match self.node(id) {
            Node::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Writes a node, unless it stands there already.
    pub(super) fn write(&mut self, node: Node) -> Id {
        let own = match node {
            Node::State(_) => Needs::STATE,
            Node::Time | Node::Tad(_) => Needs::CLOCK.and(Needs::HISTORY),
            Node::AmountOf(_) | Node::Passed(_) => Needs::HISTORY,
            Node::AmountOfEvent => Needs::EVENT,
            _ => Needs::default(),
        };
        let parts = node.parts();
        let needs = parts.iter().fold(own, |all, part| all.and(self.needs(*part)));
        self.write_needing(node, needs)
    }

    fn write_needing(&mut self, node: Node, needs: Needs) -> Id {
        if let Some(id) = self.known.get(&key(&node)) {
            return *id;
        }
        let id = self.list.len();
        self.list.push(node);
        self.needs.push(needs);
        self.known.insert(key(&node), id);
        id
    }

    pub(super) fn number(&mut self, number: f64) -> Id {
        // One zero: minus zero would be another value.
        self.write(Node::Number(if number == 0.0 { 0.0 } else { number }))
    }

    pub(super) fn of(&mut self, function: Function, part: Id) -> Id {
        match (function, self.node(part)) {
            (_, Node::Number(x)) => self.number(function.of(x)),
            (Function::Minus, Node::Of(Function::Minus, inner)) => inner,
            _ => self.write(Node::Of(function, part)),
        }
    }

    /// Two values joined. What is no computation is not written: adding 0, multiplying by 1 or 0.
    pub(super) fn between(&mut self, operator: Operator, left: Id, right: Id) -> Id {
        use Operator::{Minus, Over, Plus, Power, Times};
        let (a, b) = (self.number_of(left), self.number_of(right));
        let is =
            |number: Option<f64>, other: f64| number.is_some_and(|n| n.total_cmp(&other).is_eq());
        match operator {
            _ if a.is_some() && b.is_some() => {
                let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
                self.number(operator.between(a, b))
            }
            Plus if is(a, 0.0) => right,
            Plus | Minus if is(b, 0.0) => left,
            Minus if is(a, 0.0) => self.of(Function::Minus, right),
            Times if is(a, 0.0) || is(b, 0.0) => self.number(0.0),
            Over if is(a, 0.0) => self.number(0.0),
            Times if is(a, 1.0) => right,
            Times | Over | Power if is(b, 1.0) => left,
            _ => self.write(Node::Between(operator, left, right)),
        }
    }

    /// `yes` where `value` is at least `threshold`. A choice by a comparison becomes that comparison.
    pub(super) fn at_least(&mut self, value: Id, threshold: Id, yes: Id, no: Id) -> Id {
        if yes == no {
            return yes;
        }
        if let (Some(value), Some(threshold)) = (self.number_of(value), self.number_of(threshold)) {
            return if value >= threshold { yes } else { no };
        }
        let inner = self.node(value);
        if let Node::AtLeast { value: inner, threshold: own, yes: one, no: other } = inner
            && let (Some(one), Some(other), Some(half)) =
                (self.number_of(one), self.number_of(other), self.number_of(threshold))
        {
            return match (one >= half, other >= half) {
                (true, true) => yes,
                (true, false) => self.at_least(inner, own, yes, no),
                (false, true) => self.at_least(inner, own, no, yes),
                (false, false) => no,
            };
        }
        let compared = self.needs(value).and(self.needs(threshold));
        // A comparison with a clock has its stop; it does not move its branches.
        let needs = compared.without(Needs::CLOCK).and(self.needs(yes)).and(self.needs(no));
        self.write_needing(Node::AtLeast { value, threshold, yes, no }, needs)
    }

    /// A value times a number. The number joins a factor that is constant for a subject, where there is one.
    pub(super) fn scaled(&mut self, id: Id, factor: f64) -> Id {
        if factor.total_cmp(&1.0).is_eq() {
            return id;
        }
        self.absorb(id, factor, 0).unwrap_or_else(|| {
            let factor = self.number(factor);
            self.between(Operator::Times, id, factor)
        })
    }

    fn absorb(&mut self, id: Id, factor: f64, depth: usize) -> Option<Id> {
        const DEEPEST: usize = 200;
        if let Some(known) = self.absorbed.get(&(id, factor.to_bits())) {
            return *known;
        }
        if depth > DEEPEST {
            return None;
        }
        let absorbed = if self.needs(id).is_constant() {
            let number = self.number(factor);
            Some(self.between(Operator::Times, id, number))
        } else {
            self.absorb_into_parts(id, factor, depth + 1)
        };
        self.absorbed.insert((id, factor.to_bits()), absorbed);
        absorbed
    }

    fn absorb_into_parts(&mut self, id: Id, factor: f64, depth: usize) -> Option<Id> {
        use Operator::{Minus, Over, Plus, Times};
        match self.node(id) {
            Node::Of(Function::Minus, part) => {
                let part = self.absorb(part, factor, depth)?;
                Some(self.of(Function::Minus, part))
            }
            Node::Between(operator @ (Plus | Minus), left, right) => {
                let left = self.absorb(left, factor, depth)?;
                let right = self.absorb(right, factor, depth)?;
                Some(self.between(operator, left, right))
            }
            Node::Between(Times, left, right) => {
                if let Some(left) = self.absorb(left, factor, depth) {
                    return Some(self.between(Times, left, right));
                }
                let right = self.absorb(right, factor, depth)?;
                Some(self.between(Times, left, right))
            }
            Node::Between(Over, left, right) => {
                let left = self.absorb(left, factor, depth)?;
                Some(self.between(Over, left, right))
            }
            Node::AtLeast { value, threshold, yes, no } => {
                let yes = self.absorb(yes, factor, depth)?;
                let no = self.absorb(no, factor, depth)?;
                Some(self.at_least(value, threshold, yes, no))
            }
            _ => None,
        }
    }

    /// A comparison in which a clock takes part stops the integration where the sides meet.
    pub(super) fn stop(&mut self, left: Id, right: Id) -> Meeting {
        let difference = self.between(Operator::Minus, left, right);
        if !self.needs(difference).has(Needs::CLOCK) {
            return Meeting::WithoutClock;
        }
        let Some((clock, slope, rest)) = self.moving(difference) else { return Meeting::Unknown };
        if self.needs(rest).has(Needs::STATE.and(Needs::CLOCK)) || slope == 0.0 {
            return Meeting::Unknown;
        }
        let is_rising = slope > 0.0;
        let slope = self.number(-slope);
        let at = self.between(Operator::Over, rest, slope);
        let stop = Stop { clock, at };
        let known = self.stops.iter().position(|own| *own == stop);
        let position = known.unwrap_or_else(|| {
            self.stops.push(stop);
            self.stops.len() - 1
        });
        let passed = self.write(Node::Passed(position));
        Meeting::At { passed, is_rising }
    }

    /// A value as slope · clock + rest.
    fn moving(&mut self, id: Id) -> Option<(Clock, f64, Id)> {
        use Operator::{Minus, Over, Plus, Times};
        let zero = self.number(0.0);
        match self.node(id) {
            Node::Time => Some((Clock::Time, 1.0, zero)),
            Node::Tad(route) => Some((Clock::Tad(route), 1.0, zero)),
            Node::Of(Function::Minus, part) => {
                let (clock, slope, rest) = self.moving(part)?;
                Some((clock, -slope, self.of(Function::Minus, rest)))
            }
            Node::Between(operator @ (Plus | Minus), left, right) => {
                let moves = |id: Id| self.needs(id).has(Needs::CLOCK);
                let sign = if operator == Minus { -1.0 } else { 1.0 };
                match (moves(left), moves(right)) {
                    (true, false) => {
                        let (clock, slope, rest) = self.moving(left)?;
                        Some((clock, slope, self.between(operator, rest, right)))
                    }
                    (false, true) => {
                        let (clock, slope, rest) = self.moving(right)?;
                        Some((clock, sign * slope, self.between(operator, left, rest)))
                    }
                    _ => None,
                }
            }
            Node::Between(operator @ (Times | Over), left, right) => {
                let (moved, factor) = match (self.number_of(left), self.number_of(right)) {
                    (Some(factor), _) if operator == Times => (right, factor),
                    (_, Some(factor)) => {
                        (left, if operator == Times { factor } else { factor.recip() })
                    }
                    _ => return None,
                };
                let (clock, slope, rest) = self.moving(moved)?;
                let number = self.number(factor);
                Some((clock, slope * factor, self.between(Times, rest, number)))
            }
            _ => None,
        }
    }
}
