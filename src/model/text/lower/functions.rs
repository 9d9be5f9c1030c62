//! The functions.

use super::super::measure::Measure;
use super::super::nodes::Needs;
use super::super::parser::Parsed;
use super::super::problem::{Noted, Problem};
use super::super::sheet::{Function, Id, Node, Operator};
use super::super::syntax::{Expr, Kind, Word};
use super::arithmetic::TINY;
use super::names::Meaning;
use super::{Lowering, Value, hour};

impl<'a> Lowering<'a> {
    pub(super) fn call(
        &mut self,
        function: &'a Word,
        arguments: &'a [Expr],
        whole: &'a Expr,
    ) -> Parsed<Value> {
        let name = function.text.as_str();
        if !super::super::functions::NAMES.contains(&name) {
            return self.unknown_function(function);
        }
        match (name, arguments) {
            ("sum", [array]) => self.sum_of_array(array),
            ("out", [array]) => self.outflow(array),
            ("tad" | "amount", [route]) => self.last_dose(name, route),
            ("max" | "min", [first, rest @ ..]) if !rest.is_empty() => {
                self.extremes(name == "max", first, rest, whole)
            }
            ("hill", [x, g]) => self.hill(x, g),
            ("hill" | "max" | "min", _) => self.wrong_count(function, "two arguments"),
            (_, [x]) => self.of_one(name, x),
            _ => self.wrong_count(function, "one argument"),
        }
    }

    fn unknown_function<T>(&mut self, function: &Word) -> Parsed<T> {
        let name = &function.text;
        if self.names.contains_key(name.as_str()) {
            let message = format!("`{name}` is not a function");
            let problem = Problem::new("N08", function.span, message);
            return self.fail(problem.hint(format!("to multiply write `{name} * (..)`")));
        }
        let known = super::super::functions::NAMES;
        let near = crate::error::near(name, &known);
        let hint = near.map_or_else(
            || format!("the functions are {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("there is no function `{name}`");
        self.fail(Problem::new("N08", function.span, message).hint(hint))
    }

    fn wrong_count<T>(&mut self, function: &Word, wanted: &str) -> Parsed<T> {
        let message = format!("`{}` has {wanted}", function.text);
        Err(self.problems.say("N08", function.span, message))
    }

    /// The functions of one argument.
    fn of_one(&mut self, name: &str, x: &'a Expr) -> Parsed<Value> {
        let value = self.number_value(x)?;
        if name == "abs" {
            let id = self.nodes.of(Function::Abs, value.id);
            return Ok(Value { id, ..value });
        }
        if name == "sqrt"
            && let Some(measure) = Self::half(&value.measure)
        {
            let id = self.root(value.id);
            return Ok(Value::new(id, measure));
        }
        let id = self.as_pure(x, &value, &format!("`{name}`"))?;
        if name == "floor" && self.nodes.needs(id).has(Needs::CLOCK) {
            let message = "`floor` of the time changes at moments that are not computed exactly";
            return Err(self.problems.say("C05", x.span, message));
        }
        let id = self.pure_function(name, id);
        Ok(Value::pure(id))
    }

    fn pure_function(&mut self, name: &str, x: Id) -> Id {
        let one = self.nodes.number(1.0);
        match name {
            "exp" => self.nodes.of(Function::Exp, x),
            "ln" => self.nodes.of(Function::Ln, x),
            "log10" => {
                let (ln, ten) =
                    (self.nodes.of(Function::Ln, x), self.nodes.number(libm::log(10.0)));
                self.nodes.between(Operator::Over, ln, ten)
            }
            "sin" => self.nodes.of(Function::Sin, x),
            "cos" => self.nodes.of(Function::Cos, x),
            "lgamma" => self.nodes.of(Function::LnGamma, x),
            "floor" => self.nodes.of(Function::Floor, x),
            "logit" => {
                let rest = self.nodes.between(Operator::Minus, one, x);
                let odds = self.nodes.between(Operator::Over, x, rest);
                self.nodes.of(Function::Ln, odds)
            }
            "expit" => {
                let minus = self.nodes.of(Function::Minus, x);
                let exp = self.nodes.of(Function::Exp, minus);
                let below = self.nodes.between(Operator::Plus, one, exp);
                self.nodes.between(Operator::Over, one, below)
            }
            _ => self.root(x),
        }
    }

    /// x^g/(1 + x^g), 0 where x is not above 0.
    fn hill(&mut self, x: &'a Expr, g: &'a Expr) -> Parsed<Value> {
        let (a, b) = (self.number_value(x), self.number_value(g));
        let (a, b) = (a?, b?);
        let (a, b) = (self.as_pure(x, &a, "`hill`"), self.as_pure(g, &b, "`hill`"));
        let (a, b) = (a?, b?);
        let [one, zero, tiny] = [1.0, 0.0, TINY].map(|number| self.nodes.number(number));
        let power = match self.nodes.number_of(b) {
            Some(g) if g.fract() == 0.0 => self.power_of(a, b),
            _ => self.nodes.between(Operator::Power, a, b),
        };
        let below = self.nodes.between(Operator::Plus, one, power);
        let effect = self.nodes.between(Operator::Over, power, below);
        let id = self.nodes.at_least(a, tiny, effect, zero);
        Ok(Value::pure(id))
    }

    fn extremes(
        &mut self,
        is_max: bool,
        first: &'a Expr,
        rest: &'a [Expr],
        whole: &'a Expr,
    ) -> Parsed<Value> {
        let mut all = vec![self.number_value(first)];
        for argument in rest {
            all.push(self.number_value(argument));
        }
        let mut values = all.into_iter();
        let mut best = values.next().unwrap_or(Err(Noted))?;
        for (argument, value) in rest.iter().zip(values) {
            let (a, b, measure) =
                self.unified("compare", (first, best), (argument, value?), whole.span)?;
            if self.nodes.stop(a, b) == super::super::nodes::Meeting::Unknown {
                let message = "the moment at which the larger changes cannot be computed exactly";
                return Err(self.problems.say("C05", whole.span, message));
            }
            let id = self.extreme(is_max, a, b);
            best = Value::new(id, measure);
        }
        Ok(best)
    }

    /// The array that an expression names; a scalar counts as an array of one.
    fn array_of(&mut self, expr: &'a Expr, function: &str) -> Parsed<usize> {
        if let Kind::Name(name) = &expr.kind
            && let Meaning::State(array) = self.meaning(name, expr.span)?
        {
            return Ok(array);
        }
        let text = self.source_text(expr.span);
        let message = format!("`{function}` needs the name of a state, not `{text}`");
        let hint = if function == "sum" { "write `sum(e for i in 1..n)`" } else { "" };
        self.fail(Problem::new("A04", expr.span, message).hint(hint))
    }

    fn sum_of_array(&mut self, expr: &'a Expr) -> Parsed<Value> {
        let array = self.array_of(expr, "sum")?;
        let length = self.arrays.get(array).map_or(0, |array| array.length);
        let mut total: Option<Value> = None;
        for index in 1..=length {
            let value = self.state_value(array, i64::try_from(index).unwrap_or(0), expr.span)?;
            total = Some(match total {
                None => value,
                Some(sum) => {
                    let id = self.nodes.between(Operator::Plus, sum.id, value.id);
                    Value { id, ..sum }
                }
            });
        }
        total.ok_or(Noted)
    }

    /// What leaves the last stage of a chain.
    fn outflow(&mut self, expr: &'a Expr) -> Parsed<Value> {
        let array = self.array_of(expr, "out")?;
        let (name, last) =
            self.arrays.get(array).map(|own| (own.name, own.length)).unwrap_or_default();
        let Some(rate) = self.chains.get(name).copied() else {
            let message = format!("`{name}` is not a chain");
            let hint =
                format!("write `chain {name}: in = .., rate = ..`, or the rate that is meant");
            return self.fail(Problem::new("N08", expr.span, message).hint(hint));
        };
        self.refuse_circle(name, expr.span)?;
        let rate_value = self.within(name, expr.span, |own| own.number_value(rate))?;
        let state = self.state_value(array, i64::try_from(last).unwrap_or(0), expr.span)?;
        let id = self.nodes.between(Operator::Times, rate_value.id, state.id);
        Ok(Value::new(id, rate_value.measure.times(&state.measure)))
    }

    /// `tad(route)` and `amount(route)`.
    fn last_dose(&mut self, function: &str, expr: &'a Expr) -> Parsed<Value> {
        let Kind::Name(name) = &expr.kind else {
            let message = format!("`{function}` needs the name of a route");
            return Err(self.problems.say("N09", expr.span, message));
        };
        let Some(route) = self.routes.iter().position(|(known, _)| known == name) else {
            let known: Vec<_> = self.routes.iter().map(|(name, _)| *name).collect();
            let hint = if known.is_empty() {
                "the text has no routes".to_owned()
            } else {
                format!("the routes are {}", known.join(", "))
            };
            let message = format!("there is no route `{name}`");
            return self.fail(Problem::new("N09", expr.span, message).hint(hint));
        };
        if function == "tad" {
            let id = self.nodes.write(Node::Tad(route));
            return Ok(Value::new(id, hour()));
        }
        let unit = self.route_unit(route)?;
        let id = self.nodes.write(Node::AmountOf(route));
        Ok(Value::new(id, *unit.measure()))
    }

    /// The measure of a rate of change of something measured in `measure`.
    pub(super) fn per_hour(measure: &Measure) -> Measure {
        measure.over(&hour())
    }
}
