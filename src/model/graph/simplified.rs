//! A graph with what is known put in and what follows from it worked out: the form that a tape is made
//! of. Every rule leaves the value as it is, but for rounding.

use super::{Function, Graph, Node, Operator, Term};
use std::collections::HashMap;

/// A value, by its position.
pub(super) type Id = usize;

/// How a value is made of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Made {
    /// A plain number, by its bits.
    Number(u64),
    Parameter(usize),
    State(usize),
    /// What drives the equations from outside.
    Forcing,
    Of(Function, Id),
    Between(Operator, Id, Id),
    AtLeast {
        value: Id,
        threshold: Id,
        yes: Id,
        no: Id,
    },
}

impl Made {
    /// What the value is made of.
    pub(super) fn parts(self) -> Vec<Id> {
        match self {
            Self::Number(_) | Self::Parameter(_) | Self::State(_) | Self::Forcing => Vec::new(),
            Self::Of(_, x) => vec![x],
            Self::Between(_, x, y) => vec![x, y],
            Self::AtLeast { value, threshold, yes, no } => vec![value, threshold, yes, no],
        }
    }
}

/// What drives the equations from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forcing {
    /// The concentration.
    Conc,
    /// A number of the state.
    State(usize),
}

/// What is known of the individuals before any of them is simulated.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Parameters that are the same for all, by position.
    pub(super) parameters: HashMap<usize, f64>,
    /// States that never move, with their values.
    pub(super) states: HashMap<usize, f64>,
    /// What drives the equations from outside.
    pub(super) forcing: Option<Forcing>,
}

/// Values, each standing once, parts before what is made of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Simplified {
    pub(super) made: Vec<Made>,
    /// Whether a value changes with state or forcing.
    pub(super) changing: Vec<bool>,
    positions: HashMap<Made, Id>,
    /// Rates of change, per hour.
    pub(super) rates: Vec<Id>,
    pub(super) baseline: Vec<Id>,
    /// Platelet count, 10⁹/L.
    pub(super) platelets: Id,
}

impl Simplified {
    /// `graph` with what is `known` put in.
    pub(super) fn new(graph: &Graph, known: &Known) -> Self {
        let mut new = Self::default();
        let mut places: Vec<Id> = Vec::with_capacity(graph.record.len());
        for (place, node) in graph.record.iter().enumerate() {
            let is_forcing =
                known.forcing == Some(Forcing::Conc) && graph.conc == Term::Place(place);
            let id =
                if is_forcing { new.write(Made::Forcing) } else { new.node(*node, &places, known) };
            places.push(id);
        }
        let mut of = |terms: &[Term]| -> Vec<Id> {
            terms.iter().map(|term| new.term(*term, &places)).collect()
        };
        let (rates, baseline) = (of(&graph.rates), of(&graph.baseline));
        let platelets = of(&[graph.platelets])[0];
        Self { rates, baseline, platelets, ..new }
    }

    /// The number that a value is, whatever individual and state.
    pub(super) fn number(&self, id: Id) -> Option<f64> {
        match self.made[id] {
            Made::Number(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    fn term(&mut self, term: Term, places: &[Id]) -> Id {
        match term {
            Term::Number(number) => self.constant(number),
            Term::Place(place) => places[place],
        }
    }

    fn node(&mut self, node: Node, places: &[Id], known: &Known) -> Id {
        match node {
            Node::Parameter(i) => match known.parameters.get(&i) {
                Some(number) => self.constant(*number),
                None => self.write(Made::Parameter(i)),
            },
            Node::State(i) if known.forcing == Some(Forcing::State(i)) => self.write(Made::Forcing),
            Node::State(i) => match known.states.get(&i) {
                Some(number) => self.constant(*number),
                None => self.write(Made::State(i)),
            },
            Node::Of(function, x) => {
                let x = self.term(x, places);
                self.of(function, x)
            }
            Node::Between(operator, x, y) => {
                let (x, y) = (self.term(x, places), self.term(y, places));
                self.between(operator, x, y)
            }
            Node::AtLeast { value, threshold, yes, no } => {
                let [value, threshold, yes, no] =
                    [value, threshold, yes, no].map(|term| self.term(term, places));
                match (self.number(value), self.number(threshold)) {
                    (Some(value), Some(threshold)) if value >= threshold => yes,
                    (Some(_), Some(_)) => no,
                    _ => self.write(Made::AtLeast { value, threshold, yes, no }),
                }
            }
        }
    }

    /// A plain number.
    pub(super) fn constant(&mut self, number: f64) -> Id {
        self.write(Made::Number(number.to_bits()))
    }

    /// Writes a value down, unless it stands already.
    fn write(&mut self, made: Made) -> Id {
        if let Some(id) = self.positions.get(&made) {
            return *id;
        }
        let changes = matches!(made, Made::State(_) | Made::Forcing)
            || made.parts().iter().any(|part| self.changing[*part]);
        let id = self.made.len();
        self.made.push(made);
        self.changing.push(changes);
        self.positions.insert(made, id);
        id
    }

    fn of(&mut self, function: Function, x: Id) -> Id {
        if let Some(number) = self.number(x) {
            return self.constant(function.in_lanes(number));
        }
        match (function, self.made[x]) {
            (Function::Minus, Made::Of(Function::Minus, inner)) => inner,
            (Function::Minus, Made::Between(Operator::Times, y, factor))
                if !self.changing[factor] =>
            {
                let factor = self.of(Function::Minus, factor);
                self.between(Operator::Times, y, factor)
            }
            _ => self.write(Made::Of(function, x)),
        }
    }

    fn between(&mut self, operator: Operator, x: Id, y: Id) -> Id {
        if let (Some(x), Some(y)) = (self.number(x), self.number(y)) {
            return self.constant(operator.in_lanes(x, y));
        }
        match operator {
            Operator::Plus => self.plus(x, y),
            Operator::Minus => self.minus(x, y),
            Operator::Times => self.times(x, y),
            Operator::Over => self.over(x, y),
            Operator::Power => self.power(x, y),
        }
    }

    /// Whether a value is a sum of states, each times something that does not change.
    pub(super) fn is_linear(&self, id: Id) -> bool {
        use Operator::{Minus, Over, Plus, Times};
        match self.made[id] {
            Made::State(_) => true,
            Made::Of(Function::Minus, x) => self.is_linear(x),
            Made::Between(Plus | Minus, x, y) => self.is_linear(x) && self.is_linear(y),
            Made::Between(Times, x, y) => {
                (self.is_linear(x) && !self.changing[y]) || (self.is_linear(y) && !self.changing[x])
            }
            Made::Between(Over, x, y) => self.is_linear(x) && !self.changing[y],
            _ => false,
        }
    }

    fn is(&self, id: Id, number: f64) -> bool {
        self.number(id).is_some_and(|own| own.total_cmp(&number).is_eq())
    }

    fn is_zero(&self, id: Id) -> bool {
        self.is(id, 0.0) || self.is(id, -0.0)
    }

    fn plus(&mut self, x: Id, y: Id) -> Id {
        if self.is_zero(x) {
            return y;
        }
        if self.is_zero(y) {
            return x;
        }
        if let Made::Of(Function::Minus, x) = self.made[x] {
            return self.minus(y, x);
        }
        if let Made::Of(Function::Minus, y) = self.made[y] {
            return self.minus(x, y);
        }
        self.write(Made::Between(Operator::Plus, x, y))
    }

    fn minus(&mut self, x: Id, y: Id) -> Id {
        if x == y {
            return self.constant(0.0);
        }
        if self.is_zero(y) {
            return x;
        }
        if self.is_zero(x) {
            return self.of(Function::Minus, y);
        }
        if let Made::Of(Function::Minus, y) = self.made[y] {
            return self.plus(x, y);
        }
        self.write(Made::Between(Operator::Minus, x, y))
    }

    /// What does not change stands second, so that it can be gathered.
    fn times(&mut self, x: Id, y: Id) -> Id {
        if self.is_zero(x) || self.is_zero(y) {
            return self.constant(0.0);
        }
        if self.is(x, 1.0) {
            return y;
        }
        if self.is(y, 1.0) {
            return x;
        }
        let (x, y) = if self.changing[y] && !self.changing[x] { (y, x) } else { (x, y) };
        if self.changing[x] && !self.changing[y] {
            return self.scaled(x, y);
        }
        // A factor of one of two that change goes outside, to meet others.
        for (product, other) in [(x, y), (y, x)] {
            if let Made::Between(Operator::Times, inner, factor) = self.made[product]
                && self.changing[other]
                && !self.changing[factor]
            {
                let inner = self.times(inner, other);
                return self.times(inner, factor);
            }
        }
        self.write(Made::Between(Operator::Times, x, y))
    }

    /// The changing value `x` times the constant `factor`, which costs nothing where all that `x` is a
    /// sum of has a constant factor already.
    fn scaled(&mut self, x: Id, factor: Id) -> Id {
        match self.made[x] {
            Made::Between(Operator::Times, inner, own) if !self.changing[own] => {
                let factor = self.times(own, factor);
                self.times(inner, factor)
            }
            Made::Between(operator @ (Operator::Plus | Operator::Minus), a, b)
                if self.has_factor(a) && self.has_factor(b) =>
            {
                let (a, b) = (self.times(a, factor), self.times(b, factor));
                self.between(operator, a, b)
            }
            _ => self.write(Made::Between(Operator::Times, x, factor)),
        }
    }

    /// Whether a value can take a factor up without another multiplication.
    fn has_factor(&self, id: Id) -> bool {
        if !self.changing[id] {
            return true;
        }
        match self.made[id] {
            Made::Between(Operator::Times, _, factor) => !self.changing[factor],
            Made::Between(Operator::Plus | Operator::Minus, a, b) => {
                self.has_factor(a) && self.has_factor(b)
            }
            _ => false,
        }
    }

    /// Division by what does not change is multiplication by its reciprocal.
    fn over(&mut self, x: Id, y: Id) -> Id {
        if self.is_zero(x) {
            return self.constant(0.0);
        }
        if self.is(y, 1.0) {
            return x;
        }
        if self.changing[x] && !self.changing[y] {
            let one = self.constant(1.0);
            let reciprocal = self.between(Operator::Over, one, y);
            return self.times(x, reciprocal);
        }
        self.write(Made::Between(Operator::Over, x, y))
    }

    fn power(&mut self, x: Id, y: Id) -> Id {
        if self.is_zero(y) {
            return self.constant(1.0);
        }
        if self.is(y, 1.0) {
            return x;
        }
        if self.is(y, 2.0) {
            return self.times(x, x);
        }
        self.write(Made::Between(Operator::Power, x, y))
    }
}
