//! Expressions and quantities as text.

use super::super::syntax::{Amount, Binary, Expr, For, Kind};
use super::super::unit::Unit;
use super::Printer;

/// How tightly an expression holds together.
fn tightness(expr: &Expr) -> u8 {
    match &expr.kind {
        Kind::If(_) => 0,
        Kind::Binary(Binary::Or, _) => 1,
        Kind::Binary(Binary::And, _) => 2,
        Kind::Not(_) => 3,
        Kind::Binary(
            Binary::Less
            | Binary::AtMost
            | Binary::Greater
            | Binary::AtLeast
            | Binary::Equal
            | Binary::Unequal,
            _,
        ) => 4,
        Kind::Binary(Binary::Add | Binary::Subtract, _) => 5,
        Kind::Binary(Binary::Multiply | Binary::Divide, _) => 6,
        Kind::Minus(_) => 7,
        Kind::Binary(Binary::Power, _) => 8,
        _ => 9,
    }
}

/// A number in the fewest digits that give it back.
pub(in crate::model::text) fn number(value: f64) -> String {
    let size = value.abs();
    if value != 0.0 && !(1e-5..1e15).contains(&size) {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

impl Printer<'_> {
    /// A unit: as written for people, otherwise in its usual symbols.
    pub(super) fn unit(&self, unit: &Unit) -> String {
        if self.is_for_people || unit.is_pure() {
            return unit.text().to_owned();
        }
        Unit::of(*unit.measure()).text().to_owned()
    }

    fn quantity(&self, value: f64, unit: Option<&Unit>) -> String {
        match unit {
            None => number(value),
            Some(unit) => {
                let unit = self.unit(unit);
                let space = if unit == "%" { "" } else { " " };
                format!("{}{space}{unit}", number(value))
            }
        }
    }

    pub(super) fn amount(&self, amount: &Amount) -> String {
        self.quantity(amount.value, amount.unit.as_ref())
    }

    /// An expression, in brackets where it is looser than `least`.
    fn inner(&self, expr: &Expr, least: u8) -> String {
        let text = self.expr(expr);
        if tightness(expr) < least { format!("({text})") } else { text }
    }

    pub(super) fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            Kind::Number(value, unit) => self.quantity(*value, unit.as_ref()),
            Kind::Name(name) => name.clone(),
            Kind::Element(name, index) => format!("{name}[{}]", self.expr(index)),
            Kind::Call(function, arguments) => {
                let arguments: Vec<_> =
                    arguments.iter().map(|argument| self.expr(argument)).collect();
                format!("{}({})", function.text, arguments.join(", "))
            }
            Kind::Sum(term, each) => format!("sum({} {})", self.expr(term), self.each(each)),
            Kind::If(parts) => {
                let [condition, yes, no] = parts.as_ref();
                let (condition, yes, no) = (self.expr(condition), self.expr(yes), self.expr(no));
                format!("if {condition} then {yes} else {no}")
            }
            Kind::Minus(part) => format!("-{}", self.inner(part, 8)),
            Kind::Not(part) => format!("not {}", self.inner(part, 4)),
            Kind::Binary(operator, parts) => self.binary(*operator, parts, tightness(expr)),
        }
    }

    fn binary(&self, operator: Binary, [left, right]: &[Expr; 2], own: u8) -> String {
        let (left, right) = match operator {
            // The base holds together more tightly than the power, the exponent as tightly as a sign.
            Binary::Power => (self.inner(left, 9), self.inner(right, 7)),
            Binary::And | Binary::Or => (self.inner(left, own), self.inner(right, own + 1)),
            _ => (self.inner(left, own.max(5)), self.inner(right, own + 1)),
        };
        match operator {
            Binary::Multiply | Binary::Power => format!("{left}{}{right}", operator.text()),
            // A unit would reach for what follows a slash without a space.
            Binary::Divide if left.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '%') => {
                format!("{left} / {right}")
            }
            _ => format!("{left} {} {right}", operator.text()),
        }
    }

    pub(super) fn each(&self, each: &For) -> String {
        format!("for {} in {}..{}", each.index.text, self.expr(&each.from), self.expr(&each.to))
    }
}
