//! A model's equations as a flat list of values, for one variant, preset and choice of sizes.

use super::declared::{Covariate, Parameter};
use super::unit::Unit;
pub use crate::model::graph::{Function, Operator};
use crate::numeric::Real;
use std::collections::BTreeSet;

/// The position of a value in [`Sheet::nodes`].
pub type Id = usize;

/// How one value is made of others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Node {
    /// A plain number.
    Number(f64),
    /// The typical value of a parameter, in its unit: what is estimated and set.
    Typical(usize),
    /// An individual's value of a parameter, in its unit.
    Parameter(usize),
    /// A covariate, in its unit; for categories, the code.
    Covariate(usize),
    /// A number of the state, in its unit.
    State(usize),
    /// The time, h.
    Time,
    /// The time since the last administration by a route, h; 0 before the first.
    Tad(usize),
    /// The amount of the last administration by a route, in the route's unit; 0 before the first.
    AmountOf(usize),
    /// Whether one of [`Sheet::stops`] has passed: 1, or 0.
    Passed(usize),
    /// The argument of the event that happens now, in its unit.
    AmountOfEvent,
    /// A function of one value.
    Of(Function, Id),
    /// Two values joined by an operator.
    Between(Operator, Id, Id),
    /// `yes` where `value` is at least `threshold`, else `no`.
    AtLeast {
        /// What is compared.
        value: Id,
        /// With what.
        threshold: Id,
        /// The value if so.
        yes: Id,
        /// The value if not.
        no: Id,
    },
}

/// What moves a comparison: the time, or the time after a dose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clock {
    /// The time.
    Time,
    /// The time since the last administration by a route, by its position.
    Tad(usize),
}

/// A moment at which the equations change, so that an integration stops there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// What is compared.
    pub clock: Clock,
    /// When it is reached, h on that clock: constant between records.
    pub at: Id,
}

/// A number of the state.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Its name; elements of arrays are `x[1]`, `x[2]`, ..
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// Its value without drug at the start.
    pub initial: Id,
    /// Its rate of change, per hour.
    pub rate: Id,
}

/// An output.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputValue {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// Its value in this unit.
    pub id: Id,
    /// Its residual errors, whose variances add.
    pub errors: Vec<Residual>,
}

/// A residual error.
#[derive(Debug, Clone, PartialEq)]
pub struct Residual {
    /// `additive`, `proportional`, `lognormal`, `power` or `combined1`.
    pub kind: String,
    /// Name, value and whether it is a plain number, which is estimated: `sd` in the output's unit (pure
    /// for `lognormal` and `power`), `cv` and `exponent` pure.
    pub arguments: Vec<(String, Id, bool)>,
}

/// How doses by one route enter.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Its name.
    pub name: String,
    /// The unit of amounts.
    pub unit: Unit,
    /// Where they enter: every dose enters all of them.
    pub entries: Vec<Entry>,
    /// The compartment number in records, if the text gives one.
    pub cmt: Option<u32>,
    /// The range of amounts for sliders and searches, in the route's unit.
    pub range: Option<(f64, f64)>,
}

/// How a dose enters one state.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The position of the state.
    pub state: usize,
    /// What the amount is multiplied by: bioavailability.
    pub f: Id,
    /// What amount times `f` is multiplied by to be in the state's unit.
    pub factor: f64,
    /// How long after the dose, h.
    pub lag: Option<Id>,
    /// The rate of an infusion, in the state's unit per hour.
    pub rate: Option<Id>,
    /// The duration of an infusion, h.
    pub duration: Option<Id>,
}

/// Something that changes states at once, called by its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// The unit of its argument; none where it has no argument.
    pub argument: Option<Unit>,
    /// What is added to which states, computed from the state before.
    pub additions: Vec<(usize, Id)>,
}

/// A definition in the section of equations.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// Its value in this unit.
    pub id: Id,
}

/// The equations for one choice of variant, preset, sizes and values.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// How every value is made; parts stand before what is made of them.
    pub nodes: Vec<Node>,
    /// The parameters of this choice.
    pub parameters: Vec<Parameter>,
    /// For each parameter, its line: the typical value with the effects of covariates. How people differ
    /// is applied to it from outside.
    pub lines: Vec<Id>,
    /// The parameters in an order in which each uses only those before it.
    pub order: Vec<usize>,
    /// The covariates of this choice.
    pub covariates: Vec<Covariate>,
    /// The sizes of this choice.
    pub sizes: Vec<(String, usize)>,
    /// The states.
    pub states: Vec<State>,
    /// The outputs.
    pub outputs: Vec<OutputValue>,
    /// The routes.
    pub routes: Vec<Route>,
    /// The events.
    pub events: Vec<Event>,
    /// The moments at which the equations change.
    pub stops: Vec<Stop>,
    /// The definitions.
    pub definitions: Vec<Definition>,
}

/// What a sheet is evaluated for. What is missing counts as 0.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a, T> {
    /// Typical values of the parameters.
    pub typical: &'a [T],
    /// An individual's parameters.
    pub parameters: &'a [T],
    /// The covariates.
    pub covariates: &'a [T],
    /// The state.
    pub states: &'a [T],
    /// The time, h.
    pub time: T,
    /// For each route, the time since the last administration, h.
    pub tad: &'a [T],
    /// For each route, the amount of the last administration.
    pub amounts: &'a [T],
    /// For each stop, 1 once it has passed.
    pub passed: &'a [T],
    /// The argument of an event.
    pub event: T,
}

impl<T: Real> Inputs<'_, T> {
    /// Nothing but zeros.
    #[must_use]
    pub fn none() -> Self {
        Self {
            typical: &[],
            parameters: &[],
            covariates: &[],
            states: &[],
            time: T::ZERO,
            tad: &[],
            amounts: &[],
            passed: &[],
            event: T::ZERO,
        }
    }
}

impl Sheet {
    /// Every value of the sheet.
    #[must_use]
    pub fn evaluate<T: Real>(&self, inputs: &Inputs<'_, T>) -> Vec<T> {
        let mut values = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let value = node.value(inputs, &values);
            values.push(value);
        }
        values
    }

    /// Typical values, in the parameters' units.
    #[must_use]
    pub fn typical(&self) -> Vec<f64> {
        self.parameters.iter().map(|parameter| parameter.value).collect()
    }

    /// Every value of the sheet at the typical values, without drug and at time 0.
    #[must_use]
    pub fn at_typical(&self) -> Vec<f64> {
        let typical = self.typical();
        let covariates: Vec<f64> = self.covariates.iter().map(|own| own.value).collect();
        let parameters = self.individual(&typical, &covariates, |_, value| value);
        self.evaluate(&Inputs {
            typical: &typical,
            parameters: &parameters,
            covariates: &covariates,
            ..Inputs::none()
        })
    }

    /// An individual's parameters. `differ` makes an individual's value of a parameter from its line,
    /// such as `|i, line| line * eta[i].exp()`.
    #[must_use]
    pub fn individual<T: Real>(
        &self,
        typical: &[T],
        covariates: &[T],
        differ: impl Fn(usize, T) -> T,
    ) -> Vec<T> {
        let mut parameters = vec![T::ZERO; self.parameters.len()];
        for (i, line) in self.order.iter().filter_map(|i| Some((*i, *self.lines.get(*i)?))) {
            let inputs = Inputs { typical, covariates, parameters: &parameters, ..Inputs::none() };
            let value = self.value_of(line, &inputs);
            if let Some(parameter) = parameters.get_mut(i) {
                *parameter = differ(i, value);
            }
        }
        parameters
    }

    /// The states that a value depends on.
    pub(super) fn states_of(&self, id: Id) -> BTreeSet<usize> {
        let mut seen = vec![false; self.nodes.len()];
        let (mut states, mut open) = (BTreeSet::new(), vec![id]);
        while let Some(id) = open.pop() {
            if std::mem::replace(&mut seen[id], true) {
                continue;
            }
            match self.nodes[id] {
                Node::State(state) => {
                    states.insert(state);
                }
                node => open.extend(node.parts()),
            }
        }
        states
    }

    /// One value, and of the others only those that it is made of.
    fn value_of<T: Real>(&self, id: Id, inputs: &Inputs<'_, T>) -> T {
        let mut needed = vec![false; id + 1];
        if let Some(last) = needed.last_mut() {
            *last = true;
        }
        let mut values = vec![T::ZERO; id + 1];
        for i in (0..=id).rev() {
            if needed.get(i) == Some(&true) {
                for part in self.nodes.get(i).map(|node| node.parts()).unwrap_or_default() {
                    if let Some(needed) = needed.get_mut(part) {
                        *needed = true;
                    }
                }
            }
        }
        for i in (0..=id).filter(|i| needed.get(*i) == Some(&true)) {
            let value = self.nodes.get(i).map_or(T::ZERO, |node| node.value(inputs, &values));
            if let Some(slot) = values.get_mut(i) {
                *slot = value;
            }
        }
        values.last().copied().unwrap_or(T::ZERO)
    }
}
