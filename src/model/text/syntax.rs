//! Expressions and other pieces of lines, as they were written.

use super::problem::Span;
use super::unit::Unit;

/// A name, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) span: Span,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expr {
    pub(super) kind: Kind,
    pub(super) span: Span,
    /// How deeply it is nested.
    pub(super) depth: usize,
}

/// What an expression is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A number, with its unit if it has one.
    Number(f64, Option<Unit>),
    Name(String),
    /// An element of an array.
    Element(String, Box<Expr>),
    /// A function, where its name stands, and its arguments.
    Call(Word, Vec<Expr>),
    /// A sum over an index.
    Sum(Box<Expr>, Box<For>),
    If(Box<[Expr; 3]>),
    Minus(Box<Expr>),
    Not(Box<Expr>),
    Binary(Binary, Box<[Expr; 2]>),
}

/// An operator between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    Unequal,
    And,
    Or,
}

impl Binary {
    /// The operator as it is written.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Power => "^",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

impl Expr {
    pub(super) fn new(kind: Kind, span: Span) -> Self {
        let deepest = |parts: &mut dyn Iterator<Item = &Self>| {
            parts.map(|part| part.depth).max().unwrap_or_default() + 1
        };
        let depth = deepest(&mut parts(&kind).into_iter());
        Self { kind, span, depth }
    }

    /// The expressions that it is made of.
    pub(super) fn parts(&self) -> Vec<&Self> {
        parts(&self.kind)
    }

    /// Whether it is made of numbers only.
    pub(super) fn is_numbers(&self) -> bool {
        match &self.kind {
            Kind::Number(..) => true,
            Kind::Minus(part) => part.is_numbers(),
            Kind::Binary(operator, parts) => {
                let is_arithmetic = matches!(
                    operator,
                    Binary::Add
                        | Binary::Subtract
                        | Binary::Multiply
                        | Binary::Divide
                        | Binary::Power
                );
                is_arithmetic && parts.iter().all(Self::is_numbers)
            }
            _ => false,
        }
    }
}

fn parts(kind: &Kind) -> Vec<&Expr> {
    match kind {
        Kind::Number(..) | Kind::Name(_) => Vec::new(),
        Kind::Element(_, part) | Kind::Minus(part) | Kind::Not(part) => vec![part],
        Kind::Call(_, parts) => parts.iter().collect(),
        Kind::Sum(part, index) => vec![part, &index.from, &index.to],
        Kind::If(parts) => parts.iter().collect(),
        Kind::Binary(_, parts) => parts.iter().collect(),
    }
}

/// `for i in a..b`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct For {
    pub(super) index: Word,
    pub(super) from: Expr,
    pub(super) to: Expr,
    pub(super) span: Span,
}

/// What stands at the end of a line: its meaning and its source.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Remark {
    pub(super) meaning: Option<String>,
    pub(super) source: Option<Origin>,
}

/// A source in braces.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Origin {
    pub(super) grade: Option<&'static str>,
    pub(super) text: String,
}

/// A number with its unit, possibly negative.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Amount {
    pub(super) value: f64,
    /// None where a bare number stands.
    pub(super) unit: Option<Unit>,
    pub(super) span: Span,
}

/// A name, possibly with the expression in its square brackets.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    pub(super) name: Word,
    pub(super) index: Option<Expr>,
    pub(super) span: Span,
}
