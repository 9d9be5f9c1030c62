//! An arithmetic that writes itself down: equations that are run in it leave a record of what they
//! compute, in which every value stands once.

use super::arithmetic::{Function, Operator};
use crate::numeric::Real;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// What a computation uses: a plain number, or the value at a place of the record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Term {
    Number(f64),
    Place(usize),
}

/// How one value is made of others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Node {
    /// A parameter, by its position.
    Parameter(usize),
    /// A number of the state, by its position.
    State(usize),
    Of(Function, Term),
    Between(Operator, Term, Term),
    /// `yes` where `value` is at least `threshold`, else `no`.
    AtLeast {
        value: Term,
        threshold: Term,
        yes: Term,
        no: Term,
    },
}

impl Node {
    /// What the value is made of.
    pub(crate) fn parts(self) -> Vec<Term> {
        match self {
            Self::Parameter(_) | Self::State(_) => Vec::new(),
            Self::Of(_, part) => vec![part],
            Self::Between(_, left, right) => vec![left, right],
            Self::AtLeast { value, threshold, yes, no } => vec![value, threshold, yes, no],
        }
    }
}

/// A number that knows how it was made. Choices (`larger`, `==`) are made by value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expression {
    pub(crate) term: Term,
    value: f64,
}

/// A record that is being written: every value once, and where it stands.
#[derive(Default)]
struct Record {
    nodes: Vec<Node>,
    places: HashMap<Key, usize>,
}

/// A node by its bits: what two nodes share where they are the same computation.
type Key = (u8, u8, [(bool, u64); 4]);

fn key(node: Node) -> Key {
    let part = |term: Term| match term {
        // A zero is a zero, whatever its sign.
        Term::Number(number) => (true, (number + 0.0).to_bits()),
        Term::Place(place) => (false, place as u64),
    };
    let none = (false, u64::MAX);
    match node {
        Node::Parameter(i) => (0, 0, [(false, i as u64), none, none, none]),
        Node::State(i) => (1, 0, [(false, i as u64), none, none, none]),
        Node::Of(function, x) => (2, function as u8, [part(x), none, none, none]),
        Node::Between(operator, x, y) => (3, operator as u8, [part(x), part(y), none, none]),
        Node::AtLeast { value, threshold, yes, no } => {
            (4, 0, [part(value), part(threshold), part(yes), part(no)])
        }
    }
}

thread_local! {
    static RECORD: RefCell<Record> = RefCell::default();
}

/// Runs `equations`; beside their result, the record of what they computed.
pub(crate) fn record<R>(equations: impl FnOnce() -> R) -> (R, Vec<Node>) {
    let outer = RECORD.take();
    let result = equations();
    (result, RECORD.replace(outer).nodes)
}

/// Every value of a record, for other parameters and another state.
#[cfg(test)]
pub(crate) fn evaluate(record: &[Node], parameters: &[f64], state: &[f64]) -> Vec<f64> {
    let mut values = Vec::with_capacity(record.len());
    for node in record {
        let of = |term| value_of(term, &values);
        let value = match *node {
            Node::Parameter(i) => parameters[i],
            Node::State(i) => state[i],
            Node::Of(function, part) => function.of(of(part)),
            Node::Between(operator, left, right) => operator.between(of(left), of(right)),
            Node::AtLeast { value, threshold, yes, no } => {
                of(if of(value) >= of(threshold) { yes } else { no })
            }
        };
        values.push(value);
    }
    values
}

/// The value of a term among the values of a record.
#[cfg(test)]
pub(crate) fn value_of(term: Term, values: &[f64]) -> f64 {
    match term {
        Term::Number(number) => number,
        Term::Place(place) => values[place],
    }
}

impl Expression {
    /// The parameter at position `index`, now `value`.
    pub(crate) fn parameter(index: usize, value: f64) -> Self {
        Self::write(Node::Parameter(index), value)
    }

    /// The number of the state at position `index`, now `value`.
    pub(crate) fn state(index: usize, value: f64) -> Self {
        Self::write(Node::State(index), value)
    }

    /// Writes `node` down, unless it already stands in the record.
    fn write(node: Node, value: f64) -> Self {
        let place = RECORD.with_borrow_mut(|Record { nodes, places }| {
            *places.entry(key(node)).or_insert_with(|| {
                nodes.push(node);
                nodes.len() - 1
            })
        });
        Self { term: Term::Place(place), value }
    }

    fn of(function: Function, x: Self) -> Self {
        let value = function.of(x.value);
        match x.term {
            Term::Number(_) => Self::constant(value),
            Term::Place(_) => Self::write(Node::Of(function, x.term), value),
        }
    }

    /// What is no computation is not written down: adding 0, multiplying by 1 or 0.
    fn between(operator: Operator, x: Self, y: Self) -> Self {
        use Operator::{Minus, Over, Plus, Times};
        let value = operator.between(x.value, y.value);
        match (operator, x.term, y.term) {
            (_, Term::Number(_), Term::Number(_)) => Self::constant(value),
            (Plus, a, _) if is(a, 0.0) => y,
            (Plus | Minus, _, b) if is(b, 0.0) => x,
            (Times, a, b) if is(a, 0.0) || is(b, 0.0) => Self::ZERO,
            (Over, a, _) if is(a, 0.0) => Self::ZERO,
            (Times, a, _) if is(a, 1.0) => y,
            (Times | Over, _, b) if is(b, 1.0) => x,
            (Times, _, Term::Number(share)) if is_one_over_a_whole_number(share) => {
                Self::between(Over, x, Self::constant(share.recip().round()))
            }
            (operator, a, b) => Self::write(Node::Between(operator, a, b), value),
        }
    }
}

fn is(term: Term, number: f64) -> bool {
    term == Term::Number(number)
}

/// 1/24, as a share of a day, reads better as a division by 24.
fn is_one_over_a_whole_number(share: f64) -> bool {
    let whole = share.recip().round();
    whole > 1.0 && whole.recip().total_cmp(&share).is_eq()
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.value.eq(&other.value)
    }
}

macro_rules! operators {
    ($($Operator:ident $operator:ident,)+) => {
        $(impl $Operator for Expression {
            type Output = Self;
            fn $operator(self, other: Self) -> Self {
                Self::between(operators!(@ $Operator), self, other)
            }
        }
        impl $Operator<f64> for Expression {
            type Output = Self;
            fn $operator(self, other: f64) -> Self {
                Self::between(operators!(@ $Operator), self, Self::constant(other))
            }
        })+
    };
    (@ Add) => { Operator::Plus };
    (@ Sub) => { Operator::Minus };
    (@ Mul) => { Operator::Times };
    (@ Div) => { Operator::Over };
}
operators! { Add add, Sub sub, Mul mul, Div div, }

impl Neg for Expression {
    type Output = Self;
    fn neg(self) -> Self {
        Self::of(Function::Minus, self)
    }
}

impl AddAssign for Expression {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Expression {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Real for Expression {
    const ZERO: Self = Self { term: Term::Number(0.0), value: 0.0 };
    const ONE: Self = Self { term: Term::Number(1.0), value: 1.0 };

    fn constant(value: f64) -> Self {
        Self { term: Term::Number(value), value }
    }
    fn value(self) -> f64 {
        self.value
    }
    fn exp(self) -> Self {
        Self::of(Function::Exp, self)
    }
    fn ln(self) -> Self {
        Self::of(Function::Ln, self)
    }
    fn sqrt(self) -> Self {
        Self::of(Function::Sqrt, self)
    }
    fn powf(self, exponent: Self) -> Self {
        Self::between(Operator::Power, self, exponent)
    }
    fn larger(self, other: Self) -> Self {
        choice(self, other, self, other)
    }
    fn abs(self) -> Self {
        Self::of(Function::Abs, self)
    }
    fn sin(self) -> Self {
        Self::of(Function::Sin, self)
    }
    fn cos(self) -> Self {
        Self::of(Function::Cos, self)
    }
    fn ln_gamma(self) -> Self {
        Self::of(Function::LnGamma, self)
    }
    fn floor(self) -> Self {
        Self::of(Function::Floor, self)
    }
    fn where_at_least(self, threshold: Self, yes: Self, no: Self) -> Self {
        choice(self, threshold, yes, no)
    }
}

/// `yes` where `x` is at least `threshold`, else `no`.
fn choice(x: Expression, threshold: Expression, yes: Expression, no: Expression) -> Expression {
    let value = if x.value >= threshold.value { yes.value } else { no.value };
    if yes.term == no.term {
        return yes;
    }
    if let (Term::Number(_), Term::Number(_)) = (x.term, threshold.term) {
        return if x.value >= threshold.value { yes } else { no };
    }
    let (value_term, threshold) = (x.term, threshold.term);
    let node = Node::AtLeast { value: value_term, threshold, yes: yes.term, no: no.term };
    Expression::write(node, value)
}
