//! The operators between numbers.

use super::super::measure::{Measure, WHOLE};
use super::super::parser::Parsed;
use super::super::problem::{Problem, Span};
use super::super::sheet::{Function, Id, Operator};
use super::super::syntax::{Binary, Expr, Kind};
use super::super::unit::{sixtieths, symbol};
use super::{Lowering, Value};

/// The smallest number above 0 that a processor computes with at full speed.
pub(super) const TINY: f64 = f64::MIN_POSITIVE;
/// The largest whole exponent that is written as a product.
const LONGEST_PRODUCT: f64 = 64.0;
/// Factors between units, which are never needed.
const CONVERSIONS: [f64; 4] = [24.0, 60.0, 1000.0, 1e6];

impl<'a> Lowering<'a> {
    pub(super) fn binary(
        &mut self,
        operator: Binary,
        parts: &'a [Expr; 2],
        expr: &'a Expr,
    ) -> Parsed<Value> {
        let [left, right] = parts;
        match operator {
            Binary::And | Binary::Or => self.connective(operator, left, right),
            Binary::Add | Binary::Subtract => {
                let (a, b) = (self.number_value(left), self.number_value(right));
                self.added(operator, (left, a?), (right, b?), expr.span)
            }
            Binary::Multiply | Binary::Divide => self.multiplied(operator, left, right, expr.span),
            Binary::Power => self.power(left, right, expr.span),
            _ => self.comparison(operator, left, right, expr.span),
        }
    }

    /// A sum or a difference.
    pub(super) fn added(
        &mut self,
        operator: Binary,
        left: (&Expr, Value),
        right: (&Expr, Value),
        span: Span,
    ) -> Parsed<Value> {
        let (verb, operator) = match operator {
            Binary::Subtract => ("subtract", Operator::Minus),
            _ => ("add", Operator::Plus),
        };
        let is_zero = left.1.is_bare_zero && right.1.is_bare_zero;
        let (a, b, measure) = self.unified(verb, left, right, span)?;
        let id = self.nodes.between(operator, a, b);
        Ok(Value { is_bare_zero: is_zero, ..Value::new(id, measure) })
    }

    fn multiplied(
        &mut self,
        operator: Binary,
        left: &'a Expr,
        right: &'a Expr,
        span: Span,
    ) -> Parsed<Value> {
        if operator == Binary::Divide {
            self.refuse_bare_unit(left, right, span)?;
            self.warn_of_tight_unit(left, right, span);
        }
        let (a, b) = (self.number_value(left), self.number_value(right));
        let (a, b) = (a?, b?);
        self.refuse_conversion(left, &b)?;
        self.refuse_conversion(right, &a)?;
        let (operator, measure) = match operator {
            Binary::Divide => (Operator::Over, a.measure.over(&b.measure)),
            _ => (Operator::Times, a.measure.times(&b.measure)),
        };
        if !measure.is_within_limits() {
            return Err(self.problems.say("S11", span, "the unit has too high a power"));
        }
        let id = self.nodes.between(operator, a.id, b.id);
        let is_bare_zero = a.is_bare_zero || (operator == Operator::Times && b.is_bare_zero);
        Ok(Value { is_bare_zero, ..Value::new(id, measure) })
    }

    /// `0.218/h`, where a unit stands as if it were a name.
    pub(super) fn refuse_bare_unit(&mut self, left: &Expr, right: &Expr, span: Span) -> Parsed<()> {
        let Kind::Name(name) = &right.kind else { return Ok(()) };
        if !left.is_numbers() || symbol(name).is_none() || self.names.contains_key(name.as_str()) {
            return Ok(());
        }
        let number = self.source_text(left.span);
        let written = match number.rfind("10^") {
            Some(at) => {
                let (before, power) = number.split_at(at);
                let before = before.trim_end().trim_end_matches('*').trim_end();
                let before = if before.is_empty() { "1" } else { before };
                format!("{before} {power}/{name}")
            }
            None => format!("{number} 1/{name}"),
        };
        let place = if self.source_text(span).len() < 40 { span } else { right.span };
        let problem = Problem::new("N01", place, format!("`{name}` is not defined"));
        self.fail(problem.hint(format!("`{name}` is a unit: write `{written}`")))
    }

    /// `1/2 h`, in which the unit belongs to the 2.
    fn warn_of_tight_unit(&mut self, left: &Expr, right: &Expr, span: Span) {
        if let (Kind::Number(above, None), Kind::Number(below, Some(unit))) =
            (&left.kind, &right.kind)
        {
            let text = self.source_text(span);
            let message = format!("`{text}` is {above} divided by {below} {unit}");
            let hint = format!("write `{above} / ({below} {unit})` if this is meant");
            self.problems.note(Problem::new("W52", span, message).hint(hint));
        }
    }

    /// A bare factor 1000 at a quantity with a unit.
    fn refuse_conversion(&mut self, factor: &Expr, other: &Value) -> Parsed<()> {
        let is_conversion = |value: f64| {
            CONVERSIONS.iter().any(|known| {
                value.total_cmp(known).is_eq() || value.total_cmp(&known.recip()).is_eq()
            })
        };
        match &factor.kind {
            Kind::Number(value, None) if is_conversion(*value) && !other.measure.is_pure() => {
                let text = self.source_text(factor.span);
                let message =
                    format!("the bare factor {text} multiplies or divides a quantity with a unit");
                let hint = "units convert themselves: remove the factor, or write its unit, such as \
                            `1000 ng/ug`";
                self.fail(Problem::new("U09", factor.span, message).hint(hint))
            }
            _ => Ok(()),
        }
    }

    fn power(&mut self, base: &'a Expr, exponent: &'a Expr, span: Span) -> Parsed<Value> {
        let (x, g) = (self.number_value(base), self.number_value(exponent));
        let (x, g) = (x?, g?);
        if !g.measure.is_pure() {
            let text = self.source_text(exponent.span);
            let unit = self.described(exponent, &g);
            let message = format!("an exponent is a pure number, but `{text}` is {unit}");
            return Err(self.problems.say("U06", exponent.span, message));
        }
        let g = self.in_measure(&g, &Measure::PURE);
        if x.measure.is_pure() {
            let x = self.in_measure(&x, &Measure::PURE);
            let id = self.power_of(x, g);
            return Ok(Value::pure(id));
        }
        let measure = self.power_of_unit(base, exponent, &x, g, span)?;
        let id = self.power_of(x.id, g);
        Ok(Value::new(id, measure))
    }

    /// The unit of a power.
    fn power_of_unit(
        &mut self,
        base: &Expr,
        exponent: &Expr,
        x: &Value,
        g: Id,
        span: Span,
    ) -> Parsed<Measure> {
        let (text, power) = (self.source_text(base.span), self.source_text(exponent.span));
        let unit = self.described(base, x);
        let Some(number) = self.nodes.number_of(g) else {
            let message =
                format!("`{text}` is {unit}: its exponent must be a number, not `{power}`");
            let hint = format!(
                "write `({text}/ec50)^{power}` or `hill({text}/ec50, {power})`, with an \
                                ec50 in {unit}"
            );
            return self.fail(Problem::new("U06", exponent.span, message).hint(hint));
        };
        let measure = sixtieths(number).and_then(|sixtieths| x.measure.power(sixtieths));
        match measure {
            Some(measure) if measure.is_within_limits() => Ok(measure),
            _ => {
                let message =
                    format!("`{text}` is {unit}, and {unit} to the power of {number} is no unit");
                let hint = format!("divide by 1 unit first: `({text} / 1 {unit})^{power}`");
                self.fail(Problem::new("U07", span, message).hint(hint))
            }
        }
    }

    /// x to the power of g. Whole exponents are products; otherwise 0 where x is below 0.
    pub(super) fn power_of(&mut self, x: Id, g: Id) -> Id {
        match (self.nodes.number_of(x), self.nodes.number_of(g)) {
            (Some(x), Some(g)) => {
                let power = if x < 0.0 && g.fract() != 0.0 { 0.0 } else { libm::pow(x, g) };
                self.nodes.number(power)
            }
            (_, Some(g)) if g.fract() == 0.0 && g.abs() <= LONGEST_PRODUCT => {
                self.whole_power(x, g)
            }
            (Some(x), _) if x > 0.0 => {
                let x = self.nodes.number(x);
                self.nodes.between(Operator::Power, x, g)
            }
            (_, Some(g)) if g.total_cmp(&0.5).is_eq() => self.root(x),
            // Only what moves can fall below 0 within a step; elsewhere that is an error to be seen.
            _ if self.nodes.needs(x).is_constant() => self.nodes.between(Operator::Power, x, g),
            _ => {
                let power = self.nodes.between(Operator::Power, x, g);
                let at_zero = self.power_of_nothing(x, g);
                let tiny = self.nodes.number(TINY);
                self.nodes.at_least(x, tiny, power, at_zero)
            }
        }
    }

    /// The square root, 0 below 0.
    pub(super) fn root(&mut self, x: Id) -> Id {
        let root = self.nodes.of(Function::Sqrt, x);
        let (tiny, zero) = (self.nodes.number(TINY), self.nodes.number(0.0));
        self.nodes.at_least(x, tiny, root, zero)
    }

    /// x to the power of g where x is 0, or below: 0 for a positive exponent, 1 for 0.
    fn power_of_nothing(&mut self, x: Id, g: Id) -> Id {
        let [zero, one, tiny] = [0.0, 1.0, TINY].map(|number| self.nodes.number(number));
        let infinite = self.nodes.number(f64::INFINITY);
        let negative = self.nodes.at_least(x, zero, infinite, zero);
        let not_positive = self.nodes.at_least(g, zero, one, negative);
        self.nodes.at_least(g, tiny, zero, not_positive)
    }

    fn whole_power(&mut self, x: Id, g: f64) -> Id {
        let one = self.nodes.number(1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 64")]
        let mut left = g.abs() as u32;
        let (mut square, mut product) = (x, one);
        while left > 0 {
            if left % 2 == 1 {
                product = self.nodes.between(Operator::Times, product, square);
            }
            left /= 2;
            if left > 0 {
                square = self.nodes.between(Operator::Times, square, square);
            }
        }
        if g < 0.0 { self.nodes.between(Operator::Over, one, product) } else { product }
    }

    /// A quantity to the power of 1/2 keeps an exact unit.
    pub(super) fn half(measure: &Measure) -> Option<Measure> {
        measure.power(WHOLE / 2)
    }
}
