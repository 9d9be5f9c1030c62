//! A model's graph with what a text needs besides: the origin of each parameter, and the names of values.

use super::variation::Variation;
use crate::error::Result;
use crate::model::graph::{Entering, Graph, Named as Written, Node, Term};
use crate::model::{Entry, ParameterSet};
use crate::population::VirtualPatients;
use crate::units::Route;
use std::collections::BTreeMap;
use std::ops::Deref;

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

/// The equations of one model with its parameters.
#[derive(Debug, Clone)]
pub(super) struct Equations {
    pub(super) model: String,
    pub(super) citation: String,
    pub(super) parameters: Vec<Parameter>,
    /// The names of values, by their places: of all that do not change with the state, and of those
    /// that the rates need.
    pub(super) names: BTreeMap<usize, Named>,
    pub(super) dose: Entering<Term>,
    /// How patients differ, if they do.
    pub(super) variation: Option<Variation>,
    graph: Graph,
}

impl Deref for Equations {
    type Target = Graph;
    fn deref(&self) -> &Graph {
        &self.graph
    }
}

impl Equations {
    /// The equations of the model of `set`, with doses by `route`; by the model's own route where
    /// none is given.
    ///
    /// # Errors
    /// Values that contradict each other, a route that the model does not describe, a dose that
    /// does more than to enter a compartment.
    pub(super) fn new(set: &ParameterSet, route: Option<Route>) -> Result<Self> {
        let route = route.unwrap_or_else(|| set.model.usual_route());
        let (graph, dose) = Graph::with_dose(set, route)?;
        let given = set.entries.iter().filter_map(|entry| Some((entry, entry.value?)));
        let mut equations = Self {
            model: set.model.to_string(),
            citation: set.citation.clone(),
            parameters: given
                .map(|(entry, value)| parameter(set, entry, value))
                .collect::<Result<_>>()?,
            names: names(&graph.record, &graph.named),
            dose,
            variation: None,
            graph,
        };
        let mut needed = equations.named(&equations.all(), false);
        needed.extend(equations.named(&equations.rates, true));
        equations.names.retain(|place, _| needed.contains(place));
        Ok(equations)
    }

    /// The equations with the differences between `patients`, and in words what of these cannot be
    /// written.
    ///
    /// # Errors
    /// A typical value at the end of its distribution, a text that cannot be read.
    pub(super) fn with(
        mut self,
        set: &ParameterSet,
        patients: &VirtualPatients,
    ) -> Result<(Self, Vec<String>)> {
        let variation = Variation::new(set, patients, &self)?;
        let notes = variation.notes.clone();
        self.variation = Some(variation).filter(|variation| !variation.is_empty());
        Ok((self, notes))
    }

    /// Whether a parameter is a covariate of patients who differ.
    pub(super) fn is_covariate(&self, symbol: &str) -> bool {
        self.variation.as_ref().is_some_and(|variation| variation.is_covariate(symbol))
    }

    /// Whether a parameter differs between patients, so that its typical value has a name of its own.
    pub(super) fn varies(&self, symbol: &str) -> bool {
        self.variation.as_ref().is_some_and(|variation| variation.varies(symbol))
    }

    /// `prefix` and `symbol`, made longer until it is the name of nothing else.
    pub(super) fn free_name(&self, prefix: &str, symbol: &str) -> String {
        let parameters = self.parameters.iter().map(|parameter| &parameter.name);
        let states = self.states.iter().map(|state| &state.name);
        let values = self.names.values().map(|named| &named.name);
        let known = self.variation.iter().flat_map(|own| &own.covariates).map(|known| &known.name);
        let taken: Vec<&String> = parameters.chain(states).chain(values).chain(known).collect();
        let mut name = format!("{prefix}{symbol}");
        while taken.iter().any(|taken| taken.eq_ignore_ascii_case(&name)) {
            name.push('_');
        }
        name
    }

    /// The compartments of doses and of counts, from 1: counts are observed in the first state of platelets, or in
    /// the first one that the count depends on where no state is called so.
    pub(super) fn compartments(&self) -> (usize, usize) {
        let called = self.states.iter().position(|state| state.name.starts_with("platelet"));
        let counted = called.or_else(|| self.first_state(self.platelets));
        (self.dose.state + 1, counted.unwrap_or(self.dose.state) + 1)
    }

    /// The compartment of observed concentrations, from 1: the first state that the concentration depends on,
    /// otherwise that of doses.
    pub(super) fn conc_compartment(&self) -> usize {
        self.first_state(self.conc).unwrap_or(self.dose.state) + 1
    }

    /// The position of the first state that a value depends on.
    fn first_state(&self, term: Term) -> Option<usize> {
        let needed = self.needed(&[term]);
        let states = self.record.iter().zip(&needed).filter_map(|(node, is_needed)| match node {
            Node::State(i) if *is_needed => Some(*i),
            _ => None,
        });
        states.min()
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
}

/// The names of values by their places. What is a parameter, a state or a plain number has its own
/// name; a choice needs one, because not every language has choices within a formula.
fn names(record: &[Node], named: &[Written]) -> BTreeMap<usize, Named> {
    let mut names = BTreeMap::new();
    for Written { name, unit, term } in named {
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
