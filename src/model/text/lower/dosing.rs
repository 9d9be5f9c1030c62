//! Routes and events.

use super::super::lines::{DoseLine, EventLine};
use super::super::measure::{MASS, Measure, WHOLE};
use super::super::parser::Parsed;
use super::super::problem::{Noted, Problem};
use super::super::sheet::{Entry, Event, Id, Route};
use super::super::syntax::{Amount, Expr};
use super::super::unit::Unit;
use super::{Local, Lowering};

impl<'a> Lowering<'a> {
    /// The names of the routes, in the order of the text.
    pub(super) fn collect_routes(&mut self) {
        for line in &self.tree.doses {
            let name = line.route.text.as_str();
            if self.routes.iter().all(|(known, _)| *known != name) {
                self.routes.push((name, None));
            }
        }
    }

    /// The unit of a route's amounts: that of its target, divided by that of f.
    pub(super) fn route_unit(&mut self, route: usize) -> Parsed<Unit> {
        let Some((name, known)) = self.routes.get(route).cloned() else { return Err(Noted) };
        if let Some(known) = known {
            return known;
        }
        let tree = self.tree;
        let Some(line) = tree.doses.iter().find(|line| line.route.text == name) else {
            return Err(Noted);
        };
        let unit = self.line_unit(line);
        if let Some((_, slot)) = self.routes.get_mut(route) {
            *slot = Some(unit.clone());
        }
        unit
    }

    fn line_unit(&mut self, line: &'a DoseLine) -> Parsed<Unit> {
        let place = self.state_at(&line.target)?;
        let (_, target) = self.initial_in_unit(place)?;
        let f = Self::property(line, "f").map(|expr| self.number_value(expr)).transpose()?;
        let Some(f) = f.filter(|f| f.measure != Measure::PURE) else { return Ok(target) };
        let measure = target.measure().over(&f.measure);
        let milligram = Unit::read("mg").unwrap_or_else(|_| Unit::none());
        let is_mass = measure
            .dimension
            .iter()
            .enumerate()
            .all(|(i, power)| *power == if i == MASS { WHOLE } else { 0 });
        Ok(if is_mass { milligram } else { Unit::of(measure) })
    }

    fn property(line: &'a DoseLine, name: &str) -> Option<&'a Expr> {
        line.properties.iter().find(|(word, _)| word.text == name).map(|(_, expr)| expr)
    }

    /// Every route with everything that its doses enter.
    pub(super) fn all_routes(&mut self) -> Option<Vec<Route>> {
        self.check_numbers();
        let tree = self.tree;
        let mut routes: Vec<Route> = Vec::new();
        let mut is_whole = true;
        for line in &tree.doses {
            let position = self.routes.iter().position(|(name, _)| *name == line.route.text);
            let unit = self.route_unit(position.unwrap_or(usize::MAX));
            let (Ok(unit), Ok(entry)) =
                (unit.clone(), unit.and_then(|unit| self.entry(line, &unit)))
            else {
                is_whole = false;
                continue;
            };
            let range = line.range.as_ref().and_then(|(low, high)| self.range_of(low, high, &unit));
            let cmt = line.number.map(|(number, _)| number);
            match routes.iter_mut().find(|route| route.name == line.route.text) {
                Some(route) => {
                    route.entries.push(entry);
                    route.cmt = route.cmt.or(cmt);
                    route.range = route.range.or(range);
                }
                None => routes.push(Route {
                    name: line.route.text.clone(),
                    unit,
                    entries: vec![entry],
                    cmt,
                    range,
                }),
            }
        }
        is_whole.then_some(routes)
    }

    fn entry(&mut self, line: &'a DoseLine, unit: &Unit) -> Parsed<Entry> {
        let state = self.state_at(&line.target)?;
        let (_, target) = self.initial_in_unit(state)?;
        let (mut factor, mut f) =
            (unit.measure().factor_to(target.measure()), self.nodes.number(1.0));
        if let Some(expr) = Self::property(line, "f") {
            let value = self.number_value(expr)?;
            self.forbid(expr, &value, "C03", "a route")?;
            let product = unit.measure().times(&value.measure);
            if !product.matches(target.measure()) {
                let own = self.described(expr, &value);
                let message = format!("`f` is {own}: a dose in {unit} does not become {target}");
                return Err(self.problems.say("U03", expr.span, message));
            }
            factor = product.factor_to(target.measure());
            f = value.id;
        } else if !unit.measure().matches(target.measure()) {
            let message =
                format!("doses by `{}` are in {unit}, the state is in {target}", line.route.text);
            return Err(self.problems.say("U03", line.target.span, message));
        }
        let lag = self.time_property(line, "lag")?;
        let duration = self.time_property(line, "duration")?;
        let rate = match Self::property(line, "rate") {
            None => None,
            Some(expr) => {
                let value = self.number_value(expr)?;
                self.forbid(expr, &value, "C03", "a route")?;
                let wanted = Unit::of(Self::per_hour(target.measure()));
                let message = |own: &str| format!("`rate` is {wanted} or the like, not {own}");
                Some(self.fitted("U03", expr, &value, &wanted, message)?)
            }
        };
        Ok(Entry { state, f, factor, lag, rate, duration })
    }

    fn time_property(&mut self, line: &'a DoseLine, name: &str) -> Parsed<Option<Id>> {
        let Some(expr) = Self::property(line, name) else { return Ok(None) };
        let value = self.number_value(expr)?;
        self.forbid(expr, &value, "C03", "a route")?;
        self.as_hours(expr, &value, &format!("`{name}`")).map(Some)
    }

    fn range_of(&mut self, low: &Amount, high: &Amount, unit: &Unit) -> Option<(f64, f64)> {
        let low_unit = low.unit.as_ref().or(high.unit.as_ref());
        let low = self.amount_in(low, low_unit, unit)?;
        let high = self.amount_in(high, high.unit.as_ref(), unit)?;
        Some((low, high))
    }

    /// A quantity of the text as a number in `unit`; an error noted if it does not fit.
    pub(super) fn amount_in(
        &mut self,
        amount: &Amount,
        own: Option<&Unit>,
        unit: &Unit,
    ) -> Option<f64> {
        let plain = Unit::none();
        let own = own.unwrap_or(&plain);
        if let Some(factor) = own.factor_to(unit) {
            return Some(amount.value * factor);
        }
        if amount.value == 0.0 && own.is_pure() {
            return Some(0.0);
        }
        let text = self.source_text(amount.span);
        let wanted = if unit.is_pure() { "a pure number" } else { unit.text() };
        let problem = Problem::new("U03", amount.span, format!("`{text}` does not fit {wanted}"));
        self.problems.note(problem);
        None
    }

    /// Compartment numbers are given once each, and to all routes into one state or to none.
    fn check_numbers(&mut self) {
        let doses = &self.tree.doses;
        for (i, line) in doses.iter().enumerate() {
            for earlier in doses.iter().take(i).filter(|old| old.route.text != line.route.text) {
                let (own, other) = (line.number, earlier.number);
                let name = &line.route.text;
                if let (Some((number, span)), Some((same, place))) = (own, other)
                    && number == same
                {
                    let message = format!(
                        "the routes `{}` and `{name}` both have the number {number}",
                        earlier.route.text
                    );
                    let problem = Problem::new("K03", span, message);
                    self.problems.note(problem.other(place, "the other route"));
                } else if line.target.name.text == earlier.target.name.text
                    && line.target.index == earlier.target.index
                    && (own.is_none() || other.is_none())
                {
                    let message = format!(
                        "the routes `{}` and `{name}` enter one state, and not both have a number",
                        earlier.route.text
                    );
                    let problem = Problem::new("K03", line.route.span, message);
                    let problem = problem.other(earlier.route.span, "the other route");
                    self.problems.note(problem.hint("write `cmt = n` for each of them"));
                }
            }
        }
    }

    /// Every event; lines of one name act together.
    pub(super) fn all_events(&mut self) -> Option<Vec<Event>> {
        let tree = self.tree;
        let mut events: Vec<Event> = Vec::new();
        let mut is_whole = true;
        for line in &tree.events {
            let argument = line.argument.as_ref().map(|(_, unit)| unit.clone());
            let Ok(additions) = self.additions(line) else {
                is_whole = false;
                continue;
            };
            match events.iter_mut().find(|event| event.name == line.name.text) {
                Some(event) if event.argument == argument => event.additions.extend(additions),
                Some(_) => {
                    let message =
                        format!("the lines of `{}` have different arguments", line.name.text);
                    self.problems.say("N02", line.name.span, message);
                }
                None => events.push(Event { name: line.name.text.clone(), argument, additions }),
            }
        }
        is_whole.then_some(events)
    }

    fn additions(&mut self, line: &'a EventLine) -> Parsed<Vec<(usize, Id)>> {
        let argument = line.argument.as_ref();
        if let Some((word, _)) = argument
            && self.names.contains_key(word.text.as_str())
        {
            let message = format!("the argument `{}` has the name of something else", word.text);
            return Err(self.problems.say("N02", word.span, message));
        }
        let local =
            argument.map(|(word, unit)| (word.text.as_str(), Local::Argument(*unit.measure())));
        let mut additions = Vec::new();
        self.with_local(local, |own| {
            own.for_each(line.each.as_ref(), |own| {
                let state = own.state_at(&line.target)?;
                let (_, unit) = own.initial_in_unit(state)?;
                let value = own.number_value(&line.value)?;
                let name = &line.target.name.text;
                let id = own.fitted("U03", &line.value, &value, &unit, |added| {
                    let unit = if unit.is_pure() { "a pure number" } else { unit.text() };
                    format!("`{name}` is {unit}, but what is added is {added}")
                })?;
                additions.push((state, id));
                Ok(())
            })
        })?;
        Ok(additions)
    }
}
