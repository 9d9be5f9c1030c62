//! Formulas as text, for languages that write them in a line.

use super::equations::{Equations, Named};
use crate::model::graph::{Function, Node, Operator, Term};

/// Widest line.
const WIDTH: usize = 100;

/// How a language writes what formulas are made of.
pub(super) trait Language {
    /// A plain number.
    fn number(&self, number: f64) -> String;
    /// A parameter or a named value.
    fn name(&self, name: &str) -> String;
    /// A number of the state.
    fn state(&self, equations: &Equations, index: usize) -> String;
    /// `base` to the power of `exponent`, both in parentheses where they are more than a name.
    fn power(&self, base: &str, exponent: &str) -> String;
    /// The name of a function of one number, other than the minus sign.
    fn function(&self, function: Function) -> &'static str {
        match function {
            Function::Exp => "exp",
            Function::Ln => "log",
            Function::Sqrt | Function::Minus => "sqrt",
            Function::Abs => "abs",
            Function::Sin => "sin",
            Function::Cos => "cos",
            Function::LnGamma => "lgamma",
            Function::Floor => "floor",
        }
    }
    /// A value gets a name.
    fn define(&self, name: &str, value: &str) -> String;
    /// A value that has its name gets another value where `left` is at least `right`.
    fn redefine_where(&self, left: &str, right: &str, name: &str, value: &str) -> String;
    /// What opens a comment.
    const COMMENT: &'static str;
    /// What ends a line that goes on in the next.
    const GOES_ON: &'static str;
}

/// How strongly a formula holds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Name,
}

/// Prints the formulas of a model in one language.
pub(super) struct Printer<'a, L> {
    equations: &'a Equations,
    language: L,
    /// Named values that do not change with the state, then those that do: each one's parts before
    /// it.
    named: [Vec<usize>; 2],
}

impl<'a, L: Language> Printer<'a, L> {
    /// Uses the names of values that do not change with the state, and of those others that `terms`
    /// need.
    pub(super) fn new(equations: &'a Equations, language: L, terms: &[Term]) -> Self {
        let constant = equations.named(&equations.all(), false);
        Self { equations, language, named: [constant, equations.named(terms, true)] }
    }

    /// The formula of `term`.
    pub(super) fn formula(&self, term: Term) -> String {
        self.bound(term, Binding::Sum)
    }

    /// Definitions of the named values that do not change with the state.
    pub(super) fn constant(&self) -> Vec<String> {
        self.named[0].iter().flat_map(|place| self.definition(*place)).collect()
    }

    /// Definitions of the named values that do.
    pub(super) fn changing(&self) -> Vec<String> {
        self.named[1].iter().flat_map(|place| self.definition(*place)).collect()
    }

    fn definition(&self, place: usize) -> Vec<String> {
        let Named { name, unit } = &self.equations.names[&place];
        let name = self.language.name(name);
        let comment = if *unit == "1" { "" } else { &format!(" {} {unit}", L::COMMENT) };
        let define = |value: &str| self.language.define(&name, value) + comment;
        match self.equations.record[place] {
            Node::AtLeast { value, threshold, yes, no } => vec![
                define(&self.formula(no)),
                self.language.redefine_where(
                    &self.formula(value),
                    &self.formula(threshold),
                    &name,
                    &self.formula(yes),
                ),
            ],
            node => vec![define(&self.made_of(node).0)],
        }
    }

    /// The formula of `term`, in parentheses unless it holds together at least as `least`.
    fn bound(&self, term: Term, least: Binding) -> String {
        let (text, binding) = match term {
            Term::Number(number) if number < 0.0 => (self.language.number(number), Binding::Sum),
            Term::Number(number) => (self.language.number(number), Binding::Name),
            Term::Place(place) => match self.name(place) {
                Some(name) => (self.language.name(name), Binding::Name),
                None => self.made_of(self.equations.record[place]),
            },
        };
        if binding < least { format!("({text})") } else { text }
    }

    fn name(&self, place: usize) -> Option<&str> {
        let is_named = self.named.iter().any(|places| places.contains(&place));
        self.equations.names.get(&place).filter(|_| is_named).map(|named| named.name.as_str())
    }

    fn made_of(&self, node: Node) -> (String, Binding) {
        match node {
            Node::Parameter(i) => {
                (self.language.name(&self.equations.parameters[i].name), Binding::Name)
            }
            Node::State(i) => (self.language.state(self.equations, i), Binding::Name),
            Node::Of(Function::Minus, x) => {
                (format!("-{}", self.bound(x, Binding::Product)), Binding::Sum)
            }
            Node::Of(function, x) => (
                format!("{}({})", self.language.function(function), self.formula(x)),
                Binding::Name,
            ),
            Node::Between(operator, x, y) => self.between(operator, x, y),
            // A choice is always defined before it is used.
            Node::AtLeast { yes, .. } => (self.formula(yes), Binding::Sum),
        }
    }

    fn between(&self, operator: Operator, x: Term, y: Term) -> (String, Binding) {
        let (sign, binding, right) = match operator {
            Operator::Plus => ("+", Binding::Sum, Binding::Product),
            Operator::Minus => ("-", Binding::Sum, Binding::Product),
            Operator::Times => ("*", Binding::Product, Binding::Name),
            Operator::Over => ("/", Binding::Product, Binding::Name),
            Operator::Power => {
                let (base, exponent) = (self.bound(x, Binding::Name), self.bound(y, Binding::Name));
                return (self.language.power(&base, &exponent), Binding::Name);
            }
        };
        // A sign in front is that of the whole product.
        let (left, binding) = match self.unnamed(x) {
            Some(Node::Of(Function::Minus, inner)) if binding == Binding::Product => {
                (format!("-{}", self.bound(inner, Binding::Product)), Binding::Sum)
            }
            _ => (self.bound(x, binding), binding),
        };
        (format!("{left} {sign} {}", self.bound(y, right)), binding)
    }

    fn unnamed(&self, term: Term) -> Option<Node> {
        match term {
            Term::Place(place) if self.name(place).is_none() => Some(self.equations.record[place]),
            _ => None,
        }
    }
}

/// `text` in lines of at most [`WIDTH`], the first indented by `indent` and the others by 4 more,
/// broken after an operator; every line but the last ends with `goes_on`.
pub(super) fn wrapped(text: &str, indent: usize, goes_on: &str) -> String {
    let mut lines = vec![" ".repeat(indent)];
    let mut can_break = false;
    for (i, word) in text.split(' ').enumerate() {
        let line = lines.last().map_or(0, String::len);
        if can_break && line + 1 + word.len() + goes_on.len() > WIDTH {
            if let Some(line) = lines.last_mut() {
                *line += goes_on;
            }
            lines.push(" ".repeat(indent + 4) + word);
        } else if let Some(line) = lines.last_mut() {
            *line += if i > 0 { " " } else { "" };
            *line += word;
        }
        can_break = matches!(word, "+" | "-" | "*" | "/" | "=") || word.ends_with(',');
    }
    lines.join("\n")
}

/// `text` in pieces of at most `width` characters.
pub(super) fn pieces(text: &str, width: usize) -> Vec<String> {
    let characters: Vec<_> = text.chars().collect();
    characters.chunks(width).map(|piece| piece.iter().collect()).collect()
}

/// `text` in the letters that every tool reads, in one line, so that it ends with its comment.
pub(super) fn ascii(text: &str) -> String {
    // A backslash at the end of a line would take the next line into the comment.
    let end = if text.ends_with('\\') { " ." } else { "" };
    text.chars()
        .map(|c| match c {
            c if c.is_control() => c.escape_default().to_string(),
            c if c.is_ascii() => c.to_string(),
            'µ' => "u".to_owned(),
            '·' | '×' => "*".to_owned(),
            '⁹' => "^9".to_owned(),
            '−' | '–' => "-".to_owned(),
            _ => "?".to_owned(),
        })
        .chain([end.to_owned()])
        .collect()
}

/// The shortest text that reads back as `number`.
pub(super) fn shortest(number: f64) -> String {
    crate::table::shortest(number)
}
