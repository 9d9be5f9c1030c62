//! A model's equations as data: those of `src/model`, run once in the arithmetic that writes itself
//! down.

use super::expression::{Expression, Node, Term, record};
use crate::error::{Error, Result};
use crate::model::{
    Entry, Event, Model, ModelVisitor, ParameterSet, StateBlock, StateName, Theta, with_model,
};
use crate::numeric::Real;
use crate::units::{Amount, Route};
use std::collections::BTreeMap;

/// A parameter with its origin.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) unit: String,
    pub(super) meaning: &'static str,
    /// Status, grade and source in one line.
    pub(super) origin: String,
}

/// Name and unit of a value.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) unit: &'static str,
}

/// How a dose of 1 mg enters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entering<T> {
    /// Position of the number of the state that it is added to.
    pub(super) state: usize,
    /// What arrives there.
    pub(super) amount: T,
    /// How long after the dose, h.
    pub(super) lag: T,
}

/// The equations of one model with its parameters.
#[derive(Debug, Clone)]
pub(super) struct Equations {
    pub(super) model: &'static str,
    pub(super) citation: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) states: Vec<StateName>,
    /// How every value is made.
    pub(super) record: Vec<Node>,
    /// Which of them change with the state.
    pub(super) changing: Vec<bool>,
    /// The names of values, by their places: of all that do not change with the state, and of those
    /// that the rates need.
    pub(super) names: BTreeMap<usize, Named>,
    /// The state without drug.
    pub(super) baseline: Vec<Term>,
    /// Rates of change, per hour.
    pub(super) rates: Vec<Term>,
    /// Plasma concentration, ng/mL.
    pub(super) conc: Term,
    /// Platelet count, 10⁹/L.
    pub(super) platelets: Term,
    pub(super) dose: Entering<Term>,
}

impl Equations {
    /// The equations of the model of `set`, with doses by `route`; by the model's own route where
    /// none is given.
    ///
    /// # Errors
    /// Values that contradict each other, a route that the model does not describe, a dose that
    /// does more than to enter a compartment.
    pub(super) fn new(set: &ParameterSet, route: Option<Route>) -> Result<Self> {
        with_model(set, Write { set, route })?
    }

    /// The places of the named values that `terms` need, in an order in which each one's parts come
    /// before it; those that change with the state, or those that do not.
    pub(super) fn named(&self, terms: &[Term], changing: bool) -> Vec<usize> {
        let needed = self.needed(terms);
        let wanted = |place: &usize| needed[*place] && self.changing[*place] == changing;
        self.names.keys().copied().filter(wanted).collect()
    }

    /// Whether each parameter is used at all.
    pub(super) fn parameters_used(&self) -> Vec<bool> {
        let needed = self.needed(&self.all());
        let is_used =
            |i| self.record.iter().zip(&needed).any(|(n, u)| *u && *n == Node::Parameter(i));
        (0..self.parameters.len()).map(is_used).collect()
    }

    /// Everything that is to be computed.
    pub(super) fn all(&self) -> Vec<Term> {
        let ends = [self.conc, self.platelets, self.dose.amount, self.dose.lag];
        self.baseline.iter().chain(&self.rates).chain(&ends).copied().collect()
    }

    /// Which values `terms` are made of.
    fn needed(&self, terms: &[Term]) -> Vec<bool> {
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

/// How a dose of 1 mg by `route` enters, and whether that is all that it does.
///
/// # Errors
/// A route that the model does not describe.
pub(super) fn entering<M: Model, T: Real>(
    p: &M::Parameters<T>,
    route: Route,
) -> Result<(Entering<T>, bool)> {
    let events = M::administer(p, Amount::Mg(1.0), route)?;
    let is_all = events.len() == 1;
    for (lag, event) in events {
        // Whatever arrives, were it nothing: 1 shows where.
        let (amount, one) = match event {
            Event::Depot(amount) => (amount, Event::Depot(T::ONE)),
            Event::Central(amount) => (amount, Event::Central(T::ONE)),
            _ => continue,
        };
        let before = M::baseline(p);
        let mut after = before;
        M::apply(p, &mut after, one)?;
        let numbers = before.numbers().into_iter().zip(after.numbers());
        let state = numbers.take_while(|(before, after)| before == after).count();
        return Ok((Entering { state, amount, lag }, is_all));
    }
    Err(refused(M::NAME, "a dose that enters no compartment"))
}

/// The route by which doses go unless said otherwise.
pub(super) fn usual_route<M: Model>(p: &M::Parameters<f64>) -> Route {
    let known = |route: &Route| M::administer(p, Amount::Mg(1.0), *route).is_ok();
    [Route::Oral, Route::Subcutaneous].into_iter().find(known).unwrap_or(Route::Intravenous)
}

fn refused(model: &str, what: &str) -> Error {
    Error::Contradiction {
        first: format!("the model {model}, with {what}"),
        second: "an export, which describes doses into a compartment only".to_owned(),
        remedy: "simulate it instead, or export another model".to_owned(),
    }
}

/// Runs the equations of the model of `set` and keeps what they write.
struct Write<'a> {
    set: &'a ParameterSet,
    route: Option<Route>,
}

impl ModelVisitor for Write<'_> {
    type Output = Result<Equations>;

    fn visit<M: Model>(self) -> Result<Equations> {
        let p = M::individual(&self.set.theta())?;
        M::check(&p)?;
        let route = self.route.unwrap_or_else(|| usual_route::<M>(&p));
        let given: Vec<_> =
            self.set.entries.iter().filter_map(|entry| Some((entry, entry.value?))).collect();
        let numbers = M::baseline(&p).numbers();
        let (written, record) = record(|| write::<M>(&given, &numbers, self.set, route));
        let Written { baseline, rates, conc, platelets, dose, named } = written?;
        let names = names(&record, &named);
        let mut states = Vec::new();
        M::State::<f64>::describe("", "", &mut states);
        let parameter = |(entry, value): &(&Entry, f64)| parameter(self.set, entry, *value);
        let mut equations = Equations {
            model: M::NAME,
            citation: self.set.citation.clone(),
            parameters: given.iter().map(parameter).collect::<Result<_>>()?,
            states,
            changing: changing(&record),
            record,
            names,
            baseline,
            rates,
            conc,
            platelets,
            dose,
        };
        let mut needed = equations.named(&equations.all(), false);
        needed.extend(equations.named(&equations.rates, true));
        equations.names.retain(|place, _| needed.contains(place));
        Ok(equations)
    }
}

/// What a model's equations wrote.
struct Written {
    baseline: Vec<Term>,
    rates: Vec<Term>,
    conc: Term,
    platelets: Term,
    dose: Entering<Term>,
    named: Vec<(&'static str, &'static str, Term)>,
}

fn write<M: Model>(
    given: &[(&Entry, f64)],
    numbers: &[f64],
    set: &ParameterSet,
    route: Route,
) -> Result<Written> {
    let values = given
        .iter()
        .enumerate()
        .map(|(i, (entry, value))| (entry.symbol.clone(), Expression::parameter(i, *value)));
    let p = M::individual(&Theta::new(values.collect::<BTreeMap<_, _>>(), set.variant))?;
    let baseline = M::baseline(&p);
    let state: Vec<_> =
        numbers.iter().enumerate().map(|(i, number)| Expression::state(i, *number)).collect();
    let y = M::State::<Expression>::from_numbers(&state);
    let (dose, is_all) = entering::<M, Expression>(&p, route)?;
    if !is_all {
        return Err(refused(M::NAME, "an absorption that changes at every dose"));
    }
    let terms = |numbers: Vec<Expression>| numbers.into_iter().map(|number| number.term).collect();
    let (conc, platelets) = (M::conc(&p, &y), M::platelets(&p, &y));
    let mut named = vec![("conc", "ng/mL", conc), ("plt", "10^9/L", platelets)];
    named.extend(M::intermediates(&p, &y));
    Ok(Written {
        baseline: terms(baseline.numbers()),
        rates: terms(M::derivatives(&p, &y).numbers()),
        conc: conc.term,
        platelets: platelets.term,
        dose: Entering { state: dose.state, amount: dose.amount.term, lag: dose.lag.term },
        named: named.into_iter().map(|(name, unit, value)| (name, unit, value.term)).collect(),
    })
}

/// The names of values by their places. What is a parameter, a state or a plain number has its own
/// name; a choice needs one, because not every language has choices within a formula.
fn names(record: &[Node], named: &[(&'static str, &'static str, Term)]) -> BTreeMap<usize, Named> {
    let mut names = BTreeMap::new();
    for (name, unit, term) in named {
        if let Term::Place(place) = term
            && !record[*place].parts().is_empty()
        {
            names.entry(*place).or_insert_with(|| Named { name: (*name).to_owned(), unit });
        }
    }
    let is_choice = |(_, node): &(usize, &Node)| matches!(node, Node::AtLeast { .. });
    let choices = record.iter().enumerate().filter(is_choice);
    let unnamed: Vec<_> = choices.filter(|(place, _)| !names.contains_key(place)).collect();
    for (i, (place, _)) in unnamed.into_iter().enumerate() {
        names.insert(place, Named { name: format!("choice{}", i + 1), unit: "1" });
    }
    names
}

fn parameter(set: &ParameterSet, entry: &Entry, value: f64) -> Result<Parameter> {
    let Entry { symbol, unit, status, grade, source, .. } = entry;
    Ok(Parameter {
        name: symbol.clone(),
        value,
        unit: unit.clone(),
        meaning: set.symbol(symbol)?.meaning,
        origin: format!("{status}, grade {grade}, {source}"),
    })
}
