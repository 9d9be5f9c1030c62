//! Expressions.

use super::super::measure::Measure;
use super::super::parser::Parsed;
use super::super::problem::{Problem, Span};
use super::super::sheet::{Function, Node};
use super::super::syntax::{Binary, Expr, For, Kind};
use super::super::unit::Unit;
use super::names::Meaning;
use super::{DEEPEST, Local, Lowering, Value, hour};

/// Longest array and longest sum.
pub(super) const LONGEST: i64 = 2_000;

impl<'a> Lowering<'a> {
    /// The value of an expression.
    pub(super) fn lower(&mut self, expr: &'a Expr) -> Parsed<Value> {
        self.count_visit(expr.span)?;
        self.depth += 1;
        let value = if self.depth > DEEPEST {
            Err(self.problems.say(
                "S11",
                expr.span,
                "expressions and definitions are nested too deeply",
            ))
        } else {
            self.lower_kind(expr)
        };
        self.depth -= 1;
        value
    }

    fn count_visit(&mut self, span: Span) -> Parsed<()> {
        match self.budget.checked_sub(1) {
            Some(left) => {
                *self.budget = left;
                Ok(())
            }
            None => Err(self.problems.say("S11", span, "the model is too large when written out")),
        }
    }

    fn lower_kind(&mut self, expr: &'a Expr) -> Parsed<Value> {
        match &expr.kind {
            Kind::Number(value, unit) => Ok(self.number(*value, unit.as_ref())),
            Kind::Name(name) => self.named(name, expr.span),
            Kind::Element(name, index) => self.element(name, index, expr.span),
            Kind::Call(function, arguments) => self.call(function, arguments, expr),
            Kind::Sum(term, each) => self.sum_over(term, each),
            Kind::If(parts) => self.choice(parts, expr.span),
            Kind::Minus(part) => {
                let value = self.number_value(part)?;
                let id = self.nodes.of(Function::Minus, value.id);
                Ok(Value { id, ..value })
            }
            Kind::Not(part) => self.not(part),
            Kind::Binary(operator, parts) => self.binary(*operator, parts, expr),
        }
    }

    fn number(&mut self, value: f64, unit: Option<&Unit>) -> Value {
        let id = self.nodes.number(value);
        let measure = unit.map_or(Measure::PURE, |unit| *unit.measure());
        Value { is_bare_zero: unit.is_none() && value == 0.0, ..Value::new(id, measure) }
    }

    /// The value of an expression that must be a number, not a condition.
    pub(super) fn number_value(&mut self, expr: &'a Expr) -> Parsed<Value> {
        let value = self.lower(expr)?;
        if value.is_condition {
            let message = "a number is expected, not a condition";
            let text = self.source_text(expr.span);
            let hint = format!("write `(if {text} then 1 else 0)`");
            return self.fail(Problem::new("C04", expr.span, message).hint(hint));
        }
        Ok(value)
    }

    fn named(&mut self, name: &'a str, span: Span) -> Parsed<Value> {
        match self.local(name) {
            Some(Local::Index(index)) => {
                let id = self.nodes.number(index);
                return Ok(Value::pure(id));
            }
            Some(Local::Argument(measure)) => {
                let id = self.nodes.write(Node::AmountOfEvent);
                return Ok(Value::new(id, measure));
            }
            None => {}
        }
        match name {
            "t" => {
                let id = self.nodes.write(Node::Time);
                return Ok(Value::new(id, hour()));
            }
            "pi" => {
                let id = self.nodes.number(std::f64::consts::PI);
                return Ok(Value::pure(id));
            }
            _ => {}
        }
        match self.meaning(name, span)? {
            Meaning::Size => self.size_value(name, span),
            Meaning::Covariate(i) => self.covariate_value(i, span),
            Meaning::Parameter(i) => self.parameter_value(i, span),
            Meaning::State(array) => {
                let is_array = self.arrays.get(array).is_some_and(|array| array.is_array);
                if is_array {
                    let message = format!("`{name}` is an array");
                    let hint = format!("write one element, `{name}[1]`, or `sum({name})`");
                    return self.fail(Problem::new("A04", span, message).hint(hint));
                }
                self.state_value(array, 1, span)
            }
            Meaning::Definition(expr) => {
                self.refuse_circle(name, span)?;
                self.definition(name, expr)
            }
        }
    }

    fn element(&mut self, name: &'a str, index: &'a Expr, span: Span) -> Parsed<Value> {
        let Meaning::State(array) = self.meaning(name, span)? else {
            let message = format!("`{name}` is no array: only states have elements");
            return Err(self.problems.say("A04", span, message));
        };
        if self.arrays.get(array).is_some_and(|array| !array.is_array) {
            let message = format!("`{name}` is no array: write `{name}`");
            return Err(self.problems.say("A04", span, message));
        }
        let index = self.whole(index)?;
        self.state_value(array, index, span)
    }

    /// The range of an index.
    pub(super) fn range(&mut self, each: &'a For) -> Parsed<std::ops::RangeInclusive<i64>> {
        let name = each.index.text.as_str();
        if self.names.contains_key(name) || self.local(name).is_some() {
            let message = format!("the index `{name}` has the name of something else");
            let problem = Problem::new("N02", each.index.span, message);
            return self.fail(problem.hint("choose another name for the index"));
        }
        let (from, to) = (self.whole(&each.from)?, self.whole(&each.to)?);
        if to - from >= LONGEST {
            let message = format!("the range has more than {LONGEST} numbers");
            return Err(self.problems.say("S11", each.span, message));
        }
        if to < from {
            let message = format!("the range {from}..{to} is empty");
            return Err(self.problems.say("A05", each.span, message));
        }
        Ok(from..=to)
    }

    fn sum_over(&mut self, term: &'a Expr, each: &'a For) -> Parsed<Value> {
        let mut total: Option<Value> = None;
        #[expect(clippy::cast_precision_loss, reason = "indices are small")]
        for index in self.range(each)? {
            let local = Some((each.index.text.as_str(), Local::Index(index as f64)));
            let value = self.with_local(local, |own| own.number_value(term))?;
            total = Some(match total {
                None => value,
                Some(sum) => self.added(Binary::Add, (term, sum), (term, value), term.span)?,
            });
        }
        Ok(total.unwrap_or_else(|| self.number(0.0, None)))
    }
}
