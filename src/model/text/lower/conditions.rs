//! Comparisons, connectives and choices.

use super::super::lines::Level;
use super::super::nodes::Meeting;
use super::super::parser::Parsed;
use super::super::problem::{Problem, Span};
use super::super::sheet::{Id, Node, Operator};
use super::super::syntax::{Binary, Expr, Kind};
use super::arithmetic::TINY;
use super::names::Meaning;
use super::{Lowering, Value};

impl<'a> Lowering<'a> {
    fn condition_value(&mut self, expr: &'a Expr) -> Parsed<Id> {
        let value = self.lower(expr)?;
        if !value.is_condition {
            let text = self.source_text(expr.span);
            let message = format!("`{text}` is a number, not a condition");
            let hint = format!("compare it, as in `{text} > 0`");
            return self.fail(Problem::new("C04", expr.span, message).hint(hint));
        }
        Ok(value.id)
    }

    pub(super) fn not(&mut self, part: &'a Expr) -> Parsed<Value> {
        let inner = self.condition_value(part)?;
        let [half, zero, one] = [0.5, 0.0, 1.0].map(|number| self.nodes.number(number));
        let id = self.nodes.at_least(inner, half, zero, one);
        Ok(Value::condition(id))
    }

    pub(super) fn connective(
        &mut self,
        operator: Binary,
        left: &'a Expr,
        right: &'a Expr,
    ) -> Parsed<Value> {
        let (a, b) = (self.condition_value(left), self.condition_value(right));
        let (a, b) = (a?, b?);
        let [half, zero, one] = [0.5, 0.0, 1.0].map(|number| self.nodes.number(number));
        let id = match operator {
            Binary::And => self.nodes.at_least(a, half, b, zero),
            _ => self.nodes.at_least(a, half, one, b),
        };
        Ok(Value::condition(id))
    }

    pub(super) fn comparison(
        &mut self,
        operator: Binary,
        left: &'a Expr,
        right: &'a Expr,
        span: Span,
    ) -> Parsed<Value> {
        let is_equality = matches!(operator, Binary::Equal | Binary::Unequal);
        if let Some((covariate, name, place)) = self.categorical(left, right) {
            return self.category_comparison(operator, covariate, name, place);
        }
        let (a, b) = (self.number_value(left), self.number_value(right));
        let (a, b) = (a?, b?);
        if is_equality && !(self.is_whole(&a) || self.is_whole(&b)) {
            let message = format!("`{}` is for categories and whole numbers", operator.text());
            let problem = Problem::new("C04", span, message);
            return self.fail(problem.hint("compare other numbers with `<` or `>=`"));
        }
        let (a, b, _) = self.unified("compare", (left, a), (right, b), span)?;
        let meeting = self.nodes.stop(a, b);
        if meeting == Meeting::Unknown {
            let message = "the moment at which this comparison changes cannot be computed exactly";
            let hint = "compare `t` or `tad(..)` with something that is constant between records";
            return self.fail(Problem::new("C05", span, message).hint(hint));
        }
        let [zero, one] = [0.0, 1.0].map(|number| self.nodes.number(number));
        if let Meeting::At { passed, is_rising } = meeting {
            let half = self.nodes.number(0.5);
            let is_left_larger = if is_rising { (one, zero) } else { (zero, one) };
            let (yes, no) = match operator {
                Binary::AtLeast | Binary::Greater => is_left_larger,
                Binary::AtMost | Binary::Less => (is_left_larger.1, is_left_larger.0),
                // The sides are equal at one moment only, and the pieces on both sides hold there too.
                Binary::Equal => (zero, zero),
                _ => (one, one),
            };
            let id = self.nodes.at_least(passed, half, yes, no);
            return Ok(Value::condition(self.after_a_dose(id, &[left, right])));
        }
        let id = match operator {
            Binary::AtLeast => self.nodes.at_least(a, b, one, zero),
            Binary::AtMost => self.nodes.at_least(b, a, one, zero),
            Binary::Less => self.nodes.at_least(a, b, zero, one),
            Binary::Greater => self.nodes.at_least(b, a, zero, one),
            _ => self.equal(a, b, operator == Binary::Equal),
        };
        Ok(Value::condition(self.after_a_dose(id, &[left, right])))
    }

    fn equal(&mut self, a: Id, b: Id, is_equal: bool) -> Id {
        let (yes, no) = if is_equal { (1.0, 0.0) } else { (0.0, 1.0) };
        let (yes, no) = (self.nodes.number(yes), self.nodes.number(no));
        let not_above = self.nodes.at_least(b, a, yes, no);
        self.nodes.at_least(a, b, not_above, no)
    }

    /// Whether a value can be compared with `==`: a whole number, or a covariate.
    fn is_whole(&self, value: &Value) -> bool {
        match self.nodes.node(value.id) {
            Node::Number(number) => number.fract() == 0.0 && value.measure.is_pure(),
            _ => false,
        }
    }

    /// Comparisons with the time after a dose are false before the first dose.
    fn after_a_dose(&mut self, condition: Id, sides: &[&'a Expr]) -> Id {
        let routes: Vec<usize> = sides.iter().flat_map(|side| self.routes_of(side)).collect();
        let [tiny, zero] = [TINY, 0.0].map(|number| self.nodes.number(number));
        routes.into_iter().fold(condition, |condition, route| {
            let amount = self.nodes.write(Node::AmountOf(route));
            self.nodes.at_least(amount, tiny, condition, zero)
        })
    }

    /// The routes whose time after a dose stands in an expression.
    fn routes_of(&self, expr: &Expr) -> Vec<usize> {
        if let Kind::Call(function, arguments) = &expr.kind
            && function.text == "tad"
            && let [Expr { kind: Kind::Name(route), .. }] = arguments.as_slice()
        {
            return self.routes.iter().position(|(name, _)| name == route).into_iter().collect();
        }
        expr.parts().into_iter().flat_map(|part| self.routes_of(part)).collect()
    }

    /// A covariate with categories and the category with which it is compared.
    fn categorical(&self, left: &'a Expr, right: &'a Expr) -> Option<(usize, &'a str, Span)> {
        let covariate = |expr: &Expr| match &expr.kind {
            Kind::Name(name) => match self.names.get(name.as_str()) {
                Some(Meaning::Covariate(i)) => {
                    let line = self.plan.covariates.get(*i)?.line;
                    matches!(line.value, Level::Category(..)).then_some(*i)
                }
                _ => None,
            },
            _ => None,
        };
        let category = |expr: &'a Expr| match &expr.kind {
            Kind::Name(name) => Some((name.as_str(), expr.span)),
            _ => None,
        };
        let (i, (name, span)) = match (covariate(left), covariate(right)) {
            (Some(i), None) => (i, category(right)?),
            (None, Some(i)) => (i, category(left)?),
            _ => return None,
        };
        Some((i, name, span))
    }

    fn category_comparison(
        &mut self,
        operator: Binary,
        covariate: usize,
        name: &str,
        span: Span,
    ) -> Parsed<Value> {
        let Some(own) = self.plan.covariates.get(covariate) else {
            return Err(super::super::problem::Noted);
        };
        let (owner, categories) = (own.declared.name.clone(), own.declared.categories.clone());
        self.used.insert(owner.clone());
        let Some((_, code)) = categories.iter().find(|(category, _)| category == name) else {
            let known: Vec<_> = categories.iter().map(|(category, _)| category.as_str()).collect();
            let message = format!("`{owner}` has no category `{name}`");
            let hint = format!("its categories are {}", known.join(", "));
            return self.fail(Problem::new("N01", span, message).hint(hint));
        };
        if !matches!(operator, Binary::Equal | Binary::Unequal) {
            let message = "categories have no order";
            return self.fail(Problem::new("C04", span, message).hint("compare with `==` or `!=`"));
        }
        let code = self.nodes.number(f64::from(*code));
        let value = self.nodes.write(Node::Covariate(covariate));
        let id = self.equal(value, code, operator == Binary::Equal);
        Ok(Value::condition(id))
    }

    /// `if a then b else c`.
    pub(super) fn choice(&mut self, parts: &'a [Expr; 3], span: Span) -> Parsed<Value> {
        let [condition, yes, no] = parts;
        let condition = self.condition_value(condition);
        let (a, b) = (self.number_value(yes), self.number_value(no));
        let (condition, a, b) = (condition?, a?, b?);
        let (a, b, measure) = self.unified("choose between", (yes, a), (no, b), span)?;
        let half = self.nodes.number(0.5);
        let id = self.nodes.at_least(condition, half, a, b);
        Ok(Value::new(id, measure))
    }

    /// The larger or the smaller of two; what is not a number stays so.
    pub(super) fn extreme(&mut self, is_max: bool, a: Id, b: Id) -> Id {
        let (a, b) = if self.nodes.number_of(b).is_some() { (b, a) } else { (a, b) };
        let no = if self.nodes.number_of(a).is_some() {
            b
        } else {
            // Neither is at least the other where one is not a number.
            let neither = self.nodes.between(Operator::Plus, a, b);
            if is_max {
                self.nodes.at_least(b, a, b, neither)
            } else {
                self.nodes.at_least(a, b, b, neither)
            }
        };
        if is_max { self.nodes.at_least(a, b, a, no) } else { self.nodes.at_least(b, a, a, no) }
    }
}
