//! Where two units meet.

use super::super::measure::Measure;
use super::super::parser::Parsed;
use super::super::problem::{Problem, Span};
use super::super::sheet::Id;
use super::super::syntax::{Expr, Kind};
use super::super::unit::Unit;
use super::names::Meaning;
use super::{Lowering, Value};

/// What messages call a value without unit.
const PURE: &str = "a pure number";

/// "is mg/L", or "has no unit".
fn a_unit(unit: &str) -> String {
    if unit == PURE { "has no unit".to_owned() } else { format!("is {unit}") }
}

impl<'a> Lowering<'a> {
    /// A value as a number in `measure`, which fits.
    pub(super) fn in_measure(&mut self, value: &Value, measure: &Measure) -> Id {
        if value.is_bare_zero {
            return value.id;
        }
        self.nodes.scaled(value.id, value.measure.factor_to(measure))
    }

    /// Both sides as numbers in one measure. The side that is constant for a subject takes the factor.
    pub(super) fn unified(
        &mut self,
        verb: &str,
        (left, a): (&Expr, Value),
        (right, b): (&Expr, Value),
        span: Span,
    ) -> Parsed<(Id, Id, Measure)> {
        if b.is_bare_zero {
            return Ok((a.id, b.id, a.measure));
        }
        if a.is_bare_zero {
            return Ok((a.id, b.id, b.measure));
        }
        if !a.measure.matches(&b.measure) {
            return self.refuse_sum(verb, (left, a), (right, b), span);
        }
        let left_takes_it = self.needs(&a).is_constant() && !self.needs(&b).is_constant();
        if left_takes_it {
            Ok((self.in_measure(&a, &b.measure), b.id, b.measure))
        } else {
            Ok((a.id, self.in_measure(&b, &a.measure), a.measure))
        }
    }

    fn refuse_sum<T>(
        &mut self,
        verb: &str,
        (left, a): (&Expr, Value),
        (right, b): (&Expr, Value),
        span: Span,
    ) -> Parsed<T> {
        if let Some(problem) = self.bare_state(&[left, right], &b.measure.over(&a.measure)) {
            return self.fail(problem);
        }
        let (one, other) = (self.described(left, &a), self.described(right, &b));
        let (this, that) = (self.source_text(left.span), self.source_text(right.span));
        let message = format!(
            "cannot {verb} {one} and {other}: `{this}` {}, `{that}` {}",
            a_unit(&one),
            a_unit(&other)
        );
        let mut problem = Problem::new("U01", span, message);
        for (side, own) in [(left, &a), (right, &b)] {
            if let Some((place, label)) = self.undeclared_unit(side, own) {
                problem = problem.other(place, label);
            }
        }
        let hint = self.repair("the right side", &b.measure, &a.measure);
        let hint = hint.unwrap_or_else(|| {
            let unit = Unit::usual(&a.measure.over(&b.measure));
            format!("the sides differ by the unit {unit}")
        });
        self.fail(problem.hint(hint))
    }

    /// A value as a number in `measure`, or the message `code` with the words of `message`.
    pub(super) fn fitted(
        &mut self,
        code: &'static str,
        expr: &'a Expr,
        value: &Value,
        unit: &Unit,
        message: impl Fn(&str) -> String,
    ) -> Parsed<Id> {
        if value.is_bare_zero || value.measure.matches(unit.measure()) {
            return Ok(self.in_measure(value, unit.measure()));
        }
        if let Some(problem) = self.bare_state(&[expr], &value.measure.over(unit.measure())) {
            return self.fail(problem);
        }
        let own = self.described(expr, value);
        let problem = Problem::new(code, expr.span, message(&own));
        let hint = self.repair("the right side", &value.measure, unit.measure());
        let differing = Unit::usual(&unit.measure().over(&value.measure));
        self.fail(
            problem.hint(hint.unwrap_or_else(|| format!("they differ by the unit {differing}"))),
        )
    }

    /// A value as a pure number.
    pub(super) fn as_pure(&mut self, expr: &'a Expr, value: &Value, what: &str) -> Parsed<Id> {
        if value.measure.is_pure() {
            return Ok(self.in_measure(value, &Measure::PURE));
        }
        let (text, unit) = (self.source_text(expr.span), self.described(expr, value));
        let message = format!("{what} needs a pure number, but `{text}` is {unit}");
        let hint = format!("divide by a quantity in {unit}, such as `{text} / 1 {unit}`");
        self.fail(Problem::new("U05", expr.span, message).hint(hint))
    }

    /// A time in hours.
    pub(super) fn as_hours(&mut self, expr: &'a Expr, value: &Value, what: &str) -> Parsed<Id> {
        let unit = super::hours();
        self.fitted("U03", expr, value, &unit, |own| format!("{what} is a time, not {own}"))
    }

    /// The unit that stands in the text, where `expr` is a number or a name; otherwise one with the
    /// usual symbols.
    pub(super) fn unit_written(&self, expr: &Expr, measure: &Measure) -> Unit {
        let written = match &expr.kind {
            Kind::Number(_, unit) => unit.clone(),
            Kind::Minus(part) => Some(self.unit_written(part, measure)),
            Kind::Name(name) => match self.names.get(name.as_str()) {
                Some(Meaning::Parameter(i)) => self.parameter_unit(*i),
                Some(Meaning::Covariate(i)) => {
                    self.plan.covariates.get(*i).map(|own| own.declared.unit.clone())
                }
                Some(Meaning::State(array)) => {
                    let first = self.arrays.get(*array).map(|array| array.first);
                    first.and_then(|first| self.elements.get(first)?.unit.clone())
                }
                _ => None,
            },
            _ => None,
        };
        // A pure number on another scale, such as percent, is kept as a plain number.
        let plain = if measure.is_pure() { Unit::none() } else { Unit::of(*measure) };
        written.filter(|unit| unit.measure() == measure).unwrap_or(plain)
    }

    /// What a message calls the unit of a value.
    pub(super) fn described(&self, expr: &Expr, value: &Value) -> String {
        if value.measure.is_pure() {
            return PURE.to_owned();
        }
        self.unit_written(expr, &value.measure).text().to_owned()
    }

    /// What a message says is wanted.
    pub(super) fn plain_unit(unit: &Unit) -> String {
        if unit.is_pure() { "a pure number".to_owned() } else { unit.text().to_owned() }
    }
}
