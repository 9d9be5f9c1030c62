//! States: arrays, their elements, and initial values.

use super::super::lines::{StateLine, Target};
use super::super::measure::Measure;
use super::super::nodes::Needs;
use super::super::parser::Parsed;
use super::super::problem::{Noted, Problem, Span};
use super::super::sheet::{Id, Node};
use super::super::syntax::{Expr, Kind};
use super::super::unit::Unit;
use super::expression::LONGEST;
use super::{Local, Lowering, Value};

/// Most numbers of state.
const MOST_STATES: usize = 5_000;

/// A name under [states].
#[derive(Debug)]
pub(super) struct StateArray<'a> {
    pub(super) name: &'a str,
    pub(super) span: Span,
    /// The position of its first element.
    pub(super) first: usize,
    pub(super) length: usize,
    pub(super) is_array: bool,
}

/// A number of the state.
#[derive(Debug)]
pub(super) struct Element<'a> {
    pub(super) array: usize,
    pub(super) expr: &'a Expr,
    index: Option<(&'a str, f64)>,
    initial: Option<Parsed<Value>>,
    pub(super) unit: Option<Unit>,
}

impl Element<'_> {
    /// Whether it starts as a 0 without unit.
    pub(super) fn is_bare_zero(&self) -> bool {
        matches!(&self.expr.kind, Kind::Number(value, None) if *value == 0.0)
    }
}

/// An element while the lines are being read: its index, its value, the index of `for`.
type Declared<'a> = (i64, &'a Expr, Option<(&'a str, f64)>, Span);

impl<'a> Lowering<'a> {
    /// Writes all arrays out.
    pub(super) fn collect_states(&mut self) {
        let tree = self.tree;
        let mut arrays: Vec<(&'a str, Span, bool, Vec<Declared<'a>>)> = Vec::new();
        for line in &tree.states {
            for target in &line.targets {
                let Ok(elements) = self.elements_of(line, target) else { continue };
                let (name, is_array) = (target.name.text.as_str(), target.from.is_some());
                match arrays.iter_mut().find(|(known, ..)| *known == name) {
                    Some((.., all)) => all.extend(elements),
                    None => arrays.push((name, target.name.span, is_array, elements)),
                }
            }
        }
        for (name, span, is_array, mut elements) in arrays {
            elements.sort_by_key(|(index, ..)| *index);
            self.check_elements(name, span, &elements);
            let array = self.arrays.len();
            let (first, length) = (self.elements.len(), elements.len());
            self.arrays.push(StateArray { name, span, first, length, is_array });
            self.elements.extend(elements.into_iter().map(|(_, expr, index, _)| Element {
                array,
                expr,
                index,
                initial: None,
                unit: None,
            }));
        }
        self.keep_positions();
        if self.elements.len() > MOST_STATES {
            let span = tree.states.first().map_or(Span::default(), |line| line.value.span);
            let message = format!("there are more than {MOST_STATES} numbers of state");
            self.problems.say("S11", span, message);
        }
    }

    /// Names of states were entered in the order of their first lines; where a line failed, its array is
    /// missing and the positions move.
    fn keep_positions(&mut self) {
        use super::names::Meaning;
        for (i, array) in self.arrays.iter().enumerate() {
            if let Some(meaning @ Meaning::State(_)) = self.names.get_mut(array.name) {
                *meaning = Meaning::State(i);
            }
        }
        let arrays = &self.arrays;
        for (name, meaning) in &mut self.names {
            if matches!(meaning, Meaning::State(_)) && arrays.iter().all(|own| own.name != *name) {
                *meaning = Meaning::State(usize::MAX);
            }
        }
    }

    /// The elements that a target of a line declares.
    fn elements_of(
        &mut self,
        line: &'a StateLine,
        target: &'a Target,
    ) -> Parsed<Vec<Declared<'a>>> {
        let whole = target.span;
        let range = match &line.each {
            Some(each) => Some((self.range(each)?, each)),
            None => None,
        };
        let Some(from) = &target.from else {
            if let Some((_, each)) = range {
                let message = format!("`{}` has no elements for `for`", target.name.text);
                return Err(self.problems.say("A04", each.span, message));
            }
            return Ok(vec![(1, &line.value, None, whole)]);
        };
        let value = &line.value;
        let mut elements = Vec::new();
        match (&target.to, range) {
            (Some(to), range) => {
                let (from, to) = (self.whole(from)?, self.whole(to)?);
                if from < 1 || to < from || to - from >= LONGEST {
                    let message = format!("`{from}..{to}` is no range of elements");
                    return Err(self.problems.say("A03", whole, message));
                }
                if let Some((range, each)) = &range
                    && *range != (from..=to)
                {
                    return self.refuse_range(target, (from, to), range, each.span);
                }
                let index = range.map(|(_, each)| each.index.text.as_str());
                elements
                    .extend((from..=to).map(|i| (i, value, index.map(|n| (n, real(i))), whole)));
            }
            (None, Some((range, each))) => {
                for i in range {
                    let name = each.index.text.as_str();
                    let local = Some((name, Local::Index(real(i))));
                    let index = self.with_local(local, |own| own.whole(from))?;
                    elements.push((index, value, Some((name, real(i))), whole));
                }
            }
            (None, None) => elements.push((self.whole(from)?, value, None, whole)),
        }
        Ok(elements)
    }

    fn refuse_range<T>(
        &mut self,
        target: &Target,
        (from, to): (i64, i64),
        range: &std::ops::RangeInclusive<i64>,
        span: Span,
    ) -> Parsed<T> {
        let name = &target.name.text;
        let message = format!(
            "`{name}` is declared for {from}..{to}, but `for` runs over {}..{}",
            range.start(),
            range.end()
        );
        let problem = Problem::new("A05", span, message);
        self.fail(problem.hint("give both the same range"))
    }

    /// Every element from 1 on has exactly one initial value.
    fn check_elements(&mut self, name: &str, span: Span, elements: &[Declared<'a>]) {
        for ((index, .., place), expected) in elements.iter().zip(1_i64..) {
            if *index == expected {
                continue;
            }
            let message = if *index < expected {
                format!("`{name}[{index}]` has two initial values")
            } else {
                format!("`{name}[{expected}]` has no initial value")
            };
            let code = if *index < expected { "N02" } else { "A03" };
            self.problems.say(code, if *index < expected { *place } else { span }, message);
            return;
        }
    }

    /// An element of an array, or a state that is none (`index` 1).
    pub(super) fn state_value(&mut self, array: usize, index: i64, span: Span) -> Parsed<Value> {
        let Some(own) = self.arrays.get(array) else { return Err(Noted) };
        let (name, first, length) = (own.name, own.first, own.length);
        let place = usize::try_from(index).ok().filter(|i| (1..=length).contains(i));
        let Some(place) = place else {
            let message =
                format!("`{name}[{index}]` does not exist: {name} has elements 1..{length}");
            return Err(self.problems.say("A03", span, message));
        };
        let measure = self.state_measure(array, span)?;
        let id = self.nodes.write(Node::State(first + place - 1));
        Ok(Value::new(id, measure))
    }

    /// What the elements of an array measure: what the first initial value does.
    pub(super) fn state_measure(&mut self, array: usize, span: Span) -> Parsed<Measure> {
        let Some(own) = self.arrays.get(array) else { return Err(Noted) };
        let (name, first) = (own.name, own.first);
        if self.elements.get(first).is_some_and(|element| element.initial.is_none()) {
            self.refuse_circle(name, span)?;
        }
        Ok(self.initial(first)?.measure)
    }

    /// The initial value of an element.
    fn initial(&mut self, place: usize) -> Parsed<Value> {
        let Some(element) = self.elements.get(place) else { return Err(Noted) };
        if let Some(known) = element.initial {
            return known;
        }
        let (expr, index, array) = (element.expr, element.index, element.array);
        let name = self.arrays.get(array).map_or("", |array| array.name);
        let local = index.map(|(name, index)| (name, Local::Index(index)));
        let value = self.within(name, expr.span, |own| {
            own.with_local(local, |own| {
                let value = own.number_value(expr)?;
                own.forbid(expr, &value, "C02", "an initial value")?;
                Ok(own.in_plain_numbers(expr, value))
            })
        });
        let unit = value.ok().map(|value| self.unit_written(expr, &value.measure));
        if let Some(element) = self.elements.get_mut(place) {
            element.initial = Some(value);
            element.unit = unit;
        }
        value
    }

    /// A pure number on another scale than its unit in the text becomes a plain number.
    fn in_plain_numbers(&mut self, expr: &Expr, value: Value) -> Value {
        let unit = self.unit_written(expr, &value.measure);
        let id = self.in_measure(&value, unit.measure());
        Value { id, is_bare_zero: false, ..Value::new(id, *unit.measure()) }
    }

    /// Refuses what changes with the state or the time where only constants may stand.
    pub(super) fn forbid(
        &mut self,
        expr: &'a Expr,
        value: &Value,
        code: &'static str,
        what: &str,
    ) -> Parsed<()> {
        let moves = Needs::STATE.and(Needs::HISTORY);
        if !self.needs(value).has(moves) {
            return Ok(());
        }
        let span = self.moving_part(expr).unwrap_or(expr.span);
        let text = self.source_text(span);
        let message = format!("{what} cannot use `{text}`, which changes with time");
        let hint = "use parameters, covariates, sizes and definitions without states and `t`";
        self.fail(Problem::new(code, span, message).hint(hint))
    }

    /// The first name in an expression that changes with the state or the time.
    fn moving_part(&self, expr: &Expr) -> Option<Span> {
        use super::names::Meaning;
        let moves = Needs::STATE.and(Needs::HISTORY);
        match &expr.kind {
            Kind::Name(name) if name == "t" => return Some(expr.span),
            Kind::Call(function, _) if matches!(function.text.as_str(), "tad" | "amount") => {
                return Some(expr.span);
            }
            Kind::Name(name) | Kind::Element(name, _) => {
                let is_moving = match self.names.get(name.as_str()) {
                    Some(Meaning::State(_)) => true,
                    Some(Meaning::Definition(_)) => {
                        let known = self.definitions.get(name.as_str());
                        known.is_some_and(|known| {
                            known.is_ok_and(|value| self.needs(&value).has(moves))
                        })
                    }
                    _ => false,
                };
                if is_moving {
                    return Some(expr.span);
                }
            }
            _ => {}
        }
        expr.parts().into_iter().find_map(|part| self.moving_part(part))
    }

    /// The initial value of an element in the unit of its array.
    pub(super) fn initial_in_unit(&mut self, place: usize) -> Parsed<(Id, Unit)> {
        let array = self.elements.get(place).map_or(0, |element| element.array);
        let first = self.arrays.get(array).map_or(0, |array| array.first);
        let (value, of_first) = (self.initial(place)?, self.initial(first)?);
        let unit = self.elements.get(first).and_then(|element| element.unit.clone());
        let unit = unit.unwrap_or_else(|| Unit::of(of_first.measure));
        let Some(expr) = self.elements.get(place).map(|element| element.expr) else {
            return Err(Noted);
        };
        let name = self.arrays.get(array).map_or("", |array| array.name);
        let id = self.fitted("U03", expr, &value, &unit, |own| {
            format!("the elements of `{name}` are {}, but this one is {own}", plain(&unit))
        })?;
        Ok((id, unit))
    }
}

/// A unit in a message.
fn plain(unit: &Unit) -> String {
    if unit.is_pure() { "pure numbers".to_owned() } else { unit.text().to_owned() }
}

/// An index as a number.
fn real(index: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "indices are small")]
    let number = index as f64;
    number
}
