//! A model's equations as data: the one form that every model has. Those written in Rust are run once
//! in the arithmetic that writes itself down.

mod arithmetic;
mod expression;
mod lowering;
mod operation;
mod simplified;
mod tape;
#[cfg(test)]
mod tests;

pub use arithmetic::{Function, Operator};
pub(crate) use expression::{Expression, Node, Term};
#[cfg(test)]
pub(crate) use expression::{evaluate, value_of};
pub(crate) use simplified::Forcing;
pub(crate) use tape::{Purpose, Tape};

use super::{Equations, Event, Model, ParameterSet, StateName, Theta};
use crate::error::{Error, Result};
use crate::numeric::Real;
use crate::units::Route;
use expression::record;
use std::collections::BTreeMap;

/// A value that the equations compute on their way, under its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) term: Term,
}

/// How a dose of 1 mg enters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entering<T> {
    /// Position of the number of the state that it is added to.
    pub(crate) state: usize,
    /// What arrives there.
    pub(crate) amount: T,
    /// How long after the dose, h.
    pub(crate) lag: T,
}

/// The equations of one model for an individual with certain parameters.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    /// The symbols that have a value, by their positions in [`Node::Parameter`].
    pub(crate) symbols: Vec<String>,
    pub(crate) states: Vec<StateName>,
    /// How every value is made.
    pub(crate) record: Vec<Node>,
    /// Which of them change with the state.
    pub(crate) changing: Vec<bool>,
    /// The state without drug.
    pub(crate) baseline: Vec<Term>,
    /// Rates of change, per hour.
    pub(crate) rates: Vec<Term>,
    /// Plasma concentration, ng/mL.
    pub(crate) conc: Term,
    /// Platelet count, 10⁹/L.
    pub(crate) platelets: Term,
    /// What the equations compute on their way.
    pub(crate) named: Vec<Named>,
}

impl Graph {
    /// The equations of the model of `set`.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub(crate) fn new(set: &ParameterSet) -> Result<Self> {
        Ok(Self::with(set, &[], |_| Ok(()))?.0)
    }

    /// The equations of the model of `set` with a constant inflow into each of these states, which are the last
    /// symbols; the count, which may be anything, is left out.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub(crate) fn with_inflows(set: &ParameterSet, targets: &[usize]) -> Result<Self> {
        let (graph, ()) = Self::with(set, targets, |_| Ok(()))?;
        Ok(Self { platelets: Term::Number(0.0), ..graph })
    }

    /// The equations of the model of `set`, and how a dose by `route` enters.
    ///
    /// # Errors
    /// Values that contradict each other, a route that the model does not describe, a dose that
    /// does more than to enter a compartment.
    pub(crate) fn with_dose(set: &ParameterSet, route: Route) -> Result<(Self, Entering<Term>)> {
        Self::with(set, &[], |p| arriving(&set.model, p, route))
    }

    fn with<R>(
        set: &ParameterSet,
        inflows: &[usize],
        also: impl FnOnce(&dyn Equations<Expression>) -> Result<R>,
    ) -> Result<(Self, R)> {
        let plain = set.model.individual(&set.theta())?;
        set.model.check(&set.theta())?;
        let (written, record) = record(|| write(set, (&plain.baseline(), inflows), also));
        let (graph, also) = written?;
        let changing = changing(&record);
        Ok((Self { record, changing, states: plain.states(), ..graph }, also))
    }

    /// Which values `terms` are made of.
    pub(crate) fn needed(&self, terms: &[Term]) -> Vec<bool> {
        let mut needed = vec![false; self.record.len()];
        let mut open: Vec<Term> = terms.to_vec();
        while let Some(term) = open.pop() {
            if let Term::Place(place) = term
                && !std::mem::replace(&mut needed[place], true)
            {
                open.extend(self.record[place].parts());
            }
        }
        needed
    }
}

fn write<R>(
    set: &ParameterSet,
    (numbers, inflows): (&[f64], &[usize]),
    also: impl FnOnce(&dyn Equations<Expression>) -> Result<R>,
) -> Result<(Graph, R)> {
    let given = set.entries.iter().filter_map(|entry| Some((entry.symbol.clone(), entry.value?)));
    let given: Vec<_> = given.collect();
    let values = given
        .iter()
        .enumerate()
        .map(|(i, (symbol, value))| (symbol.clone(), Expression::parameter(i, *value)));
    let values: BTreeMap<_, _> = values.collect();
    let p = set.model.individual(&Theta::new(values, set.variant))?;
    let baseline = p.baseline();
    let y: Vec<_> =
        numbers.iter().enumerate().map(|(i, number)| Expression::state(i, *number)).collect();
    let also = also(&*p)?;
    let (conc, platelets) = (p.conc(&y), p.platelets(&y));
    let mut named = vec![("conc", "ng/mL", conc), ("plt", "10^9/L", platelets)];
    named.extend(p.intermediates(&y));
    let mut rates = vec![Expression::ZERO; y.len()];
    p.rates(&y, &mut rates);
    let mut symbols: Vec<String> = given.into_iter().map(|(symbol, _)| symbol).collect();
    for state in inflows {
        rates[*state] += Expression::parameter(symbols.len(), 0.0);
        symbols.push(format!("inflow into state {}", state + 1));
    }
    let terms = |numbers: Vec<Expression>| numbers.into_iter().map(|number| number.term).collect();
    let named = named.into_iter().map(|(name, unit, value)| Named { name, unit, term: value.term });
    let graph = Graph {
        symbols,
        states: Vec::new(),
        record: Vec::new(),
        changing: Vec::new(),
        baseline: terms(baseline),
        rates: terms(rates),
        conc: conc.term,
        platelets: platelets.term,
        named: named.collect(),
    };
    Ok((graph, also))
}

/// Which values of a record change with the state.
fn changing(record: &[Node]) -> Vec<bool> {
    let mut changing = Vec::with_capacity(record.len());
    for node in record {
        let is_part = |part: &Term| match part {
            Term::Place(place) => changing[*place],
            Term::Number(_) => false,
        };
        changing.push(node.parts().iter().any(is_part) || matches!(node, Node::State(_)));
    }
    changing
}

/// How a dose of 1 mg by `route` enters, in the arithmetic that writes itself down.
fn arriving(model: &Model, p: &dyn Equations<Expression>, route: Route) -> Result<Entering<Term>> {
    let (dose, is_all) = entering(model, p, route)?;
    if !is_all {
        return Err(refused(model, "an absorption that changes at every dose"));
    }
    Ok(Entering { state: dose.state, amount: dose.amount.term, lag: dose.lag.term })
}

/// How a dose of 1 mg by `route` enters, and whether that is all that it does.
///
/// # Errors
/// A route that the model does not describe.
pub(crate) fn entering<T: Real>(
    model: &Model,
    p: &dyn Equations<T>,
    route: Route,
) -> Result<(Entering<T>, bool)> {
    let events = p.administer(model.unit_dose(route), route)?;
    let is_all = events.len() == 1;
    let entering = events.into_iter().find_map(|(lag, event)| match event {
        Event::Enter { state, amount } => Some(Entering { state, amount, lag }),
        _ => None,
    });
    entering
        .map(|entering| (entering, is_all))
        .ok_or_else(|| refused(model, "a dose that enters no compartment"))
}

fn refused(model: &Model, what: &str) -> Error {
    Error::Contradiction {
        first: format!("the model {model}, with {what}"),
        second: "an export, which describes doses into a compartment only".to_owned(),
        remedy: "simulate it instead, or export another model".to_owned(),
    }
}
