//! One individual of a text model: the values of its sheet in any number type.

use super::block::{Block, RateConstants};
use super::degree::Degree;
use super::layout::Layout;
use super::sheet::{Clock, Function, Id, Inputs, Node, Operator, Sheet};
use crate::error::Result;
use crate::model::event::no_transfusion_event;
use crate::model::pharmacokinetics::LinearPk;
use crate::model::{Equations, Event, Intermediate, StateName};
use crate::numeric::{Real, digamma};
use crate::units::{Amount, Route};
use std::sync::Arc;

/// What the rest of the program asks of a sheet.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) name: &'static str,
    pub(super) sheet: Sheet,
    pub(super) layout: Layout,
    /// The count, 10⁹/L: an output and what its value is multiplied by.
    pub(super) platelets: Option<(Id, f64)>,
    /// The concentration, ng/mL.
    pub(super) conc: Option<(Id, f64)>,
    /// The other outputs.
    pub(super) readouts: Vec<Id>,
    /// For each route, what 1 mg or 1 µg/kg is in its unit; none where it takes the other.
    pub(super) per_mg: Vec<Option<f64>>,
    pub(super) per_ug_per_kg: Vec<Option<f64>>,
    /// The covariate that is body weight, with what its value is multiplied by to be in kg.
    pub(super) weight: Option<(usize, f64)>,
    /// The event that is a transfusion, with what 10⁹ platelets are in the unit of its argument.
    pub(super) transfusion: Option<(usize, f64)>,
    /// The values that change, parts first.
    pub(super) changing: Vec<Id>,
    /// Linear pharmacokinetics, where the equations have some.
    pub(super) block: Option<Block>,
    /// How the rates depend on the states.
    pub(super) degree: Degree,
    /// The states that are linear in each other alone.
    pub(super) linear: Vec<usize>,
    /// Names and units of the definitions.
    pub(super) named: Vec<(&'static str, &'static str, Id)>,
}

/// The equations of one individual.
#[derive(Debug)]
pub(super) struct Individual<T> {
    pub(super) asked: Arc<Asked>,
    parameters: Vec<T>,
    pub(super) covariates: Vec<T>,
    /// All values, those that change at the state without drug.
    pub(super) values: Vec<T>,
    pub(super) baseline: Vec<T>,
}

impl<T: Real> Individual<T> {
    pub(super) fn new(asked: &Arc<Asked>, typical: &[T], covariates: Vec<T>) -> Self {
        let sheet = &asked.sheet;
        let parameters = sheet.individual(typical, &covariates, |_, value| value);
        let mut baseline = vec![T::ZERO; asked.layout.names.len()];
        let mut new = Self {
            values: Vec::with_capacity(sheet.nodes.len()),
            asked: Arc::clone(asked),
            parameters,
            covariates,
            baseline: Vec::new(),
        };
        // Initial values depend on no state: the first pass finds them, the second has the rest.
        for _ in 0..2 {
            let mut values = Vec::with_capacity(sheet.nodes.len());
            for node in &sheet.nodes {
                let value = new.value(*node, &values, &baseline, T::ZERO);
                values.push(value);
            }
            for (number, state) in baseline.iter_mut().zip(&sheet.states) {
                *number = values[state.initial];
            }
            new.values = values;
        }
        for (passed, stop) in asked.layout.passed.iter().zip(&sheet.stops) {
            let is_past = stop.clock == Clock::Time && new.values[stop.at].value() <= 0.0;
            baseline[*passed] = if is_past { T::ONE } else { T::ZERO };
        }
        new.baseline = baseline;
        new
    }

    /// The value of a node.
    fn value(&self, node: Node, values: &[T], y: &[T], event: T) -> T {
        let layout = &self.asked.layout;
        let at = |place: Option<usize>| place.map_or(T::ZERO, |place| y[place]);
        match node {
            Node::Parameter(i) | Node::Typical(i) => self.parameters[i],
            Node::Covariate(i) => self.covariates[i],
            Node::State(i) => y[i],
            Node::Time => at(layout.time),
            Node::Tad(route) => at(layout.tad[route]),
            Node::AmountOf(route) => at(layout.amount[route]),
            Node::Passed(stop) => y[layout.passed[stop]],
            Node::AmountOfEvent => event,
            other => other.value(&Inputs::none(), values),
        }
    }

    /// All values at the state `y`.
    pub(super) fn all(&self, y: &[T], event: T) -> Vec<T> {
        let mut values = Vec::new();
        self.fill(&mut values, y, event);
        values
    }

    /// The same in a place that is kept: what does not change is written once.
    fn fill(&self, values: &mut Vec<T>, y: &[T], event: T) {
        if values.len() != self.values.len() {
            values.clone_from(&self.values);
        }
        for id in &self.asked.changing {
            values[*id] = self.value(self.asked.sheet.nodes[*id], values, y, event);
        }
    }

    /// One value at the state `y`.
    pub(super) fn at(&self, id: Id, y: &[T]) -> T {
        self.at_event(id, y, T::ZERO)
    }

    /// One value at the state `y`, for the argument of an event.
    pub(super) fn at_event(&self, id: Id, y: &[T], event: T) -> T {
        self.all(y, event)[id]
    }

    fn output(&self, output: Option<(Id, f64)>, y: &[T]) -> T {
        output.map_or(T::ZERO, |(id, factor)| self.all(y, T::ZERO)[id] * factor)
    }

    /// How fast an output changes where the state changes at `rates`.
    fn output_rate(&self, output: Option<(Id, f64)>, y: &[T], rates: &[T]) -> T {
        let Some((id, factor)) = output else { return T::ZERO };
        let values = self.all(y, T::ZERO);
        let mut slopes = vec![T::ZERO; values.len()];
        for i in self.asked.changing.iter().copied().take_while(|i| *i <= id) {
            slopes[i] = self.slope(self.asked.sheet.nodes[i], &values, &slopes, rates);
        }
        slopes[id] * factor
    }

    /// How fast a value changes, from how fast its parts do.
    fn slope(&self, node: Node, values: &[T], slopes: &[T], rates: &[T]) -> T {
        let layout = &self.asked.layout;
        match node {
            Node::State(i) => rates[i],
            Node::Time => layout.time.map_or(T::ZERO, |place| rates[place]),
            Node::Tad(route) => layout.tad[route].map_or(T::ZERO, |place| rates[place]),
            Node::Of(function, x) => derivative(function, values[x]) * slopes[x],
            Node::Between(operator, x, y) => match operator {
                Operator::Plus => slopes[x] + slopes[y],
                Operator::Minus => slopes[x] - slopes[y],
                Operator::Times => slopes[x] * values[y] + values[x] * slopes[y],
                Operator::Over => (slopes[x] - values[x] / values[y] * slopes[y]) / values[y],
                Operator::Power => power_slope((values[x], slopes[x]), (values[y], slopes[y])),
            },
            Node::AtLeast { value, threshold, yes, no } => {
                values[value].where_at_least(values[threshold], slopes[yes], slopes[no])
            }
            _ => T::ZERO,
        }
    }

    /// By how much the rates of all states rise with one of them, at the state without drug.
    pub(super) fn column(&self, state: usize) -> Vec<T> {
        self.column_at(&self.values, state)
    }

    /// The same where all values are `values`.
    fn column_at(&self, values: &[T], state: usize) -> Vec<T> {
        let mut rates = vec![T::ZERO; self.baseline.len()];
        rates[state] = T::ONE;
        let mut slopes = vec![T::ZERO; values.len()];
        for id in &self.asked.changing {
            let node = self.asked.sheet.nodes[*id];
            slopes[*id] = self.slope(node, values, &slopes, &rates);
        }
        self.asked.sheet.states.iter().map(|state| slopes[state.rate]).collect()
    }

    /// By how much the rates of all states rise with each of them, and the rates themselves, at the state `y`.
    pub(super) fn linear(&self, y: &[T]) -> (Vec<Vec<T>>, Vec<T>) {
        let values = self.all(y, T::ZERO);
        let states = &self.asked.sheet.states;
        let columns = (0..states.len()).map(|state| self.column_at(&values, state));
        (columns.collect(), states.iter().map(|own| values[own.rate]).collect())
    }

    /// The rate constants of a block.
    pub(super) fn rate_constants(&self, block: &Block) -> RateConstants<T> {
        let central = self.column(block.central);
        let depot = block.depot.map(|depot| (depot, self.column(depot)));
        let back = block.peripheral.iter().map(|state| (*state, self.column(*state)));
        RateConstants::new(block, &central, depot, &back.collect::<Vec<_>>())
    }
}

/// How fast a power changes; 0 where the base is 0 and the exponent above 1.
fn power_slope<T: Real>((base, base_slope): (T, T), (exponent, exponent_slope): (T, T)) -> T {
    if base.value() == 0.0 {
        return exponent * base.powf(exponent - 1.0) * base_slope;
    }
    let power = base.powf(exponent);
    let by_exponent =
        if exponent_slope == T::ZERO { T::ZERO } else { power * base.ln() * exponent_slope };
    exponent * power / base * base_slope + by_exponent
}

/// The derivative of a function at `x`.
fn derivative<T: Real>(function: Function, x: T) -> T {
    match function {
        Function::Minus => -T::ONE,
        Function::Exp => x.exp(),
        Function::Ln => T::ONE / x,
        Function::Sqrt => T::constant(0.5) / x.sqrt(),
        Function::Abs => x.at_least(0.0, T::ONE, -T::ONE),
        Function::Sin => x.cos(),
        Function::Cos => -x.sin(),
        Function::LnGamma => digamma(x),
        Function::Floor => T::ZERO,
    }
}

impl<T: Real> Equations<T> for Individual<T> {
    fn states(&self) -> Vec<StateName> {
        self.asked.layout.names.clone()
    }

    fn baseline(&self) -> Vec<T> {
        self.baseline.clone()
    }

    fn rates(&self, y: &[T], rates: &mut [T]) {
        self.rates_with(&mut Vec::new(), y, rates);
    }

    fn rates_with(&self, values: &mut Vec<T>, y: &[T], rates: &mut [T]) {
        self.fill(values, y, T::ZERO);
        let (layout, sheet) = (&self.asked.layout, &self.asked.sheet);
        rates.fill(T::ZERO);
        for (rate, state) in rates.iter_mut().zip(&sheet.states) {
            *rate = values[state.rate];
        }
        if let Some(place) = layout.time {
            rates[place] = T::ONE;
        }
        for (tad, dosed) in layout.tad.iter().zip(&layout.dosed) {
            if let (Some(tad), Some(dosed)) = (tad, dosed) {
                rates[*tad] = y[*dosed];
            }
        }
        for (route, inflows) in sheet.routes.iter().zip(&layout.inflow) {
            for (entry, inflow) in route.entries.iter().zip(inflows) {
                if let Some(inflow) = inflow {
                    rates[entry.state] += y[*inflow];
                }
            }
        }
    }

    fn conc(&self, y: &[T]) -> T {
        self.output(self.asked.conc, y)
    }

    fn conc_rate(&self, y: &[T], rates: &[T]) -> T {
        self.output_rate(self.asked.conc, y, rates)
    }

    fn platelets(&self, y: &[T]) -> T {
        self.output(self.asked.platelets, y)
    }

    fn platelets_rate(&self, y: &[T], rates: &[T]) -> T {
        self.output_rate(self.asked.platelets, y, rates)
    }

    fn readouts(&self, y: &[T]) -> Vec<T> {
        let values = self.all(y, T::ZERO);
        self.asked.readouts.iter().map(|id| values[*id]).collect()
    }

    fn readout_rate(&self, i: usize, y: &[T], rates: &[T]) -> T {
        self.output_rate(Some((self.asked.readouts[i], 1.0)), y, rates)
    }

    fn intermediates(&self, y: &[T]) -> Vec<Intermediate<T>> {
        let values = self.all(y, T::ZERO);
        self.asked.named.iter().map(|(name, unit, id)| (*name, *unit, values[*id])).collect()
    }

    fn fastest_rate(&self) -> T {
        // Where a number of the state decays alone, its own slope says how fast.
        const FAST: f64 = 1.0;
        let states = 0..self.asked.sheet.states.len();
        let decay = |state: usize| -self.column(state)[state];
        let fastest = states.map(decay).fold(T::ZERO, Real::larger);
        if fastest.value() > FAST { fastest } else { T::ZERO }
    }

    fn linear_pk(&self) -> Option<LinearPk<T>> {
        let block = self.asked.block.as_ref()?;
        Some(self.rate_constants(block).pharmacokinetics(block))
    }

    fn administer(&self, amount: Amount, route: Route) -> Result<Vec<(T, Event<T>)>> {
        let route = self.route(route)?;
        let amount = self.amount(amount, route)?;
        let own = &self.asked.sheet.routes[route];
        let mut events = self.clocks(route, amount);
        for (entry, inflow) in own.entries.iter().zip(&self.asked.layout.inflow[route]) {
            events.extend(self.entering(entry, *inflow, amount));
        }
        Ok(events)
    }

    fn stops(&self) -> Vec<(T, Event<T>)> {
        let stops = self.asked.sheet.stops.iter().zip(&self.asked.layout.passed);
        let timed = stops.filter(|(stop, _)| stop.clock == Clock::Time);
        let timed = timed.map(|(stop, state)| (self.values[stop.at], *state));
        timed
            .filter(|(at, _)| at.value() > 0.0)
            .map(|(at, state)| (at, Event::Switch { state, value: T::ONE }))
            .collect()
    }

    fn transfuse(&self, y: &mut [T], given: T) -> Result<()> {
        let Some((event, factor)) = self.asked.transfusion else {
            return no_transfusion_event(self.asked.name);
        };
        let values = self.all(y, given * factor);
        for (state, added) in &self.asked.sheet.events[event].additions {
            y[*state] += values[*added];
        }
        Ok(())
    }
}
