//! Rates of change: equations and chains.

use super::super::measure::Measure;
use super::super::parser::Parsed;
use super::super::problem::{Noted, Problem, Span};
use super::super::sheet::{Id, Operator, State};
use super::super::syntax::{Expr, For, Place, Word};
use super::super::unit::Unit;
use super::names::Meaning;
use super::plan::Equation;
use super::{Local, Lowering, Value};

/// A rate while it is being collected: where it was given, and its value.
type Given = Option<(Span, Parsed<Id>)>;

impl<'a> Lowering<'a> {
    /// Every number of the state with initial value and rate.
    pub(super) fn all_states(&mut self) -> Option<Vec<State>> {
        let count = self.elements.len();
        let mut rates: Vec<Given> = vec![None; count];
        for equation in self.plan.equations.clone() {
            let outcome = match equation {
                Equation::Definition(..) => Ok(()),
                Equation::Rate(target, value, each) => {
                    self.rate_line(target, value, each, &mut rates)
                }
                Equation::Chain { name, inflow, rate, loss } => {
                    self.chain(name, [inflow, rate], loss, &mut rates)
                }
            };
            if outcome.is_err() {
                self.failed.insert(&equation.name().text);
            }
        }
        let mut states = Vec::new();
        for (place, rate) in rates.into_iter().enumerate() {
            let initial = self.initial_in_unit(place);
            let name = self.element_name(place);
            match rate {
                None => self.refuse_missing(place, &name),
                Some((_, rate)) => {
                    if let (Ok((initial, unit)), Ok(rate)) = (initial, rate) {
                        states.push(State { name, unit, initial, rate });
                    }
                }
            }
        }
        (states.len() == count).then_some(states)
    }

    /// The rates of the chains, for `out(x)`.
    pub(super) fn collect_chains(&mut self) {
        for equation in &self.plan.equations {
            if let Equation::Chain { name, rate, .. } = equation {
                self.chains.insert(&name.text, rate);
            }
        }
    }

    fn element_name(&self, place: usize) -> String {
        let array = self.elements.get(place).and_then(|element| self.arrays.get(element.array));
        match array {
            Some(array) if array.is_array => format!("{}[{}]", array.name, place - array.first + 1),
            Some(array) => array.name.to_owned(),
            None => String::new(),
        }
    }

    fn refuse_missing(&mut self, place: usize, name: &str) {
        let base = name.split('[').next().unwrap_or_default();
        if self.tree.broken.iter().any(|broken| broken == base) || self.failed.contains(base) {
            return;
        }
        let array = self.elements.get(place).and_then(|element| self.arrays.get(element.array));
        let span = array.map_or(Span::default(), |array| array.span);
        let problem = Problem::new("N06", span, format!("`{name}` has no equation"));
        self.problems.note(problem.hint(format!("write `d/dt({name}) = ..` under [equations]")));
    }

    /// The array of a place.
    fn array_at(&mut self, name: &'a Word) -> Parsed<usize> {
        match self.meaning(&name.text, name.span)? {
            Meaning::State(array) if array < self.arrays.len() => Ok(array),
            Meaning::State(_) => Err(Noted),
            _ => {
                let message = format!("`{}` is not a state", name.text);
                let hint = format!("give it an initial value under [states]: `{} = ..`", name.text);
                self.fail(Problem::new("N07", name.span, message).hint(hint))
            }
        }
    }

    /// The position of the state at a place.
    pub(super) fn state_at(&mut self, place: &'a Place) -> Parsed<usize> {
        let array = self.array_at(&place.name)?;
        let Some(own) = self.arrays.get(array) else { return Err(Noted) };
        let (first, length, is_array, name) = (own.first, own.length, own.is_array, own.name);
        let Some(index) = &place.index else {
            if is_array {
                let message = format!("`{name}` is an array: write `{name}[1]`");
                return Err(self.problems.say("A04", place.span, message));
            }
            return Ok(first);
        };
        if !is_array {
            let message = format!("`{name}` is no array: write `{name}`");
            return Err(self.problems.say("A04", place.span, message));
        }
        let index = self.whole(index)?;
        if let Some(i) = usize::try_from(index).ok().filter(|i| (1..=length).contains(i)) {
            return Ok(first + i - 1);
        }
        let message = format!("`{name}[{index}]` does not exist: {name} has elements 1..{length}");
        Err(self.problems.say("A03", place.span, message))
    }

    /// `read` once for each number of `each`, or once.
    pub(super) fn for_each(
        &mut self,
        each: Option<&'a For>,
        mut read: impl FnMut(&mut Self) -> Parsed<()>,
    ) -> Parsed<()> {
        let Some(each) = each else { return read(self) };
        for index in self.range(each)? {
            #[expect(clippy::cast_precision_loss, reason = "indices are small")]
            let local = Some((each.index.text.as_str(), Local::Index(index as f64)));
            self.with_local(local, &mut read)?;
        }
        Ok(())
    }

    fn rate_line(
        &mut self,
        target: &'a Place,
        expr: &'a Expr,
        each: Option<&'a For>,
        rates: &mut [Given],
    ) -> Parsed<()> {
        self.for_each(each, |own| {
            let place = own.state_at(target)?;
            let rate = own.rate_of(place, expr);
            own.give(place, target.span, rate, rates)?;
            rate.map(|_| ())
        })
    }

    fn give(
        &mut self,
        place: usize,
        span: Span,
        rate: Parsed<Id>,
        rates: &mut [Given],
    ) -> Parsed<()> {
        let name = self.element_name(place);
        let Some(slot) = rates.get_mut(place) else { return Err(Noted) };
        if let Some((first, _)) = slot {
            let problem = Problem::new("N05", span, format!("`{name}` has two equations"));
            let problem = problem.other(*first, "the first equation");
            return self.fail(problem);
        }
        *slot = Some((span, rate));
        Ok(())
    }

    /// What a rate of change of the state at `place` measures, and its unit in messages.
    fn rate_unit(&mut self, place: usize, span: Span) -> Parsed<Unit> {
        let array = self.elements.get(place).map_or(0, |element| element.array);
        let measure = self.state_measure(array, span)?;
        Ok(Unit::of(Self::per_hour(&measure)))
    }

    fn rate_of(&mut self, place: usize, expr: &'a Expr) -> Parsed<Id> {
        let unit = self.rate_unit(place, expr.span);
        let value = self.number_value(expr);
        let (unit, value) = (unit?, value?);
        let name = self.element_name(place);
        self.fitted("U02", expr, &value, &unit, |own| {
            format!("`d/dt({name})` is {unit}, but the right side is {own}")
        })
    }

    /// dx1/dt = in − k x1 − q x1, and dxi/dt = k x(i−1) − k xi − q xi.
    fn chain(
        &mut self,
        name: &'a Word,
        [inflow, rate]: [&'a Expr; 2],
        loss: Option<&'a Expr>,
        rates: &mut [Given],
    ) -> Parsed<()> {
        let array = self.array_at(name)?;
        let Some(own) = self.arrays.get(array) else { return Err(Noted) };
        let (first, length) = (own.first, own.length);
        let begun: Vec<_> =
            (0..length).map(|i| self.give(first + i, name.span, Err(Noted), rates)).collect();
        begun.into_iter().collect::<Parsed<Vec<()>>>()?;
        let inflow = self.rate_of(first, inflow);
        let rate = self.per_hour_value(rate, "`rate`");
        let loss = loss.map(|loss| self.per_hour_value(loss, "`loss`")).transpose();
        let (mut entering, rate, loss) = (inflow?, rate?, loss?);
        for i in 0..length {
            let index = i64::try_from(i + 1).unwrap_or(0);
            let stage = self.state_value(array, index, name.span)?;
            let leaving = self.nodes.between(Operator::Times, rate, stage.id);
            let mut change = self.nodes.between(Operator::Minus, entering, leaving);
            if let Some(loss) = loss {
                let lost = self.nodes.between(Operator::Times, loss, stage.id);
                change = self.nodes.between(Operator::Minus, change, lost);
            }
            if let Some(slot) = rates.get_mut(first + i) {
                *slot = Some((name.span, Ok(change)));
            }
            entering = leaving;
        }
        Ok(())
    }

    /// A rate constant, per hour.
    fn per_hour_value(&mut self, expr: &'a Expr, what: &str) -> Parsed<Id> {
        let value: Value = self.number_value(expr)?;
        let unit = Unit::of(Self::per_hour(&Measure::PURE));
        self.fitted("U03", expr, &value, &unit, |own| {
            format!("{what} is 1/h or the like, not {own}")
        })
    }
}
